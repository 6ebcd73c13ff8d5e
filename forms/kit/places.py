"""Places to sign or seal within the text of an official paper: approvals, the authority's seal, acknowledgements."""

from dataclasses import dataclass

from forms.glyphs import visible
from forms.kit.flow import LEFT, WIDTH, Flow, Slot
from forms.kit.parts import Paragraph
from forms.kit.tables import Cell, Table, label
from forms.kit.wrapping import lines_of
from forms.signing import BoxKind, Rect

_SIZE = 10.5
_LEADING = 16.0
_BOX = 44.0
SEAL_DIAMETER = 42 / 25.4 * 72
_DATE_LINE = "　　　年　　月　　日"


@dataclass(frozen=True, slots=True)
class Mark:
    """One who signs here.

    Attributes:
        index: Position of the signing in the paper.
    """

    slot: Slot
    index: int


@dataclass(frozen=True, slots=True)
class OpinionCell:
    """A line of an approval form: the office's name at the left, its opinion, and below it signature and date."""

    title: str
    text: str
    marks: tuple[Mark, ...]

    def place(self, flow: Flow) -> None:
        """Draw it whole where it fits on a page; a long opinion goes before it as a table of its own."""
        song, hei = flow.fonts.song, flow.fonts.hei
        side = WIDTH / 6
        lines = lines_of(visible(self.text.strip()), song, _SIZE, WIDTH - side - 12)
        if len(lines) > 14:
            Table((2, 10), ((label(self.title), Cell(self.text)),), gap=0).place(flow)
            lines = ["（意见见上）"]
        rows = -(-len(self.marks) // 2)
        height = max(len(lines) * _LEADING + 14, 34) + rows * _BOX
        flow.need(height)
        top = flow.y
        flow.painter.shade(LEFT, top - height, side, height)
        flow.painter.boxes([(LEFT, top - height, side, height), (LEFT + side, top - height, WIDTH - side, height)])
        names = lines_of(visible(self.title), hei, _SIZE, side - 10)
        y = top - (height - len(names) * _LEADING) / 2
        for line in names:
            y -= _LEADING
            flow.painter.text(LEFT + (side - hei.width(line, _SIZE)) / 2, y + 4.5, line, hei, _SIZE)
        for i, line in enumerate(lines):
            flow.painter.text(LEFT + side + 6, top - 6 - _LEADING * i - 11, line, song, _SIZE)
        width = (WIDTH - side) / 2
        for i, mark in enumerate(self.marks):
            alone = i == len(self.marks) - 1 and i % 2 == 0
            x = LEFT + side + (width if i % 2 or alone else 0)
            y = top - height + _BOX * (rows - 1 - i // 2)
            _box(flow, mark, Rect(x, y, width, _BOX), dated=True)
        flow.y -= height


@dataclass(frozen=True, slots=True)
class SealCorner:
    """Who issues the paper, the day, and the place of the seal over both, at the right.

    Attributes:
        last: The paragraph before it, which goes with it to the next page: a seal never stands on a page without text.

    Source: GB/T 9704-2012 art. 7.3.5 (the seal is centred on name and date, and stands by the text).
    """

    name: str
    date: str
    mark: Mark
    words: str = "（印章）"
    last: Paragraph | None = None

    def place(self, flow: Flow) -> None:
        """Draw it together on one page."""
        song = flow.fonts.song
        height = SEAL_DIAMETER + 8
        if self.last is not None:
            flow.need(height + min(self.last.height(flow), flow.full_room / 3))
            self.last.place(flow)
        flow.need(height)
        names = lines_of(visible(self.name), song, 12, WIDTH * 0.6)
        if len(names) > 3:  # Such a name stands in full in the text above.
            names = [*names[:2], flow.fitted("".join(names[2:])[:60], song, 12, WIDTH * 0.5)[0]]
        date = visible(self.date).replace("\n", " ")[:24] or _DATE_LINE
        widest = max([song.width(line, 12) for line in names] + [song.width(date, 12), SEAL_DIAMETER])
        # Two characters free at the right, as official documents have it.
        middle = LEFT + WIDTH - 28 - widest / 2
        top = flow.y
        rect = Rect(middle - SEAL_DIAMETER / 2, top - height + 4, SEAL_DIAMETER, SEAL_DIAMETER)
        y = rect.y + rect.height / 2 + len(names) * 22 / 2 - 4
        for line in names:
            flow.painter.text(middle - song.width(line, 12) / 2, y, line, song, 12)
            y -= 22
        flow.painter.text(middle - song.width(date, 12) / 2, y, date, song, 12)
        width = song.width(self.words, 9)
        flow.painter.text(middle - width / 2, rect.y + 3, self.words, song, 9, gray=0.5)
        flow.place_box(self.mark.slot, rect, self.mark.index)
        flow.y -= height


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """Boxes side by side, at most three in a row."""

    marks: tuple[Mark, ...]

    def place(self, flow: Flow) -> None:
        """Draw the rows."""
        flow.need(_BOX + 4)
        flow.y -= 4
        for start in range(0, len(self.marks), 3):
            row = self.marks[start : start + 3]
            flow.need(_BOX)
            width = WIDTH / len(row)
            for i, mark in enumerate(row):
                _box(flow, mark, Rect(LEFT + i * width, flow.y - _BOX, width, _BOX), dated=True)
            flow.y -= _BOX
        flow.y -= 4


@dataclass(frozen=True, slots=True)
class ReceiptBlock:
    """签收: the words, the receiver's place, in what capacity, when; and what to note where it is refused."""

    words: str
    mark: Mark

    def place(self, flow: Flow) -> None:
        """Draw it together on one page."""
        song, hei = flow.fonts.song, flow.fonts.hei
        lines = lines_of(visible(self.words), song, _SIZE, WIDTH - 48)
        height = 10 + len(lines) * _LEADING + _BOX + 26
        flow.need(height + 6)
        flow.y -= 6
        top = flow.y
        flow.painter.boxes([(LEFT, top - height, WIDTH, height)])
        flow.painter.text(LEFT + 6, top - 16, "签收", hei, _SIZE)
        for i, line in enumerate(lines):
            flow.painter.text(LEFT + 42, top - 16 - _LEADING * i, line, song, _SIZE)
        y = top - height + 26
        _box(flow, self.mark, Rect(LEFT, y, WIDTH / 2, _BOX), dated=False)
        flow.painter.boxes([(LEFT + WIDTH / 2, y, WIDTH / 2, _BOX)])
        flow.painter.text(LEFT + WIDTH / 2 + 6, y + _BOX - 16, "身份（职务）：", song, _SIZE)
        flow.painter.text(LEFT + WIDTH / 2 + 6, y + 8, f"签收日期：{_DATE_LINE}", song, _SIZE)
        flow.painter.text(LEFT + 6, y - 17, "拒绝签收的理由、见证人：", song, _SIZE)
        flow.page.refusal_area = Rect(LEFT + 135, y - 24, WIDTH - 141, 22)
        flow.y -= height


def _box(flow: Flow, mark: Mark, rect: Rect, *, dated: bool) -> None:
    flow.sign_box(mark.slot, rect, BoxKind.PLACE, index=mark.index)
    if dated:
        song = flow.fonts.song
        width = song.width(_DATE_LINE, 8)
        flow.painter.text(rect.x + rect.width - width - 4, rect.y + 5, _DATE_LINE, song, 8)
