"""Days as the law counts them: the announced calendars, and what must hold for any of them."""

import datetime as dt
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

import resources
from app.core.workdays import Calendar, DayKind, calendar_of, deadline

REAL = calendar_of(tomllib.loads(resources.path("law/calendar.toml").read_text(encoding="utf-8")))
KNOWN_DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2026, 11, 30))
COUNTS = st.integers(1, 20)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("starts", "days", "due"),
    [
        ("2026-09-24", 7, "2026-10-12"),  # 中秋 25–27 off, 国庆 1–7 off, Saturday 10 October worked
        ("2026-02-13", 5, "2026-02-27"),  # Saturday the 14th is worked, then nine days off
        ("2026-04-30", 7, "2026-05-13"),  # Saturday 9 May is worked
        ("2025-09-26", 5, "2025-10-10"),  # Sunday the 28th is worked
        ("2024-02-08", 2, "2024-02-18"),  # Friday the 9th is worked, and Sunday the 18th
        ("2026-11-20", 7, "2026-12-01"),
    ],
)
def test_seven_five_and_two_days_of_the_penalty_law_are_working_days(starts: str, days: int, due: str) -> None:
    found = deadline(REAL, day(starts), days, DayKind.WORKING)
    assert (found.due, found.is_certain) == (day(due), True)
    assert found.sources
    assert all("国务院办公厅" in one for one in found.sources)


def test_a_period_of_calendar_days_that_ends_on_a_holiday_ends_on_the_next_working_day() -> None:
    found = deadline(REAL, day("2026-09-16"), 15, DayKind.CALENDAR)
    assert (found.due, found.moved_from) == (day("2026-10-08"), day("2026-10-01"))
    plain = deadline(REAL, day("2026-09-01"), 15, DayKind.CALENDAR)
    assert (plain.due, plain.moved_from) == (day("2026-09-16"), None)


def test_an_unknown_year_is_named_and_not_guessed() -> None:
    found = deadline(REAL, day("2026-12-30"), 7, DayKind.WORKING)
    assert found.unknown_years == (2027,)
    assert not found.is_certain
    # through 2027, but ending where the calendar is not asked about days between
    assert deadline(REAL, day("2023-12-31"), 30, DayKind.CALENDAR).is_certain
    assert deadline(Calendar({}), day("2026-01-01"), 1, DayKind.WORKING).unknown_years == (2026,)


def working_days_between(calendar: Calendar, after: dt.date, until: dt.date) -> int:
    return sum(calendar.is_working(after + dt.timedelta(n)) for n in range(1, (until - after).days + 1))


@given(KNOWN_DAYS, COUNTS)
def test_a_working_deadline_is_worked_and_leaves_exactly_so_many_working_days(starts: dt.date, days: int) -> None:
    found = deadline(REAL, starts, days, DayKind.WORKING)
    assert REAL.is_working(found.due)
    assert working_days_between(REAL, starts, found.due) == days
    assert working_days_between(REAL, starts, found.due - dt.timedelta(1)) == days - 1


@given(KNOWN_DAYS, COUNTS)
def test_one_day_more_ends_later_and_one_step_after_another_is_the_whole_way(starts: dt.date, days: int) -> None:
    here, next_ = (deadline(REAL, starts, n, DayKind.WORKING).due for n in (days, days + 1))
    assert here < next_
    assert deadline(REAL, here, 1, DayKind.WORKING).due == next_


@given(KNOWN_DAYS, st.integers(1, 200))
def test_a_calendar_deadline_is_never_early_and_never_on_a_day_off(starts: dt.date, days: int) -> None:
    found = deadline(REAL, starts, days, DayKind.CALENDAR)
    plain = starts + dt.timedelta(days)
    assert found.due >= plain
    assert REAL.is_working(found.due)
    assert all(not REAL.is_working(plain + dt.timedelta(n)) for n in range((found.due - plain).days))


@given(st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31)))
def test_every_day_of_a_known_year_is_worked_or_off_as_announced(one: dt.date) -> None:
    year = REAL.years[one.year]
    assert REAL.is_working(one) == (one in year.work or (one.weekday() < 5 and one not in year.off))


@pytest.mark.parametrize(
    "year",
    [
        {"off": [[dt.date(2026, 1, 3), dt.date(2026, 1, 1)]], "work": [], "source": "s"},
        {"off": [[dt.date(2025, 12, 31), dt.date(2026, 1, 1)]], "work": [], "source": "s"},
        {"off": [], "work": [dt.date(2026, 1, 5)], "source": "s"},
        {"off": [], "work": [], "source": " "},
        {"off": [3], "work": [], "source": "s"},
        {"off": [], "work": ["2026-01-04"], "source": "s"},
    ],
)
def test_a_calendar_that_contradicts_itself_is_not_taken(year: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        calendar_of({"2026": year})


@pytest.mark.parametrize("days", [0, -1, 4000])
def test_a_period_of_no_days_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match=str(days)):
        deadline(REAL, day("2026-01-05"), days, DayKind.WORKING)
