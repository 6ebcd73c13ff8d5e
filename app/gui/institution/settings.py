"""The few settings of an institution's window."""

from typing import Any

from PySide6.QtWidgets import QStackedWidget

from app.gui.screen import Context, Screen
from app.gui.screens.registers.listing import Pills
from app.gui.screens.settings.backups import BackupsPart
from app.gui.screens.settings.checks import AboutPart
from app.gui.screens.settings.parts import LookPart, Part, SafetyPart
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.layout import hbox, vbox


class InstitutionSettings(Screen):
    """Look, secret, backups."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.parts: dict[str, Part] = {
            "look": LookPart(context), "safety": SafetyPart(context), "backups": BackupsPart(context), "about": AboutPart(context),
        }  # fmt: skip
        self.pills = Pills(tr("settings.parts"), [(name, tr(f"settings.part.{name}")) for name in self.parts])
        self.stack = QStackedWidget()
        for part in self.parts.values():
            self.stack.addWidget(part)
        column = vbox(self, margin=Space.PAGE, gap=Space.CARD)
        row = hbox()
        row.addWidget(self.pills)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.stack, 1)
        self.pills.chosen.connect(self._turn)

    def open(self, **_params: Any) -> None:
        """Show the part in front."""
        self.set_heading(tr("settings.title"))
        self.parts[self.pills.value].read()

    def _turn(self, name: str) -> None:
        self.stack.setCurrentWidget(self.parts[name])
        self.parts[name].read()
