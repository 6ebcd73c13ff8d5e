"""Take a feed off this laptop that its person may no longer read; own journal and own originals stay."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.db.confirmed import Confirmed, own_open
from app.db.mates import forget_confirmed
from app.db.statements import Statements
from app.db.tables import OPEN, PREVIEW, SYNCED, WITH_FILES
from app.db.unit import ReadUnit, WriteUnit
from app.db.view_rows import rebuild
from sync.protocol import cells, lines
from sync.protocol.errors import SyncError
from sync.protocol.gathered import Key
from sync.protocol.lines import Line
from sync.protocol.schemas import PRODUCT

_OF_FEED = ("sync_peer_op", "sync_unknown", "sync_snapshot", "sync_shadow", "sync_feed")


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A file that another laptop took in; `names` are its bytes and previews in the vault."""

    sha256: str
    names: tuple[str, ...]
    is_preview: bool = False


def is_droppable(unit: ReadUnit, feed: str) -> bool:
    """Return whether nothing that only this laptop may hold goes with the feed.

    Own lines of it must have a verdict (those that only say that somebody looked touch no row and may wait), and a server
    that lost history must have back what it had given out.
    """
    if unit.sql("SELECT 1 FROM sync_lost WHERE given < 2 LIMIT 1"):
        return False
    waiting = unit.sql(f"SELECT line FROM sync_op WHERE {OPEN} AND kind <> 'custody'")
    return not any(line.scope == feed for line in _parsed(row.line for row in waiting))


def foreign_files(unit: ReadUnit, feed: str) -> tuple[ForeignFile, ...]:
    """Return the files of a feed that were not taken in here and belong to no other feed."""
    own = {sha for row in _own_rows(unit) for line in _parsed([row.line]) for sha in _files_of(line)}
    elsewhere = {
        str(held["sha256"].value)
        for row in unit.sql("SELECT cells FROM sync_row WHERE scope <> ?", (feed,))
        if "sha256" in (held := cells.from_text(row.cells))
    }
    found = unit.sql("SELECT sha256, stored, thumbnail, rendition, priority FROM sync_blob WHERE scope = ?", (feed,))
    return tuple(
        ForeignFile(
            row.sha256, tuple(name for name in (row.stored, row.thumbnail, row.rendition) if name), row.priority == PREVIEW
        )
        for row in found
        if row.sha256 not in own and row.sha256 not in elsewhere
    )


def drop(unit: WriteUnit, feed: str, files: Iterable[ForeignFile]) -> int:
    """Forget the confirmed layer, the lines and the listed files of a feed; return how many rows.

    Args:
        unit: Of `Database.pull`.
    """
    statements = Statements(unit.connection)
    run = statements.run
    confirmed = set(statements.tuples("SELECT tbl, row FROM sync_row WHERE scope = ?", (feed,)))
    # A line of this laptop may be settled and was never read: its row is shown and not in the confirmed layer.
    rows = confirmed | _own_of(statements, feed)
    shown = _shown_of(statements, rows)
    forget_confirmed(statements, feed)
    run("DELETE FROM sync_row WHERE scope = ?", (feed,))
    run("DELETE FROM sync_conflict WHERE scope = ?", (feed,))
    for name in _OF_FEED:
        run(f"DELETE FROM {name} WHERE feed = ?", (feed,))
    _forget_given_back(unit.connection, feed)
    for one in files:
        run("DELETE FROM sync_blob WHERE sha256 = ?", (one.sha256,))
    rebuild(statements, Confirmed(statements), rows, own_open(statements, rows, PRODUCT))
    return len(shown - _shown_of(statements, shown))


def _shown_of(statements: Statements, rows: Iterable[Key]) -> set[Key]:
    return {
        (table, row)
        for table, row in rows
        if table in SYNCED and statements.tuples(f'SELECT 1 FROM "{table}" WHERE id = ?', (row,))
    }


def _own_of(statements: Statements, feed: str) -> set[Key]:
    named = statements.tuples("SELECT line FROM sync_op WHERE instr(line, ?) > 0", (f'"s":"{feed}"'.encode(),))
    return {key for one in _parsed(line for (line,) in named) if one.scope == feed for key in one.keys}


def _forget_given_back(connection: Connection, feed: str) -> None:
    for row in connection.exec_driver_sql("SELECT n, line FROM sync_lost WHERE given = 2").all():
        if any(line.scope == feed for line in _parsed([row.line])):
            connection.exec_driver_sql("DELETE FROM sync_lost WHERE n = ?", (row.n,))


def _own_rows(unit: ReadUnit) -> Iterable[Any]:
    marks = ", ".join("?" * len(WITH_FILES))
    return unit.sql(f"SELECT line FROM sync_op WHERE tbl IN ({marks})", WITH_FILES)


def _files_of(line: Line) -> Iterable[str]:
    given = {edit.name: edit.value for edit in line.fields}
    facts = given.get("facts")
    if line.table == "document" and isinstance(facts, str):
        given = {**given, **json.loads(facts)}
    for name in ("sha256", "pdf_sha256"):
        if isinstance(given.get(name), str):
            yield str(given[name])


def _parsed(data: Iterable[bytes]) -> Iterable[Line]:
    for one in data:
        try:
            yield lines.parse(bytes(one))
        except SyncError:  # a line that cannot be read names no feed and no file
            continue
