"""The only place where threads and Qt meet: one writer, a few readers, results on the GUI thread."""

import logging
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from app.core.progress import Cancelled, CancelToken, Progress
from app.gui.bus import Bus

T = TypeVar("T")
READERS = 3
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """An operation that failed and that nobody else handled.

    Attributes:
        error: What was raised; a bug if it has no `code`.
        retry: Runs the same operation again, or None where that cannot help.
    """

    error: BaseException
    retry: Callable[[], None] | None


@dataclass(frozen=True, slots=True)
class Work:
    """What long work gets: a token to poll between items and a way to say how far it is (any thread)."""

    token: CancelToken
    report: Callable[[Progress], None]


class Job(Generic[T]):
    """One operation on its way. Keep it only to cancel."""

    def __init__(
        self, run: Callable[[Work], T], owner: QObject | None, key: str | None, writes: bool
    ) -> None:
        self.writes = writes
        self.token = CancelToken()
        self.run = run
        self.key = key
        self._owner = weakref.ref(owner) if owner is not None else None
        self.on_done: Callable[[], Callable[[T], object] | None] = lambda: None
        self.on_error: Callable[[], Callable[[BaseException], object] | None] = lambda: None
        self.on_progress: Callable[[], Callable[[Progress], object] | None] = lambda: None
        self.again: Callable[[], None] | None = None

    def cancel(self) -> None:
        """Ask the work to stop; its result is dropped in any case."""
        self.token.cancel()

    @property
    def owner(self) -> QObject | None:
        """The widget the result is for, or None if it is gone or there was none."""
        owner = self._owner() if self._owner is not None else None
        return owner if owner is not None and shiboken6.isValid(owner) else None

    @property
    def is_wanted(self) -> bool:
        """Whether somebody is still there for the result."""
        return not self.token.is_cancelled and (self._owner is None or self.owner is not None)


class Runner(QObject):
    """Runs operations off the GUI thread.

    Every call names its `owner` (mostly the screen): when that is gone, the result is dropped, though a write is still
    published on the bus. `failed` carries a `Failure` for every error without an own `on_error`; `saved` fires after
    each write; `busy` says whether anything is under way.
    """

    failed = Signal(object)
    saved = Signal()
    busy = Signal(bool)
    _finished = Signal(object, object)
    _progressed = Signal(object, object)

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = bus
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="yf-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="yf-reader")
        self._open: set[Job[Any]] = set()
        self._latest: dict[tuple[int, str], Job[Any]] = {}
        self._closed = False
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._progressed.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def run_write(
        self,
        fn: Callable[[], T],
        on_done: Callable[[T], object] | None = None,
        on_error: Callable[[BaseException], object] | None = None,
        *,
        owner: QObject | None = None,
    ) -> Job[T]:
        """Run a use case that writes, in order with all others; publish its `Outcome` on the bus, then call `on_done`."""
        return self.run_long(lambda _: fn(), on_done, on_error, owner=owner, writes=True)

    def run_read(
        self,
        fn: Callable[[], T],
        on_done: Callable[[T], object] | None = None,
        on_error: Callable[[BaseException], object] | None = None,
        *,
        owner: QObject | None = None,
        key: str | None = None,
    ) -> Job[T]:
        """Run a query beside others. With `key`, a newer read of the same owner and key makes this one stale."""
        return self.run_long(lambda _: fn(), on_done, on_error, owner=owner, key=key)

    def run_long(
        self,
        fn: Callable[[Work], T],
        on_done: Callable[[T], object] | None = None,
        on_error: Callable[[BaseException], object] | None = None,
        *,
        on_progress: Callable[[Progress], object] | None = None,
        owner: QObject | None = None,
        writes: bool = False,
        key: str | None = None,
    ) -> Job[T]:
        """Run work that reports progress and polls its token. `writes` puts it in line with the writers."""
        job: Job[T] = Job(fn, owner, key, writes)
        job.on_done, job.on_error = _weakly(on_done), _weakly(on_error)
        job.on_progress = _weakly(on_progress)
        job.again = lambda: self._submit(job)
        self._submit(job)
        return job

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way and every result was delivered."""
        return not self._open

    @property
    def is_writing(self) -> bool:
        """Whether a write waits or is under way."""
        return any(job.writes for job in self._open)

    @property
    def is_reading_long(self) -> bool:
        """Whether work that is no query of a page (a sync, a check) goes on beside the writer."""
        return any(not job.writes and job.key is None and not job.token.is_cancelled for job in self._open)

    def drop_reads(self) -> None:
        """Cancel everything but writes; what reads on its way is not wanted any more."""
        for job in tuple(self._open):
            if not job.writes:
                job.cancel()

    def cancel_all(self) -> None:
        """Ask long work to stop after the piece it is at; short writes finish."""
        for job in tuple(self._open):
            job.cancel()

    def close(self) -> None:
        """Finish the writes that were asked for, drop the reads, stop the threads."""
        self._closed = True
        self.drop_reads()
        self._readers.shutdown(wait=True, cancel_futures=True)
        self._writer.shutdown(wait=True)

    def _submit(self, job: Job[Any]) -> None:
        if self._closed:
            return
        if job.key is not None:
            slot = (id(job.owner), job.key)
            stale = self._latest.get(slot)
            if stale is not None and stale is not job:
                stale.cancel()
            self._latest[slot] = job
        if not self._open:
            self.busy.emit(True)
        self._open.add(job)
        work = Work(job.token, lambda progress: self._progressed.emit(job, progress))
        pool = self._writer if job.writes else self._readers
        future: Future[Any] = pool.submit(job.run, work)
        future.add_done_callback(lambda done: self._hand_over(job, done))

    def _hand_over(self, job: Job[Any], future: "Future[Any]") -> None:
        if future.cancelled() or self._closed or not shiboken6.isValid(self):
            return
        self._finished.emit(job, future)

    def _deliver(self, job: Job[Any], future: "Future[Any]") -> None:
        self._open.discard(job)
        if job.key is not None:
            self._latest.pop((id(job.owner), job.key), None) if not job.token.is_cancelled else None
        error = future.exception()
        try:
            if error is None:
                self._succeed(job, future.result())
            elif not isinstance(error, Cancelled):
                self._fail(job, error)
        finally:
            if not self._open:
                self.busy.emit(False)

    def _succeed(self, job: Job[Any], value: Any) -> None:
        # An outcome without changes (a backup, a daily check) saved nothing that the user typed.
        if job.writes and getattr(value, "changed", True):
            self.saved.emit()
        done = job.on_done() if job.is_wanted else None
        if done is not None:
            done(value)
        if hasattr(value, "changed"):
            self._bus.publish(value)

    def _fail(self, job: Job[Any], error: BaseException) -> None:
        if not hasattr(error, "code"):
            log.error("runner.bug", exc_info=error)
        handler = job.on_error() if job.is_wanted else None
        if handler is not None:
            handler(error)
        elif job.is_wanted:
            self.failed.emit(Failure(error, job.again if getattr(error, "retryable", False) else None))

    def _tell(self, job: Job[Any], progress: Progress) -> None:
        tell = job.on_progress() if job.is_wanted else None
        if tell is not None:
            tell(progress)


def _weakly(call: Callable[..., object] | None) -> Callable[[], Callable[..., object] | None]:
    """Return a getter for a callback; a bound method is held weakly, so that waiting never keeps a screen alive."""
    if call is None:
        return lambda: None
    bound_to = getattr(call, "__self__", None)
    if not isinstance(bound_to, QObject):
        return lambda: call
    target, method = weakref.ref(bound_to), weakref.WeakMethod(call)

    def alive() -> Callable[..., object] | None:
        owner = target()
        return method() if owner is not None and shiboken6.isValid(owner) else None

    return alive
