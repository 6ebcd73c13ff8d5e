"""The system's password store: the only door to keyring.

Only stores that belong to the system are used, each made by us: a keyring configuration file cannot redirect to a
plain-text one. A store counts only after a canary was written, read and deleted within the time limit.
"""

import base64
import enum
import importlib
import queue
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from app.settings.errors import KeyringUnavailable

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "yanfang"
NO_KEYRING = "YANFANG_NO_KEYRING"
PROBE_LIMIT_S = 3.0
CALL_LIMIT_S = 30.0

ALLOWED = (
    ("keyring.backends.Windows", "WinVaultKeyring"),
    ("keyring.backends.macOS", "Keyring"),
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
)

_LIBRARY_ERRORS = (
    ("secretstorage.exceptions", "SecretStorageException"),
    ("jeepney", "DBusErrorResponse"),
    ("dbus.exceptions", "DBusException"),
    ("win32ctypes.pywin32.pywintypes", "error"),
)

T = TypeVar("T")


class SecretStore(Protocol):
    """Short secrets by name, kept by the system for this user."""

    def get(self, name: str) -> str | None:
        """Return a secret, or None if there is none."""

    def put(self, name: str, value: str) -> None:
        """Store a secret; under 1,200 characters (Windows holds 1,280)."""

    def delete(self, name: str) -> None:
        """Forget a secret, if there is one."""


class Reason(enum.Enum):
    """Why there is, or is not, a password store."""

    OK = "ok"
    SWITCHED_OFF = "switched_off"
    NO_BACKEND = "no_backend"
    CANARY_FAILED = "canary_failed"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Probe:
    """What the search for a password store found."""

    store: SecretStore | None
    reason: Reason
    backend: str | None = None


class OsKeyring:
    """A password store of the system; every call is given up after a time limit."""

    def __init__(self, backend: "KeyringBackend", limit_s: float = CALL_LIMIT_S) -> None:
        self._backend = backend
        self._limit_s = limit_s

    def get(self, name: str) -> str | None:
        """Return a secret, or None.

        Raises:
            KeyringUnavailable: If the store is locked, gone or silent.
        """
        return _limited(lambda: self._backend.get_password(SERVICE, name), self._limit_s)

    def put(self, name: str, value: str) -> None:
        """Store a secret and read it back.

        Raises:
            KeyringUnavailable: If it was not kept.
        """

        def store_and_read() -> str | None:
            self._backend.set_password(SERVICE, name, value)
            return self._backend.get_password(SERVICE, name)

        if _limited(store_and_read, self._limit_s) != value:
            raise KeyringUnavailable("failed")

    def delete(self, name: str) -> None:
        """Forget a secret, if there is one."""

        def forget() -> None:
            if self._backend.get_password(SERVICE, name) is not None:
                self._backend.delete_password(SERVICE, name)

        _limited(forget, self._limit_s)


def find_store(
    environ: Mapping[str, str],
    random_bytes: Callable[[int], bytes],
    *,
    limit_s: float = PROBE_LIMIT_S,
    candidates: "Callable[[], list[KeyringBackend]] | None" = None,
) -> Probe:
    """Return the first allowed password store that keeps a canary, or the reason why there is none.

    Args:
        environ: `YANFANG_NO_KEYRING=1` says that there is none (headless use, tests).
        candidates: Stores to try instead of the allowed ones of this system.
    """
    if environ.get(NO_KEYRING, "").lower() not in ("", "0", "false", "no"):
        return Probe(None, Reason.SWITCHED_OFF)
    mark = base64.b64encode(random_bytes(32)).decode("ascii")
    name = "canary-" + random_bytes(6).hex()

    def try_all() -> Probe:
        found = (candidates or _allowed_backends)()
        for backend in found:
            if _keeps(backend, name, mark):
                return Probe(OsKeyring(backend), Reason.OK, type(backend).__module__)
        return Probe(None, Reason.CANARY_FAILED if found else Reason.NO_BACKEND)

    try:
        return _limited(try_all, limit_s)
    except KeyringUnavailable as error:
        timeout = error.params["reason"] == "timeout"
        return Probe(None, Reason.TIMEOUT if timeout else Reason.CANARY_FAILED)


def _allowed_backends() -> "list[KeyringBackend]":
    found = []
    for module, name in ALLOWED:
        try:
            backend = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError):  # made for another system
            continue
        if backend.viable:
            found.append(backend())
    return found


def _keeps(backend: "KeyringBackend", name: str, mark: str) -> bool:
    try:
        backend.set_password(SERVICE, name, mark)
        kept = backend.get_password(SERVICE, name) == mark
        backend.delete_password(SERVICE, name)
    except _known_errors():
        return False
    return kept


def _limited(call: Callable[[], T], limit_s: float) -> T:
    """Return what a call returns, in a thread of its own: a store may wait for a dialog for ever.

    A thread that does not come back is left behind; it dies with the process.
    """
    answers: queue.SimpleQueue[tuple[T] | BaseException | None] = queue.SimpleQueue()

    def run() -> None:
        answer: tuple[T] | BaseException | None = None  # an unknown error goes on to the thread's own report
        try:
            answer = (call(),)
        except _known_errors() as error:
            answer = error
        finally:
            answers.put(answer)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    try:
        answer = answers.get(timeout=limit_s)
    except queue.Empty:
        raise KeyringUnavailable("timeout") from None
    if not isinstance(answer, tuple):
        raise KeyringUnavailable("failed") from answer
    return answer[0]


def _known_errors() -> tuple[type[Exception], ...]:
    """Return what backends raise; their libraries' own errors only if the library was loaded."""
    from keyring.errors import KeyringError

    loaded = [getattr(sys.modules.get(module), name, None) for module, name in _LIBRARY_ERRORS]
    return (
        KeyringError,
        OSError,
        RuntimeError,
        ValueError,
        *(error for error in loaded if error is not None),
    )
