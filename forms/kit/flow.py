"""The page frame, and the cursor that fills one page after another.

Source: GB/T 9704-2012 art. 5.2 (A4; margins 37, 35, 28 and 26 mm), art. 7.5 (page numbers).
"""

import math
from dataclasses import dataclass, field

from forms.glyphs import visible
from forms.kit.fonts import Chain, Fonts, fonts
from forms.kit.painter import Inventory, Painter
from forms.kit.wrapping import lines_of
from forms.model import RecordMeta, Signer
from forms.signing import BoxKind, Rect, SignatureBox

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89
LEFT, TOP, BOTTOM = 28 * MM, PAGE_HEIGHT - 37 * MM, 35 * MM
WIDTH = PAGE_WIDTH - LEFT - 26 * MM
FOOTER_Y = BOTTOM - 7 * MM - 9
BOX_HEIGHT = 44.0
_STRIP_GAP = 8.0
_STRIP_MOST = 5

REHEARSAL_LINE = "【演练】本文书仅供演练，不具有法律效力"


@dataclass(frozen=True, slots=True)
class Slot:
    """Somebody who signs the pages of a document, and what the box is called there."""

    signer: Signer
    label: str
    required: bool = True


@dataclass(slots=True)
class Page:
    """A page being filled."""

    section: str
    painter: Painter
    boxes: list[SignatureBox] = field(default_factory=list)
    refusal_area: Rect | None = None

    def boxes_for(self, signer: Signer, kind: BoxKind, index: int) -> list[SignatureBox]:
        """Return the places where someone may sign: those of that name, else those without a name.

        Two people of one name have two boxes. An empty name on paper takes any name of that role.
        """
        fitting = [b for b in self.boxes if (b.kind, b.index, b.signer.role) == (kind, index, signer.role)]
        own = [box for box in fitting if box.signer.name == signer.name]
        return own or [box for box in fitting if not box.signer.name]


class Flow:
    """Places parts from top to bottom of the pages of one section."""

    def __init__(self, section: str, title: str, meta: RecordMeta, inventory: Inventory) -> None:
        self.section = section
        self.title = title
        self.meta = meta
        self.inventory = inventory
        self.fonts: Fonts = fonts()
        self.slots: tuple[Slot, ...] = ()
        self.pages: list[Page] = []
        self.counters = [0, 0]
        self.y = TOP
        self.bottom = BOTTOM

    @property
    def page(self) -> Page:
        """Return the page being filled."""
        return self.pages[-1]

    @property
    def painter(self) -> Painter:
        """Return the painter of the page being filled."""
        return self.pages[-1].painter

    @property
    def room(self) -> float:
        """Return the points left on this page."""
        return self.y - self.bottom

    @property
    def full_room(self) -> float:
        """Return the points an empty page offers."""
        return TOP - self.bottom

    def begin(self, slots: tuple[Slot, ...]) -> None:
        """Open the first page, with a strip of boxes for these signers at its foot."""
        self.slots = slots
        self.new_page()

    def need(self, height: float) -> bool:
        """Go to a new page unless this one has room; tell whether it did."""
        if self.room >= height or self.y >= TOP:
            return False
        self.new_page()
        return True

    def new_page(self) -> None:
        """Open the next page."""
        page = Page(self.section, Painter(self.inventory))
        self.pages.append(page)
        if self.meta.rehearsal:
            self._rehearsal(page.painter)
        self._running_head(page.painter, continued=len(self.pages) > 1)
        self.bottom = BOTTOM + self._strip(page)
        self.y = TOP

    def fitted(self, text: str, chain: Chain, size: float, width: float) -> tuple[str, float]:
        """Return the text and the size at which it fits into the width; below 60 % it is cut with an ellipsis."""
        text = visible(text).replace("\n", " ")
        natural = chain.width(text, size)
        if natural <= width:
            return text, size
        shrunk = max(width / natural * size, size * 0.6)
        if natural * shrunk / size <= width + 0.01:
            return text, shrunk
        while text and chain.width(text + "…", shrunk) > width:
            text = text[:-1]
        return text + "…", shrunk

    def _running_head(self, painter: Painter, *, continued: bool) -> None:
        y = TOP + 12
        left = f"{self.title}（续）" if continued else self.meta.authority
        if self.meta.amends:
            left += f"　更正：{self.meta.amends}"
        number, number_size = self.fitted(self.meta.document_number, self.fonts.song, 9, WIDTH * 0.45)
        left, size = self.fitted(left, self.fonts.song, 9, WIDTH * 0.5)
        painter.text(LEFT, y, left, self.fonts.song, size)
        right = LEFT + WIDTH - self.fonts.song.width(number, number_size)
        painter.text(right, y, number, self.fonts.song, number_size)
        painter.line(LEFT, y - 5, LEFT + WIDTH, y - 5)

    def _rehearsal(self, painter: Painter) -> None:
        for x, y in ((95, 560), (260, 400), (95, 170), (330, 640)):
            painter.tilted(x, y, "演　练", self.fonts.hei, 64, gray=0.9)
        width = self.fonts.hei.width(REHEARSAL_LINE, 10.5)
        painter.text((PAGE_WIDTH - width) / 2, TOP + 30, REHEARSAL_LINE, self.fonts.hei, 10.5)

    def _strip(self, page: Page) -> float:
        if not self.slots:
            return 0
        rows = math.ceil(len(self.slots) / _STRIP_MOST)
        per_row = math.ceil(len(self.slots) / rows)
        width = WIDTH / per_row
        for i, slot in enumerate(self.slots):
            x = LEFT + width * (i % per_row)
            y = BOTTOM + BOX_HEIGHT * (rows - 1 - i // per_row)
            self.sign_box(slot, Rect(x, y, width, BOX_HEIGHT), BoxKind.PAGE, page=page)
        return rows * BOX_HEIGHT + _STRIP_GAP

    def sign_box(
        self, slot: Slot, rect: Rect, kind: BoxKind, *, index: int = 0, page: Page | None = None
    ) -> None:
        """Draw a box to sign in and note it on the page."""
        page = page or self.page
        page.painter.boxes([(rect.x, rect.y, rect.width, rect.height)])
        label = f"{slot.label}：{slot.signer.name}" if slot.signer.name else f"{slot.label}："
        for i, (line, size) in enumerate(self._label_lines(label, rect.width - 6)):
            page.painter.text(rect.x + 3, rect.y + rect.height - 10 - 8 * i, line, self.fonts.song, size)
        page.boxes.append(SignatureBox(slot.signer, kind, rect, slot.required, index))

    def place_box(self, slot: Slot, rect: Rect, index: int) -> None:
        """Note a place to seal on the page, without drawing anything: the seal itself is what is seen."""
        self.page.boxes.append(SignatureBox(slot.signer, BoxKind.PLACE, rect, slot.required, index))

    def _label_lines(self, label: str, width: float) -> list[tuple[str, float]]:
        song, text = self.fonts.song, visible(label).replace("\n", " ")
        if song.width(text, 8) <= width:
            return [(text, 8.0)]
        first, *rest = lines_of(text, song, 6.5, width)
        return [(first, 6.5), *([self.fitted("".join(rest), song, 6.5, width)] if rest else [])]
