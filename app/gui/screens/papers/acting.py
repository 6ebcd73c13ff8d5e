"""What the buttons of the wall and of the list of tasks do, with the questions they ask first."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.ids import TaskId
from app.core.outcome import Outcome
from app.core.papers import Paper, Service
from app.gui.messages import sentence
from app.gui.runner import Job
from app.gui.screen import Context
from app.gui.screens.documents.printing import Printing
from app.gui.screens.papers import ops
from app.gui.screens.papers.asking import Asking
from app.gui.screens.papers.batch import CASE_SUFFIX, BatchExport, Written, pieces, safe_name
from app.gui.screens.papers.dialogs import CertifyDialog, ServeDialog, ServiceGiven
from app.gui.screens.papers.lines import Line, Wall
from app.gui.screens.papers.office import OfficeDialog
from app.gui.screens.papers.ops import Desk
from app.gui.screens.papers.tasks import TaskList
from app.gui.screens.papers.under_way import UnderWay
from app.gui.texts import tr

if TYPE_CHECKING:
    from app.core.documents import DocumentView
    from app.services.bundles.case import Bundled
    from app.services.pades import SignedFile
    from app.services.pades_keys import HeldCertificate


class Acting(QObject):
    """Acts on one line at a time. `drafted` carries a new paper."""

    drafted = Signal(object)

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._window = context, window
        self.asking = Asking(window, context.prefs)
        self.printing = Printing(context.services, context.runner, window)
        self.batch = BatchExport(context.services, context.runner, self)
        self.serve_dialog: ServeDialog | None = None
        self._line: Line | None = None
        self._doomed: Paper | None = None
        self._wall: Wall | None = None
        self._tasks: tuple[TaskId, ...] = ()
        self._then: Callable[[Path], None] | None = None
        self._case: Job[Any] | None = None
        self._gathering: Job[Any] | None = None
        self.asking.void_given.connect(self._void)
        self.asking.unserve_given.connect(self._unserve)
        self.asking.file_chosen.connect(self._take_file)
        self.asking.folder_chosen.connect(self._take_file)
        self.printing.finished.connect(self._printed)
        self.printing.failed.connect(context.notices.error)
        self.batch.finished.connect(self._batch_done)

    def use(self, under_way: UnderWay, tasks: TaskList) -> None:
        """Show long work in these places."""
        self._under_way, self._list = under_way, tasks
        under_way.cancel_wanted.connect(self._cancel_case)
        tasks.under_way.cancel_wanted.connect(self._cancel_batch)
        self.batch.progressed.connect(tasks.under_way.tell)

    @property
    def _desk(self) -> Desk:
        desk: Desk = self._context.services
        return desk

    def act(self, action: str, line: Line, wall: Wall) -> None:
        """Do what a button says with a line."""
        self._line, self._wall = line, wall
        go, paper = self._context.go, line.paper
        match action:
            case "draft" | "again":
                self.draft(line.need.kind, wall.task.id)
            case "compose" if wall.inspection is None:
                go("inspection", task=wall.task.id)
            case "compose":
                go("documents", inspection=wall.inspection)
            case "fill" if paper is not None:
                go("papers", paper=paper.id, task=wall.task.id)
            case "sign" | "show" | "amend":
                inspection = line.inspection if paper is None else paper.inspection
                more = {"amend": True} if action == "amend" else {}
                go("documents", document=line.document, inspection=inspection, task=wall.task.id, **more)
            case "discard" if paper is not None:
                self.ask_discard(paper)
            case "void":
                self.asking.ask_void(line)
            case "serve":
                self._read_people()
            case "unserve":
                self.asking.ask_unserve(line)
            case "receipt":
                self._make_receipt()
            case "number" if paper is not None:
                self._write(partial(self._desk.numbers.assign, paper.id), self._numbered)
            case "export":
                self._then = self._export_to
                name = safe_name(f"{wall.institution}_{line.title}_{line.number}") + ".pdf"
                self.asking.ask_file(tr("papers.do.export"), name, "PDF (*.pdf)")
            case "print" if line.document is not None:
                desk, document = self._desk, line.document
                self._context.runner.run_read(lambda: desk.documents.view(document), self._print, owner=self)
            case "certify":
                desk = self._desk
                self._context.runner.run_read(lambda: desk.certificates.all(), self._ask_certificate, owner=self)

    def draft(self, kind: str, task: TaskId) -> None:
        """Begin a paper."""
        self._write(partial(ops.draft, self._desk, kind, task), self._drafted)

    def ask_discard(self, paper: Paper) -> None:
        """Ask whether to throw a draft away."""
        self._doomed = paper
        self.asking.ask_discard(paper)

    def discard(self, done: Callable[[object], None]) -> None:
        """Throw away the draft that was asked about."""
        if self._doomed is not None:
            self._write(partial(self._desk.papers.discard, self._doomed.id), done)

    def ask_case(self, wall: Wall) -> None:
        """Ask where to put the case of a visit."""
        self._wall, self._then = wall, self._export_case
        name = safe_name(f"{wall.institution}_{wall.task.number}") + CASE_SUFFIX
        self.asking.ask_file(tr("papers.case_export"), name, f"{tr('papers.case_files')} (*{CASE_SUFFIX})")

    def ask_papers(self, tasks: tuple[TaskId, ...]) -> None:
        """Ask for the folder of the papers of some tasks."""
        self._tasks, self._then = tasks, self._export_papers
        self.asking.ask_folder(tr("papers.batch_export"))

    def ask_cases(self, tasks: tuple[TaskId, ...]) -> None:
        """Ask for the folder of the cases of some tasks."""
        self._tasks, self._then = tasks, self._export_cases
        self.asking.ask_folder(tr("papers.cases_export"))

    def ask_office(self) -> None:
        """Ask what papers print of the office."""
        desk = self._desk
        self._context.runner.run_read(lambda: desk.papers.office_facts(), self._show_office, owner=self, key="office")

    def serve(self, given: ServiceGiven) -> None:
        """Note a service; the dialog stays open where it is refused."""
        desk, line = self._desk, self._line
        if line is None or line.paper is None:
            return
        paper = line.paper.id

        def note() -> Outcome[tuple[Service, Paper | None]]:
            done = desk.papers.serve(
                paper, given.method, served_at=given.served_at, servers=given.servers, is_recorded=given.is_recorded,
                consent=given.consent, **given.words,
            )  # fmt: skip
            if not given.with_receipt:
                return Outcome((done.value, None), done.changed)
            made = desk.papers.make_receipt(done.value.id)
            return Outcome((done.value, made.value), done.changed | made.changed)

        self._context.runner.run_write(note, self._served, self._not_served, owner=self)

    def _show_office(self, facts: Mapping[str, str]) -> None:
        dialog = OfficeDialog(self._window, facts)
        dialog.told.connect(self._keep_office)
        dialog.open()

    def _keep_office(self, facts: Mapping[str, str]) -> None:
        if facts:
            self._write(partial(self._desk.papers.set_office_facts, facts), self._office_kept)

    def _office_kept(self, _outcome: object) -> None:
        self._context.notices.toast(tr("papers.office_kept"))

    def _write(self, call: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._context.runner.run_write(call, done, owner=self)

    def _drafted(self, outcome: Outcome[Paper]) -> None:
        self.drafted.emit(outcome.value)

    def _void(self, reason: str) -> None:
        if self._line is not None and self._line.paper is not None:
            self._write(partial(self._desk.papers.void, self._line.paper.id, reason), self._voided)

    def _voided(self, outcome: Outcome[Paper]) -> None:
        self._context.notices.toast(tr("papers.voided", title=outcome.value.title, number=outcome.value.number))

    def _read_people(self) -> None:
        desk, wall = self._desk, self._wall
        members = wall.task.members if wall is not None else ()
        self._context.runner.run_read(
            lambda: tuple(
                (one.name, one.licence_no)
                for one in sorted(desk.people.find(), key=lambda one: one.id not in members)
                if one.licence_no
            ),
            self._ask_service, owner=self, key="people",
        )  # fmt: skip

    def _ask_service(self, people: tuple[tuple[str, str], ...]) -> None:
        if self._line is not None:
            self.serve_dialog = ServeDialog(self._window, self._line, people, self._desk.clock)
            self.serve_dialog.told.connect(self.serve)
            self.serve_dialog.open()

    def _served(self, outcome: Outcome[tuple[Service, Paper | None]]) -> None:
        service, receipt = outcome.value
        if self.serve_dialog is not None:
            self.serve_dialog.accept()
            self.serve_dialog = None
        key = "papers.serve_done" if service.is_certain else "papers.serve_uncertain"
        self._context.notices.toast(tr(key, day=service.effective_on.isoformat()))
        if receipt is not None:
            self.drafted.emit(receipt)

    def _not_served(self, error: BaseException) -> None:
        if self.serve_dialog is not None and hasattr(error, "code"):
            self.serve_dialog.say(sentence(error))
        else:
            self._context.notices.error(error)

    def _last_service(self) -> Service | None:
        living = [one for one in self._line.services if one.void_reason is None] if self._line is not None else []
        return living[-1] if living else None

    def _unserve(self, reason: str) -> None:
        service = self._last_service()
        if service is not None:
            self._write(partial(self._desk.papers.void_service, service.id, reason), self._unserved)

    def _unserved(self, _outcome: object) -> None:
        self._context.notices.toast(tr("papers.unserve_done"))

    def _make_receipt(self) -> None:
        service = self._last_service()
        if service is not None:
            self._write(partial(self._desk.papers.make_receipt, service.id), self._drafted)

    def _numbered(self, outcome: Outcome[Paper]) -> None:
        self._context.notices.toast(tr("papers.numbered", number=outcome.value.number))

    def _print(self, view: "DocumentView") -> None:
        self.printing.ask(view.document)

    def _printed(self, count: int) -> None:
        if count:
            self._context.notices.toast(tr("documents.printed", count=count))
        else:
            self._context.notices.banner(tr("documents.not_printed"))

    def _ask_certificate(self, held: "tuple[HeldCertificate, ...]") -> None:
        if not held:
            self._context.notices.banner(tr("papers.no_certificate"), tone="open")
        elif self._line is not None:
            dialog = CertifyDialog(self._window, self._line, held)
            dialog.told.connect(self._certify)
            dialog.open()

    def _certify(self, fingerprint: str, secret: str | None, as_bureau: bool) -> None:
        line = self._line
        if line is not None and line.document is not None:
            self._write(
                partial(ops.certify, self._desk, line.document, fingerprint, secret, as_bureau=as_bureau), self._certified
            )

    def _certified(self, outcome: "Outcome[SignedFile]") -> None:
        key = "papers.certified_no_stamp" if outcome.value.no_stamp else "papers.certified"
        self._context.notices.toast(tr(key, name=outcome.value.signer, level=outcome.value.level))

    def _take_file(self, to: Path) -> None:
        if self._then is not None:
            self._then(to)

    def _export_to(self, to: Path) -> None:
        if self._line is not None and self._line.document is not None:
            self._write(partial(ops.export, self._desk, self._line.document, to), self._exported)

    def _exported(self, outcome: Outcome[Path]) -> None:
        self._context.notices.toast(tr("documents.exported", file=outcome.value.name))

    def _export_case(self, to: Path) -> None:
        desk, wall = self._desk, self._wall
        if wall is None or wall.inspection is None:
            return
        visit = wall.inspection
        self._under_way.begin(tr("papers.case_writing"))
        self._case = self._context.runner.run_long(
            lambda work: ops.export_case(desk, visit, to, work), self._case_done, self._case_failed,
            on_progress=self._under_way.tell, owner=self, writes=True,
        )  # fmt: skip

    def _case_done(self, outcome: "Outcome[Bundled]") -> None:
        self._under_way.end()
        made = outcome.value
        key = "papers.case_absent" if made.absent else "papers.case_done"
        self._context.notices.toast(
            tr(key, file=made.file.name, documents=made.documents, pages=made.pages, evidence=made.evidence, absent=made.absent)
        )

    def _case_failed(self, error: BaseException) -> None:
        self._under_way.end()
        self._context.notices.error(error)

    def _cancel_case(self) -> None:
        if self._case is not None:
            self._case.cancel()
            self._case = None
        self._under_way.end()

    def _export_papers(self, folder: Path) -> None:
        self._export_many(folder, cases=False)

    def _export_cases(self, folder: Path) -> None:
        self._export_many(folder, cases=True)

    def _export_many(self, folder: Path, *, cases: bool) -> None:
        desk, tasks = self._desk, self._tasks
        self._list.begin(tr("papers.cases_writing" if cases else "papers.batch_writing"))
        self._gathering = self._context.runner.run_long(
            lambda work: pieces(desk, tasks, folder, cases=cases, token=work.token), self.batch.start, self._batch_failed,
            owner=self,
        )  # fmt: skip

    def _cancel_batch(self) -> None:
        if self.batch.is_running:
            self.batch.cancel()
        elif self._gathering is not None:
            self._gathering.cancel()
            self._list.end()

    def _batch_failed(self, error: BaseException) -> None:
        self._list.end()
        self._context.notices.error(error)

    def _batch_done(self, written: Written) -> None:
        self._list.end()
        if written.failed:
            name, error = written.failed[0]
            words = tr("papers.batch_failed", files=written.files, failed=len(written.failed), name=name)
            self._context.notices.banner(f"{words}{sentence(error)}")
        elif written.files:
            self._context.notices.toast(tr("papers.batch_done", files=written.files))
        else:
            self._context.notices.banner(tr("papers.batch_nothing"), tone="open")
