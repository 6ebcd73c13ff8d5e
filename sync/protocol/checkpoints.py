"""The server's log as a Merkle tree (RFC 6962): its signed head, and proofs that an entry is in it and that it only grew.

A leaf is one entry of a feed: `entry_bytes`. A head is a signed note in the form of C2SP tlog-checkpoint, so that tools
that are not ours can witness it. Pure functions; the server computes, the laptop and the verifiers check.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sync.protocol.chain import DeviceKey, feed_link, verified
from sync.protocol.errors import SyncError

EMPTY: Final = hashlib.sha256(b"").digest()
MOST_OPS: Final = 500
_NOTE: Final = re.compile(
    r"(?P<origin>[^\s+]+)\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"\n\u2014 (?P<name>[^\s+]+) (?P<sig>[A-Za-z0-9+/]{91}=)\n"
)
Subtree = Callable[[int, int], bytes]
"""Gives the hash of leaves `a` to `b - 1`, where `b - a` is a power of two that divides `a`."""


class BadCheckpoint(SyncError):
    """Say that a head is none, is not signed by its key, or a proof does not lead to it: `reason`."""

    code = "checkpoint.invalid"


@dataclass(frozen=True, slots=True)
class Head:
    """A head of the log.

    Attributes:
        origin: Which log: server and epoch; another epoch is another log.
        root: Hash of the tree of the first `size` leaves.
    """

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class EntryProof:
    """Where a line's entry stands in the log.

    Attributes:
        seq: Its number in the feed of its scope.
        prev: Chain value of the entry before it; with line, `eff`, `status` and `reason` it gives its own.
        index: Number of the leaf, from 0.
        path: Hashes (hex) beside the way up to the root.
    """

    op: str
    seq: int
    prev: str
    eff: str
    status: str
    reason: str
    index: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckpointRequest:
    """Ask for the head, a proof that it continues the one of size `since` (0: none is known), and where lines stand."""

    since: int = 0
    ops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckpointAnswer:
    """The head.

    Attributes:
        key: Public key that signed the note.
        consistency: Hashes (hex), empty where nothing was asked.
        proofs: Of those lines that are in the log and that the device may read.
        token: RFC 3161 token over the note (base64), where a time-stamp service is configured.
    """

    note: str
    key: str
    consistency: tuple[str, ...] = ()
    proofs: tuple[EntryProof, ...] = ()
    token: str = ""


def entry_bytes(feed: str, seq: int, chain: str) -> bytes:
    """Return what a leaf stands for."""
    return f"yanfang.entry.v1\0{feed}\0{seq}\0{chain}".encode()


def entry_chain(proof: EntryProof, content_hash: str) -> str:
    """Return the chain value of the entry that a proof speaks of."""
    return feed_link(proof.prev, "op", proof.op, content_hash, proof.eff, proof.status, proof.reason)


def leaf(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\0" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


def subtrees(leaves: Sequence[bytes]) -> Subtree:
    """Return access to a tree whose leaf hashes are all there; each inner node is computed once."""
    return _Tree(leaves).get


class _Tree:
    # No function that calls itself by its closure: such a ring would keep the leaves until somebody looks for rings.
    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._leaves = leaves
        self._known: dict[tuple[int, int], bytes] = {}

    def get(self, a: int, b: int) -> bytes:
        if b - a == 1:
            return self._leaves[a]
        if (a, b) not in self._known:
            middle = (a + b) // 2
            self._known[a, b] = node(self.get(a, middle), self.get(middle, b))
        return self._known[a, b]


def root(get: Subtree, size: int) -> bytes:
    """Return the root of the tree of the first `size` leaves (RFC 6962, 2.1)."""
    return _range(get, 0, size) if size else EMPTY


def inclusion(get: Subtree, index: int, size: int) -> tuple[bytes, ...]:
    """Return the path of a leaf (RFC 6962, 2.1.1)."""
    return tuple(_inclusion(get, index, 0, size))


def consistency(get: Subtree, old: int, size: int) -> tuple[bytes, ...]:
    """Return the proof that the tree of `old` leaves is the beginning of that of `size` (RFC 6962, 2.1.2)."""
    return tuple(_consistency(get, old, 0, size, whole=True)) if 0 < old < size else ()


def root_of(hash_: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that a path leads to from a leaf hash (RFC 9162, 2.1.3.2).

    Raises:
        BadCheckpoint: If the path is too short or too long for such a tree.
    """
    at, last = index, size - 1
    if not 0 <= index < size:
        raise BadCheckpoint(reason="inclusion")
    for step in path:
        if last == 0:
            raise BadCheckpoint(reason="inclusion")
        if at & 1 or at == last:
            hash_ = node(step, hash_)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            hash_ = node(hash_, step)
        at, last = at >> 1, last >> 1
    if last:
        raise BadCheckpoint(reason="inclusion")
    return hash_


def check_grown(old: Head, new: Head, path: Sequence[bytes]) -> None:
    """Require that the old tree is the beginning of the new one (RFC 9162, 2.1.4.2).

    Raises:
        BadCheckpoint: If it is not: history was changed, or another log is shown.
    """
    if old.origin != new.origin or old.size > new.size or (old.size == new.size and (old.root != new.root or path)):
        raise BadCheckpoint(reason="consistency")
    if old.size in (0, new.size):
        return
    steps = list(path)
    if old.size & (old.size - 1) == 0:
        steps.insert(0, old.root)
    at, last = old.size - 1, new.size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if not steps:
        raise BadCheckpoint(reason="consistency")
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise BadCheckpoint(reason="consistency")
        if at & 1 or at == last:
            first, second = node(step, first), node(step, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node(second, step)
        at, last = at >> 1, last >> 1
    if last or first != old.root or second != new.root:
        raise BadCheckpoint(reason="consistency")


def note_of(head: Head, key: DeviceKey) -> str:
    """Return the signed note of a head (C2SP signed-note, tlog-checkpoint)."""
    text = f"{head.origin}\n{head.size}\n{base64.b64encode(head.root).decode()}\n"
    signature = _key_id(head.origin, key.public_hex) + bytes.fromhex(key.sign(text.encode()))
    return f"{text}\n\u2014 {head.origin} {base64.b64encode(signature).decode()}\n"


def head_of(note: str, key: str) -> Head:
    """Return the head of a note.

    Raises:
        BadCheckpoint: If it is no such note, or another key signed it.
    """
    found = _NOTE.fullmatch(note)
    if found is None:
        raise BadCheckpoint(reason="note")
    try:
        root_hash = base64.b64decode(found["root"], validate=True)
        signature = base64.b64decode(found["sig"], validate=True)
    except binascii.Error as problem:
        raise BadCheckpoint(reason="note") from problem
    text = note.partition("\n\n")[0] + "\n"
    fits = found["name"] == found["origin"] and signature[:4] == _key_id(found["name"], key)
    if not fits or not verified(key, text.encode(), signature[4:].hex()):
        raise BadCheckpoint(reason="signature")
    return Head(found["origin"], int(found["size"]), root_hash)


def check_entry(head: Head, proof: EntryProof, feed: str, content_hash: str) -> None:
    """Require that a line's entry is in the log.

    Raises:
        BadCheckpoint: If the proof does not lead to the head.
    """
    data = entry_bytes(feed, proof.seq, entry_chain(proof, content_hash))
    try:
        path = [bytes.fromhex(one) for one in proof.path]
    except ValueError as problem:
        raise BadCheckpoint(reason="inclusion") from problem
    if root_of(leaf(data), proof.index, head.size, path) != head.root:
        raise BadCheckpoint(reason="inclusion")


def _key_id(name: str, public_hex: str) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + bytes.fromhex(public_hex)).digest()[:4]


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def _range(get: Subtree, a: int, b: int) -> bytes:
    size = b - a
    if size & (size - 1) == 0 and a % size == 0:
        return get(a, b)
    middle = a + _split(size)
    return node(_range(get, a, middle), _range(get, middle, b))


def _inclusion(get: Subtree, index: int, a: int, b: int) -> list[bytes]:
    if b - a == 1:
        return []
    middle = a + _split(b - a)
    if index < middle:
        return [*_inclusion(get, index, a, middle), _range(get, middle, b)]
    return [*_inclusion(get, index, middle, b), _range(get, a, middle)]


def _consistency(get: Subtree, old: int, a: int, b: int, *, whole: bool) -> list[bytes]:
    if old == b:
        return [] if whole else [_range(get, a, b)]
    middle = a + _split(b - a)
    if old <= middle:
        return [*_consistency(get, old, a, middle, whole=whole), _range(get, middle, b)]
    return [*_consistency(get, old, middle, b, whole=False), _range(get, a, middle)]
