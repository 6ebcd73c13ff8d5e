"""The documents screen: the list, the papers of one inspection, one document being signed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.documents import Correction, Document, DocumentView
from app.core.ids import DocumentId, InspectionId
from app.core.inspections import Blocker, Inspection, InspectionState, InspectionView
from app.core.outcome import Outcome
from app.core.readings import Heard
from app.gui.runner import Job
from app.gui.screen import Context, Screen
from app.gui.screens.documents import ops
from app.gui.screens.documents.aloud import AloudPane
from app.gui.screens.documents.amend import AmendPane
from app.gui.screens.documents.blockers import step_of
from app.gui.screens.documents.case import CasePane
from app.gui.screens.documents.entries import Entry
from app.gui.screens.documents.listing import DocumentList
from app.gui.screens.documents.ops import CaseFile, Desk, ListLine
from app.gui.screens.documents.pages import PageStore
from app.gui.screens.documents.signing import SigningPane
from app.gui.screens.documents.words import who
from app.gui.texts import tr
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.layout import vbox

if TYPE_CHECKING:
    from app.core.outcome import Change


@dataclass(frozen=True, slots=True)
class Opened:
    """A document with its inspection, None for a paper issued before the visit, and the amendment that corrects it."""

    view: DocumentView
    inspection: InspectionView | None
    amendment: DocumentId | None


class DocumentsScreen(Screen):
    """Shows the list, the file of an inspection (`inspection`) or a document (`document`)."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._inspection: InspectionId | None = None
        self._document: DocumentId | None = None
        self._task: str = ""
        self._is_to_amend = False
        self._doomed: DocumentId | None = None
        self._aside: DocumentId | None = None
        self._job: Job[Any] | None = None
        self.store = PageStore(context.services, context.runner, self)
        self.list = DocumentList(context.prefs)
        self.case = CasePane()
        self.signing = SigningPane(context, self.store)
        self.aloud = AloudPane(self.store)
        self.amending = AmendPane()
        self.stack = QStackedWidget()
        for page in (self.list, self.case, self.signing, self.aloud, self.amending):
            self.stack.addWidget(page)
        vbox(self).addWidget(self.stack)
        self._wire()

    def open(self, **params: Any) -> None:
        """Show a `document` (`task`: of the wall it was opened from; `amend`: to be corrected), else the file of an
        `inspection`, else the list."""
        document, inspection = params.get("document"), params.get("inspection") or params.get("inspection_id")
        self._document = DocumentId(str(document)) if document else None
        self._inspection = InspectionId(str(inspection)) if inspection else None
        self._task, self._is_to_amend = str(params.get("task") or ""), bool(params.get("amend"))
        if self._document is not None:
            self._read_document()
        elif self._inspection is not None:
            self._read_case()
        else:
            self._show(self.list)
            self.set_heading(tr("documents.title"))
            self._read_list()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Read again what is shown if it may have changed; after unlocking, pictures are drawn anew."""
        if not changes:
            self.store.forget()
        if not ops.touches(changes, self._inspection):
            return
        if self._document is not None:
            self._read_document()
        elif self._inspection is not None:
            self._read_case()
        else:
            self._read_list()

    def escape(self) -> bool:
        """Leave reading aloud and correcting; then the window goes back."""
        if self.stack.currentWidget() in (self.aloud, self.amending):
            self._show(self.signing)
            return True
        return False

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of the page in front."""
        if self.stack.currentWidget() in (self.signing, self.aloud):
            names: tuple[tuple[str, str], ...] = (
                ("PgUp PgDn", "turn"), ("↑ ↓", "scroll"), ("Home End", "ends"), ("Ctrl+= Ctrl+- Ctrl+0", "zoom"),
                ("Ctrl+Enter", "sign"), ("Backspace", "undo"), ("Delete", "clear"), ("Ctrl+S", "export"), ("Ctrl+P", "print"),
            )  # fmt: skip
        else:
            names = (("Ctrl+F", "find"), ("Enter", "open"))
        return tuple((keys, tr(f"documents.key.{name}")) for keys, name in names)

    def _wire(self) -> None:
        listing, case, signing = self.list, self.case, self.signing
        listing.opened.connect(self._open_line)
        listing.case_wanted.connect(self._open_case_of)
        listing.tasks_wanted.connect(self._to_tasks)
        listing.papers_wanted.connect(self._to_papers)
        listing.archive_wanted.connect(self._to_archive)
        case.papers_wanted.connect(self._to_papers)
        case.acted.connect(self._act)
        case.step_wanted.connect(self._to_step)
        case.jump_wanted.connect(self._jump)
        case.close_wanted.connect(self._ask_close)
        case.sync_wanted.connect(self._to_sync)
        case.cancel_wanted.connect(self._cancel)
        case.list_wanted.connect(self._to_list)
        signing.case_wanted.connect(self._to_case)
        signing.document_wanted.connect(self._to_document)
        signing.discard_wanted.connect(self._ask_discard)
        signing.aloud_wanted.connect(self._read_aloud)
        signing.amend_wanted.connect(self._amend)
        signing.close_wanted.connect(self._ask_close)
        self.aloud.finished.connect(self._aloud_finished)
        self.amending.left.connect(self._back_to_document)
        self.amending.made.connect(self._make_amendment)

    @property
    def _desk(self) -> Desk:
        desk: Desk = self.context.services
        return desk

    def _show(self, page: QWidget) -> None:
        self.stack.setCurrentWidget(page)

    def _read_list(self) -> None:
        desk = self._desk
        self.context.runner.run_read(lambda: ops.lines(desk), self.list.show_lines, owner=self, key="list")

    def _read_case(self) -> None:
        desk, wanted = self._desk, self._inspection
        if wanted is not None:
            # In line with the writes: an answer given a moment ago must be among what is judged.
            self.context.runner.run_long(
                lambda _: ops.case_file(desk, wanted), self._show_case, owner=self, writes=True
            )

    def _read_document(self) -> None:
        desk, wanted = self._desk, self._document
        if wanted is not None:
            self.context.runner.run_read(
                lambda: opened(desk, wanted),
                self._show_document,
                self._no_document,
                owner=self,
                key="document",
            )

    def _show_case(self, file: CaseFile) -> None:
        if self._document is not None or file.inspection.inspection.id != self._inspection:
            return
        self.set_heading(
            file.inspection.institution_name, tr("documents.heading_case", number=file.inspection.task_number)
        )
        fresh = self.stack.currentWidget() is not self.case
        self.case.show_file(file)
        self._show(self.case)
        if fresh:
            self.case.focus_first()

    def _show_document(self, found: Opened) -> None:
        document = found.view.document
        if document.id != self._document:
            return
        self._inspection = document.inspection or None
        self.set_heading(
            found.view.institution_name, tr("documents.heading", title=document.title, number=document.number)
        )
        state = found.inspection.state if found.inspection is not None else InspectionState.OPEN
        self.signing.show_view(found.view, state, found.amendment)
        if self.stack.currentWidget() not in (self.aloud, self.amending) or self._aside != document.id:
            self._show(self.signing)
        if self._is_to_amend:
            self._is_to_amend = False
            self._amend()

    def _no_document(self, error: BaseException) -> None:
        """A document thrown away meanwhile: its inspection is the place to be."""
        self._document = None
        if self._inspection is not None and getattr(error, "code", "") == "document.unknown":
            self._read_case()
        else:
            self.context.notices.error(error)

    def _open_line(self, line: ListLine) -> None:
        if line.view is None:
            self.context.go("documents", inspection=line.inspection)
        else:
            self.context.go("documents", document=line.view.document.id, inspection=line.inspection)

    def _open_case_of(self, line: ListLine) -> None:
        self.context.go("documents", inspection=line.inspection)

    def _act(self, action: str, entry: Entry) -> None:
        if action == "compose":
            self._compose(entry)
        elif action == "ask":
            self.context.go("interview", inspection=self._inspection, interview=entry.interview)
        elif entry.view is not None and action == "discard":
            self._ask_discard(entry.view.document.id)
        elif entry.view is not None:
            self._to_document(entry.view.document.id)

    def _compose(self, entry: Entry) -> None:
        desk, inspection, interview = self._desk, self._inspection, entry.interview
        if inspection is None:
            return
        self.case.begin_progress(tr("documents.composing", title=entry.title))
        self._job = self.context.runner.run_long(
            lambda work: (
                ops.compose_record(desk, inspection, work)
                if interview is None
                else ops.compose_interview(desk, interview)
            ),
            self._composed, self._not_composed, on_progress=self.case.show_progress, owner=self, writes=True,
        )  # fmt: skip

    def _composed(self, outcome: Outcome[Document]) -> None:
        self.case.end_progress()
        self.context.go("documents", document=outcome.value.id, inspection=outcome.value.inspection)

    def _not_composed(self, error: BaseException) -> None:
        self.case.end_progress()
        self.context.notices.error(error)
        self._read_case()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self.case.end_progress()
        self._read_case()

    def _ask_discard(self, document: DocumentId) -> None:
        self._doomed = document
        dialog = ConfirmDialog(
            self, tr("documents.discard_title"), tr("documents.discard_about"), tr("documents.discard_do")
        )
        dialog.accepted.connect(self._discard)
        dialog.open()

    def _discard(self) -> None:
        desk, doomed = self._desk, self._doomed
        if doomed is not None:
            self.context.runner.run_write(lambda: desk.documents.discard(doomed), self._discarded, owner=self)

    def _discarded(self, _outcome: object) -> None:
        self.context.notices.toast(tr("documents.discarded"))
        if self._document is not None and self._inspection is not None:
            self.context.go("documents", inspection=self._inspection)

    def _read_aloud(self) -> None:
        view, line = self.signing.view, self.signing.pad.line
        if view is not None and line is not None:
            self._aside = view.document.id
            self.aloud.begin(view, who(line))
            self._show(self.aloud)

    def _aloud_finished(self, heard: Heard | None) -> None:
        desk, document, line = self._desk, self._document, self.signing.pad.line
        if heard is not None and document is not None and line is not None:
            self.context.runner.run_write(
                lambda: ops.read_out(desk, document, line.role, heard), self._read_out, self._not_read_out, owner=self
            )
        self._show(self.signing)

    def _read_out(self, _outcome: Outcome[DocumentView]) -> None:
        self._read_document()

    def _not_read_out(self, error: BaseException) -> None:
        self.context.notices.error(error)

    def _amend(self) -> None:
        if self.signing.view is not None:
            self._aside = self.signing.view.document.id
            self.amending.begin(self.signing.view)
            self._show(self.amending)

    def _back_to_document(self) -> None:
        self._show(self.signing)

    def _make_amendment(self, corrections: tuple[Correction, ...]) -> None:
        desk, document = self._desk, self._document
        if document is not None:
            self.context.runner.run_write(
                lambda: ops.amend(desk, document, corrections), self._amended, self._not_amended, owner=self
            )

    def _amended(self, outcome: Outcome[DocumentView]) -> None:
        self.context.notices.toast(tr("documents.amendment_made"))
        self._show(self.signing)
        self._to_document(outcome.value.document.id)

    def _not_amended(self, error: BaseException) -> None:
        self.amending.released()
        self.context.notices.error(error)

    def _ask_close(self) -> None:
        dialog = ConfirmDialog(
            self, tr("documents.close_title"), tr("documents.close_about"), tr("documents.close")
        )
        dialog.accepted.connect(self._close)
        dialog.open()

    def _close(self) -> None:
        desk, inspection = self._desk, self._inspection
        if inspection is not None:
            self.context.runner.run_write(
                lambda: desk.inspections.close(inspection), self._closed, owner=self
            )

    def _closed(self, _outcome: Outcome[Inspection]) -> None:
        self.context.notices.toast(
            tr("documents.closed"), action=tr("documents.to_sync"), on_action=self._to_sync
        )

    def _jump(self, blocker: Blocker) -> None:
        item = (blocker.template, blocker.item) if blocker.item else None
        step = step_of(blocker)
        if step == "interview":
            self.context.go("interview", inspection=self._inspection)
        elif item is not None:
            self.context.go("inspection", inspection=self._inspection, step=step, item=item)
        else:
            self.context.go("inspection", inspection=self._inspection, step=step)

    def _to_step(self, step: str) -> None:
        if step == "interview":
            self.context.go("interview", inspection=self._inspection)
        elif step == "deliver":
            self.context.go("sync")
        elif step != "sign":
            self.context.go("inspection", inspection=self._inspection, step=step)

    def _to_document(self, document: DocumentId) -> None:
        self.context.go("documents", document=document, inspection=self._inspection, task=self._task)

    def _to_case(self) -> None:
        if self._task:
            self.context.go("papers", task=self._task)
        elif self._inspection is not None:
            self.context.go("documents", inspection=self._inspection)
        else:
            self._to_list()

    def _to_papers(self) -> None:
        self.context.go("papers", inspection=self._inspection)

    def _to_archive(self) -> None:
        self.context.go("archive")

    def _to_list(self) -> None:
        self.context.go("documents")

    def _to_tasks(self) -> None:
        self.context.go("tasks")

    def _to_sync(self) -> None:
        self.context.go("sync")


def opened(desk: Desk, document: DocumentId) -> Opened:
    """Return what the signing page shows."""
    view = desk.documents.view(document)
    visit = view.document.inspection
    inspection = desk.inspections.view(visit) if visit else None
    newer = [one.id for one in desk.documents.of(visit) if one.amends == document] if visit else []
    return Opened(view, inspection, newer[-1] if newer else None)
