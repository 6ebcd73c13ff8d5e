"""The three choices of the task form: one institution, some checklists, some people."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.ids import PersonId
from app.core.places import Institution, Person
from app.gui.screen import Context
from app.gui.screens.registers import licences
from app.gui.screens.registers.listing import Decorations
from app.gui.screens.registers.rows import Column, RowsModel
from app.gui.screens.registers.table import TableView
from app.gui.screens.registers.ticks import TickModel, TickView
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import hbox, sized, vbox
from app.gui.widgets.search import SearchBox
from checklists.schema import Template

OFFERED_AT_ONCE = 50
MAIN_RANK = 20


class InstitutionPicker(QWidget):
    """Finds one institution; shows it with a way to change it once it is chosen."""

    chosen = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.value: Institution | None = None
        column = vbox(self, gap=Space.HAIR)
        self.search = SearchBox(tr("tasks.form.institution.search"))
        self.search.wanted.connect(self.look)
        self.search.returnPressed.connect(self._take_first)
        columns: tuple[Column[Institution], ...] = (
            Column(tr("registers.field.name"), lambda one: one.name, share=1, is_strong=True),
            Column(tr("registers.field.kind"), lambda one: tr(f"registers.kind.{one.kind}")),
        )
        self._rows: RowsModel[Institution] = RowsModel(columns, lambda one: one.id, Decorations(), self)
        self.table = sized(TableView(self._rows, tr("tasks.form.institution")), height=168)
        self.table.takes_first = False
        self.table.horizontalHeader().hide()
        self.table.setProperty("kind", "bare")
        self.table.opened.connect(self.take)
        self.table.clicked.connect(self._take_current)
        self.none = label(tr("tasks.form.institution.none"), "secondary", wrap=True)
        self._held = QWidget()
        held = hbox(self._held, gap=Space.INSIDE)
        words = vbox(gap=2)
        self._name, self._detail = ElidedLabel("", "strong"), ElidedLabel("", "secondary")
        words.addWidget(self._name)
        words.addWidget(self._detail)
        held.addLayout(words, 1)
        self.change = button(tr("tasks.form.institution.change"), self.begin)
        held.addWidget(self.change)
        for one in (self.search, self.table, self.none, self._held):
            column.addWidget(one)
        self.none.hide()
        self._held.hide()

    def begin(self) -> None:
        """Choose anew."""
        self.value = None
        self._held.hide()
        self.search.show()
        self.table.show()
        self.search.clear()
        self.search.setFocus()
        self.look("")
        self.chosen.emit(None)

    def look(self, text: str) -> None:
        """Search the register."""
        find = self._context.services.institutions.find
        self._context.runner.run_read(
            lambda: find(text, limit=OFFERED_AT_ONCE), self._found, owner=self, key="institutions"
        )

    def take(self, institution: Institution) -> None:
        """Choose this one."""
        self.value = institution
        self._name.setText(institution.name)
        parts = (tr(f"registers.kind.{institution.kind}"), institution.level, institution.address)
        self._detail.setText(" · ".join(part for part in parts if part))
        for one in (self.search, self.table, self.none):
            one.hide()
        self._held.show()
        self.chosen.emit(institution)

    def _found(self, found: tuple[Institution, ...]) -> None:
        self._rows.put(found)
        self.none.setVisible(not found and self.value is None)
        self.table.setVisible(bool(found) and self.value is None)

    def _take_first(self) -> None:
        if self._rows.rowCount() and self.search.text().strip() and self.value is None:
            self.table.setFocus()
            self.table.selectRow(0)

    def _take_current(self) -> None:
        current = self.table.current()
        if current is not None:
            self.take(current)


class TemplatePicker(Card):
    """The checklists: the main ones for the institution are ticked beforehand."""

    def __init__(self) -> None:
        super().__init__(tr("tasks.form.templates"))
        self.hint = label(tr("tasks.form.templates.first"), "secondary", wrap=True)
        self.body.addWidget(self.hint)
        self.model: TickModel[Template] = TickModel(
            (Column(tr("tasks.form.templates"), _template_words, share=1),),
            lambda one: one.id, Decorations(), self,
        )  # fmt: skip
        self.view = sized(TickView(self.model, tr("tasks.form.templates")), min_height=112)
        self.body.addWidget(self.view, 1)

    @property
    def value(self) -> tuple[str, ...]:
        """Ids of the ticked checklists in the order of the list."""
        ticked = set(self.model.ticked)
        return tuple(one for one in self._order if one in ticked)

    _order: tuple[str, ...] = ()

    def put(
        self, offered: Sequence[Template], every: Sequence[Template], ticked: Sequence[str] | None
    ) -> None:
        """Show the offered ones first; tick `ticked`, or the main ones for such an institution where it is None."""
        first = {one.id for one in offered}
        rows = (*offered, *(one for one in every if one.id not in first))
        self._order = tuple(one.id for one in rows)
        self.model.put(rows)
        main = [one.id for one in offered if one.applies.rank < MAIN_RANK] or [one.id for one in offered[:1]]
        self.model.tick(main if ticked is None else ticked)
        self.hint.setText(tr("tasks.form.templates.hint" if offered else "tasks.form.templates.first"))


class MemberPicker(Card):
    """The people of the visit with the validity of their licences."""

    def __init__(self) -> None:
        super().__init__(tr("tasks.form.members"))
        self._day: dt.date | None = None
        self._people: dict[str, Person] = {}
        self.hint = label(tr("tasks.form.members.hint"), "secondary", wrap=True)
        self.search = SearchBox(tr("tasks.form.members.search"))
        self.body.addWidget(self.search)
        self.model: TickModel[Person] = TickModel(
            (
                Column(tr("registers.person.name"), lambda one: one.name, share=1),
                Column(tr("registers.person.licence"), self._words, share=2, mark=self._mark),
            ),
            lambda one: one.id, Decorations(), self,
        )  # fmt: skip
        self.search.wanted.connect(self.model.narrow)
        self.model.ticked_changed.connect(self._judge)
        self.view = sized(TickView(self.model, tr("tasks.form.members")), min_height=112)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.hint)

    @property
    def value(self) -> tuple[PersonId, ...]:
        """Ids of the ticked people in the order they were ticked."""
        return tuple(PersonId(key) for key in self.model.ticked)

    def put(self, people: Sequence[Person], day: dt.date, ticked: Sequence[str]) -> None:
        """Show active people and those already on the task; valid licences first."""
        self._day = day
        self._people = {one.id: one for one in people if one.is_active or one.id in ticked}
        rows = sorted(
            self._people.values(), key=lambda one: (not one.may_inspect_on(day), one.role, one.licence_no)
        )
        self.model.put(rows)
        self.model.tick(ticked)

    def _judge(self) -> None:
        day = self._day
        chosen = [self._people[key] for key in self.model.ticked if key in self._people]
        able = sum(1 for one in chosen if day and one.may_inspect_on(day))
        is_few = len(self.model.ticked) > 0 and able < 2
        self.hint.setText(
            tr("tasks.form.members.few", count=able) if is_few else tr("tasks.form.members.hint")
        )
        self.hint.setProperty("tone", "open" if is_few else "")
        self.hint.style().unpolish(self.hint)
        self.hint.style().polish(self.hint)

    def _held(self, person: Person) -> licences.Licence:
        assert self._day is not None
        return licences.licence(person, self._day)

    def _words(self, person: Person) -> str:
        return licences.member_words(person, self._held(person))

    def _mark(self, person: Person) -> tuple[str, str] | None:
        return licences.MARKS[self._held(person).standing]


def _template_words(template: Template) -> str:
    return tr("tasks.form.templates.items", title=template.title, count=len(template.items))


def load(context: Context, institution: Any, owner: QObject, done: Any) -> None:
    """Ask for the checklists offered to an institution, and all."""
    checklists = context.services.checklists
    offered = (lambda: checklists.offered(institution)) if institution else tuple
    context.runner.run_read(lambda: (tuple(offered()), checklists.all()), done, owner=owner, key="templates")
