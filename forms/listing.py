"""Pages that belong to no document: an index, a cover, a note on a copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forms.kit.flow import Flow
from forms.kit.painter import Inventory
from forms.kit.parts import Blank, Heading, Paragraph, Part, Title
from forms.kit.qr import QrCode
from forms.kit.sheets import Attachment, Properties, Sheet, write_pdf
from forms.kit.tables import Cell, Row, Table, label
from forms.manifest import Sealer, attachments, manifest_of, page_digests, sealed
from forms.model import RecordMeta
from forms.render import Volume, lay_out

_LARGE = 20


@dataclass(frozen=True, slots=True)
class Chapter:
    """A numbered heading over a table, for pages that have several.

    Attributes:
        columns: Title and share of the width of each column.
        note: Stands between heading and table.
    """

    title: str
    columns: Sequence[tuple[str, float]]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def parts(self) -> list[Part]:
        """Return what is printed."""
        note = [Paragraph(self.note, size=12)] if self.note else []
        return [Heading(self.title, size=14), *note, _table(self.columns, self.rows)]


@dataclass(frozen=True, slots=True)
class Listing:
    """What stands on such pages, in this order.

    Attributes:
        head: Lines of name and value.
        sections: Numbered headings, each with its paragraphs.
        columns: Title and share of the width of each column.
        large: What is read aloud and compared, in large type below the head.
        chapters: More tables, each under its heading.
        code: Text of a QR code, and words beside it.
    """

    title: str
    head: Sequence[tuple[str, str]] = ()
    text: Sequence[str] = ()
    sections: Sequence[tuple[str, Sequence[str]]] = ()
    columns: Sequence[tuple[str, float]] = ()
    rows: Sequence[Sequence[str]] = ()
    large: Sequence[str] = ()
    chapters: Sequence[Chapter] = ()
    code: tuple[str, str] | None = None

    def parts(self, number: str) -> list[Part]:
        """Return what is printed."""
        found: list[Part] = [Title(self.title, number)]
        if self.head:
            lines: list[Row] = [(label(name), Cell(value)) for name, value in self.head]
            found.append(Table((2.5, 9.5), tuple(lines)))
        found += [Paragraph(one, size=_LARGE, indented=False) for one in self.large]
        found += [Paragraph(one, size=12) for one in self.text]
        for heading, paragraphs in self.sections:
            found += [Heading(heading), *(Paragraph(one, size=12) for one in paragraphs)]
        if self.columns:
            found.append(_table(self.columns, self.rows))
        for chapter in self.chapters:
            found += chapter.parts()
        if self.code is not None:
            found.append(QrCode(*self.code))
        return [*found, Blank()]


def print_listing(
    listing: Listing,
    meta: RecordMeta,
    about: Mapping[str, object],
    sealer: Sealer,
    behind: Sequence[Volume] = (),
    files: Sequence[Attachment] = (),
) -> bytes:
    """Return the PDF, sealed, with documents printed behind the listing; `about` goes into its manifest.

    Args:
        files: Attached before the manifest, so by their names.
    """

    def written(manifest: bytes | None) -> bytes:
        inventory = Inventory()
        flow = Flow("listing", listing.title, meta, inventory)
        flow.begin(())
        for part in listing.parts(meta.document_number):
            part.place(flow)
        sheets = [Sheet(page.painter.content(), b"\n") for page in flow.pages]
        outline = [(listing.title, 0)]
        for volume in behind:
            laid = lay_out(volume, inventory)
            outline += [(title, len(sheets) + index) for title, index in laid.outline]
            sheets += laid.sheets
        properties = Properties(
            f"{listing.title} {meta.document_number}".strip(), meta.authority, meta.task_number
        )
        attached = (*files, *attachments(manifest)) if manifest is not None else ()
        return write_pdf(sheets, inventory, properties, outline, attached)

    pages = [{"section": "listing", "hash": one, "overlay": two} for one, two in page_digests(written(None))]
    one = {
        "title": listing.title, "number": meta.document_number, "pages": pages, "sheets": [], "evidence": [], "keys": [],
        "lines": [], "chain": None, "checkpoint": None,
    }  # fmt: skip
    manifest = manifest_of([one], **about)
    return sealed(written(manifest), manifest, sealer)


def _table(columns: Sequence[tuple[str, float]], rows: Sequence[Sequence[str]]) -> Table:
    header = (tuple(label(title, size=9) for title, _ in columns),)
    cells = tuple(tuple(Cell(text, size=9) for text in row) for row in rows)
    return Table(tuple(share for _, share in columns), cells, header=header)
