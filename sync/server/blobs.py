"""Take in and give out files: numbered chunks in any order, the whole verified by its digest before it counts.

A file is in its place before the transaction that says so; a crash between the two is healed by the next commit.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import hashes
from sqlalchemy import Connection, delete, select, update

from sync.protocol import feeds
from sync.protocol.fold import Status
from sync.protocol.messages import CHUNK_BYTES, MAX_BLOB_BYTES, BlobOffer, BlobState, ReceiptKind
from sync.protocol.policy import Action, may
from sync.server import errors, receipts
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.db.upserts import insert_new, insert_or_replace
from sync.server.devices import Device
from sync.server.store.door import BlobStore
from sync.server.world import World

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MIME: Final = re.compile(r"[0-9a-zA-Z.+\-]{1,60}/[0-9a-zA-Z.+\-]{1,60}")
_SPARE_BYTES: Final = 256 << 20


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A finished file; `store.read(sha256, start)` gives its bytes."""

    sha256: str
    size: int
    mime: str
    store: BlobStore


class Blobs:
    """Keep files by the SHA-256 of their bytes."""

    def __init__(self, store: BlobStore, database: Database, world: World) -> None:
        self.store = store
        self._database = database
        self._world = world

    def offer(self, device: Device, sha256: str, offer: BlobOffer) -> BlobState:
        """Begin or resume an upload and say what is missing.

        "Complete" is answered only if the device may read the file already: whoever merely knows a digest learns nothing.

        Raises:
            BadOffer, Forbidden, NoSpace: If the file is not taken.
        """
        _check_offer(device, sha256, offer)
        new = {
            "device": device.id, "sha256": sha256, "scope": offer.scope, "size": offer.size, "sm3": offer.sm3,
            "mime": offer.mime, "started_ms": self._world.now_ms(),
        }  # fmt: skip

        def begin(unit: Connection) -> int | None:
            size = _readable_size(unit, device, sha256)
            if size is None:
                insert_or_replace(unit, schema.upload, [new])
            else:
                self._receive(unit, device, sha256, offer.scope, size)
            return size

        size = self._database.transact(begin)
        if size is not None:
            return BlobState(sha256, True, size, CHUNK_BYTES, ())
        free = self.store.free_bytes()
        if free is not None and free < 2 * offer.size + _SPARE_BYTES:
            raise errors.NoSpace(size=offer.size)
        return self._state(device, sha256, offer.size)

    def put_chunk(self, device: Device, sha256: str, number: int, data: bytes) -> None:
        """Keep one chunk; the same one again replaces itself.

        Raises:
            BadChunk: If no such file was announced, or the number or length does not fit it.
        """
        size = self._upload(device, sha256).size
        if not 0 <= number < _chunks(size) or len(data) != _chunk_size(size, number):
            raise errors.BadChunk(number=number, size=len(data))
        self.store.stage(_owner(device.id), sha256, number, data)

    def commit(self, device: Device, sha256: str) -> BlobState:
        """Verify the whole file, put it in its place and give the receipt; again is no error.

        Raises:
            BadChunk: If no such file was announced.
            BlobIncomplete: If chunks are missing.
            BlobDigest: If SHA-256 or SM3 of the whole differ; all chunks are dropped.
        """
        with self._database.read() as unit:
            size = _readable_size(unit, device, sha256)
            had = _has_receipt(unit, device, sha256)
        if size is not None and had:
            return BlobState(sha256, True, size, CHUNK_BYTES, ())
        upload = self._upload(device, sha256)
        state = self._state(device, sha256, upload.size)
        if state.missing:
            raise errors.BlobIncomplete(missing=len(state.missing))
        self._assemble(device, sha256, upload)
        whole = {
            "sha256": sha256, "sm3": upload.sm3, "size": upload.size, "mime": upload.mime,
            "stored_ms": self._world.now_ms(),
        }  # fmt: skip

        def finish(unit: Connection) -> None:
            if not insert_new(unit, schema.blob, whole):
                of = schema.blob.c
                unit.execute(update(schema.blob).where(of.sha256 == sha256).values(damaged_ms=None))
            self._receive(unit, device, sha256, upload.scope, upload.size)

        self._database.transact(finish)
        self.store.drop_staged(_owner(device.id), sha256)
        return BlobState(sha256, True, upload.size, CHUNK_BYTES, ())

    def find(self, device: Device, sha256: str) -> StoredBlob:
        """Return a finished file that the device may read.

        Raises:
            BlobUnknown: If there is none for it.
        """
        with self._database.read() as unit:
            if _SHA256.fullmatch(sha256) is None or _readable_size(unit, device, sha256) is None:
                raise errors.BlobUnknown(sha256=sha256[:64])
            of = schema.blob.c
            size, mime = unit.execute(select(of.size, of.mime).where(of.sha256 == sha256)).one()
        return StoredBlob(sha256, size, mime, self.store)

    def expire(self, before_ms: int) -> int:
        """Forget uploads that nobody went on with since then, chunks and all, and return how many; whoever offers the file begins anew."""
        of = schema.upload.c
        with self._database.read() as unit:
            found = unit.execute(select(of.device, of.sha256, of.started_ms).where(of.started_ms < before_ms)).all()
        for device, sha256, started_ms in found:
            self.store.drop_staged(_owner(device), sha256)
            where = (of.device == device, of.sha256 == sha256, of.started_ms == started_ms)
            with self._database.write() as unit:
                unit.execute(delete(schema.upload).where(*where))
        return len(found)

    def _receive(self, unit: Connection, device: Device, sha256: str, scope: str, size: int) -> None:
        insert_new(unit, schema.blob_ref, {"sha256": sha256, "scope": scope})
        given = receipts.Writer(unit, device.id)
        if not given.has(ReceiptKind.FILE, sha256, scope):
            given.give_file(sha256, scope, size)
        given.flush()
        of = schema.upload.c
        unit.execute(delete(schema.upload).where(of.device == device.id, of.sha256 == sha256))

    def _upload(self, device: Device, sha256: str) -> "_Upload":
        of = schema.upload.c
        with self._database.read() as unit:
            found = unit.execute(
                select(of.scope, of.size, of.sm3, of.mime).where(of.device == device.id, of.sha256 == sha256)
            ).first()
        if found is None:
            raise errors.BadChunk(sha256=sha256[:64])
        if not may(device.access, Action.BLOB_PUT, found.scope):  # allowed when it began, and no longer
            raise errors.Forbidden(feed=found.scope)
        return _Upload(*found)

    def _assemble(self, device: Device, sha256: str, upload: "_Upload") -> None:
        """Put the file in its place; its digests are computed over the very bytes that are written there."""
        chunks = self.store.read_staged(_owner(device.id), sha256, _chunks(upload.size))
        try:
            if self.store.size(sha256) == upload.size and digests_fit(self.store.read(sha256), sha256):
                for _ in verified(chunks, sha256, upload.sm3):  # what was sent is checked all the same
                    pass
            else:
                self.store.put(sha256, verified(chunks, sha256, upload.sm3))
        except errors.BlobDigest:
            self.store.drop_staged(_owner(device.id), sha256)
            raise
        except FileNotFoundError as problem:  # a commit at the same time was faster
            raise errors.BlobIncomplete(missing=1) from problem

    def _state(self, device: Device, sha256: str, size: int) -> BlobState:
        there = self.store.staged(_owner(device.id), sha256)
        missing = tuple(
            number for number in range(_chunks(size)) if there.get(number) != _chunk_size(size, number)
        )
        return BlobState(sha256, False, size, CHUNK_BYTES, missing)


@dataclass(frozen=True, slots=True)
class _Upload:
    scope: str
    size: int
    sm3: str
    mime: str


def _owner(device: str) -> str:
    return hashlib.sha256(device.encode()).hexdigest()[:16]


def _check_offer(device: Device, sha256: str, offer: BlobOffer) -> None:
    fits = {
        "sha256": _SHA256.fullmatch(sha256),
        "sm3": not offer.sm3 or _SHA256.fullmatch(offer.sm3),
        "mime": _MIME.fullmatch(offer.mime),
        "size": 0 <= offer.size <= MAX_BLOB_BYTES,
    }
    for name, fit in fits.items():
        if not fit:
            raise errors.BadOffer(at=name)
    if not may(device.access, Action.BLOB_PUT, offer.scope):
        raise errors.Forbidden(feed=offer.scope[:80])


def _readable_size(unit: Connection, device: Device, sha256: str) -> int | None:
    of, refs = schema.blob.c, schema.blob_ref.c
    scopes = unit.execute(select(refs.scope).where(refs.sha256 == sha256)).scalars()
    if not any(may(device.access, Action.BLOB_GET, scope) for scope in scopes):
        return None
    # A damaged file is taken again from whoever has it.
    return unit.execute(select(of.size).where(of.sha256 == sha256, of.damaged_ms.is_(None))).scalar()


def _has_receipt(unit: Connection, device: Device, sha256: str) -> bool:
    of = schema.receipt.c
    mine = (
        select(of.status)
        .where(of.device_feed == feeds.receipts_feed(device.id), of.kind == str(ReceiptKind.FILE), of.subject == sha256)
        .order_by(of.seq.desc())
    )
    return unit.execute(mine.limit(1)).scalar() == Status.APPLIED


def _chunks(size: int) -> int:
    return -(-size // CHUNK_BYTES)


def _chunk_size(size: int, number: int) -> int:
    return min(CHUNK_BYTES, size - number * CHUNK_BYTES)


def digests_fit(chunks: Iterator[bytes], sha256: str) -> bool:
    """Return whether the bytes are those of this name."""
    try:
        for _ in verified(chunks, sha256):
            pass
    except errors.BlobDigest:
        return False
    return True


def verified(chunks: Iterator[bytes], sha256: str, sm3: str = "") -> Iterator[bytes]:
    """Yield the bytes.

    Raises:
        BlobDigest: At the end, if they are not those of this name.
    """
    first, second = hashlib.sha256(), hashes.Hash(hashes.SM3())  # not every Python's hashlib has SM3
    for data in chunks:
        first.update(data)
        if sm3:
            second.update(data)
        yield data
    if first.hexdigest() != sha256 or (sm3 and second.finalize().hex() != sm3):
        raise errors.BlobDigest(sha256=sha256)
