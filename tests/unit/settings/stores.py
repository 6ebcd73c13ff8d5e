"""A password store in memory with keyring's own interface, and one that misbehaves."""

import datetime as dt
import threading

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class MemoryBackend(KeyringBackend):
    """Keeps passwords as a system store does."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password) > 1280:
            raise OSError(1783, "The stub received bad data")  # Windows beyond 2,560 bytes
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, username]


class LockedBackend(MemoryBackend):
    """A store whose owner did not unlock it."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked


class ForgetfulBackend(MemoryBackend):
    """A store that takes everything and keeps nothing, like keyring's null."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class SilentBackend(MemoryBackend):
    """A store that waits for a dialog nobody sees."""

    def set_password(self, service: str, username: str, password: str) -> None:
        threading.Event().wait(30)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.at = dt.datetime(2026, 11, 22, 1, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += dt.timedelta(seconds=seconds)
