"""All tasks, for the way to a wall and for exporting the papers of several at once."""

from PySide6.QtCore import QItemSelection, Signal
from PySide6.QtWidgets import QWidget

from app.core.ids import TaskId
from app.core.tasks import TaskLine
from app.gui.models.tuples import ROW
from app.gui.prefs import Prefs
from app.gui.screens.papers.under_way import UnderWay
from app.gui.screens.registers.listing import ListPane
from app.gui.screens.registers.rows import Column
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.layout import hbox, vbox


class TaskList(QWidget):
    """`opened` carries a task's id; `papers_wanted` and `cases_wanted` the ids that are chosen."""

    opened = Signal(object)
    papers_wanted = Signal(object)
    cases_wanted = Signal(object)
    office_wanted = Signal()

    def __init__(self, prefs: Prefs) -> None:
        super().__init__()
        columns: tuple[Column[TaskLine], ...] = (
            Column(tr("papers.column.institution"), lambda one: one.institution_name, share=5, is_strong=True),
            Column(tr("papers.column.task"), lambda one: one.task.title, share=4),
            Column(tr("papers.column.number"), lambda one: one.task.number),
            Column(tr("papers.column.members"), lambda one: "、".join(one.member_names), share=2, is_spare=True),
            Column(tr("papers.column.due"), lambda one: one.task.due_on.isoformat() if one.task.due_on else ""),
        )
        empty = EmptyState("task", tr("papers.no_tasks_title"), tr("papers.no_tasks_text"))
        self.list = ListPane(
            columns, lambda one: str(one.task.id), empty, name=tr("papers.tasks"), search=tr("papers.tasks_search"),
            prefs=prefs, memory="paper-tasks",
        )  # fmt: skip
        self.list.bar.addStretch(1)
        self.list.table.opened.connect(self._open)
        self.list.model.modelReset.connect(self._count)
        column = vbox(self, margin=Space.PAGE, gap=Space.BETWEEN)
        self.under_way = UnderWay()
        column.addWidget(self.under_way)
        column.addWidget(self.list, 1)
        foot = hbox(gap=Space.INSIDE)
        foot.addWidget(self.list.count)
        foot.addStretch(1)
        self.cases = button(tr("papers.cases_export"), self._want_cases, icon="folder")
        self.papers = button(tr("papers.batch_export"), self._want_papers, icon="export")
        self.open_button = button(tr("papers.open_wall"), self._open_current, kind="primary", icon="document")
        self.office = button(tr("papers.office"), self.office_wanted.emit, icon="institution")
        for one in (self.office, self.cases, self.papers, self.open_button):
            foot.addWidget(one)
        column.addLayout(foot)
        self.list.table.selectionModel().selectionChanged.connect(self._chosen)
        self._chosen()

    @property
    def chosen(self) -> tuple[TaskId, ...]:
        """The tasks that are selected."""
        rows = self.list.table.selectionModel().selectedRows()
        return tuple(index.data(ROW).task.id for index in rows)

    def show_tasks(self, lines: tuple[TaskLine, ...]) -> None:
        """Show these tasks."""
        self.list.put(lines)
        self._chosen()

    def begin(self, what: str) -> None:
        """Show long work; no other is begun meanwhile."""
        self.under_way.begin(what)
        self._chosen()

    def end(self) -> None:
        """Take the long work away."""
        self.under_way.end()
        self._chosen()

    def _chosen(self, *_: QItemSelection) -> None:
        count = len(self.chosen)
        self.open_button.setEnabled(count == 1)
        for one, key in ((self.papers, "papers.batch_export"), (self.cases, "papers.cases_export")):
            one.setEnabled(count > 0 and not self.under_way.is_busy)
            one.setText(f"{tr(key)} · {tr('papers.tasks_chosen', count=count)}" if count > 1 else tr(key))

    def _count(self) -> None:
        self.list.count.setText(tr("papers.tasks_count", count=self.list.model.rowCount()))

    def _open(self, line: TaskLine) -> None:
        self.opened.emit(line.task.id)

    def _open_current(self) -> None:
        if len(self.chosen) == 1:
            self.opened.emit(self.chosen[0])

    def _want_papers(self) -> None:
        self.papers_wanted.emit(self.chosen)

    def _want_cases(self) -> None:
        self.cases_wanted.emit(self.chosen)
