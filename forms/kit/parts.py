"""What documents are composed of. Each part knows how to place itself on the flow."""

from dataclasses import dataclass
from typing import Protocol

from forms.glyphs import visible
from forms.kit.flow import BOTTOM, BOX_HEIGHT, LEFT, WIDTH, Flow, Slot
from forms.kit.tables import Cell, Table, label
from forms.kit.wording import EMPTY, numeral
from forms.kit.wrapping import lines_of
from forms.signing import BoxKind, Rect

BODY = 14.0
_LEADING = 24.0
_BASE = 6.5


class Part(Protocol):
    """Something that can be placed."""

    def place(self, flow: Flow) -> None:
        """Draw itself at the cursor and move it."""


@dataclass(frozen=True, slots=True)
class Title:
    """The head of a document: its name in 二号, and its number below."""

    text: str
    number: str = ""

    def place(self, flow: Flow) -> None:
        """Draw both, centred."""
        song = flow.fonts.song
        flow.y -= 8
        size = 22.0 if song.width(visible(self.text).replace("\n", ""), 22) < 4 * WIDTH else 16.0
        for line in lines_of(visible(self.text), song, size, WIDTH):
            flow.need(32)
            flow.y -= size + 10
            left = LEFT + (WIDTH - song.width(line, size)) / 2
            flow.painter.text(left, flow.y + 8, line, song, size, heavy=True)
        for line in lines_of(visible(self.number), song, 12, WIDTH) if self.number else ():
            flow.need(20)
            flow.y -= 20
            flow.painter.text(LEFT + (WIDTH - song.width(line, 12)) / 2, flow.y + 5, line, song, 12)
        flow.y -= 10


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered heading: 一、 in 黑体, （一） below it.

    Attributes:
        reserve: Points of what follows that must fit on the same page.
        size: Of the letters of the first level.

    Source: GB/T 9704-2012 art. 7.3.3.
    """

    text: str
    level: int = 1
    reserve: float = 2 * _LEADING
    size: float = BODY

    def place(self, flow: Flow) -> None:
        """Count and draw, kept together with what follows."""
        flow.counters[self.level - 1] += 1
        if self.level == 1:
            flow.counters[1] = 0
        count = numeral(flow.counters[self.level - 1])
        text = f"{count}、{self.text}" if self.level == 1 else f"（{count}）{self.text}"
        chain = flow.fonts.hei if self.level == 1 else flow.fonts.song
        size = self.size if self.level == 1 else 13.0
        leading = _LEADING * min(self.size, BODY) / BODY
        lines = lines_of(visible(text), chain, size, WIDTH)
        flow.need(min(len(lines) * leading + 8 + self.reserve, flow.full_room / 2))
        flow.y -= 4
        for line in lines:
            flow.need(leading)
            flow.y -= leading
            flow.painter.text(LEFT, flow.y + _BASE, line, chain, size, heavy=self.level > 1)
        flow.y -= 3


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text, first line indented by two characters, lines set flush.

    Attributes:
        lead: Words before the text in 黑体 (问：), which then hang instead of being indented.
        indented: False sets the first line flush: the line that addresses the receiver.
        leading: From base line to base line, in sizes.
        struck: Stretches of the text (from, to, in characters) with a line through them.
        added: Stretches with a line below them.
    """

    text: str
    lead: str = ""
    size: float = BODY
    indented: bool = True
    leading: float = _LEADING / BODY
    struck: tuple[tuple[int, int], ...] = ()
    added: tuple[tuple[int, int], ...] = ()

    def height(self, flow: Flow) -> float:
        """Return how high the text is, all its lines."""
        chain, hang = flow.fonts.song, flow.fonts.hei.width(self.lead, self.size) if self.lead else 0.0
        indent = 2 * self.size if self.indented and not self.lead else 0.0
        lines = lines_of(visible(self.text.strip()) or EMPTY, chain, self.size, WIDTH - hang, indent=indent)
        return len(lines) * self.leading * self.size

    def place(self, flow: Flow) -> None:
        """Draw line by line; two lines stay together at a page's foot."""
        chain, hei = flow.fonts.song, flow.fonts.hei
        hang = hei.width(self.lead, self.size) if self.lead else 0.0
        indent = 2 * self.size if self.indented and not self.lead else 0.0
        leading, whole, start = self.leading * self.size, visible(self.text.strip()) or EMPTY, 0
        for number, text in enumerate(whole.split("\n")):
            lines = lines_of(text, chain, self.size, WIDTH - hang, indent=indent)
            for i, line in enumerate(lines):
                if flow.room < leading * (2 if i == 0 and len(lines) > 1 else 1):
                    flow.new_page()
                flow.y -= leading
                base = flow.y + _BASE * self.size / BODY
                if self.lead and number == i == 0:
                    flow.painter.text(LEFT, base, self.lead, hei, self.size)
                left = LEFT + hang + (indent if i == 0 else 0)
                free = LEFT + WIDTH - left - chain.width(line, self.size)
                # A line broken by its length is set flush; the last of a paragraph keeps its own.
                flush = i + 1 < len(lines) and 0 < free < 1.6 * self.size and len(line) > 1
                spread = free / (len(line) - 1) if flush else 0.0
                if line:
                    flow.painter.text(left, base, line, chain, self.size, spread=spread)
                start = whole.find(line, start)
                self._rule(flow, (left, base), (start, line), spread)
                start += len(line)

    def _rule(self, flow: Flow, place: tuple[float, float], told: tuple[int, str], spread: float) -> None:
        """Draw the lines through and below the stretches that lie on one line of the text."""
        (left, base), (start, line), chain = place, told, flow.fonts.song
        for stretches, height in ((self.struck, 0.36), (self.added, -0.18)):
            for first, last in stretches:
                a, b = max(first, start) - start, min(last, start + len(line)) - start
                if a < b:
                    x1 = left + chain.width(line[:a], self.size) + a * spread
                    x2 = left + chain.width(line[:b], self.size) + (b - 1) * spread
                    flow.painter.line(x1, base + height * self.size, x2, base + height * self.size, 0.8)


@dataclass(frozen=True, slots=True)
class Fields:
    """A table of names and values; a pair of short fields shares a row, a long one has its own."""

    rows: tuple[tuple[tuple[str, str], ...], ...]
    gap: float = 8.0
    whole: bool = False

    def place(self, flow: Flow) -> None:
        """Draw as one table of twelve columns."""
        Table((1.0,) * 12, tuple(_field_row(row) for row in self.rows), gap=self.gap, whole=self.whole).place(
            flow
        )


def _field_row(pairs: tuple[tuple[str, str], ...]) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    each = 12 // len(pairs)
    for name, value in pairs:
        cells += [label(name, span=2), Cell(value, span=each - 2)]
    return tuple(cells)


@dataclass(frozen=True, slots=True)
class Gap:
    """Room between two parts."""

    points: float

    def place(self, flow: Flow) -> None:
        """Leave it."""
        flow.y -= self.points


@dataclass(frozen=True, slots=True)
class FootLine:
    """A small line at the foot of the page being filled, such as how many originals there are; it takes no room."""

    text: str

    def place(self, flow: Flow) -> None:
        """Draw it between the text area and the page number."""
        text, size = flow.fitted(self.text, flow.fonts.song, 9, WIDTH)
        flow.painter.text(LEFT, BOTTOM - 12, text, flow.fonts.song, size)


@dataclass(frozen=True, slots=True)
class Blank:
    """The words 以下空白 that close a document, so that nothing can be added below.

    Attributes:
        is_last: Nothing follows; a page filled to its foot then has no blank to close. Else they go before what follows.
    """

    is_last: bool = True

    def place(self, flow: Flow) -> None:
        """Draw them between two lines."""
        text, hei = "以下空白", flow.fonts.hei
        if flow.room < 26:
            if self.is_last:
                return
            flow.need(26)
        flow.y -= 20
        width = hei.width(text, 10.5)
        middle = LEFT + WIDTH / 2
        flow.painter.text(middle - width / 2, flow.y + 4, text, hei, 10.5)
        for start, end in ((LEFT, middle - width / 2 - 8), (middle + width / 2 + 8, LEFT + WIDTH)):
            flow.painter.line(start, flow.y + 8, end, flow.y + 8)
        flow.y -= 4


@dataclass(frozen=True, slots=True)
class Statement:
    """The closing words with room for the party's own hand, and a block for a refusal.

    Source: 公安机关办理行政案件程序规定 art. 77; 行政处罚法 art. 52 and art. 64(8).
    """

    words: str
    signer: Slot
    refusal: bool = True
    heading: str = "核对意见（请亲笔书写下列内容并签名）"

    def place(self, flow: Flow) -> None:
        """Draw both blocks together on one page."""
        song, hei = flow.fonts.song, flow.fonts.hei
        lines = lines_of(visible(self.words), song, 10.5, WIDTH - 12)
        text_height = len(lines) * 16 + 22
        heights = [text_height + 58, BOX_HEIGHT + 10 if self.refusal else 0]
        flow.need(sum(heights) + 6)
        flow.y -= 6
        top = flow.y
        flow.painter.text(LEFT + 6, top - 14, self.heading, hei, 10.5)
        for i, line in enumerate(lines):
            flow.painter.text(LEFT + 6, top - 30 - 16 * i, line, song, 10.5)
        flow.painter.boxes([(LEFT, top - heights[0], WIDTH, heights[0])])
        flow.sign_box(self.signer, Rect(LEFT, top - heights[0], WIDTH, 58), BoxKind.STATEMENT)
        flow.y -= heights[0]
        if self.refusal:
            top = flow.y
            rect = Rect(LEFT, top - heights[1], WIDTH, heights[1])
            flow.painter.boxes([(rect.x, rect.y, rect.width, rect.height)])
            flow.painter.text(LEFT + 6, top - 14, "拒绝签名的理由、见证人", hei, 10.5)
            flow.page.refusal_area = Rect(rect.x + 6, rect.y + 3, rect.width - 12, rect.height - 20)
            flow.y -= heights[1]
