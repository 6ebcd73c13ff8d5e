"""The pieces of the first page: a visit, a line of a side card, the bar of what is assessed."""

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.core.documents import DocumentView
from app.gui import icons
from app.gui.screens.documents.words import next_words
from app.gui.screens.home.digest import Deadline, Visit
from app.gui.screens.tasks.due import Due, Urgency
from app.gui.screens.tasks.words import TONES, due_mark, due_words
from app.gui.texts import tr
from app.gui.theme import current
from app.gui.widgets.buttons import Button, button
from app.gui.widgets.card import Card
from app.gui.widgets.flow import Flow
from app.gui.widgets.labels import ElidedLabel, badge, label
from app.gui.widgets.layout import hbox, rule, sized, vbox

SEPARATOR = " · "


class Bar(QWidget):
    """How much is assessed, and how much of that does not conform."""

    def __init__(self, done: int, failed: int, whole: int) -> None:
        super().__init__()
        self._done, self._failed, self._whole = done, min(failed, done), max(whole, 1)
        sized(self, min_width=80, max_width=220, height=6)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As long as there is room for."""
        return QSize(current().px(220), current().px(6))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint conforming, failed and open parts from left to right."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setClipPath(shape)
        painter.fillRect(box, theme.color("surface2"))
        left = 0.0
        for count, token in ((self._done - self._failed, "ok"), (self._failed, "bad")):
            width = box.width() * count / self._whole
            painter.fillRect(QRectF(left, 0, width, box.height()), theme.color(token))
            left += width


class VisitCard(Card):
    """One visit with its one button."""

    chosen = Signal(str)

    def __init__(self, visit: Visit, kind_words: str, *, is_first: bool) -> None:
        super().__init__()
        line = visit.line
        self.task = str(line.task.id)
        self.setAccessibleName(line.institution_name)
        across = hbox(gap=16)
        words = vbox(gap=6)
        words.addWidget(_first_row(line.institution_name, kind_words, visit.due))
        members = "、".join(line.member_names)
        what = (line.task.title, line.task.number, tr("home.members", names=members) if members else "")
        words.addWidget(ElidedLabel(SEPARATOR.join(part for part in what if part), "muted"))
        words.addLayout(self._third_row(visit))
        across.addLayout(words, 1)
        action = tr(f"home.action.{visit.action}")
        self.button: Button = button(action, self._choose, kind="primary" if is_first else "plain")
        self.button.setAccessibleName(
            tr("home.action.open.name", action=action, institution=line.institution_name)
        )
        across.addWidget(self.button)
        self.body.addLayout(across)

    def _choose(self) -> None:
        self.chosen.emit(self.task)

    @staticmethod
    def _third_row(visit: Visit) -> QHBoxLayout:
        line, row = visit.line, hbox(gap=12)
        if line.progress is None:
            row.addWidget(label(tr("home.not_started"), "secondary"))
        else:
            done, whole = line.progress
            words = [tr("home.progress", done=done, all=whole)]
            words += [tr("home.failed", count=line.failed)] if line.failed else []
            words += [tr("home.unsynced", count=line.unsynced)] if line.unsynced else []
            row.addWidget(Bar(done, line.failed, whole))
            row.addWidget(sized(ElidedLabel(SEPARATOR.join(words), "secondary"), min_width=236))
        row.addStretch(1)
        return row


class SignLine(QWidget):
    """One document that waits for a signature."""

    chosen = Signal(str, str)

    def __init__(self, view: DocumentView) -> None:
        super().__init__()
        self._target = (str(view.document.inspection), str(view.document.id))
        row = hbox(self, margin=(0, 4), gap=12)
        words = vbox(gap=2)
        words.addWidget(ElidedLabel(view.institution_name, "strong"))
        words.addWidget(ElidedLabel(view.document.title + SEPARATOR + next_words(view), "secondary"))
        row.addLayout(words, 1)
        go = button(tr("home.sign.open"), self._choose, icon="sign")
        go.setAccessibleName(
            tr("home.sign.open.name", title=view.document.title, institution=view.institution_name)
        )
        row.addWidget(go)

    def _choose(self) -> None:
        self.chosen.emit(*self._target)


def deadline_line(deadline: Deadline) -> QWidget:
    """Return a deadline: whose, what, and how near."""
    made = QWidget()
    column = vbox(made, margin=(0, 6), gap=2)
    column.addWidget(ElidedLabel(deadline.name))
    row = hbox(gap=8)
    row.addWidget(label(tr(f"home.deadline.{deadline.kind}"), "secondary"), 1)
    row.addWidget(due_row(deadline.due))
    column.addLayout(row)
    return made


def due_row(due: Due) -> QWidget:
    """Return shape and words of a deadline; no shape where it is far."""
    words, mark = due_words(due), due_mark(due)
    if mark is None:
        return label(words, "secondary")
    made, shape = QWidget(), QLabel()
    shape.setPixmap(icons.pixmap(*mark, 16))
    row = hbox(made, gap=8)
    row.addWidget(shape)
    row.addWidget(badge(words, TONES[due.urgency]))
    return made


def ruled(column: QVBoxLayout, widgets: list[QWidget]) -> None:
    """Put widgets below one another with lines between."""
    for place, widget in enumerate(widgets):
        if place:
            column.addWidget(rule())
        column.addWidget(widget)


def _first_row(name: str, kind_words: str, due: Due) -> Flow:
    row = Flow(gap=12)
    row.add(ElidedLabel(name, "strong", in_middle=True))
    row.add(label(kind_words, "muted"))
    if due.urgency is not Urgency.NONE:
        row.add(due_row(due))
    return row
