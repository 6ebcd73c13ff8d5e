"""Take in and give out files: numbered chunks in any order, the whole verified by its digest before it counts.

A file is in its place before the transaction that says so; a crash between the two is healed by the next commit.
"""

import copy
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, select, update

from sync.protocol.errors import SyncError
from sync.protocol.files import (
    AT_ONCE_BYTES,
    MAX_ASKED,
    MAX_BUNDLED,
    MAX_OFFERS,
    SMALL_BYTES,
    BundleAnswer,
    BundleRequest,
    FileOffer,
    FileState,
    OffersAnswer,
    OffersRequest,
    SizesAnswer,
    SizesRequest,
    chunk_count,
    chunk_size,
)
from sync.protocol.framing import TooLarge
from sync.protocol.messages import CHUNK_BYTES, MAX_BLOB_BYTES, BlobOffer, BlobState, Problem
from sync.server import errors
from sync.server.assembly import Assembly, Beat, Job
from sync.server.blob_rights import may_bring
from sync.server.blob_rows import has_receipt, readable, receive
from sync.server.db import schema
from sync.server.db.problems import Busy
from sync.server.db.unit import Database
from sync.server.db.upserts import insert_new, insert_or_replace
from sync.server.devices import Device
from sync.server.incoming import COUNTED_BYTES, Incoming, digests_fit, mark, verified
from sync.server.sentences import sentence
from sync.server.store.door import BlobStore
from sync.server.upload_limits import SPARE_BYTES, UNLIMITED, LimitReached, Limits, Meter, Use
from sync.server.world import World

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MIME: Final = re.compile(r"[0-9a-zA-Z.+\-]{1,60}/[0-9a-zA-Z.+\-]{1,60}")


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A finished file; `store.read(sha256, start)` gives its bytes."""

    sha256: str
    size: int
    mime: str
    store: BlobStore


class Blobs:
    """Keep files by the SHA-256 of their bytes.

    Attributes:
        at_once_bytes: So much a request puts together itself, the rest is done beside the requests.
        meter: Limits what a device sends; None for what a person brings (`by_hand`).
    """

    meter: Meter | None

    def __init__(self, store: BlobStore, database: Database, world: World) -> None:
        self.store = store
        self._database = database
        self._world = world
        self.meter = Meter(database, world, store.free_bytes)
        self.at_once_bytes = AT_ONCE_BYTES
        self._assembly = Assembly(database, world, self._place_long, lambda job: self._settle(job.device, (job.file,)))

    def close(self) -> None:
        """Leave what is being put together; whoever asks for its receipt has it begun again."""
        self._assembly.end()

    def by_hand(self) -> "Blobs":
        """Return the same without limits: whoever brings packets sees how much they are."""
        same = copy.copy(self)
        same.meter = None
        return same

    def offer(self, device: Device, sha256: str, offer: BlobOffer) -> BlobState:
        """Begin or resume an upload and say what is missing.

        "Complete" is answered only if the device may read the file already: whoever merely knows a digest learns nothing.

        Raises:
            BadOffer, Forbidden, NoSpace, LimitReached: If the file is not taken.
        """
        wanted = FileOffer(sha256, offer.scope, offer.size, offer.mime, offer.sm3)
        _check_offer(self._database, device, wanted)
        if self._announce(device, (wanted,)):
            return BlobState(sha256, True, offer.size, CHUNK_BYTES, ())
        self._check_room(offer.size)
        missing = self._missing(device, wanted)
        with self._telling(device):
            self._use(device).require(*_to_come(wanted, missing))
        return BlobState(sha256, False, offer.size, CHUNK_BYTES, missing)

    def offers(self, device: Device, request: OffersRequest) -> OffersAnswer:
        """Begin or resume several uploads, and finish those of which all is there; one that is not taken stops no other.

        Raises:
            TooLarge: If there are more than a request may have.
        """
        if len(request.files) > MAX_OFFERS:
            raise TooLarge(limit=MAX_OFFERS)
        offers = {one.sha256: one for one in request.files}
        states: dict[str, FileState] = {}
        for name, one in offers.items():
            try:
                _check_offer(self._database, device, one)
            except SyncError as problem:
                states[name] = _refused(name, problem)
        taken = [one for name, one in offers.items() if name not in states]
        all_there = {one.sha256 for one in taken if not self._missing(device, one)}
        states |= self._finish(device, [one for one in taken if one.sha256 in all_there])
        rest = [one for one in taken if one.sha256 not in all_there]
        whole = self._announce(device, rest)
        to_come = size = staged = 0
        use = self._use(device)
        for one in rest:
            if one.sha256 in whole:
                states[one.sha256] = FileState(one.sha256, True, ())
                continue
            missing = self._missing(device, one)
            more, more_staged = _to_come(one, missing)
            try:
                self._check_room(to_come + one.size)
                with self._telling(device):
                    use.require(size + more, staged + more_staged)
            except (errors.NoSpace, LimitReached) as problem:
                states[one.sha256] = _refused(one.sha256, problem)
                continue
            to_come, size, staged = to_come + one.size, size + more, staged + more_staged
            states[one.sha256] = FileState(one.sha256, False, missing)
        return OffersAnswer(tuple(states[one.sha256] for one in request.files))

    def take_small(self, device: Device, request: OffersRequest, contents: Sequence[bytes]) -> OffersAnswer:
        """Take in announced files whole, the bytes of each in order, and give their receipts in one transaction.

        Raises:
            TooLarge: If there are more than a request may have.
        """
        if len(request.files) > MAX_OFFERS:
            raise TooLarge(limit=MAX_OFFERS)
        states: dict[str, FileState] = {}
        done: dict[str, FileOffer] = {}
        new: dict[str, bytes] = {}
        for one, data in zip(request.files, contents, strict=True):
            try:
                _check_offer(self._database, device, one)
                self._check_room(MAX_BUNDLED)
                if hashlib.sha256(data).hexdigest() != one.sha256:  # also where the file is there: who knows a digest has no bytes
                    raise errors.BlobDigest(sha256=one.sha256)
                if not self._is_in_place(one):
                    new[one.sha256] = data
                done[one.sha256] = one
            except SyncError as problem:
                states[one.sha256] = _refused(one.sha256, problem)
        try:
            self._count(device, "", sum(map(len, new.values())))
        except (errors.NoSpace, LimitReached) as problem:
            states |= {name: _refused(name, problem) for name in new}
            done, new = {name: one for name, one in done.items() if name not in new}, {}
        self.store.put_together(new)
        self._settle(device, list(done.values()))
        states |= {name: FileState(name, True, ()) for name in done}
        return OffersAnswer(tuple(states[one.sha256] for one in request.files))

    def sizes(self, device: Device, request: SizesRequest) -> SizesAnswer:
        """Say which of many files are there and for this device; of the others nobody learns which of the two it is.

        Raises:
            TooLarge: If there are more than a request may have.
        """
        if len(request.files) > MAX_ASKED:
            raise TooLarge(limit=MAX_ASKED)
        return SizesAnswer(self._sizes(device, request.files))

    def small(self, device: Device, request: BundleRequest) -> tuple[BundleAnswer, list[bytes]]:
        """Return small files that the device may read, as many as fit.

        Raises:
            TooLarge: If more are asked for than a request may have.
        """
        if len(request.files) > MAX_OFFERS:
            raise TooLarge(limit=MAX_OFFERS)
        told: list[int] = []
        contents: list[bytes] = []
        room = MAX_BUNDLED
        for name, size in zip(request.files, self._sizes(device, request.files), strict=True):
            try:
                data = b"".join(self.store.read(name)) if 0 <= size <= min(SMALL_BYTES, room) else None
            except FileNotFoundError:
                data = None
            if data is None:
                told.append(-1)
            else:
                told.append(len(data))
                contents.append(data)
                room -= len(data)
        return BundleAnswer(tuple(told)), contents

    def _sizes(self, device: Device, names: Sequence[str]) -> tuple[int, ...]:
        of = schema.blob.c
        with self._database.read() as unit:
            shown = readable(unit, device, [one for one in names if _SHA256.fullmatch(one)])
            found = unit.execute(select(of.sha256, of.size).where(of.sha256.in_(shown)))
            sizes: dict[str, int] = {row.sha256: row.size for row in found}
        return tuple(sizes.get(name, -1) for name in names)

    def _finish(self, device: Device, files: Sequence[FileOffer]) -> dict[str, FileState]:
        """Put files of which all is there in their places and give their receipts, or begin to."""
        states: dict[str, FileState] = {}
        marks = {one.sha256: mark(one.size) for one in files if self.store.size(one.sha256) != one.size}
        in_place = self.store.adopt(_owner(device.id), marks)
        room, long = self.at_once_bytes, []
        for one in files:
            if one.sha256 in in_place:
                continue
            if one.size > room:
                long.append(one)
                continue
            room -= one.size
            try:
                self._assemble_at_once(device, one)
            except SyncError as problem:
                states[one.sha256] = _refused(one.sha256, problem)
        states |= self._finish_later(device, long)
        done = [one for one in files if one.sha256 not in states]
        self._settle(device, done)
        return states | {one.sha256: FileState(one.sha256, True, ()) for one in done}

    def _finish_later(self, device: Device, files: Sequence[FileOffer]) -> dict[str, FileState]:
        states: dict[str, FileState] = {}
        whole = self._announce(device, files)
        for one in files:
            if one.sha256 in whole:  # a process ended between giving the receipt and this
                self.store.drop_staged(_owner(device.id), one.sha256)
                states[one.sha256] = FileState(one.sha256, True, ())
                continue
            try:
                self._begin_long(device, one)
                states[one.sha256] = FileState(one.sha256, False, (), at_work=True)
            except SyncError as problem:
                states[one.sha256] = _refused(one.sha256, problem)
        return states

    def _begin_long(self, device: Device, file: FileOffer) -> None:
        """Have a file put together beside the requests, or say what the last try came to grief on."""
        problem = self._assembly.ask(Job(device, file))
        if problem == errors.BlobDigest.code:
            self.store.drop_staged(_owner(device.id), file.sha256)
            raise errors.BlobDigest(sha256=file.sha256)
        if problem == errors.NoSpace.code:
            raise errors.NoSpace(size=file.size)
        if problem:
            raise Busy()

    def _place_long(self, job: Job, beat: Beat) -> None:
        self._check_room(job.file.size // 2)  # its chunks have their room already
        self._assemble(job.device, job.file, beat)

    def _announce(self, device: Device, files: Sequence[FileOffer]) -> frozenset[str]:
        """Note what is about to come, and give the receipts for what the device may read already; return which that is."""
        if not files:
            return frozenset()
        now = self._world.now_ms()

        def begin(unit: Connection) -> frozenset[str]:
            whole = readable(unit, device, [one.sha256 for one in files])
            rows = [
                {
                    "device": device.id, "sha256": one.sha256, "scope": one.scope, "size": one.size, "sm3": one.sm3,
                    "mime": one.mime, "started_ms": now,
                }
                for one in files if one.sha256 not in whole
            ]  # fmt: skip
            insert_or_replace(unit, schema.upload, rows)
            receive(unit, device, [one for one in files if one.sha256 in whole])
            return whole

        return self._database.transact(begin)

    def _check_room(self, size: int) -> None:
        free = self.store.free_bytes()
        if free is not None and free < 2 * size + SPARE_BYTES:
            raise errors.NoSpace(size=size)

    def _use(self, device: Device) -> Use:
        return UNLIMITED if self.meter is None else self.meter.use(device.id)

    def _count(self, device: Device, sha256: str, size: int) -> None:
        if self.meter is not None and size:
            self.meter.count(device.id, size, sha256)

    def _telling(self, device: Device) -> AbstractContextManager[None]:
        return nullcontext() if self.meter is None else self.meter.telling(device.id)

    def set_limits(self, limits: Limits) -> None:
        """Limit what each device sends."""
        if self.meter is not None:
            self.meter.limits = limits

    def lift(self, device: str) -> None:
        """Let a device that came to a limit send as much again; what it did not finish is dropped and comes anew."""
        self._forget(schema.upload.c.device == device)
        if self.meter is not None:
            self.meter.lift(device)

    def put_chunk(self, device: Device, sha256: str, number: int, data: bytes) -> None:
        """Keep one chunk; the same one again replaces itself.

        Raises:
            BadChunk: If no such file was announced, or the number or length does not fit it.
            NoSpace, LimitReached: If the device may send no more.
        """
        size = self._upload(device, sha256).size
        if not 0 <= number < chunk_count(size) or len(data) != chunk_size(size, number):
            raise errors.BadChunk(number=number, size=len(data))
        self._count(device, sha256, len(data))
        self.store.stage(_owner(device.id), sha256, number, data)

    def begin(self, device: Device, sha256: str) -> Incoming:
        """Take in an announced file in one piece, from its first byte on.

        Raises:
            BadChunk: If no such file was announced.
            NoSpace, LimitReached: If the device may send no more; `Incoming.take` raises them too.
        """
        upload, count = self._upload(device, sha256), partial(self._count, device, sha256)
        counted = min(upload.size, COUNTED_BYTES)
        count(counted)
        return Incoming(upload, self.store.begin(_owner(device.id), sha256), count, counted)

    def commit(self, device: Device, sha256: str) -> BlobState:
        """Verify the whole file, put it in its place and give the receipt, or begin to; again is no error.

        Raises:
            BadChunk: If no such file was announced.
            BlobIncomplete: If chunks are missing.
            BlobDigest: If SHA-256 of the whole differs; all chunks are dropped.
            NoSpace, Busy: If a try beside the requests came to grief.
        """
        return self._commit(device, sha256, self.at_once_bytes)

    def commit_at_once(self, device: Device, sha256: str) -> BlobState:
        """Do the same for a file of any length while the caller waits."""
        return self._commit(device, sha256, MAX_BLOB_BYTES)

    def _commit(self, device: Device, sha256: str, at_once_bytes: int) -> BlobState:
        try:
            return self._done(device, sha256) or self._commit_upload(device, sha256, at_once_bytes)
        except (errors.BadChunk, errors.BlobIncomplete):
            state = self._done(device, sha256)
            if state is None:
                raise
            return state  # it was put in its place meanwhile

    def _done(self, device: Device, sha256: str) -> BlobState | None:
        with self._database.read() as unit:
            if not (readable(unit, device, (sha256,)) and has_receipt(unit, device, sha256)):
                return None
            size = unit.execute(select(schema.blob.c.size).where(schema.blob.c.sha256 == sha256)).scalar() or 0
        return BlobState(sha256, True, size, CHUNK_BYTES, ())

    def _commit_upload(self, device: Device, sha256: str, at_once_bytes: int) -> BlobState:
        upload = self._upload(device, sha256)
        missing = self._missing(device, upload)
        if missing:
            raise errors.BlobIncomplete(missing=len(missing))
        if upload.size > at_once_bytes:
            self._begin_long(device, upload)
            return BlobState(sha256, False, upload.size, CHUNK_BYTES, ())
        self._assemble_at_once(device, upload)
        self._settle(device, (upload,))
        return BlobState(sha256, True, upload.size, CHUNK_BYTES, ())

    def _settle(self, device: Device, files: Sequence[FileOffer]) -> None:
        """Give the receipts for files that are in their places, and forget what was staged of them."""
        if not files:
            return
        now = self._world.now_ms()

        def finish(unit: Connection) -> None:
            of = schema.blob.c
            for one in files:
                whole = {"sha256": one.sha256, "sm3": one.sm3, "size": one.size, "mime": one.mime, "stored_ms": now}
                if not insert_new(unit, schema.blob, whole):
                    unit.execute(update(schema.blob).where(of.sha256 == one.sha256).values(damaged_ms=None))
            receive(unit, device, files)

        self._database.transact(finish)
        for one in files:
            self.store.drop_staged(_owner(device.id), one.sha256)

    def find(self, device: Device, sha256: str) -> StoredBlob:
        """Return a finished file that the device may read.

        Raises:
            BlobUnknown: If there is none for it, or the disk has lost it.
        """
        with self._database.read() as unit:
            if _SHA256.fullmatch(sha256) is None or not readable(unit, device, (sha256,)):
                raise errors.BlobUnknown(sha256=sha256[:64])
            of = schema.blob.c
            size, mime = unit.execute(select(of.size, of.mime).where(of.sha256 == sha256)).one()
        if self.store.size(sha256) != size:
            raise errors.BlobUnknown(sha256=sha256)
        return StoredBlob(sha256, size, mime, self.store)

    def expire(self, before_ms: int) -> int:
        """Forget uploads that nobody went on with since then, chunks and all, and return how many; whoever offers the file begins anew."""
        self.store.drop_stale(before_ms)
        return self._forget(schema.upload.c.started_ms < before_ms)

    def _forget(self, which: ColumnElement[bool]) -> int:
        of = schema.upload.c
        with self._database.read() as unit:
            found = unit.execute(select(of.device, of.sha256, of.started_ms).where(which)).all()
        for device, sha256, started_ms in found:
            self.store.drop_staged(_owner(device), sha256)
            where = (of.device == device, of.sha256 == sha256, of.started_ms == started_ms)
            with self._database.write() as unit:
                unit.execute(delete(schema.upload).where(*where))
        return len(found)

    def _upload(self, device: Device, sha256: str) -> FileOffer:
        of = schema.upload.c
        with self._database.read() as unit:
            found = unit.execute(
                select(of.sha256, of.scope, of.size, of.mime, of.sm3).where(
                    of.device == device.id, of.sha256 == sha256
                )
            ).first()
        if found is None:
            raise errors.BadChunk(sha256=sha256[:64])
        if not may_bring(self._database, device, found.scope, sha256):  # allowed when it began, and no longer
            raise errors.Forbidden(feed=found.scope)
        return FileOffer(*found)

    def _assemble_at_once(self, device: Device, upload: FileOffer) -> None:
        try:
            self._assemble(device, upload)
        except errors.BlobDigest:
            self.store.drop_staged(_owner(device.id), upload.sha256)
            raise

    def _assemble(self, device: Device, upload: FileOffer, beat: Beat = lambda: None) -> None:
        """Put the file in its place; its digest is computed over the very bytes that are written there."""
        sha256 = upload.sha256
        chunks = _with_each(beat, self.store.read_staged(_owner(device.id), sha256, chunk_count(upload.size)))
        try:
            if self._is_in_place(upload):
                for _ in verified(chunks, sha256):  # what was sent is checked all the same
                    pass
            else:
                self.store.put(sha256, verified(chunks, sha256))
        except FileNotFoundError as problem:  # a commit at the same time was faster
            raise errors.BlobIncomplete(missing=1) from problem

    def _is_in_place(self, file: FileOffer) -> bool:
        """Return whether the file lies there already, and undamaged."""
        return self.store.size(file.sha256) == file.size and digests_fit(self.store.read(file.sha256), file.sha256)

    def _missing(self, device: Device, file: FileOffer) -> tuple[int, ...]:
        there = self.store.staged(_owner(device.id), file.sha256)
        size = file.size
        return tuple(number for number in range(chunk_count(size)) if there.get(number) != chunk_size(size, number))


def _refused(sha256: str, problem: SyncError) -> FileState:
    said = Problem(problem.code, problem.params, sentence(problem.code, problem.params))
    return FileState(sha256, False, (), said, problem.retryable)


def _owner(device: str) -> str:
    return hashlib.sha256(device.encode()).hexdigest()[:16]


def _check_offer(database: Database, device: Device, offer: FileOffer) -> None:
    fits = {
        "sha256": _SHA256.fullmatch(offer.sha256),
        "sm3": not offer.sm3 or _SHA256.fullmatch(offer.sm3),
        "mime": _MIME.fullmatch(offer.mime),
        "size": 0 <= offer.size <= MAX_BLOB_BYTES,
    }
    for name, fit in fits.items():
        if not fit:
            raise errors.BadOffer(at=name)
    if not may_bring(database, device, offer.scope, offer.sha256):
        raise errors.Forbidden(feed=offer.scope[:80])


def _with_each(beat: Beat, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for data in pieces:
        beat()
        yield data


def _to_come(file: FileOffer, missing: Sequence[int]) -> tuple[int, int]:
    """Return how many bytes are missing, and how many of them will be staged."""
    size = sum(chunk_size(file.size, number) for number in missing)
    return size, 0 if file.size <= SMALL_BYTES else size
