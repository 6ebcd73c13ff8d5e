"""What every paper and record looks like on a normal day: its text, where each line stands, its rules and places to sign."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from forms.model import RecordMeta
from forms.papers import Paper
from forms.registry import document_of, papers
from forms.render import Rendered, render
from tests.unit.forms import samples
from tests.unit.forms.filled import filled, typical

FOLDER = Path(__file__).parent / "papers"
PAGES = Path(__file__).parent / "pages.json"
AUTHORITY = "云岭市医疗保障局"


def printed(paper: Paper) -> Rendered:
    """Return the paper as printed on a normal day."""
    own = paper.number_word or (papers()[paper.parent].number_word if paper.parent else "")
    number = f"云医保{own}〔2026〕6号" if own else ""
    return render([filled(paper, typical(paper))], RecordMeta(AUTHORITY, number, "RW-2026-0017"))


def all_printed() -> dict[str, Callable[[], Rendered]]:
    """Return how each paper and each record is printed, by id."""
    found: dict[str, Callable[[], Rendered]] = {one.id: partial(printed, one) for one in papers_drawn()}
    for section in (*samples.whole(), samples.amendment()):
        found[document_of(section).id] = partial(render, [section], samples.META)
    return found


def sheet(record: Rendered) -> str:
    """Return text and geometry of all pages, one thing to a line; places in points from the lower left corner."""
    document = pdfium.PdfDocument(record.pdf)
    lines: list[str] = []
    for info in record.pages:
        page = document[info.number - 1]
        lines.append(f"page {info.number}/{info.of}")
        lines += _texts(page)
        lines += _rules(page)
        for box in info.boxes:
            at = box.rect
            need = "" if box.required else " (if need be)"
            place = _place(at.x, at.y, at.x + at.width, at.y + at.height)
            lines.append(f"sign {place} {box.kind} {box.index} {box.signer.role} {box.signer.name or '-'}{need}")
    return "\n".join(lines) + "\n"


def digests() -> dict[str, list[str]]:
    """Return the digest of every page's content as composed here, by document."""
    return {name: [page.content_hash for page in made().pages] for name, made in all_printed().items()}


def papers_drawn() -> list[Paper]:
    """Return the papers that are described by data."""
    return [one for one in papers().values() if one.record is None]


def _texts(page: pdfium.PdfPage) -> list[str]:
    text = page.get_textpage()
    found = []
    for i in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(i)
        words = " ".join(text.get_text_bounded(left, bottom, right, top).split())
        if not words.startswith("页校验"):
            found.append(f"text {_place(left, bottom, right, top)} {words}")
    return found


def _rules(page: pdfium.PdfPage) -> list[str]:
    # The page's code is a picture of its hash: whatever moves a line moves it too, and it says nothing more.
    paths = [one.get_bounds() for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH])]
    return [f"rule {_place(*bounds)}" for bounds in paths if bounds[1] > 70]


def _place(*numbers: float) -> str:
    return " ".join(f"{number:.0f}" for number in numbers)
