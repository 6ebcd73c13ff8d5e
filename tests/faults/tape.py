"""A disk that remembers every write, so that the power can be lost at each of them afterwards.

The program's own code writes through SQLite3 Multiple Ciphers in its SQLCipher format: its VFS can be written in Python,
and the files it leaves are opened by the program's own SQLCipher.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512


@dataclass
class Tape:
    """What happened to the files of one folder, in order.

    Attributes:
        events: ("write", file, offset, bytes), ("truncate", file, size), ("sync", file), ("delete", file), ("mark", what).
    """

    events: list[tuple[Any, ...]] = field(default_factory=list)

    def mark(self, what: object) -> None:
        """Note that the program was told: this is saved."""
        self.events.append(("mark", what))


class _File(apsw.VFSFile):
    def __init__(self, tape: Tape, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._tape = tape
        self._name = Path(name if isinstance(name, str) else name.filename()).name

    def xWrite(self, data: bytes, offset: int) -> None:
        self._tape.events.append(("write", self._name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        self._tape.events.append(("truncate", self._name, size))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        self._tape.events.append(("sync", self._name))
        super().xSync(flags)


class TapeVfs(apsw.VFS):
    """The system's own files, with a tape running."""

    def __init__(self, name: str, tape: Tape) -> None:
        super().__init__(name, base="")
        self._tape = tape

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        return _File(self._tape, name, flags)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        self._tape.events.append(("delete", Path(name).name))
        super().xDelete(name, sync_folder)


class Connection:
    """As much of a DB-API connection over apsw as SQLAlchemy and the program use."""

    def __init__(self, path: Path, vfs: str, key: bytes, pragmas: Iterable[str]) -> None:
        self._apsw = apsw.Connection(str(path), vfs=f"multipleciphers-{vfs}")
        self.isolation_level: str | None = None
        for pragma in ("PRAGMA cipher='sqlcipher'", "PRAGMA legacy=4", f"PRAGMA key=\"x'{key.hex()}'\"", *pragmas):
            self._apsw.execute(pragma).fetchall()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._apsw.in_transaction

    def cursor(self) -> "Cursor":
        """Return a cursor."""
        return Cursor(self, self._apsw)

    def execute(self, text: str, params: Sequence[Any] = ()) -> "Cursor":
        """Run a statement."""
        return self.cursor().execute(text, params)

    def commit(self) -> None:
        """Commit, if there is anything to commit."""
        if self.in_transaction:
            self._apsw.execute("COMMIT")

    def rollback(self) -> None:
        """Roll back, if there is anything to roll back."""
        if self.in_transaction:
            self._apsw.execute("ROLLBACK")

    def create_function(self, *_: Any, **__: Any) -> None:
        """SQLAlchemy offers REGEXP; nothing here uses it."""

    def close(self) -> None:
        """Close."""
        self._apsw.close()


class Cursor:
    """A cursor that reads all rows at once."""

    arraysize = 1
    lastrowid: int | None = None

    def __init__(self, connection: Connection, raw: apsw.Connection) -> None:
        self.connection, self._raw = connection, raw
        self.description: tuple[Any, ...] | None = None
        self.rowcount = -1
        self._rows: list[tuple[Any, ...]] = []

    def execute(self, text: str, params: Sequence[Any] = ()) -> "Cursor":
        """Run a statement and fetch its rows."""
        cursor = self._raw.cursor()
        self.description = None

        def describe(running: apsw.Cursor, _: str, __: Any) -> bool:
            names = running.get_description()
            self.description = tuple((one[0], *[None] * 6) for one in names) or None
            return True

        cursor.exec_trace = describe
        before = self._raw.total_changes()
        self._rows = cursor.execute(text, tuple(params) or None).fetchall()
        self.rowcount = self._raw.total_changes() - before
        return self

    def executemany(self, text: str, many: Iterable[Sequence[Any]]) -> "Cursor":
        """Run a statement with many sets of values."""
        for params in many:
            self.execute(text, params)
        return self

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the rows that are left."""
        rows, self._rows = self._rows, []
        return rows

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        """Return some rows."""
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    def close(self) -> None:
        """Forget the rows."""
        self._rows = []


@dataclass
class Image:
    """Files as they are on the platter: what was synced, and what was only written."""

    durable: dict[str, bytearray]
    waiting: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    def take(self, event: tuple[Any, ...]) -> None:
        """Let one event happen."""
        what, name = event[0], event[1]
        if what in ("write", "truncate"):
            self.waiting.setdefault(name, []).append(event)
        elif what == "sync":
            content = self.durable.setdefault(name, bytearray())
            for one in self.waiting.pop(name, ()):
                _apply(content, one)
        elif what == "delete":
            self.durable.pop(name, None)
            self.waiting.pop(name, None)

    def lose_power(self, mode: str, chance: random.Random) -> dict[str, bytes]:
        """Return the files that are found afterwards.

        Args:
            mode: Of what was not synced `drop` keeps nothing, `random` any part in order, `torn` parts of 512 bytes.
        """
        found = {}
        for name in sorted(self.durable.keys() | self.waiting.keys()):
            content = bytearray(self.durable.get(name, b""))
            for event in self.waiting.get(name, ()):
                if mode == "drop" or chance.random() < 0.5:
                    continue
                if mode == "torn" and event[0] == "write" and chance.random() < 0.5:
                    kept = SECTOR * chance.randint(0, len(event[3]) // SECTOR)
                    event = (*event[:3], event[3][:kept])
                _apply(content, event)
            found[name] = bytes(content)
        return found


def _apply(content: bytearray, event: tuple[Any, ...]) -> None:
    if event[0] == "truncate":
        del content[event[2] :]
        return
    offset, data = event[2], event[3]
    if len(content) < offset:
        content.extend(b"\0" * (offset - len(content)))
    content[offset : offset + len(data)] = data
