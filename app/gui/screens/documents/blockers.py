"""What stops or warns before signing, as wrapped lines that lead back into the inspection."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.core.inspections import Blocker
from app.gui import icons
from app.gui.messages import sentence_of
from app.gui.models.tuples import ROW, Index
from app.gui.texts import tr
from app.gui.theme import Space, Type, current
from app.gui.widgets.delegates import paint_background

TONES = {"block": ("cross", "bad"), "warn": ("warning", "open"), "note": ("notice", "none")}
STEP_OF = {"interview": "interview", "finding": "check", "party_opinion": "review"}
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere | Qt.AlignmentFlag.AlignVCenter)
_MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)


class BlockerDelegate(QStyledItemDelegate):
    """Shape and word of the severity, the sentence, where it is mended."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as the sentence."""
        theme, width = current(), option.rect.width()
        words = _areas(QRect(0, 0, width, 10_000))[1]
        box = QFontMetrics(theme.font()).boundingRect(words, _WRAP, blocker_words(index.data(ROW)[1]))
        return QSize(width, max(theme.px(Space.ANSWER), box.height() + theme.px(16)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one line."""
        theme, blocker = current(), index.data(ROW)[1]
        rect = option.rect
        painter.save()
        paint_background(painter, option, QRectF(rect))
        mark, words, place = _areas(rect)
        icon, tone = TONES[blocker.severity]
        edge = theme.px(18)
        painter.drawPixmap(
            mark.left(), mark.center().y() - edge // 2, icons.icon(icon, tone).pixmap(edge, edge)
        )
        painter.setFont(theme.font(Type.SECONDARY, bold=True))
        painter.setPen(theme.color(tone))
        painter.drawText(mark.adjusted(edge + theme.px(6), 0, 0, 0), _MIDDLE, severity_words(blocker))
        painter.setFont(theme.font())
        painter.setPen(theme.color("text1"))
        painter.drawText(words, _WRAP, blocker_words(blocker))
        painter.setPen(theme.color("accent"))
        painter.setFont(theme.font(Type.SECONDARY))
        painter.drawText(place, _MIDDLE | int(Qt.AlignmentFlag.AlignRight), f"{place_words(blocker)} ›")
        painter.restore()


def _areas(rect: QRect) -> tuple[QRect, QRect, QRect]:
    px = current().px
    inner = rect.adjusted(px(Space.CARD), 0, -px(Space.CARD), 0)
    mark, place, gap = px(84), px(110), px(8)
    return (
        QRect(inner.left(), inner.top(), mark, inner.height()),
        QRect(inner.left() + mark, inner.top(), inner.width() - mark - place - gap, inner.height()),
        QRect(inner.right() - place, inner.top(), place, inner.height()),
    )


def severity_words(blocker: Blocker) -> str:
    """Return how grave it is, in a word."""
    return tr(f"documents.severity.{blocker.severity}")


def blocker_words(blocker: Blocker) -> str:
    """Return the sentence: the template's own, else ours."""
    return blocker.message or sentence_of(f"blocker.{blocker.code}", dict(blocker.params))


def place_words(blocker: Blocker) -> str:
    """Return where it is mended."""
    return blocker.item or tr(f"documents.step.{step_of(blocker)}")


def step_of(blocker: Blocker) -> str:
    """Return the step of the inspection where a blocker is mended."""
    if blocker.item:
        return "check"
    return next((step for start, step in STEP_OF.items() if blocker.code.startswith(start)), "prepare")


def spoken(row: tuple[int, Blocker]) -> str:
    """Return a line as it is read out."""
    return tr("widgets.comma").join((severity_words(row[1]), blocker_words(row[1]), place_words(row[1])))
