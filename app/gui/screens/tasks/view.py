"""The tasks: a list with filters, and the form behind it."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.ids import TaskId
from app.core.outcome import Outcome
from app.core.task_views import FromDraw
from app.core.tasks import Task, TaskLine, TaskState
from app.gui.screen import Context, Screen
from app.gui.screens.registers.listing import ListPane, Pills, on_key
from app.gui.screens.registers.rows import Column
from app.gui.screens.tasks.brief import BriefPage
from app.gui.screens.tasks.cards import CancelCard, DrawnCard
from app.gui.screens.tasks.due import due
from app.gui.screens.tasks.form import TaskForm, today
from app.gui.screens.tasks.words import (
    date_words,
    due_mark,
    due_words,
    progress_words,
    source_words,
    state_mark,
    state_words,
)
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.flow import Flow
from app.gui.widgets.layout import hbox, vbox

if TYPE_CHECKING:
    from app.core.outcome import Change

FILTERS: dict[str, tuple[TaskState, ...]] = {
    "open": (TaskState.ASSIGNED, TaskState.IN_PROGRESS),
    "signed": (TaskState.SIGNED,),
    "closed": (TaskState.CLOSED,),
    "cancelled": (TaskState.CANCELLED,),
    "all": tuple(TaskState),
}
TABLES = {"task", "task_recusal", "plan", "lead", "institution", "person", "inspection", "answer", "document", "signature", "sync"}


def columns() -> tuple[Column[TaskLine], ...]:
    """Return the columns of the task list."""
    return (
        Column(tr("tasks.column.institution"), lambda line: line.institution_name, share=5, is_strong=True),
        Column(tr("tasks.column.title"), lambda line: line.task.title, share=4),
        Column(
            tr("tasks.column.due"), lambda line: due_words(_due(line)), order=lambda line: str(line.task.due_on or "~"),
            mark=lambda line: due_mark(_due(line)),
        ),
        Column(
            tr("tasks.column.state"), lambda line: state_words(line.task.state),
            order=lambda line: tuple(TaskState).index(line.task.state), mark=lambda line: state_mark(line.task.state),
        ),
        Column(tr("tasks.column.progress"), progress_words, order=lambda line: line.progress or (-1, 0), is_spare=True),
        Column(tr("tasks.column.source"), source_words, share=3, is_extra=True),
        Column(
            tr("tasks.column.planned"), lambda line: date_words(line.task.planned_on) or "—",
            order=lambda line: str(line.task.planned_on or "~"),
            is_extra=True,
        ),
        Column(tr("tasks.column.members"), lambda line: "、".join(line.member_names), is_spare=True),
        Column(tr("tasks.column.number"), lambda line: line.task.number, is_spare=True),
    )  # fmt: skip


class TasksScreen(Screen):
    """All tasks; Enter goes to the inspection of the current one."""

    made_later = ("form", "brief")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._lines: tuple[TaskLine, ...] = ()
        self._wanted: str | None = None
        empty = EmptyState(
            "task",
            tr("tasks.empty.title"),
            tr("tasks.empty.text"),
            action=tr("tasks.new"),
            on_action=self.new,
        )
        self.list = ListPane(
            columns(), lambda line: line.task.id, empty, name=tr("tasks.list"), search=tr("tasks.search"),
            prefs=context.prefs, memory="tasks",
        )  # fmt: skip
        self.pills = Pills(tr("tasks.filter.name"), [(key, tr(f"tasks.filter.{key}")) for key in FILTERS])
        self.pills.chosen.connect(self._filter)
        self.list.bar.addWidget(self.pills)
        self.list.bar.addStretch(1)
        self.new_button = button(tr("tasks.new"), self.new, kind="primary", icon="add")
        self.list.bar.addWidget(self.new_button)
        self.list.cleared.connect(self._show_all)
        self.list.table.opened.connect(self._open)
        self.list.table.picked.connect(self._picked)
        self.list.model.modelReset.connect(self._count)
        self.cancelling = CancelCard()
        self.cancelling.confirmed.clicked.connect(self._cancel_now)
        self.cancelling.kept.clicked.connect(self._keep)
        page = QWidget()
        column = vbox(page, margin=Space.PAGE, gap=Space.BETWEEN)
        self.drawn = DrawnCard()
        self.drawn.made.clicked.connect(self._make_drawn)
        column.addWidget(self.drawn)
        column.addWidget(self.list, 1)
        column.addWidget(self.cancelling)
        column.addLayout(self._actions())
        self.stack = QStackedWidget()
        self.stack.addWidget(page)
        vbox(self).addWidget(self.stack)
        on_key(self, "Ctrl+N", self.new)
        on_key(page, "Ctrl+E", self.edit)
        on_key(page, "Ctrl+I", self.show_brief)
        on_key(page, "Ctrl+G", self._make_drawn)
        on_key(page, "Ctrl+D", self._go_calendar)
        on_key(page, "Ctrl+J", self._go_leads)
        on_key(page, "Delete", self.cancel)
        self._picked(None)
        self._count()

    @cached_property
    def form(self) -> TaskForm:
        """A task that is begun or changed."""
        made = TaskForm(self.context)
        made.finished.connect(self._form_finished)
        self.stack.addWidget(made)
        return made

    @cached_property
    def brief(self) -> BriefPage:
        """What is known of one task."""
        made = BriefPage(self.context, today)
        made.left.connect(self._show_list)
        made.made.connect(self._made)
        on_key(made, "Ctrl+R", made.recuse)
        on_key(made, "Ctrl+P", made.export)
        self.stack.addWidget(made)
        return made

    def open(self, **params: Any) -> None:
        """Show the list, or the form for a new task (`new=True`, perhaps with `institution` or `lead`), or one task (`task`).

        With `brief=True` the brief of that task is shown; `text` narrows the list, as the title of a plan does.
        """
        self.set_heading(tr("tasks.title"))
        self._wanted = params.get("task")
        if params.get("brief") and self._wanted:
            self._open_brief(TaskId(self._wanted))
        elif params.get("new"):
            self.form.begin(None, institution=params.get("institution"), lead=params.get("lead"))
            self._show_form()
        else:
            if params.get("text"):
                self.list.search.setText(str(params["text"]))
            self._show_list()
        self._read()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Reload the list if a task or its inspection changed."""
        if not changes or any(change.table in TABLES for change in changes):
            self._read()
            if isinstance(shown := self.stack.currentWidget(), BriefPage):
                shown.reload()

    def escape(self) -> bool:
        """Leave the form or the question about cancelling."""
        if self.stack.currentIndex() > 0:
            self._show_list()
            return True
        if self.cancelling.isVisible():
            self._keep()
            return True
        return False

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        names = (
            ("Ctrl+F", "find"),
            ("Ctrl+N", "new"),
            ("Enter", "open"),
            ("Ctrl+E", "edit"),
            ("Delete", "cancel"),
            ("Ctrl+I", "brief"),
            ("Ctrl+R", "recuse"),
            ("Ctrl+P", "sheet"),
            ("Ctrl+G", "drawn"),
            ("Ctrl+D", "calendar"),
            ("Ctrl+J", "leads"),
        )
        return tuple((keys, tr(f"tasks.key.{name}")) for keys, name in (*names, ("Ctrl+C", "copy")))

    def new(self) -> None:
        """Begin a new task."""
        self.form.begin(None)
        self._show_form()

    def edit(self) -> None:
        """Change the current task."""
        line = self.list.table.current()
        if isinstance(line, TaskLine) and line.task.state is TaskState.ASSIGNED:
            self.form.begin(line.task)
            self._show_form()

    def cancel(self) -> None:
        """Ask why the current task is cancelled."""
        line = self.list.table.current()
        if isinstance(line, TaskLine) and line.task.state is TaskState.ASSIGNED:
            self.cancelling.ask(line)

    def show_brief(self) -> None:
        """Show what is known of the current task."""
        line = self.list.table.current()
        if isinstance(line, TaskLine):
            self._open_brief(line.task.id)

    def _open_brief(self, task: TaskId) -> None:
        self.brief.open(task)
        self.stack.setCurrentWidget(self.brief)
        self.set_heading(tr("tasks.title"), tr("task_brief.title"))
        self.brief.visit_button.setFocus()

    def _made(self, task: str) -> None:
        self._wanted = task
        self.pills.choose("open")
        self._show_list()
        self._read()

    def _go_calendar(self) -> None:
        self.context.go("calendar")

    def _go_leads(self) -> None:
        self.context.go("leads")

    def _actions(self) -> Any:
        row = hbox(gap=Space.INSIDE)
        self.open_button = button(tr("tasks.open"), self._open_current, icon="next")
        self.edit_button = button(tr("tasks.edit"), self.edit, icon="edit")
        self.cancel_button = button(tr("tasks.cancel"), self.cancel, icon="void")
        self.brief_button = button(tr("task_brief.title"), self.show_brief, icon="note")
        row.addWidget(self.list.count)
        row.addWidget(button(tr("tasks.calendar"), self._go_calendar, kind="quiet", icon="calendar"))
        row.addWidget(button(tr("tasks.leads"), self._go_leads, kind="quiet", icon="flag"))
        deeds = Flow(is_at_end=True)
        for one in (self.cancel_button, self.edit_button, self.brief_button, self.open_button):
            deeds.add(one)
        row.addWidget(deeds, 1)
        return row

    def _read(self) -> None:
        tasks = self.context.services.tasks
        self.context.runner.run_read(tasks.lines, self._show, owner=self, key="lines")
        self.context.runner.run_read(tasks.waiting_draws, self.drawn.show_draws, owner=self, key="draws")

    def _make_drawn(self) -> None:
        draw, tasks = self.drawn.draw, self.context.services.tasks
        if draw is not None and self.drawn.made.isEnabled():
            self.drawn.made.setEnabled(False)
            self.context.runner.run_long(
                lambda work: tasks.from_draw(draw.id, progress=work.report, cancel=work.token),
                self._drawn_made, self._drawn_failed, on_progress=self.drawn.show_progress, owner=self, writes=True,
            )  # fmt: skip

    def _drawn_made(self, outcome: Outcome[FromDraw]) -> None:
        made = outcome.value
        key = "tasks.drawn.lacking" if made.without_team else "tasks.drawn.done"
        self.context.notices.toast(tr(key, count=len(made.made), lacking=len(made.without_team)))
        self._read()

    def _drawn_failed(self, error: BaseException) -> None:
        self.context.notices.error(error)
        self._read()

    def _show(self, lines: tuple[TaskLine, ...]) -> None:
        self._lines = lines
        self._filter(self.pills.value)
        if self._wanted is not None and self.list.table.choose(self._wanted):
            self._wanted = None

    def _filter(self, key: str) -> None:
        states = FILTERS[key]
        shown = [line for line in self._lines if line.task.state in states]
        self.list.put(shown, is_narrowed=len(shown) < len(self._lines))

    def _count(self) -> None:
        shown, whole = self.list.model.rowCount(), len(self._lines)
        key = "tasks.count" if shown == whole else "tasks.count.of"
        self.list.count.setText(tr(key, shown=shown, all=whole))
        # One primary action per screen: an empty list has its own.
        self.new_button.setVisible(whole > 0)

    def _show_all(self) -> None:
        self.pills.choose("all")

    def _picked(self, line: object) -> None:
        is_line = isinstance(line, TaskLine)
        may_change = isinstance(line, TaskLine) and line.task.state is TaskState.ASSIGNED
        self.open_button.setEnabled(is_line)
        self.brief_button.setEnabled(is_line)
        self.edit_button.setEnabled(may_change)
        self.cancel_button.setEnabled(may_change)

    def _open_current(self) -> None:
        line = self.list.table.current()
        if line is not None:
            self._open(line)

    def _open(self, line: TaskLine) -> None:
        self.context.go("inspection", task=line.task.id)

    def _keep(self) -> None:
        self.cancelling.hide()
        self.list.table.setFocus()

    def _cancel_now(self) -> None:
        task, reason = self.cancelling.task, self.cancelling.reason.text().strip()
        if task is not None and reason:
            services = self.context.services
            self.context.runner.run_write(
                lambda: services.tasks.cancel(task, reason), self._cancelled, self._not_cancelled, owner=self
            )

    def _cancelled(self, outcome: Outcome[Task]) -> None:
        self._keep()
        self.context.notices.toast(tr("tasks.cancelled", number=outcome.value.number))

    def _not_cancelled(self, error: BaseException) -> None:
        self._keep()
        self.context.notices.error(error)

    def _show_form(self) -> None:
        self.cancelling.hide()
        self.stack.setCurrentWidget(self.form)
        self.set_heading(tr("tasks.title"), self.form.heading)
        self.form.focus_first()

    def _show_list(self) -> None:
        self.stack.setCurrentIndex(0)
        self.set_heading(tr("tasks.title"))
        self.list.table.setFocus()

    def _form_finished(self, task: object) -> None:
        if isinstance(task, Task):
            self._wanted = task.id
            if task.state not in FILTERS[self.pills.value]:
                self.pills.choose("open")
            self._read()
        self._show_list()


def _due(line: TaskLine) -> Any:
    return due(line.task.due_on, line.days_left)
