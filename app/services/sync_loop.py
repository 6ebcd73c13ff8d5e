"""Sync in the background: one control thread that decides when a run begins, watches it, and begins again."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from app.core.clock import monotonic
from app.core.outcome import Outcome
from app.core.progress import CancelToken, Progress, Report
from app.core.syncing import Network, Phase, SyncPolicy, SyncReport
from app.services.sync_schedule import Schedule

log = logging.getLogger(__name__)
PATIENCE_S = 60.0
TICK_S = 1.0
_LONGEST_REST_S = 30.0


class Session(Protocol):
    """What the loop asks of sync."""

    def run(self, report: Report = ..., cancel: CancelToken | None = None) -> Outcome[SyncReport]:
        """Send and take in everything there is."""

    def abort(self) -> None:
        """Close the connection, of the run under way too; any thread."""

    def policy(self) -> SyncPolicy:
        """Return how to sync."""

    def set_network(self, network: Network) -> None:
        """Take up what the system says of the network."""

    @property
    def is_enrolled(self) -> bool:
        """Whether there is a server."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the loop tells its listeners, on one of its threads.

    Attributes:
        progress: How far the run is, while one is under way.
        outcome: What a run did that just came to its end.
        error: Why a run just ended early; a bug where it has no `code`.
    """

    phase: Phase
    progress: Progress | None = None
    outcome: Outcome[SyncReport] | None = None
    error: BaseException | None = None


class SyncLoop:
    """Runs sync while the program is unlocked. Every method may be called from any thread and returns at once.

    Args:
        chance: Gives a number from 0 to 1.
        clock: Seconds that never go back.
        patience_s: So long a run may show no progress before its connection is closed and it begins again.
    """

    def __init__(
        self,
        session: Session,
        chance: Callable[[], float],
        *,
        clock: Callable[[], float] = monotonic,
        patience_s: float = PATIENCE_S,
        tick_s: float = TICK_S,
    ) -> None:
        self._session, self._clock = session, clock
        self._patience_s, self._tick_s = patience_s, tick_s
        self._schedule = Schedule(chance)
        self._turn = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_stopping = self._is_enabled = False
        self._token: CancelToken | None = None
        self._moved = 0.0
        self._policy = SyncPolicy()
        self._listeners: list[Callable[[Pulse], None]] = []

    @property
    def phase(self) -> Phase:
        """What the loop does now."""
        if self._thread is None:
            return Phase.OFF
        if self._token is not None:
            return Phase.RUNNING
        return Phase.PAUSED if self._policy.is_paused else Phase.WAITING

    def listen(self, call: Callable[[Pulse], None]) -> Callable[[], None]:
        """Tell somebody of everything from now on; return what ends that."""
        self._listeners.append(call)
        return lambda: self._listeners.remove(call) if call in self._listeners else None

    def enable(self) -> None:
        """Run whenever the store is open, from now on; a window does, a single command does not."""
        self._is_enabled = True
        self.store_opened()

    def store_opened(self) -> None:
        """Begin, where a window wants it; once more changes nothing."""
        with self._turn:
            if not self._is_enabled or self._thread is not None:
                return
            self._is_stopping = False
            self._schedule.begun(self._clock())
            self._thread = threading.Thread(target=self._live, name="yf-sync", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop after the piece under way and wait for that; what was reached is kept. Locking does this."""
        with self._turn:
            thread, self._is_stopping = self._thread, True
            self._cancel()
            self._turn.notify_all()
        if thread is not None:
            thread.join(2 * self._tick_s)
            if thread.is_alive():
                self._session.abort()
                thread.join()
        self._session.abort()  # it was kept for the next run
        self._thread = None

    def now(self) -> None:
        """Run at once, in a pause too; where the loop does not live yet, it begins."""
        self.enable()
        with self._turn:
            self._schedule.asked(self._clock())
            self._turn.notify_all()

    def changed(self) -> None:
        """Note that something was saved: it is sent when it is quiet for a moment."""
        with self._turn:
            self._schedule.changed(self._clock())
            self._turn.notify_all()

    def cancel(self) -> None:
        """Stop the run under way; the next one comes at its time."""
        with self._turn:
            self._cancel()

    def take_policy(self, policy: SyncPolicy) -> None:
        """Take other wishes up; a pause stops the run under way."""
        with self._turn:
            self._take(policy)
            if policy.is_paused:
                self._cancel()
            self._turn.notify_all()
        self._tell(Pulse(self.phase))

    def network_changed(self, network: Network, *, is_reachable: bool) -> None:
        """Take up what the system says of the network; one that came back is tried at once."""
        self._session.set_network(network)
        if is_reachable:
            with self._turn:
                self._schedule.reachable(self._clock())
                self._turn.notify_all()

    def _take(self, policy: SyncPolicy) -> None:
        self._policy = policy
        self._schedule.set(self._clock(), every_s=policy.every_min * 60.0, is_paused=policy.is_paused)

    def _cancel(self) -> None:
        if self._token is not None:
            self._token.cancel()

    def _live(self) -> None:
        policy = self._session.policy()
        with self._turn:
            self._take(policy)
        with ThreadPoolExecutor(1, thread_name_prefix="yf-sync-run") as pool:
            while (token := self._rest()) is not None:
                if self._session.is_enrolled:
                    self._tell(Pulse(Phase.RUNNING))
                    self._attend(pool.submit(self._session.run, self._heard, token), token)
                else:
                    self._skip()

    def _skip(self) -> None:
        with self._turn:
            self._token = None
            self._schedule.succeeded(self._clock())

    def _rest(self) -> CancelToken | None:
        """Wait until a run is due and return its token, or None where the loop is to end."""
        with self._turn:
            while not self._is_stopping:
                now, due = self._clock(), self._schedule.due
                if due is not None and due <= now:
                    self._schedule.started()
                    self._moved, self._token = now, CancelToken()
                    return self._token
                self._turn.wait(_LONGEST_REST_S if due is None else min(due - now, _LONGEST_REST_S))
        return None

    def _attend(self, run: Future[Outcome[SyncReport]], token: CancelToken) -> None:
        """Watch a run to its end: one that stands still loses its connection, and another one follows."""
        is_stalled = False
        while not wait([run], self._tick_s).done:
            if not is_stalled and self._clock() - self._moved > self._patience_s:
                is_stalled = True
                log.warning("sync.stalled")
                token.cancel()
                self._session.abort()
        error = run.exception()
        with self._turn:
            self._token = None
            if is_stalled or error is not None:
                self._schedule.failed(self._clock(), again=is_stalled or _may_help(error))
            elif run.result().value.files_at_work:
                self._schedule.at_work(self._clock())
            else:
                self._schedule.succeeded(self._clock())
        if error is not None and not hasattr(error, "code"):
            log.error("sync.bug", exc_info=error)
        self._tell(Pulse(self.phase, outcome=None if error else run.result(), error=error))

    def _heard(self, progress: Progress) -> None:
        self._moved = self._clock()
        self._tell(Pulse(Phase.RUNNING, progress))

    def _tell(self, pulse: Pulse) -> None:
        for call in tuple(self._listeners):
            call(pulse)


def _may_help(error: BaseException | None) -> bool:
    """Return whether trying again may help; a bug may have been the moment's."""
    return bool(getattr(error, "retryable", True))
