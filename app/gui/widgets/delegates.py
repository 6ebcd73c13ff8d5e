"""Painted rows: two lines of text with marks, and photo thumbnails. No widget per row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QPainter,
    QPen,
    QPixmap,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.gui.models.tuples import ROW, Index
from app.gui.signs import seen
from app.gui.theme import Space, Type, current

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_CENTER = int(Qt.AlignmentFlag.AlignCenter)


@dataclass(frozen=True, slots=True)
class RowLook:
    """How one row is painted.

    Attributes:
        title, detail: First line, strong and beside it secondary.
        second: Second line, secondary.
        badge, badge_tone: A tinted mark at the right of the first line.
        right, right_tone: Short text at the right (a date, an amount), in a tone or "".
        bar: Parts (tone, count) and total of a thin bar below; None for none.
    """

    title: str
    detail: str = ""
    second: str = ""
    badge: str = ""
    badge_tone: str = "none"
    right: str = ""
    right_tone: str = ""
    bar: tuple[tuple[tuple[str, int], ...], int] | None = None


class RowDelegate(QStyledItemDelegate):
    """Paints a row from `look(row)`; subclass `paint_more` to add marks in the space it is given."""

    def __init__(self, look: Callable[[Any], RowLook], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines and air; three where there is a bar."""
        row = index.data(ROW)
        look = self._look(row) if row is not None else RowLook("")
        units = 44 if not look.second else 64
        return QSize(current().px(200), current().px(units + (12 if look.bar is not None else 0)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint background, two lines, badge, right text and bar."""
        row = index.data(ROW)
        if row is None:
            return
        theme, look = current(), self._look(row)
        painter.save()
        area = QRectF(option.rect)
        paint_background(painter, option, area)
        inner = area.adjusted(theme.px(Space.CARD), theme.px(8), -theme.px(Space.CARD), -theme.px(8))
        inner = self.paint_more(painter, inner, row)
        if look.bar is not None:
            from app.gui.widgets.progress import draw_bar

            track = QRectF(
                inner.x(), inner.bottom() - theme.px(6), min(inner.width(), theme.px(220)), theme.px(5)
            )
            draw_bar(painter, track, look.bar[0], look.bar[1])
            inner = inner.adjusted(0, 0, 0, -theme.px(12))
        first, second = inner, QRectF()
        if look.second:
            half = inner.height() / 2
            first = QRectF(inner.x(), inner.y(), inner.width(), half)
            second = QRectF(inner.x(), inner.y() + half, inner.width(), half)
        self._paint_first(painter, first, look)
        if look.second:
            draw_text(painter, second, look.second, theme.colors.text2, Type.SECONDARY)
        painter.restore()

    def paint_more(self, _painter: QPainter, area: QRectF, _row: Any) -> QRectF:
        """Paint extra marks and return the area that is left for the words."""
        return area

    def _paint_first(self, painter: QPainter, area: QRectF, look: RowLook) -> None:
        theme = current()
        colors, gap = theme.colors, theme.px(Space.BETWEEN)
        if look.right:
            color = colors.tone(look.right_tone) if look.right_tone else colors.text1
            width = draw_text(
                painter, area, look.right, color, Type.BODY, bold=bool(look.right_tone), flags=_RIGHT
            )
            area = area.adjusted(0, 0, -width - gap, 0)
        if look.badge:
            width = draw_badge(painter, area, look.badge, look.badge_tone)
            area = area.adjusted(0, 0, -width - gap, 0)
        width = draw_text(painter, area, look.title, colors.text1, Type.BODY, bold=True)
        rest = area.adjusted(width + gap, 0, 0, 0)
        if look.detail and rest.width() > theme.px(40):
            draw_text(painter, rest, look.detail, colors.text2, Type.BODY)


def paint_background(painter: QPainter, option: QStyleOptionViewItem, area: QRectF) -> None:
    """Paint selection, hover, focus ring and the line below a row."""
    theme = current()
    colors = theme.colors
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(area, QColor(colors.accent_soft))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(area, QColor(colors.surface2))
    painter.setPen(QPen(QColor(colors.line), 1))
    painter.drawLine(area.bottomLeft(), area.bottomRight())
    if option.state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(QColor(colors.accent), 2))
        painter.drawRect(area.adjusted(1, 1, -1, -1))


def draw_text(
    painter: QPainter,
    area: QRectF,
    text: str,
    color: str,
    size: Type,
    *,
    bold: bool = False,
    flags: int = _LEFT,
) -> float:
    """Draw one elided line; return the pixels it took."""
    font = current().font(size, bold=bold)
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(seen(text), Qt.TextElideMode.ElideRight, max(0, int(area.width())))
    painter.setFont(font)
    painter.setPen(QColor(color))
    painter.drawText(area, flags, shown)
    return float(metrics.horizontalAdvance(shown))


def broken(words: str, font: QFont, width: float, *, most: int) -> list[str]:
    """Return words in lines of a width in pixels; the last of `most` lines holds all that is left."""
    layout, option = QTextLayout(words, font), QTextOption()
    starts: list[int] = []
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    while len(starts) < most and (line := layout.createLine()).isValid():
        line.setLineWidth(int(width))
        starts.append(line.textStart())
    layout.endLayout()
    return [words[start:end].strip() for start, end in zip(starts, [*starts[1:], len(words)], strict=True)]


def draw_badge(painter: QPainter, area: QRectF, text: str, tone: str) -> float:
    """Draw a tinted mark at the right end of an area; return the pixels it took."""
    theme, text = current(), seen(text)
    font = theme.font(Type.SECONDARY)
    width = QFontMetrics(font).horizontalAdvance(text) + theme.px(16)
    height = theme.px(20)
    box = QRectF(area.right() - width, area.center().y() - height / 2, width, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.colors.soft(tone)))
    painter.drawRoundedRect(box, theme.px(4), theme.px(4))
    painter.setFont(font)
    painter.setPen(QColor(theme.colors.tone(tone)))
    painter.drawText(box, _CENTER, text)
    painter.restore()
    return float(width)


@dataclass(frozen=True, slots=True)
class ThumbLook:
    """How one photo is painted.

    Attributes:
        key: Names the picture in the cache; a digest.
        image: The decoded thumbnail, or None while it is being read (the delegate's `ask` is then called once).
        corner: Short mark at the lower left, such as the number.
        caption: One line below.
        mark, mark_tone: A word across, such as 已作废 or 无法读取.
    """

    key: str
    image: QImage | None
    corner: str = ""
    caption: str = ""
    mark: str = ""
    mark_tone: str = "bad"


class ThumbnailDelegate(QStyledItemDelegate):
    """Paints photos in a grid or strip, cropped to fill. Scaled pictures are kept, at most `CACHE` of them."""

    CACHE = 400

    def __init__(
        self,
        look: Callable[[Any], ThumbLook],
        ask: Callable[[Any], object] | None = None,
        *,
        width: int = 148,
        height: int = 110,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._look, self._ask = look, ask
        self._width, self._height = width, height
        self._scaled: dict[tuple[str, int], QPixmap] = {}
        self._asked: set[str] = set()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """One cell, the same for all, so that views can lay out thousands at once."""
        theme = current()
        return QSize(theme.px(self._width + 12), theme.px(self._height + 36))

    def forget(self, key: str) -> None:
        """Drop a picture that changed; it is asked for again."""
        self._asked.discard(key)
        for kept in [one for one in self._scaled if one[0] == key]:
            del self._scaled[kept]

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint picture, number, caption, selection and focus."""
        row = index.data(ROW)
        if row is None:
            return
        theme, look = current(), self._look(row)
        colors = theme.colors
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cell = QRectF(option.rect)
        box = QRectF(
            cell.x() + theme.px(6), cell.y() + theme.px(6), theme.px(self._width), theme.px(self._height)
        )
        picture = self._picture(look, row, painter.device().devicePixelRatioF())
        if picture is not None:
            painter.drawPixmap(box.toRect(), picture)
        else:
            painter.fillRect(box, QColor(colors.surface2))
        if look.mark:
            painter.fillRect(box, QColor(0, 0, 0, 110))
            painter.setFont(theme.font(Type.BODY, bold=True))
            painter.setPen(QColor("#FFFFFF"))
            painter.drawText(box, _CENTER, look.mark)
        if look.corner:
            self._corner(painter, box, look.corner)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(
            QPen(QColor(colors.accent if chosen or focused else colors.line), 2 if chosen or focused else 1)
        )
        painter.drawRoundedRect(box, theme.px(4), theme.px(4))
        below = QRectF(box.x(), box.bottom() + theme.px(4), box.width(), theme.px(18))
        draw_text(painter, below, look.caption, colors.text2, Type.SECONDARY)
        painter.restore()

    def _picture(self, look: ThumbLook, row: Any, ratio: float) -> QPixmap | None:
        theme = current()
        width = round(theme.px(self._width) * ratio)
        kept = self._scaled.get((look.key, width))
        if kept is not None:
            return kept
        if look.image is None or look.image.isNull():
            if self._ask is not None and look.key not in self._asked:
                self._asked.add(look.key)
                self._ask(row)
            return None
        size = QSize(width, round(theme.px(self._height) * ratio))
        grown = look.image.scaled(
            size, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
        )
        left, top = (grown.width() - size.width()) // 2, (grown.height() - size.height()) // 2
        made = QPixmap.fromImage(grown.copy(left, top, size.width(), size.height()))
        if len(self._scaled) >= self.CACHE:
            self._scaled.pop(next(iter(self._scaled)))
        self._scaled[(look.key, width)] = made
        return made

    def _corner(self, painter: QPainter, box: QRectF, text: str) -> None:
        theme = current()
        font = theme.font(Type.SECONDARY)
        width = QFontMetrics(font).horizontalAdvance(text) + theme.px(8)
        plate = QRectF(box.x() + theme.px(4), box.bottom() - theme.px(22), width, theme.px(18))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(16, 24, 32, 190))
        painter.drawRoundedRect(plate, theme.px(3), theme.px(3))
        painter.setFont(font)
        painter.setPen(QColor("#FFFFFF"))
        painter.drawText(plate, _CENTER, text)
