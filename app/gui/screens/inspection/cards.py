"""The card of one item: where its parts lie, and how they are painted."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemDelegate, QStyle, QStyleOptionViewItem, QWidget

from app.gui.screens.inspection.ledger import Key
from app.gui.screens.inspection.models import LINE, meta_text
from app.gui.screens.inspection.picture import Line, worst
from app.gui.theme import Space, Type, current
from app.gui.widgets.answer import STATES as SEGMENTS
from app.gui.widgets.answer import draw_segments, segment_boxes, segments_width
from checklists.schema import Severity

Index = QModelIndex | QPersistentModelIndex
SEGMENT_OF = {"pass": "conform", "fail": "fail", "na": "none", "open": "open"}
STATE_OF = {segment: state for state, segment in SEGMENT_OF.items()}
CODE_UNITS = 52
PAD_UNITS = 14
GAP_UNITS = 8
ANSWER_UNITS = 38
HEADING_UNITS = 34
PROBLEM_TONES = {Severity.BLOCK: "bad", Severity.WARN: "open", Severity.NOTE: "text2"}


@dataclass(frozen=True, slots=True)
class Card:
    """Where the parts of a card lie, relative to the row's top left; heights in pixels."""

    height: int
    heading: QRect
    frame: QRect
    code: QRect
    question: QRect
    answers: QRect
    meta: QRect
    problem: QRect
    editor: QRect


class ItemDelegate(QAbstractItemDelegate):
    """Lays out and paints cards; the current one leaves room for its editor."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._cards: dict[tuple[object, ...], Card] = {}
        self.current: Key | None = None
        self.editor_height = 0
        self.hot: tuple[Key, str] | None = None
        self.is_locked = False

    def forget(self) -> None:
        """Measure everything again, after the scale changed."""
        self._cards.clear()

    def card(self, line: Line, width: int) -> Card:
        """Return the layout of a line at a width."""
        extra = self.editor_height if line.key == self.current else 0
        problem = problem_text(line)
        key = (line.key, width, line.section_title, problem, meta_text(line), extra)
        found = self._cards.get(key)
        if found is None:
            if len(self._cards) > 4000:
                self._cards.clear()
            found = self._cards[key] = _measure(line, width, problem, extra)
        return found

    def state_at(self, line: Line, width: int, point: QPoint) -> str | None:
        """Return the state whose segment lies under a point (relative to the row), or None."""
        theme = current()
        grow = theme.px((Space.ANSWER - ANSWER_UNITS) / 2)
        boxes = segment_boxes(QRectF(self.card(line, width).answers), theme)
        for segment, box in zip(SEGMENTS, boxes, strict=True):
            if box.adjusted(-1, -grow, 1, grow).contains(QPointF(point)):
                return STATE_OF[segment]
        return None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of the card."""
        line = index.data(LINE)
        width = option.rect.width()
        return QSize(width, self.card(line, width).height) if line is not None else QSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one card."""
        line: Line | None = index.data(LINE)
        if line is None:
            return
        rect: QRect = option.rect
        state = option.state
        card = self.card(line, rect.width())
        painter.save()
        painter.translate(rect.topLeft())
        _paint_frame(
            painter,
            card,
            is_current=line.key == self.current,
            has_focus=bool(state & QStyle.StateFlag.State_HasFocus),
        )
        _paint_texts(painter, card, line)
        hot = self.hot[1] if self.hot is not None and self.hot[0] == line.key else None
        draw_segments(
            painter,
            QRectF(card.answers),
            _chosen(line, is_current=line.key == self.current),
            enabled=not self.is_locked,
            hot=SEGMENT_OF.get(hot or ""),
        )
        painter.restore()


def _chosen(line: Line, *, is_current: bool) -> str | None:
    """Return the segment to fill; an item not assessed fills 未检查 only while it is the current one, so that the list is calm."""
    return None if line.answer.state == "open" and not is_current else SEGMENT_OF[line.answer.state]


def problem_text(line: Line) -> str:
    """Return the quiet words beside an item: its heaviest problem and how many more there are."""
    level = worst(line.problems)
    if level is None or line.answer.state == "open":
        return ""
    heavy = [problem for problem in line.problems if problem.severity is level]
    more = len(line.problems) - 1
    return heavy[0].message + (f"（+{more}）" if more else "")


def short_code(line: Line) -> str:
    """Return the code without its template: `1.04` of `SGF-1.04`."""
    return line.item.code.removeprefix(line.template + "-")


def _measure(line: Line, width: int, problem: str, editor_height: int) -> Card:
    theme = current()
    pad, gap = theme.px(PAD_UNITS), theme.px(GAP_UNITS)
    body = QFontMetrics(theme.font())
    small = QFontMetrics(theme.font(Type.SECONDARY))
    top = theme.px(HEADING_UNITS) if line.section_title else 0
    wide = segments_width(theme)
    is_slim = width < pad + theme.px(CODE_UNITS) + wide + pad
    left = pad if is_slim else pad + theme.px(CODE_UNITS)
    inner = max(theme.px(120), width - left - pad)
    words = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)
    question_height = body.boundingRect(QRect(0, 0, inner, 100000), words, line.item.question).height()
    first = top + pad - theme.px(2)
    code = QRect(pad, first, theme.px(CODE_UNITS), body.height())
    question = QRect(left, code.bottom() + 1 if is_slim else first, inner, question_height)
    fits = inner >= wide
    deep = theme.px(ANSWER_UNITS) if fits else 2 * theme.px(ANSWER_UNITS) + theme.px(6)
    answers = QRect(left, question.bottom() + 1 + gap, wide if fits else inner, deep)
    bottom = answers.bottom() + 1
    meta = QRect(answers.right() + gap, answers.top(), width - pad - answers.right() - gap, answers.height())
    if small.horizontalAdvance(meta_text(line)) > meta.width():
        meta = QRect(left, bottom + theme.px(4), inner, theme.px(20)) if meta_text(line) else QRect()
        bottom = max(bottom, meta.bottom() + 1) if meta_text(line) else bottom
    note = QRect()
    if problem:
        height = small.boundingRect(QRect(0, 0, inner, 100000), words, problem).height()
        note = QRect(left, bottom + theme.px(6), inner, height)
        bottom = note.bottom() + 1
    editor = QRect()
    if editor_height:
        editor = QRect(pad, bottom + gap, width - 2 * pad, editor_height)
        bottom = editor.bottom() + 1
    frame = QRect(0, top, width, bottom + pad - theme.px(2) - top)
    heading = QRect(theme.px(2), 0, width, top)
    return Card(frame.bottom() + 1 + gap, heading, frame, code, question, answers, meta, note, editor)


def _paint_frame(painter: QPainter, card: Card, *, is_current: bool, has_focus: bool) -> None:
    theme = current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(
        QPen(theme.color("accent" if is_current else "line"), 2 if is_current and has_focus else 1)
    )
    painter.setBrush(theme.color("surface1"))
    radius = theme.px(Space.RADIUS)
    painter.drawRoundedRect(QRectF(card.frame).adjusted(1, 1, -1, -1), radius, radius)


def _paint_texts(painter: QPainter, card: Card, line: Line) -> None:
    theme = current()
    words = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)
    middle = int(Qt.AlignmentFlag.AlignVCenter)
    if line.section_title:
        painter.setFont(theme.font(Type.SECONDARY, bold=True))
        painter.setPen(theme.color("text2"))
        painter.drawText(card.heading, middle, line.section_title)
    painter.setFont(theme.font(Type.SECONDARY))
    painter.setPen(theme.color("text2"))
    painter.drawText(card.code, middle, short_code(line))
    meta = meta_text(line)
    if meta:
        side = (
            Qt.AlignmentFlag.AlignRight
            if card.meta.top() == card.answers.top()
            else Qt.AlignmentFlag.AlignLeft
        )
        painter.drawText(card.meta, int(Qt.AlignmentFlag.AlignVCenter | side), meta)
    problem = problem_text(line)
    if problem:
        level = worst(line.problems) or Severity.NOTE
        painter.setPen(theme.color(PROBLEM_TONES[level]))
        painter.drawText(card.problem, words, problem)
    painter.setFont(theme.font())
    painter.setPen(theme.color("text1"))
    painter.drawText(card.question, words, line.item.question)
