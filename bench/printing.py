"""A record with 40 photos printed, against a bare canvas, ReportLab's own layout and WeasyPrint."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
from reportlab import rl_config

from bench import peers, replay
from bench.method import NO_GOAL, Goal, Row, Section, compared, in_turn, timed
from bench.record import META, PHOTOS, sections
from forms.model import Section as ModelSection
from forms.render import render

ROUNDS, SLOW_ROUNDS = 9, 3
_BARE = Goal("at_most", 1.3, "≤ 1.3×")
_DEFAULT = Goal("at_least", 2.0, "≥ 2× faster")
_WEASYPRINT = Goal("at_least", 5.0, "≥ 5× faster")
_SETTINGS = ("invariant", "useA85", "pdfComments", "pdfMultiLine")


def measure(folder: Path) -> Section:
    """Print the same sections by every engine in turn, faces read and renditions ready."""
    defaults = {name: getattr(rl_config, name) for name in _SETTINGS}
    printed = sections()
    composition = peers.composed(printed)
    replay.register_fonts()
    file_of = _filed(folder, printed)
    pages = replay.take_down(lambda: render(printed, META), file_of)
    engines: dict[str, Callable[[], bytes]] = {
        "ours": lambda: render(printed, META).pdf,
        "bare": _with({**defaults, "useA85": 0}, lambda: replay.redraw(pages)),
        "platypus": _with(defaults, lambda: peers.platypus(composition, file_of)),
        "platypus, binary": _with({**defaults, "useA85": 0}, lambda: peers.platypus(composition, file_of)),
    }
    notes = [_seen(name, engine()) for name, engine in engines.items()]
    spent = in_turn({name: timed(engine) for name, engine in engines.items()}, ROUNDS)
    what = f"{len(pages)}-page record, {PHOTOS} photos"
    rows = [
        compared(what, spent["ours"], ("bare ReportLab canvas, no ASCII85", spent["bare"]), _BARE),
        compared(what, spent["ours"], ("ReportLab's default (platypus)", spent["platypus"]), _DEFAULT),
        compared(what, spent["ours"], ("platypus, no ASCII85", spent["platypus, binary"]), NO_GOAL),
    ]
    row, note = _weasyprint_row(what, engines["ours"], composition)
    return Section("A record printed, renditions ready", (*rows, row), (*notes, note))


def _filed(folder: Path, printed: tuple[ModelSection, ...]) -> Callable[[bytes], str]:
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[bytes, str] = {}
    for listing in printed:
        for number, piece in enumerate(getattr(listing, "evidence", ())):
            content = getattr(piece, "thumbnail", None)
            if content:
                file = folder / f"{number}.jpg"
                file.write_bytes(content)
                files[content] = str(file)
    return files.__getitem__


def _weasyprint_row(what: str, ours: Callable[[], bytes], composition: Any) -> tuple[Row, str]:
    write, version = peers.weasyprint_or_why()
    if write is None:
        return Row(what, "–", "WeasyPrint", "–", _WEASYPRINT.words, "skipped"), version
    note = _seen(f"WeasyPrint {version}", write(composition))
    spent = in_turn(
        {"ours": timed(ours), "weasyprint": timed(lambda: write(composition))}, SLOW_ROUNDS, warm_ups=0
    )
    return compared(what, spent["ours"], (f"WeasyPrint {version}", spent["weasyprint"]), _WEASYPRINT), note


def _with(settings: dict[str, Any], work: Callable[[], bytes]) -> Callable[[], bytes]:
    def call() -> bytes:
        # Our own writer sets these for itself each time; the others must find what they are meant to.
        for name, value in settings.items():
            setattr(rl_config, name, value)
        return work()

    return call


def _seen(name: str, pdf: bytes) -> str:
    """Return pages and size, after making sure that all photos are in it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pictures = sum(
            1 for page in document for _ in page.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,))
        )
        if pictures != PHOTOS:
            raise AssertionError(f"{name} printed {pictures} photos of {PHOTOS}")
        return f"{name}: {len(document)} pages, {len(pdf) / 1e6:.2f} MB, {pictures} photos"
    finally:
        document.close()
