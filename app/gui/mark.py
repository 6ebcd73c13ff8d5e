"""The program's mark: a tile with 验, for the window, the taskbar and the rail."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from app.gui.theme import Type, current

EDGES = (16, 24, 32, 48, 64, 128, 256)


def paint_mark(painter: QPainter, tile: QRectF) -> None:
    """Paint the mark into a square."""
    theme = current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("accent"))
    radius = tile.width() * 0.22
    painter.drawRoundedRect(tile, radius, radius)
    font = theme.font(Type.BODY, bold=True)
    font.setPixelSize(max(1, round(tile.width() * 0.62)))
    painter.setFont(font)
    painter.setPen(theme.color("on_accent"))
    painter.drawText(tile, int(Qt.AlignmentFlag.AlignCenter), "验")


def app_icon() -> QIcon:
    """Return the mark as an icon in every size that taskbars ask for."""
    icon = QIcon()
    for edge in EDGES:
        picture = QPixmap(edge, edge)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        paint_mark(painter, QRectF(0, 0, edge, edge))
        painter.end()
        icon.addPixmap(picture)
    return icon
