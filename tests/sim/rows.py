"""The rows of a SQLite file that others hold open, taken out and put back.

A copy of the file's pages would do as well, but it changes the schema as far as SQLite can tell, and every statement
that the program keeps ready would be prepared anew: a tenth of a schedule's time.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlite

Content = Mapping[str, list[tuple[Any, ...]]]  # of each table that has rows
_DOOR = "sim_refill"


class Rows:
    """One more connection to a file, which looks into it and replaces everything in it."""

    def __init__(self, path: Path) -> None:
        self._raw = sqlite.connect(str(path), isolation_level=None, check_same_thread=False, cached_statements=512)
        self._raw.execute("PRAGMA synchronous=OFF")
        self._open_door()
        self._read, self._write = {}, {}
        for schema, name, kind, _, is_without_rowid, _ in self._raw.execute("PRAGMA table_list").fetchall():
            if schema != "main" or kind != "table" or name.startswith("sqlite_") or name == _DOOR:
                continue
            columns = [f'"{one[1]}"' for one in self._raw.execute(f'PRAGMA table_info("{name}")')]
            columns += [] if is_without_rowid else ["rowid"]
            listed = ", ".join(columns)
            self._read[name] = f'SELECT {listed} FROM "{name}"'
            self._write[name] = f'INSERT INTO "{name}"({listed}) VALUES ({", ".join("?" * len(columns))})'
        self._asked = "SELECT " + ", ".join(f'EXISTS (SELECT 1 FROM "{name}")' for name in self._read)

    def look(self, text: str) -> list[tuple[Any, ...]]:
        """Read without the program."""
        found: list[tuple[Any, ...]] = self._raw.execute(text).fetchall()
        return found

    def take(self) -> Content:
        """Return everything that was committed."""
        self._raw.execute("BEGIN")
        content = {name: self._raw.execute(self._read[name]).fetchall() for name in self._filled()}
        self._raw.execute("COMMIT")
        return content

    def put(self, content: Content) -> None:
        """Replace everything."""
        self._raw.execute("BEGIN IMMEDIATE")
        self._raw.execute(f"INSERT INTO {_DOOR} VALUES (1)")
        for name in self._filled():
            self._raw.execute(f'DELETE FROM "{name}"')
        for name, rows in content.items():
            self._raw.executemany(self._write[name], rows)
        self._raw.execute(f"DELETE FROM {_DOOR}")
        self._raw.execute("COMMIT")

    def close(self) -> None:
        """Close the connection."""
        self._raw.close()

    def _filled(self) -> list[str]:
        (held,) = self._raw.execute(self._asked).fetchall()
        return [name for name, is_filled in zip(self._read, held, strict=True) if is_filled]

    def _open_door(self) -> None:
        """Let the triggers that keep rows from being deleted pass whoever replaces all of them, and nobody else."""
        self._raw.execute(f"CREATE TABLE IF NOT EXISTS {_DOOR}(one INTEGER)")
        for name, text in self._raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall():
            if " BEFORE DELETE ON " not in text or _DOOR in text:
                continue
            assert " WHEN " not in text
            self._raw.execute(f'DROP TRIGGER "{name}"')
            self._raw.execute(text.replace(" BEGIN ", f" WHEN NOT EXISTS (SELECT 1 FROM {_DOOR}) BEGIN ", 1))
