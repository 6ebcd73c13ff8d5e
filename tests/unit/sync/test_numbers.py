"""Document numbers are lent: to one device each, once each, whatever is lost on the way and whatever is restored."""

import dataclasses
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.client.errors import Refused
from sync.protocol import codec
from sync.protocol.numbers import (
    LAST,
    MOST_AT_ONCE,
    RANGE,
    BadRange,
    NumberRange,
    RangeAnswer,
    RangeRequest,
    RangesAnswer,
    RangesRequest,
)
from sync.protocol.policy import Role
from sync.server import epochs
from sync.server.numbers import SKIPPED
from tests.unit.sync.conftest import BOTH, address
from tests.unit.sync.kit import ServerProcess
from tests.unit.sync.town import Box, Town, new_id

FEED = "s:610100"


@pytest.fixture(scope="module", params=BOTH)
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = Town(tmp_path_factory.mktemp("numbers") / "town", address(request)).with_offices()
    yield made
    made.close()


def wish(series: str, **more: Any) -> RangeRequest:
    return RangeRequest(**{"request": new_id(), "scope": FEED, "series": series, "year": 2026, **more})


def ask(box: Box, wanted: RangeRequest) -> tuple[int, Any]:
    return box.call("POST", "/v1/leases/numbers", codec.dump(RangesRequest((wanted,))))


def lent(box: Box, wanted: RangeRequest) -> RangeAnswer:
    status, answer = ask(box, wanted)
    assert status == 200, answer
    return codec.load(RangesAnswer, json.dumps(answer).encode()).lent[0]


@pytest.fixture(scope="module")
def boxes(town: Town) -> tuple[Box, Box, Box]:
    one, two, three = (town.box((Role.INSPECTOR, "610100")) for _ in range(3))
    return one, two, three


def test_devices_get_ranges_that_join_and_never_meet(boxes: tuple[Box, Box, Box]) -> None:
    series = new_id()
    given_ = [lent(box, wish(series)).range for box in (*boxes, *boxes)]
    assert [(one.first, one.last) for one in given_] == [(n * RANGE + 1, n * RANGE + RANGE) for n in range(6)]


def test_a_request_whose_answer_was_lost_is_answered_by_the_same_range(boxes: tuple[Box, Box, Box]) -> None:
    wanted = wish(new_id())
    first = lent(boxes[0], wanted)
    lent(boxes[1], wish(wanted.series))
    assert lent(boxes[0], wanted) == first
    assert ask(boxes[1], wanted)[1]["code"] == "numbers.of_other"
    other = dataclasses.replace(wanted, year=2027)
    assert ask(boxes[0], other)[1]["code"] == "numbers.of_other"


def test_years_series_and_offices_count_apart(town: Town, boxes: tuple[Box, Box, Box]) -> None:
    series = new_id()
    for wanted in (wish(series), wish(series, year=2027), wish(series + "告")):
        assert lent(boxes[0], wanted).range.first == 1
    other = town.box((Role.INSPECTOR, "610600"), org="610600")
    assert lent(other, wish(series, scope="s:610600")).range.first == 1


def test_whoever_may_not_write_for_the_office_gets_no_number(town: Town) -> None:
    series = new_id()
    stranger = town.box((Role.INSPECTOR, "610600"), org="610600")
    reader = town.box((Role.AUDITOR, "610100"))
    for box in (stranger, reader):
        status, answer = ask(box, wish(series))
        assert (status, answer["code"]) == (403, "feed.forbidden")


def test_numbers_that_a_laptop_knows_of_are_not_lent_again(boxes: tuple[Box, Box, Box]) -> None:
    series = new_id()
    first = lent(boxes[0], wish(series, known=57)).range
    assert (first.first, first.last) == (58, 77)
    assert lent(boxes[1], wish(series, known=3)).range.first == 78


@pytest.mark.parametrize(
    "change",
    [
        {"series": ""}, {"series": "检" * 61}, {"series": "检\n通"}, {"series": "检\u202e通"}, {"year": 1999},
        {"year": 2200}, {"known": -1}, {"known": LAST + 1}, {"request": ""}, {"scope": "a b"},
        {"held": (NumberRange("x", 0, 3),)}, {"held": (NumberRange("x", 5, 4),)},
        {"held": (NumberRange("x", 1, LAST + 1),)}, {"held": (NumberRange("x", 1, 2),) * 51},
    ],
)  # fmt: skip
def test_a_request_that_says_nonsense_is_refused(boxes: tuple[Box, Box, Box], change: dict[str, Any]) -> None:
    wanted = dataclasses.replace(wish("检通"), **change)
    with pytest.raises(BadRange):
        wanted.check()
    status, answer = ask(boxes[0], wanted)
    assert (status, answer["code"]) == (422, "numbers.invalid")


def test_ranges_of_several_series_are_lent_together_or_not_at_all(boxes: tuple[Box, Box, Box]) -> None:
    def both(*wanted: RangeRequest) -> tuple[int, Any]:
        return boxes[0].call("POST", "/v1/leases/numbers", codec.dump(RangesRequest(wanted)))

    wishes = wish(new_id(), known=4), wish(new_id())
    status, answer = both(*wishes)
    assert (status, [one["range"]["first"] for one in answer["lent"]]) == (200, [5, 1])
    fresh = wish(new_id())
    assert both(fresh, wish(new_id(), known=LAST))[1]["code"] == "numbers.exhausted"
    assert both(fresh, wish(new_id(), scope="s:elsewhere"))[1]["code"] == "feed.forbidden"
    assert lent(boxes[1], wish(fresh.series)).range.first == 1  # nothing of it was kept
    for nonsense in ((), (fresh, fresh), tuple(wish(new_id()) for _ in range(MOST_AT_ONCE + 1))):
        assert both(*nonsense)[1]["code"] == "numbers.invalid"


def test_a_series_that_is_used_up_says_so(boxes: tuple[Box, Box, Box]) -> None:
    series = new_id()
    assert lent(boxes[0], wish(series, known=LAST - RANGE)).range.last == LAST
    status, answer = ask(boxes[0], wish(series))
    assert (status, answer["code"]) == (409, "numbers.exhausted")


def test_a_restored_server_goes_on_beyond_what_it_cannot_know(town: Town, boxes: tuple[Box, Box, Box]) -> None:
    series = new_id()
    before = lent(boxes[0], wish(series)).range
    epochs.recover(town.office.database, town.world, "restored in a test")
    after = lent(boxes[1], wish(series)).range
    assert after.first == before.last + SKIPPED + 1
    assert lent(boxes[1], wish(series)).range.first == after.last + 1  # once only


def test_a_restored_server_learns_from_the_devices_what_they_hold(boxes: tuple[Box, Box, Box]) -> None:
    series = new_id()
    forgotten = NumberRange(new_id(), 41, 60)  # lent before the server lost it
    answer = lent(boxes[0], wish(series, held=(forgotten,)))
    assert (answer.clashing, answer.range.first) == ((), 61)
    late = NumberRange(new_id(), 55, 70)
    told = lent(boxes[1], wish(series, held=(late,)))
    assert told.clashing == (late.request,)
    assert told.range.first == 81
    again = lent(boxes[0], wish(series, held=(forgotten,)))
    assert again.clashing == ()


WISHES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 120), st.booleans(), st.booleans()), min_size=1, max_size=25
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=WISHES)
def test_whatever_is_asked_repeated_and_restored_no_number_is_lent_twice(
    town: Town, boxes: tuple[Box, Box, Box], steps: list[tuple[int, int, bool, bool]]
) -> None:
    series = new_id()
    held: dict[int, list[NumberRange]] = {0: [], 1: [], 2: []}
    last: dict[int, tuple[RangeRequest, NumberRange]] = {}
    for who, known, repeats, restores in steps:
        if restores:
            epochs.recover(town.office.database, town.world, "again")
        if repeats and who in last:
            assert lent(boxes[who], last[who][0]).range == last[who][1]
            continue
        wanted = wish(series, known=known, held=tuple(held[who]))
        answer = lent(boxes[who], wanted)
        assert answer.clashing == ()
        assert answer.range.first > known
        held[who].append(answer.range)
        last[who] = wanted, answer.range
    numbers = [n for ranges in held.values() for one in ranges for n in range(one.first, one.last + 1)]
    assert len(numbers) == len(set(numbers))


def test_a_server_set_back_to_a_copy_lends_nothing_that_was_lent_since(tmp_path: Path) -> None:
    town = Town(tmp_path / "town").with_offices()
    one, two, three = (town.box((Role.INSPECTOR, "610100")) for _ in range(3))
    series = new_id()
    first = lent(one, wish(series)).range
    town.close()
    shutil.copytree(tmp_path / "town", tmp_path / "copy")
    again = Town(tmp_path / "town")
    one.town = two.town = again
    lost = [lent(box, wish(series)).range for box in (one, two)]
    again.close()
    restored = Town(tmp_path / "copy")
    three.town = restored
    epochs.recover(restored.office.database, restored.world, "set back")
    now = lent(three, wish(series)).range
    taken = {n for each in (first, *lost) for n in range(each.first, each.last + 1)}
    assert not taken & set(range(now.first, now.last + 1))
    restored.close()


def test_a_real_server_lends_to_a_real_door(shared_server: ServerProcess) -> None:
    scope = f"s:{new_id()[:8]}"
    one, two = (shared_server.laptop(scope) for _ in range(2))
    ranges = [box.door.lend_numbers(RangesRequest((wish("医保检通", scope=scope),))).lent[0].range for box in (one, two, one)]
    assert [each.first for each in ranges] == [1, 21, 41]
    with pytest.raises(Refused, match=r"feed\.forbidden"):
        one.door.lend_numbers(RangesRequest((wish("医保检通", scope="s:elsewhere"),)))


def test_many_laptops_at_once_get_ranges_that_never_meet(shared_server: ServerProcess) -> None:
    scope, series = f"s:{new_id()[:8]}", "医保检通"
    laptops = [shared_server.laptop(scope) for _ in range(4)]
    got: list[NumberRange] = []
    same = wish(series, scope=scope)

    def ask_often(n: int) -> None:
        for _ in range(6):
            got.append(laptops[n].door.lend_numbers(RangesRequest((wish(series, scope=scope),))).lent[0].range)
        if n == 0:
            got.append(laptops[n].door.lend_numbers(RangesRequest((same,))).lent[0].range)

    threads = [threading.Thread(target=ask_often, args=(n,)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert laptops[0].door.lend_numbers(RangesRequest((same,))).lent[0].range in got
    numbers = sorted(n for one in got for n in range(one.first, one.last + 1))
    assert numbers == list(range(1, 25 * RANGE + 1))  # nothing twice, nothing left out
