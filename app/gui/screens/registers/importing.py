"""Bring a file into a register in four steps: choose it, check its columns, see what would become of it, have it done."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QStackedWidget

from app.core.outcome import Outcome
from app.core.progress import Cancelled, CancelToken, Report
from app.core.registers import Batch, BatchId, Columns, Imported, Preview, Undone
from app.gui.runner import Work
from app.gui.screen import Context, Screen
from app.gui.screens.registers import ops
from app.gui.screens.registers.import_columns import ColumnsPage
from app.gui.screens.registers.import_file import FilePage
from app.gui.screens.registers.import_result import ResultPage, note_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.layout import hbox, vbox
from app.gui.widgets.progress import ProgressLine
from app.gui.widgets.steps import Steps

if TYPE_CHECKING:
    from app.core.outcome import Change

STEPS = ("file", "columns", "check", "done")


class ImportScreen(Screen):
    """The four steps; going back is always possible, nothing is written before the last."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._path: Path | None = None
        self._columns: Columns | None = None
        self._result: Imported | None = None
        self._is_busy, self._token = False, CancelToken()
        self._done: Callable[[Any], None] | None = None
        self._undoing = BatchId("")
        self._told: BaseException | None = None
        column = vbox(self, margin=Space.PAGE, gap=Space.BETWEEN)
        head = hbox()
        self.steps = Steps([(name, tr(f"registers.import.step.{name}")) for name in STEPS])
        head.addWidget(self.steps, 1)
        head.addWidget(button(tr("registers.back"), self._leave_for_registers, icon="back"))
        column.addLayout(head)
        self.progress = ProgressLine(tr("registers.import.working"), self._cancel)
        self.progress.hide()
        column.addWidget(self.progress)
        self.file = FilePage(context.prefs)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.file)
        column.addWidget(self.stack, 1)
        self.steps.chosen.connect(self._go)
        self.file.chosen.connect(self.choose)
        self.file.undo_wanted.connect(self._ask_undo)

    @cached_property
    def columns(self) -> ColumnsPage:
        """The second step, made when it is first needed."""
        page = ColumnsPage()
        self.stack.addWidget(page)
        page.look_again.connect(self._look_again)
        page.go_on.connect(self._try)
        return page

    @cached_property
    def result(self) -> ResultPage:
        """The last two steps, made when they are first needed."""
        page = ResultPage(self.context.prefs)
        self.stack.addWidget(page)
        page.import_wanted.connect(self._import)
        page.export_wanted.connect(self._export)
        page.undo_wanted.connect(self._ask_undo_this)
        page.again_wanted.connect(self._begin)
        page.conflicts_wanted.connect(self._to_conflicts)
        page.registers_wanted.connect(self._leave_for_registers)
        return page

    def open(self, **params: Any) -> None:
        """Begin with choosing a file; `kind` says what its rows are, `path` names it."""
        self.set_heading(tr("registers.import.title"))
        if params.get("kind"):
            self.file.kind.choose(str(params["kind"]))
        self._begin()
        if params.get("path"):
            self.choose(Path(params["path"]))

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Read the imports again when one was made or undone."""
        if not changes or any(change.table == "import_batch" for change in changes):
            self._read_batches()

    def leave(self) -> bool:
        """Stay while rows are being written."""
        if self._is_busy:
            self.context.notices.toast(tr("registers.import.busy"))
        return not self._is_busy

    def choose(self, path: Path) -> None:
        """Look at a file."""
        if self.file.stated.check():
            self.file.stated.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._withdraw()
        self._path = path
        if not self.file.source.text().strip():
            self.file.source.setPlaceholderText(path.stem)
        kind, services = self.file.wanted_kind, self.context.services
        self.context.runner.run_read(
            lambda: services.registers.look(path, kind),
            self._looked,
            self._tell,
            owner=self,
            key="look",
        )

    def _begin(self) -> None:
        self._path = self._columns = self._result = None
        self._show_step("file")
        self._read_batches()
        self.file.choose_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _read_batches(self) -> None:
        registers = self.context.services.registers
        self.context.runner.run_read(registers.batches, self.file.show_batches, owner=self, key="batches")

    def _look_again(self, sheet: str, header: int) -> None:
        path, kind, services = self._path, self.file.wanted_kind, self.context.services
        if path is not None:
            self.context.runner.run_read(
                lambda: ops.look_at(services, path, kind, sheet, header),
                self._looked, self._tell, owner=self, key="look",
            )  # fmt: skip

    def _looked(self, preview: Preview) -> None:
        kind = self.file.wanted_kind
        self.columns.put(preview, kind, self.context.services.registers.fields(kind))
        self._show_step("columns")
        first = next(iter(self.columns.boxes.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _try(self, columns: Columns) -> None:
        self._columns = columns
        self._run(is_dry=True)

    def _import(self) -> None:
        self._run(is_dry=False)

    def _run(self, *, is_dry: bool) -> None:
        path, columns, services = self._path, self._columns, self.context.services
        if path is None or columns is None or self._is_busy:
            return
        kind, source, day = (
            self.file.wanted_kind,
            self.file.source.text().strip() or path.stem,
            self.file.stated_on,
        )
        self._start(
            lambda report, token: services.registers.bring_in(
                path, kind, columns=columns, source=source, stated_on=day, dry_run=is_dry, report=report, cancel=token
            ),
            self._tried if is_dry else self._imported, writes=not is_dry,
        )  # fmt: skip

    def _start(
        self,
        call: Callable[[Report, CancelToken], Outcome[Any]],
        done: Callable[[Any], None],
        *,
        writes: bool,
    ) -> None:
        """Run long work that can be stopped; what was done in spite of that is shown as done."""
        token = self._token = CancelToken()

        def run(work: Work) -> Outcome[Any] | None:
            try:
                return call(work.report, token)
            except Cancelled:
                return None

        self._done = done
        self._busy(True)
        self.context.runner.run_long(
            run, self._over, self._failed, on_progress=self.progress.show_progress, owner=self, writes=writes
        )

    def _over(self, outcome: Outcome[Any] | None) -> None:
        self._busy(False)
        if outcome is None:
            self.context.notices.toast(tr("registers.import.cancelled"))
        elif self._done is not None:
            self._done(outcome.value)

    def _tried(self, result: Imported) -> None:
        self._ended(result, is_dry=True)
        self.result.import_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _imported(self, result: Imported) -> None:
        self._ended(result, is_dry=False)
        self.result.registers_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ended(self, result: Imported, *, is_dry: bool) -> None:
        self._result = result
        self.result.put(result, is_dry=is_dry)
        self._show_step("check" if is_dry else "done")

    def _failed(self, error: BaseException) -> None:
        self._busy(False)
        self._tell(error)

    def _tell(self, error: BaseException) -> None:
        """Say what is wrong with this file; it stands until another is chosen."""
        self._withdraw()
        self._told = error
        self.context.notices.error(error)

    def _withdraw(self) -> None:
        if self._told is not None:
            self.context.notices.withdraw(self._told)
            self._told = None

    def _cancel(self) -> None:
        self._token.cancel()

    def _busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        if is_busy:
            self.progress.count.setText("")
            self.progress.left.setText("")
            self.progress.stop.setEnabled(True)
            self.progress.bar.setRange(0, 0)
        self.progress.setVisible(is_busy)
        self.stack.setEnabled(not is_busy)

    def _ask_undo(self, batch: Batch) -> None:
        self._undoing = batch.id
        self._ask(batch.file)

    def _ask_undo_this(self) -> None:
        if self._result is not None and self._path is not None:
            self._undoing = self._result.batch
            self._ask(self._path.name)

    def _ask(self, name: str) -> None:
        dialog = ConfirmDialog(
            self, tr("registers.import.undo_ask", name=name), tr("registers.import.undo_means"), tr("registers.import.undo"),
            danger=True,
        )  # fmt: skip
        dialog.accepted.connect(self._undo)
        dialog.open()

    def _undo(self) -> None:
        services, batch = self.context.services, self._undoing
        self._start(
            lambda report, token: services.registers.undo(batch, report=report, cancel=token),
            self._undone,
            writes=True,
        )

    def _undone(self, undone: Undone) -> None:
        self.context.notices.toast(
            tr(
                "registers.import.undone",
                removed=undone.removed,
                restored=undone.restored,
                kept=len(undone.kept),
            )
        )
        self._begin()

    def _export(self) -> None:
        result, path, registers = self._result, self._path, self.context.services.registers
        if result is None or path is None:
            return
        name, _ = QFileDialog.getSaveFileName(
            self,
            tr("registers.import.export_rejected"),
            tr("registers.import.rejected_file", name=path.stem),
            "Excel (*.xlsx)",
        )
        if name:
            target = Path(name).with_suffix(".xlsx")
            self.context.runner.run_read(
                lambda: registers.write_rejected(target, result, note_words),
                self._exported, self.context.notices.error, owner=self,
            )  # fmt: skip

    def _exported(self, _nothing: None) -> None:
        self.context.notices.toast(tr("registers.import.rejected_written"))

    def _go(self, name: str) -> None:
        if self._is_busy:
            return
        if name == "file":
            self._begin()
        elif name == "columns" and self._path is not None:
            self._show_step("columns")

    def _show_step(self, name: str) -> None:
        place = STEPS.index(name)
        self.stack.setCurrentWidget(self.file if name == "file" else self.columns if name == "columns" else self.result)
        closed = STEPS[place + 1 :] + (("columns", "check") if name == "done" else ())
        self.steps.show_state(name, STEPS[:place], closed=closed)

    def _to_conflicts(self) -> None:
        self.context.go("registers-conflicts", about=self.file.wanted_kind.table)

    def _leave_for_registers(self) -> None:
        tab = "institutions" if self.file.wanted_kind.table == "institution" else "people"
        self.context.go("registers", tab=tab)
