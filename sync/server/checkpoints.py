"""The log of feed entries, grown beside the exchanges: which entries are leaves, in which order, and the signed head.

It grows when somebody asks for its head: entries that came since then are read from a snapshot, hashed, and written in one
short transaction. Full tiles of 256 leaves are kept; everything above them is computed. An epoch has a log of its own.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BindParameter, Connection, bindparam, func, insert, select
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

# Built once: the first device in each minute asks.
_TILE, _SEGMENT, _OP, _HEAD = schema.log_tile.c, schema.log_segment.c, schema.op.c, schema.feed_head.c
_EPOCH: Final[BindParameter[str]] = bindparam("the_epoch")
_REACHED: Final = (
    select(_SEGMENT.feed, func.max(_SEGMENT.upto_seq), func.max(_SEGMENT.first + _SEGMENT.upto_seq - _SEGMENT.after_seq))
    .where(_SEGMENT.epoch == _EPOCH)
    .group_by(_SEGMENT.feed)
)
_ROOTS: Final = select(_TILE.root).where(_TILE.epoch == _EPOCH).order_by(_TILE.n)
_LEAVES: Final = select(_TILE.leaves).where(_TILE.epoch == _EPOCH, _TILE.n == bindparam("the_n"))
_HEADS: Final = select(_HEAD.feed, _HEAD.seq).order_by(_HEAD.feed)
_BEGIN: Final = (
    select(_SEGMENT.first)
    .where(_SEGMENT.epoch == _EPOCH, _SEGMENT.first <= bindparam("the_first"))
    .order_by(_SEGMENT.first.desc())
    .limit(1)
)
_SEGMENTS: Final = (
    select(_SEGMENT.first, _SEGMENT.feed, _SEGMENT.after_seq, _SEGMENT.upto_seq)
    .where(_SEGMENT.epoch == _EPOCH, _SEGMENT.first >= bindparam("the_first"), _SEGMENT.first < bindparam("the_end"))
    .order_by(_SEGMENT.first)
)
_ENTRIES: Final = (
    select(_OP.seq, _OP.chain)
    .where(_OP.feed == bindparam("the_feed"), _OP.seq > bindparam("after"), _OP.seq <= bindparam("upto"))
    .order_by(_OP.seq)
    .limit(_BATCH)
)

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
            return True
        return len(fresh) >= _BATCH

    def _subtrees(self, unit: Connection, state: _State) -> tree.Subtree:
        """Return access to the tree: tile roots and the open tile's leaves are there, other leaves are read when asked."""
        roots = [bytes(one) for one in unit.execute(_ROOTS, {"the_epoch": state.epoch}).scalars()]
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
    found = unit.execute(_REACHED, {"the_epoch": epoch}).all()
    return _State(epoch, max((end for _, _, end in found), default=0), {feed: upto for feed, upto, _ in found})


def _unlogged(unit: Connection, state: _State) -> tuple[list[dict[str, object]], list[bytes]]:
    """Return entries that are not leaves yet, feed by feed: where they go, and their hashes."""
    segments: list[dict[str, object]] = []
    fresh: list[bytes] = []
    for head in unit.execute(_HEADS).all():
        after = state.reached.get(head.feed, 0)
        if head.feed.startswith(DEVICE_FEED) or head.seq <= after or len(fresh) >= _BATCH:
            continue
        rows = unit.execute(_ENTRIES, {"the_feed": head.feed, "after": after, "upto": head.seq}).all()
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
        kept = unit.execute(_LEAVES, {"the_epoch": state.epoch, "the_n": first // TILE}).scalar()
        if kept is not None:
            return [bytes(kept[at : at + 32]) for at in range(0, len(kept), 32)]
    found: list[bytes] = []
    begin = unit.execute(_BEGIN, {"the_epoch": state.epoch, "the_first": first}).scalar() or 0
    for row in unit.execute(_SEGMENTS, {"the_epoch": state.epoch, "the_first": begin, "the_end": end}).all():
        after = row.after_seq + max(first - row.first, 0)
        upto = min(row.upto_seq, row.after_seq + end - row.first)
        entries = unit.execute(_ENTRIES, {"the_feed": row.feed, "after": after, "upto": upto})  # leaves of one tile at most
        found += [tree.leaf(tree.entry_bytes(row.feed, one.seq, one.chain)) for one in entries]
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


