"""The interview screen: the start page, or one interview record."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget

from app.core.ids import InspectionId, InterviewId, PersonId
from app.core.inspections import InspectionState
from app.core.interviews import Interview, Subject
from app.core.outcome import Outcome
from app.gui.messages import sentence
from app.gui.screen import Context, Screen
from app.gui.screens.interview import ops
from app.gui.screens.interview.ops import Opened, Overview
from app.gui.screens.interview.record import RecordPage
from app.gui.screens.interview.start import StartPage
from app.gui.texts import tr
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.layout import vbox

if TYPE_CHECKING:
    from app.core.outcome import Change

SIGNED = (InspectionState.SIGNING, InspectionState.SIGNED, InspectionState.CLOSED)


class InterviewScreen(Screen):
    """Interviews of one inspection."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._inspection: InspectionId | None = None
        self._overview: Overview | None = None
        self._wants_list = False
        self.start, self.record = StartPage(), RecordPage(context)
        self._build()
        self._wire()

    def open(self, **params: Any) -> None:
        """Open by `inspection` (the running interview, else the start page) or by `interview`."""
        inspection = params.get("inspection") or params.get("inspection_id")
        interview = params.get("interview") or params.get("interview_id")
        self._wants_list = False
        if interview is not None:
            self.record.open(InterviewId(str(interview)))
        elif inspection is not None:
            if InspectionId(str(inspection)) != self._inspection:
                self.record.forget()
                self.start.clear()
                self._inspection = InspectionId(str(inspection))
            self._read_overview()
        elif self._inspection is None:
            self._stack.setCurrentWidget(self._nothing)
            self.set_heading(tr("interview.title"))

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Read again what concerns this inspection."""
        if self._inspection is not None and ops.touches(changes, self._inspection):
            if self.record.interview is not None:
                self.record.refresh(changes)
            else:
                self._read_overview()

    def leave(self) -> bool:
        """Hand over everything typed; the writes are in line before the screen goes."""
        self.record.flush()
        return True

    def escape(self) -> bool:
        """Close the person's form, or go from an interview to the list."""
        if self.record.side.close_form():
            return True
        overview = self._overview
        if self.record.interview is not None and overview is not None and len(overview.interviews) > 1:
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
        self.record.flush()
        super().hideEvent(event)

    def show_list(self) -> None:
        """Show the interviews of the inspection and the form for another."""
        self.record.forget()
        self._wants_list = True
        self._read_overview()

    def _build(self) -> None:
        self._stack = QStackedWidget()
        self._nothing = EmptyState(
            "interview", tr("interview.none"), tr("interview.none_detail"),
            action=tr("interview.to_tasks"), on_action=self._to_tasks,
        )  # fmt: skip
        self._none_held = EmptyState(
            "interview", tr("interview.none_held"), tr("interview.visit_locked"),
            action=tr("interview.to_inspection"), on_action=self._to_inspection,
        )  # fmt: skip
        for page in (self._nothing, self._none_held, self.start, self.record):
            self._stack.addWidget(page)
        vbox(self, gap=0).addWidget(self._stack)

    def _wire(self) -> None:
        record = self.record
        self.start.start_wanted.connect(self._start)
        self.start.opened.connect(self._chosen)
        record.arrived.connect(self._arrived)
        record.documents_wanted.connect(self._to_documents)
        record.bar.list_wanted.connect(self.show_list)
        pairs = (
            ("Ctrl+B", record.focus_bank), ("Ctrl+N", record.transcript.composer.focus),
            ("Ctrl+J", record.transcript.focus_unanswered), ("Ctrl+Return", record.finish), ("Ctrl+Enter", record.finish),
        )  # fmt: skip
        for keys, call in pairs:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)

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
        self.record.bar.show_list_count(len(found.interviews))
        if self.record.interview is not None:
            return
        if running and not self._wants_list:
            self.record.open(running[-1].id)
            return
        fresh = self._stack.currentWidget() is not self.start
        self.start.show_overview(found, locked=locked)
        self._stack.setCurrentWidget(self._none_held if locked and not found.interviews else self.start)
        self._head(found.visit.institution_name, found.visit.task_number)
        if fresh:
            self.start.focus_first()

    def _arrived(self, opened: Opened, first: bool) -> None:
        one = opened.view.interview
        self._inspection = one.inspection
        self._stack.setCurrentWidget(self.record)
        self._head(opened.view.institution_name, opened.view.task_number, one.subject.name)
        if first:
            self._read_overview()

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
        self.record.open(outcome.value.id)

    def _not_started(self, error: BaseException) -> None:
        self.start.allow_start()
        if hasattr(error, "code"):
            self.start.say(sentence(error))
        else:
            self.context.notices.error(error)

    def _chosen(self, one: Interview) -> None:
        self.record.open(one.id)

    def _to_documents(self, document: str) -> None:
        self.context.go("documents", document=document, inspection=self._inspection)

    def _to_inspection(self) -> None:
        self.context.go("inspection", inspection=self._inspection)

    def _to_tasks(self) -> None:
        self.context.go("tasks")
