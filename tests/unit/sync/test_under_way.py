"""Several exchanges of one device are under way at a time, and the later one may arrive first."""

import threading
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

import pytest

from sync.client.errors import Unreachable
from sync.client.http import ServerDoor
from sync.client.runs import InThreads, OnItsWay
from sync.protocol.linked import on_wire
from sync.protocol.messages import MAX_UNDER_WAY, SyncAnswer, SyncRequest
from sync.server.underway import UnderWay
from tests.sim.beside import overtaken
from tests.unit.sync.kit import Laptop, ServerProcess


@pytest.fixture
def laptop(shared_server: ServerProcess) -> Laptop:
    return shared_server.laptop(f"s:{uuid.uuid4().hex[:12]}")


Changed = Callable[[SyncRequest], SyncRequest]


def sent(laptop: Laptop, monkeypatch: pytest.MonkeyPatch, change: Changed = lambda one: one) -> list[SyncRequest]:
    """Return the requests, as they are made; what is sent in the place of each is `change` of it."""
    asked: list[SyncRequest] = []
    right = type(laptop.door).sync

    def sync(door: ServerDoor, request: SyncRequest, on_its_way: OnItsWay | None = None) -> SyncAnswer:
        asked.append(request)
        return right(door, change(request), on_its_way)

    monkeypatch.setattr(type(laptop.door), "sync", sync)
    return asked


def test_the_first_request_reads_and_those_behind_it_hear_what_became_of_their_lines(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        laptop.store.write("a", f"r{number}", x=number)
    asked = sent(laptop, monkeypatch)
    result = laptop.sync(most_lines=4)
    assert (result.failure, result.lines_sent, result.lines_pulled, result.receipts) == (None, 40, 40, 40)
    assert laptop.store.states() == {"done"}
    assert [bool(one.limit) for one in asked] == [True, *[False] * 9, True], "ten batches, and a last reading"
    assert [bool(one.lines) for one in asked] == [*[True] * 10, False]


@pytest.mark.parametrize("before", [2, 5, 9, 10])
def test_lines_of_others_that_came_between_are_read_by_one_of_those_that_follow(
    shared_server: ServerProcess, laptop: Laptop, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    other = shared_server.laptop(laptop.store.scope)
    for number in range(40):
        laptop.store.write("a", f"r{number}", x=number)
    for number in range(3):
        other.store.write("a", f"other{number}", x=number)
    count, right = [0], type(laptop.door).sync

    def sync(door: ServerDoor, request: SyncRequest, on_its_way: OnItsWay | None = None) -> SyncAnswer:
        if door is laptop.door:
            count[0] += 1
            if count[0] == before:
                assert other.sync().failure is None
        return right(door, request, on_its_way)

    monkeypatch.setattr(type(laptop.door), "sync", sync)
    result = laptop.sync(most_lines=4)
    assert (result.failure, result.receipts, result.lines_pulled) == (None, 40, 43)
    assert (laptop.store.states(), result.requeued) == ({"done"}, 0)
    assert other.sync().failure is None
    assert other.store.confirmed.digest(other.store.scope) == laptop.store.confirmed.digest(laptop.store.scope)


def test_an_answer_to_lines_tells_of_these_and_of_none_before_them(laptop: Laptop) -> None:
    written = [laptop.store.write("a", f"r{number}", x=number) for number in range(6)]
    replica = laptop.store.replicas[-1]
    for lines, first in ((written[:4], 1), (written[4:], 5)):
        answer = laptop.door.sync(SyncRequest(laptop.me.epoch, (), replica, on_wire(lines), 0))
        assert [(run.seq, run.count) for page in answer.pages for run in page.own] == [(first, len(lines))]
        assert [(run.feed_seq, run.count) for run in answer.receipts.told] == [(first, len(lines))]
        assert (answer.taken, answer.more, answer.receipts.entries) == (len(lines), True, ())
    again = laptop.door.sync(SyncRequest(laptop.me.epoch, (), replica, on_wire(written[4:]), 0))
    assert (again.taken, again.pages, again.receipts.told) == (2, (), ()), "known already: there is nothing new to tell"


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
    assert sorted((answer.taken, answer.problem) for answer in told) == [(10, None), (390, None)]


def test_who_is_alone_waits_for_nobody() -> None:
    served = UnderWay()
    with served.serving("d"), served.serving("other"):
        assert not served.wait("d", served.ended("d"))


def test_nobody_waits_where_more_is_sent_at_a_time_than_a_laptop_sends() -> None:
    served = UnderWay()
    with ExitStack() as others:
        turns = [others.enter_context(served.serving("d")) for _ in range(MAX_UNDER_WAY + 1)]
        began = time.monotonic()
        assert not served.wait("d", served.ended("d"))
        served.wait_for_earlier("d", turns[-1])
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


@pytest.fixture
def long_feed(shared_server: ServerProcess, laptop: Laptop) -> Laptop:
    """A second laptop before it reads ten pages of the first one."""
    for number in range(40):
        laptop.store.write("a", f"r{number}", x="x" * 120_000, y=number)
    assert laptop.sync().failure is None
    return shared_server.laptop(laptop.store.scope)


def test_the_next_pages_are_on_their_way_while_one_is_taken_in(
    long_feed: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = sent(long_feed, monkeypatch)
    result = long_feed.sync()
    assert (result.failure, result.lines_pulled) == (None, 40)
    assert 2 <= max(one.skip for one in asked) < MAX_UNDER_WAY
    assert len(asked) == 10, "none was asked for in vain"


def test_a_page_asked_for_ahead_that_does_not_join_is_asked_for_again(
    long_feed: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = sent(long_feed, monkeypatch, lambda one: replace(one, skip=0))  # gives the same page again
    result = long_feed.sync()
    assert (result.failure, result.lines_pulled) == (None, 40)
    assert sum(one.skip > 0 for one in asked) <= MAX_UNDER_WAY, "and nothing more is asked for ahead"


def test_a_line_that_breaks_under_several_exchanges_is_tried_with_one_at_a_time(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        laptop.store.write("a", f"r{number}", x=number)
    under_way, beside, is_weak = [0], list[int](), [True]
    right = type(laptop.door).sync

    def sync(door: ServerDoor, request: SyncRequest, on_its_way: OnItsWay | None = None) -> SyncAnswer:
        under_way[0] += 1
        beside.append(under_way[0])
        try:
            if is_weak[0] and under_way[0] == 3:
                is_weak[0] = False
                raise Unreachable(kind="ReadTimeout")
            return right(door, request, on_its_way)
        finally:
            under_way[0] -= 1

    monkeypatch.setattr(type(laptop.door), "sync", sync)
    result = laptop.sync(most_lines=4)
    assert (result.failure, result.receipts, laptop.store.states()) == (None, 40, {"done"})
    assert max(beside) <= MAX_UNDER_WAY
    assert beside[-6:] == [1] * 6


def test_who_reads_behind_lines_on_their_way_hears_what_became_of_them(laptop: Laptop) -> None:
    written = [laptop.store.write("a", f"r{number}", x=number) for number in range(400)]
    gone = threading.Event()
    brings = SyncRequest(laptop.me.epoch, (), laptop.store.replicas[-1], on_wire(written), 0)
    thread = threading.Thread(target=lambda: laptop.door.sync(brings, gone.set))
    thread.start()
    assert gone.wait(10)
    answer = laptop.door.sync(SyncRequest(laptop.me.epoch, ()))
    thread.join()
    assert [run.count for page in answer.pages for run in page.own] == [400]
    assert [run.count for run in answer.receipts.told] == [400]


def test_receipts_of_lines_come_with_the_pages_that_show_them(laptop: Laptop) -> None:
    written = [laptop.store.write("a", f"r{number}", x=number) for number in range(20)]
    answer = laptop.door.sync(SyncRequest(laptop.me.epoch, (), laptop.store.replicas[-1], on_wire(written), 5))
    assert answer.more
    assert [run.count for page in answer.pages for run in page.own] == [5]
    assert (answer.receipts.entries, [run.count for run in answer.receipts.told]) == ((), [5])


def test_each_begins_when_the_one_before_is_on_its_way_and_not_sooner() -> None:
    beside, begun = InThreads(), threading.Event()

    def first(gone: OnItsWay) -> tuple[bool, bool]:
        is_too_soon = begun.wait(0.05)
        gone()
        return is_too_soon, begun.wait(10)

    heard = beside(first)
    beside(lambda _: begun.set()).result()
    assert heard.result() == (False, True)


def test_who_came_later_is_not_waited_for() -> None:
    served = UnderWay()
    with served.serving("d") as turn, served.serving("d"):
        began = time.monotonic()
        served.wait_for_earlier("d", turn)
        assert time.monotonic() - began < 0.5
