"""Drawing on one page: PDF operators as bytes, and what they refer to."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from forms.kit.fonts import Chain, fonts
from forms.kit.jpeg import Jpeg

_RUN, _SPAN = re.compile(rb"\x01+"), re.Match.span


@dataclass(slots=True)
class Inventory:
    """What all pages of one document refer to: characters per face, pictures by digest."""

    characters: dict[str, set[str]] = field(default_factory=dict)
    pictures: dict[str, Jpeg] = field(default_factory=dict)


class Painter:
    """Collects the operators of one content stream. Coordinates are points from the lower left corner."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._fonts = fonts()
        self._ops: list[bytes] = []

    def text(
        self,
        x: float,
        y: float,
        text: str,
        chain: Chain,
        size: float,
        *,
        spread: float = 0,
        heavy: bool = False,
        gray: float = 0,
    ) -> None:
        """Draw one line of text with its base line at `y`.

        Args:
            spread: Extra points after each character (justified lines).
            heavy: True thickens the outlines, for titles in the record's own voice.
            gray: 0 black to 1 white.
        """
        begin = "BT"
        if gray:
            begin = f"{gray:g} g BT"
        if heavy:
            begin += f" 2 Tr {size * 0.028:.2f} w"
        if spread:
            begin += f" {spread:.3f} Tc"
        ops = [begin.encode("ascii"), b"%.2f %.2f Td" % (x, y)]
        for face, run in chain.runs(text):
            name = self._fonts.name_of[face]
            self._inventory.characters.setdefault(name, set()).update(run)
            ops.append(b"/%s %g Tf <%s> Tj" % (name.encode("ascii"), size, face.encode(run)))
        if heavy:
            ops.append(b"0 Tr")
        if spread:
            ops.append(b"0 Tc")
        ops.append(b"ET 0 g" if gray else b"ET")
        self._ops.append(b" ".join(ops))

    def tilted(self, x: float, y: float, text: str, chain: Chain, size: float, gray: float) -> None:
        """Draw text rising at 45 degrees, for the rehearsal mark."""
        self._ops.append(b"q 0.7071 0.7071 -0.7071 0.7071 %.2f %.2f cm" % (x, y))
        self.text(0, 0, text, chain, size, gray=gray)
        self._ops.append(b"Q")

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float = 0.5) -> None:
        """Draw a straight line."""
        self._ops.append(b"%g w %.2f %.2f m %.2f %.2f l S" % (width, x1, y1, x2, y2))

    def modules(self, rows: Sequence[bytes], left: float, top: float, side: float) -> None:
        """Draw squares of one side as level pen strokes, a stroke for each run of ones in a row."""
        columns = [b"%.2f" % (left + i * side) for i in range(len(rows) + 1)]
        path = []
        for i, row in enumerate(rows):
            y = b"%.2f" % (top - (i + 0.5) * side)
            path += [b"%s %s m %s %s l" % (columns[a], y, columns[b], y) for a, b in map(_SPAN, _RUN.finditer(row))]
        self._ops.append(b"%.3f w %s S" % (side, b" ".join(path)))

    def boxes(self, rects: list[tuple[float, float, float, float]], width: float = 0.5) -> None:
        """Draw the outlines of rectangles (x, y, width, height) in one stroke."""
        path = b" ".join(b"%.2f %.2f %.2f %.2f re" % rect for rect in rects)
        self._ops.append(b"%g w %s S" % (width, path))

    def blocks(self, rects: list[tuple[float, float, float, float]]) -> None:
        """Fill rectangles (x, y, width, height) with black."""
        self._ops.append(b" ".join(b"%.3f %.3f %.3f %.3f re" % rect for rect in rects) + b" f")

    def shade(self, x: float, y: float, width: float, height: float, gray: float = 0.93) -> None:
        """Fill a rectangle with grey."""
        self._ops.append(b"%g g %.2f %.2f %.2f %.2f re f 0 g" % (gray, x, y, width, height))

    def picture(self, x: float, y: float, width: float, height: float, jpeg: Jpeg) -> None:
        """Draw a JPEG into a rectangle."""
        digest = hashlib.sha256(jpeg.raw).hexdigest()
        self._inventory.pictures[digest] = jpeg
        # The name is the digest of the bytes, so the page's own hash also covers its pictures.
        self._ops.append(b"q %.2f 0 0 %.2f %.2f %.2f cm /P%s Do Q" % (width, height, x, y, digest.encode()))

    def curve(self, points: list[tuple[float, float]], widths: list[float]) -> None:
        """Draw a smooth pen line through the points, as wide at each as given."""
        if len(points) == 1:
            points, widths = points * 2, widths * 2
        ops = [b"1 J 1 j"]
        for i in range(len(points) - 1):
            p0, p1 = points[max(i - 1, 0)], points[i]
            p2, p3 = points[i + 1], points[min(i + 2, len(points) - 1)]
            ops.append(
                b"%.2f w %.2f %.2f m %.2f %.2f %.2f %.2f %.2f %.2f c S"
                % (
                    (widths[i] + widths[i + 1]) / 2,
                    *p1,
                    p1[0] + (p2[0] - p0[0]) / 6,
                    p1[1] + (p2[1] - p0[1]) / 6,
                    p2[0] - (p3[0] - p1[0]) / 6,
                    p2[1] - (p3[1] - p1[1]) / 6,
                    *p2,
                )
            )
        ops.append(b"0 J 0 j")
        self._ops.append(b"\n".join(ops))

    def content(self) -> bytes:
        """Return the stream."""
        return b"\n".join(self._ops) + b"\n"
