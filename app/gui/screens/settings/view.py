"""The settings: parts behind pills."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

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

    kinds: ClassVar[Mapping[str, Callable[[Context], Part]]] = {
        "office": OfficePart, "account": AccountPart, "look": LookPart, "safety": SafetyPart,
        "certificates": CertificatesPart, "backups": BackupsPart, "doctor": DoctorPart, "about": AboutPart,
    }  # fmt: skip

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._parts: dict[str, Part] = {}
        self.pills = Pills(tr("settings.parts"), [(name, tr(f"settings.part.{name}")) for name in self.kinds])
        self.stack = QStackedWidget()
        column = vbox(self, margin=Space.PAGE, gap=Space.CARD)
        row = hbox()
        row.addWidget(self.pills)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.stack, 1)
        self.pills.chosen.connect(self._turn)
        on_key(self, "Ctrl+PgDown", self._next)
        on_key(self, "Ctrl+PgUp", self._previous)
        self.part(self.pills.value)

    def part(self, name: str) -> Part:
        """Return a part, which is made when it is first asked for."""
        if name not in self._parts:
            self._parts[name] = made = self.kinds[name](self.context)
            if isinstance(made, SafetyPart):
                made.idle_changed.connect(self._set_idle)
            self.stack.addWidget(made)
        return self._parts[name]

    def ahead(self) -> Iterator[None]:
        """Make the parts that are not seen at first."""
        for name in self.kinds:
            self.part(name)
            yield

    def open(self, **params: Any) -> None:
        """Show a part; `part` names one."""
        self.set_heading(tr("settings.title"))
        if params.get("part") in self.kinds:
            self.pills.choose(str(params["part"]))
        self.part(self.pills.value).read()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Reload the part in front if it may show what changed."""
        if not changes or any(change.table in ("office", "person", "sync") for change in changes):
            self.part(self.pills.value).read()

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        return (("Ctrl+PgUp / PgDn", tr("settings.key.parts")), ("Ctrl+C", tr("settings.key.copy")))

    def _turn(self, name: str) -> None:
        self.stack.setCurrentWidget(self.part(name))
        self.part(name).read()

    def _next(self) -> None:
        self._step(1)

    def _previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        names = list(self.kinds)
        self.pills.choose(names[(names.index(self.pills.value) + by) % len(names)])

    def _set_idle(self, minutes: int) -> None:
        # The window reads the preference when it starts; while it runs, its own watch is told.
        watch = getattr(self.window(), "idle", None)
        if watch is not None:
            watch.seconds = minutes * 60.0
