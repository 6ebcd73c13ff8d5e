"""Numbers on one laptop: used once, voided with a reason, explained without a gap, and never those of a former history."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.clock import to_ms
from app.core.errors import Refused
from app.core.papers import NumberState, PaperState
from app.services.papers import number_pool as numbering
from sync.client.errors import Unreachable
from sync.protocol.errors import SyncError
from sync.protocol.numbers import RANGE, NumberRange, RangeAnswer, RangeRequest, RangesAnswer, RangesRequest
from tests.e2e.conftest import Clock
from tests.unit.services.desks import YEAR, Desk, Templates, whole
from tests.unit.services.filled_papers import drafted, issued, sign_everybody, take

NOTICE, ORDER = "inspection_notice", "rectification_order"
SERIES = "青禾医保检通"


@pytest.fixture
def ready(desk_of: Callable[[str], Desk]) -> Desk:
    return desk_of("ready")


def told(desk: Desk, series: str = SERIES) -> list[tuple[int, int, str]]:
    return [(one.first, one.last, str(one.state)) for one in desk.services.numbers.register(YEAR, series)]


def test_without_a_number_a_paper_bears_one_that_shows_it_and_gets_its_own_later(ready: Desk) -> None:
    first, second = (issued(ready.services, NOTICE, ready.tasks[0]) for _ in range(2))
    assert first.number.startswith("临-")
    assert first.number != second.number
    assert first.interim == first.number
    with pytest.raises(Refused, match=r"number\.none_left"):
        ready.services.numbers.assign(first.id)
    take(ready.services, NOTICE)
    mapped = ready.services.numbers.assign(first.id).value
    assert (mapped.number, mapped.interim) == (f"{SERIES}〔{YEAR}〕1号", first.interim)
    with pytest.raises(Refused, match=r"number\.not_provisional"):
        ready.services.numbers.assign(first.id)
    assert ready.services.numbers.assign(second.id).value.number.endswith("〕2号")
    lines = [one for one in ready.services.numbers.register(YEAR) if one.paper]
    assert [(one.state, one.interim) for one in lines] == [("used", first.interim), ("used", second.interim)]
    assert first.document is not None
    assert ready.services.documents.view(first.document).document.number == first.interim  # the pages stay as they are
    whole(ready.services)


def test_a_paper_that_takes_its_force_from_its_number_waits_for_one(ready: Desk) -> None:
    made = drafted(ready.services, ORDER, ready.tasks[0])
    with pytest.raises(Refused, match=r"number\.none_left"):
        ready.services.papers.issue(made)
    assert ready.services.papers.get(made).state is PaperState.DRAFT
    take(ready.services, ORDER, 7, 7)
    assert ready.services.papers.issue(made).value.number.endswith("〕7号")


def test_an_approval_signed_under_a_provisional_number_keeps_its_signatures(ready: Desk, tmp_path: Path) -> None:
    made = issued(ready.services, NOTICE, ready.tasks[0])
    sign_everybody(ready.services, made, tmp_path)
    take(ready.services, NOTICE)
    assert ready.services.numbers.assign(made.id).value.state is PaperState.SIGNED


@pytest.mark.parametrize(
    ("first", "last", "note", "code"),
    [(0, 3, "n", "range"), (5, 4, "n", "range"), (1, 2000, "n", "range"), (1, 3, " ", "note_missing"), (10, 12, "n", "lent")],
)
def test_a_range_that_cannot_be_is_not_taken(ready: Desk, first: int, last: int, note: str, code: str) -> None:
    take(ready.services, NOTICE, 5, 10)
    with pytest.raises(Refused, match=rf"number\.{code}"):
        ready.services.numbers.take(NOTICE, first, last, note)
    assert [(one.first, one.last, one.free) for one in ready.services.numbers.ranges()] == [(5, 10, 6)]


def test_kinds_without_a_number_have_no_ranges(ready: Desk) -> None:
    with pytest.raises(Refused, match=r"paper\.not_numbered"):
        ready.services.numbers.take("service_receipt", 1, 2, "n")


def test_the_register_explains_every_number(ready: Desk) -> None:
    services = ready.services
    take(services, NOTICE, 3, 9)
    paper = issued(services, NOTICE, ready.tasks[0])
    services.numbers.void(NOTICE, [5, 6], "打印损坏")
    assert told(ready) == [(1, 2, "gap"), (3, 3, "used"), (4, 4, "free"), (5, 6, "void"), (7, 9, "free")]
    with pytest.raises(Refused, match=r"number\.used"):
        services.numbers.void(NOTICE, [3], "x")
    with pytest.raises(Refused, match=r"number\.used"):
        services.numbers.void(NOTICE, [5], "x")
    with pytest.raises(Refused, match=r"number\.reason_missing"):
        services.numbers.void(NOTICE, [4], " ")
    services.papers.void(paper.id, "作废")
    assert told(ready)[1] == (3, 3, "used")  # a voided paper keeps its number
    assert issued(services, NOTICE, ready.tasks[0]).number.endswith("〕4号")
    assert issued(services, NOTICE, ready.tasks[0]).number.endswith("〕7号")
    assert services.numbers.void_rest(YEAR, "年终").value == 2
    assert told(ready)[-1] == (8, 9, "void")
    assert issued(services, NOTICE, ready.tasks[0]).number.startswith("临-")


def test_a_new_year_counts_anew(ready: Desk, clock: Clock) -> None:
    take(ready.services, NOTICE)
    assert issued(ready.services, NOTICE, ready.tasks[0]).number == f"{SERIES}〔{YEAR}〕1号"
    clock.ahead = dt.datetime(YEAR + 1, 1, 2, tzinfo=dt.UTC) - clock()
    assert issued(ready.services, NOTICE, ready.tasks[0]).number.startswith("临-")
    take(ready.services, NOTICE)
    assert issued(ready.services, NOTICE, ready.tasks[0]).number == f"{SERIES}〔{YEAR + 1}〕1号"


def test_a_restored_laptop_does_not_use_what_was_lent_to_its_former_history(ready: Desk, tmp_path: Path) -> None:
    take(ready.services, NOTICE)
    backup = ready.services.backups.make(tmp_path / "backup.db").value.path
    assert issued(ready.services, NOTICE, ready.tasks[0]).number.endswith("〕1号")
    ready.services.backups.restore(backup)
    after = issued(ready.services, NOTICE, ready.tasks[0])
    assert after.number.startswith("临-")  # number 1 went out on paper, and this database does not know it
    assert not any(one.is_mine for one in ready.services.numbers.ranges())
    ready.services.numbers.take(NOTICE, 2, 20, "核对登记簿后重新登记")
    assert ready.services.numbers.assign(after.id).value.number.endswith("〕2号")


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.integers(1, 60), st.integers(0, 8)),
        st.tuples(st.just("use"), st.integers(1, 3), st.just(0)),
        st.tuples(st.just("void"), st.integers(1, 60), st.just(0)),
        st.tuples(st.just("rest"), st.just(0), st.just(0)),
    ),
    max_size=14,
)


@pytest.fixture(scope="module")
def office(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Any:
    desk = templates.copy("office", tmp_path_factory.mktemp("numbers") / "office", Clock())
    desk.services.papers.draft(NOTICE, desk.tasks[0])
    yield desk
    desk.services.close()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, year=st.integers(2000, 2199))
def test_whatever_is_done_no_number_is_used_twice_or_outside_a_range_and_each_is_told_once(
    office: Desk, steps: list[tuple[str, int, int]], year: int
) -> None:
    services = office.services
    (paper, *_) = services.papers.of_task(office.tasks[0])
    before = {one.first for one in services.numbers.register(year)}
    if before:
        return  # this year was played before
    lent: set[int] = set()
    used: list[int] = []
    void: set[int] = set()
    for what, first, more in steps:
        match what:
            case "take":
                wanted = set(range(first, first + more + 1))
                try:
                    services.numbers.take(NOTICE, first, first + more, "n", year)
                    assert not wanted & (lent | void | set(used))
                    lent |= wanted
                except Refused:
                    assert wanted & (lent | void | set(used))
            case "use":
                for _ in range(first):
                    with services.papers._store.db.write() as unit:
                        picked = numbering.pick(unit, numbering.series_of(unit, NOTICE), year)
                        assert (picked is None) == (not lent - void - set(used))
                        if picked is not None:
                            numbering.use(unit, picked, to_ms(services.clock()), inspection=None, paper=paper.id)
                            used.append(picked.serial)
            case "void":
                try:
                    services.numbers.void(NOTICE, [first], "r", year)
                    void.add(first)
                except Refused:
                    assert first in void or first in used
            case _:
                left = lent - void - set(used)
                assert services.numbers.void_rest(year, "r").value == len(left)
                void |= left
    assert len(used) == len(set(used))
    assert set(used) <= lent
    assert not void & set(used)
    lines = services.numbers.register(year)
    told_ = Counter(n for one in lines for n in range(one.first, one.last + 1))
    assert set(told_) == set(range(1, max([*lent, *void, 0]) + 1))
    assert set(told_.values()) <= {1}
    by_state = {
        state: {n for one in lines if one.state is state for n in range(one.first, one.last + 1)} for state in NumberState
    }
    # the paper of this test bears none of them on its pages: every use is told as one too many
    assert by_state[NumberState.USED] | by_state[NumberState.DOUBLED] == set(used)
    assert by_state[NumberState.VOID] == void
    assert by_state[NumberState.FREE] == lent - void - set(used)


def test_records_of_a_visit_take_numbers_of_the_range_too(ready: Desk) -> None:
    with ready.services.papers._store.db.write() as unit:
        unit.local(
            "INSERT INTO number_range(id, series, year, first, last, device, replica, source, lent_at, _ver)"
            f" SELECT 'r', '青禾医保检录', {YEAR}, 41, 42, device, replica, 'server', 0, '{{}}' FROM sync_self"
        )
    first = ready.services.documents.freeze_record(ready.inspection).value
    assert first.number == f"青禾医保检录〔{YEAR}〕41号"
    assert ready.services.documents.freeze_record(ready.inspection).value.number == first.number  # composed anew
    line = next(one for one in ready.services.numbers.register(YEAR, "青禾医保检录") if one.first == 41)
    assert (line.state, line.title) == (NumberState.USED, "现场检查笔录")
    ready.services.documents.discard(ready.services.documents.of(ready.inspection)[-1].id)
    line = next(one for one in ready.services.numbers.register(YEAR, "青禾医保检录") if one.first == 41)
    assert line.state is NumberState.VOID


def test_a_record_of_an_office_with_a_server_is_provisional_without_a_range(ready: Desk) -> None:
    with ready.services.papers._store.db.write() as unit:
        unit.local("UPDATE sync_self SET server = 'http://127.0.0.1:1'")
    record = ready.services.documents.freeze_record(ready.inspection).value
    assert record.number.startswith("临-")
    with pytest.raises(Refused, match=r"number\.none_left"):
        ready.services.numbers.assign_document(record.id)
    with ready.services.papers._store.db.write() as unit:
        unit.local(
            "INSERT INTO number_range(id, series, year, first, last, device, replica, source, lent_at, _ver)"
            f" SELECT 'r', '青禾医保检录', {YEAR}, 3, 3, device, replica, 'server', 0, '{{}}' FROM sync_self"
        )
    assert ready.services.numbers.assign_document(record.id).value == f"青禾医保检录〔{YEAR}〕3号"
    with pytest.raises(Refused, match=r"number\.not_provisional"):
        ready.services.numbers.assign_document(record.id)
    (line,) = [one for one in ready.services.numbers.register(YEAR, "青禾医保检录") if one.first == 3]
    assert (line.state, line.interim) == (NumberState.USED, record.number)


class Away:
    """A server that is out of reach; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[RangeRequest] = []

    def lend_numbers(self, wanted: RangesRequest) -> RangesAnswer:
        self.asked += wanted.wanted
        raise Unreachable(kind="test")


def test_what_was_counted_before_there_was_a_server_is_told_to_it_and_a_lost_answer_is_asked_for_again(ready: Desk) -> None:
    first = ready.services.documents.freeze_record(ready.inspection).value
    assert first.number == f"青禾医保检录〔{YEAR}〕1号"
    away = Away()
    for _ in range(2):
        with pytest.raises(Unreachable):
            ready.services.numbers.top_up(away)
    assert not ready.services.numbers.after_sync(away)  # a run goes on without
    assert len({one.request for one in away.asked if one.series == away.asked[0].series}) == 1
    with ready.services.papers._store.db.read() as unit:
        assert numbering.highest(unit, "青禾医保检录", YEAR) == 1
        assert numbering.highest(unit, "青禾医保检录", YEAR + 1) == 0
    take(ready.services, NOTICE, 5, 30)
    with pytest.raises(Unreachable):
        ready.services.numbers.lend(NOTICE, away)
    assert (away.asked[-1].known, away.asked[-1].held) == (30, ())


class UsedUp(SyncError):
    """Say what the server says."""

    code = "numbers.exhausted"


class Near:
    """A server that lends the first numbers of any series but one, which is used up."""

    def __init__(self, exhausted: str = "") -> None:
        self.asked: list[tuple[str, ...]] = []
        self._exhausted = exhausted

    def lend_numbers(self, wanted: RangesRequest) -> RangesAnswer:
        self.asked.append(tuple(one.series for one in wanted.wanted))
        if self._exhausted in self.asked[-1]:
            raise UsedUp()
        return RangesAnswer(tuple(RangeAnswer(NumberRange(one.request, 1, RANGE)) for one in wanted.wanted))


def test_what_will_be_needed_is_asked_for_in_one_request(ready: Desk) -> None:
    near = Near()
    assert ready.services.numbers.top_up(near).value == len(near.asked[0]) > 1
    assert len(near.asked) == 1
    assert ready.services.numbers.top_up(near).value == 0


def test_a_series_that_is_used_up_keeps_none_of_the_others_back(ready: Desk) -> None:
    away = Away()
    with pytest.raises(Unreachable):
        ready.services.numbers.top_up(away)
    names = [one.series for one in away.asked]
    near = Near(exhausted=names[0])
    assert ready.services.numbers.after_sync(near)
    assert sorted(near.asked[1:]) == sorted((one,) for one in names)
    assert not ready.services.numbers.after_sync(near)
