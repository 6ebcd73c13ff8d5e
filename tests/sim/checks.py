"""What must hold when everything has come right: the invariants of the protocol, asked of both databases directly.

Nothing here goes through the code it judges, but for the fold, the chain rules and the parser, which have tests of their own.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from app.db import versions
from app.db.mates import UNCONFIRMED
from app.db.tables import SYNCED, fields_of
from app.services.doctor import Doctor
from sync.protocol import feeds, lines
from sync.protocol.cells import from_text
from sync.protocol.chain import open_line
from sync.protocol.fold import Entry, Status, Verdict, fold
from sync.protocol.lines import DELETED, GENESIS, Kind, Line, scalar_text
from sync.protocol.messages import Receipt, ReceiptKind
from tests.unit.sync.kit import MemoryFold

if TYPE_CHECKING:
    from tests.sim.laptop import Laptop
    from tests.sim.schedule import Schedule


class Violation(Exception):
    """An invariant does not hold."""


_LINES = "SELECT op, line, eff, feed, seq, status, reason, chain, device, content_hash, sig FROM op ORDER BY feed, seq"


class Ledger:
    """Everything the server holds, read once."""

    def __init__(self, schedule: "Schedule") -> None:
        server = schedule.server
        names = ("op", "line", "eff", "feed", "seq", "status", "reason", "chain", "device", "content_hash", "sig")
        self.ops = [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in server.rows(_LINES)]
        self.parsed: dict[str, Line] = {one.op: lines.parse(bytes(one.line)) for one in self.ops}
        self.cells = {
            (table, row, field): (cell.val, cell.hlc, cell.op)
            for table, row, text in server.rows("SELECT tbl, row, cells FROM row_state")
            for field, cell in from_text(text).items()
        }
        self.rows = {
            row[:2]: (*row[2:6], _plain(row[6]), row[7])
            for row in server.rows(
                "SELECT tbl, row, scope, feed_seq, locked_by, voided_by, void_reason, appended_by FROM row_state"
            )
        }
        self.conflicts = {
            row[0]: row[1:]
            for row in server.rows(
                "SELECT id, tbl, row, field, scope, winner_op, loser_op, loser_val, loser_hlc, reason, resolved_by IS NULL FROM conflict"
            )
        }
        # The head of a feed may be there before its first entry.
        self.heads = {feed: (seq, chain) for feed, seq, chain in server.rows("SELECT feed, seq, chain FROM feed_head WHERE seq > 0")}
        self.aside = dict(server.rows("SELECT op, content_hash FROM quarantine"))
        self.keys = dict(server.rows("SELECT device, public_key FROM device"))


def all_of(schedule: "Schedule") -> list[str]:
    """Return what does not hold, in words; nothing if all is well."""
    ledger = Ledger(schedule)
    living = [one for one in schedule.laptops if not one.is_dead]
    found: list[str] = []
    found += schedule.wire.server_errors
    found += [f"I9 {name}: a sync deleted a journal row" for name in schedule.count_lost_rows]
    epochs = schedule.server.rows("SELECT reason FROM epoch_past")
    if epochs and not schedule.bureau.was_set_back:
        found.append(f"the server took itself for set back: {epochs}")
    found += _feeds_are_dense(ledger)
    found += _receipts_are_dense(schedule, ledger)
    found += _nothing_is_lost(schedule, ledger, living)
    fresh = _fold_anew(ledger)
    found += _server_is_its_fold(ledger, fresh)
    found += _no_value_is_lost(ledger)
    found += _signed_rows_stand(ledger)
    found += _clocks_are_sound(schedule, ledger)
    found += _files_at_the_server(schedule)
    held = {name for one in living for name in one.held_files()}
    for laptop in living:
        if laptop.incidents:
            found.append(f"{laptop.name}: its digests differed from the server's {laptop.incidents} times")
        found += [f"{laptop.name}: {one}" for one in _laptop(laptop, ledger, held)]
    return found


def _plain(reason: str | None) -> str | None:
    """Return a reason whether it is kept as JSON or as it is."""
    return str(json.loads(reason)) if reason is not None and reason.startswith('"') else reason


def _feeds_are_dense(ledger: Ledger) -> Iterator[str]:
    at: dict[str, tuple[int, str]] = defaultdict(lambda: (0, GENESIS))
    for one in ledger.ops:
        seq, link = at[one.feed]
        line = ledger.parsed[one.op]
        if one.seq != seq + 1:
            yield f"I3 {one.feed}: {one.seq} follows {seq}"
        if one.chain != feeds.op_link(link, line.op, one.content_hash, one.eff, Verdict(Status(one.status), one.reason)):
            yield f"I3 {one.feed}/{one.seq}: chain is broken"
        if one.content_hash != lines.content_hash(line):
            yield f"I2 {one.op}: content and its hash differ"
        open_line(bytes(one.line), one.sig, ledger.keys[one.device])
        at[one.feed] = (one.seq, one.chain)
    for feed, (seq, link) in at.items():
        if ledger.heads.get(feed) != (seq, link):
            yield f"I3 {feed}: head says {ledger.heads.get(feed)}, last entry is {seq}"


def _receipts_are_dense(schedule: "Schedule", ledger: Ledger) -> Iterator[str]:
    at: dict[str, tuple[int, str]] = defaultdict(lambda: (0, GENESIS))
    known = {one.op for one in ledger.ops} | ledger.aside.keys()
    given: set[tuple[str, str, str]] = set()
    for feed, seq, kind, subject, status, where, feed_seq, eff, reason, chain in schedule.server.rows(
        "SELECT device_feed, seq, kind, subject, status, feed, feed_seq, eff, reason, chain FROM receipt ORDER BY device_feed, seq"
    ):
        receipt = Receipt(seq, ReceiptKind(kind), subject, Status(status), where, feed_seq, eff, reason)
        if seq != at[feed][0] + 1 or chain != feeds.receipt_link(at[feed][1], receipt):
            yield f"I3 {feed}/{seq}: receipts are not a chain"
        if kind == "record" and subject not in known:
            yield f"I7 receipt {feed}/{seq} for a line that the server does not have"
        if status != "quarantined" and kind == "record":
            if (feed, subject, where) in given:
                yield f"I3 {feed}/{seq}: a second receipt for {subject}"
            given.add((feed, subject, where))
        at[feed] = (seq, chain)


def _nothing_is_lost(schedule: "Schedule", ledger: Ledger, living: list["Laptop"]) -> Iterator[str]:
    have = ledger.aside | {one.op: one.content_hash for one in ledger.ops}
    held: set[str] = set()
    for laptop in living:
        held |= {row.op for row in laptop.rows("SELECT op FROM sync_op UNION SELECT op FROM sync_peer_op UNION SELECT op FROM sync_lost"
            " UNION SELECT op FROM sync_mate_op")}
    for laptop in schedule.laptops:
        for op in sorted(laptop.acked - have.keys()):
            if not schedule.bureau.was_set_back:
                yield f"I7 {op} of {laptop.name} was acknowledged and is gone"
            elif op in held:
                yield f"I7 {op} of {laptop.name} was acknowledged and is gone although a device holds it"
        for op, content in laptop.written.items():
            if op in have and have[op] != content:
                yield f"I2 {op} of {laptop.name} changed its content"
        # Who is revoked is not told that lines are missing, nor that an acknowledgement was somebody else's.
        speaks = laptop.is_revoked and not (schedule.bureau.was_set_back or laptop.was_misled)
        if (speaks or not laptop.is_dead) and not laptop.has_lost:
            yield from (f"I7 {op} of {laptop.name} never arrived" for op in sorted(laptop.written.keys() - have.keys()))
        yield from (f"clock: {op} of {laptop.name} is not after what its author had read" for op in laptop.late_clocks)


def _fold_anew(ledger: Ledger) -> MemoryFold:
    state = MemoryFold()
    folded = [one for one in ledger.ops if one.reason != "stale_transition"]
    for one in folded:
        verdict = fold(state, Entry(one.seq, ledger.parsed[one.op], one.eff))
        if str(verdict.status) != one.status:
            raise Violation(f"I4 {one.op}: folded anew it is {verdict.status}, the server said {one.status}")
    before = state.dump()
    copy = json.dumps([repr(part) for part in before])
    for one in folded:
        fold(state, Entry(one.seq, ledger.parsed[one.op], one.eff))
    if json.dumps([repr(part) for part in state.dump()]) != copy:
        raise Violation("I4 folding a feed twice changes something")
    return state


def _server_is_its_fold(ledger: Ledger, fresh: MemoryFold) -> Iterator[str]:
    cells = {(t, r, f): (c.val, c.hlc, c.op) for (t, r), row in fresh.cell_map.items() for f, c in row.items()}
    rows = {
        key: (s.scope, s.feed_seq, s.locked_by, s.voided_by, s.void_reason, s.appended_by)
        for key, s in fresh.rows.items()
    }
    conflicts = {
        c.id: (
            c.table, c.row, c.field, c.scope, c.winner_op, c.loser_op, c.loser_val, c.loser_hlc, str(c.reason), c.id not in fresh.resolved
        )
        for c in fresh.conflicts.values()
    }  # fmt: skip
    yield from _differ("I4 server's cells", ledger.cells, cells)
    yield from _differ("I4 server's rows", ledger.rows, rows)
    yield from _differ(
        "I4 server's conflicts", {k: (*v[:9], bool(v[9])) for k, v in ledger.conflicts.items()}, conflicts
    )


def _differ(what: str, one: dict[Any, Any], other: dict[Any, Any]) -> Iterator[str]:
    wrong = [key for key in one.keys() | other.keys() if one.get(key) != other.get(key)]
    if wrong:
        key = min(wrong, key=repr)
        yield f"{what} differ in {len(wrong)}: {key}: {one.get(key)} / {other.get(key)}"


def _no_value_is_lost(ledger: Ledger) -> Iterator[str]:
    """I5: each value is current, or replaced by a line that named it, or in a conflict, or was said by another as well."""
    bases: set[tuple[str, str, str]] = set()
    said: dict[tuple[str, str, str, str], int] = defaultdict(int)
    folded = [(one, line) for one in ledger.ops for line in lines.singly(ledger.parsed[one.op])]
    for _, line in folded:
        for edit in line.fields:
            if edit.base is not None and line.kind is not Kind.CUSTODY:
                bases.add((edit.base, line.row, edit.name))
            said[line.table, line.row, edit.name, scalar_text(edit.value)] += 1
    losers = {(c[5], c[1], c[2]) for c in ledger.conflicts.values()}
    for one, line in folded:
        if line.kind not in (Kind.SET, Kind.APPEND, Kind.DELETE) or one.reason in ("fixed", "exists"):
            continue
        for edit in line.fields:
            key = (line.table, line.row, edit.name)
            is_current = ledger.cells.get(key, ("", 0, ""))[2] == line.op
            if edit.name == DELETED and edit.value is False and key not in ledger.cells:
                continue  # a row that is there says so by not saying anything
            if edit.name == DELETED and edit.value is False and key in ledger.cells:
                later = ledger.parsed.get(ledger.cells[key][2])
                if ledger.cells[key][0] == "false" or (later is not None and later.kind is Kind.DELETE):
                    continue  # back it is; or taken out by somebody whose base names the row as it had come back
            if is_current or (named := (line.op, line.row, edit.name)) in bases or named in losers:
                continue
            if said[(*key, scalar_text(edit.value))] > 1:
                continue
            yield f"I5 {line.op} {key} = {edit.value!r} is nowhere"


def _signed_rows_stand(ledger: Ledger) -> Iterator[str]:
    for (table, row), (_, _, locked, _, _, appended) in ledger.rows.items():
        if locked is None:
            continue
        cover = {edit.name: edit for edit in ledger.parsed[locked].fields}
        for (t, r, field), (val, _, op) in ledger.cells.items():
            if (t, r) != (table, row) or op == appended:
                continue
            if field not in cover or scalar_text(cover[field].value) != val:
                yield f"I6 {table}/{row}.{field} is not what was signed"


def _clocks_are_sound(schedule: "Schedule", ledger: Ledger) -> Iterator[str]:
    latest = (schedule.fate.now_ms + 1 << 16) + len(ledger.ops)
    yield from (f"clock: {one.op} is decided by a time to come" for one in ledger.ops if one.eff > latest)


def _laptop(laptop: "Laptop", ledger: Ledger, held: set[str]) -> Iterator[str]:
    read = {feed for feed in laptop.feeds(ledger.heads) if not feed.startswith("d:")}
    yield from _confirmed(laptop, ledger, read)
    yield from _cursors(laptop, ledger, read)
    yield from _journal(laptop, ledger)
    yield from _view(laptop)
    yield from _mates(laptop, ledger, read)
    yield from _files(laptop, held)
    yield from _doctor(laptop)


def _confirmed(laptop: "Laptop", ledger: Ledger, read: set[str]) -> Iterator[str]:
    mine = {key for key, row in ledger.rows.items() if row[0] in read}
    cells = {
        (one.tbl, one.row, field): (cell.val, cell.hlc, cell.op)
        for one in laptop.rows("SELECT tbl, row, cells FROM sync_row")
        for field, cell in from_text(one.cells).items()
    }
    yield from _differ("I4 cells", cells, {key: one for key, one in ledger.cells.items() if key[:2] in mine})
    rows = {
        (r.tbl, r.row): (r.scope, r.feed_seq, r.locked_by, r.voided_by, r.void_reason, r.appended_by)
        for r in laptop.rows("SELECT * FROM sync_row")
    }
    yield from _differ("I4 rows", rows, {key: one for key, one in ledger.rows.items() if key in mine})
    conflicts: dict[str, tuple[object, ...]] = {}
    for c in laptop.rows("SELECT * FROM sync_conflict"):
        conflicts[c.id] = (
            c.tbl, c.row, c.field, c.scope, c.winner_op, c.loser_op, c.loser_val, c.loser_hlc, c.reason, c.resolved_by is None
        )  # fmt: skip
        if c.loser_op in ledger.parsed and c.loser_author != ledger.parsed[c.loser_op].author:
            yield f"I5 conflict {c.id} does not say who wrote the value that lost"
    theirs = {key: (*one[:9], bool(one[9])) for key, one in ledger.conflicts.items() if one[3] in read}
    if laptop.has_snapshot:  # it brings only those that are open
        theirs = {key: one for key, one in theirs.items() if one[9]}
        conflicts = {key: one for key, one in conflicts.items() if one[9]}
    yield from _differ("I4 conflicts", conflicts, theirs)


def _cursors(laptop: "Laptop", ledger: Ledger, read: set[str]) -> Iterator[str]:
    wanted = {feed: ledger.heads[feed] for feed in read | {feeds.receipts_feed(laptop.device)} & ledger.heads.keys()}
    yield from _differ("cursors", {c.feed: (c.seq, c.chain) for c in laptop.rows("SELECT * FROM sync_feed")}, wanted)
    if laptop.has_snapshot:
        return
    # others' lines are kept as they came, for a server that loses them
    kept = {p.op: bytes(p.line) for p in laptop.rows("SELECT op, line FROM sync_peer_op")}
    for one in ledger.ops:
        if one.feed in read and lines.content_hash(lines.parse(kept.get(one.op, bytes(one.line)))) != one.content_hash:
            yield f"{one.op} is not kept as it came"
        if one.feed in read and one.op not in kept:
            yield f"{one.op} is not kept for a server that loses it"


def _journal(laptop: "Laptop", ledger: Ledger) -> Iterator[str]:
    status = dict.fromkeys(ledger.aside, "quarantined") | {one.op: one.status for one in ledger.ops}
    for own in laptop.rows("SELECT op, state, tbl, row, kind, line FROM sync_op"):
        wanted = {"rejected": "rejected", "quarantined": "quarantined", None: None}.get(status.get(own.op), "done")
        if own.state != wanted:
            yield f"{own.op} is {own.state} here and {status.get(own.op)} at the server"
        line = lines.parse(bytes(own.line))
        if (line.op, line.table, line.row, str(line.kind)) != (own.op, own.tbl, own.row, own.kind):
            yield f"{own.op}: the journal's columns and its line differ"


def _view(laptop: "Laptop") -> Iterator[str]:
    """Rows as shown are the confirmed cells: nothing is pending any more."""
    cells: dict[tuple[str, str], dict[str, tuple[Any, str]]] = defaultdict(dict)
    for one in laptop.rows("SELECT tbl, row, cells FROM sync_row"):
        for field, cell in from_text(one.cells).items():
            cells[one.tbl, one.row][field] = (cell.value, cell.op)
    states = {(r.tbl, r.row): r for r in laptop.rows("SELECT * FROM sync_row")}
    wanted: dict[tuple[str, str], tuple[Any, ...]] = {}
    for (table, row), values in cells.items():
        if table not in SYNCED:
            continue
        state = states[table, row]
        ver = {field: op for field, (_, op) in values.items()}
        shown = tuple(values.get(field, (None, ""))[0] for field in fields_of(SYNCED[table]))
        is_gone = int(bool(values.get(DELETED, (False, ""))[0]))
        void = state.void_reason if state.voided_by else None
        wanted[table, row] = (shown, ver, state.locked_by, void, is_gone)
    shown_rows: dict[tuple[str, str], tuple[Any, ...]] = {}
    for table in SYNCED:
        for r in laptop.rows(f'SELECT * FROM "{table}"'):
            values = r._mapping
            fields = {field: values[field] for field in fields_of(SYNCED[table])}
            ver = versions.from_text(r._ver, fields)
            shown_rows[table, r.id] = (tuple(fields.values()), ver, r._locked, r._voided, r._deleted)
    over = {key for one in _unconfirmed(laptop) for key in lines.parse(bytes(one.line)).keys}  # shown over what is confirmed
    yield from _differ(
        "view",
        {key: one for key, one in shown_rows.items() if key not in over},
        {key: one for key, one in wanted.items() if key not in over},
    )


def _unconfirmed(laptop: "Laptop") -> list[Any]:
    return laptop.rows(f"SELECT op, line FROM sync_mate_op m WHERE {UNCONFIRMED}")


def _mates(laptop: "Laptop", ledger: Ledger, read: set[str]) -> Iterator[str]:
    """What came from a team-mate is at the server, and unconfirmed here only where this laptop may not read it."""
    feed = {one.op: one.feed for one in ledger.ops}
    for one in _unconfirmed(laptop):
        if one.op in ledger.aside or feed.get(one.op, "") not in {"", *read}:
            continue
        yield f"{one.op} of a team-mate was not carried on, or not confirmed"


def _files_at_the_server(schedule: "Schedule") -> Iterator[str]:
    """What the server calls a file that it has lies there, and is called by its digest."""
    store = schedule.bureau.office.blobs.store
    for (name,) in schedule.server.rows("SELECT sha256 FROM blob WHERE damaged_ms IS NULL"):
        if store.size(name) is None or hashlib.sha256(b"".join(store.read(name))).hexdigest() != name:
            yield f"file {name[:12]} is not at the server"


def _files(laptop: "Laptop", held: set[str]) -> Iterator[str]:
    missing = laptop.missing_files()
    for one in laptop.rows("SELECT sha256, state, stored FROM sync_blob"):
        is_gone = one.state == "remote" and one.stored not in laptop.files.kept
        if one.sha256 in held and (one.sha256 in missing or is_gone):
            yield f"file {one.sha256[:12]} is {one.state}, stored as {one.stored}"


def _doctor(laptop: "Laptop") -> Iterable[str]:
    doctor = Doctor(SimpleNamespace(db=laptop.disk.db), None, None)
    return [f"doctor: {one.code} {one.params}" for one in (doctor._journal(), doctor._pairs()) if not one.ok]
