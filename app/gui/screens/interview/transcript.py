"""The transcript as it will be printed: head, questions and answers in turn, the line for the next question."""

from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.ids import TurnId
from app.core.interviews import InterviewView, Turn
from app.gui.screens.interview import words
from app.gui.screens.interview.turns import CLOSING, Composer, TurnRow
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.card import Card
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, rule, scrolled, vbox


class Transcript(QWidget):
    """Rows of the record. `asked` carries a question, `saved` turn, part and text, `removed` a turn; `completed` fires
    when Enter finds nothing left to answer."""

    asked = Signal(str)
    saved = Signal(object, str, str)
    removed = Signal(object)
    completed = Signal()
    counted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[TurnId, TurnRow] = {}
        self._order: list[TurnId] = []
        self._is_read_only = False
        self._shown: QWidget | None = None
        page = QWidget()
        outer = vbox(page, margin=(16, 8, 16, 16))
        paper = Card(margin=24, gap=Space.BETWEEN)
        outer.addWidget(paper)
        outer.addStretch(1)
        title = label(tr("interview.record_title"), "section")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        paper.body.addWidget(title)
        self._times, self._place = label("", wrap=True), label("", wrap=True)
        self._who, self._officers = label("", wrap=True), label("", wrap=True)
        head = vbox(gap=Space.HAIR)
        for line in (self._times, self._place, self._who, self._officers):
            head.addWidget(line)
        paper.body.addLayout(head)
        paper.body.addWidget(rule())
        self._upper: QVBoxLayout = vbox(gap=Space.BETWEEN)
        self._lower: QVBoxLayout = vbox(gap=Space.BETWEEN)
        paper.body.addLayout(self._upper)
        self.composer = Composer()
        self.composer.asked.connect(self.asked)
        self.composer.skipped.connect(self._skip)
        self.composer.moved.connect(self._from_composer)
        paper.body.addWidget(self.composer)
        paper.body.addLayout(self._lower)
        foot = hbox()
        foot.addWidget(label(tr("interview.foot"), "hint", wrap=True), 1)
        paper.body.addLayout(foot)
        self._scroll = scrolled(page)
        vbox(self).addWidget(self._scroll)
        self.setAccessibleName(tr("interview.record_title"))

    @property
    def unanswered(self) -> int:
        """Questions without an answer."""
        return sum(not row.is_answered for row in self._rows.values())

    def row(self, turn: TurnId) -> TurnRow:
        """Return the row of a turn."""
        return self._rows[turn]

    @property
    def order(self) -> tuple[TurnId, ...]:
        """The turns from top to bottom."""
        return tuple(self._order)

    def show_view(self, view: InterviewView) -> None:
        """Show the stored record; what somebody is writing stays."""
        one = view.interview
        end = words.minute(one.ended_at) if one.ended_at is not None else tr("interview.open_end")
        self._times.setText(tr("interview.head_times", start=words.minute(one.started_at), end=end))
        self._place.setText(tr("interview.head_place", place=one.place))
        self._who.setText(tr("interview.head_subject", who=words.subject_lines(one.subject)[0]))
        names = view.names
        self._officers.setText(
            tr("interview.head_officers", asker=names.get(one.asker, "—"), recorder=names.get(one.recorder, "—"))
        )
        self._show_turns(one.turns)
        self.set_read_only(one.ended_at is not None or view.is_locked)

    def clear(self) -> None:
        """Show no record."""
        self._show_turns(())
        self.composer.clear()

    def set_read_only(self, on: bool) -> None:
        """Show the record as it stands."""
        self._is_read_only = on
        self.composer.setVisible(not on)
        for row in self._rows.values():
            row.set_read_only(on)

    def insert(self, turn: Turn) -> None:
        """Show a question that was just asked, and write its answer."""
        if turn.id not in self._rows:
            at = next((i for i, key in enumerate(self._order) if self._rows[key].turn.fixed in CLOSING), len(self._order))
            turns = [self._rows[key].turn for key in self._order]
            self._show_turns((*turns[:at], turn, *turns[at:]))
        self.focus_turn(turn.id)

    def flush(self) -> None:
        """Hand over everything typed."""
        for row in self._rows.values():
            row.flush()

    def focus_turn(self, turn: TurnId) -> None:
        """Write the answer of a turn."""
        row = self._rows.get(turn)
        if row is not None:
            row.focus_answer()
            self._reveal(row)

    def focus_fixed(self, name: str) -> TurnRow | None:
        """Write the answer of a prescribed question."""
        for key in self._order:
            if self._rows[key].turn.fixed == name:
                self.focus_turn(key)
                return self._rows[key]
        return None

    def focus_next(self) -> None:
        """Go to the first question without an answer, else to the next question."""
        left = self._left()
        if left and self._rows[left[0]].turn.fixed not in CLOSING:
            self.focus_turn(left[0])
        elif not self._is_read_only:
            self.composer.focus()
            self._reveal(self.composer)

    def focus_unanswered(self) -> None:
        """Go to the first question without an answer."""
        left = self._left()
        if left:
            self.focus_turn(left[0])

    def _left(self) -> list[TurnId]:
        return [key for key in self._order if not self._rows[key].is_answered]

    def _show_turns(self, turns: tuple[Turn, ...]) -> None:
        keep = {turn.id for turn in turns}
        for key in [key for key in self._order if key not in keep]:
            gone = self._rows.pop(key)
            gone.hide()
            gone.deleteLater()
        self._order = [turn.id for turn in turns]
        places = {True: 0, False: 0}
        for turn in turns:
            closing = turn.fixed in CLOSING
            layout = self._lower if closing else self._upper
            row = self._rows.get(turn.id)
            if row is None:
                row = self._rows[turn.id] = self._made(turn)
                layout.insertWidget(places[closing], row)
                row.show()  # at once, not when the layout gets round to it: what is not visible takes no focus
            elif layout.indexOf(row) != places[closing]:
                layout.removeWidget(row)
                layout.insertWidget(places[closing], row)
            row.show_turn(turn)
            places[closing] += 1
        self._chain()
        self._count()

    def _made(self, turn: Turn) -> TurnRow:
        row = TurnRow(turn)
        row.set_read_only(self._is_read_only)
        row.saved.connect(self.saved)
        row.entered.connect(self._entered)
        row.stepped.connect(self._step)
        row.removed.connect(self.removed)
        row.answer.textChanged.connect(self._count)
        return row

    def _chain(self) -> None:
        """Let Tab follow the record."""
        fields: list[QWidget] = []
        for key in self._order:
            row = self._rows[key]
            if row.turn.fixed in CLOSING and self.composer.edit not in fields:
                fields.append(self.composer.edit)
            fields += [part for part in (row.question, row.answer) if part is not None]
        for before, after in pairwise(fields):
            QWidget.setTabOrder(before, after)

    def _entered(self, turn: TurnId) -> None:
        at = self._order.index(turn)
        closing = self._rows[turn].turn.fixed in CLOSING
        for key in self._order[at + 1 :]:
            row = self._rows[key]
            if row.turn.fixed in CLOSING and not closing:
                break
            if not row.is_answered:
                self.focus_turn(key)
                return
        if not closing:
            self.composer.focus()
            self._reveal(self.composer)
        elif left := self._left():
            self.focus_turn(left[0])
        else:
            self.completed.emit()

    def _skip(self) -> None:
        left = self._left()
        closing = [key for key in left if self._rows[key].turn.fixed in CLOSING]
        if left:
            self.focus_turn((closing or left)[0])
        else:
            self.completed.emit()

    def _step(self, turn: TurnId, step: int) -> None:
        at = self._order.index(turn) + step
        here = self._rows[turn].turn.fixed in CLOSING
        there = 0 <= at < len(self._order) and self._rows[self._order[at]].turn.fixed in CLOSING
        if here != there and not self._is_read_only:
            self.composer.focus()
        elif 0 <= at < len(self._order):
            self.focus_turn(self._order[at])

    def _from_composer(self, step: int) -> None:
        closing = [key for key in self._order if self._rows[key].turn.fixed in CLOSING]
        upper = [key for key in self._order if key not in closing]
        if step > 0 and closing:
            self.focus_turn(closing[0])
        elif step < 0 and upper:
            self.focus_turn(upper[-1])

    def _count(self) -> None:
        self.counted.emit(self.unanswered)

    def _reveal(self, widget: QWidget) -> None:
        self._shown = widget
        # The new row has its place only after the layout ran.
        QTimer.singleShot(0, self, self._scroll_there)

    def _scroll_there(self) -> None:
        if self._shown is not None:
            self._scroll.ensureWidgetVisible(self._shown, 0, current().px(48))
            self._shown = None
