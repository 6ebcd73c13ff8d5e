"""Files up and down; one bad file never stops the others.

Small files travel together, a bundle a request. Larger ones are announced together, and each goes up in one piece; where
a line broke before, only the chunks that did not arrive go, one by one. Then they are announced again, and those that are
all there get their receipts. What takes the server longer than a request it puts together beside them: a later run asks again,
unless the receipt came before.
"""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Final, TypeVar

from sync.client.errors import NotTheServer, Refused
from sync.client.http import ServerDoor
from sync.client.runs import Cancel, Cancelled, Failure, FilesDone
from sync.client.store import (
    BlobReader,
    BlobSink,
    BlobSource,
    DamagedBlob,
    FileStatus,
    FileToSend,
    FileWanted,
    LocalStore,
    Progress,
    Step,
)
from sync.protocol.files import (
    MAX_ASKED,
    MAX_BUNDLED,
    MAX_OFFERS,
    SMALL_BYTES,
    FileOffer,
    FileState,
    chunk_count,
    chunk_size,
)
from sync.protocol.messages import CHUNK_BYTES

_LIST: Final = 10_000
_PIECE_BYTES: Final = 256 << 10
_TOO_LARGE: Final = 413
_UNKNOWN: Final = "blob.unknown"
_NO_ROOM: Final = frozenset(("blob.no_space", "blob.day_limit", "blob.unfinished_limit", "blob.disk_limit"))
Sent = tuple[FileToSend, Exception | None]
Each = Callable[..., Iterable[Exception | None]]
F = TypeVar("F", FileToSend, FileWanted)


@dataclass(slots=True)
class Courier:
    """Carry files between the vault and the server, as many at a time as the door has streams.

    Attributes:
        whole: Files of which the server said that it has all.
        is_careful: Announce small files before their bytes go, where the server may have no room for this laptop.
        met_limit: Whether it had none.
    """

    door: ServerDoor
    store: LocalStore
    progress: Progress
    cancel: Cancel
    is_careful: bool = False
    met_limit: bool = False
    whole: list[str] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _is_over: bool = False
    _is_narrow: bool = False

    def send_all(self, source: BlobSource) -> FilesDone:
        """Send every pending file; the server knows how far each one came, so a broken run goes on where it stopped.

        Raises:
            Unreachable, Refused: If the server as a whole does not answer or refuses this device.
        """
        done = FilesDone()
        files = self.store.pending_files(_LIST)
        place = 0
        for some in _together(files):
            self.progress(Step("blobs.send", place, len(files)))
            if _is_small(some[0]):
                done = self._send_small(done, source, some)
            else:
                done = self._send_large(done, source, some)
            place += len(some)
        self.progress(Step("blobs.send", len(files), len(files)))
        return done

    def fetch_all(self, sink: BlobSink) -> FilesDone:
        """Fetch every wanted file that the server has, each from where it was cut off.

        Raises:
            Unreachable, Refused: If the server as a whole does not answer or refuses this device.
        """
        absent: list[FileWanted] = []
        files = self.store.wanted_files(_LIST, lambda some: self._found(sink, some, absent))
        unknown = (Failure(_UNKNOWN, {"sha256": one.sha256}) for one in absent if not one.is_spare)
        done = FilesDone(failures=tuple(unknown))
        place = 0
        for some in _together(files):
            self.progress(Step("blobs.fetch", place, len(files)))
            self.cancel.check()
            small = self.door.fetch_small([one.sha256 for one in some]) if _is_small(some[0]) else [None] * len(some)
            for number, (file, data) in enumerate(zip(some, small, strict=True), place):
                if data is None and file.is_spare:
                    continue
                self.progress(Step("blobs.fetch", number, len(files)))
                self.cancel.check()
                done = self._fetched(done, sink, file, data)
            place += len(some)
        self.progress(Step("blobs.fetch", len(files), len(files)))
        return done

    def settle(self) -> None:
        """Note, once all receipts were read, what the server has and gave the receipt for before this laptop forgot the file.

        It was carried for a colleague, left this laptop with his office, and came back by packet.
        """
        if self.whole:
            self.store.files_there(self.whole)

    def _found(self, sink: BlobSink, files: Sequence[FileWanted], absent: list[FileWanted]) -> Set[str]:
        """Ask for many files at once which of them can be had: nobody may have sent them yet, for days."""
        if len(files) < 2:  # to ask for it and to fetch it is the same
            return {one.sha256 for one in files}
        found: set[str] = set()
        for at in range(0, len(files), MAX_ASKED):
            self.cancel.check()
            some = files[at : at + MAX_ASKED]
            for file, size in zip(some, self.door.sizes([one.sha256 for one in some]), strict=True):
                if size >= 0 or 0 < file.size <= sink.received(file.sha256):  # or only the last look is missing
                    found.add(file.sha256)
                else:
                    absent.append(file)
        return found

    def _fetched(self, done: FilesDone, sink: BlobSink, file: FileWanted, data: bytes | None) -> FilesDone:
        try:
            if data is None:
                self._fetch(sink, file)
            else:
                sink.store(replace(file, size=len(data)), 0, iter((data,)))
        except DamagedBlob:
            damaged = Failure("blob.damaged", {"sha256": file.sha256}, retryable=True)
            return done if file.is_spare else done.with_failure(damaged)
        except Refused as refused:
            if not refused.code.startswith("blob."):
                raise
            failure = Failure(refused.code, {**refused.params, "sha256": file.sha256}, refused.retryable)
            return done.with_failure(failure)
        return replace(done, fetched=done.fetched + (not file.is_spare))

    def _send_small(self, done: FilesDone, source: BlobSource, files: Sequence[FileToSend]) -> FilesDone:
        contents: dict[str, bytes] = {}
        problems: dict[str, Exception | None] = {}
        if self.is_careful or self.met_limit:
            states = self.door.offers([_offer(one) for one in files])
            problems = {one.sha256: _refusal(one) for one in states if not one.missing}
        for file in files:
            if file.sha256 in problems:
                continue
            try:
                with source.open(file.sha256) as reader:
                    contents[file.sha256] = b"".join(self._pieces(reader, file, 0, file.size))
            except (OSError, ValueError, DamagedBlob) as problem:
                problems[file.sha256] = problem
        read = [one for one in files if one.sha256 in contents]
        for state in self.door.put_small([_offer(one) for one in read], list(contents.values())) if read else ():
            refused = _refusal(state)
            if refused is not None and refused.code == "blob.digest":
                is_right = hashlib.sha256(contents[state.sha256]).hexdigest() == state.sha256
                problems[state.sha256] = refused if is_right else DamagedBlob(sha256=state.sha256)
            else:
                problems[state.sha256] = refused
        for file in files:
            done = self._noted(done, file, problems[file.sha256])
        return done

    def _send_large(self, done: FilesDone, source: BlobSource, files: Sequence[FileToSend]) -> FilesDone:
        offered = zip(files, self.door.offers([_offer(one) for one in files]), strict=True)
        due = [(file, state) for file, state in offered if not state.at_work]
        done = replace(done, at_work=done.at_work + len(files) - len(due))
        for file, state in due:
            if 0 < len(state.missing) < chunk_count(file.size):
                self.store.mark_file(file.sha256, FileStatus.UPLOADING)
        with self._lanes() as each:
            problems = list(each(self._attempt, repeat(source), *zip(*due, strict=True)) if due else ())
        return self._finished(done, source, [(file, problem) for (file, _), problem in zip(due, problems, strict=True)])

    def _finished(self, done: FilesDone, source: BlobSource, sent: Sequence[Sent]) -> FilesDone:
        """Ask for the receipts of what was sent, and note what became of each file."""
        whole = [file for file, problem in sent if problem is None]
        states = {one.sha256: one for one in self.door.offers([_offer(one) for one in whole])} if whole else {}
        for file, problem in sent:
            if problem is None and states[file.sha256].at_work:
                done = _with_sent(replace(done, at_work=done.at_work + 1), file)
                continue
            problem = problem or _refusal(states[file.sha256])
            if isinstance(problem, Refused) and problem.code == "blob.digest":
                problem = self._looked_at(source, file, problem)
            done = self._noted(done, file, problem)
        return done

    def _looked_at(self, source: BlobSource, file: FileToSend, refused: Refused) -> Exception:
        """Say whose fault it is that other bytes arrived: where those here are right, sending them again helps."""
        try:
            with source.open(file.sha256) as reader:
                digest = hashlib.sha256()
                for piece in self._pieces(reader, file, 0, file.size):
                    digest.update(piece)
        except (OSError, ValueError, DamagedBlob) as problem:
            return problem
        return refused if digest.hexdigest() == file.sha256 else DamagedBlob(sha256=file.sha256)

    def _noted(self, done: FilesDone, file: FileToSend, problem: Exception | None) -> FilesDone:
        """Count a file, or say what is wrong with it; what a record does without is neither counted nor missed.

        That the server has no room is said of any file: those behind it are not even asked for.
        """
        is_limit = isinstance(problem, Refused) and problem.code in _NO_ROOM
        self.met_limit |= is_limit
        if problem is None:
            self.whole.append(file.sha256)
            return _with_sent(done, file)
        if file.is_spare and not is_limit:
            return done
        if isinstance(problem, Refused):
            params = {**problem.params, "sha256": file.sha256}
            return done.with_failure(Failure(problem.code, params, problem.retryable))
        is_missing = isinstance(problem, FileNotFoundError)
        self.store.mark_file(file.sha256, FileStatus.MISSING if is_missing else FileStatus.DAMAGED)
        return done.with_failure(
            Failure("blob.missing" if is_missing else "blob.damaged", {"sha256": file.sha256})
        )

    @contextmanager
    def _lanes(self) -> Iterator[Each]:
        """Give what sends several files: one after another here, or in threads where the door has more streams."""
        if self.door.streams == 1:
            yield map
            return
        with ThreadPoolExecutor(self.door.streams, thread_name_prefix="yf-sync-file") as pool:
            try:
                yield pool.map
            except BaseException:
                self._is_over = True
                raise

    def _attempt(self, source: BlobSource, file: FileToSend, state: FileState) -> Exception | None:
        """Send what is missing of a file; return what is wrong with this one, raise what is wrong with all."""
        self.cancel.check()
        try:
            self._send(source, file, state)
        except (OSError, ValueError, DamagedBlob) as problem:
            return problem
        except Refused as refused:
            if not refused.code.startswith(("blob.", "feed.")):
                raise
            return refused
        return None

    def _send(self, source: BlobSource, file: FileToSend, state: FileState) -> None:
        if not state.missing:
            refused = _refusal(state)
            if refused is not None:
                raise refused
            return
        with source.open(file.sha256) as reader:
            if len(state.missing) == chunk_count(file.size) and not self._is_narrow:
                try:
                    self.door.put_file(file.sha256, file.size, self._pieces(reader, file, 0, file.size))
                    return
                except NotTheServer as problem:
                    if problem.params.get("status") != _TOO_LARGE:
                        raise
                    self._is_narrow = True  # a proxy on the way lets no large body pass
            for number in state.missing:
                start = number * CHUNK_BYTES
                size = chunk_size(file.size, number)
                self.door.put_chunk(file.sha256, number, b"".join(self._pieces(reader, file, start, size)))

    def _pieces(self, reader: BlobReader, file: FileToSend, start: int, size: int) -> Iterator[bytes]:
        """Read a part of a file bit by bit, in turn with the other streams: what holds one back holds all."""
        end = start + size
        while start < end:
            if self._is_over:
                raise Cancelled()
            self.cancel.check()
            with self._turn:
                piece = reader.read_at(start, min(_PIECE_BYTES, end - start))
            if len(piece) != min(_PIECE_BYTES, end - start):
                raise DamagedBlob(sha256=file.sha256)
            start += len(piece)
            self.progress(Step("blobs.chunk", start, file.size))
            yield piece

    def _fetch(self, sink: BlobSink, file: FileWanted) -> None:
        offset = sink.received(file.sha256)
        if file.size and offset >= file.size:  # all came before the program ended; only the last look is missing
            sink.store(file, offset, iter(()))
            return
        with self.door.fetch(file.sha256, offset) as pieces:
            sink.store(file, offset, self.cancel.between(pieces))


def _is_small(file: FileToSend | FileWanted) -> bool:
    return file.size <= SMALL_BYTES


def _together(files: Sequence[F]) -> Iterator[list[F]]:
    """Yield files in their order, as many as go in one request: all small, or all not."""
    some: list[F] = []
    size = 0
    for file in files:
        is_full = len(some) == MAX_OFFERS or (_is_small(file) and size + file.size > MAX_BUNDLED)
        if some and (is_full or _is_small(file) is not _is_small(some[0])):
            yield some
            some, size = [], 0
        some.append(file)
        size += file.size
    if some:
        yield some


def _with_sent(done: FilesDone, file: FileToSend) -> FilesDone:
    return replace(done, sent=done.sent + (not file.is_spare), bytes_sent=done.bytes_sent + file.size)


def _offer(file: FileToSend) -> FileOffer:
    return FileOffer(file.sha256, file.scope, file.size, file.mime, file.sm3)


def _refusal(state: FileState) -> Refused | None:
    """Return why the server has no receipt for a file of which it asks for nothing; None where it has one."""
    if state.complete:
        return None
    if state.problem is None:
        return Refused("blob.incomplete", 503, {"missing": len(state.missing)})
    return Refused(state.problem.code, 503 if state.later else 409, state.problem.params)
