"""QR codes on paper: one with words in the text, and the one at the foot of every page.

Source: GB/T 18284-2000.
"""

from dataclasses import dataclass

from forms.kit.flow import LEFT, MM, WIDTH, Flow
from forms.kit.painter import Painter
from forms.kit.wrapping import lines_of

PAGE_CODE_SIDE = 15 * MM
# In the lower margin at the right, 8 mm from the paper's edge: printers reach it, and no text stands there.
PAGE_CODE_PLACE = (LEFT + WIDTH - PAGE_CODE_SIDE, 8 * MM)


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code with words beside it.

    Attributes:
        size: Width in points.
    """

    text: str
    words: str = ""
    size: float = 90.0

    def place(self, flow: Flow) -> None:
        """Draw both; they are never parted."""
        flow.need(self.size + 8)
        import segno

        matrix = [
            list(row) for row in segno.make(self.text, error="m", boost_error=False, micro=False).matrix
        ]
        module = self.size / len(matrix)
        top = flow.y - 4
        flow.painter.blocks(
            [
                (LEFT + module * x, top - module * (y + 1), module, module)
                for y, row in enumerate(matrix)
                for x, is_dark in enumerate(row)
                if is_dark
            ]
        )
        left, y = LEFT + self.size + 12, top
        for line in lines_of(self.words, flow.fonts.song, 10.5, 300) if self.words else ():
            y -= 15
            flow.painter.text(left, y, line, flow.fonts.song, 10.5)
        flow.y -= self.size + 8


def page_code_rows(text: str) -> tuple[bytes, ...]:
    """Return the modules of a page's code row by row from the top, dark ones 1."""
    import segno

    # A given mask spares the search for the best one, which would take longer than laying out the page.
    return tuple(map(bytes, segno.make(text, error="m", micro=False, mask=0).matrix))


def lay_page_code(painter: Painter, text: str) -> None:
    """Draw a page's code as pen strokes: what lies over a page may hold no fills and no pictures."""
    rows, (left, bottom) = page_code_rows(text), PAGE_CODE_PLACE
    painter.modules(rows, left, bottom + PAGE_CODE_SIDE, PAGE_CODE_SIDE / len(rows))
