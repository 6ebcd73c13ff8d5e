"""The simulated server's database on a real PostgreSQL: made once, emptied and refilled for each schedule and each restore.

The server works as a role that row-level security binds, as it should where it is in earnest; refilling and looking in
is done by the superuser, whom nothing holds up.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection

from sync.server.app import office_at
from sync.server.world import World
from tests.postgres import Postgres
from tests.sim.disk import ServerDisk

_ROLE = "office"
Dump = Mapping[str, bytes]  # of each table that has rows


class PostgresDisk(ServerDisk):
    """A server of several processes, as far as its code knows, with a database of its own in a running PostgreSQL.

    Attributes:
        may_break: Whether every second stop of the server is one of its connection alone, so that it has to say so.
    """

    def __init__(self, folder: Path, world: World, postgres: Postgres, *, may_break: bool = True) -> None:
        url = postgres.database()
        self._link = psycopg.connect(url, autocommit=True)
        where = urlsplit(url)
        database = where.path.strip("/")
        if not self._link.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (_ROLE,)).fetchone():
            self._link.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(_ROLE)))
        self._link.execute(
            SQL("ALTER DATABASE {} OWNER TO {}").format(Identifier(database), Identifier(_ROLE))
        )
        self._link.execute(SQL("ALTER SCHEMA public OWNER TO {}").format(Identifier(_ROLE)))
        bound = where._replace(netloc=f"{_ROLE}@{where.hostname}:{where.port}").geturl()
        office = office_at(bound, folder, world)
        # Foreign keys are not asked while a dump is put back: it was whole when it was taken.
        self._link.execute("SET session_replication_role = replica")
        self._tables = [
            name for (name,) in self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ]
        self.may_break, self._stops, self._was_broken = may_break, 0, False
        super().__init__(folder, office)

    def begin(self, strike: Callable[[int], bool], content: Any = None) -> None:
        """Become a server; each schedule stops it and its connection in turn, whatever came before."""
        self._stops = 0
        super().begin(strike, content)

    def fill(self, content: Dump) -> None:
        """Replace the database, not the files."""
        self._was_broken = False
        with self._link.transaction():
            for name in self._filled():
                self._link.execute(SQL("DELETE FROM {}").format(Identifier(name)))
            for name, data in content.items():
                with self._link.cursor().copy(
                    SQL("COPY {} FROM STDIN (FORMAT binary)").format(Identifier(name))
                ) as into:
                    into.write(data)

    def copy(self) -> Dump:
        """Return a dump of the database, taken from one snapshot."""
        found = {}
        with self._link.transaction():
            self._link.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            for name in self._filled():
                with self._link.cursor().copy(
                    SQL("COPY {} TO STDOUT (FORMAT binary)").format(Identifier(name))
                ) as out:
                    found[name] = b"".join(bytes(piece) for piece in out)
        return found

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        """Look into the database without going through the server."""
        return self._link.execute(text.encode()).fetchall()

    def close(self) -> None:
        """Close every connection; the PostgreSQL belongs to the caller."""
        self.office.database.close()
        used = self.rows("SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL")
        self._link.close()
        assert not used, f"a number from {used} is not in the dumps"

    def break_off(self, unit: Connection) -> None:
        """Stop the server, or its database: then the commit that follows finds no connection."""
        self._stops += 1
        if not self.may_break or self._stops % 2:
            super().break_off(unit)
        driver: Any = unit.connection.driver_connection
        self._link.execute("SELECT pg_terminate_backend(%s, 5000)", (driver.info.backend_pid,))
        self._was_broken = True

    def is_excused(self) -> bool:
        """Return whether a connection was broken since this was asked last."""
        was_broken, self._was_broken = self._was_broken, False
        return was_broken

    def _filled(self) -> list[str]:
        asked = SQL(", ").join(
            SQL("EXISTS (SELECT 1 FROM {})").format(Identifier(name)) for name in self._tables
        )
        (held,) = self._link.execute(SQL("SELECT {}").format(asked)).fetchall()
        return [name for name, is_filled in zip(self._tables, held, strict=True) if is_filled]
