"""Paints the rows of the wall: what it is, how far it is, what is to be done next as a button."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.gui import icons
from app.gui.models.tuples import ROW, Index
from app.gui.screens.papers.lines import Line, Stage, Step
from app.gui.screens.papers.words import about, level_words, mark_of, stage_tone, stage_words, step_words
from app.gui.theme import Space, Type, current
from app.gui.widgets.delegates import draw_badge, draw_text, paint_background

ROW_UNITS = 60
BUTTON_UNITS = 92
_LEVEL_TONES = {"required": "accent", "forbidden": "bad"}


class WallDelegate(QStyledItemDelegate):
    """One line of two rows of text, the state at the right, the next step as a button at the end."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """The same height for all, so that a long wall is laid out at once."""
        return QSize(current().px(200), current().px(ROW_UNITS))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one line."""
        line = index.data(ROW)
        if not isinstance(line, Line):
            return
        theme, area = current(), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_background(painter, option, area)
        inner = area.adjusted(theme.px(Space.CARD), theme.px(8), -theme.px(Space.BETWEEN), -theme.px(8))
        name, tone = mark_of(line)
        edge = theme.px(20)
        painter.drawPixmap(int(inner.x()), int(inner.center().y() - edge / 2), icons.icon(name, tone).pixmap(edge, edge))
        button = button_area(area)
        words = QRectF(inner.x() + theme.px(32), inner.y(), button.left() - inner.x() - theme.px(44), inner.height())
        second = about(line)
        half = words.height() / 2 if second else words.height()
        first = QRectF(words.x(), words.y(), words.width(), half)
        width = draw_badge(painter, first, stage_words(line), stage_tone(line))
        first.adjust(0, 0, -width - theme.px(Space.INSIDE), 0)
        width = draw_badge(painter, first, level_words(line), _LEVEL_TONES.get(line.need.level, "none"))
        first.adjust(0, 0, -width - theme.px(Space.INSIDE), 0)
        faint = line.stage is Stage.VOID or line.group == "maybe"
        draw_text(painter, first, line.title, theme.colors.text2 if faint else theme.colors.text1, Type.BODY, bold=not faint)
        if second:
            below = QRectF(words.x(), words.y() + half, words.width(), half)
            draw_text(painter, below, second, theme.colors.text2, Type.SECONDARY)
        if line.step is not Step.NONE:
            self._paint_button(painter, button, line, is_chosen=bool(option.state & QStyle.StateFlag.State_Selected))
        painter.restore()

    def _paint_button(self, painter: QPainter, box: QRectF, line: Line, *, is_chosen: bool) -> None:
        theme = current()
        colors, text = theme.colors, step_words(line)
        is_due = line.group in ("missing", "draft", "sign", "serve")
        painter.setBrush(QColor(colors.accent if is_chosen and is_due else colors.surface1))
        painter.setPen(QPen(QColor(colors.accent if is_due else colors.line), 1))
        painter.drawRoundedRect(box, theme.px(Space.RADIUS), theme.px(Space.RADIUS))
        font = theme.font(Type.BODY)
        painter.setFont(font)
        painter.setPen(QColor(colors.on_accent if is_chosen and is_due else colors.accent if is_due else colors.text2))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()) - theme.px(8))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), shown)


def button_area(row: QRectF) -> QRectF:
    """Return where the button of a row is; its whole height can be pressed."""
    theme = current()
    width, height = theme.px(BUTTON_UNITS), theme.px(Space.HIT)
    return QRectF(row.right() - theme.px(Space.BETWEEN) - width, row.center().y() - height / 2, width, height)
