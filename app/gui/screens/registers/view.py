"""The registers: a list beside the form of what is chosen in it, once for institutions, once for people."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from app.core.outcome import Outcome
from app.core.places import Institution, InstitutionKind, Person
from app.gui.screen import Context, Screen
from app.gui.screens.registers import institution_form, licences, person_form
from app.gui.screens.registers.institution_form import InstitutionForm, choice
from app.gui.screens.registers.listing import ListPane, Pills, on_key
from app.gui.screens.registers.person_form import PersonForm, today
from app.gui.screens.registers.rows import Column
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox

if TYPE_CHECKING:
    from app.core.outcome import Change

MOST = 2000
ALL = "all"


class RegistersScreen(Screen):
    """Two registers behind two pills; Ctrl+N adds to the one shown, Ctrl+S saves what is being changed."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.institutions = InstitutionsPane(context)
        self.people = PeoplePane(context)
        self._panes: dict[str, RegisterPane] = {"institutions": self.institutions, "people": self.people}
        self.pills = Pills(tr("registers.title"), [(key, tr(f"registers.tab.{key}")) for key in self._panes])
        self.pills.chosen.connect(self._turn)
        column = vbox(self, margin=Space.PAGE, gap=Space.BETWEEN)
        head = hbox()
        head.addWidget(self.pills)
        head.addStretch(1)
        for pane in self._panes.values():
            head.addWidget(pane.new_button)
        column.addLayout(head)
        for key, pane in self._panes.items():
            pane.new_button.setVisible(key == self.pills.value)
        self.stack = QStackedWidget()
        for pane in self._panes.values():
            self.stack.addWidget(pane)
        column.addWidget(self.stack, 1)
        on_key(self, "Ctrl+N", self._new)
        on_key(self, "Ctrl+S", self._save)

    @property
    def shown(self) -> "RegisterPane":
        """The register in front."""
        return self._panes[self.pills.value]

    def open(self, **params: Any) -> None:
        """Show a register; `tab` is `institutions` or `people`, `institution` or `person` chooses one."""
        self.set_heading(tr("registers.title"))
        tab = "people" if params.get("person") else params.get("tab")
        if tab in self._panes:
            self.pills.choose(tab)
        for pane in self._panes.values():
            pane.read(params.get("person") or params.get("institution"))

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Reload the register that changed."""
        tables = {change.table for change in changes}
        if not tables or "institution" in tables:
            self.institutions.read()
        if not tables or "person" in tables:
            self.people.read()

    def escape(self) -> bool:
        """Give up what is being filled in."""
        return self.shown.give_up()

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        names = (("Ctrl+F", "find"), ("Ctrl+N", "new"), ("Ctrl+S", "save"), ("Ctrl+C", "copy"))
        return tuple((keys, tr(f"registers.key.{name}")) for keys, name in names)

    def _turn(self, key: str) -> None:
        self.stack.setCurrentWidget(self._panes[key])
        for name, pane in self._panes.items():
            pane.new_button.setVisible(name == key)

    def _new(self) -> None:
        self.shown.new()

    def _save(self) -> None:
        self.shown.form.save()


class RegisterPane(QWidget):
    """A list and the form of its current row; a form with unsaved words is never replaced behind one's back."""

    def __init__(self, context: Context, listing: ListPane, form: Any, empty: Any, new_words: str) -> None:
        super().__init__()
        self._context, self.list, self.form, self._empty = context, listing, form, empty
        self._wanted: str | None = None
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        left = QWidget()
        column = vbox(left, margin=(0, 0, 12, 0))
        column.addWidget(listing, 1)
        column.addWidget(listing.count)
        self.split.addWidget(left)
        right = QWidget()
        side = vbox(right, margin=(12, 0, 0, 0))
        side.addWidget(form)
        self.split.addWidget(right)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        sized(left, min_width=240)
        sized(right, min_width=330, max_width=440)
        vbox(self).addWidget(self.split)
        right.hide()
        self._right = right
        listing.table.picked.connect(self._picked)
        listing.table.opened.connect(self._edit)
        listing.model.modelReset.connect(self._count)
        if listing.empty.button is not None:
            listing.empty.button.clicked.connect(self.new)
        self.new_button = button(tr(new_words), self.new, icon="add")
        form.wanted.connect(self._save)
        form.given_up.connect(self._back)

    def read(self, wanted: str | None = None) -> None:
        """Read the rows anew."""
        raise NotImplementedError

    def count_words(self, shown: int) -> str:
        """Return how many rows are shown, in words."""
        raise NotImplementedError

    def saver(self) -> Callable[[Any], Outcome[Any]]:
        """Return the use case that saves."""
        raise NotImplementedError

    def new(self) -> None:
        """Begin a new entry."""
        self.form.put(self._empty)
        self._right.show()
        self.form.focus_first()

    def give_up(self) -> bool:
        """Show what is stored again; False where nothing was changed."""
        if self._right.isVisible() and (self.form.is_changed or not self.form.shown.id):
            self.form.discard()
            return True
        return False

    def show_rows(self, rows: tuple[Any, ...], *, is_narrowed: bool) -> None:
        """Show rows and choose the one that was asked for."""
        self.list.put(rows, is_narrowed=is_narrowed)
        if self._wanted and self.list.table.choose(self._wanted):
            self._wanted = None

    def _picked(self, entry: object) -> None:
        if self._right.isVisible() and (self.form.is_changed or not self.form.shown.id):
            return
        self._right.setVisible(entry is not None)
        if entry is not None:
            self.form.put(entry)

    def _edit(self, entry: object) -> None:
        self.form.put(entry)
        self._right.show()
        self.form.focus_first()

    def _back(self) -> None:
        self._right.hide()
        self._picked(self.list.table.current())
        self.list.table.setFocus()

    def _save(self, entry: Any) -> None:
        save = self.saver()
        self._context.runner.run_write(
            lambda: save(entry), self._saved, self._context.notices.error, owner=self
        )

    def _saved(self, outcome: Outcome[Any]) -> None:
        self._wanted = outcome.value.id
        self.form.put(outcome.value)
        self._context.notices.toast(tr("registers.saved", name=outcome.value.name))
        self.read(self._wanted)

    def _count(self) -> None:
        self.list.count.setText(self.count_words(self.list.model.rowCount()))


class InstitutionsPane(RegisterPane):
    """Institutions, found by the store and narrowed by kind."""

    def __init__(self, context: Context) -> None:
        columns: tuple[Column[Institution], ...] = (
            Column(tr("registers.field.name"), lambda one: one.name, share=3, is_strong=True),
            Column(tr("registers.field.kind"), lambda one: tr(f"registers.kind.{one.kind}")),
            Column(tr("registers.field.level"), lambda one: one.level),
            Column(tr("registers.field.address"), lambda one: one.address, share=2, is_extra=True),
            Column(tr("registers.field.medins_code"), lambda one: one.medins_code),
            Column(tr("registers.field.credit_code"), lambda one: one.credit_code, is_extra=True),
        )
        listing = ListPane(
            columns, lambda one: one.id,
            EmptyState(
                "institution", tr("registers.institutions.empty.title"), tr("registers.institutions.empty.text"),
                action=tr("registers.institutions.new"),
            ),
            name=tr("registers.institutions.list"), search=tr("registers.institutions.search"), asks=True,
            prefs=context.prefs, memory="institutions",
        )  # fmt: skip
        self.kind = choice("registers.kind", (ALL, *InstitutionKind), tr("registers.kind.name"))
        sized(self.kind, min_width=96)
        listing.bar.addWidget(self.kind)
        super().__init__(
            context, listing, InstitutionForm(), institution_form.EMPTY, "registers.institutions.new"
        )
        self.kind.currentIndexChanged.connect(self._narrowed)
        listing.asked.connect(self._narrowed)
        listing.cleared.connect(self._all)
        self.form.task_wanted.connect(self._new_task)

    def read(self, wanted: str | None = None) -> None:
        """Ask the store for what the search and the kind name."""
        self._wanted = wanted or self._wanted
        text, kind = self.list.search.text().strip(), str(self.kind.currentData())
        find = self._context.services.institutions.find
        self._context.runner.run_read(
            lambda: find(text, None if kind == ALL else kind, MOST), self._show, owner=self, key="find"
        )

    def count_words(self, shown: int) -> str:
        """Return how many institutions are shown; says when there may be more."""
        return tr(
            "registers.institutions.capped" if shown >= MOST else "registers.institutions.count", shown=shown
        )

    def saver(self) -> Callable[[Any], Outcome[Any]]:
        """Return the use case that saves an institution."""
        save: Callable[[Any], Outcome[Any]] = self._context.services.institutions.save
        return save

    def _show(self, rows: tuple[Institution, ...]) -> None:
        self.show_rows(rows, is_narrowed=self.kind.currentData() != ALL)

    def _narrowed(self, _value: object = None) -> None:
        self.read()

    def _all(self) -> None:
        self.kind.setCurrentIndex(0)

    def _new_task(self, institution: str) -> None:
        self._context.go("tasks", new=True, institution=institution)


class PeoplePane(RegisterPane):
    """People with their licences; those that need an eye are named above the list."""

    def __init__(self, context: Context) -> None:
        columns: tuple[Column[Person], ...] = (
            Column(tr("registers.person.name"), lambda one: one.name, is_strong=True),
            Column(tr("registers.person.role"), lambda one: tr(f"registers.role.{one.role}")),
            Column(tr("registers.person.licence"), lambda one: one.licence_no),
            Column(
                tr("registers.person.validity"), lambda one: licences.words(licences.licence(one, today())),
                order=lambda one: str(one.licence_to or "~"),
                mark=lambda one: licences.MARKS[licences.licence(one, today()).standing],
            ),
            Column(tr("registers.person.phone"), lambda one: one.phone),
            Column(tr("registers.person.on_duty"), _duty_words),
        )  # fmt: skip
        listing = ListPane(
            columns, lambda one: one.id,
            EmptyState(
                "people", tr("registers.people.empty.title"), tr("registers.people.empty.text"),
                action=tr("registers.people.new"),
            ),
            name=tr("registers.people.list"), search=tr("registers.people.search"),
            prefs=context.prefs, memory="people",
        )  # fmt: skip
        listing.bar.addStretch(1)
        super().__init__(context, listing, PersonForm(), person_form.EMPTY, "registers.people.new")
        self.warning = label("", "secondary", tone="open", wrap=True)
        self.warning.hide()
        listing.layout().insertWidget(1, self.warning)  # type: ignore[union-attr]

    def read(self, wanted: str | None = None) -> None:
        """Read all people; the search narrows what was read."""
        self._wanted = wanted or self._wanted
        self._context.runner.run_read(self._context.services.people.find, self._show, owner=self, key="find")

    def count_words(self, shown: int) -> str:
        """Return how many people are shown."""
        return tr("registers.people.count", shown=shown)

    def saver(self) -> Callable[[Any], Outcome[Any]]:
        """Return the use case that saves a person."""
        save: Callable[[Any], Outcome[Any]] = self._context.services.people.save
        return save

    def _show(self, rows: tuple[Person, ...]) -> None:
        day = today()
        odd = [one.name for one in rows if one.is_active and licences.licence(one, day).needs_eye]
        self.warning.setText(tr("registers.people.warning", count=len(odd), names="、".join(odd)))
        self.warning.setVisible(bool(odd))
        self.show_rows(rows, is_narrowed=False)


def _duty_words(person: Person) -> str:
    return tr("registers.person.duty" if person.is_active else "registers.person.inactive")
