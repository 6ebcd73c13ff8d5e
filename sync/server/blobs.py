"""Take in and give out files: numbered chunks in any order, the whole verified by its digest before it counts.

Folder:   staging/<device>/<sha256>/<i>     one file per received chunk: what is there is the resume state
          blobs/ab/cd/<sha256>              finished files, written once
A file is in place on disk before the transaction that says so; a crash between the two is healed by the next commit.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from sync.protocol import feeds
from sync.protocol.messages import CHUNK_BYTES, MAX_BLOB_BYTES, BlobOffer, BlobState, ReceiptKind
from sync.server import errors, receipts
from sync.server.db import schema
from sync.server.db.unit import Database
from sync.server.devices import Device
from sync.server.world import World

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MIME: Final = re.compile(r"[0-9a-zA-Z.+\-]{1,60}/[0-9a-zA-Z.+\-]{1,60}")
_READ_BYTES: Final = 256 << 10
_SPARE_BYTES: Final = 256 << 20


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A finished file on disk."""

    path: Path
    size: int
    mime: str


class Blobs:
    """Keep files by the SHA-256 of their bytes."""

    def __init__(self, folder: Path, database: Database, world: World) -> None:
        self._staging = folder / "staging"
        self._finished = folder / "blobs"
        self._database = database
        self._world = world

    def offer(self, device: Device, sha256: str, offer: BlobOffer) -> BlobState:
        """Begin or resume an upload and say what is missing.

        "Complete" is answered only if the device may read the file already: whoever merely knows a digest learns nothing.

        Raises:
            BadOffer, Forbidden, NoSpace: If the file is not taken.
        """
        _check_offer(device, sha256, offer)
        with self._database.write() as unit:
            size = _readable_size(unit, device, sha256)
            if size is not None:
                self._receive(unit, device, sha256, offer.scope, size)
                return BlobState(sha256, True, size, CHUNK_BYTES, ())
            new = {
                "scope": offer.scope, "size": offer.size, "sm3": offer.sm3, "mime": offer.mime,
                "started_ms": self._world.now_ms(),
            }  # fmt: skip
            unit.execute(
                upsert(schema.upload)
                .values(device=device.id, sha256=sha256, **new)
                .on_conflict_do_update(index_elements=["device", "sha256"], set_=new)
            )
        folder = self._folder(device, sha256)
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < 2 * offer.size + _SPARE_BYTES:
            raise errors.NoSpace(size=offer.size)
        return self._state(folder, sha256, offer.size)

    def put_chunk(self, device: Device, sha256: str, number: int, data: bytes) -> None:
        """Keep one chunk; the same one again replaces itself.

        Raises:
            BadChunk: If no such file was announced, or the number or length does not fit it.
        """
        size = self._upload(device, sha256).size
        if not 0 <= number < _chunks(size) or len(data) != _chunk_size(size, number):
            raise errors.BadChunk(number=number, size=len(data))
        folder = self._folder(device, sha256)
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{number}.{self._world.random_bytes(6).hex()}.part"
        _write_durably(part, iter((data,)))
        os.replace(part, folder / str(number))

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
        folder = self._folder(device, sha256)
        state = self._state(folder, sha256, upload.size)
        if state.missing:
            raise errors.BlobIncomplete(missing=len(state.missing))
        self._assemble(folder, sha256, upload.size, upload.sm3)
        with self._database.write() as unit:
            unit.execute(
                upsert(schema.blob)
                .values(
                    sha256=sha256, sm3=upload.sm3, size=upload.size, mime=upload.mime, stored_ms=self._world.now_ms()
                )
                .on_conflict_do_nothing()
            )  # fmt: skip
            self._receive(unit, device, sha256, upload.scope, upload.size)
        shutil.rmtree(folder, ignore_errors=True)
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
        return StoredBlob(self._place(sha256), size, mime)

    def _receive(self, unit: Connection, device: Device, sha256: str, scope: str, size: int) -> None:
        unit.execute(upsert(schema.blob_ref).values(sha256=sha256, scope=scope).on_conflict_do_nothing())
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
        return _Upload(*found)

    def _assemble(self, folder: Path, sha256: str, size: int, sm3: str) -> None:
        parts = [folder / str(number) for number in range(_chunks(size))]
        if not _digests_fit(_read_all(parts), sha256, sm3):
            shutil.rmtree(folder, ignore_errors=True)
            raise errors.BlobDigest(sha256=sha256)
        place = self._place(sha256)
        if place.exists() and _digests_fit(_read_all([place]), sha256, sm3):
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        whole = place.with_name(f"{sha256}.{self._world.random_bytes(6).hex()}.part")
        _write_durably(whole, _read_all(parts))
        if place.exists():
            place.chmod(0o600)  # Windows replaces no read-only file
        os.replace(whole, place)
        place.chmod(0o444)
        _sync_folder(place.parent)

    def _state(self, folder: Path, sha256: str, size: int) -> BlobState:
        missing = tuple(
            number
            for number in range(_chunks(size))
            if not _has_size(folder / str(number), _chunk_size(size, number))
        )
        return BlobState(sha256, False, size, CHUNK_BYTES, missing)

    def _folder(self, device: Device, sha256: str) -> Path:
        if _SHA256.fullmatch(sha256) is None:
            raise errors.BadOffer(at="sha256")
        return self._staging / hashlib.sha256(device.id.encode()).hexdigest()[:16] / sha256

    def _place(self, sha256: str) -> Path:
        return self._finished / sha256[:2] / sha256[2:4] / sha256


@dataclass(frozen=True, slots=True)
class _Upload:
    scope: str
    size: int
    sm3: str
    mime: str


def read_part(path: Path, start: int, end: int) -> Iterator[bytes]:
    """Yield the bytes from `start` up to, not including, `end`."""
    with path.open("rb") as source:
        source.seek(start)
        left = end - start
        while left > 0 and (data := source.read(min(left, _READ_BYTES))):
            left -= len(data)
            yield data


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
    if offer.scope.startswith(("d:", "q:")) or not feeds.may_read(device.grants, offer.scope):
        raise errors.Forbidden(feed=offer.scope[:80])


def _readable_size(unit: Connection, device: Device, sha256: str) -> int | None:
    of, refs = schema.blob.c, schema.blob_ref.c
    scopes = unit.execute(select(refs.scope).where(refs.sha256 == sha256)).scalars()
    if not any(feeds.may_read(device.grants, scope) for scope in scopes):
        return None
    return unit.execute(select(of.size).where(of.sha256 == sha256)).scalar()


def _has_receipt(unit: Connection, device: Device, sha256: str) -> bool:
    of = schema.receipt.c
    mine = select(of.seq).where(
        of.device_feed == feeds.receipts_feed(device.id), of.kind == str(ReceiptKind.FILE), of.subject == sha256
    )  # fmt: skip
    return unit.execute(mine).first() is not None


def _chunks(size: int) -> int:
    return -(-size // CHUNK_BYTES)


def _chunk_size(size: int, number: int) -> int:
    return min(CHUNK_BYTES, size - number * CHUNK_BYTES)


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def _read_all(paths: list[Path]) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as source:
            while data := source.read(_READ_BYTES):
                yield data


def _digests_fit(chunks: Iterator[bytes], sha256: str, sm3: str) -> bool:
    first, second = hashlib.sha256(), hashes.Hash(hashes.SM3())  # not every Python's hashlib has SM3
    for data in chunks:
        first.update(data)
        if sm3:
            second.update(data)
    return first.hexdigest() == sha256 and (not sm3 or second.finalize().hex() == sm3)


def _write_durably(path: Path, chunks: Iterator[bytes]) -> None:
    with path.open("wb") as target:
        for data in chunks:
            target.write(data)
        target.flush()
        os.fsync(target.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no such call; its rename is durable with the file
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
