"""The card of one item: where its parts lie, and how they are painted."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemDelegate, QStyle, QStyleOptionViewItem, QWidget

from app.gui.models.tuples import Index
from app.gui.screens.inspection.ledger import Key
from app.gui.screens.inspection.models import LINE, meta_text
from app.gui.screens.inspection.picture import Line, worst
from app.gui.theme import Space, Type, current
from app.gui.widgets.answer import STATES as SEGMENTS
from app.gui.widgets.answer import draw_segments, segment_boxes, segments_width
from checklists.schema import Severity

SEGMENT_OF = {"pass": "conform", "fail": "fail", "na": "none", "open": "open"}
STATE_OF = {segment: state for state, segment in SEGMENT_OF.items()}
CODE_UNITS = 52
PAD_UNITS = 14
GAP_UNITS = 8
ANSWER_UNITS = 38
HEADING_UNITS = 34
WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)
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
        self._cards: dict[tuple[Key, int, int], tuple[Line, Card]] = {}
        self._rulers: dict[int, _Ruler] = {}
        self.current: Key | None = None
        self.editor_height = 0
        self.hot: tuple[Key, str] | None = None
        self.is_locked = False

    def forget(self) -> None:
        """Measure everything again, after the scale changed."""
        self._cards.clear()
        self._rulers.clear()

    def card(self, line: Line, width: int) -> Card:
        """Return the layout of a line at a width."""
        extra = self.editor_height if line.key == self.current else 0
        key = (line.key, width, extra)
        found = self._cards.get(key)
        if found is None or found[0] is not line:
            if len(self._cards) > 4000:
                self.forget()
            ruler = self._rulers.get(width)
            if ruler is None:
                ruler = self._rulers[width] = _ruler(width)
            found = self._cards[key] = (line, _measure(line, ruler, extra))
        return found[1]

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


@dataclass(frozen=True, slots=True)
class _Ruler:
    """What all cards of one width have in common, in pixels; `inner` is the width of the words."""

    width: int
    pad: int
    gap: int
    heading: int
    code: int
    left: int
    inner: int
    is_slim: bool
    answers: tuple[int, int]
    meta_height: int
    hair: int
    meta_gap: int
    note_gap: int
    body: QFontMetrics
    small: QFontMetrics


def _ruler(width: int) -> _Ruler:
    theme = current()
    pad, code, wide = theme.px(PAD_UNITS), theme.px(CODE_UNITS), segments_width(theme)
    is_slim = width < pad + code + wide + pad
    left = pad if is_slim else pad + code
    inner = max(theme.px(120), width - left - pad)
    deep = theme.px(ANSWER_UNITS)
    return _Ruler(
        width=width, pad=pad, gap=theme.px(GAP_UNITS), heading=theme.px(HEADING_UNITS), code=code, left=left,
        inner=inner, is_slim=is_slim, answers=(wide, deep) if inner >= wide else (inner, 2 * deep + theme.px(6)),
        meta_height=theme.px(20), hair=theme.px(2), meta_gap=theme.px(4), note_gap=theme.px(6), body=QFontMetrics(theme.font()),
        small=QFontMetrics(theme.font(Type.SECONDARY)),
    )  # fmt: skip


def _measure(line: Line, by: _Ruler, editor_height: int) -> Card:
    top = by.heading if line.section_title else 0
    first = top + by.pad - by.hair
    code = QRect(by.pad, first, by.code, by.body.height())
    question_top = code.bottom() + 1 if by.is_slim else first
    question = QRect(by.left, question_top, by.inner, _wrapped(by.body, by.inner, line.item.question))
    answers = QRect(by.left, question.bottom() + 1 + by.gap, *by.answers)
    bottom = answers.bottom() + 1
    meta = QRect(answers.right() + by.gap, answers.top(), by.width - by.pad - answers.right() - by.gap, answers.height())
    attached = meta_text(line)
    if attached and by.small.horizontalAdvance(attached) > meta.width():
        meta = QRect(by.left, bottom + by.meta_gap, by.inner, by.meta_height)
        bottom = meta.bottom() + 1
    note, problem = QRect(), problem_text(line)
    if problem:
        note = QRect(by.left, bottom + by.note_gap, by.inner, _wrapped(by.small, by.inner, problem))
        bottom = note.bottom() + 1
    editor = QRect()
    if editor_height:
        editor = QRect(by.pad, bottom + by.gap, by.width - 2 * by.pad, editor_height)
        bottom = editor.bottom() + 1
    frame = QRect(0, top, by.width, bottom + by.pad - by.hair - top)
    heading = QRect(by.hair, 0, by.width, top)
    return Card(frame.bottom() + 1 + by.gap, heading, frame, code, question, answers, meta, note, editor)


def _wrapped(metrics: QFontMetrics, width: int, text: str) -> int:
    return metrics.boundingRect(QRect(0, 0, width, 100000), WRAPPED, text).height()


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
        painter.drawText(card.problem, WRAPPED, problem)
    painter.setFont(theme.font())
    painter.setPen(theme.color("text1"))
    painter.drawText(card.question, WRAPPED, line.item.question)
