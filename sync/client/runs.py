"""What one run of sync did, and how it is told to stop."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Final, Protocol, Self, TypeVar

from sync.protocol.errors import SyncError

T = TypeVar("T")
_DAY_MS: Final = 20 * 3_600_000  # the first run of a working day, whenever the last one ended


OnItsWay = Callable[[], None]
Work = Callable[[OnItsWay], T]


class Beside(Protocol):
    """Begin a piece of work; errors of the work come with its result."""

    def __call__(self, work: Work[T], /) -> Future[T]: ...


class InThreads:
    """Do each piece of work on a thread of its own; it begins when the one before has said that it is on its way."""

    def __init__(self) -> None:
        self._last = threading.Event()
        self._last.set()

    def __call__(self, work: Work[T], /) -> Future[T]:
        before, gone = self._last, threading.Event()
        self._last = gone

        def run() -> T:
            before.wait()
            try:
                return work(gone.set)
            finally:
                gone.set()

        pool = ThreadPoolExecutor(1, "sync-ahead")
        future = pool.submit(run)
        pool.shutdown(wait=False)
        return future


def attempted(work: Callable[[], T]) -> Future[T]:
    """Do a piece of work now; its result, or sync's error, comes when it is asked for."""
    done: Future[T] = Future()
    try:
        done.set_result(work())
    except SyncError as problem:
        done.set_exception(problem)
    return done


def at_once(work: Work[T], /) -> Future[T]:
    """Do a piece of work now and not beside anything."""
    return attempted(lambda: work(lambda: None))


def is_first_of_day(last_ms: int | None, now_ms: int) -> bool:
    """Return whether what is done once a working day is due: never done, or 20 hours ago; a clock set back counts as long ago."""
    return last_ms is None or not 0 <= now_ms - last_ms < _DAY_MS


class Cancelled(SyncError):
    """Say that the user stopped the run; everything done so far is kept."""

    code = "sync.cancelled"
    retryable = True


@dataclass(frozen=True, slots=True)
class Cancel:
    """Ask, between two requests, whether to stop."""

    is_wanted: Callable[[], bool]

    def check(self) -> None:
        """Stop here if it is wanted.

        Raises:
            Cancelled: If it is.
        """
        if self.is_wanted():
            raise Cancelled()

    def between(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the pieces, asking before each one."""
        for piece in pieces:
            self.check()
            yield piece


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that did not work, for the user's eyes by way of a catalogue."""

    code: str
    params: dict[str, str | int] = field(default_factory=dict)
    retryable: bool = False


@dataclass(frozen=True, slots=True)
class FilesDone:
    """Files carried, those whose receipt comes later, and those that could not be carried."""

    sent: int = 0
    fetched: int = 0
    bytes_sent: int = 0
    at_work: int = 0
    failures: tuple[Failure, ...] = ()

    def with_failure(self, failure: Failure) -> Self:
        """Return the same with one failure more."""
        return replace(self, failures=(*self.failures, failure))


@dataclass(frozen=True, slots=True)
class SyncResult:
    """One run.

    Attributes:
        lines_sent: Own lines that the server acknowledged in this run.
        lines_pulled: Entries of feeds taken in, own ones among them.
        receipts: Receipts taken in, for records and files.
        refused: Own lines whose receipt says rejected or quarantined.
        requeued: Lines that will be sent again because the server lost them or history forked.
        bytes_up, bytes_down: Bodies only.
        lines_resupplied: Lines given back to a server that had lost them.
        rows_pulled: Rows taken in by snapshots.
        incidents: Feeds whose confirmed layer was found to differ from the server's and was read anew.
        reached: Last step that was begun: hello, push, pull, receipts, resupply, snapshot, blobs, done.
        failure: Why the run ended early; None when it reached the end.
        files_at_work: Files that are at the server, which is still putting them together: a later run hears of their receipts.
        file_failures: Files that could not be carried; they do not end a run.
        log_head: The newest signed head of the server's log that came with receipts, not checked yet; empty for none.
    """

    lines_sent: int = 0
    lines_pulled: int = 0
    receipts: int = 0
    refused: int = 0
    conflicts: int = 0
    requeued: int = 0
    lines_resupplied: int = 0
    rows_pulled: int = 0
    incidents: int = 0
    files_sent: int = 0
    files_fetched: int = 0
    files_at_work: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    reached: str = "hello"
    failure: Failure | None = None
    file_failures: tuple[Failure, ...] = ()
    log_head: str = ""

    @property
    def is_complete(self) -> bool:
        """Return whether the run came to its end with nothing left behind."""
        return self.failure is None and not self.file_failures and not self.files_at_work

    @property
    def is_cancelled(self) -> bool:
        """Return whether the user stopped it."""
        return self.failure is not None and self.failure.code == Cancelled.code
