"""The registers: institutions, people and third parties, each a list beside the form of what is chosen in it."""

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QStackedWidget

from app.gui.screen import Context, Screen
from app.gui.screens.registers.institutions_pane import InstitutionsPane
from app.gui.screens.registers.listing import Pills, on_key
from app.gui.screens.registers.pane import RegisterPane
from app.gui.screens.registers.parties_pane import PartiesPane
from app.gui.screens.registers.people_pane import PeoplePane
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.layout import hbox, vbox

if TYPE_CHECKING:
    from app.core.outcome import Change

_OF_PEOPLE = frozenset({"person", "absence", "interest", "third_party"})


class RegistersScreen(Screen):
    """Three registers behind three pills; Ctrl+N adds to the one shown, Ctrl+S saves what is being changed."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.institutions = InstitutionsPane(context)
        self.people = PeoplePane(context)
        self.parties = PartiesPane(context)
        self._panes: dict[str, RegisterPane] = {
            "institutions": self.institutions, "people": self.people, "parties": self.parties,
        }  # fmt: skip
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
    def shown(self) -> RegisterPane:
        """The register in front."""
        return self._panes[self.pills.value]

    def open(self, **params: Any) -> None:
        """Show a register; `tab` is `institutions`, `people` or `parties`; `institution` or `person` chooses one."""
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
        if not tables or tables & _OF_PEOPLE:
            self.people.read()
            self.parties.read()

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
