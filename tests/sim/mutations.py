"""Bugs that peers had, put back on purpose: each one must be seen by the checks, or the checks are worth nothing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

import app.db.sync_store as sync_store
import sync.client.engine as engine
import sync.protocol.fold as fold
import sync.protocol.hlc as hlc
import sync.server.receipts as receipts
from app.db import feed_drop
from app.db.packet_store import PacketStore
from app.db.sync_store import SyncStore
from sync.client.engine import Engine
from sync.client.store import Taken
from sync.protocol import chain
from sync.protocol.chain import ChainHead, DeviceKey, SignedLine
from sync.protocol.lines import Kind, content_of, singly
from sync.protocol.messages import Cursor
from sync.server import resupply
from sync.server.assembly import Assembly, Job
from sync.server.db import heads, schema
from sync.server.db.unit import Database
from sync.server.db.upserts import insert_many
from sync.server.intake import Intake
from tests.sim.fate import Crash

Mutation = Callable[[], AbstractContextManager[object]]


@contextmanager
def cursor_before_data() -> Iterator[None]:
    """The cursor is stored in a transaction of its own before the page (pouchdb 1240)."""
    right = SyncStore.take

    def wrong(self: SyncStore, taken: Taken) -> None:
        with self._db.marked("pull") as connection:
            for page in taken.pages:
                sync_store._check_cursor(connection, page.before)
                sync_store._move_cursor(connection, page.after)
        with mock.patch.object(sync_store, "_check_cursor"):
            right(self, taken)

    with mock.patch.object(SyncStore, "take", wrong):
        yield


@contextmanager
def number_from_a_sequence() -> Iterator[None]:
    """Numbers come from a counter outside the transaction, as `BIGSERIAL` gives them: a rollback leaves a hole."""
    given: dict[str, int] = {}
    right = heads.lock

    def wrong(unit: Any, names: Any) -> dict[str, Cursor]:
        found = right(unit, names)
        for name, at in found.items():
            if at.seq == 0:
                given.pop(name, None)  # a new server
            if name.startswith("s:"):
                given[name] = max(given.get(name, 0), at.seq)
                found[name] = replace(at, seq=given[name])
        return found

    right_place = Intake._place

    def place(self: Intake, one: SignedLine, device: str) -> None:
        right_place(self, one, device)
        given[one.line.scope] = self._feeds[one.line.scope].seq

    with mock.patch.object(heads, "lock", wrong), mock.patch.object(Intake, "_place", place):
        yield


@contextmanager
def counter_as_identity() -> Iterator[None]:
    """A line is known by replica and number instead of by its id."""
    right = Intake.take

    def wrong(self: Intake, one: SignedLine, signer: Any) -> None:
        if one.line.n > self.replica(one.line.replica, signer).n:
            right(self, one, signer)

    with mock.patch.object(Intake, "take", wrong):
        yield


def acknowledgement_as_receipt() -> AbstractContextManager[object]:
    """What the answer to a push says is taken for settled."""

    def wrong(connection: Any, ops: Sequence[str]) -> None:
        for op in ops:
            connection.exec_driver_sql("UPDATE sync_op SET state = 'done' WHERE op = ? AND state = 'pending'", (op,))

    return mock.patch.object(sync_store, "_mark_acked", wrong)


def acknowledged_is_never_sent_again() -> AbstractContextManager[object]:
    """A line without a receipt stays acknowledged."""
    return mock.patch.object(SyncStore, "requeue_acked", return_value=0)


@contextmanager
def page_that_does_not_join() -> Iterator[None]:
    """A page is applied wherever it begins (a late answer, a laptop set back)."""

    def wrong(before: Cursor, page: Any, placed: Any) -> Cursor:
        at = before
        for one in placed:
            content = content_of(one.signed.data)
            link = engine.feeds.op_link(at.chain, one.signed.line.op, content, one.eff, one.verdict)
            at = Cursor(page.feed, one.seq, link)
        return at

    with mock.patch.object(engine.feeds, "check_page", wrong), mock.patch.object(sync_store, "_check_cursor"):
        yield


@contextmanager
def fold_is_not_idempotent() -> Iterator[None]:
    """An entry that the row has seen is folded again."""
    right = fold._apply

    def wrong(store: Any, entry: fold.Entry) -> fold.Verdict:
        if entry.line.kind is Kind.CREATE:
            return fold.fold_all(store, entry.seq, singly(entry.line), entry.eff)
        known = store.row(entry.line.table, entry.line.row)
        state = known or fold.RowState(entry.line.table, entry.line.row, entry.line.scope)
        state, verdict = right(store, entry, state._replace(feed_seq=entry.seq), is_new=known is None)
        store.put_row(state)
        return verdict

    with mock.patch("sync.protocol.fold.fold", wrong), mock.patch("tests.sim.checks.fold", wrong):
        yield


@contextmanager
def rechain_changes_the_id() -> Iterator[None]:
    """A line that gets a new place gets a new id as well."""
    right = chain.rechain

    def wrong(contents: Any, replica: str, key: DeviceKey, head: ChainHead | None = None) -> list[_Renamed]:
        old = list(contents)
        new = [replace(one, op=one.op[:-1] + ("0" if one.op[-1] != "0" else "1")) for one in old]
        return [_Renamed(one, before.op) for one, before in zip(right(new, replica, key, head), old, strict=True)]

    right_start = SyncStore.start_new_replica

    def start(self: SyncStore, replica: str, key: DeviceKey) -> int:
        count = right_start(self, replica, key)
        with self._db.marked("pull") as connection:
            for seq, data in connection.exec_driver_sql("SELECT seq, line FROM sync_op WHERE state = 'pending'").all():
                op = sync_store.lines.parse(bytes(data)).op
                connection.exec_driver_sql("UPDATE sync_op SET op = ? WHERE seq = ?", (op, seq))
        return count

    with mock.patch.object(sync_store, "rechain", wrong), mock.patch.object(SyncStore, "start_new_replica", start):
        yield


class _Renamed:
    """A sealed line that the journal still finds under the id it had."""

    def __init__(self, one: SignedLine, old: str) -> None:
        self.data, self.op_hash, self.sig, self.head = one.data, one.op_hash, one.sig, one.head
        self.line = replace(one.line, op=old)


@contextmanager
def receipt_before_commit() -> Iterator[None]:
    """Receipts are committed apart from the lines they are for: a crash between leaves them without."""
    right, right_flush = Database.transact, receipts.Writer.flush
    given: list[tuple[str, Cursor, list[Any]]] = []

    def flush(self: receipts.Writer) -> None:
        given.append((self._feed, Cursor(self._feed, self._seq, self._chain), list(self._new)))
        right_flush(self)

    def transact(self: Database, work: Any) -> Any:
        given.clear()
        try:
            return right(self, work)
        except Crash:
            with self.write() as unit:
                for feed, at, new in given:
                    heads.lock(unit, [feed])
                    insert_many(unit, schema.receipt, receipts.COLUMNS, new)
                    heads.save(unit, {feed: at})
            raise

    with mock.patch.object(Database, "transact", transact), mock.patch.object(receipts.Writer, "flush", flush):
        yield


def clocks_are_not_observed() -> AbstractContextManager[object]:
    """A laptop's clock does not follow what it reads."""
    return mock.patch.object(hlc, "observe", lambda last, seen: last)


def clocks_to_come_are_believed() -> AbstractContextManager[object]:
    """The server takes a clock in the future for what it says."""

    def wrong(said: int, server_ms: int, bases: Any = ()) -> int:
        return max((said, *(base + 1 for base in bases)))

    return mock.patch.object(hlc, "effective", wrong)


def refused_lines_are_skipped() -> AbstractContextManager[object]:
    """After a refusal the line in question is dropped from the queue, so that the others can go on."""
    right = Engine._mend

    def wrong(self: Engine, problem: Any, batch: Any) -> None:
        with self.store._db.marked("pull") as connection:
            connection.exec_driver_sql("UPDATE sync_op SET state = 'done' WHERE op = ?", (batch[0].op,))
        right(self, problem, batch)

    return mock.patch.object(Engine, "_mend", wrong)


@contextmanager
def last_writer_wins_silently() -> Iterator[None]:
    """A value that loses is not kept."""
    right = fold._file

    def wrong(store: Any, entry: Any, field: str, winner: str, loser: Any, reason: Any) -> None:
        if reason is not fold.Reason.CONCURRENT:
            right(store, entry, field, winner, loser, reason)

    with mock.patch.object(fold, "_file", wrong):
        yield


@contextmanager
def signatures_do_not_lock() -> Iterator[None]:
    """An edit after a signature goes in."""
    right = fold._edit

    def wrong(store: Any, entry: Any, state: Any, *more: Any) -> Any:
        return right(store, entry, state._replace(locked_by=None), *more)

    with mock.patch.object(fold, "_edit", wrong):
        yield


@contextmanager
def settled_lines_stay_settled() -> Iterator[None]:
    """A new epoch does not put settled lines into the queue again."""
    right = SyncStore.start_new_epoch

    def wrong(self: SyncStore, epoch: str) -> None:
        with self._db.read() as unit:
            done = [row.op for row in unit.sql("SELECT op FROM sync_op WHERE state = 'done'")]
        right(self, epoch)
        with self._db.marked("pull") as connection:
            for op in done:
                connection.exec_driver_sql("UPDATE sync_op SET state = 'done' WHERE op = ?", (op,))
            connection.exec_driver_sql("DELETE FROM sync_lost WHERE op IN (SELECT op FROM sync_op)")

    with mock.patch.object(SyncStore, "start_new_epoch", wrong):
        yield


def nothing_is_given_back() -> AbstractContextManager[object]:
    """Lines of others that a restored server lost stay where they are."""
    return mock.patch.object(SyncStore, "to_resupply", return_value=())


@contextmanager
def what_its_carrier_may_not_read_is_dropped() -> Iterator[None]:
    """A colleague's line is passed over where the one who brings it has no role any more."""
    right = resupply._take

    def wrong(intake: Any, device: Any, opened: Any, signers: Any, told: Any) -> Any:
        seen = [(name, one) for name, one in opened if one.line.op in told]
        return right(intake, device, seen, signers, told)

    with mock.patch.object(resupply, "_take", wrong):
        yield


def an_office_that_was_left_stays() -> AbstractContextManager[object]:
    """Who lost a role keeps what he could read."""
    return mock.patch.object(feed_drop, "drop", return_value=0)


def packets_to_the_server_leave_colleagues_out() -> AbstractContextManager[object]:
    """Only own lines are put into a packet; what came from a colleague who is gone stays behind."""
    return mock.patch.object(PacketStore, "mate_lines", return_value=())


def receipt_before_the_file_is_there() -> AbstractContextManager[object]:
    """The receipt for a file that takes long to put together is given when the work begins."""
    right = Assembly.ask

    def wrong(self: Assembly, job: Job) -> str:
        self._settle(job)
        return right(self, job)

    return mock.patch.object(Assembly, "ask", wrong)


ALL: dict[str, Mutation] = {
    made.__name__: made
    for made in (
        cursor_before_data,
        number_from_a_sequence,
        counter_as_identity,
        acknowledgement_as_receipt,
        acknowledged_is_never_sent_again,
        page_that_does_not_join,
        fold_is_not_idempotent,
        rechain_changes_the_id,
        receipt_before_commit,
        clocks_are_not_observed,
        clocks_to_come_are_believed,
        refused_lines_are_skipped,
        last_writer_wins_silently,
        signatures_do_not_lock,
        settled_lines_stay_settled,
        nothing_is_given_back,
        what_its_carrier_may_not_read_is_dropped,
        an_office_that_was_left_stays,
        packets_to_the_server_leave_colleagues_out,
        receipt_before_the_file_is_there,
    )
}
