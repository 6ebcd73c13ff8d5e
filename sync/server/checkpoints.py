"""The log of feed entries, grown beside the exchanges: which entries are leaves, in which order, and the signed head.

It grows when somebody asks for its head: entries that came since then are read from a snapshot, hashed, and written in one
short transaction. Full tiles of 256 leaves are kept; everything above them is computed. An epoch has a log of its own.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from sync.protocol import checkpoints as tree
from sync.protocol import hlc
from sync.protocol.chain import DeviceKey
from sync.protocol.checkpoints import CheckpointAnswer, CheckpointRequest, EntryProof, Head
from sync.protocol.feeds import DEVICE_FEED
from sync.protocol.lines import GENESIS
from sync.server import epochs
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.devices import Device
from sync.server.pulls import may_read

TILE: Final = 256
_BATCH: Final = 4_000  # entries in memory at once
_SHOWN_MS: Final = 60_000

Stamper = Callable[[str], str]
"""Gives an RFC 3161 token (base64) over a note, empty where none can be had now."""


@dataclass(frozen=True, slots=True)
class _State:
    epoch: str
    size: int
    reached: dict[str, int]


class Log:
    """Grow the log, show its head, prove what is in it; safe for several threads and processes."""

    def __init__(self, database: Database, key: DeviceKey, server: str, stamper: Stamper | None = None) -> None:
        self._database, self._key, self._server, self._stamper = database, key, server, stamper
        self._lock = threading.Lock()
        self._stamped: tuple[str, str] = ("", "")
        self._shown: tuple[int, CheckpointAnswer] | None = None

    def answer(self, asked: CheckpointRequest, device: Device | None = None) -> CheckpointAnswer:
        """Return the head as it is now, and what was asked with it; nothing of lines to strangers."""
        self.grow()
        with self._database.read() as unit:
            state = _state(unit)
            get = self._subtrees(unit, state)
            head = Head(f"yanfang/{self._server}/{state.epoch}", state.size, tree.root(get, state.size))
            grown = tree.consistency(get, asked.since, state.size)
            proofs = [] if device is None else [
                proof for op in asked.ops[: tree.MOST_OPS] if (proof := _proof(unit, device, op, state, get)) is not None
            ]  # fmt: skip
        note = tree.note_of(head, self._key)
        return CheckpointAnswer(
            note, self._key.public_hex, tuple(one.hex() for one in grown), tuple(proofs), self._token(note)
        )

    def shown(self, now_ms: int) -> CheckpointAnswer:
        """Return a head that is at most a minute old: what anybody may ask costs next to nothing."""
        if self._shown is None or not 0 <= now_ms - self._shown[0] < _SHOWN_MS:
            self._shown = now_ms, self.answer(CheckpointRequest())
        return self._shown[1]

    def grow(self) -> None:
        """Take in all entries that are not in the log yet."""
        with self._lock:
            while self._grow_once():
                pass

    def _grow_once(self) -> bool:
        with self._database.read() as unit:
            state = _state(unit)
            segments, fresh = _unlogged(unit, state)
            if not segments:
                return False
            kept = (state.size // TILE) * TILE
            leaves = _leaves(unit, state, kept, state.size) + fresh
        full = len(leaves) // TILE
        tiles = []
        for n in range(full):
            part = leaves[n * TILE : (n + 1) * TILE]
            hashes = {"root": tree.root(tree.subtrees(part), TILE), "leaves": b"".join(part)}
            tiles.append({"epoch": state.epoch, "n": kept // TILE + n, **hashes})
        try:
            with self._database.write() as unit:
                if _state(unit) != state:  # another process was faster
                    return True
                unit.execute(insert(schema.log_segment), segments)
                if tiles:
                    unit.execute(insert(schema.log_tile), tiles)
        except IntegrityError:
            pass
        return True

    def _subtrees(self, unit: Connection, state: _State) -> tree.Subtree:
        """Return access to the tree: tile roots and the open tile's leaves are there, other leaves are read when asked."""
        c = schema.log_tile.c
        rows = unit.execute(select(c.root).where(c.epoch == state.epoch).order_by(c.n)).scalars()
        roots = [bytes(one) for one in rows]
        above = tree.subtrees(roots)
        read: dict[int, tree.Subtree] = {}

        def get(a: int, b: int) -> bytes:
            if b - a >= TILE:
                return above(a // TILE, b // TILE)
            n = a // TILE
            if n not in read:
                read[n] = tree.subtrees(_leaves(unit, state, n * TILE, min((n + 1) * TILE, state.size)))
            return read[n](a - n * TILE, b - n * TILE)

        return get

    def _token(self, note: str) -> str:
        if self._stamper is None:
            return ""
        if self._stamped[0] != note:
            self._stamped = note, self._stamper(note)
        return self._stamped[1]


def _state(unit: Connection) -> _State:
    epoch = epochs.current(unit)
    c = schema.log_segment.c
    of_feeds = select(c.feed, func.max(c.upto_seq)).where(c.epoch == epoch).group_by(c.feed)
    reached = {row[0]: row[1] for row in unit.execute(of_feeds)}
    ends = select(c.first + c.upto_seq - c.after_seq).where(c.epoch == epoch).order_by(c.first.desc()).limit(1)
    return _State(epoch, unit.execute(ends).scalar() or 0, reached)


def _unlogged(unit: Connection, state: _State) -> tuple[list[dict[str, object]], list[bytes]]:
    """Return entries that are not leaves yet, feed by feed: where they go, and their hashes."""
    segments: list[dict[str, object]] = []
    fresh: list[bytes] = []
    heads = schema.feed_head.c
    op = schema.op.c
    for head in unit.execute(select(heads.feed, heads.seq).order_by(heads.feed)).all():
        after = state.reached.get(head.feed, 0)
        if head.feed.startswith(DEVICE_FEED) or head.seq <= after or len(fresh) >= _BATCH:
            continue
        found = select(op.seq, op.chain).where(op.feed == head.feed, op.seq > after, op.seq <= head.seq)
        rows = unit.execute(found.order_by(op.seq).limit(_BATCH)).all()
        run = [row for number, row in enumerate(rows, after + 1) if row.seq == number]
        if not run:
            continue
        segments.append(
            {"epoch": state.epoch, "first": state.size + len(fresh), "feed": head.feed, "after_seq": after,
             "upto_seq": after + len(run)}
        )  # fmt: skip
        fresh += [tree.leaf(tree.entry_bytes(head.feed, row.seq, row.chain)) for row in run]
    return segments, fresh


def _leaves(unit: Connection, state: _State, first: int, end: int) -> list[bytes]:
    """Return the hashes of leaves, from their tile or computed anew."""
    if first % TILE == 0 and end - first == TILE:
        c = schema.log_tile.c
        kept = unit.execute(select(c.leaves).where(c.epoch == state.epoch, c.n == first // TILE)).scalar()
        if kept is not None:
            return [bytes(kept[at : at + 32]) for at in range(0, len(kept), 32)]
    found: list[bytes] = []
    op, c_ = schema.op.c, schema.log_segment.c
    last = select(c_.first).where(c_.epoch == state.epoch, c_.first <= first).order_by(c_.first.desc()).limit(1)
    begin = unit.execute(last).scalar() or 0
    rows = select(c_.first, c_.feed, c_.after_seq, c_.upto_seq).where(c_.epoch == state.epoch, c_.first >= begin, c_.first < end)
    for row in unit.execute(rows.order_by(c_.first)).all():
        after = row.after_seq + max(first - row.first, 0)
        upto = min(row.upto_seq, row.after_seq + end - row.first)
        entries = select(op.seq, op.chain).where(op.feed == row.feed, op.seq > after, op.seq <= upto).order_by(op.seq)
        found += [tree.leaf(tree.entry_bytes(row.feed, one.seq, one.chain)) for one in unit.execute(entries)]
    return found


def _proof(unit: Connection, device: Device, op: str, state: _State, get: tree.Subtree) -> EntryProof | None:
    c, s = schema.op.c, schema.log_segment.c
    row = unit.execute(select(c.feed, c.seq, c.eff, c.status, c.reason, c.device).where(c.op == op)).first()
    if row is None or not (row.device == device.id or may_read(device, row.feed)):
        return None
    place = select(s.first, s.after_seq).where(
        s.epoch == state.epoch, s.feed == row.feed, s.after_seq < row.seq, s.upto_seq >= row.seq
    )
    found = unit.execute(place).first()
    if found is None:
        return None
    before = unit.execute(select(c.chain).where(c.feed == row.feed, c.seq == row.seq - 1)).scalar()
    index = found.first + row.seq - found.after_seq - 1
    path = tuple(one.hex() for one in tree.inclusion(get, index, state.size))
    return EntryProof(op, row.seq, before or GENESIS, hlc.to_text(row.eff), row.status, row.reason or "", index, path)


