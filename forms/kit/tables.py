"""Ruled tables: rows that never overflow, split between lines, under a heading repeated on every page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from forms.glyphs import visible
from forms.kit.flow import LEFT, WIDTH, Flow
from forms.kit.wording import EMPTY
from forms.kit.wrapping import lines_of

Align = Literal["left", "center", "right"]
SIZE = 10.5
_PAD_Y = 4.0
_LEADING = 1.42


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. Empty text prints as a struck field.

    Attributes:
        span: Columns of the table it covers.
    """

    text: str
    align: Align = "left"
    label: bool = False
    span: int = 1
    size: float = SIZE
    shaded: bool = False
    struck: bool = False


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under an optional heading.

    Attributes:
        widths: Shares of the text width; any scale.
        header: Rows repeated at the top of every page.
        gap: Points left below.
        whole: True begins a new page rather than parting a table that would fit on one.
        reserve: Points below that must stay on the page of the last row.
    """

    widths: tuple[float, ...]
    rows: tuple[Row, ...]
    header: tuple[Row, ...] = ()
    gap: float = 8.0
    whole: bool = False
    reserve: float = 0.0

    def height(self, flow: Flow) -> float:
        """Return how high the rows are, heading and gap not counted."""
        scale = WIDTH / sum(self.widths)
        return sum(_set(row, [share * scale for share in self.widths], flow).height for row in self.rows)

    def place(self, flow: Flow) -> None:
        """Draw the table, over as many pages as it takes."""
        scale = WIDTH / sum(self.widths)
        widths = [share * scale for share in self.widths]
        header = [_set(row, widths, flow) for row in self.header]
        rows = [_set(row, widths, flow) for row in self.rows]
        head_height = sum(row.height for row in header)
        if head_height > flow.full_room / 3:
            # Repeating such a heading would leave no room for rows.
            rows, header, head_height = header + rows, [], 0
        total = head_height + sum(row.height for row in rows) + self.reserve
        if self.whole and total <= flow.full_room * 0.8:
            flow.need(total)
        elif rows:
            flow.need(head_height + min(rows[0].height, flow.full_room / 3))
        for head in header:
            head.draw(flow)
        for i, row in enumerate(rows):
            if i + 1 < len(rows) and _explains(rows[i + 1], row):
                _keep(row.height + rows[i + 1].height, flow, header)
            _place(row, flow, header, self.reserve if row is rows[-1] else 0.0)
        flow.y -= self.gap


@dataclass(frozen=True, slots=True)
class _SetRow:
    """A row broken into lines at the widths it gets."""

    cells: Row
    lines: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    whole: bool = True

    @property
    def leading(self) -> float:
        return max(cell.size for cell in self.cells) * _LEADING

    @property
    def height(self) -> float:
        return max(len(lines) for lines in self.lines) * self.leading + 2 * _PAD_Y

    def split(self, room: float) -> "tuple[_SetRow, _SetRow] | None":
        """Return what fits into the room and what remains, or None if too little fits."""
        count = int((room - 2 * _PAD_Y) / self.leading)
        most = max(len(lines) for lines in self.lines)
        if count < min(2, most):
            return None
        first = tuple(lines[:count] for lines in self.lines)
        # A short label is repeated, so that the next page says what it goes on with.
        rest = tuple(
            lines if cell.label and len(lines) <= min(2, count) else lines[count:]
            for cell, lines in zip(self.cells, self.lines, strict=True)
        )
        return replace(self, lines=first, whole=False), replace(self, lines=rest, whole=False)

    def draw(self, flow: Flow) -> None:
        height, x = self.height, LEFT
        top, rects = flow.y, []
        for cell, lines, width in zip(self.cells, self.lines, self.widths, strict=True):
            if cell.shaded:
                flow.painter.shade(x, top - height, width, height)
            rects.append((x, top - height, width, height))
            self._draw_cell(flow, cell, lines, (x, top, width))
            x += width
        flow.painter.boxes(rects)
        flow.y -= height

    def _draw_cell(
        self, flow: Flow, cell: Cell, lines: tuple[str, ...], place: tuple[float, float, float]
    ) -> None:
        x, top, width = place
        chain = flow.fonts.hei if cell.label else flow.fonts.song
        block = len(lines) * self.leading
        # A split row is read on from page to page, so it hangs from the top; a whole one is centred.
        y = top - _PAD_Y - ((self.height - 2 * _PAD_Y - block) / 2 if self.whole else 0)
        for line in lines:
            y -= self.leading
            if not line:
                continue
            left = x + _pad(cell)
            if cell.align != "left":
                free = width - 2 * _pad(cell) - chain.width(line, cell.size)
                left += free / 2 if cell.align == "center" else free
            base = y + (self.leading - cell.size) / 2 + cell.size * 0.14
            flow.painter.text(left, base, line, chain, cell.size)
            if cell.struck:
                middle = base + cell.size * 0.36
                flow.painter.line(left, middle, left + chain.width(line, cell.size), middle, 0.8)


def _pad(cell: Cell) -> float:
    return 4.0 if cell.size >= 8 else 2.0


def _set(row: Row, widths: Sequence[float], flow: Flow) -> _SetRow:
    cells, lines, spans, column = [], [], [], 0
    for cell in row:
        width = sum(widths[column : column + cell.span])
        column += cell.span
        chain = flow.fonts.hei if cell.label else flow.fonts.song
        text = visible(cell.text.strip())
        if not text:
            text, cell = EMPTY, replace(cell, align="center")
        cells.append(cell)
        lines.append(tuple(lines_of(text, chain, cell.size, width - 2 * _pad(cell))))
        spans.append(width)
    return _SetRow(tuple(cells), tuple(lines), tuple(spans))


def _explains(row: _SetRow, above: _SetRow) -> bool:
    """Tell whether a row belongs to the one above: notes and totals begin with a label, plain rows do not."""
    return row.cells[0].label and not above.cells[0].label


def _keep(height: float, flow: Flow, header: Sequence[_SetRow]) -> None:
    if flow.room < height <= flow.full_room / 3:
        flow.new_page()
        for head in header:
            head.draw(flow)


def _place(row: _SetRow, flow: Flow, header: Sequence[_SetRow], reserve: float) -> None:
    while row.height + reserve > flow.room:
        parts = None
        if row.height > flow.full_room / 3:
            parts = row.split(flow.room - reserve)
        if parts:
            parts[0].draw(flow)
            row = parts[1]
        flow.new_page()
        for head in header:
            head.draw(flow)
    row.draw(flow)


def label(text: str, *, span: int = 1, size: float = SIZE) -> Cell:
    """Return a heading cell."""
    return Cell(text, align="center", label=True, span=span, size=size, shaded=True)


def natural_widths(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, narrowest: float = 3.0
) -> list[float]:
    """Return column shares by what the cells hold, so that neither a long column nor a short one is starved."""
    shares = []
    for column, title in enumerate(header):
        longest = max([_reach(row[column]) for row in rows] + [_reach(title) * 0.75], default=1)
        shares.append(max(narrowest, min(longest, 16.0)) + 1)
    # The narrowest column must still hold a character between its paddings.
    floor = 0.6 * sum(shares) / len(shares)
    return [max(share, floor) for share in shares]


def _reach(text: str) -> float:
    return sum(1 if ord(c) > 0x2E80 else 0.55 for c in text[:60])
