"""The interview record (询问笔录) that is open: its bar, the transcript, and beside it person, rights and question bank."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from app.core.documents import Document
from app.core.ids import InterviewId, TurnId
from app.core.interviews import Subject, Turn
from app.core.outcome import Outcome
from app.core.readings import Heard
from app.gui.screen import Context
from app.gui.screens.interview import ops, words
from app.gui.screens.interview.bar import InterviewBar
from app.gui.screens.interview.ops import Opened
from app.gui.screens.interview.side import Side
from app.gui.screens.interview.transcript import Transcript
from app.gui.texts import tr
from app.gui.theme import current
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.layout import rule, sized, vbox
from app.gui.widgets.notices import Note

if TYPE_CHECKING:
    from app.core.outcome import Change

SIDE_UNITS = 340


class RecordPage(QWidget):
    """`arrived` carries what was read and is to be shown now, and whether it is the first time; `documents_wanted` the
    pages that were composed."""

    arrived = Signal(object, bool)
    documents_wanted = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.interview: InterviewId | None = None
        self._opened: Opened | None = None
        self._removed: Turn | None = None
        self.bar, self.transcript, self.side = InterviewBar(), Transcript(), Side()
        self._build()
        self._wire()

    def open(self, interview: InterviewId) -> None:
        """Show an interview; `arrived` follows."""
        if interview != self.interview:
            self.flush()
            self.interview, self._opened = interview, None
            self.note.hide()
            self.transcript.clear()
            self.side.close_form()
        self._read()

    def forget(self) -> None:
        """Hold no interview; what was typed is handed over."""
        self.flush()
        self.interview, self._opened = None, None

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Read the interview again."""
        # Who is busy elsewhere is not asked again for every answer of this interview.
        only_turns = bool(changes) and all(change.table == "turn" for change in changes)
        self._read(self._opened if only_turns else None)

    def flush(self) -> None:
        """Hand over everything typed."""
        self.transcript.flush()
        self.side.flush()
        # A question that was typed and not asked is kept as one without an answer rather than lost.
        if self.transcript.composer.draft and self.interview is not None:
            self._ask(self.transcript.composer.take())

    def finish(self) -> None:
        """End the interview, after a question; go to the first unanswered one where there is any."""
        opened = self._opened
        if opened is None or opened.view.interview.ended_at is not None:
            return
        drafted = bool(self.transcript.composer.draft)
        self.flush()
        if self.transcript.unanswered or drafted:
            self.note.say(tr("interview.finish_unanswered", count=self.transcript.unanswered + drafted))
            self.note.show()
            self.transcript.focus_unanswered()
            return
        self.asking = ConfirmDialog(
            self,
            tr("interview.finish_title", name=opened.view.interview.subject.name),
            tr("interview.finish_text", name=opened.view.interview.subject.name),
            tr("interview.finish"),
        )
        self.asking.accepted.connect(self._finish)
        self.asking.open()

    def ask_from_bank(self, question: str) -> None:
        """Ask a question of the bank, or go to where it was asked."""
        opened = self._opened
        if opened is None or opened.view.interview.ended_at is not None:
            return
        for key in self.transcript.order:
            if self.transcript.row(key).turn.question == question:
                self.transcript.focus_turn(key)
                return
        self._ask(question)

    def focus_bank(self) -> None:
        """Choose a question of the bank."""
        self.side.close_form()
        self.side.bank.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_opened(self, opened: Opened) -> None:
        """Show what was read."""
        one = opened.view.interview
        if one.id != self.interview:
            return
        first = self._opened is None
        self._opened = opened
        over = one.ended_at is not None or opened.view.is_locked
        self.bar.show_opened(opened)
        self.transcript.show_view(opened.view)
        self.side.show_view(opened.view, read_only=over)
        self._show_note(opened)
        self.arrived.emit(opened, first)
        if first and not over:
            self.transcript.focus_next()

    def _build(self) -> None:
        column = vbox(self, gap=0)
        column.addWidget(self.bar)
        column.addWidget(rule())
        holder = vbox(margin=(16, 8, 16, 0))
        self.note = Note("", "open")
        self.note.hide()
        holder.addWidget(self.note)
        column.addLayout(holder)
        panes = QSplitter(Qt.Orientation.Horizontal)
        panes.setChildrenCollapsible(False)
        panes.addWidget(sized(self.transcript, min_width=364))
        panes.addWidget(sized(self.side, min_width=236))
        panes.setStretchFactor(0, 1)
        panes.setSizes([current().px(800), current().px(SIDE_UNITS)])
        column.addWidget(panes, 1)

    def _wire(self) -> None:
        self.transcript.asked.connect(self._ask)
        self.transcript.saved.connect(self._save)
        self.transcript.removed.connect(self._remove)
        self.transcript.completed.connect(self.finish)
        self.transcript.counted.connect(self._counted)
        self.side.subject_edited.connect(self._set_subject)
        self.side.rights_answered.connect(self._answer_rights)
        self.side.rights_wanted.connect(self._focus_rights)
        self.side.read_out.connect(self._read_out)
        self.side.bank.asked.connect(self.ask_from_bank)
        self.bar.finish_wanted.connect(self.finish)
        self.bar.unanswered_wanted.connect(self.transcript.focus_unanswered)
        self.bar.documents_wanted.connect(self._to_documents)

    def _read(self, known: Opened | None = None) -> None:
        interview, services = self.interview, self._context.services
        if interview is not None:
            self._context.runner.run_read(
                lambda: ops.read(services, interview, known), self.show_opened, owner=self, key="interview"
            )

    def _show_note(self, opened: Opened) -> None:
        one = opened.view.interview
        if one.ended_at is None:
            if not self.transcript.unanswered:
                self.note.hide()
            return
        key = "interview.locked_signed" if opened.view.is_locked else "interview.locked_finished"
        self.note.say(tr(key, time=words.clock(one.ended_at)))
        self.note.show()

    def _counted(self, count: int) -> None:
        opened = self._opened
        running = opened is not None and opened.view.interview.ended_at is None
        self.bar.show_left(count if running else 0)
        if running and not count:
            self.note.hide()

    def _ask(self, question: str, answer: str = "") -> None:
        interview, services = self.interview, self._context.services
        if interview is not None:

            def asked(outcome: Outcome[Turn]) -> None:
                if self.interview == interview:
                    self.transcript.insert(outcome.value)

            self._context.runner.run_write(
                lambda: ops.ask(services, interview, question, answer), asked, self._failed, owner=self
            )

    def _save(self, turn: TurnId, part: str, text: str) -> None:
        self._context.runner.run_write(
            ops.saving(self._context.services, turn, part, text), None, self._failed, owner=self
        )

    def _remove(self, turn: TurnId) -> None:
        self.flush()
        row, services = self.transcript.row(turn), self._context.services
        self._removed = Turn(turn, row.turn.question, row.answer.text.strip(), row.turn.asked_at)
        self._context.runner.run_write(lambda: ops.remove(services, turn), self._gone, self._failed, owner=self)

    def _gone(self, _outcome: object) -> None:
        self._context.notices.toast(
            tr("interview.removed"), action=tr("widgets.undo"), on_action=self._bring_back
        )

    def _bring_back(self) -> None:
        gone, self._removed = self._removed, None
        if gone is not None:
            self._ask(gone.question, gone.answer)

    def _set_subject(self, subject: Subject) -> None:
        interview, services = self.interview, self._context.services
        if interview is not None and self._opened is not None and self._opened.view.interview.subject != subject:
            self._context.runner.run_write(
                lambda: ops.set_subject(services, interview, subject), None, self._failed, owner=self
            )

    def _answer_rights(self, text: str) -> None:
        row = self.transcript.focus_fixed("rights")
        if row is not None:
            row.answer.write(text)

    def _focus_rights(self) -> None:
        self.transcript.focus_fixed("rights")

    def _read_out(self, heard: Heard) -> None:
        """Note it after everything typed is stored: what is noted is what was read."""
        interview, services = self.interview, self._context.services
        self.flush()
        if interview is not None:
            self._context.runner.run_write(
                lambda: ops.read_out(services, interview, heard), self._told, self._failed, owner=self
            )

    def _told(self, _outcome: object) -> None:
        self._read()

    def _finish(self) -> None:
        interview, services = self.interview, self._context.services
        if interview is not None:
            self._context.runner.run_write(
                lambda: ops.finish(services, interview), self._composed, self._failed, owner=self
            )

    def _composed(self, outcome: Outcome[Document]) -> None:
        self.documents_wanted.emit(outcome.value.id)

    def _to_documents(self) -> None:
        opened, services = self._opened, self._context.services
        if opened is not None:
            one = opened.view.interview
            self._context.runner.run_read(
                lambda: ops.document_of(services, one), self._found_document, owner=self, key="document"
            )

    def _found_document(self, document: str | None) -> None:
        interview, services = self.interview, self._context.services
        if document is not None:
            self.documents_wanted.emit(document)
        elif interview is not None:
            self._context.runner.run_write(
                lambda: ops.freeze(services, interview), self._composed, self._failed, owner=self
            )

    def _failed(self, error: BaseException) -> None:
        self._context.notices.error(error)
        self._read()
