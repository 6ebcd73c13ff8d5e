"""The form of one task: which institution, what, with which checklists, who, until when."""

import dataclasses
import datetime as dt
from enum import StrEnum
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QPlainTextEdit, QWidget

from app.core import clock
from app.core.ids import InstitutionId, PersonId
from app.core.leads import LeadId, LeadLine
from app.core.outcome import Outcome
from app.core.places import Institution, Person, Role
from app.core.tasks import Known, Nature, Task, TaskKind
from app.gui.screen import Context
from app.gui.screens.registers.listing import on_key
from app.gui.screens.tasks.draft import Draft
from app.gui.screens.tasks.pickers import InstitutionPicker, MemberPicker, TemplatePicker, load
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import DateEdit, line_edit
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import label
from app.gui.widgets.layout import beside_or_below, hbox, scrolled, sized, vbox
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
        self._leader: PersonId | None = None
        self._lead: LeadId | None = None
        self._people: tuple[Person, ...] = ()
        self.institution = InstitutionPicker(context)
        self.title = line_edit(tr("tasks.form.title"), hint=tr("tasks.form.title.hint"))
        self.nature = _choice(tr("tasks.form.nature"), Nature, "tasks.nature")
        self.kind = _choice(tr("tasks.form.kind"), TaskKind, "tasks.kind")
        self.due_on = DateEdit(tr("tasks.form.due"), today)
        self.planned_on = DateEdit(tr("tasks.form.planned"), today)
        self.origin = line_edit(tr("tasks.form.origin"), hint=tr("tasks.form.origin.hint"))
        self.known = QPlainTextEdit()
        self.known.setAccessibleName(tr("tasks.form.known"))
        self.known.setPlaceholderText(tr("tasks.form.known.hint"))
        self.known.setTabChangesFocus(True)
        sized(self.known, height=64)
        self.leader = QComboBox()
        self.leader.setAccessibleName(tr("tasks.form.leader"))
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
        self.members.model.ticked_changed.connect(self._offer_leaders)
        on_key(self, "Ctrl+S", self.save)

    @property
    def heading(self) -> str:
        """What the form is doing."""
        return tr("tasks.form.edit") if self._task is not None else tr("tasks.form.new")

    def begin(self, task: Task | None, *, institution: str | None = None, lead: str | None = None) -> None:
        """Show an empty form, one for the task that checks a lead, or a task to be changed."""
        self._task, self._lead = task, LeadId(lead) if lead else None
        for one in (self.kind, self.institution.change):
            one.setEnabled(lead is None)
        self._say("")
        for row in (self._institution_row, self._title_row):
            row.set_error("")
        self.title.setText(task.title if task else "")
        self.nature.setCurrentIndex(self.nature.findData(task.nature if task else Nature.ADMINISTRATIVE))
        self.kind.setCurrentIndex(self.kind.findData(task.kind if task else TaskKind.RANDOM))
        self.due_on.set_value(task.due_on if task else None)
        self.planned_on.set_value(task.planned_on if task else None)
        self.origin.setText(task.brief.origin if task else "")
        self.known.setPlainText("\n".join(known_line(one) for one in task.brief.known) if task else "")
        self._leader = task.leader if task else None
        self.basis.setText(task.basis if task else "")
        self.approval.setText(task.approval_no if task else "")
        self.save_button.setText(tr("tasks.form.save" if task else "tasks.form.create"))
        self.institution.begin()
        wanted = task.institution if task else institution
        services, runner = self._context.services, self._context.runner
        if self._lead is not None:
            asked = self._lead
            runner.run_read(lambda: services.leads.line(asked), self._lead_read, owner=self, key="lead")
        runner.run_read(services.people.find, self._people_read, owner=self, key="people")
        if wanted:
            runner.run_read(
                lambda: services.institutions.get(InstitutionId(wanted)), self.institution.take, owner=self
            )
        self.members.put((), today(), tuple(task.people) if task else ())

    def focus_first(self) -> None:
        """Put the cursor where filling in begins."""
        field = self.title if self.institution.value is not None else self.institution.search
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def draft(self) -> Draft:
        """Return what is filled in."""
        place = self.institution.value
        assist = {one.id for one in self._people if one.role is not Role.INSPECTOR}
        going, lines = self.members.value, self.known.toPlainText().splitlines()
        return Draft(
            institution=place.id if place else None,
            title=self.title.text().strip(),
            nature=Nature(self.nature.currentData()),
            kind=TaskKind(self.kind.currentData()),
            templates=self._with_versions(self.templates.value),
            members=tuple(one for one in going if one not in assist) or going,
            due_on=self.due_on.value(),
            basis=self.basis.text().strip(),
            approval_no=self.approval.text().strip(),
            planned_on=self.planned_on.value(),
            leader=self.leader.currentData(),
            experts=tuple(one for one in going if one in assist and any(two not in assist for two in going)),
            known=tuple(read_known(line) for line in lines if line.strip()),
            origin=self.origin.text().strip(),
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
        services, task, lead = self._context.services, self._task, self._lead
        self.save_button.setEnabled(False)
        self._context.runner.run_write(
            lambda: _saved(services, task, draft, lead), self._done, self._failed, owner=self
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns below one another where the window is narrow."""
        super().resizeEvent(event)
        beside_or_below(self._columns, event.size().width(), SIDE_BY_SIDE)

    def _fields(self) -> Card:
        card = Card()
        self._form = Form()
        add = self._form.row
        self._institution_row = add(tr("tasks.form.institution"), self.institution, required=True)
        self._title_row = add(tr("tasks.form.title"), self.title, required=True)
        self._form.beside(add(tr("tasks.form.nature"), self.nature), add(tr("tasks.form.kind"), self.kind))
        self._form.beside(
            add(tr("tasks.form.planned"), self.planned_on), add(tr("tasks.form.due"), self.due_on)
        )
        self._form.beside(
            add(tr("tasks.form.leader"), self.leader), add(tr("tasks.form.approval"), self.approval)
        )
        add(tr("tasks.form.basis"), self.basis)
        add(tr("tasks.form.origin"), self.origin)
        add(tr("tasks.form.known"), self.known)
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

    def _lead_read(self, line: LeadLine) -> None:
        """Fill in what follows from a lead; nothing of who reported it is known here."""
        lead, services = line.lead, self._context.services
        self.title.setText(tr("tasks.form.of_lead", institution=line.institution_name))
        self.kind.setCurrentIndex(self.kind.findData(TaskKind.COMPLAINT))
        self.due_on.set_value(lead.due_on)
        self.basis.setText(tr("tasks.form.of_lead.basis", number=lead.number))
        self.known.setPlainText(known_line(Known(" ".join(lead.content.split()), lead.number)))
        if lead.institution is not None:
            place = lead.institution
            self._context.runner.run_read(
                lambda: services.institutions.get(place), self.institution.take, owner=self, key="of lead"
            )

    def _people_read(self, people: tuple[Person, ...]) -> None:
        self._people = people
        self.members.put(people, today(), self.members.value)
        self._offer_leaders()

    def _offer_leaders(self) -> None:
        names = {one.id: one.name for one in self._people if one.role is Role.INSPECTOR}
        kept = self.leader.currentData() or self._leader
        self.leader.clear()
        self.leader.addItem(tr("tasks.form.leader.none"), None)
        for one in self.members.value:
            if one in names:
                self.leader.addItem(names[one], one)
        self.leader.setCurrentIndex(max(self.leader.findData(kept), 0))

    def _with_versions(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Return checklists in the versions that the task named."""
        named = {one.partition("@")[0]: one for one in self._task.templates} if self._task is not None else {}
        return tuple(named.get(one, one) for one in ids)

    def _institution_chosen(self, institution: Institution | None) -> None:
        if institution is not None:
            self._institution_row.set_error("")
        load(self._context, institution.id if institution else None, self, self._templates_read)

    def _templates_read(self, found: tuple[tuple[Template, ...], tuple[Template, ...]]) -> None:
        offered, every = found
        place, task = self.institution.value, self._task
        is_same = task is not None and place is not None and place.id == task.institution
        ticked = [one.partition("@")[0] for one in task.templates] if task is not None and is_same else None
        self.templates.put(offered, every, ticked)

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


def _saved(services: Any, task: Task | None, draft: Draft, lead: LeadId | None) -> Outcome[Task]:
    fields = {field.name: getattr(draft, field.name) for field in dataclasses.fields(draft)}
    if lead is not None:
        del fields["institution"], fields["kind"]
        made: Outcome[Task] = services.leads.task(lead, **fields)
        return made
    result: Outcome[Task] = (
        services.tasks.create(**fields)
        if task is None
        else services.tasks.edit(changed(task, fields))
    )
    return result


def changed(task: Task, fields: dict[str, Any]) -> Task:
    """Return a task with what the form holds; discipline and note stay."""
    known, origin = fields.pop("known"), fields.pop("origin")
    brief = dataclasses.replace(task.brief, known=tuple(Known(*one) for one in known), origin=origin)
    return dataclasses.replace(task, brief=brief, **fields)


def known_line(one: Known) -> str:
    """Return what is known as one line: the source behind a bar."""
    return f"{one.text} | {one.source}" if one.source else one.text


def read_known(line: str) -> tuple[str, str]:
    """Return what is known and its source from one line."""
    text, _, source = line.rpartition(" | ") if " | " in line else (line, "", "")
    return text.strip(), source.strip()


def today() -> dt.date:
    """Return the day in China."""
    return clock.today(clock.now())
