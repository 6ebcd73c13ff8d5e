"""From sections to one PDF: bytes, their digest, and what each page asks of its signers."""

import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forms.errors import BoxTaken, ForeignSignature, NoSuchBox, NothingToPrint
from forms.glyphs import missing_glyphs, spelled, visible
from forms.kit.document import Context
from forms.kit.flow import FOOTER_Y, LEFT, PAGE_WIDTH, WIDTH, Flow, Page
from forms.kit.fonts import fonts
from forms.kit.handwriting import lay_signatures
from forms.kit.painter import Inventory, Painter
from forms.kit.parts import Paragraph
from forms.kit.qr import lay_page_code
from forms.kit.sheets import Properties, Sheet, write_pdf
from forms.kit.signature_sheet import SignatureSheet
from forms.kit.wording import short_hash
from forms.manifest import Sealer, attachments, sealed
from forms.model import Cover, RecordMeta, Role, Section
from forms.page_codes import page_code
from forms.registry import document_of
from forms.signing import BoxKind, Signature, SignatureBox


@dataclass(frozen=True, slots=True)
class PageInfo:
    """One page of the record.

    Attributes:
        number: From 1.
        of: Pages of the whole record; the sheet of signatures behind it is not counted.
        section: Id of the document the page belongs to (`onsite_record`).
        content_hash: SHA-256 (hex) of what is drawn, without the hash line and signatures.
        required_roles: Roles that must sign this page, in order, each once.
        boxes: All places to sign, those of two inspectors apart.
    """

    number: int
    of: int
    section: str
    content_hash: str
    required_roles: tuple[Role, ...]
    boxes: tuple[SignatureBox, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished document.

    Attributes:
        sha256: Hex digest of `pdf`; the same input gives the same bytes.
        fallbacks: Characters that no font holds, printed as `〔U+2A6A5〕` and listed on the last page.
    """

    pdf: bytes
    sha256: str
    pages: tuple[PageInfo, ...]
    fallbacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Volume:
    """One document of a bundle: it keeps its own number, its own n/N and so its own page hashes.

    Attributes:
        remark: Stands at the end of the sheet of signatures: how far the server's log had come.
    """

    sections: tuple[Section, ...]
    meta: RecordMeta
    signatures: tuple[Signature, ...] = ()
    remark: str = ""


def render(sections: Sequence[Section], meta: RecordMeta, signatures: Sequence[Signature] = ()) -> Rendered:
    """Print the sections in order as one PDF, signed as far as signatures are given; see `render_bundle`."""
    return render_bundle((Volume(tuple(sections), meta, tuple(signatures)),))


def render_bundle(
    volumes: Sequence[Volume], manifest: bytes | None = None, sealer: Sealer | None = None
) -> Rendered:
    """Print several documents behind one another as one PDF.

    A page has the same content and hash as in its document alone, so what was signed there is signed here.

    Args:
        manifest: Attached for machines (`forms.manifest`); the file is sealed then.

    Raises:
        TotalsDisagree: If figures printed do not add up to the total printed below them.
        RowsMisshapen: If a row of details is not as wide as its heading.
        NaiveTime: If an instant has no zone.
        ForeignSignature: If a signature belongs to no page of exactly this content.
        NoSuchBox: If its page has no such place to sign.
        BoxTaken: If two signatures are given for one place.
        NothingToPrint: If there is no section.
    """
    if not volumes or not all(volume.sections for volume in volumes):
        raise NothingToPrint
    inventory = Inventory()
    printed = [lay_out(volume, inventory) for volume in volumes]
    sheets: list[Sheet] = []
    outline: list[tuple[str, int]] = []
    for one in printed:
        outline += [(title, len(sheets) + index) for title, index in one.outline]
        sheets += one.sheets
    first = volumes[0].meta
    properties = Properties(
        " ".join((printed[0].outline[0][0], first.document_number)), first.authority, first.task_number
    )
    if manifest is None or sealer is None:
        pdf = write_pdf(sheets, inventory, properties, outline)
    else:
        pdf = write_pdf(sheets, inventory, properties, outline, attachments(manifest))
        pdf = sealed(pdf, manifest, sealer)
    return Rendered(
        pdf,
        hashlib.sha256(pdf).hexdigest(),
        tuple(info for one in printed for info in one.infos),
        tuple(dict.fromkeys(sign for one in printed for sign in one.fallbacks)),
    )


@dataclass(frozen=True, slots=True)
class LaidOut:
    """One volume laid out: its sheets, bookmarks (title, sheet from 0), pages and unprintable characters."""

    sheets: tuple[Sheet, ...]
    outline: tuple[tuple[str, int], ...]
    infos: tuple[PageInfo, ...]
    fallbacks: tuple[str, ...]


def lay_out(volume: Volume, inventory: Inventory) -> LaidOut:
    """Lay one document out; `inventory` gathers what its pages refer to."""
    sections, meta, signatures = volume.sections, volume.meta, volume.signatures
    fallbacks = tuple(dict.fromkeys(c for text in _texts((meta, *sections)) for c in missing_glyphs(text)))
    flows = _composed(sections, meta, inventory, fallbacks)
    pages = [page for flow in flows for page in flow.pages]
    contents = []
    for number, page in enumerate(pages, 1):
        _foot(page.painter, meta, f"第 {number} 页　共 {len(pages)} 页")
        contents.append(page.painter.content())
    hashes = [hashlib.sha256(content).hexdigest() for content in contents]
    overlays = _overlays(pages, hashes, signatures, inventory)
    sheets = [Sheet(content, overlay) for content, overlay in zip(contents, overlays, strict=True)]
    outline = list(_outline(flows))
    if signatures:
        outline.append(("签名附页", len(sheets)))
        sheets += _signature_sheets(pages, hashes, volume, inventory)
    infos = tuple(
        PageInfo(number, len(pages), page.section, digest, _required(page), tuple(page.boxes))
        for number, (page, digest) in enumerate(zip(pages, hashes, strict=True), 1)
    )
    return LaidOut(tuple(sheets), tuple(outline), infos, fallbacks)


def drawn(volume: Volume) -> list[tuple[str, str]]:
    """Return the SHA-256 of content and overlay of each page, sheet of signatures included, without writing a file."""
    sheets = lay_out(volume, Inventory()).sheets
    return [(hashlib.sha256(one.content).hexdigest(), hashlib.sha256(one.overlay).hexdigest()) for one in sheets]


def _composed(
    sections: Sequence[Section], meta: RecordMeta, inventory: Inventory, fallbacks: tuple[str, ...]
) -> list[Flow]:
    context = Context(meta.authority, meta.document_number, meta.task_number, meta.amends)
    bodies = [section for section in sections if not isinstance(section, Cover)]
    flows = [_flow(section, meta, inventory, context) for section in bodies]
    if fallbacks and flows:
        codes = "、".join(spelled(c) for c in fallbacks)
        note = f"注：下列字符无法以字库字形显示，文中以其编码代替：{codes}。"
        Paragraph(note, size=10.5).place(flows[-1])
    covers = [section for section in sections if isinstance(section, Cover)]
    # The cover's own length moves every page number it prints: lay it out once to know, once to print.
    contents = _contents(bodies, flows, 0)
    lengths = [
        len(_flow(c, meta, Inventory(), dataclasses.replace(context, contents=contents)).pages)
        for c in covers
    ]
    context = dataclasses.replace(context, contents=_contents(bodies, flows, sum(lengths)))
    return [_flow(cover, meta, inventory, context) for cover in covers] + flows


def _flow(section: Section, meta: RecordMeta, inventory: Inventory, context: Context) -> Flow:
    document = document_of(section)
    flow = Flow(document.id, document.title, meta, inventory)
    flow.begin(document.slots(section))
    for part in document.compose(section, context):
        part.place(flow)
    return flow


def _contents(
    bodies: Sequence[Section], flows: Sequence[Flow], before: int
) -> tuple[tuple[str, int, int], ...]:
    found = []
    for section, flow in zip(bodies, flows, strict=True):
        named = getattr(section, "template", "") or getattr(getattr(section, "respondent", None), "name", "")
        title = f"{flow.title}（{named}）" if named else flow.title
        found.append((title, before + 1, before + len(flow.pages)))
        before += len(flow.pages)
    return tuple(found)


def _outline(flows: Sequence[Flow]) -> Iterator[tuple[str, int]]:
    index = 0
    for flow in flows:
        yield flow.title, index
        index += len(flow.pages)


def _foot(painter: Painter, meta: RecordMeta, words: str) -> None:
    song = fonts().song
    painter.text((PAGE_WIDTH - song.width(words, 10.5)) / 2, FOOTER_Y, words, song, 10.5)
    if meta.task_number:
        painter.text(LEFT, FOOTER_Y, visible(meta.task_number)[:24].replace("\n", " "), song, 8)


def _overlays(
    pages: Sequence[Page], hashes: Sequence[str], signatures: Sequence[Signature], inventory: Inventory
) -> list[bytes]:
    song = fonts().song
    by_page = _by_page(pages, hashes, signatures)
    overlays = []
    for number, (page, digest) in enumerate(zip(pages, hashes, strict=True), 1):
        painter = Painter(inventory)
        lay_page_code(painter, page_code(digest, number, len(pages)))
        words = f"页校验 {short_hash(digest)}"
        painter.text(LEFT + WIDTH - song.width(words, 8), FOOTER_Y, words, song, 8)
        lay_signatures(painter, page, by_page[digest])
        overlays.append(painter.content())
    return overlays


def _by_page(
    pages: Sequence[Page], hashes: Sequence[str], signatures: Sequence[Signature]
) -> dict[str, list[tuple[Signature, SignatureBox]]]:
    page_of = dict(zip(hashes, pages, strict=True))
    found: dict[str, list[tuple[Signature, SignatureBox]]] = defaultdict(list)
    for one in signatures:
        role = one.signer.role.value
        if one.page_hash not in page_of:
            raise ForeignSignature(page_hash=one.page_hash, role=role)
        fitting = page_of[one.page_hash].boxes_for(one.signer, one.kind, one.index)
        if not fitting:
            raise NoSuchBox(role=role, kind=one.kind.value, index=one.index)
        taken = {id(box) for _, box in found[one.page_hash]}
        free = [box for box in fitting if id(box) not in taken]
        if not free:
            raise BoxTaken(page_hash=one.page_hash, role=role)
        found[one.page_hash].append((one, free[0]))
    return found


def _signature_sheets(
    pages: Sequence[Page], hashes: Sequence[str], volume: Volume, inventory: Inventory
) -> list[Sheet]:
    meta = volume.meta
    flow = Flow("signatures", "签名附页", meta, inventory)
    flow.begin(())
    sections = tuple(page.section for page in pages)
    SignatureSheet(tuple(hashes), sections, tuple(volume.signatures), volume.remark).place(flow)
    sheets = []
    for number, page in enumerate(flow.pages, 1):
        _foot(page.painter, meta, f"签名附页 {number}／{len(flow.pages)}")
        sheets.append(Sheet(page.painter.content(), b"\n"))
    return sheets


def _required(page: Page) -> tuple[Role, ...]:
    return tuple(dict.fromkeys(b.signer.role for b in page.boxes if b.required and b.kind is BoxKind.PAGE))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for name in value.__dataclass_fields__:
            yield from _texts(getattr(value, name))
