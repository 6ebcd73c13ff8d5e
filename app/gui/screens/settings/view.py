"""The settings: parts behind pills."""

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QStackedWidget

from app.gui.screen import Context, Screen
from app.gui.screens.registers.listing import Pills, on_key
from app.gui.screens.settings.account import AccountPart
from app.gui.screens.settings.backups import BackupsPart
from app.gui.screens.settings.certificates import CertificatesPart
from app.gui.screens.settings.checks import AboutPart, DoctorPart
from app.gui.screens.settings.parts import LookPart, OfficePart, Part, SafetyPart
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.layout import hbox, vbox

if TYPE_CHECKING:
    from app.core.outcome import Change


class SettingsScreen(Screen):
    """Everything that is set once; nothing here concerns a case."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.parts = self._made(context)
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
        safety = self.parts["safety"]
        if isinstance(safety, SafetyPart):
            safety.idle_changed.connect(self._set_idle)
        on_key(self, "Ctrl+PgDown", self._next)
        on_key(self, "Ctrl+PgUp", self._previous)

    def _made(self, context: Context) -> dict[str, Part]:
        """Return the parts by name, in their order."""
        return {
            "office": OfficePart(context),
            "account": AccountPart(context),
            "look": LookPart(context),
            "safety": SafetyPart(context),
            "certificates": CertificatesPart(context),
            "backups": BackupsPart(context),
            "doctor": DoctorPart(context),
            "about": AboutPart(context),
        }

    def open(self, **params: Any) -> None:
        """Show a part; `part` names one."""
        self.set_heading(tr("settings.title"))
        if params.get("part") in self.parts:
            self.pills.choose(str(params["part"]))
        self.parts[self.pills.value].read()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Reload the part in front if it may show what changed."""
        if not changes or any(change.table in ("office", "person", "sync") for change in changes):
            self.parts[self.pills.value].read()

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        return (("Ctrl+PgUp / PgDn", tr("settings.key.parts")), ("Ctrl+C", tr("settings.key.copy")))

    def _turn(self, name: str) -> None:
        self.stack.setCurrentWidget(self.parts[name])
        self.parts[name].read()

    def _next(self) -> None:
        self._step(1)

    def _previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        names = list(self.parts)
        self.pills.choose(names[(names.index(self.pills.value) + by) % len(names)])

    def _set_idle(self, minutes: int) -> None:
        # The window reads the preference when it starts; while it runs, its own watch is told.
        watch = getattr(self.window(), "idle", None)
        if watch is not None:
            watch.seconds = minutes * 60.0
