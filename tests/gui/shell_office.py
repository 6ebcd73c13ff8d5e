"""A small real office in memory for the tests of the frame: a vault with a secret, tries and a recovery key."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.core.errors import Refused
from app.core.outcome import Change, Outcome
from app.gui.runner import Runner
from app.gui.screen import Context, Screen, ScreenSpec
from app.gui.screens.lock import LockPage
from app.gui.shell import MainWindow
from app.gui.widgets.card import Card
from app.gui.widgets.layout import vbox

SECRET = "739204"
KEY = "A1B2C-D3E4F-G5H6J-K7M8N-P9Q0R-S1T2V-W3X4Y-Z5A6B"


@dataclass(frozen=True, slots=True)
class State:
    exists: bool
    needs: str
    retry_after_s: int = 0
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class MemoryOffice:
    name: str
    rehearsal: bool
    me: str


@dataclass(frozen=True, slots=True)
class Me:
    name: str
    licence_no: str


@dataclass(frozen=True, slots=True)
class Status:
    enrolment: str | None = "server"
    pending: int = 12
    refused: int = 0
    conflicts: int = 0
    files_pending: int = 0
    last_success_at: dt.datetime | None = dt.datetime(2026, 11, 21, 9, 40, tzinfo=dt.UTC)
    offset_ms: int | None = 2000


class MemoryVault:
    """Opens with one secret; three wrong tries mean a wait."""

    def __init__(self, secret: str = "", needs: str = "pin") -> None:
        self.secret, self.needs = secret, needs
        self.is_open = False
        self.wrong = 0
        self.made: tuple[object, ...] = ()

    def state(self) -> State:
        return State(bool(self.secret), self.needs, 30 if self.wrong >= 3 else 0, self.is_open)

    def setup(
        self, office_name: str, person_name: str, licence_no: str, secret: str, rehearsal: bool, *, code: str
    ) -> Outcome[str]:
        self.made = (office_name, code, person_name, licence_no, rehearsal)
        self.secret, self.is_open = secret, True
        return Outcome(KEY, frozenset({Change("office", "office")}))

    def unlock(self, secret: str) -> Outcome[None]:
        if secret != self.secret:
            self.wrong += 1
            raise Refused(
                "vault.wrong_secret", kind=self.needs, free_left=0, wait_s=30 if self.wrong >= 3 else 0
            )
        self.wrong, self.is_open = 0, True
        return Outcome(None)

    def unlock_with_recovery(self, text: str) -> Outcome[None]:
        if text.replace(" ", "-").upper() != KEY:
            raise Refused("vault.recovery_typo", group=3)
        self.wrong, self.is_open = 0, True
        return Outcome(None)

    def reset_secret(self, new: str) -> Outcome[None]:
        self.secret = new
        return Outcome(None)

    def lock(self) -> None:
        self.is_open = False


class Offices:
    def __init__(self, rehearsal: bool) -> None:
        self.rehearsal = rehearsal

    def get(self) -> MemoryOffice:
        return MemoryOffice("江源区医疗保障局", self.rehearsal, "me")


class People:
    def get(self, _id: str) -> Me:
        return Me("王敏", "22060012")


class Sync:
    def status(self) -> Status:
        return Status()


class Backups:
    """The first try finds the disk full."""

    def __init__(self) -> None:
        self.tries = 0

    def daily(self) -> Outcome[None]:
        self.tries += 1
        if self.tries == 1:
            raise Refused("db.disk_full", folder="/backups")
        return Outcome(None)


class MemoryServices:
    def __init__(self, vault: MemoryVault, *, rehearsal: bool = True) -> None:
        self.vault = vault
        self.office = Offices(rehearsal)
        self.people = People()
        self.sync = Sync()
        self.backups: Backups | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """A window on the screen, and who sits before it."""

    window: MainWindow
    runner: Runner
    qtbot: QtBot

    @property
    def page(self) -> Any:
        """What fills the window."""
        return self.window.page

    @property
    def frame(self) -> Any:
        """What an open office is worked in."""
        return self.window.frame

    def settle(self) -> None:
        """Wait until nothing is read or written."""
        self.qtbot.waitUntil(lambda: self.runner.is_idle, timeout=10_000)

    def start(self, services: object) -> None:
        """Let the window take these services."""
        self.window.open_with(lambda: services)
        self.settle()

    def unlock(self, secret: str) -> None:
        """Give the locked page a secret."""
        self.page.secret.edit.setText(secret)
        self.page.submit()
        self.settle()

    def open(self, services: object, secret: str) -> None:
        """Take these services and give the secret if it is asked for."""
        self.start(services)
        if isinstance(self.page, LockPage):
            self.unlock(secret)


def opened(seat: Seat, vault: MemoryVault | None = None) -> MemoryServices:
    """Open an office in memory."""
    services = MemoryServices(vault or MemoryVault(SECRET))
    seat.open(services, services.vault.secret)
    return services


class PlainScreen(Screen):
    """Notes what it is told."""

    def __init__(self, context: Context, name: str) -> None:
        super().__init__(context)
        self.opened: list[dict[str, object]] = []
        self.refreshed: list[tuple[object, ...]] = []
        self.may_leave = True
        self.on_leave: Callable[[], object] = lambda: None
        column = vbox(self, margin=24)
        card = Card(name)
        self.field = QLineEdit()
        self.field.setAccessibleName("名称")
        card.body.addWidget(self.field)
        column.addWidget(card)
        column.addStretch(1)

    def open(self, **params: object) -> None:
        self.opened.append(params)

    def refresh(self, changes: tuple[object, ...]) -> None:
        self.refreshed.append(changes)

    def leave(self) -> bool:
        self.on_leave()
        return self.may_leave

    def keys(self) -> tuple[tuple[str, str], ...]:
        return (("1", "符合"),)


def specs() -> tuple[ScreenSpec, ...]:
    rail = ("home", "home"), ("tasks", "task"), ("registers", "institution"), ("evidence", "evidence")
    rest = ("documents", "document"), ("sync", "sync"), ("settings", "settings")
    places = tuple(
        ScreenSpec(name, f"shell.{name}", icon, _maker(name), order=at)
        for at, (name, icon) in enumerate((*rail, *rest))
    )
    return (*places, ScreenSpec("inspection", "shell.evidence", "task", _maker("inspection"), parent="tasks"))


def _maker(name: str):
    return lambda context: PlainScreen(context, name)
