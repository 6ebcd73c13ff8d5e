"""Laptop stores and the server's database, made once and refilled for each schedule; what is taken out is a backup.

The stores are the program's own: its schema, its pragmas, its guard, its engine. Only the cipher is left out, because
sixty pages a transaction would be encrypted for nothing here.
"""

import datetime as dt
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

import app.db.engine as client_engine
from app.db.create import create_schema
from app.db.journal import Writer
from app.db.unit import Database
from app.db.writing import WriteConnection
from sync.server.app import DATABASE_NAME, open_office
from sync.server.blobs import Blobs
from sync.server.devices import Devices
from sync.server.routes import Office
from sync.server.world import World
from tests.sim.fate import Crash
from tests.sim.rows import Content, Rows

FULL = "database or disk is full"
_KEY = bytes(range(32))


def _connect_plain(path: Path, key: object, use: client_engine.Use = client_engine.Use.WORK) -> Any:
    raw = sqlite.connect(
        str(path), isolation_level=None, check_same_thread=False, cached_statements=client_engine.STATEMENTS
    )
    for pragma in (*client_engine._PRAGMAS, "PRAGMA foreign_keys=ON", "PRAGMA journal_mode=WAL"):
        raw.execute(pragma).fetchall()
    return raw


@contextmanager
def without_cipher() -> Iterator[None]:
    """Open the program's databases as plain SQLite files for a while."""
    with mock.patch.object(client_engine, "connect", _connect_plain):
        yield


class FragileWrites(WriteConnection):
    """The program's writing connection, on a machine that may stop just before or just after a commit, and whose disk may be full."""

    def __init__(self, engine: Engine, strike: Callable[[str], bool]) -> None:
        super().__init__(engine)
        self._strike = strike

    @contextmanager
    def transaction(self, mode: str) -> Iterator[Any]:
        """Write in one transaction, or keep nothing."""
        with super().transaction(mode) as connection:
            yield connection
            if self._strike("before_commit"):
                raise Crash()
            if self._strike("full"):
                raise sqlite.OperationalError(FULL)
        if self._strike("after_commit"):
            raise Crash()


class Disk:
    """One laptop's disk: its store stays open from schedule to schedule and is refilled."""

    def __init__(self, folder: Path, name: str) -> None:
        self._hooks: dict[str, Callable[..., Any]] = {}
        path, self.home = folder / f"{name}.db", folder / name
        self.home.mkdir()
        self.engine = client_engine.make_engine(path, _KEY)
        create_schema(self.engine, device="nobody", replica="nothing", scope="s:000000", nonce="n")
        self.db = Database(self.engine, Writer(None, "", 1), lambda: self._hooks["now"](), lambda: self._hooks["id"]())
        self.writes = FragileWrites(self.engine, lambda where: bool(self._hooks["strike"](where)))
        self.db._writing = self.writes
        self._rows = Rows(path)
        self._empty = self._rows.take()

    def begin(
        self,
        writer: Writer,
        now: Callable[[], dt.datetime],
        new_id: Callable[[], str],
        strike: Callable[[str], bool],
        content: Content | None = None,
    ) -> None:
        """Become the disk of somebody: empty, or with a content."""
        self._hooks = {"now": now, "id": new_id, "strike": strike}
        self.db.writer = writer
        self.fill(self._empty if content is None else content)

    def fill(self, content: Content) -> None:
        """Replace the whole content."""
        self._rows.put(content)

    def look(self, text: str, params: tuple[object, ...] = ()) -> list[Any]:
        """Read without a transaction of its own: nothing else runs in between."""
        return self.writes._opened()[1].rows(text, params)

    def copy(self) -> Content:
        """Return the whole content."""
        return self._rows.take()

    def close(self) -> None:
        """Close everything."""
        self._rows.close()
        self.db.close()


class ServerDisk(ABC):
    """The server's database and folder of files; the office over them stays open, and both are refilled."""

    office: Office

    def __init__(self, folder: Path, office: Office) -> None:
        self.folder, self.office = folder, office
        self._strike: Callable[[int], bool] = lambda _: False
        for engine in _engines(office.database):
            event.listen(engine, "begin", self._on_begin)
            event.listen(engine, "after_cursor_execute", self._on_statement)
            event.listen(engine, "commit", self._on_commit)
        self._empty = self.copy()

    def begin(self, strike: Callable[[int], bool], content: Any = None) -> None:
        """Become a server: empty, or with a content; `strike` is asked before each commit, with the number of rows it changed."""
        self._strike = lambda _: False
        self.fill(self._empty if content is None else content)
        for name in ("staging", "blobs"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        self._strike = strike

    @abstractmethod
    def fill(self, content: Any) -> None:
        """Replace the database, not the files."""

    @abstractmethod
    def copy(self) -> Any:
        """Return a snapshot of the database."""

    @abstractmethod
    def rows(self, text: str) -> list[tuple[Any, ...]]:
        """Look into the database without going through the server."""

    @abstractmethod
    def close(self) -> None:
        """Close everything."""

    def break_off(self, unit: Connection) -> None:
        """Stop the server, or its database, just before a commit."""
        raise Crash()

    def is_excused(self) -> bool:
        """Return whether the server may say, since this was asked last, that it could not write."""
        return False

    def _on_begin(self, unit: Connection) -> None:
        unit.info["rows"] = 0

    def _on_statement(self, unit: Connection, cursor: Any, statement: str, params: Any, context: Any, many: bool) -> None:
        if context.isinsert or context.isupdate or context.isdelete:
            unit.info["rows"] += max(0, cursor.rowcount)

    def _on_commit(self, unit: Connection) -> None:
        count = unit.info["rows"]
        if count > 0 and self._strike(count):
            self.break_off(unit)


class SqliteDisk(ServerDisk):
    """A server of one process with its file, on a disk that is full now and then."""

    _stops, _was_full = 0, False

    def __init__(self, folder: Path, world: World) -> None:
        office = open_office(folder, world)
        self._rows = Rows(folder / DATABASE_NAME)
        super().__init__(folder, office)

    def begin(self, strike: Callable[[int], bool], content: Any = None) -> None:
        """Become a server: empty, or with a content."""
        super().begin(strike, content)
        self._stops, self._was_full = 0, False

    def fill(self, content: Content) -> None:
        """Replace the database, not the files."""
        self._rows.put(content)

    def break_off(self, unit: Connection) -> None:
        """Stop the server, or let it find no room for what it is about to commit, and go on."""
        self._stops += 1
        if self._stops % 3:
            super().break_off(unit)
        self._was_full = True
        raise OperationalError("COMMIT", None, sqlite.OperationalError(FULL))

    def is_excused(self) -> bool:
        """Return whether the disk was full since this was asked last."""
        was_full, self._was_full = self._was_full, False
        return was_full

    def copy(self) -> Content:
        """Return the content of the database."""
        return self._rows.take()

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        """Look into the database without going through the server."""
        return self._rows.look(text)

    def close(self) -> None:
        """Close everything."""
        self._rows.close()
        self.office.database.close()


def _engines(database: object) -> list[Engine]:
    """Return the engines of a server's database, whatever holds them; a fault that is never injected proves nothing."""
    holders = [database, *(one for one in vars(database).values() if hasattr(one, "__dict__"))]
    found: dict[int, Engine] = {}
    for one in (one for holder in holders for one in vars(holder).values() if isinstance(one, Engine)):
        found.setdefault(id(one.pool), one)  # an engine with other options has the pool and the events of the first
    assert found
    return list(found.values())


class Machines:
    """All disks of one simulator."""

    def __init__(
        self, folder: Path, world: World, server: ServerDisk | None = None, first: Disk | None = None
    ) -> None:
        self._folder = folder
        self._disks = [] if first is None else [first]
        self.server = server or SqliteDisk(folder / "server", world)

    def disk(self, number: int) -> Disk:
        """Return the disk of the laptop with this number."""
        while len(self._disks) <= number:
            self._disks.append(Disk(self._folder, f"laptop{len(self._disks)}"))
        return self._disks[number]

    def close(self) -> None:
        """Close everything."""
        for disk in self._disks:
            disk.close()
        self.server.close()


def office_of(disk: ServerDisk, world: World) -> Office:
    """Open the office anew over a refilled folder: what a process remembers does not survive it."""
    office = disk.office
    devices = Devices(office.database, world, office.devices.seal)
    return replace(office, devices=devices, blobs=Blobs(office.blobs.store, office.database, world))
