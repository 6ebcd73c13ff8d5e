"""Packet files ``*.yfpkt``: sealed to one receiver, signed by one sender, written and read as a stream.

    magic 8 | header length u32 | header JSON, padded with spaces | sealed key 80 | signature 64 | segments …

The header states length and SHA-256 of the segments, the key is sealed under the header, and the signature is over
the hash of everything before it: so four kilobytes decide whether a file of gigabytes is worth reading. Segments are
64 KiB under AES-256-GCM, the nonce is their number and whether they are the last one: none can be left out, moved or
cut off unseen (STREAM, Hoang et al. 2015).
"""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.protocol import codec
from sync.protocol.chain import DeviceKey, verified
from sync.protocol.codec import BadMessage
from sync.protocol.errors import SyncError
from sync.protocol.lines import GENESIS, is_id
from sync.protocol.packets_keys import SEALED_BYTES, SUITE, BoxKey, NotForThisKey, key_id, seal_key

SUFFIX: Final = ".yfpkt"
MAGIC: Final = b"YFPKT01\n"
FORMAT: Final = 1
SEGMENT_BYTES: Final = 64 << 10
TAG_BYTES: Final = 16
HEADER_BYTES: Final = 2 << 10
MAX_HEADER_BYTES: Final = 8 << 10
MAX_PACKET_BYTES: Final = (4 << 30) - 1  # a FAT32 stick holds no longer file
SIGNATURE_BYTES: Final = 64
BODY_AT: Final = len(MAGIC) + 4 + HEADER_BYTES + SEALED_BYTES + SIGNATURE_BYTES
_SEGMENT: Final = SEGMENT_BYTES + TAG_BYTES
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class NotAPacket(SyncError):
    """Say that a file is no packet: `reason` is magic, header, name, link or size."""

    code = "packet.not_one"


class PacketCut(SyncError):
    """Say that a file is shorter or longer than its header says."""

    code = "packet.cut"


class PacketChanged(SyncError):
    """Say that the contents are not those that were signed."""

    code = "packet.changed"


class PacketSignature(SyncError):
    """Say that the packet was not signed by the device or server that it names."""

    code = "packet.signature"


class PacketTooNew(SyncError):
    """Say that a newer program, or one with another suite of ciphers, wrote it."""

    code = "packet.too_new"


class OtherReceiver(SyncError):
    """Say that the packet is for somebody else."""

    code = "packet.other_receiver"


@dataclass(frozen=True, slots=True)
class Header:
    """What may be read without a key.

    Attributes:
        sender, receiver: Ids of a device or of the server.
        sender_key: Ed25519 public key of the signature; worth something only where the reader knows it.
        n: Rises with each export of a sender to a receiver; a reply has the number of what it answers.
        prev: Digest of the packet before, or of the packet answered.
        vol, vols: This volume and how many there are; each one is complete in itself.
        kid: Short name of the receiver's key.
    """

    v: int
    packet_id: str
    sender: str
    sender_key: str
    receiver: str
    n: int
    prev: str
    epoch: str
    created_ms: int
    vol: int
    vols: int
    suite: int
    kid: str
    body_bytes: int
    body_sha256: str


@dataclass(frozen=True, slots=True)
class Address:
    """Everything of a header that is known before the contents are."""

    packet_id: str
    sender: str
    receiver: str
    box_key: str
    n: int
    epoch: str
    created_ms: int
    prev: str = GENESIS


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet file whose header was read; `digest` names it in chains of packets."""

    path: Path
    header: Header
    raw_header: bytes
    sealed: bytes
    signature: str
    digest: str
    body_at: int

    def check_signature(self, public_hex: str) -> None:
        """Require that this key signed, and that the contents are the signed ones.

        Raises:
            PacketSignature: If another key signed.
            PacketChanged: If contents were changed afterwards.
        """
        if not verified(public_hex, _signed(self.digest), self.signature):
            raise PacketSignature(sender=self.header.sender)
        digest = hashlib.sha256()
        with self.path.open("rb") as source:
            source.seek(self.body_at)
            while data := source.read(1 << 20):
                digest.update(data)
        if digest.hexdigest() != self.header.body_sha256:
            raise PacketChanged()

    def contents(self, key: BoxKey) -> Iterator[bytes]:
        """Yield the plain segments in order; each was verified before it is given out.

        Raises:
            NotForThisKey: If another key was meant.
            PacketChanged: If a segment is damaged, missing or moved.
        """
        if self.header.kid != key_id(key.public_hex):
            raise NotForThisKey()
        cipher = AESGCM(key.open(self.sealed, _info(self.raw_header)))
        left = self.header.body_bytes
        with self.path.open("rb") as source:
            source.seek(self.body_at)
            number = 0
            while left > 0:
                data = source.read(min(_SEGMENT, left))
                left -= len(data)
                if not data:
                    raise PacketCut()
                try:
                    yield cipher.decrypt(_nonce(number, is_last=left == 0), data, None)
                except InvalidTag as problem:
                    raise PacketChanged() from problem
                number += 1


class PacketWriter:
    """Write one packet beside its final name; `finish` gives it header, signature and name."""

    def __init__(self, part: Path, content_key: bytes) -> None:
        self.part = part
        self._key = content_key
        self._cipher = AESGCM(content_key)
        self._file: BinaryIO = part.open("xb")
        self._file.seek(BODY_AT)
        self._digest = hashlib.sha256()
        self._waiting = bytearray()
        self._number = 0
        self._body_bytes = 0
        self._is_sealed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if error is not None:
            self.part.unlink(missing_ok=True)

    @property
    def size(self) -> int:
        """Length of the file as it would be now."""
        return BODY_AT + self._body_bytes + len(self._waiting) + TAG_BYTES

    def write(self, data: bytes) -> None:
        """Add contents."""
        self._waiting += data
        at = 0
        while len(self._waiting) - at > SEGMENT_BYTES:  # the last one waits: it is sealed differently
            self._seal(bytes(self._waiting[at : at + SEGMENT_BYTES]), is_last=False)
            at += SEGMENT_BYTES
        if at:
            del self._waiting[:at]

    def end(self) -> None:
        """Seal the last segment; nothing can be added any more."""
        if not self._is_sealed:
            self._seal(bytes(self._waiting), is_last=True)
            self._waiting.clear()
            self._is_sealed = True

    def finish(self, target: Path, to: Address, key: DeviceKey, vol: int = 1, vols: int = 1) -> str:
        """Write the header, sign, and put the file in its place; return its digest.

        Raises:
            BadCard: If the receiver's key is none.
        """
        self.end()
        header = Header(
            FORMAT, to.packet_id, to.sender, key.public_hex, to.receiver, to.n, to.prev, to.epoch, to.created_ms, vol, vols,
            SUITE, key_id(to.box_key), self._body_bytes, self._digest.hexdigest(),
        )  # fmt: skip
        raw = codec.dump(header)
        if len(raw) > HEADER_BYTES:
            raise BadMessage(at="header")
        raw = raw.ljust(HEADER_BYTES)
        sealed = seal_key(self._key, to.box_key, _info(raw))
        digest = _digest(raw, sealed)
        self._file.seek(0)
        self._file.write(MAGIC + len(raw).to_bytes(4) + raw + sealed + bytes.fromhex(key.sign(_signed(digest))))
        self._file.flush()
        os.fsync(self._file.fileno())
        self.close()
        os.replace(self.part, target)
        return digest

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        data = self._cipher.encrypt(_nonce(self._number, is_last=is_last), plain, None)
        self._number += 1
        self._digest.update(data)
        self._body_bytes += len(data)
        self._file.write(data)


def look(path: Path) -> Packet:
    """Read the header of a packet file; nothing of it is believed yet.

    Raises:
        NotAPacket: If the file is something else.
        PacketTooNew: If this program cannot read it.
        PacketCut: If it has not the stated length.
    """
    with path.open("rb") as source:
        size = os.fstat(source.fileno()).st_size
        if size > MAX_PACKET_BYTES:
            raise NotAPacket(reason="size")
        if source.read(len(MAGIC)) != MAGIC:
            raise NotAPacket(reason="magic")
        length = int.from_bytes(source.read(4))
        if not 2 <= length <= MAX_HEADER_BYTES:
            raise NotAPacket(reason="header")
        raw, sealed, signature = source.read(length), source.read(SEALED_BYTES), source.read(SIGNATURE_BYTES)
    header = _header(raw, length)
    body_at = len(MAGIC) + 4 + length + SEALED_BYTES + SIGNATURE_BYTES
    if size != body_at + header.body_bytes:
        raise PacketCut()
    return Packet(path, header, raw, sealed, signature.hex(), _digest(raw, sealed), body_at)


def _header(raw: bytes, length: int) -> Header:
    if len(raw) != length:
        raise PacketCut()
    try:
        header = codec.load(Header, raw)
    except BadMessage as problem:
        raise NotAPacket(reason="header") from problem
    if header.v != FORMAT or header.suite != SUITE:
        raise PacketTooNew(version=header.v, suite=header.suite)
    names = (header.packet_id, header.sender, header.receiver)
    hashes = (header.sender_key, header.prev, header.body_sha256)
    fits = all(is_id(one) for one in names) and all(_HASH.fullmatch(one) for one in hashes)
    fits = fits and 1 <= header.vol <= header.vols <= 10_000 and header.n >= 0
    fits = fits and header.body_bytes >= TAG_BYTES and len(header.epoch) <= 80
    if not fits:
        raise NotAPacket(reason="header")
    return header


def _digest(raw: bytes, sealed: bytes) -> str:
    return hashlib.sha256(MAGIC + len(raw).to_bytes(4) + raw + sealed).hexdigest()


def _signed(digest: str) -> bytes:
    return b"yanfang.packet.v1\0" + bytes.fromhex(digest)


def _info(raw: bytes) -> bytes:
    return b"yanfang.packet.v1\0" + hashlib.sha256(raw).digest()


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11) + bytes((is_last,))
