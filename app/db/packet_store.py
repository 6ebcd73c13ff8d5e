"""What the local database keeps of packets: whom they may come from, what was written and answered, and lines to carry."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.clock import to_ms
from app.db import carried, mates
from app.db.confirmed import Confirmed, own_open, want_file
from app.db.mates import MateLine
from app.db.statements import Statements
from app.db.tables import OPEN, PREVIEW, SYNCED, WITH_FILES
from app.db.unit import Database
from app.db.view_rows import rebuild
from sync.client.store import OutLine
from sync.protocol import lines
from sync.protocol.lines import GENESIS, Kind, Scalar
from sync.protocol.packets import Header
from sync.protocol.packets_keys import Card
from sync.protocol.schemas import PRODUCT

_ADD_MATE = "INSERT OR REPLACE INTO packet_peer(device, card, is_server, by_hand, added_at) VALUES (?, ?, 0, ?, ?)"


@dataclass(frozen=True, slots=True)
class Server:
    """The server this laptop's packets go to; `code` is a one-time code that was not used yet."""

    card: Card
    epoch: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Written:
    """One volume of an export."""

    packet_id: str
    peer: str
    n: int
    vol: int
    vols: int
    digest: str
    lines: int
    files: int


class PacketStore:
    """Each method is one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def server(self) -> Server | None:
        """Return the server, None before one is known."""
        with self._db.read() as unit:
            rows = unit.sql("SELECT card, epoch, code FROM packet_peer WHERE is_server = 1")
        return Server(Card.from_text(rows[0].card), rows[0].epoch or "", rows[0].code) if rows else None

    def pin_server(self, card: Card, epoch: str, now: dt.datetime, code: str | None = None) -> None:
        """Keep the server's card; another server takes the place of the former one."""
        with self._db.marked("pull") as connection:
            statements = Statements(connection)
            statements.run("DELETE FROM packet_peer WHERE is_server = 1")
            statements.run(
                "INSERT OR REPLACE INTO packet_peer(device, card, is_server, epoch, code, added_at) VALUES (?, ?, 1, ?, ?, ?)",
                (card.device, card.text, epoch, code, to_ms(now)),
            )

    def code_used(self) -> None:
        """Forget the one-time code: the server knows this laptop."""
        with self._db.marked("pull") as connection:
            Statements(connection).run("UPDATE packet_peer SET code = NULL WHERE is_server = 1")

    def mates(self) -> Sequence[Card]:
        """Return the team-mates' cards by name."""
        with self._db.read() as unit:
            rows = unit.sql("SELECT card FROM packet_peer WHERE is_server = 0")
        return sorted((Card.from_text(row.card) for row in rows), key=lambda one: (one.name, one.device))

    def add_mate(self, card: Card, now: dt.datetime) -> None:
        """Keep a card that somebody showed."""
        with self._db.marked("pull") as connection:
            Statements(connection).run(_ADD_MATE, (card.device, card.text, 1, to_ms(now)))

    def colleagues(self, cards: Sequence[Card], now: dt.datetime) -> None:
        """Keep the cards that the server gives out; who is no longer among them (revoked, moved away) is forgotten."""
        with self._db.marked("pull") as connection:
            statements = Statements(connection)
            statements.run("DELETE FROM packet_peer WHERE is_server = 0 AND by_hand = 0")
            statements.many(_ADD_MATE, [(one.device, one.text, 0, to_ms(now)) for one in cards])

    def learnt_at(self) -> int | None:
        """Return when the server last said who is there, ms; None where it never did."""
        with self._db.read() as unit:
            rows = unit.sql("SELECT added_at FROM packet_peer WHERE is_server = 1")
        return rows[0].added_at if rows else None

    def remove_mate(self, device: str) -> None:
        """Forget a team-mate; what came from him stays."""
        with self._db.marked("pull") as connection:
            Statements(connection).run("DELETE FROM packet_peer WHERE device = ? AND is_server = 0", (device,))

    def next_out(self, peer: str) -> tuple[int, str]:
        """Return number and `prev` of the next packet to a peer."""
        with self._db.read() as unit:
            rows = unit.sql(
                "SELECT n, digest FROM packet WHERE is_out = 1 AND peer = ? ORDER BY n DESC, vol DESC LIMIT 1", (peer,)
            )
        return (rows[0].n + 1, rows[0].digest) if rows else (1, GENESIS)

    def note_out(
        self, volumes: Sequence[Written], now: dt.datetime, ops: Sequence[str] = (), files: Sequence[str] = ()
    ) -> None:
        """Keep what was written; of a packet to the server, which own lines and which files it holds."""
        with self._db.marked("pull") as connection:
            statements = Statements(connection)
            if ops or files:
                carried.note(statements, volumes[0].peer, volumes[0].n, ops, files)
            statements.many(
                "INSERT INTO packet(packet, peer, is_out, n, vol, vols, digest, at, line_count, file_count)"
                " VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (one.packet_id, one.peer, one.n, one.vol, one.vols, one.digest, to_ms(now), one.lines, one.files)
                    for one in volumes
                ],
            )

    def note_in(self, header: Header, digest: str, now: dt.datetime, lines: int, files: int) -> None:
        """Keep that a packet was read."""
        with self._db.marked("pull") as connection:
            Statements(connection).run(
                "INSERT OR IGNORE INTO packet(packet, peer, is_out, n, vol, vols, digest, at, line_count, file_count)"
                " VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?)",
                (header.packet_id, header.sender, header.n, header.vol, header.vols, digest, to_ms(now), lines, files),
            )

    def note_answer(self, packet_id: str, now: dt.datetime, problem: str) -> None:
        """Keep that the server has read a packet of ours, and what it did not take."""
        with self._db.marked("pull") as connection:
            Statements(connection).run(
                "UPDATE packet SET answered_at = coalesce(answered_at, ?), problem = ? WHERE packet = ? AND is_out = 1",
                (to_ms(now), problem, packet_id),
            )

    def is_newest(self, packet_id: str) -> bool:
        """Return whether a packet belongs to the newest export that went to its receiver, and no answer was read."""
        with self._db.read() as unit:
            return bool(
                unit.sql(
                    "SELECT 1 FROM packet p WHERE packet = ? AND is_out = 1 AND answered_at IS NULL"
                    " AND n = (SELECT max(n) FROM packet q WHERE q.peer = p.peer AND q.is_out = 1)",
                    (packet_id,),
                )
            )

    def open_lines(self) -> Sequence[OutLine]:
        """Return all own lines without a receipt, older histories first, each in chain order."""
        with self._db.read() as unit:
            rows = unit.sql(
                f"SELECT op, replica, n, line, op_hash, sig FROM sync_op o WHERE {OPEN}"
                " ORDER BY replica = (SELECT replica FROM sync_self), seq"
            )
        return tuple(OutLine(r.op, r.replica, r.n, bytes(r.line), r.op_hash, r.sig) for r in rows)

    def mate_lines(self, epoch: str | None = None) -> Sequence[MateLine]:
        """Return team-mates' unconfirmed lines, see `mates.waiting`."""
        with self._db.read() as unit:
            return mates.waiting(Statements(unit.connection), epoch)

    def note_brought(self, given: Sequence[MateLine], batch: str, placed: Mapping[str, int]) -> None:
        """Keep in which batch the server was given these lines, and where they stand there.

        Until its receipt comes they are given again.
        """
        with self._db.marked("pull") as connection:
            Statements(connection).many(
                "UPDATE sync_mate_op SET batch = ?, placed = ? WHERE op = ? AND replica = ?",
                [(batch, placed.get(one.op), one.op, one.replica) for one in given],
            )

    def hold(self, new: Sequence[MateLine], now: dt.datetime) -> int:
        """Keep team-mates' lines that are new, and show them over what is confirmed; return how many."""
        with self._db.marked("pull") as connection:
            statements = Statements(connection)
            touched = mates.keep(statements, new, now)
            rows = {key for key in touched.rows if key[0] in SYNCED}
            rebuild(statements, Confirmed(statements), rows, own_open(statements, rows, PRODUCT))
        return touched.count

    def named_files(self) -> Mapping[str, str]:
        """Return, of files that unconfirmed lines name and that are missing here, the line's id by digest; previews travel not."""
        tables = tuple(table for table in WITH_FILES if table != "preview")
        marks = ", ".join("?" * len(tables))
        with self._db.read() as unit:
            rows = unit.sql(
                f"SELECT op, line FROM sync_mate_op m WHERE tbl IN ({marks}) AND {mates.UNCONFIRMED}", tables
            )
            held = {row.sha256 for row in unit.sql("SELECT sha256 FROM sync_blob WHERE stored IS NOT NULL")}
        named = {file_named(_given(bytes(row.line))): row.op for row in rows}
        return {sha256: op for sha256, op in named.items() if sha256 is not None and sha256 not in held}

    def list_file(self, op: str) -> None:
        """List the file that a team-mate's line names, so that it can be kept."""
        with self._db.marked("pull") as connection:
            statements = Statements(connection)
            rows = statements.rows("SELECT tbl, line FROM sync_mate_op WHERE op = ?", (op,))
            for row in rows[:1]:
                line = lines.parse(bytes(row.line))
                want_file(statements, row.tbl, line.scope, _given(bytes(row.line)))

    def had_gap_before(self, packet_id: str) -> bool:
        """Return whether the export before that of this packet was answered with a gap too."""
        with self._db.read() as unit:
            rows = unit.sql(
                "SELECT q.problem FROM packet p JOIN packet q ON q.peer = p.peer AND q.is_out = 1 AND q.n = p.n - 1"
                " WHERE p.packet = ? AND p.is_out = 1",
                (packet_id,),
            )
        return any(row.problem == "push.gap" for row in rows)

    def exports(self) -> Sequence[Any]:
        """Return the exports, newest first: peer, n, at, vols, line_count, file_count, answered_at, problem."""
        with self._db.read() as unit:
            return unit.sql(
                "SELECT peer, n, max(at) AS at, max(vols) AS vols, max(line_count) AS line_count,"
                " max(file_count) AS file_count, max(answered_at) AS answered_at, max(problem) AS problem"
                " FROM packet WHERE is_out = 1 GROUP BY peer, n ORDER BY max(at) DESC, n DESC LIMIT 200"
            )

    def unconfirmed_rows(self) -> Sequence[tuple[str, str]]:
        """Return the rows of screens that show something of a team-mate which no server has numbered."""
        with self._db.read() as unit:
            rows = unit.tuples(
                "SELECT DISTINCT r.tbl, r.row FROM sync_mate_op m JOIN sync_mate_row r ON r.op = m.op AND r.replica = m.replica"
                f" WHERE {mates.UNCONFIRMED} ORDER BY r.tbl, r.row"
            )
        return [(table, row) for table, row in rows if table in SYNCED]

    def wanted(self, limit: int) -> Sequence[str]:
        """Return digests of files that are missing here, small ones first."""
        with self._db.read() as unit:
            rows = unit.tuples(
                f"SELECT sha256 FROM sync_blob WHERE state = 'want' AND priority <> {PREVIEW} ORDER BY priority, size_bytes LIMIT ?",
                (limit,),
            )
        return [sha256 for (sha256,) in rows]

    def scope_and_device(self) -> tuple[str, str]:
        """Return this laptop's scope and device id."""
        with self._db.read() as unit:
            row = unit.sql("SELECT scope, device FROM sync_self")[0]
        return row.scope, row.device


def file_named(given: Mapping[str, Scalar]) -> str | None:
    """Return the digest of the file that an inserted row names, as `want_file` reads it."""
    facts = json.loads(str(given.get("facts") or "{}"))
    found = facts.get("sha256") or given.get("sha256")
    return found if isinstance(found, str) else None


def _given(data: bytes) -> Mapping[str, Scalar]:
    line = PRODUCT.lift(lines.parse(data))
    return {edit.name: edit.value for edit in line.fields} if line.kind is Kind.APPEND else {}
