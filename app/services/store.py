"""What is open while the program is unlocked: database, file vault and who is at the keyboard."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from app.core.errors import Refused
from app.core.ids import PersonId
from app.core.places import Office
from app.db.unit import Database
from app.media.intake import Intake
from app.media.vault_files import FileVault


@dataclass(frozen=True, slots=True)
class OpenStore:
    """An unlocked store."""

    db: Database
    files: FileVault
    intake: Intake
    office: Office


class Store:
    """Give services what is open; everything but the vault is refused while locked."""

    def __init__(self, now: Callable[[], dt.datetime], new_id: Callable[[], str]) -> None:
        self.now, self.new_id = now, new_id
        self._open: OpenStore | None = None
        self._opened_calls: list[Callable[[], None]] = []
        self._closing_calls: list[Callable[[], None]] = []

    def attend(self, opened: Callable[[], None], closing: Callable[[], None]) -> None:
        """Tell somebody when the store is open, and before it closes: who works in the background ends first."""
        self._opened_calls.append(opened)
        self._closing_calls.append(closing)

    @property
    def is_open(self) -> bool:
        """Whether the program is unlocked."""
        return self._open is not None

    @property
    def db(self) -> Database:
        """The database.

        Raises:
            Refused: `vault.locked`.
        """
        return self._opened().db

    @property
    def files(self) -> FileVault:
        """The file vault; refused like `db`."""
        return self._opened().files

    @property
    def intake(self) -> Intake:
        """What brings files in; refused like `db`."""
        return self._opened().intake

    @property
    def office(self) -> Office:
        """The office; refused like `db`."""
        return self._opened().office

    @property
    def me(self) -> PersonId:
        """Who is at the keyboard; refused like `db`."""
        return self._opened().office.me

    def minute(self) -> dt.datetime:
        """Return now to the minute, as records state it."""
        return self.now().replace(second=0, microsecond=0)

    def take(self, opened: OpenStore) -> None:
        """Let services work on this store."""
        self._open = opened
        for call in self._opened_calls:
            call()

    def release(self) -> OpenStore | None:
        """Take the store away from services and return it to be closed."""
        for call in self._closing_calls:
            call()
        opened, self._open = self._open, None
        return opened

    def _opened(self) -> OpenStore:
        if self._open is None:
            raise Refused("vault.locked")
        return self._open
