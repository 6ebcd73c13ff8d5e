"""The background loop: threads that are real, and a session that does as it is told."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from app.core.errors import Refused
from app.core.outcome import Outcome
from app.core.progress import CancelToken, Progress, Report, silent
from app.core.syncing import Network, Phase, SyncPolicy, SyncReport
from app.services.sync_loop import Pulse, SyncLoop
from app.services.sync_schedule import LEAST_ASK_S

DONE = SyncReport(0, 0, 0, 0, 0, is_complete=True)
Act = Callable[[Report, CancelToken], None]


@dataclass
class Session:
    """Runs one act after the other, then nothing."""

    acts: list[Act] = field(default_factory=list)
    at_work: list[int] = field(default_factory=list)
    is_enrolled: bool = True
    wishes: SyncPolicy = field(default_factory=SyncPolicy)
    runs: int = 0
    aborted: threading.Event = field(default_factory=threading.Event)

    def run(self, report: Report = silent, cancel: CancelToken | None = None) -> Outcome[SyncReport]:
        self.runs += 1
        if self.acts:
            self.acts.pop(0)(report, cancel or CancelToken())
        return Outcome(replace(DONE, files_at_work=self.at_work.pop(0) if self.at_work else 0))

    def abort(self) -> None:
        self.aborted.set()

    def policy(self) -> SyncPolicy:
        return self.wishes

    def set_network(self, network: Network) -> None:
        """Nothing depends on it here."""


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def loop(session: Session) -> Iterator[SyncLoop]:
    made = SyncLoop(session, lambda: 0.0, patience_s=0.2, tick_s=0.02)
    yield made
    made.stop()


def until(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not claim():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_nothing_runs_before_a_window_asks_for_it(session: Session, loop: SyncLoop) -> None:
    loop.store_opened()
    loop.changed()
    time.sleep(0.05)
    assert (loop.phase, session.runs) == (Phase.OFF, 0)


def test_the_button_runs_at_once_and_listeners_hear_of_it(session: Session, loop: SyncLoop) -> None:
    heard: list[Pulse] = []
    session.acts.append(lambda report, _: report(Progress("push", 1, 2)))
    leave = loop.listen(heard.append)
    loop.now()
    until(lambda: len(heard) >= 3)
    assert [one.phase for one in heard[:3]] == [Phase.RUNNING, Phase.RUNNING, Phase.WAITING]
    assert heard[1].progress == Progress("push", 1, 2)
    assert heard[2].outcome is not None
    assert heard[2].outcome.value == DONE
    leave()
    loop.now()
    until(lambda: session.runs == 2)
    assert len(heard) == 3


def test_a_receipt_that_is_to_follow_is_asked_for_again_soon_and_with_patience(session: Session) -> None:
    now = [1000.0]
    loop = SyncLoop(session, lambda: 0.0, clock=lambda: now[0], tick_s=0.02)
    session.at_work = [1, 1, 0]
    try:
        loop.now()
        for runs, wait_s in ((1, LEAST_ASK_S), (2, 2 * LEAST_ASK_S)):
            until(lambda runs=runs: session.runs == runs and loop.phase is Phase.WAITING)
            now[0] += wait_s - 0.1
            loop.network_changed(Network.UNKNOWN, is_reachable=True)  # it looks at the clock, and sees that it is too early
            time.sleep(0.05)
            assert session.runs == runs
            now[0] += 0.1
            loop.network_changed(Network.UNKNOWN, is_reachable=True)
        until(lambda: session.runs == 3 and loop.phase is Phase.WAITING)
        now[0] += 60.0
        loop.network_changed(Network.UNKNOWN, is_reachable=True)
        time.sleep(0.05)
        assert session.runs == 3
    finally:
        loop.stop()


def test_a_laptop_that_is_not_enrolled_asks_nobody(session: Session, loop: SyncLoop) -> None:
    session.is_enrolled = False
    loop.now()
    until(lambda: loop.phase is Phase.WAITING)
    time.sleep(0.05)
    assert session.runs == 0
    session.is_enrolled = True
    loop.now()
    until(lambda: session.runs == 1)


def test_a_run_that_stands_still_loses_its_connection_and_another_one_follows(session: Session, loop: SyncLoop) -> None:
    def hang(_report: Report, token: CancelToken) -> None:
        assert session.aborted.wait(5)
        assert token.is_cancelled

    session.acts.append(hang)
    loop.now()
    until(lambda: session.runs == 2)


def test_a_slow_run_that_moves_is_left_alone(session: Session, loop: SyncLoop) -> None:
    def crawl(report: Report, _token: CancelToken) -> None:
        for step in range(12):
            time.sleep(0.05)
            report(Progress("blobs.chunk", step, 12))

    session.acts.append(crawl)
    loop.now()
    until(lambda: session.runs == 1 and loop.phase is Phase.WAITING)
    assert not session.aborted.is_set()


@pytest.mark.parametrize("error", [Refused("http.unreachable"), ValueError("a bug")])
def test_a_run_that_fails_ends_neither_the_loop_nor_the_program(
    session: Session, loop: SyncLoop, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_report: Report, _token: CancelToken) -> None:
        raise error

    heard: list[Pulse] = []
    loop.listen(heard.append)
    session.acts.append(fail)
    loop.now()
    until(lambda: any(one.error is error for one in heard))
    loop.now()
    until(lambda: session.runs == 2)
    caplog.clear()


def test_a_pause_stops_the_run_under_way_and_the_button_still_works(session: Session, loop: SyncLoop) -> None:
    stopped = threading.Event()

    def work(_report: Report, token: CancelToken) -> None:
        until(lambda: token.is_cancelled)
        stopped.set()

    session.acts.append(work)
    loop.now()
    until(lambda: loop.phase is Phase.RUNNING)
    loop.take_policy(SyncPolicy(is_paused=True))
    assert stopped.wait(5)
    until(lambda: loop.phase is Phase.PAUSED)
    loop.changed()
    loop.now()
    until(lambda: session.runs == 2)


def test_stopping_waits_for_the_piece_under_way(session: Session, loop: SyncLoop) -> None:
    ended = threading.Event()

    def work(_report: Report, token: CancelToken) -> None:
        until(lambda: token.is_cancelled)
        ended.set()

    session.acts.append(work)
    loop.now()
    until(lambda: loop.phase is Phase.RUNNING)
    loop.stop()
    assert ended.is_set()
    assert loop.phase is Phase.OFF


def test_a_store_that_opens_again_is_synced_again(session: Session, loop: SyncLoop) -> None:
    loop.enable()
    until(lambda: loop.phase is Phase.WAITING)
    loop.stop()
    loop.store_opened()
    until(lambda: loop.phase is Phase.WAITING)
    loop.now()
    until(lambda: session.runs == 1)
