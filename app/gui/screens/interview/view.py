"""The interview screen: the start page, or one interview with its transcript, person, rights and question bank."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from app.core.documents import Document
from app.core.ids import InspectionId, InterviewId, PersonId, TurnId
from app.core.inspections import InspectionState
from app.core.interviews import Interview, Subject, Turn
from app.core.outcome import Outcome
from app.core.readings import Heard
from app.gui.messages import sentence
from app.gui.screen import Context, Screen
from app.gui.screens.interview import ops, words
from app.gui.screens.interview.bar import InterviewBar
from app.gui.screens.interview.ops import Opened, Overview
from app.gui.screens.interview.side import Side
from app.gui.screens.interview.start import StartPage
from app.gui.screens.interview.transcript import Transcript
from app.gui.texts import tr
from app.gui.theme import current
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.layout import rule, sized, vbox
from app.gui.widgets.notices import Note

if TYPE_CHECKING:
    from app.core.outcome import Change

SIGNED = (InspectionState.SIGNING, InspectionState.SIGNED, InspectionState.CLOSED)
SIDE_UNITS = 340


class InterviewScreen(Screen):
    """Interviews of one inspection."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._inspection: InspectionId | None = None
        self._interview: InterviewId | None = None
        self._overview: Overview | None = None
        self._opened: Opened | None = None
        self._wants_list = False
        self._removed: Turn | None = None
        self.start, self.transcript, self.side = StartPage(), Transcript(), Side()
        self.bar = InterviewBar()
        self._build()
        self._wire()

    def open(self, **params: Any) -> None:
        """Open by `inspection` (the running interview, else the start page) or by `interview`."""
        inspection = params.get("inspection") or params.get("inspection_id")
        interview = params.get("interview") or params.get("interview_id")
        self._wants_list = False
        if interview is not None:
            self._open_interview(InterviewId(str(interview)))
        elif inspection is not None:
            if InspectionId(str(inspection)) != self._inspection:
                self._flush()
                self.start.clear()
                self._inspection, self._interview = InspectionId(str(inspection)), None
            self._read_overview()
        elif self._inspection is None:
            self._stack.setCurrentWidget(self._nothing)
            self.set_heading(tr("interview.title"))

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Read again what concerns this inspection."""
        if self._inspection is not None and ops.touches(changes, self._inspection):
            if self._interview is not None:
                # Who is busy elsewhere is not asked again for every answer of this interview.
                only_turns = bool(changes) and all(change.table == "turn" for change in changes)
                self._read(self._opened if only_turns else None)
            else:
                self._read_overview()

    def leave(self) -> bool:
        """Hand over everything typed; the writes are in line before the screen goes."""
        self._flush()
        return True

    def escape(self) -> bool:
        """Close the person's form, or go from an interview to the list."""
        if self.side.close_form():
            return True
        overview = self._overview
        if self._interview is not None and overview is not None and len(overview.interviews) > 1:
            self.show_list()
            return True
        return False

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        names = (
            ("Enter", "enter"), ("Shift+Enter", "newline"), ("↑ ↓", "move"), ("Ctrl+B", "bank"), ("Ctrl+N", "next"),
            ("Ctrl+J", "unanswered"), ("Ctrl+Shift+Del", "remove"), ("Ctrl+Enter", "finish"), ("Esc", "list"),
        )  # fmt: skip
        return tuple((keys, tr(f"interview.key_{name}")) for keys, name in names)

    def hideEvent(self, event: QHideEvent) -> None:
        """Hand over everything typed when the screen goes, also when the program locks."""
        self._flush()
        super().hideEvent(event)

    def show_list(self) -> None:
        """Show the interviews of the inspection and the form for another."""
        self._flush()
        self._interview, self._opened = None, None
        self._wants_list = True
        self._read_overview()

    def finish(self) -> None:
        """End the interview, after a question; go to the first unanswered one where there is any."""
        opened = self._opened
        if opened is None or opened.view.interview.ended_at is not None:
            return
        drafted = bool(self.transcript.composer.draft)
        self._flush()
        if self.transcript.unanswered or drafted:
            self._note.say(tr("interview.finish_unanswered", count=self.transcript.unanswered + drafted))
            self._note.show()
            self.transcript.focus_unanswered()
            return
        self._asking = ConfirmDialog(
            self,
            tr("interview.finish_title", name=opened.view.interview.subject.name),
            tr("interview.finish_text", name=opened.view.interview.subject.name),
            tr("interview.finish"),
        )
        self._asking.accepted.connect(self._finish)
        self._asking.open()

    def _build(self) -> None:
        column = vbox(self, gap=0)
        column.addWidget(self.bar)
        self._line = rule()
        column.addWidget(self._line)
        holder = vbox(margin=(16, 8, 16, 0))
        self._note = Note("", "open")
        self._note.hide()
        holder.addWidget(self._note)
        column.addLayout(holder)
        self._stack = QStackedWidget()
        self._nothing = EmptyState(
            "interview", tr("interview.none"), tr("interview.none_detail"),
            action=tr("interview.to_tasks"), on_action=self._to_tasks,
        )  # fmt: skip
        self._none_held = EmptyState(
            "interview", tr("interview.none_held"), tr("interview.visit_locked"),
            action=tr("interview.to_inspection"), on_action=self._to_inspection,
        )  # fmt: skip
        self._panes = QSplitter(Qt.Orientation.Horizontal)
        self._panes.setChildrenCollapsible(False)
        self._panes.addWidget(sized(self.transcript, min_width=364))
        self._panes.addWidget(sized(self.side, min_width=236))
        self._panes.setStretchFactor(0, 1)
        self._panes.setSizes([current().px(800), current().px(SIDE_UNITS)])
        for page in (self._nothing, self._none_held, self.start, self._panes):
            self._stack.addWidget(page)
        column.addWidget(self._stack, 1)
        self._show_page(self._nothing)

    def _wire(self) -> None:
        self.start.start_wanted.connect(self._start)
        self.start.opened.connect(self._chosen)
        self.transcript.asked.connect(self._ask)
        self.transcript.saved.connect(self._save)
        self.transcript.removed.connect(self._remove)
        self.transcript.completed.connect(self.finish)
        self.transcript.counted.connect(self._counted)
        self.side.subject_edited.connect(self._set_subject)
        self.side.rights_answered.connect(self._answer_rights)
        self.side.rights_wanted.connect(self._focus_rights)
        self.side.read_out.connect(self._read_out)
        self.side.bank.asked.connect(self._ask_from_bank)
        self.bar.list_wanted.connect(self.show_list)
        self.bar.finish_wanted.connect(self.finish)
        self.bar.unanswered_wanted.connect(self.transcript.focus_unanswered)
        self.bar.documents_wanted.connect(self._to_documents)
        pairs = (
            ("Ctrl+B", self._focus_bank), ("Ctrl+N", self.transcript.composer.focus),
            ("Ctrl+J", self.transcript.focus_unanswered), ("Ctrl+Return", self.finish), ("Ctrl+Enter", self.finish),
        )  # fmt: skip
        for keys, call in pairs:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)

    def _show_page(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)
        for part in (self.bar, self._line):
            part.setVisible(page is self._panes)
        if page is not self._panes:
            self._note.hide()

    def _read_overview(self) -> None:
        inspection, services = self._inspection, self.context.services
        if inspection is not None:
            self.context.runner.run_read(
                lambda: ops.overview(services, inspection), self._show_overview, owner=self, key="overview"
            )

    def _show_overview(self, found: Overview) -> None:
        self._overview = found
        locked = found.visit.state in SIGNED
        running = [one for one in found.interviews if one.ended_at is None or locked]
        self.bar.show_list_count(len(found.interviews))
        if self._interview is not None:
            return
        if running and not self._wants_list:
            self._open_interview(running[-1].id)
            return
        fresh = self._stack.currentWidget() is not self.start
        self.start.show_overview(found, locked=locked)
        self._show_page(self._none_held if locked and not found.interviews else self.start)
        self._head(found.visit.institution_name, found.visit.task_number)
        if fresh:
            self.start.focus_first()

    def _open_interview(self, interview: InterviewId) -> None:
        if interview != self._interview:
            self._flush()
            self._interview, self._opened = interview, None
            self._note.hide()
            self.transcript.clear()
            self.side.close_form()
        self._read()

    def _read(self, known: Opened | None = None) -> None:
        interview, services = self._interview, self.context.services
        if interview is not None:
            self.context.runner.run_read(
                lambda: ops.read(services, interview, known), self._show, owner=self, key="interview"
            )

    def _show(self, opened: Opened) -> None:
        one = opened.view.interview
        if one.id != self._interview:
            return
        first = self._opened is None
        self._opened, self._inspection = opened, one.inspection
        over = one.ended_at is not None or opened.view.is_locked
        self.bar.show_opened(opened)
        self.transcript.show_view(opened.view)
        self.side.show_view(opened.view, read_only=over)
        self._show_page(self._panes)
        self._show_note(opened)
        self._head(opened.view.institution_name, opened.view.task_number, one.subject.name)
        if first:
            self._read_overview()
            if not over:
                self.transcript.focus_next()

    def _show_note(self, opened: Opened) -> None:
        one = opened.view.interview
        if one.ended_at is None:
            if not self.transcript.unanswered:
                self._note.hide()
            return
        key = "interview.locked_signed" if opened.view.is_locked else "interview.locked_finished"
        self._note.say(tr(key, time=words.clock(one.ended_at)))
        self._note.show()

    def _counted(self, count: int) -> None:
        opened = self._opened
        running = opened is not None and opened.view.interview.ended_at is None
        self.bar.show_left(count if running else 0)
        if running and not count:
            self._note.hide()

    def _head(self, place: str, number: str, subject: str = "") -> None:
        detail = tr("interview.heading", number=number)
        self.set_heading(place, f"{detail} · {subject}" if subject else detail)

    def _start(self, subject: Subject, place: str, asker: str, recorder: str) -> None:
        inspection, services = self._inspection, self.context.services
        if inspection is not None:
            self.context.runner.run_write(
                lambda: ops.start(services, inspection, subject, place, PersonId(asker), PersonId(recorder)),
                self._started,
                self._not_started,
                owner=self,
            )

    def _started(self, outcome: Outcome[Interview]) -> None:
        self.start.clear()
        self.start.allow_start()
        self._open_interview(outcome.value.id)

    def _not_started(self, error: BaseException) -> None:
        self.start.allow_start()
        if hasattr(error, "code"):
            self.start.say(sentence(error))
        else:
            self.context.notices.error(error)

    def _chosen(self, one: Interview) -> None:
        self._open_interview(one.id)

    def _ask(self, question: str, answer: str = "") -> None:
        interview, services = self._interview, self.context.services
        if interview is not None:

            def asked(outcome: Outcome[Turn]) -> None:
                if self._interview == interview:
                    self.transcript.insert(outcome.value)

            self.context.runner.run_write(
                lambda: ops.ask(services, interview, question, answer), asked, self._failed, owner=self
            )

    def _ask_from_bank(self, question: str) -> None:
        opened = self._opened
        if opened is None or opened.view.interview.ended_at is not None:
            return
        for key in self.transcript.order:
            if self.transcript.row(key).turn.question == question:
                self.transcript.focus_turn(key)
                return
        self._ask(question)

    def _save(self, turn: TurnId, part: str, text: str) -> None:
        self.context.runner.run_write(
            ops.saving(self.context.services, turn, part, text), None, self._failed, owner=self
        )

    def _remove(self, turn: TurnId) -> None:
        self._flush()
        row, services = self.transcript.row(turn), self.context.services
        self._removed = Turn(turn, row.turn.question, row.answer.text.strip(), row.turn.asked_at)
        self.context.runner.run_write(lambda: ops.remove(services, turn), self._gone, self._failed, owner=self)

    def _gone(self, _outcome: object) -> None:
        self.context.notices.toast(
            tr("interview.removed"), action=tr("widgets.undo"), on_action=self._bring_back
        )

    def _bring_back(self) -> None:
        gone, self._removed = self._removed, None
        if gone is not None:
            self._ask(gone.question, gone.answer)

    def _set_subject(self, subject: Subject) -> None:
        interview, services = self._interview, self.context.services
        if interview is not None and self._opened is not None and self._opened.view.interview.subject != subject:
            self.context.runner.run_write(
                lambda: ops.set_subject(services, interview, subject), None, self._failed, owner=self
            )

    def _answer_rights(self, text: str) -> None:
        row = self.transcript.focus_fixed("rights")
        if row is not None:
            row.answer.write(text)

    def _read_out(self, heard: Heard) -> None:
        """Note it after everything typed is stored: what is noted is what was read."""
        interview, services = self._interview, self.context.services
        self._flush()
        if interview is not None:
            self.context.runner.run_write(
                lambda: ops.read_out(services, interview, heard), self._told, self._failed, owner=self
            )

    def _told(self, _outcome: object) -> None:
        self._read()

    def _focus_rights(self) -> None:
        self.transcript.focus_fixed("rights")

    def _focus_bank(self) -> None:
        self.side.close_form()
        self.side.bank.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _finish(self) -> None:
        interview, services = self._interview, self.context.services
        if interview is not None:
            self.context.runner.run_write(
                lambda: ops.finish(services, interview), self._finished, self._failed, owner=self
            )

    def _finished(self, outcome: Outcome[Document]) -> None:
        self.context.go("documents", document=outcome.value.id, inspection=self._inspection)

    def _to_documents(self) -> None:
        opened, services = self._opened, self.context.services
        if opened is not None:
            one = opened.view.interview
            self.context.runner.run_read(
                lambda: ops.document_of(services, one), self._found_document, owner=self, key="document"
            )

    def _found_document(self, document: str | None) -> None:
        interview, services = self._interview, self.context.services
        if document is not None:
            self.context.go("documents", document=document, inspection=self._inspection)
        elif interview is not None:
            self.context.runner.run_write(
                lambda: ops.freeze(services, interview), self._finished, self._failed, owner=self
            )

    def _failed(self, error: BaseException) -> None:
        self.context.notices.error(error)
        self._read()

    def _to_inspection(self) -> None:
        self.context.go("inspection", inspection=self._inspection)

    def _to_tasks(self) -> None:
        self.context.go("tasks")

    def _flush(self) -> None:
        self.transcript.flush()
        self.side.flush()
        # A question that was typed and not asked is kept as one without an answer rather than lost.
        if self.transcript.composer.draft and self._interview is not None:
            self._ask(self.transcript.composer.take())
