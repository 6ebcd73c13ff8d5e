"""What a team is told of its task: arrangement, what is known, former checks, discipline; on paper as one sheet."""

import datetime as dt
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QVBoxLayout, QWidget

from app.core.ids import PersonId, TaskId
from app.core.money import from_fen
from app.core.outcome import Outcome
from app.core.task_views import PastTask, TaskView, TaskWarning
from app.core.tasks import Task, TaskState
from app.gui.screen import Context
from app.gui.screens.tasks.recuse import Recused, RecuseDialog
from app.gui.screens.tasks.words import date_words, state_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import DateEdit
from app.gui.widgets.flow import Flow
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import beside_or_below, emptied, grid, hbox, scrolled, sized, vbox
from app.gui.widgets.parsing import money_text

SIDE_BY_SIDE = 760
FOLDER = "documents/folder"
_MOST_HISTORY = 8


class BriefPage(QWidget):
    """One task before the visit. `left` goes back to the list; `made` carries the id of a task that looks back."""

    left = Signal()
    made = Signal(str)

    def __init__(self, context: Context, today: Any) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self._context, self._task = context, TaskId("")
        self.view: TaskView | None = None
        self.dialog: RecuseDialog | None = None
        self.planned = DateEdit(tr("task_brief.planned"), today)
        self.plan_button = button(tr("task_brief.plan"), self.plan)
        inner = QWidget()
        self._columns: QBoxLayout = hbox(inner, margin=(24, 20), gap=Space.CARD)
        left, right = vbox(gap=Space.CARD), vbox(gap=Space.CARD)
        self._arranged, self._warned = Card(tr("task_brief.arranged")), Card(tr("task_brief.warnings"))
        self._known, self._past = Card(tr("task_brief.known")), Card(tr("task_brief.past"))
        self._discipline, self._recusals = Card(tr("task_brief.discipline")), Card(tr("task_brief.recusals"))
        day = hbox(gap=Space.INSIDE)
        name = label(tr("task_brief.planned"), "secondary")
        name.setBuddy(self.planned)
        day.addWidget(name)
        day.addWidget(sized(self.planned, max_width=150))
        day.addWidget(self.plan_button)
        day.addStretch(1)
        self._facts = grid(gap=Space.INSIDE)
        self._facts.setColumnStretch(1, 1)
        self._arranged.body.addLayout(self._facts)
        self._arranged.body.addLayout(day)
        self._bodies: dict[Card, QVBoxLayout] = {}
        for card in (self._warned, self._arranged, self._recusals):
            self._bodies[card] = vbox(gap=Space.HAIR)
            card.body.addLayout(self._bodies[card])
            left.addWidget(card)
        left.addStretch(1)
        for card in (self._known, self._past, self._discipline):
            self._bodies[card] = vbox(gap=Space.HAIR)
            card.body.addLayout(self._bodies[card])
            right.addWidget(card)
        right.addStretch(1)
        self._columns.addLayout(left, 1)
        self._columns.addLayout(right, 1)
        column = vbox(self)
        column.addWidget(scrolled(inner), 1)
        column.addWidget(self._foot())

    def open(self, task: TaskId) -> None:
        """Show a task."""
        self._task = task
        self.reload()

    def reload(self) -> None:
        """Read the task anew."""
        tasks, task = self._context.services.tasks, self._task
        self._context.runner.run_read(lambda: tasks.view(task), self._show, owner=self, key="brief")

    def plan(self) -> None:
        """Set the planned day, or take it back where the field is empty."""
        if self.planned.check():
            return
        tasks, task, day = self._context.services.tasks, self._task, self.planned.value()
        self._context.runner.run_write(lambda: tasks.plan_date(task, day), self._planned, self._failed, owner=self)

    def recuse(self) -> None:
        """Ask who steps back and who comes instead."""
        if self.view is not None and self.recuse_button.isEnabled():
            self.dialog = RecuseDialog(self, self.view, self._ask_candidates)
            self.dialog.told.connect(self._recuse)
            self.dialog.open()

    def look_back(self) -> None:
        """Make a task that looks back at this one."""
        tasks, task = self._context.services.tasks, self._task
        if self.back_button.isEnabled():
            self._context.runner.run_write(lambda: tasks.look_back(task), self._looked_back, self._failed, owner=self)

    def number(self) -> None:
        """Give the task its final number."""
        tasks, task = self._context.services.tasks, self._task
        self._context.runner.run_write(lambda: tasks.assign_number(task), self._numbered, self._failed, owner=self)

    def export(self) -> None:
        """Ask where to put the briefing sheet."""
        if self.view is None:
            return
        dialog = QFileDialog(self, tr("task_brief.export"), self._context.prefs.text(FOLDER))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([tr("task_brief.file_kind")])
        dialog.selectFile(tr("task_brief.file_name", number=_safe(self.view.task.number)))
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def export_to(self, path: str) -> None:
        """Write the briefing sheet."""
        from pathlib import Path

        tasks, task, to = self._context.services.tasks, self._task, Path(path)
        to = to if to.suffix.lower() == ".pdf" else to.with_name(to.name + ".pdf")
        self._context.prefs.set(FOLDER, str(to.parent))
        self._context.runner.run_write(lambda: tasks.export_sheet(task, to), self._exported, self._failed, owner=self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns below one another where the window is narrow."""
        super().resizeEvent(event)
        beside_or_below(self._columns, event.size().width(), SIDE_BY_SIDE)

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = hbox(foot, margin=(24, 12), gap=Space.INSIDE)
        row.addWidget(button(tr("task_brief.back"), self._leave, icon="back"))
        deeds = Flow(is_at_end=True)
        row.addWidget(deeds, 1)
        self.back_button = button(tr("task_brief.look_back"), self.look_back, icon="undo")
        self.recuse_button = button(tr("task_brief.recuse"), self.recuse, icon="people")
        self.export_button = button(tr("task_brief.sheet"), self.export, icon="pdf")
        self.visit_button = button(tr("tasks.open"), self._visit, kind="primary", icon="next")
        self.number_button = button(tr("task_brief.number"), self.number, icon="edit")
        for one in (self.number_button, self.back_button, self.recuse_button, self.export_button, self.visit_button):
            deeds.add(one)
        return foot

    def _show(self, view: TaskView) -> None:
        self.view, task = view, view.task
        is_open = task.state in (TaskState.ASSIGNED, TaskState.IN_PROGRESS)
        self.planned.set_value(task.planned_on)
        for one in (self.planned, self.plan_button):
            one.setEnabled(task.state is TaskState.ASSIGNED)
        self.recuse_button.setEnabled(is_open)
        self.number_button.setVisible(task.is_provisional and task.state is TaskState.ASSIGNED)
        self.back_button.setEnabled(task.state in (TaskState.IN_PROGRESS, TaskState.SIGNED, TaskState.CLOSED))
        self._fill(self._warned, [tr(f"task_brief.warning.{one.code}", **_said(one)) for one in view.warnings], "bad")
        self._warned.setVisible(bool(view.warnings) and is_open)
        self._fill_facts(view)
        self._fill(self._recusals, [_recusal(one) for one in view.recusals])
        self._recusals.setVisible(bool(view.recusals))
        known = [tr("task_brief.known.line", text=one.text, source=one.source) if one.source else one.text
                 for one in (*task.brief.known, *view.self_check)]  # fmt: skip
        self._fill(self._known, known or [tr("task_brief.known.none")])
        self._fill(self._past, [_past(one) for one in view.history[:_MOST_HISTORY]] or [tr("task_brief.past.none")])
        self._fill(self._discipline, [f"{place}. {text}" for place, text in enumerate(view.discipline, 1)])

    def _fill_facts(self, view: TaskView) -> None:
        task = view.task
        sources = (view.plan_title, view.draw_number, view.lead_number, view.review_number, task.brief.origin)
        facts = (
            ("institution", "　".join(one for one in (view.institution_name, view.address) if one)),
            ("contact", view.contact),
            ("state", f"{_number(task)}　{state_words(task.state)}"),
            ("source", "　".join(one for one in (tr(f"tasks.kind.{task.kind}"), *sources) if one)),
            ("basis", task.basis),
            ("team", "、".join(tr("task_brief.leader", name=one) if one == view.leader_name else one for one in view.names)),
            ("experts", "、".join(view.expert_names)),
            ("checklists", "、".join(view.templates)),
            ("due", date_words(task.due_on) or tr("tasks.due.unset")),
            ("note", task.brief.note),
        )
        emptied(self._facts)
        for row, (name, text) in enumerate((name, text) for name, text in facts if text):
            self._facts.addWidget(label(tr(f"task_brief.fact.{name}"), "secondary"), row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(selectable(text), row, 1)

    def _fill(self, card: Card, lines: list[str], tone: str = "") -> None:
        body = self._bodies[card]
        emptied(body)
        for line in lines:
            made = selectable(line)
            if tone:
                made.setProperty("tone", tone)
            body.addWidget(made)

    def _ask_candidates(self, person: PersonId) -> None:
        tasks, task = self._context.services.tasks, self._task
        self._context.runner.run_read(
            lambda: tasks.candidates(task, person), self._offer, owner=self, key="candidates"
        )

    def _offer(self, found: Any) -> None:
        if self.dialog is not None:
            self.dialog.offer(found)

    def _recuse(self, told: Recused) -> None:
        self.dialog = None
        tasks, task = self._context.services.tasks, self._task
        self._context.runner.run_write(
            lambda: tasks.recuse(
                task, told.person, told.ground, told.replacement, told.reason, is_nobody=told.is_nobody
            ),
            self._recused, self._failed, owner=self,
        )  # fmt: skip

    def _recused(self, outcome: Outcome[Any]) -> None:
        one = outcome.value
        self._context.notices.toast(
            tr("task_brief.replaced", name=one.name, by=one.replaced_by_name) if one.replaced_by_name
            else tr("task_brief.gone", name=one.name)
        )  # fmt: skip
        self.reload()

    def _planned(self, outcome: Outcome[Any]) -> None:
        day: dt.date | None = outcome.value.planned_on
        self._context.notices.toast(tr("task_brief.planned.set", day=date_words(day)) if day else tr("task_brief.planned.none"))
        self.reload()

    def _numbered(self, outcome: Outcome[Any]) -> None:
        self._context.notices.toast(tr("task_brief.numbered", number=outcome.value.number))
        self.reload()

    def _looked_back(self, outcome: Outcome[Any]) -> None:
        self._context.notices.toast(tr("tasks.created", number=outcome.value.number))
        self.made.emit(outcome.value.id)

    def _exported(self, outcome: Outcome[Any]) -> None:
        self._context.notices.toast(tr("task_brief.exported", name=outcome.value.name))

    def _failed(self, error: BaseException) -> None:
        self._context.notices.error(error)

    def _visit(self) -> None:
        self._context.go("inspection", task=self._task)

    def _leave(self) -> None:
        self.left.emit()


def _said(one: TaskWarning) -> dict[str, str]:
    return {"name": one.name, "day": date_words(one.day)}


def _number(task: Task) -> str:
    """Return the number, and the provisional one that it had before."""
    is_new = task.interim and not task.is_provisional
    return tr("task_brief.number.both", number=task.number, interim=task.interim) if is_new else task.number


def _past(one: PastTask) -> str:
    found = "、".join(one.findings)
    amount = tr("task_brief.past.amount", amount=money_text(from_fen(one.amount_fen))) if one.amount_fen else ""
    head = "　".join(text for text in (one.on_day.isoformat(), one.title or one.by_whom, one.number) if text)
    rest = "；".join(text for text in (found + amount, "、".join(one.papers), one.outcome) if text)
    return f"{head}\n{rest}" if rest else head


def _recusal(one: Any) -> str:
    key = "listed" if one.source == "draw" else "by_hand" if one.replaced_by else "nobody"
    return tr(
        f"task_brief.recusal.{key}", name=one.name, ground=tr(f"task_brief.ground.{one.ground}"), by=one.replaced_by_name,
        place=one.position, reason=one.reason,
    )  # fmt: skip


def _safe(number: str) -> str:
    return "".join(sign for sign in number if sign not in '\\/:*?"<>|')
