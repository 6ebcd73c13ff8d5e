"""Take in journal lines: checked, numbered in commit order, folded and receipted in one transaction."""

from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select

from sync.protocol import chain, feeds, hlc, lines
from sync.protocol.chain import ChainHead, SignedLine
from sync.protocol.codec import BadMessage
from sync.protocol.errors import SyncError
from sync.protocol.fold import Entry, Status, Verdict, fold
from sync.protocol.framing import TooLarge
from sync.protocol.lines import Line
from sync.protocol.messages import MAX_PUSH_LINES, Ack, Cursor, Problem, PushAnswer, PushRequest, ReceiptKind
from sync.server import errors, receipts
from sync.server.db import heads, schema
from sync.server.db.cells import Cells
from sync.server.db.unit import Database
from sync.server.devices import Device
from sync.server.sentences import sentence
from sync.server.world import World

_PRIVATE = ("d:", "q:")


@dataclass(frozen=True, slots=True)
class _Known:
    content_hash: str
    ack: Ack


@dataclass(slots=True)
class _Push:
    """One push inside its transaction."""

    unit: Connection
    device: Device
    replica: str
    head: ChainHead
    cells: Cells
    now_ms: int
    known: dict[str, _Known]
    bases: dict[str, int]
    receipts: receipts.Writer
    standing: dict[str, Cursor]
    feeds: dict[str, Cursor] = field(default_factory=dict)
    ops: list[dict[str, object]] = field(default_factory=list)
    relinked: list[dict[str, object]] = field(default_factory=list)
    acks: list[Ack] = field(default_factory=list)


def push(database: Database, world: World, device: Device, request: PushRequest) -> PushAnswer:
    """Accept the longest good prefix of the lines; known lines are acknowledged again, with the same answer.

    Raises:
        EpochChanged: If the request belongs to an earlier history of the server.
        BadLine, BadSignature, BadMessage, TooLarge: If the request as a whole is unfit; nothing is taken.
    """
    if len(request.lines) > MAX_PUSH_LINES:
        raise TooLarge(limit=MAX_PUSH_LINES)
    if not lines.is_id(request.replica):
        raise BadMessage(at="replica")
    # All the costly checking comes before the lock.
    opened = [chain.open_line(one.line.encode(), one.sig, device.public_key) for one in request.lines]
    for at, one in enumerate(opened):
        if one.line.replica != request.replica:
            raise BadMessage(at=f"lines[{at}].rep")

    def take(unit: Connection) -> PushAnswer:
        epoch = unit.execute(select(schema.server_self.c.epoch)).scalar_one()
        if request.epoch != epoch:
            raise errors.EpochChanged(epoch=epoch)
        return _take(unit, world.now_ms(), device, request, opened)

    return database.transact(take)


def _take(
    unit: Connection, now_ms: int, device: Device, request: PushRequest, opened: list[SignedLine]
) -> PushAnswer:
    problem: SyncError | None = None
    of = schema.replica.c
    place = select(schema.replica).where(of.replica == request.replica).with_for_update()
    replica = unit.execute(place).first()
    if replica is not None and replica.device != device.id:
        problem = errors.ReplicaOfOther(replica=request.replica)
        return PushAnswer(request.batch, request.epoch, (), 0, lines.GENESIS, _problem(problem))
    head = ChainHead() if replica is None else ChainHead(replica.head_n, replica.head_hash)
    if replica is None:
        unit.execute(
            insert(schema.replica).values(
                replica=request.replica, device=device.id, head_n=0, head_hash=lines.GENESIS, first_ms=now_ms
            )
        )
    # The numbers given out below are held until the transaction ends.
    standing = heads.lock(unit, _touched(device, opened))
    state = _Push(
        unit, device, request.replica, head, Cells(unit), now_ms, _known(unit, opened), _bases(unit, opened),
        receipts.Writer(unit, device.id), standing,
    )  # fmt: skip
    try:
        for one in opened:
            _take_line(state, one)
    except (chain.Gap, chain.Fork, errors.IdReuse) as refused:
        problem = refused  # what came before it is committed
    _save(state)
    return PushAnswer(
        request.batch, request.epoch, tuple(state.acks), state.head.n, state.head.hash,
        None if problem is None else _problem(problem),
    )  # fmt: skip


def _take_line(state: _Push, one: SignedLine) -> None:
    known = state.known.get(one.line.op)
    if known is None:
        chain.check_next(state.head, one.line)
        _accept(state, one)
        state.head = one.head
        return
    if known.content_hash != lines.content_hash(one.line):
        raise errors.IdReuse(op=one.line.op)
    if one.line.n == state.head.n + 1 and one.line.prev == state.head.hash:
        _relink(state, one)
        state.head = one.head
    ack = known.ack
    if not state.receipts.has(ReceiptKind.RECORD, ack.op, ack.feed):
        state.receipts.give_record(ack)
    state.acks.append(ack)


def _accept(state: _Push, one: SignedLine) -> None:
    line = one.line
    named = [state.bases[edit.base] for edit in line.fields if edit.base in state.bases]
    eff = hlc.effective(line.hlc, state.now_ms, named)
    barred = _barred(state, line)
    name = line.scope if barred is None else f"q:{state.device.id}"
    at = _feed(state, name)
    if barred is None:
        verdict = fold(state.cells, Entry(at.seq + 1, line, eff))
    else:
        verdict = Verdict(Status.QUARANTINED, barred)
    link = feeds.op_link(at.chain, line, eff, verdict.status)
    state.feeds[name] = Cursor(name, at.seq + 1, link)
    content = lines.content_hash(line)
    state.ops.append(
        {
            "op": line.op, "replica": line.replica, "n": line.n, "device": state.device.id, "author": line.author,
            "kind": str(line.kind), "tbl": line.table, "row": line.row, "line": one.data, "op_hash": one.op_hash, "sig": one.sig,
            "content_hash": content, "eff": eff, "feed": name, "seq": at.seq + 1, "chain": link, "status": str(verdict.status),
            "reason": verdict.reason, "received_ms": state.now_ms,
        }
    )  # fmt: skip
    state.bases[line.op] = eff
    ack = Ack(line.op, verdict.status, name, at.seq + 1, eff, verdict.reason)
    state.receipts.give_record(ack)
    state.acks.append(ack)
    state.known[line.op] = _Known(content, ack)


def _barred(state: _Push, line: Line) -> str | None:
    """Return why a line may not enter its scope feed, or None if it may."""
    if line.scope.startswith(_PRIVATE) or not feeds.may_read(state.device.grants, line.scope):
        return "forbidden"
    row = state.cells.row(line.table, line.row)
    if row is not None and row.scope != line.scope:
        return "other_scope"  # feed numbers of two feeds must never meet in one row
    return None


def _relink(state: _Push, one: SignedLine) -> None:
    state.relinked.append(
        {
            "replica": one.line.replica, "n": one.line.n, "op": one.line.op, "line": one.data, "op_hash": one.op_hash, "sig": one.sig
        }
    )  # fmt: skip


def _feed(state: _Push, name: str) -> Cursor:
    return state.feeds.get(name) or state.standing[name]


def _touched(device: Device, opened: list[SignedLine]) -> set[str]:
    """Return every feed that may get an entry: those of the lines, the device's receipts and its quarantine."""
    scopes = {one.line.scope for one in opened if not one.line.scope.startswith(_PRIVATE)}
    return {feeds.receipts_feed(device.id), f"q:{device.id}"} | {
        scope for scope in scopes if feeds.may_read(device.grants, scope)
    }


def _save(state: _Push) -> None:
    if state.ops:
        state.unit.execute(insert(schema.op), state.ops)
    if state.relinked:
        state.unit.execute(insert(schema.relinked), state.relinked)
    state.cells.flush()
    state.receipts.flush()
    heads.save(state.unit, state.feeds)
    of = schema.replica.c
    state.unit.execute(
        schema.replica.update()
        .where(of.replica == state.replica)
        .values(head_n=state.head.n, head_hash=state.head.hash)
    )


def _known(unit: Connection, opened: list[SignedLine]) -> dict[str, _Known]:
    of = schema.op.c
    ids = [one.line.op for one in opened]
    found = unit.execute(
        select(of.op, of.content_hash, of.status, of.feed, of.seq, of.eff, of.reason).where(of.op.in_(ids))
    )
    return {
        op: _Known(content, Ack(op, Status(status), feed, seq, eff, reason))
        for op, content, status, feed, seq, eff, reason in found
    }


def _bases(unit: Connection, opened: list[SignedLine]) -> dict[str, int]:
    of = schema.op.c
    ids = sorted({edit.base for one in opened for edit in one.line.fields if edit.base is not None})
    effs: dict[str, int] = {}
    for start in range(0, len(ids), 5000):
        found = unit.execute(select(of.op, of.eff).where(of.op.in_(ids[start : start + 5000])))
        effs.update((row.op, row.eff) for row in found)
    return effs


def _problem(error: SyncError) -> Problem:
    return Problem(error.code, error.params, sentence(error.code, error.params))
