"""The form of one task: which institution, what, with which checklists, who, until when."""

import dataclasses
import datetime as dt
from enum import StrEnum
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QWidget

from app.core import clock
from app.core.ids import InstitutionId
from app.core.outcome import Outcome
from app.core.places import Institution, Person
from app.core.tasks import Nature, Task, TaskKind
from app.gui.screen import Context
from app.gui.screens.registers.listing import on_key
from app.gui.screens.tasks.draft import Draft
from app.gui.screens.tasks.pickers import InstitutionPicker, MemberPicker, TemplatePicker, load
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import DateEdit, line_edit
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, scrolled, vbox
from checklists.schema import Template

SIDE_BY_SIDE = 760


class TaskForm(QWidget):
    """Creates a task, or changes one that has not begun. `finished` carries the saved task, or None."""

    finished = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self._context = context
        self._task: Task | None = None
        self._people: tuple[Person, ...] = ()
        self._every: tuple[Template, ...] = ()
        self.institution = InstitutionPicker(context)
        self.title = line_edit(tr("tasks.form.title"), hint=tr("tasks.form.title.hint"))
        self.nature = _choice(tr("tasks.form.nature"), Nature, "tasks.nature")
        self.kind = _choice(tr("tasks.form.kind"), TaskKind, "tasks.kind")
        self.due_on = DateEdit(tr("tasks.form.due"), _today)
        self.basis = line_edit(tr("tasks.form.basis"), hint=tr("tasks.form.basis.hint"))
        self.approval = line_edit(tr("tasks.form.approval"), hint=tr("tasks.form.approval.hint"))
        self.templates, self.members = TemplatePicker(), MemberPicker()
        inner = QWidget()
        self._columns: QBoxLayout = hbox(inner, margin=(24, 20), gap=Space.CARD)
        left = vbox(gap=Space.BETWEEN)
        left.addWidget(self._fields())
        left.addStretch(1)
        right = vbox(gap=Space.CARD)
        right.addWidget(self.templates, 1)
        right.addWidget(self.members, 1)
        self._columns.addLayout(left, 1)
        self._columns.addLayout(right, 1)
        column = vbox(self)
        column.addWidget(scrolled(inner), 1)
        column.addWidget(self._foot())
        self.institution.chosen.connect(self._institution_chosen)
        on_key(self, "Ctrl+S", self.save)

    @property
    def heading(self) -> str:
        """What the form is doing."""
        return tr("tasks.form.edit") if self._task is not None else tr("tasks.form.new")

    def begin(self, task: Task | None, *, institution: str | None = None) -> None:
        """Show an empty form, or a task to be changed."""
        self._task = task
        self._say("")
        for row in (self._institution_row, self._title_row):
            row.set_error("")
        self.title.setText(task.title if task else "")
        self.nature.setCurrentIndex(self.nature.findData(task.nature if task else Nature.ADMINISTRATIVE))
        self.kind.setCurrentIndex(self.kind.findData(task.kind if task else TaskKind.RANDOM))
        self.due_on.set_value(task.due_on if task else None)
        self.basis.setText(task.basis if task else "")
        self.approval.setText(task.approval_no if task else "")
        self.save_button.setText(tr("tasks.form.save" if task else "tasks.form.create"))
        self.institution.begin()
        wanted = task.institution if task else institution
        services, runner = self._context.services, self._context.runner
        runner.run_read(services.people.find, self._people_read, owner=self, key="people")
        if wanted:
            runner.run_read(
                lambda: services.institutions.get(InstitutionId(wanted)), self.institution.take, owner=self
            )
        self.members.put((), _today(), tuple(task.members) if task else ())

    def focus_first(self) -> None:
        """Put the cursor where filling in begins."""
        field = self.title if self.institution.value is not None else self.institution.search
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def draft(self) -> Draft:
        """Return what is filled in."""
        place = self.institution.value
        return Draft(
            institution=place.id if place else None,
            title=self.title.text().strip(),
            nature=Nature(self.nature.currentData()),
            kind=TaskKind(self.kind.currentData()),
            templates=self.templates.value,
            members=self.members.value,
            due_on=self.due_on.value(),
            basis=self.basis.text().strip(),
            approval_no=self.approval.text().strip(),
        )

    def save(self) -> None:
        """Create or change the task, or say what is missing."""
        draft = self.draft()
        lacks = draft.lacks()
        self._institution_row.set_error(tr("tasks.form.need.institution") if "institution" in lacks else "")
        self._title_row.set_error(tr("tasks.form.need.title") if "title" in lacks else "")
        wrong = self._form.wrong()
        rest = [tr(f"tasks.form.need.{name}") for name in ("templates", "members") if name in lacks]
        self._say("　".join(rest))
        if wrong is not None or lacks:
            return
        services, task = self._context.services, self._task
        self.save_button.setEnabled(False)
        self._context.runner.run_write(
            lambda: _saved(services, task, draft), self._done, self._failed, owner=self
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns below one another where the window is narrow."""
        super().resizeEvent(event)
        wide = event.size().width() >= current().px(SIDE_BY_SIDE)
        self._columns.setDirection(
            QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        )

    def _fields(self) -> Card:
        card = Card()
        self._form = Form()
        add = self._form.row
        self._institution_row = add(tr("tasks.form.institution"), self.institution, required=True)
        self._title_row = add(tr("tasks.form.title"), self.title, required=True)
        self._form.beside(add(tr("tasks.form.nature"), self.nature), add(tr("tasks.form.kind"), self.kind))
        self._form.beside(
            add(tr("tasks.form.due"), self.due_on), add(tr("tasks.form.approval"), self.approval)
        )
        add(tr("tasks.form.basis"), self.basis)
        card.body.addWidget(self._form)
        return card

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = hbox(foot, margin=(24, 12), gap=Space.INSIDE)
        self._missing = label("", "error", wrap=True)
        row.addWidget(self._missing, 1)
        row.addWidget(button(tr("tasks.form.cancel"), self._leave))
        self.save_button = button(tr("tasks.form.create"), self.save, kind="primary")
        row.addWidget(self.save_button)
        return foot

    def _people_read(self, people: tuple[Person, ...]) -> None:
        self._people = people
        self.members.put(people, _today(), self.members.value)

    def _institution_chosen(self, institution: Institution | None) -> None:
        if institution is not None:
            self._institution_row.set_error("")
        load(self._context, institution.id if institution else None, self, self._templates_read)

    def _templates_read(self, found: tuple[tuple[Template, ...], tuple[Template, ...]]) -> None:
        offered, every = found
        place, task = self.institution.value, self._task
        is_same = task is not None and place is not None and place.id == task.institution
        self.templates.put(offered, every, task.templates if task is not None and is_same else None)

    def _done(self, outcome: Outcome[Task]) -> None:
        self.save_button.setEnabled(True)
        words = tr("tasks.created", number=outcome.value.number) if self._task is None else tr("tasks.saved")
        self._context.notices.toast(words)
        self.finished.emit(outcome.value)

    def _failed(self, error: BaseException) -> None:
        self.save_button.setEnabled(True)
        self._context.notices.error(error)

    def _leave(self) -> None:
        self.finished.emit(None)

    def _say(self, sentence: str) -> None:
        self._missing.setText(sentence)


def _choice(name: str, values: type[StrEnum], area: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    for value in values:
        made.addItem(tr(f"{area}.{value}"), value)
    return made


def _saved(services: Any, task: Task | None, draft: Draft) -> Outcome[Task]:
    fields = {field.name: getattr(draft, field.name) for field in dataclasses.fields(draft)}
    result: Outcome[Task] = (
        services.tasks.create(**fields)
        if task is None
        else services.tasks.edit(dataclasses.replace(task, **fields))
    )
    return result


def _today() -> dt.date:
    return clock.today(clock.now())
