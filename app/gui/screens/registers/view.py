"""The registers: institutions, people and third parties, each a list beside the form of what is chosen in it."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtWidgets import QFileDialog, QMenu, QStackedWidget

from app.core.registers import INSTITUTION, PERSON, ImportKind
from app.gui.screen import Context, Screen
from app.gui.screens.registers.institutions_pane import InstitutionsPane
from app.gui.screens.registers.listing import Pills, on_key
from app.gui.screens.registers.pane import RegisterPane
from app.gui.screens.registers.parties_pane import PartiesPane
from app.gui.screens.registers.people_pane import PeoplePane
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.layout import hbox, vbox

if TYPE_CHECKING:
    from app.core.outcome import Change

_ABOUT = {"institutions": INSTITUTION, "people": PERSON}
_PEOPLE = frozenset({"person", "absence", "interest", "third_party"})
_CONCERNS = {"institutions": frozenset({"institution"}), "people": _PEOPLE, "parties": _PEOPLE}
_MAKE: Mapping[str, Callable[[Context], RegisterPane]] = {
    "institutions": InstitutionsPane, "people": PeoplePane, "parties": PartiesPane,
}  # fmt: skip
_NEW = {key: f"registers.{key}.new" for key in _MAKE}


class RegistersScreen(Screen):
    """Three registers behind three pills; Ctrl+N adds to the one shown, Ctrl+S saves what is being changed."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._panes: dict[str, RegisterPane] = {}
        self.pills = Pills(tr("registers.title"), [(key, tr(f"registers.tab.{key}")) for key in _NEW])
        self.pills.chosen.connect(self._turn)
        column = vbox(self, margin=Space.PAGE, gap=Space.BETWEEN)
        head = hbox()
        head.addWidget(self.pills)
        head.addStretch(1)
        self.conflicts_button = button("", self._to_conflicts, kind="quiet", icon="warning")
        self.conflicts_button.hide()
        self.import_button = button(tr("registers.import.open"), self._import, icon="download")
        self.export_button = button(tr("registers.export"), self._export, icon="export")
        for made in (self.conflicts_button, self.import_button, self.export_button):
            head.addWidget(made)
        self.new_button = button(tr(_NEW["institutions"]), self._new, icon="add")
        head.addWidget(self.new_button)
        column.addLayout(head)
        self.stack = QStackedWidget()
        column.addWidget(self.stack, 1)
        on_key(self, "Ctrl+N", self._new)
        on_key(self, "Ctrl+S", self._save)
        on_key(self, "Ctrl+I", self._import)
        on_key(self, "Ctrl+E", self._export)
        self._waiting: dict[str, int] = {}
        self._pane(self.pills.value)

    @property
    def shown(self) -> RegisterPane:
        """The register in front."""
        return self._pane(self.pills.value)

    @property
    def institutions(self) -> InstitutionsPane:
        """The register of institutions."""
        return cast(InstitutionsPane, self._pane("institutions"))

    @property
    def people(self) -> PeoplePane:
        """The register of people."""
        return cast(PeoplePane, self._pane("people"))

    @property
    def parties(self) -> PartiesPane:
        """The register of third parties."""
        return cast(PartiesPane, self._pane("parties"))

    def open(self, **params: Any) -> None:
        """Show a register; `tab` is `institutions`, `people` or `parties`; `institution` or `person` chooses one."""
        self.set_heading(tr("registers.title"))
        tab = "people" if params.get("person") else params.get("tab")
        if tab in _NEW:
            self.pills.choose(tab)
        wanted = params.get("person") or params.get("institution")
        self._turn(self.pills.value)
        for pane in self._panes.values():
            pane.read(wanted)
        self._count_conflicts()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Reload the register that changed."""
        tables = {change.table for change in changes}
        for key, pane in self._panes.items():
            if not tables or tables & _CONCERNS[key]:
                pane.read()
        if not tables or tables & {"register_fact", "institution", "person"}:
            self._count_conflicts()

    def escape(self) -> bool:
        """Give up what is being filled in."""
        return self.shown.give_up()

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        names = (
            ("Ctrl+F", "find"), ("Ctrl+N", "new"), ("Ctrl+S", "save"), ("Ctrl+C", "copy"), ("Ctrl+I", "import"),
            ("Ctrl+E", "export"),
        )  # fmt: skip
        return tuple((keys, tr(f"registers.key.{name}")) for keys, name in names)

    def _turn(self, key: str) -> None:
        pane = self._panes.get(key)
        self.stack.setCurrentWidget(self._pane(key))
        if pane is None:
            self._panes[key].read()
        self.new_button.setText(tr(_NEW[key]))
        for made in (self.import_button, self.export_button):
            made.setVisible(key != "parties")
        self._name_conflicts()

    def _pane(self, key: str) -> RegisterPane:
        """Return a register, made when it is first asked for: three at once would block the window for a moment."""
        if key not in self._panes:
            self._panes[key] = _MAKE[key](self.context)
            self.stack.addWidget(self._panes[key])
        return self._panes[key]

    def _count_conflicts(self) -> None:
        waiting = self.context.services.registers.waiting
        self.context.runner.run_read(waiting, self._show_conflicts, owner=self, key="conflicts")

    def _show_conflicts(self, waiting: dict[str, int]) -> None:
        self._waiting = waiting
        self._name_conflicts()

    def _name_conflicts(self) -> None:
        count = self._waiting.get(_ABOUT.get(self.pills.value, ""), 0)
        self.conflicts_button.setText(tr("registers.conflict.button", count=f"{count:,}"))
        self.conflicts_button.setVisible(bool(count))

    def _to_conflicts(self) -> None:
        self.context.go("registers-conflicts", about=_ABOUT[self.pills.value])

    def _import(self) -> None:
        if self.pills.value != "parties":
            kind = ImportKind.INSTITUTIONS if self.pills.value == "institutions" else ImportKind.INSPECTORS
            self.context.go("registers-import", kind=str(kind))

    def _export(self) -> None:
        if self.pills.value == "institutions":
            self._write(ImportKind.INSTITUTIONS)
        elif self.pills.value == "people":
            menu = QMenu(self)
            for kind in (ImportKind.INSPECTORS, ImportKind.EXPERTS):
                action = menu.addAction(tr(f"registers.import.kind.{kind}"))
                action.triggered.connect(partial(self._write, kind))
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.export_button.mapToGlobal(self.export_button.rect().bottomLeft()))

    def _write(self, kind: ImportKind, _checked: bool = False) -> None:
        shown = self.shown.list.model
        ids = [shown.key_at(row) or "" for row in range(shown.rowCount())] if self.shown.is_narrowed else None
        words = tr(f"registers.import.kind.{kind}")
        name, _ = QFileDialog.getSaveFileName(
            self, tr("registers.export"), tr("registers.export.file", kind=words), "Excel (*.xlsx)"
        )
        if name:
            target, export = Path(name).with_suffix(".xlsx"), self.context.services.registers.export
            self.context.runner.run_read(
                lambda: export(target, kind, ids), self._written, self.context.notices.error, owner=self
            )

    def _written(self, count: int) -> None:
        self.context.notices.toast(tr("registers.exported", count=f"{count:,}"))

    def _new(self) -> None:
        self.shown.new()

    def _save(self) -> None:
        self.shown.form.save()
