"""Evidence with its picture, two to a row, caption below."""

from dataclasses import dataclass, replace

from forms.kit.flow import LEFT, WIDTH, Flow
from forms.kit.jpeg import read_jpeg
from forms.kit.tables import Cell, Table
from forms.kit.wording import joined, short_hash, short_minute
from forms.model import Evidence

_HEIGHT = 142.0
_INSET = 5.0
_TEXT_SIZE = 8.0


@dataclass(frozen=True, slots=True)
class Pictures:
    """All pieces of evidence in order."""

    evidence: tuple[Evidence, ...]

    def place(self, flow: Flow) -> None:
        """Draw row after row; a picture is never parted from the first lines of its caption."""
        flow.y -= 4
        for i in range(0, len(self.evidence), 2):
            pair = self.evidence[i : i + 2]
            cells = [Cell(_caption(piece), size=_TEXT_SIZE) for piece in pair]
            if len(cells) < 2:
                cells.append(replace(cells[0], text="（以下空白）", align="center"))
            captions = Table((1, 1), (tuple(cells),), gap=4)
            flow.need(_HEIGHT + min(captions.height(flow), flow.full_room / 3))
            for column, piece in enumerate(pair):
                self._frame(flow, piece, LEFT + column * WIDTH / 2)
            flow.y -= _HEIGHT
            captions.place(flow)

    def _frame(self, flow: Flow, piece: Evidence, x: float) -> None:
        painter, y = flow.painter, flow.y - _HEIGHT
        painter.boxes([(x, y, WIDTH / 2, _HEIGHT)])
        jpeg = read_jpeg(piece.thumbnail) if piece.thumbnail else None
        width, height = WIDTH / 2 - 2 * _INSET, _HEIGHT - 2 * _INSET
        if jpeg is None:
            text = "（无图像）" if piece.thumbnail is None else "（图像无法显示）"
            left = x + (WIDTH / 2 - flow.fonts.song.width(text, 10.5)) / 2
            painter.text(left, y + _HEIGHT / 2, text, flow.fonts.song, 10.5)
        else:
            scale = min(width / jpeg.width, height / jpeg.height)
            w, h = jpeg.width * scale, jpeg.height * scale
            painter.picture(x + (WIDTH / 2 - w) / 2, y + (_HEIGHT - h) / 2, w, h, jpeg)
        if piece.voided is not None:
            painter.line(x, y, x + WIDTH / 2, y + _HEIGHT, 1.2)
            painter.line(x, y + _HEIGHT, x + WIDTH / 2, y, 1.2)


def _caption(piece: Evidence) -> str:
    lines = [f"{piece.number}　{piece.caption}".strip()]
    if piece.voided is not None:
        lines.append(f"【已作废】理由：{piece.voided or '／'}")
    taken = short_minute(piece.taken_at) if piece.taken_at else "时间不详"
    lines.append("　".join(part for part in (taken, piece.place, piece.taken_by) if part))
    links = [f"SHA-256 {short_hash(piece.sha256)}"] if piece.sha256 else []
    links += [f"检查项：{joined(piece.items)}"] if piece.items else []
    lines.append("　".join(links))
    return "\n".join(lines)
