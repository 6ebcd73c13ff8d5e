"""What the program draws, taken down once, and drawn again on a bare ReportLab canvas: the bound for printing."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

import resources
from forms.kit.flow import PAGE_HEIGHT, PAGE_WIDTH
from forms.kit.fonts import fonts
from forms.kit.painter import Painter

FILES = {
    "FS": "NotoSerifSC_Document.ttf",
    "FB": "NotoSansSC_700Bold.ttf",
    "FR": "NotoSansSC_400Regular.ttf",
}
Drawn = tuple[str, tuple[Any, ...], dict[str, Any]]
Page = tuple[Drawn, ...]
_DRAWING = ("text", "tilted", "line", "boxes", "shade", "picture")


def register_fonts() -> None:
    """Let ReportLab read the faces; slow, and the same for every document of a process."""
    for name, file in FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(resources.path(f"fonts/{file}"))))


def take_down(work: Callable[[], object], file_of: Callable[[bytes], str]) -> tuple[Page, ...]:
    """Return what is drawn on each page while `work` renders one unsigned document.

    Args:
        file_of: Where the bytes of a picture lie. ReportLab embeds a JPEG file as it is; a picture from memory it
            decodes first, which would make it look slower than it has to be.
    """
    drawn: dict[int, list[Drawn]] = {}
    finished: list[int] = []
    with _watching(drawn, finished):
        work()
    # First every page is finished, then what is laid over each.
    half = len(finished) // 2
    return tuple(
        tuple(_with_file(one, file_of) for one in (*drawn.get(below, ()), *drawn.get(above, ())))
        for below, above in zip(finished[:half], finished[half:], strict=True)
    )


def redraw(pages: Sequence[Page]) -> bytes:
    """Draw the pages on a canvas of ReportLab, as its settings are."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1)
    for page in pages:
        for name, args, options in page:
            _DRAWERS[name](canvas, *args, **options)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _with_file(drawn: Drawn, file_of: Callable[[bytes], str]) -> Drawn:
    name, args, options = drawn
    return (name, (*args[:-1], file_of(args[-1].raw)), options) if name == "picture" else drawn


@contextmanager
def _watching(drawn: dict[int, list[Drawn]], finished: list[int]) -> Iterator[None]:
    kept: list[Painter] = []  # A painter thrown away would lend its id to the next one.
    inside: list[str] = []

    def watched(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(painter: Painter, *args: Any, **options: Any) -> Any:
            if name == "content":
                kept.append(painter)
                finished.append(id(painter))
                return original(painter, *args, **options)
            if not inside:
                kept.append(painter)
                drawn.setdefault(id(painter), []).append((name, args, options))
            inside.append(name)
            try:
                return original(painter, *args, **options)
            finally:
                inside.pop()

        return call

    with ExitStack() as stack:
        for name in (*_DRAWING, "content"):
            stack.enter_context(patch.object(Painter, name, watched(name, getattr(Painter, name))))
        yield


def _text(
    canvas: Canvas, x: float, y: float, text: str, chain: Any, size: float, *, spread: float = 0,
    heavy: bool = False, gray: float = 0,
) -> None:  # fmt: skip
    if gray:
        canvas.setFillGray(gray)
    if heavy:
        canvas.setLineWidth(size * 0.028)
    for face, run in chain.runs(text):
        canvas.setFont(fonts().name_of[face], size)
        canvas.drawString(x, y, run, mode=2 if heavy else None, charSpace=spread)
        x += chain.width(run, size) + spread * len(run)
    if gray:
        canvas.setFillGray(0)


def _tilted(canvas: Canvas, x: float, y: float, text: str, chain: Any, size: float, gray: float) -> None:
    canvas.saveState()
    canvas.translate(x, y)
    canvas.rotate(45)
    _text(canvas, 0, 0, text, chain, size, gray=gray)
    canvas.restoreState()


def _line(canvas: Canvas, x1: float, y1: float, x2: float, y2: float, width: float = 0.5) -> None:
    canvas.setLineWidth(width)
    canvas.line(x1, y1, x2, y2)


def _boxes(canvas: Canvas, rects: list[tuple[float, float, float, float]], width: float = 0.5) -> None:
    canvas.setLineWidth(width)
    for rect in rects:
        canvas.rect(*rect)


def _shade(canvas: Canvas, x: float, y: float, width: float, height: float, gray: float = 0.93) -> None:
    canvas.setFillGray(gray)
    canvas.rect(x, y, width, height, stroke=0, fill=1)
    canvas.setFillGray(0)


def _picture(canvas: Canvas, x: float, y: float, width: float, height: float, file: str) -> None:
    canvas.drawImage(file, x, y, width, height)


_DRAWERS: dict[str, Callable[..., None]] = {
    "text": _text,
    "tilted": _tilted,
    "line": _line,
    "boxes": _boxes,
    "shade": _shade,
    "picture": _picture,
}
