"""The page of synchronisation: enrolment, the run, receipts, conflicts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.ids import InspectionId
from app.core.outcome import Outcome
from app.core.progress import Progress
from app.core.syncing import ConflictLine, Enrolment, RecordReceipt, SyncReport, SyncStatus
from app.gui.runner import Job, Work
from app.gui.screen import Context, Screen
from app.gui.screens.registers.listing import Pills, on_key
from app.gui.screens.sync.conflicts import ConflictList
from app.gui.screens.sync.enrol import EnrolCard
from app.gui.screens.sync.receipts import ReceiptsPane
from app.gui.screens.sync.state import StateCard
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.layout import hbox, scrolled, sized, vbox

if TYPE_CHECKING:
    from app.core.outcome import Change

LEAST_LIST = 240


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything this page shows, read in one go."""

    status: SyncStatus
    receipts: tuple[RecordReceipt, ...]
    conflicts: tuple[ConflictLine, ...]


class SyncScreen(Screen):
    """What the server has, and what it has not; F5 or the button sends what is pending."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._job: Job[Outcome[SyncReport]] | None = None
        self.state, self.enrol = StateCard(), EnrolCard()
        self.receipts, self.conflicts = ReceiptsPane(context), ConflictList()
        self.tabs = Pills(
            tr("sync.title"), [(key, tr(f"sync.tab.{key}")) for key in ("receipts", "conflicts")]
        )
        whole = QWidget()
        vbox(self).addWidget(scrolled(whole))
        column = vbox(whole, margin=Space.PAGE, gap=Space.BETWEEN)
        column.addWidget(self.state)
        column.addWidget(self.enrol)
        row = hbox()
        row.addWidget(self.tabs)
        row.addStretch(1)
        column.addLayout(row)
        self.stack = sized(QStackedWidget(), min_height=LEAST_LIST)
        pages: tuple[QWidget, ...] = (self.receipts, self.conflicts)
        for page in pages:
            self.stack.addWidget(page)
        column.addWidget(self.stack, 1)
        self.state.hide()
        self.enrol.hide()
        self.state.wanted.connect(self.run)
        self.state.stopped.connect(self.stop)
        self.enrol.wanted.connect(self._enrol)
        self.tabs.chosen.connect(self._turn)
        self.conflicts.kept.connect(self._keep)
        self.receipts.opened.connect(self._open)
        on_key(self, "F5", self.run)

    def open(self, **params: Any) -> None:
        """Read everything anew; `tab` may name `conflicts`."""
        self.set_heading(tr("sync.title"))
        if params.get("tab") in ("receipts", "conflicts"):
            self.tabs.choose(str(params["tab"]))
        self._read()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Read everything anew: every change is one more line to be sent."""
        self._read()

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        names = (("F5", "run"), ("Ctrl+F", "find"), ("Ctrl+C", "copy"))
        return tuple((keys, tr(f"sync.key.{name}")) for keys, name in names)

    def run(self) -> None:
        """Send and fetch what is pending, in the background."""
        if self._job is not None or self.state.isHidden():
            return
        sync = self.context.services.sync
        self.state.begin()

        def work(long: Work) -> Outcome[SyncReport]:
            outcome: Outcome[SyncReport] = sync.run(report=long.report, cancel=long.token)
            return outcome

        self._job = self.context.runner.run_long(
            work, self._ran, self._not_ran, on_progress=self._progressed, owner=self
        )

    def stop(self) -> None:
        """Stop the run after the piece it is at; what was receipted stays receipted."""
        if self._job is not None:
            self._job.cancel()
            self._finish(tr("sync.stopped"))

    def _progressed(self, progress: Progress) -> None:
        self.state.show_progress(progress)

    def _ran(self, outcome: Outcome[SyncReport]) -> None:
        report = outcome.value
        key = "sync.done" if report.is_complete else "sync.done.partly"
        words = tr(key, pushed=report.pushed, files=report.files_sent, pulled=report.pulled)
        if report.refused:
            words += "　" + tr("sync.done.refused", refused=report.refused)
        self._finish(words)

    def _not_ran(self, error: BaseException) -> None:
        self._finish("")
        self.context.notices.error(error, self.run if getattr(error, "retryable", False) else None)

    def _finish(self, words: str) -> None:
        self._job = None
        self.state.finish(words)
        self._read()

    def _enrol(self, server: str, code: str) -> None:
        enrol = self.context.services.sync.enrol
        # A server that does not answer must not hold up what is being written: this waits beside the writer.
        self.context.runner.run_long(
            lambda _: enrol(server, code), self._enrolled, self._not_enrolled, owner=self
        )

    def _enrolled(self, outcome: Outcome[Enrolment]) -> None:
        self.enrol.set_working(False)
        self.enrol.code.clear()
        self.context.notices.toast(tr("sync.enrolled", server=outcome.value.server))
        self._read()

    def _not_enrolled(self, error: BaseException) -> None:
        self.enrol.set_working(False)
        self.context.notices.error(error)

    def _read(self) -> None:
        sync = self.context.services.sync
        self.context.runner.run_read(
            lambda: Picture(sync.status(), sync.receipts(), sync.conflicts()),
            self._show,
            owner=self,
            key="picture",
        )

    def _show(self, picture: Picture) -> None:
        status = picture.status
        is_enrolled = status.enrolment is not None
        self.state.setVisible(is_enrolled)
        self.enrol.setVisible(not is_enrolled)
        self.state.put(status, _reason(status.last_error))
        self.receipts.put(picture.receipts)
        self.conflicts.put(picture.conflicts)
        count = len(picture.conflicts)
        key = "sync.tab.conflicts.count" if count else "sync.tab.conflicts"
        self.tabs.rename("conflicts", tr(key, count=count))

    def _turn(self, key: str) -> None:
        self.stack.setCurrentIndex(("receipts", "conflicts").index(key))

    def _keep(self, conflict: str, side: str) -> None:
        resolve = self.context.services.sync.resolve
        self.context.runner.run_write(lambda: resolve(conflict, side), self._kept, self._not_kept, owner=self)

    def _kept(self, _outcome: object) -> None:
        self.context.notices.toast(tr("sync.conflict.resolved"))
        self._read()

    def _not_kept(self, error: BaseException) -> None:
        self.conflicts.again()
        self.context.notices.error(error)

    def _open(self, inspection: str) -> None:
        self.context.go("inspection", inspection_id=InspectionId(inspection))


def _reason(code: str | None) -> str:
    """Return the sentence of a stored error code."""
    if not code:
        return ""
    from app.gui.messages import sentence_of

    return sentence_of(code, {})
