"""The settings: parts behind pills."""

from collections.abc import Callable, Iterable, Iterator, Mapping
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
        self.parts = _Parts(self.kinds, self._made)
        self.pills = Pills(tr("settings.parts"), [(name, tr(f"settings.part.{name}")) for name in self.parts])
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
        self.parts[self.pills.value]

    def _made(self, name: str) -> Part:
        part = self.kinds[name](self.context)
        if isinstance(part, SafetyPart):
            part.idle_changed.connect(self._set_idle)
        self.stack.addWidget(part)
        return part

    def ahead(self) -> Iterator[None]:
        """Make the parts that are not seen at first."""
        for name in self.parts:
            self.parts[name]
            yield

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


class _Parts(Mapping[str, Part]):
    """The parts by name in their order, each made when it is first asked for."""

    def __init__(self, names: Iterable[str], make: Callable[[str], Part]) -> None:
        self._make = make
        self._held: dict[str, Part | None] = dict.fromkeys(names)

    def __getitem__(self, name: str) -> Part:
        held = self._held[name]
        if held is None:
            held = self._held[name] = self._make(name)
        return held

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, name: object) -> bool:
        return name in self._held
