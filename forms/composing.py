"""From a filled paper to the parts it is printed of."""

from dataclasses import dataclass, replace
from decimal import Decimal

from forms.filling import Reading, number
from forms.kit.document import Context, Document
from forms.kit.flow import Flow, Slot
from forms.kit.painter import Inventory
from forms.kit.parts import Blank, Fields, FootLine, Gap, Heading, Paragraph, Part, Statement, Title
from forms.kit.places import Mark, OpinionCell, ReceiptBlock, SealCorner, SignatureRow
from forms.kit.tables import Align, Cell, Row, Table, label
from forms.model import ColumnKind, Edition, FilledPaper, RecordMeta
from forms.papers import Blank as BlankBlock
from forms.papers import (
    Block,
    Closing,
    Column,
    Field,
    FieldKind,
    Grid,
    Head,
    Opinion,
    Paper,
    Prose,
    Receipt,
    Rows,
    SealPlace,
    Signatures,
    Signing,
    Words,
    block_names,
)

_WIDE = (FieldKind.LONG_TEXT, FieldKind.PEOPLE, FieldKind.CHECKS, FieldKind.TABLE)


@dataclass(frozen=True, slots=True)
class Fit:
    """How running text is set: size in points, and from base line to base line in sizes."""

    size: float
    leading: float

    def paragraph(self, text: str, *, indented: bool = True, small: bool = False) -> Paragraph:
        """Return a paragraph set so."""
        return Paragraph(text, size=10.5 if small else self.size, indented=indented, leading=self.leading)


# A paper is set as large as keeps it on the fewest pages: seal and receipt should not stand alone on the last one.
# Source: GB/T 9704-2012 art. 7.3.5.4 (where the seal finds no room, line and character spacing are adjusted).
_FITS = (Fit(12, 1.7), Fit(12, 1.5), Fit(11, 1.5), Fit(10.5, 1.45))
_SHORT = 3
_RECEIVED = "本文书已收到，内容已知悉。"


def document_of_paper(paper: Paper, edition: Edition) -> Document:
    """Return a paper as a document that `render` prints."""

    def compose(filled: FilledPaper, context: Context) -> list[Part]:
        reading = Reading(paper, filled, context.authority, context.number)
        if paper.compose:
            return parts_of_paper(reading, _FITS[0])
        return _on_fewest_pages([parts_of_paper(reading, fit) for fit in _FITS], slots(filled))

    def slots(filled: FilledPaper) -> tuple[Slot, ...]:
        reading = Reading(paper, filled, "", "")
        return tuple(slot for one in paper.signings if one.every_page for slot in slots_of(reading, one))

    return Document(paper.id, edition.title, FilledPaper, compose, slots)


def parts_of_paper(reading: Reading, fit: Fit) -> list[Part]:
    """Return all parts of a paper, its running text set as given."""
    paper = reading.paper
    parts = paper.compose(reading) if paper.compose else [title(reading), *parts_of(reading, _body(reading), fit)]
    return [*parts, FootLine(paper.copies)] if paper.copies else parts


def _body(reading: Reading) -> tuple[Block, ...]:
    """Return the blocks in the order of the edition."""
    body, layout = reading.paper.body, reading.edition.layout
    named = dict(zip(block_names(body), body, strict=True))
    return tuple(named[name] for name in layout) if layout else body


def _on_fewest_pages(tried: list[list[Part]], slots: tuple[Slot, ...]) -> list[Part]:
    counts: list[int] = []
    for parts in tried:
        counts.append(_pages(parts, slots))
        if counts[-1] == 1:
            break
    return tried[counts.index(min(counts))]


def _pages(parts: list[Part], slots: tuple[Slot, ...]) -> int:
    """Return how many pages some parts take; all that are more than a few count alike, whatever the size."""
    flow = Flow("", "", RecordMeta("", ""), Inventory())
    flow.begin(slots)
    for part in parts:
        part.place(flow)
    return min(len(flow.pages), _SHORT + 1)


def title(reading: Reading) -> Title:
    """Return the head: a paper that bears the seal begins with the name of the authority."""
    lines = [reading.authority] if reading.paper.needs_seal and reading.authority else []
    return Title("\n".join((*lines, reading.edition.title)), reading.number)


def parts_of(reading: Reading, body: tuple[Block, ...], fit: Fit) -> list[Part]:
    """Return the parts of some blocks."""
    parts: list[Part] = []
    for block, follows in zip(body, (*body[1:], None), strict=True):
        found = _parts(reading, block, fit)
        if isinstance(follows, Opinion) and isinstance(found[-1], Fields):
            # An approval form is one table from its first line to the last opinion.
            found[-1] = replace(found[-1], gap=0)
        elif isinstance(follows, Rows | Grid | Opinion) and isinstance(block, Words | Prose):
            found.append(Gap(5))
        if isinstance(found[0] if found else None, SealCorner) and parts and isinstance(parts[-1], Paragraph):
            last = parts.pop()
            found = [replace(found[0], last=last)]  # type: ignore[type-var]
        parts += found
    return parts


def slots_of(reading: Reading, signing: Signing) -> tuple[Slot, ...]:
    """Return the slots of one signing."""
    return tuple(Slot(signer, signing.label, signing.required) for signer in reading.signers(signing))


def marks_of(reading: Reading, signing_id: str) -> tuple[Mark, ...]:
    """Return the places in the text of one signing."""
    signings = reading.paper.signings
    index = next(i for i, one in enumerate(signings) if one.id == signing_id)
    return tuple(Mark(slot, index) for slot in slots_of(reading, signings[index]))


def _parts(reading: Reading, block: Block, fit: Fit) -> list[Part]:
    match block:
        case Rows(fields):
            return [Fields(tuple(_lines(reading, reading.ordered(fields))))]
        case Head(words):
            return [Heading(reading.words(words), size=fit.size)]
        case Words():
            return _words(reading, block, fit)
        case Prose(field):
            return [fit.paragraph(reading.text(field))]
        case Grid(field):
            return [grid(reading, reading.paper.field_of(field))]
        case Opinion(field, signing):
            return [OpinionCell(reading.label(field), reading.text(field), marks_of(reading, signing))]
        case SealPlace(signing, date, name):
            who = reading.text(name) if name else reading.authority
            words = "（公章）" if name else "（印章）"
            return [SealCorner(who, reading.text(date), marks_of(reading, signing)[0], words)]
        case Signatures(signings):
            return [SignatureRow(tuple(mark for one in signings for mark in marks_of(reading, one)))]
        case Receipt(signing, words):
            told = reading.words(words) if words else _RECEIVED
            return [ReceiptBlock(told, marks_of(reading, signing)[0])]
        case Closing(words, signing, refusal):
            slot = marks_of(reading, signing)[0].slot
            told = reading.words(words)
            return [Statement(told, slot)] if refusal else [Statement(told, slot, False, "确认（请签名）")]
        case BlankBlock():
            return [Blank()]


def _words(reading: Reading, block: Words, fit: Fit) -> list[Part]:
    if block.where and not reading.has(block.where, block.equals):
        return []
    text = reading.words(block.words)
    return [fit.paragraph(text, indented=block.indent, small=block.small)]


def _lines(reading: Reading, fields: list[Field]) -> list[tuple[tuple[str, str], ...]]:
    lines: list[tuple[tuple[str, str], ...]] = []
    waiting: list[tuple[str, str]] = []
    for one in fields:
        pair = (reading.label(one.id), reading.text(one.id))
        if one.wide or one.id in reading.edition.wide or one.kind in _WIDE or (one.kind is FieldKind.CHOICE and len(pair[1]) > 14):
            lines += [tuple(waiting)] if waiting else []
            lines.append((pair,))
            waiting = []
            continue
        waiting.append(pair)
        if len(waiting) == 2:
            lines.append(tuple(waiting))
            waiting = []
    return [*lines, tuple(waiting)] if waiting else lines


def grid(reading: Reading, field: Field) -> Table:
    """Return a table field with running numbers and, where its columns ask for them, totals."""
    columns = field.columns
    size = 9.5 if len(columns) > 5 else 10.5
    header = (tuple(label(text, size=size) for text in ("序号", *(one.title for one in columns))),)
    given = [_as_wide(row, len(columns)) for row in reading.rows(field.id)]
    rows: list[Row] = [
        (
            Cell(str(i), "center", size=size),
            *(Cell(cell, _align(column), size=size) for cell, column in zip(row, columns, strict=True)),
        )
        for i, row in enumerate(given, 1)
    ]
    if not rows:
        rows = [tuple(Cell("", size=size) for _ in range(len(columns) + 1))]
    if any(column.total for column in columns):
        totals = [_total(column, [row[i] for row in given]) for i, column in enumerate(columns)]
        rows.append((label("合计", size=size), *(_sum_cell(text, size) for text in totals)))
    return Table((1.5, *(column.share for column in columns)), tuple(rows), header=header)


def _as_wide(row: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (*row[:width], *[""] * (width - len(row)))


def _align(column: Column) -> Align:
    return "left" if column.kind is ColumnKind.TEXT else "right"


def _sum_cell(text: str, size: float) -> Cell:
    return Cell(text or "／", "right" if text else "center", label=True, size=size, shaded=True)


def _total(column: Column, cells: list[str]) -> str:
    if not column.total:
        return ""
    figures = [number(cell) for cell in cells]
    if None in figures:
        return ""
    total = sum((figure or Decimal() for figure in figures), Decimal())
    return f"{total:,.2f}" if column.kind is ColumnKind.MONEY else f"{total:,f}"
