"""Reports: what is due, what it would say on its paper, and three ways out: PDF, workbook, a draft to be issued."""

import datetime as dt
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QSplitter, QWidget

from app.core.ids import TaskId
from app.core.outcome import Outcome
from app.core.papers import Paper
from app.core.reports import DueReport
from app.core.tasks import TaskLine
from app.gui.screen import Context
from app.gui.screens.coverage import due
from app.gui.screens.coverage.pane import FiguresPane, nothing
from app.gui.screens.coverage.rows import Shown
from app.gui.screens.papers.preview import Preview
from app.gui.screens.registers.listing import ListPane
from app.gui.screens.registers.rows import Column
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.asked import Asked
from app.gui.widgets.buttons import button
from app.gui.widgets.flow import Flow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox
from app.services.statistics.desk import Overview
from app.services.statistics.papers import OF

SIDE_BY_SIDE, LEAST_PREVIEW = 700, 200


class ReportsPane(FiguresPane):
    """The due reports beside the pages of the one that is chosen; Enter on a due one turns to its period."""

    chosen = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._found: Overview | None = None
        self._today: dt.date = dt.date.min
        self._wanted = ""
        self.due = ListPane(
            self._columns(), lambda one: f"{one.plan.id}-{one.report.id}-{one.due.on}", nothing("due"),
            name=tr("coverage.table.due"),
        )  # fmt: skip
        self.due.table.opened.connect(self._due_opened)
        self.kind = QComboBox()
        self.kind.setAccessibleName(tr("coverage.paper"))
        self.kind.currentIndexChanged.connect(self._turn)
        self.preview = Preview(context.runner)
        self.pdf = button(
            tr("coverage.save_pdf"), self.save_pdf, kind="primary", icon="pdf", shortcut="Ctrl+S"
        )
        self.book = button(tr("coverage.save_book"), self.save_book, icon="export", shortcut="Ctrl+E")
        self.draft_button = button(tr("coverage.draft"), self.ask_draft, icon="edit")
        left = QWidget()
        column = vbox(left, margin=(0, 0, 12, 0), gap=Space.INSIDE)
        column.addWidget(label(tr("coverage.due"), "strong"))
        column.addWidget(self.due, 1)
        right = QWidget()
        side = vbox(right, margin=(12, 0, 0, 0), gap=Space.INSIDE)
        name = label(tr("coverage.paper"), "secondary")
        name.setBuddy(self.kind)
        row = hbox(gap=Space.INSIDE)
        row.addWidget(name)
        row.addWidget(self.kind, 1)
        side.addLayout(row)
        side.addWidget(sized(self.preview, min_height=LEAST_PREVIEW), 1)
        actions = Flow(is_at_end=True)
        for one in (self.draft_button, self.book, self.pdf):
            actions.add(one)
        side.addWidget(actions)
        self._split = split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(sized(left, min_width=220))
        split.addWidget(sized(right, min_width=300))
        split.setStretchFactor(0, 4)
        split.setStretchFactor(1, 5)
        split.setSizes([400, 500])  # shared out like this, whatever the two would ask for when they are empty
        vbox(self).addWidget(split)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the report below what is due where the window is narrow."""
        super().resizeEvent(event)
        is_wide = event.size().width() >= current().px(SIDE_BY_SIDE)
        self._split.setOrientation(Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical)

    def put(self, shown: Shown) -> None:
        """Show an overview: the papers of its kind of period."""
        found = shown.found
        self._found, self._today = found, found.today
        before = self._wanted or str(self.kind.currentData() or "")
        self.kind.blockSignals(True)
        self.kind.clear()
        for paper in OF[found.report.every]:
            self.kind.addItem(found.paper(paper), paper)
        self.kind.setCurrentIndex(max(0, self.kind.findData(before)))
        self._wanted = ""
        self.kind.blockSignals(False)
        self._turn()
        services = self._context.services
        self._context.runner.run_read(services.statistics.due, self._show_due, owner=self, key="due")

    def focus_first(self) -> None:
        """Go to the due reports, or to the choice of a paper where none is due."""
        (self.due.table if self.due.model.rowCount() else self.kind).setFocus()

    def want(self, paper: str) -> None:
        """Show this paper of the overview that comes next."""
        self._wanted = paper

    def save_pdf(self) -> None:
        """Ask for a file and print the report into it."""
        path = self._ask_path(".pdf", "PDF (*.pdf)")
        found, paper, desk = self._found, self._paper, self._context.services.statistics
        if path is not None and found is not None:
            self._context.runner.run_read(lambda: desk.print_to(path, paper, found), self._saved, owner=self)

    def save_book(self) -> None:
        """Ask for a file and write the report as a workbook."""
        path = self._ask_path(".xlsx", "Excel (*.xlsx)")
        found, desk = self._found, self._context.services.statistics
        if path is not None and found is not None:
            self._context.runner.run_read(lambda: desk.write_book(path, found), self._saved, owner=self)

    def ask_draft(self) -> None:
        """Ask among the papers of which task the report is drafted."""
        services = self._context.services
        self._context.runner.run_read(services.tasks.lines, self._ask_task, owner=self, key="tasks")

    @property
    def _paper(self) -> str:
        return str(self.kind.currentData() or "")

    def _ask_task(self, lines: tuple[TaskLine, ...]) -> None:
        plan = self._found.report.plan if self._found is not None else None
        own = [one for one in lines if plan is not None and one.task.plan == plan.id] or list(lines)
        if not own:
            self._context.notices.banner(tr("coverage.draft.no_task"), tone="open")
            return
        dialog = DraftDialog(self, own)
        dialog.wanted.connect(self._draft)
        dialog.open()

    def _draft(self, task: str) -> None:
        found, paper, desk = self._found, self._paper, self._context.services.statistics
        if found is not None:
            self._context.runner.run_write(
                lambda: desk.draft(paper, found, TaskId(task)),
                self._drafted,
                self._context.notices.error,
                owner=self,
            )

    def _drafted(self, outcome: Outcome[Paper]) -> None:
        self._context.notices.toast(tr("coverage.drafted", title=outcome.value.title))
        self._context.go("papers", task=outcome.value.task, paper=outcome.value.id)

    def _turn(self, _index: int = 0) -> None:
        found, paper, desk = self._found, self._paper, self._context.services.statistics
        if found is not None and paper:
            self.preview.show_pages_of(lambda scale: desk.pages(paper, found, scale), fresh=True)

    def _ask_path(self, suffix: str, filters: str) -> Path | None:
        if self._found is None:
            return None
        report = self._found.report
        title = self.kind.currentText() if suffix == ".pdf" else tr(f"coverage.every.{report.every}.title")
        name = "".join(
            "_" if sign in '\\/:*?"<>|' else sign for sign in f"{title}_{report.last.isoformat()}{suffix}"
        )
        path, _ = QFileDialog.getSaveFileName(self, tr("coverage.save"), name, filters)
        return Path(path).with_suffix(suffix) if path else None

    def _saved(self, path: Path) -> None:
        self._context.notices.toast(tr("coverage.saved", name=path.name))

    def _show_due(self, found: tuple[DueReport, ...]) -> None:
        self.due.put(found)

    def _due_opened(self, one: DueReport) -> None:
        self.chosen.emit(one)

    def _columns(self) -> tuple[Column[DueReport], ...]:
        def order(one: DueReport) -> str:
            return one.due.on.isoformat()

        return (
            Column(
                tr("coverage.column.due"), due.when, order=order, mark=lambda one: due.mark(one, self._today)
            ),
            Column(tr("coverage.column.report"), lambda one: one.report.title, share=3, is_strong=True),
            Column(
                tr("coverage.column.left"), lambda one: due.left(one, self._today), order=order, is_spare=True
            ),
            Column(tr("coverage.column.plan"), lambda one: one.plan.title, share=2, is_spare=True),
            Column(tr("coverage.column.recipient"), lambda one: one.report.recipient, share=2, is_spare=True),
        )


class DraftDialog(Asked):
    """Asks for the task among whose papers a report is drafted."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget, lines: list[TaskLine]) -> None:
        super().__init__(parent, tr("coverage.draft.title"), 460)
        self.column.addWidget(label(tr("coverage.draft.text"), "muted", wrap=True))
        self.task: Any = QComboBox()
        self.task.setAccessibleName(tr("coverage.draft.task"))
        self.task.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for one in lines:
            self.task.addItem(f"{one.institution_name} · {one.task.number}", one.task.id)
        name = label(tr("coverage.draft.task"), "secondary")
        name.setBuddy(self.task)
        self.column.addWidget(name)
        self.column.addWidget(self.task)
        self.do = button(tr("coverage.draft.do"), self._do, kind="primary")
        self.answer(button(tr("coverage.draft.not"), self.reject), self.do)

    def _do(self) -> None:
        self.wanted.emit(str(self.task.currentData()))
        self.accept()
