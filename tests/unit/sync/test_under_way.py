"""Several exchanges of one device are under way at a time, and the later one may arrive first."""

import threading
import time
import uuid

import pytest

from sync.client.http import ServerDoor
from sync.client.runs import OnItsWay
from sync.protocol.linked import on_wire
from sync.protocol.messages import SyncAnswer, SyncRequest
from sync.server.underway import UnderWay
from tests.sim.beside import overtaken
from tests.unit.sync.kit import Laptop, ServerProcess


@pytest.fixture
def laptop(shared_server: ServerProcess) -> Laptop:
    return shared_server.laptop(f"s:{uuid.uuid4().hex[:12]}")


def limits(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the entries that each request wants, as they are sent."""
    asked: list[int] = []
    right = type(laptop.door).sync

    def sync(door: ServerDoor, request: SyncRequest, on_its_way: OnItsWay | None = None) -> SyncAnswer:
        asked.append(request.limit)
        return right(door, request, on_its_way)

    monkeypatch.setattr(type(laptop.door), "sync", sync)
    return asked


def test_of_the_requests_under_way_one_reads_and_the_others_bring_lines(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        laptop.store.write("a", f"r{number}", x=number)
    asked = limits(laptop, monkeypatch)
    result = laptop.sync(most_lines=4)
    assert (result.failure, result.lines_sent, result.lines_pulled, result.receipts) == (None, 40, 40, 40)
    assert laptop.store.states() == {"done"}
    assert (asked.count(0), len(asked)) in {(6, 11), (5, 11), (6, 10)}


def test_lines_that_came_before_those_they_follow_are_sent_again_in_the_same_history(laptop: Laptop) -> None:
    slow = iter([False, True, False] * 20)
    for number in range(60):
        laptop.store.write("a", f"r{number}", x=number)
    result = laptop.sync(most_lines=4, beside=overtaken(lambda: next(slow)))
    assert (result.failure, result.receipts, result.requeued) == (None, 60, 0)
    assert laptop.store.states() == {"done"}
    assert len(laptop.store.replicas) == 1


def test_the_server_waits_for_what_is_under_way_before_it_calls_a_gap_one(laptop: Laptop) -> None:
    written = [laptop.store.write("a", f"r{number}", x=number) for number in range(400)]
    told: list[SyncAnswer] = []

    def bring(start: int, end: int) -> threading.Thread:
        request = SyncRequest(laptop.me.epoch, (), laptop.store.replicas[-1], on_wire(written[start:end]), 0)
        thread = threading.Thread(target=lambda: told.append(laptop.door.sync(request)))
        thread.start()
        return thread

    for one in [bring(0, 390), bring(390, 400)]:  # the second is smaller by far, and would be judged before the first
        one.join()
    assert [(answer.problem, answer.pages) for answer in told] == [(None, ())] * 2


def test_who_is_alone_waits_for_nobody() -> None:
    served = UnderWay()
    with served.serving("d"), served.serving("other"):
        assert not served.wait("d", served.ended("d"))


def test_nobody_waits_where_more_is_sent_at_a_time_than_a_laptop_sends() -> None:
    served = UnderWay()
    with served.serving("d"), served.serving("d"), served.serving("d"), served.serving("d"):
        began = time.monotonic()
        assert not served.wait("d", served.ended("d"))
        assert time.monotonic() - began < 0.5


def test_one_that_ended_before_it_was_waited_for_is_noticed() -> None:
    served = UnderWay()
    with served.serving("d"):
        before = served.ended("d")
        with served.serving("d"):
            pass
        assert served.wait("d", before)
    with served.serving("d"):
        assert not served.wait("d", served.ended("d")), "what was counted is forgotten with the last one"


def test_one_that_ends_later_is_waited_for() -> None:
    served, entered, may_end = UnderWay(), threading.Event(), threading.Event()

    def other() -> None:
        with served.serving("d"):
            entered.set()
            may_end.wait(10)

    with served.serving("d"):
        thread = threading.Thread(target=other)
        thread.start()
        entered.wait(10)
        before = served.ended("d")
        threading.Timer(0.05, may_end.set).start()
        assert served.wait("d", before)
    thread.join()
