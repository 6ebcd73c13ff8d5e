"""Small marks the style sheet needs as files: the tick of a box, the dot of a choice, the arrow of a list."""

from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from app.gui.theme.tokens import Palette

EDGE = 32


def write_marks(folder: Path, colors: Palette) -> None:
    """Paint the marks of a palette into a folder, as `tick-<name>.png`, `dot-<name>.png`, `arrow-<name>.png`."""
    tick = QPolygonF([QPointF(7, 17), QPointF(13, 23), QPointF(25, 9)])
    arrow = QPolygonF([QPointF(8, 12), QPointF(16, 21), QPointF(24, 12)])
    _line(folder / f"tick-{colors.name}.png", tick, QColor(colors.on_accent), 4)
    _line(folder / f"arrow-{colors.name}.png", arrow, QColor(colors.text2), 3)
    picture, painter = _begin()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors.on_accent))
    painter.drawEllipse(QRectF(10, 10, 12, 12))
    painter.end()
    picture.save(str(folder / f"dot-{colors.name}.png"))


def _begin() -> tuple[QPixmap, QPainter]:
    picture = QPixmap(EDGE, EDGE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return picture, painter


def _line(file: Path, points: QPolygonF, color: QColor, width: float) -> None:
    picture, painter = _begin()
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPolyline(points)
    painter.end()
    picture.save(str(file))
