"""One question with its answer as a line of the record."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from app.core.interviews import Turn
from app.gui.screens.interview import words
from app.gui.screens.interview.growing import GrowingEdit
from app.gui.screens.registers.listing import on_key
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import icon_button
from app.gui.widgets.labels import badge, label, selectable
from app.gui.widgets.layout import grid, hbox, sized, vbox

# A line of the record has no box of its own; only where somebody writes there is one.
FLAT = "QTextEdit:!focus { border: 1px solid transparent; background: transparent; }"
MARGIN_UNITS = 84
CLOSING = ("addition", "checked")


class TurnRow(QWidget):
    """问 and 答. `saved` carries turn, part (`question` or `answer`) and text; `entered` the turn whose answer is done;
    `stepped` turn and direction; `removed` the turn that shall go."""

    saved = Signal(object, str, str)
    entered = Signal(object)
    stepped = Signal(object, int)
    removed = Signal(object)

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self.turn = turn
        cells = grid(self, gap=Space.HAIR)
        cells.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        self._ask_mark, self._answer_mark = _prefix("interview.ask_mark"), _prefix("interview.answer_mark")
        cells.addWidget(self._ask_mark, 0, 0, top)
        self.question: GrowingEdit | None = None
        self._fixed: QLabel | None = None
        if turn.fixed:
            self._fixed = selectable(turn.question)
            holder = QWidget()
            vbox(holder, margin=(9, 7)).addWidget(self._fixed)
            cells.addWidget(holder, 0, 1)
        else:
            self.question = GrowingEdit(tr("interview.question"))
            self.question.setStyleSheet(FLAT)
            self.question.saved.connect(self._question_saved)
            self.question.entered.connect(self.focus_answer)
            self.question.moved.connect(self._question_left)
            cells.addWidget(self.question, 0, 1)
        margin = sized(QWidget(), width=MARGIN_UNITS)
        side = hbox(margin, gap=0)
        side.addStretch(1)
        self._time = label("" if turn.fixed else words.clock(turn.asked_at), "hint")
        side.addWidget(self._time)
        self.remove = icon_button("close", tr("interview.remove"), self._remove)
        self.remove.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        side.addWidget(self.remove)
        self.remove.setVisible(not turn.fixed)
        on_key(self, "Ctrl+Shift+Del", self._remove_by_key)
        cells.addWidget(margin, 0, 2, top)
        cells.addWidget(self._answer_mark, 1, 0, top)
        self.answer = GrowingEdit(tr("interview.answer"), tr("interview.answer_hint"))
        self.answer.saved.connect(self._answer_saved)
        self.answer.entered.connect(self._entered)
        self.answer.moved.connect(self._moved)
        self.answer.textChanged.connect(self._mark)
        cells.addWidget(self.answer, 1, 1)
        state = sized(QWidget(), width=MARGIN_UNITS)
        line = hbox(state, margin=(8, 7, 0, 0))
        self.mark = badge(tr("interview.unanswered_mark"), "open")
        line.addWidget(self.mark, 0, top)
        line.addStretch(1)
        cells.addWidget(state, 1, 2, top)
        self.trace = label("", "secondary", wrap=True)
        self.trace.setTextFormat(Qt.TextFormat.RichText)
        cells.addWidget(self.trace, 2, 1, 1, 2)
        self._is_read_only = False
        self.show_turn(turn)

    @property
    def is_answered(self) -> bool:
        """Whether there is an answer, saved or being written, or none is waited for."""
        return self.turn.is_removed or bool(self.answer.text.strip())

    def show_turn(self, turn: Turn) -> None:
        """Show the stored state of the turn."""
        self.turn = turn
        if self._fixed is not None:
            self._fixed.setText(turn.question)
        if self.question is not None:
            self.question.settle(turn.question)
        self.answer.settle(turn.answer)
        self.answer.setAccessibleName(tr("interview.answer_to", question=turn.question))
        self._show_trace()
        self._mark()

    def set_read_only(self, on: bool) -> None:
        """Show it as it stands, without a place to write."""
        self._is_read_only = on
        on = on or self.turn.is_removed
        self.answer.setReadOnly(on)
        self.answer.setStyleSheet(FLAT if on else "")
        if self.question is not None:
            self.question.setReadOnly(on)
            self.remove.setVisible(not on and not self.turn.fixed)
        self._mark()

    def focus_answer(self) -> None:
        """Write the answer."""
        self.answer.setFocus(Qt.FocusReason.OtherFocusReason)
        self.answer.moveCursor(self.answer.textCursor().MoveOperation.End)

    def flush(self) -> None:
        """Hand over what was typed."""
        if self.question is not None:
            self.question.flush()
        self.answer.flush()

    def _show_trace(self) -> None:
        """Show below what was changed since it was read out; of a turn taken out nothing else is shown."""
        turn = self.turn
        parts = [
            f"{tr(mark)}{words.traced(text, made)}"
            for mark, text, made in (
                ("interview.ask_mark", turn.question, turn.question_changes),
                ("interview.answer_mark", turn.answer, turn.answer_changes),
            )
            if made
        ]
        title = tr("interview.traced_removed" if turn.is_removed else "interview.traced")
        self.trace.setText("<br>".join([title, *parts]) if parts else "")
        self.trace.setVisible(bool(parts))
        if turn.is_removed:
            for one in (self._ask_mark, self._answer_mark, self.question, self.answer, self.remove):
                if one is not None:
                    one.hide()

    def _mark(self) -> None:
        self.mark.setVisible(not self.is_answered)
        self.answer.setAccessibleDescription("" if self.is_answered else tr("interview.unanswered_mark"))

    def _question_saved(self, text: str) -> None:
        if text:
            self.saved.emit(self.turn.id, "question", text)
        elif self.question is not None:
            # A question cannot be emptied; it is taken out by its own button.
            self.question.setPlainText(self.turn.question)
            self.question.settle(self.turn.question)

    def _answer_saved(self, text: str) -> None:
        self.saved.emit(self.turn.id, "answer", text)

    def _entered(self) -> None:
        self.entered.emit(self.turn.id)

    def _moved(self, step: int) -> None:
        if step < 0 and self.question is not None:
            self.question.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.stepped.emit(self.turn.id, step)

    def _question_left(self, step: int) -> None:
        if step > 0:
            self.focus_answer()
        else:
            self.stepped.emit(self.turn.id, step)

    def _remove(self) -> None:
        self.removed.emit(self.turn.id)

    def _remove_by_key(self) -> None:
        if self.remove.isVisible():
            self._remove()


class Composer(QWidget):
    """The line for the next question. `asked` carries it; `skipped` fires on Enter without one."""

    asked = Signal(str)
    skipped = Signal()
    moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        cells = grid(self, gap=Space.HAIR)
        cells.setColumnStretch(1, 1)
        cells.addWidget(_prefix("interview.ask_mark", tone="accent"), 0, 0, Qt.AlignmentFlag.AlignTop)
        self.edit = GrowingEdit(tr("interview.compose"), tr("interview.compose_hint"))
        # A question counts when it is asked with Enter, not when the field is left.
        self.edit.saved.connect(self._keep)
        self.edit.entered.connect(self._enter)
        self.edit.moved.connect(self.moved)
        cells.addWidget(self.edit, 0, 1)
        cells.addWidget(sized(QWidget(), width=MARGIN_UNITS), 0, 2)

    @property
    def draft(self) -> str:
        """What is written and not asked yet."""
        return self.edit.text.strip()

    def clear(self) -> None:
        """Begin the next question."""
        self.edit.setPlainText("")
        self.edit.settle("")

    def take(self) -> str:
        """Return what is written and begin the next question."""
        text = self.draft
        self.clear()
        return text

    def focus(self) -> None:
        """Write the next question."""
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _enter(self) -> None:
        if self.draft:
            self.asked.emit(self.take())
        else:
            self.skipped.emit()

    def _keep(self, text: str) -> None:
        self.edit.settle(text)




def _prefix(key: str, *, tone: str = "") -> QWidget:
    holder = QWidget()
    mark = label(tr(key), "strong", tone=tone)
    vbox(holder, margin=(0, 7, 0, 0)).addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    return holder
