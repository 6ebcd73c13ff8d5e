"""A QR code on paper."""

from dataclasses import dataclass

import segno

from forms.kit.flow import LEFT, Flow
from forms.kit.wrapping import lines_of


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
