"""Hash chains and device signatures: who wrote a line, after which one, and whether anything is missing."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Final, Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from sync.protocol import lines
from sync.protocol.errors import SyncError
from sync.protocol.lines import GENESIS, Line

_PUBLIC: Final = re.compile(r"[0-9a-f]{64}")
_SIGNATURE: Final = re.compile(r"[0-9a-f]{128}")
_WORTH_THREADS: Final = 64
_FEW: Final = 16


class BadSignature(SyncError):
    """Say that a signature does not belong to these bytes and this key."""

    code = "chain.signature"


class BadKey(SyncError):
    """Say that a text is no Ed25519 public key."""

    code = "chain.key"


class Gap(SyncError):
    """Say that lines before this one are missing: `n` arrived, `head` is the last one known."""

    code = "push.gap"


class Fork(SyncError):
    """Say that two histories claim the same place: the line does not continue the known head."""

    code = "push.fork"


class DeviceKey:
    """Hold one installation's Ed25519 key; signatures and public keys are lower-case hex texts."""

    __slots__ = ("_private", "public_hex")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public_hex: Final[str] = private.public_key().public_bytes_raw().hex()

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """Make the key from 32 secret random bytes."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def sign(self, message: bytes) -> str:
        """Return the signature of a message, 128 hexadecimal digits."""
        return self._private.sign(message).hex()

    def derived(self, purpose: bytes) -> bytes:
        """Return 32 secret bytes for another purpose, the same ones each time."""
        return HKDF(hashes.SHA256(), 32, None, purpose).derive(self._private.private_bytes_raw())


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The last line of a replica: its number and `op_hash`; (0, GENESIS) before the first."""

    n: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class SignedLine:
    """A line with its exact bytes, their hash and the device's signature over the 32 hash bytes."""

    line: Line
    data: bytes
    op_hash: str
    sig: str

    @property
    def head(self) -> ChainHead:
        """Return the chain head after this line."""
        return ChainHead(self.line.n, self.op_hash)


def seal(line: Line, key: DeviceKey) -> SignedLine:
    """Encode, hash and sign a line.

    Raises:
        BadLine: If the line cannot be encoded.
    """
    data = lines.encode(line)
    digest = lines.op_hash(data)
    return SignedLine(line, data, digest, key.sign(bytes.fromhex(digest)))


def open_line(data: bytes, sig: str, public_hex: str) -> SignedLine:
    """Parse a received line and verify its signature.

    Raises:
        BadLine: If the bytes are no canonical line.
        BadSignature: If another key signed, or other bytes.
        BadKey: If the public key is malformed.
    """
    line = lines.parse(data)
    digest = lines.op_hash(data)
    if not verified(public_hex, bytes.fromhex(digest), sig):
        raise BadSignature(op=line.op)
    return SignedLine(line, data, digest, sig)


def open_lines(given: Sequence[tuple[bytes, str, str]]) -> tuple[list[SignedLine], SyncError | None]:
    """Open received lines; return those before the first that `open_line` would refuse, and that one's error.

    Args:
        given: Bytes, signature and public key of each.
    """
    opened: list[SignedLine] = []
    problem: SyncError | None = None
    for data, sig, _ in given:
        try:
            line = lines.parse(data)
        except lines.BadLine as bad:
            problem = bad
            break
        opened.append(SignedLine(line, data, lines.op_hash(data), sig))
    asked = [(key, bytes.fromhex(one.op_hash), one.sig) for one, (_, _, key) in zip(opened, given, strict=False)]
    is_good = _all_verified(asked)
    if all(is_good):
        return opened, problem
    at = is_good.index(False)
    return opened[:at], BadSignature(op=opened[at].line.op)


def _all_verified(asked: Sequence[tuple[str, bytes, str]]) -> list[bool]:
    """Verify many in two threads: libsodium computes outside Python's lock. Whichever is free takes the next few."""
    if len(asked) < _WORTH_THREADS:
        return [verified(*one) for one in asked]
    parts = [asked[start : start + _FEW] for start in range(0, len(asked), _FEW)]
    done: list[list[bool]] = [[] for _ in parts]
    left = iter(range(len(parts)))  # each number is given once, whoever asks

    def take() -> None:
        for at in left:
            done[at] = [verified(*one) for one in parts[at]]

    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(take)
        take()
        second.result()
    return list(chain.from_iterable(done))


def verified(public_hex: str, message: bytes, sig: str) -> bool:
    """Return whether the key signed exactly this message.

    Raises:
        BadKey: If the public key is malformed.
    """
    public_key(public_hex)
    if _SIGNATURE.fullmatch(sig) is None:
        return False
    try:  # libsodium: half the time of OpenSSL, and this is what taking lines in costs most
        crypto_sign_open(bytes.fromhex(sig) + message, bytes.fromhex(public_hex))
    except BadSignatureError:
        return False
    return True


@lru_cache(maxsize=1024)
def public_key(public_hex: str) -> Ed25519PublicKey:
    """Return the key of 64 lower-case hexadecimal digits.

    Raises:
        BadKey: If it is anything else.
    """
    if _PUBLIC.fullmatch(public_hex) is None:
        raise BadKey()
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_hex))
    except ValueError as problem:
        raise BadKey() from problem


def check_next(head: ChainHead, line: Line) -> None:
    """Require that the line is the one directly after the head.

    Raises:
        Gap: If lines in between are missing.
        Fork: If the place is taken, or the line continues another history.
    """
    if line.n > head.n + 1:
        raise Gap(op=line.op, n=line.n, head=head.n, hash=head.hash)
    if line.n != head.n + 1 or line.prev != head.hash:
        raise Fork(op=line.op, n=line.n, head=head.n, hash=head.hash)


def verify_chain(signed: Iterable[SignedLine], head: ChainHead | None = None) -> ChainHead:
    """Walk consecutive lines of one replica and return the head after the last.

    Raises:
        Gap, Fork: At the first line that does not continue the one before.
    """
    at = head or ChainHead()
    for one in signed:
        check_next(at, one.line)
        at = one.head
    return at


def rechain(
    contents: Iterable[Line], replica: str, key: DeviceKey, head: ChainHead | None = None
) -> tuple[SignedLine, ...]:
    """Put unacknowledged lines, in their order, onto another replica's chain; only rep, n and prev change."""
    at = head or ChainHead()
    renewed: list[SignedLine] = []
    for line in contents:
        one = seal(lines.placed(line, replica, at.n + 1, at.hash), key)
        renewed.append(one)
        at = one.head
    return tuple(renewed)


def feed_link(prev: str, what: str, *parts: str) -> str:
    """Return the chain value of a feed entry from the one before it.

    For ``what="op"`` the parts are op id, content hash, effective clock text, status, reason; for receipts see `feeds`.
    """
    joined = "\0".join((prev, what, *parts)).encode()
    return hashlib.sha256(b"yanfang.feed.v1\0" + joined).hexdigest()
