"""The profile folder of one user: what lies where, and the lock that keeps a second program out."""

import contextlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from app.settings.errors import AlreadyRunning, ProfileUnwritable
from app.settings.folders import default_home, refuse_unsafe

# Windows locks bytes and not files, and nobody may read a locked byte: the lock sits far behind the process number.
_LOCK_AT = 1 << 20


@dataclass(frozen=True, slots=True)
class Profile:
    """The places inside one profile folder."""

    home: Path

    @property
    def vault(self) -> Path:
        """Return the vault file."""
        return self.home / "vault.json"

    @property
    def database(self) -> Path:
        """Return the encrypted database."""
        return self.home / "yanfang.db"

    @property
    def backups(self) -> Path:
        """Return the folder of daily and upgrade backups."""
        return self.home / "backups"

    @property
    def files(self) -> Path:
        """Return the folder of encrypted evidence files."""
        return self.home / "files"

    @property
    def logs(self) -> Path:
        """Return the folder of logs."""
        return self.home / "logs"

    @property
    def lock(self) -> Path:
        """Return the file that is locked while the profile is open."""
        return self.home / "lock"

    def make(self) -> None:
        """Make the folders, for their owner only.

        Raises:
            ProfileUnwritable: If the system refuses.
        """
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            for folder in (self.backups, self.files, self.logs):
                folder.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise ProfileUnwritable(self.home, error.strerror or type(error).__name__) from error


def find_profile(home: Path | None, environ: Mapping[str, str]) -> Profile:
    """Return the profile in a named folder or in the default one; touch nothing.

    Raises:
        UnsafeFolder: If it is a network or cloud folder.
    """
    folder = (home or default_home(environ)).expanduser().absolute()
    refuse_unsafe(folder, environ)
    return Profile(folder)


class ProfileLock:
    """Holds a profile for this process until released or until the process ends, however it ends.

    Worker processes must be spawned, not forked: a fork would inherit the lock and keep it.
    """

    def __init__(self, profile: Profile) -> None:
        self._path = profile.lock
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock or say who has it.

        Raises:
            AlreadyRunning: If another program has the profile open.
            ProfileUnwritable: If the lock file cannot be made.
        """
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        try:
            handle = os.open(self._path, flags, 0o600)
        except OSError as error:
            raise ProfileUnwritable(self._path.parent, error.strerror or type(error).__name__) from error
        if not _take(handle):
            pid = _read_pid(handle)
            os.close(handle)
            raise AlreadyRunning(pid)
        self._handle = handle
        with contextlib.suppress(OSError):  # a full disk: the number is told to others, the lock holds without it
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, str(os.getpid()).encode("ascii"))

    def release(self) -> None:
        """Let the profile go; the file stays (deleting it would let two programs lock two files of one name)."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            _let_go(handle)
            os.close(handle)

    def __enter__(self) -> "ProfileLock":
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _read_pid(handle: int) -> int | None:
    os.lseek(handle, 0, os.SEEK_SET)
    text = os.read(handle, 20).strip()
    return int(text) if text.isdigit() else None


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> bool:
        os.lseek(handle, _LOCK_AT, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _let_go(handle: int) -> None:
        os.lseek(handle, _LOCK_AT, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _let_go(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
