"""Take lines in, one after the other, inside one transaction: judged, numbered, folded and receipted, or put aside.

A line has its place in the chain of its replica as soon as it is taken, whatever is thought of it; its place in a feed
it gets when it may be folded. What may not (yet) be folded is kept whole in `quarantine` and comes out by itself when
what it waits for is there.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from sync.protocol import chain, feeds, hlc, lines
from sync.protocol.chain import ChainHead, SignedLine
from sync.protocol.errors import SyncError
from sync.protocol.fold import STALE_TRANSITION, Status, Verdict, fold_all
from sync.protocol.lines import GENESIS, Kind, Line
from sync.protocol.messages import Cursor, Receipt, ReceiptKind
from sync.protocol.rules import allows
from sync.server import digests, errors, receipts
from sync.server.db import heads, schema
from sync.server.db.cells import Cells
from sync.server.db.upserts import insert_many, insert_new, insert_or_replace, read_many
from sync.server.devices import Device
from sync.server.people.reasons import reason_aside
from sync.server.terms import Terms

PRIVATE = ("d:", "q:")
CHAIN_HOLE = "chain_hole"
FUTURE_SCHEMA = "future_schema"
NO_PARENT = "no_parent"
UNKNOWN_SIGNER = "unknown_signer"
_LINE = "_line"  # in the place of a table: what is waited for is a line, by its id
_OP_COLUMNS = (
    "op", "replica", "n", "device", "author", "kind", "tbl", "row", "line", "op_hash", "sig", "content_hash", "eff", "feed",
    "seq", "chain", "status", "reason", "received_ms",
)  # fmt: skip
_DATA: Final = _OP_COLUMNS.index("line")
# Built once: every push asks.
_ASIDE = schema.quarantine.c
_AWAITED: Final = select(_ASIDE.waits_tbl, _ASIDE.waits_row).where(_ASIDE.reason == NO_PARENT)
_ANY_ASIDE: Final = select(_ASIDE.op).limit(1)
_REPLICA: Final = select(schema.replica).where(schema.replica.c.replica == bindparam("the_replica")).with_for_update()

FindDevice = Callable[[str], Device]


def barred(device: Device, line: Line) -> str | None:
    """Return why a device may not put a line into its scope's feed, or None if it may."""
    return reason_aside(device.access, device.revoked_ms, line)


@dataclass(frozen=True, slots=True)
class _Known:
    """A line that is here already; `receipt` has no number yet."""

    content_hash: str
    receipt: Receipt
    is_aside: bool = False
    is_in_chain: bool = True


@dataclass(frozen=True, slots=True)
class _Judgement:
    reason: str
    waits: tuple[str, str] | None = None


class Intake:
    """One transaction's worth of lines; nothing is written before `flush`.

    Attributes:
        before: Where the feeds stood that the prepared lines go to, the device's receipts among them.
    """

    def __init__(self, unit: Connection, now_ms: int, terms: Terms, find: FindDevice) -> None:
        self._unit, self._now_ms, self._terms, self._find = unit, now_ms, terms, find
        self._cells = Cells(unit)
        self._replicas: dict[str, ChainHead] = {}
        self.before: dict[str, Cursor] = {}
        self._feeds: dict[str, Cursor] = {}
        self._writers: dict[str, receipts.Writer] = {}
        self._known: dict[str, _Known] = {}
        self._bases: dict[str, int] = {}
        self._ops: list[tuple[Any, ...]] = []
        self._relinked: list[dict[str, Any]] = []
        self._aside: dict[str, dict[str, Any]] = {}
        self._released: set[str] = set()
        self._awaited: set[tuple[str, str]] = set()
        self._rights: dict[tuple[str, Kind, str], str | None] = {}
        self._has_aside = False
        self._read_aside()

    def prepare(self, opened: Sequence[SignedLine], device: Device) -> None:
        """Read what is known of these lines and lock the feeds they go to."""
        self._read_known([one.line.op for one in opened])
        bases = {edit.base for one in opened for edit in one.line.fields if edit.base is not None}
        if self._has_aside:
            self._read_known(sorted(bases))
        self._read_bases(bases)
        scopes = {one.line.scope for one in opened if self._barred(device, one.line) is None}
        own = feeds.receipts_feed(device.id)
        self.before = heads.lock(self._unit, {*scopes, own})
        self._feeds |= {name: at for name, at in self.before.items() if name != own}
        # Only now: who held these feeds may have put lines aside that wait for these, or changed these rows.
        self._read_aside()
        self._cells.read(key for one in opened for key in one.line.keys)

    def replica(self, name: str, device: Device) -> ChainHead:
        """Return the head of a replica, held until the transaction ends; a new one begins with nothing.

        Raises:
            ReplicaOfOther: If it belongs to another device.
        """
        if name not in self._replicas:
            new = {"replica": name, "device": device.id, "head_n": 0, "head_hash": GENESIS, "first_ms": self._now_ms}
            insert_new(self._unit, schema.replica, new)
            found = self._unit.execute(_REPLICA, {"the_replica": name}).one()
            if found.device != device.id:
                raise errors.ReplicaOfOther(replica=name)
            self._replicas[name] = ChainHead(found.head_n, found.head_hash)
        return self._replicas[name]

    def is_known(self, op: str) -> bool:
        """Return whether a prepared line has its place in a chain here."""
        known = self._known.get(op)
        return known is not None and known.is_in_chain

    def place(self, op: str) -> int:
        """Return the number of a line in its feed; 0 for one that has none (yet)."""
        known = self._known.get(op)
        return 0 if known is None or known.is_aside else known.receipt.feed_seq

    def take(self, one: SignedLine, signer: Device) -> None:
        """Take in the next line of its replica, or one that is known.

        Raises:
            Gap, Fork: If the line does not continue the replica's head.
            IdReuse: If its id is known with another content.
            ReplicaOfOther: If the replica is another device's.
        """
        line = one.line
        known, head = self._known.get(line.op), self.replica(line.replica, signer)
        if known is not None and known.content_hash != lines.content_of(one.data):
            raise errors.IdReuse(op=line.op)
        is_next = line.n == head.n + 1 and line.prev == head.hash
        if known is None or not known.is_in_chain:
            chain.check_next(head, line)
            self._enter(one, signer)
        else:
            if is_next:
                self._relink(one)
            self._again(one, known, signer)
        if is_next:
            self._replicas[line.replica] = one.head
            self._follow(line.replica, signer)

    def park(self, one: SignedLine, device: str, reason: str, supplied_by: str) -> None:
        """Keep a line whose place in its replica's chain cannot be told yet."""
        if one.line.op not in self._known:
            self._set_aside(one, device, _Judgement(reason), in_chain=False, supplied_by=supplied_by)

    def note_brought(self, device: str, batch: str) -> None:
        """Give whoever brought lines of others a receipt: a server that loses them again is then found out by his cursor."""
        feed = feeds.receipts_feed(device)
        self._writer(device).give(Receipt(0, ReceiptKind.BROUGHT, batch, Status.APPLIED, feed, 0, 0))

    def judge_again(self, op: str) -> str | None:
        """Fold a line that was put aside, if nothing is in its way any more; return why it stays, None once it is out."""
        if op in self._released:  # it came out behind the one it waited for
            return None
        found = self._unit.execute(select(schema.quarantine).where(schema.quarantine.c.op == op)).mappings().one()
        return self._release(dict(found))

    @property
    def new_bytes(self) -> int:
        """Return how many bytes of lines are to be written."""
        kept = sum(len(one["line"]) for one in (*self._aside.values(), *self._relinked))
        return kept + sum(len(one[_DATA]) for one in self._ops)

    def flush(self) -> None:
        """Write everything; to be called before the transaction ends."""
        if self._released:
            self._unit.execute(delete(schema.quarantine).where(schema.quarantine.c.op.in_(sorted(self._released))))
        insert_many(self._unit, schema.op, _OP_COLUMNS, self._ops)
        if self._relinked:
            self._unit.execute(insert(schema.relinked), self._relinked)
        insert_or_replace(self._unit, schema.quarantine, list(self._aside.values()))
        changes = self._cells.flush()
        for device in sorted(self._writers):
            self._writers[device].flush()
        heads.save(self._unit, self._feeds)
        for feed, change in changes.items():
            digests.keep(self._unit, feed, digests.kept(self._unit, feed) ^ change)
        of = schema.replica.c
        for name, head in self._replicas.items():
            where = of.replica == name
            self._unit.execute(update(schema.replica).where(where).values(head_n=head.n, head_hash=head.hash))

    def _enter(self, one: SignedLine, signer: Device) -> None:
        judgement = self._judge(one.line, signer)
        if judgement is None:
            self._place(one, signer.id)
        else:
            self._set_aside(one, signer.id, judgement)

    def _again(self, one: SignedLine, known: _Known, signer: Device) -> None:
        """Answer a line that is here: one that was put aside is judged again, for the grounds may be gone."""
        if not known.is_aside:
            writer = self._writer(signer.id)
            if not writer.has(ReceiptKind.RECORD, one.line.op, known.receipt.feed):
                writer.give(known.receipt)
        elif one.line.op in self._aside or self.judge_again(one.line.op) is not None:
            self._writer(signer.id).give(known.receipt)

    def _barred(self, device: Device, line: Line) -> str | None:
        if device.revoked_ms is not None:
            return barred(device, line)
        asked = (device.id, line.kind, line.scope)  # all that is looked at while the device is in
        if asked not in self._rights:
            self._rights[asked] = barred(device, line)
        return self._rights[asked]

    def _judge(self, line: Line, signer: Device) -> _Judgement | None:
        """Return why a line may not be folded now, or None."""
        reason = self._barred(signer, line)
        if reason is not None:
            return _Judgement(reason)
        if not self._terms.schema.understands(line):
            return _Judgement(FUTURE_SCHEMA)
        said = self._terms.schema.said(line)
        if line.kind is not Kind.CUSTODY:
            for row in (self._cells.row(*key) for one in said for key in one.keys):
                if row is not None and row.scope != line.scope:
                    return _Judgement("other_scope")  # feed numbers of two feeds must never meet in one row
        for edit in line.fields:
            if edit.base is not None:
                base = self._known.get(edit.base)
                if base is not None and base.is_aside:
                    return _Judgement(NO_PARENT, (_LINE, edit.base))
        for one in said:
            for parent in self._terms.book.parents(one):
                if self._cells.row(*parent) is None:
                    return _Judgement(NO_PARENT, parent)
        return None

    def _place(self, one: SignedLine, device: str) -> None:
        """Give a line its number, fold it and give its receipt."""
        line, said = one.line, self._terms.schema.said(one.line)
        at = self._feed(line.scope)
        bases = [edit.base for edit in line.fields if edit.base is not None]
        eff = hlc.effective(line.hlc, self._now_ms, self._read_bases(bases) if bases else ())
        new = [key for part in said for key in part.keys if self._cells.row(*key) is None] if self._awaited else []
        verdict = self._fold(at.seq + 1, said, eff)
        content = lines.content_of(one.data)
        link = feeds.op_link(at.chain, line.op, content, eff, verdict)
        self._feeds[line.scope] = Cursor(line.scope, at.seq + 1, link)
        self._ops.append(
            (line.op, line.replica, line.n, device, line.author, line.kind.value, line.table, line.row, one.data,
             one.op_hash, one.sig, content, eff, line.scope, at.seq + 1, link, verdict.status.value, verdict.reason,
             self._now_ms)
        )  # fmt: skip
        self._bases[line.op] = eff
        receipt = Receipt(
            0, ReceiptKind.RECORD, line.op, verdict.status, line.scope, at.seq + 1, eff, verdict.reason
        )
        self._writer(device).give(receipt)
        known = self._known.get(line.op)
        if known is not None and known.is_aside:
            self._released.add(line.op)
            self._aside.pop(line.op, None)
        self._known[line.op] = _Known(content, receipt)
        if self._awaited:
            for awaited in (*new, (_LINE, line.op)):
                if awaited in self._awaited:
                    self._release_children(*awaited)

    def _fold(self, seq: int, said: Sequence[Line], eff: int) -> Verdict:
        for line in (one for part in said if self._terms.book.moves(part) for one in lines.singly(part)):
            for rule in self._terms.book.moves(line):
                edit, cell = line.field(rule.field), self._cells.cells(line.table, line.row).get(rule.field)
                if edit is not None and cell is not None and not allows(rule, cell.value, edit.value):
                    return Verdict(Status.REJECTED, STALE_TRANSITION)
        return fold_all(self._cells, seq, said, eff)

    def _set_aside(
        self, one: SignedLine, device: str, judgement: _Judgement, *, in_chain: bool = True, supplied_by: str | None = None
    ) -> None:
        line, content = one.line, lines.content_of(one.data)
        table, row = judgement.waits or (None, None)
        self._aside[line.op] = {
            "op": line.op, "replica": line.replica, "n": line.n, "device": device, "author": line.author,
            "scope": line.scope, "line": one.data, "op_hash": one.op_hash, "sig": one.sig, "content_hash": content,
            "sv": line.schema, "reason": judgement.reason, "waits_tbl": table, "waits_row": row, "in_chain": in_chain,
            "supplied_by": supplied_by, "received_ms": self._now_ms,
        }  # fmt: skip
        receipt = _aside_receipt(line.op, device, judgement.reason)
        self._known[line.op] = _Known(content, receipt, is_aside=True, is_in_chain=in_chain)
        if judgement.waits is not None:
            self._awaited.add(judgement.waits)
        if in_chain:
            self._writer(device).give(receipt)

    def _release_children(self, table: str, row: str) -> None:
        self._awaited.discard((table, row))
        of = schema.quarantine.c
        waiting = select(schema.quarantine).where(of.waits_tbl == table, of.waits_row == row)
        stored = [dict(one) for one in self._unit.execute(waiting).mappings()]
        fresh = [one for one in self._aside.values() if (one["waits_tbl"], one["waits_row"]) == (table, row)]
        names = {one["op"] for one in fresh}
        for one in sorted([*(one for one in stored if one["op"] not in names), *fresh], key=_age):
            if one["op"] not in self._released:
                self._release(one)

    def _release(self, aside: dict[str, Any]) -> str | None:
        signer = self._find(aside["device"])
        one = chain.open_line(bytes(aside["line"]), aside["sig"], signer.public_key)
        receipt = _aside_receipt(one.line.op, signer.id, aside["reason"])
        self._known.setdefault(
            one.line.op, _Known(aside["content_hash"], receipt, is_aside=True, is_in_chain=aside["in_chain"])
        )
        judgement = self._judge(one.line, signer)
        if judgement is None and aside["in_chain"]:
            self._place(one, signer.id)
            return None
        if judgement is not None and judgement.waits is not None and aside["in_chain"]:
            table, row = judgement.waits
            self._aside[one.line.op] = {**aside, "reason": judgement.reason, "waits_tbl": table, "waits_row": row}
            self._awaited.add(judgement.waits)
        return str(aside["reason"]) if judgement is None else judgement.reason

    def _follow(self, replica: str, signer: Device) -> None:
        """Take the line that was parked behind the one just taken, if it is there."""
        if not self._has_aside and not self._aside:
            return
        head, of = self._replicas[replica], schema.quarantine.c
        stored: list[dict[str, Any]] = []
        if self._has_aside:
            behind = select(schema.quarantine).where(of.replica == replica, of.n == head.n + 1, of.in_chain.is_(False))
            stored = [dict(one) for one in self._unit.execute(behind).mappings()]
        fresh = [one for one in self._aside.values() if (one["replica"], one["n"]) == (replica, head.n + 1)]
        for aside in (*stored, *fresh):
            try:
                one = chain.open_line(bytes(aside["line"]), aside["sig"], signer.public_key)
            except SyncError:
                continue  # brought by somebody before the key was known, and not this device's
            self._read_known([one.line.op])
            if not self._known[one.line.op].is_in_chain and one.line.prev == head.hash:
                self.take(one, signer)
                return

    def _relink(self, one: SignedLine) -> None:
        self._relinked.append(
            {
                "replica": one.line.replica, "n": one.line.n, "op": one.line.op, "line": one.data, "op_hash": one.op_hash,
                "sig": one.sig,
            }
        )  # fmt: skip

    def _feed(self, name: str) -> Cursor:
        if name not in self._feeds:
            self._feeds |= heads.lock(self._unit, [name])
        return self._feeds[name]

    def _writer(self, device: str) -> receipts.Writer:
        if device not in self._writers:
            self._writers[device] = receipts.Writer(self._unit, device)
        return self._writers[device]

    def _read_aside(self) -> None:
        self._has_aside = self._unit.execute(_ANY_ASIDE).first() is not None
        awaited = self._unit.execute(_AWAITED) if self._has_aside else ()
        self._awaited = {(table, row) for table, row in awaited}

    def _read_known(self, ids: Sequence[str]) -> None:
        wanted = [op for op in ids if op not in self._known]
        for op, content, status, feed, seq, eff, reason in read_many(
            self._unit, schema.op, ("op", "content_hash", "status", "feed", "seq", "eff", "reason"), "op", wanted
        ):
            receipt = Receipt(0, ReceiptKind.RECORD, op, Status(status), feed, seq, eff, reason)
            self._known[op] = _Known(content, receipt)
        for op, content, device, reason, in_chain in read_many(
            self._unit, schema.quarantine, ("op", "content_hash", "device", "reason", "in_chain"), "op", wanted
        ):
            receipt = _aside_receipt(op, device, reason)
            self._known[op] = _Known(content, receipt, is_aside=True, is_in_chain=bool(in_chain))

    def _read_bases(self, named: Collection[str]) -> list[int]:
        """Return the effective clocks of those of these lines that have one."""
        wanted = sorted({op for op in named if op not in self._bases and op not in self._known})
        self._bases.update(read_many(self._unit, schema.op, ("op", "eff"), "op", wanted))
        effs = [self._bases.get(op) or (self._known[op].receipt.eff if op in self._known else 0) for op in named]
        return [eff for eff in effs if eff]


def _aside_receipt(op: str, device: str, reason: str) -> Receipt:
    return Receipt(0, ReceiptKind.RECORD, op, Status.QUARANTINED, f"q:{device}", 0, 0, reason)


def _age(aside: dict[str, Any]) -> tuple[int, str, int]:
    return aside["received_ms"], aside["replica"], aside["n"]
