"""Telling from a PDF alone whether its pages are those that were signed.

The first content stream of a page is what was hashed; the second holds the hash line and the signatures. Picture names
are the digests of their bytes, and text is drawn by the glyph numbers of the shipped faces, so comparing streams,
pictures and glyph outlines covers all that can be seen.
"""

import hashlib
import re
import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from forms.errors import UnreadablePdf
from forms.kit.fonts import components, fonts
from forms.kit.jpeg import read_jpeg
from forms.pades.seal_room import is_within
from forms.pdf_reading import Pdf, Reference

_OVERLAY = re.compile(
    rb"(?:-?[\d.]+|<[0-9a-f]*>|/F[SBR]|BT|ET|Td|Tf|Tj|[mlcSwJj]|\s)*\Z"
)  # no images, no fills, no clipping: nothing that could cover the page

_NAMED = re.compile(rb"/(F[A-Z]+(?= [\d.]+ Tf)|P[0-9a-f]{64}(?= Do))")


class PageState(StrEnum):
    """What became of a page since its hash was taken.

    `SIGNATURES` is the sheet behind the record; no page hash covers it, only the digest of the whole file does.
    """

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"
    SIGNATURES = "signatures"


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """The state of one page.

    Attributes:
        problems: Stable words: `content`, `overlay`, `annotations`, `geometry`, `picture`, `font`.
    """

    number: int
    state: PageState
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The states of all pages, in order."""

    pages: tuple[PageVerdict, ...]

    @property
    def is_intact(self) -> bool:
        """Tell whether every page is there and unchanged, and none was added."""
        fine = (PageState.UNCHANGED, PageState.SIGNATURES)
        return bool(self.pages) and all(page.state in fine for page in self.pages)


def page_hashes(pdf: bytes) -> tuple[str, ...]:
    """Return the content hash of every page in the file, the sheet of signatures included.

    Raises:
        UnreadablePdf: If the bytes are no PDF of this program.
    """
    file = Pdf(pdf)
    return tuple(_hash(file, page) for page in file.pages())


def verify(pdf: bytes, expected: Sequence[str], seals: Collection[str] = ()) -> Verdict:
    """Compare the pages of a PDF with the hashes they were signed under.

    Args:
        seals: Signature fields that were found intact (`forms.pades.validation`): what they show on a page is theirs, if it
            keeps to the room for a seal. Fields of signatures that show nothing need no such word.

    Raises:
        UnreadablePdf: If the bytes are no PDF of this program.
    """
    file = Pdf(pdf)
    pages = file.pages()
    judged: dict[str, tuple[str, ...]] = {}
    verdicts = []
    for number, digest in enumerate(expected, 1):
        if number > len(pages):
            verdicts.append(PageVerdict(number, PageState.MISSING))
            continue
        resources = file.dictionary(pages[number - 1]).get("Resources")
        if repr(resources) not in judged:
            judged[repr(resources)] = _resource_problems(file, file.mapping(resources))
        problems = (*_page_problems(file, pages[number - 1], digest, seals), *judged[repr(resources)])
        state = PageState.CHANGED if problems else PageState.UNCHANGED
        verdicts.append(PageVerdict(number, state, problems))
    for number in range(len(expected) + 1, len(pages) + 1):
        is_sheet = _is_signature_sheet(file, pages[number - 1])
        verdicts.append(PageVerdict(number, PageState.SIGNATURES if is_sheet else PageState.ADDED))
    return Verdict(tuple(verdicts))


def _streams(file: Pdf, page: Reference) -> list[bytes]:
    contents = file.value(file.dictionary(page).get("Contents"))
    if not isinstance(contents, list) or len(contents) != 2:
        raise UnreadablePdf(reason="contents")
    return [file.stream(reference) for reference in contents]


def _hash(file: Pdf, page: Reference) -> str:
    return hashlib.sha256(_streams(file, page)[0]).hexdigest()


def _page_problems(file: Pdf, page: Reference, digest: str, seals: Collection[str]) -> list[str]:
    content, overlay = _streams(file, page)
    dictionary = file.dictionary(page)
    problems = []
    if hashlib.sha256(content).hexdigest() != digest:
        problems.append("content")
    if not _OVERLAY.match(overlay):
        problems.append("overlay")
    notes = file.value(dictionary.get("Annots", []))
    if not isinstance(notes, list) or not all(
        _is_signature_field(file, one, seals, content) for one in notes
    ):
        problems.append("annotations")
    box = file.value(dictionary.get("MediaBox"))
    if box != [0, 0, 595.28, 841.89] or dictionary.get("Rotate", 0) != 0 or "CropBox" in dictionary:
        problems.append("geometry")
    resources = file.mapping(dictionary.get("Resources"))
    here = {*file.mapping(resources.get("Font") or {}), *file.mapping(resources.get("XObject") or {})}
    # What a page names and does not have draws nothing: words or pictures would be missing.
    lacking = {name.decode("ascii") for name in _NAMED.findall(content + overlay)} - here
    problems += sorted({"picture" if name.startswith("P") else "font" for name in lacking})
    return problems


def _is_signature_field(file: Pdf, note: object, seals: Collection[str], content: bytes) -> bool:
    """Tell whether an annotation is the field of a signature that shows nothing, or only what its signer laid there."""
    field = file.mapping(note)
    if field.get("Subtype") != "/Widget" or field.get("FT") != "/Sig":
        return False
    rect = file.value(field.get("Rect"))
    is_flat = isinstance(rect, list) and len(rect) == 4 and rect[0] == rect[2] and rect[1] == rect[3]
    if is_flat:
        return True
    if "V" in field and field.get("T") in seals:
        return _is_at_its_place(rect, content)
    # A place kept for a signature that is not given yet shows nothing either.
    looks = file.mapping(field.get("AP") or {})
    return "V" not in field and all(not file.stream(look).strip() for look in looks.values())


def _is_at_its_place(rect: object, content: bytes) -> bool:
    """Tell whether a seal keeps to its room: whoever laid it there, it must not cover what the document says."""
    if not isinstance(rect, list) or len(rect) != 4 or not all(isinstance(one, int | float) for one in rect):
        return False
    return is_within(content, (rect[0], rect[1], rect[2], rect[3]))


def _is_signature_sheet(file: Pdf, page: Reference) -> bool:
    return fonts().faces["FS"].encode("签名附页") in _streams(file, page)[0]


def _resource_problems(file: Pdf, resources: dict[str, Any]) -> tuple[str, ...]:
    problems = []
    for name, reference in file.mapping(resources.get("XObject") or {}).items():
        if not _is_own_picture(file, name, reference):
            problems.append("picture")
    for name, reference in file.mapping(resources.get("Font") or {}).items():
        if not _is_own_face(file, name, reference):
            problems.append("font")
    return tuple(dict.fromkeys(problems))


def _is_own_picture(file: Pdf, name: str, reference: object) -> bool:
    """Tell whether a picture is the one its name says, shown as its own bytes say."""
    raw = file.stream(reference)
    jpeg = read_jpeg(raw)
    if jpeg is None or name != "P" + hashlib.sha256(raw).hexdigest():
        return False
    shown = {key: file.value(value) for key, value in file.mapping(reference).items() if key != "Length"}
    own = {
        "Type": "/XObject",
        "Subtype": "/Image",
        "Width": jpeg.width,
        "Height": jpeg.height,
        "BitsPerComponent": 8,
        "ColorSpace": f"/{jpeg.space}",
        "Filter": "/DCTDecode",
    }
    return shown == (own | {"Decode": [1, 0] * 4} if jpeg.inverted else own)


def _is_own_face(file: Pdf, name: str, reference: object) -> bool:
    """Tell whether the embedded glyphs are those of the shipped face, number by number, and as wide."""
    face = fonts().faces.get(name)
    font = file.mapping(reference)
    descendants = file.value(font.get("DescendantFonts"))
    if face is None or font.get("Encoding") != "/Identity-H" or not isinstance(descendants, list):
        return False
    descendant = file.mapping(descendants[0])
    embedded = _outlines(file.stream(file.mapping(descendant.get("FontDescriptor")).get("FontFile2")))
    widths = file.value(descendant.get("W"))
    if descendant.get("CIDToGIDMap") != "/Identity" or descendant.get("DW") != 1000:
        return False
    if not isinstance(widths, list) or len(widths) % 2:
        return False
    given = {glyph: width[0] for glyph, width in zip(widths[::2], widths[1::2], strict=True)}
    used = embedded.keys() - {0}
    parts = {part for outline in embedded.values() for part in components(outline)}
    if any(given.get(glyph, 1000) != face.advance(glyph) for glyph in used - parts):
        return False
    return embedded == {glyph: o for glyph, o in face.outlines(embedded).items() if glyph in embedded and o}


def _outlines(program: bytes) -> dict[int, bytes]:
    try:
        count = struct.unpack(">H", program[4:6])[0]
        tables = {
            tag: (offset, length)
            for tag, _, offset, length in struct.iter_unpack(">4sLLL", program[12 : 12 + 16 * count])
        }
        start, length = tables[b"loca"]
        loca = struct.unpack(f">{length // 4}L", program[start : start + length])
        base = tables[b"glyf"][0]
    except (struct.error, KeyError) as error:
        raise UnreadablePdf(reason="font") from error
    return {
        glyph: program[base + first : base + last]
        for glyph, (first, last) in enumerate(pairwise(loca))
        if last > first
    }
