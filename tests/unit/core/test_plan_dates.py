"""When reports are due."""

import datetime as dt

import pytest

from app.core.plan_dates import Due, Every, ReportRule, due_days, next_due
from app.core.workdays import Calendar, CalendarYear

CALENDAR = Calendar(
    {
        2021: CalendarYear(
            frozenset({dt.date(2021, 1, 1), dt.date(2021, 4, 30)}), frozenset({dt.date(2021, 2, 28)}), "示例"
        )
    }
)
JAN, DEC = dt.date(2021, 1, 1), dt.date(2021, 12, 31)


def days(rule: ReportRule, first: dt.date = JAN, last: dt.date = DEC) -> list[str]:
    return [due.on.isoformat() for due in due_days(rule, CALENDAR, first, last)]


def test_every_thursday_at_five() -> None:
    rule = ReportRule(Every.WEEK, weekday=4, at="17:00")
    assert days(rule, JAN, dt.date(2021, 1, 29)) == ["2021-01-07", "2021-01-14", "2021-01-21", "2021-01-28"]
    assert next_due(rule, CALENDAR, dt.date(2021, 1, 7)) == Due(
        dt.date(2021, 1, 7), dt.date(2021, 1, 7), "17:00"
    )


def test_the_last_working_day_of_a_month_knows_holidays_and_worked_weekends() -> None:
    found = days(ReportRule(Every.MONTH, working=True))
    assert found[:5] == ["2021-01-29", "2021-02-28", "2021-03-31", "2021-04-29", "2021-05-31"]
    assert len(found) == 12


def test_the_twentieth_of_a_quarters_last_month_and_the_end_of_its_second() -> None:
    assert days(ReportRule(Every.QUARTER, month=3, day=20)) == [
        "2021-03-20",
        "2021-06-20",
        "2021-09-20",
        "2021-12-20",
    ]
    assert days(ReportRule(Every.QUARTER, month=2)) == [
        "2021-02-28",
        "2021-05-31",
        "2021-08-31",
        "2021-11-30",
    ]


def test_a_day_off_is_handed_in_on_the_working_day_before() -> None:
    due = due_days(ReportRule(Every.QUARTER, month=3, day=20), CALENDAR, JAN, DEC)[0]
    assert (due.on, due.hand_in, due.is_certain) == (dt.date(2021, 3, 20), dt.date(2021, 3, 19), True)


def test_half_years_and_years_end_with_their_last_month() -> None:
    assert days(ReportRule(Every.HALF_YEAR)) == ["2021-06-30", "2021-12-31"]
    assert days(ReportRule(Every.YEAR)) == ["2021-12-31"]


def test_the_thirty_first_of_a_short_month_is_its_last_day() -> None:
    assert days(ReportRule(Every.QUARTER, month=2, day=31))[0] == "2021-02-28"


def test_a_single_day_is_due_once_and_an_undecided_one_never() -> None:
    once = ReportRule(Every.ONCE, on=dt.date(2021, 1, 29))
    assert days(once) == ["2021-01-29"]
    assert days(once, dt.date(2021, 2, 1)) == []
    assert next_due(ReportRule(Every.ONCE), CALENDAR, JAN) is None


def test_a_year_whose_holidays_are_unknown_says_so() -> None:
    due = next_due(ReportRule(Every.MONTH, working=True), CALENDAR, dt.date(2031, 1, 1))
    assert due is not None
    assert not due.is_certain


@pytest.mark.parametrize(
    "wrong",
    [{"weekday": 0}, {"weekday": 8}, {"weekday": 1, "day": 3}, {"weekday": 1, "month": 1}],
)
def test_a_weekly_rule_needs_its_weekday_and_nothing_else(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no rule"):
        ReportRule(Every.WEEK, **wrong)


def test_a_quarter_has_three_months() -> None:
    with pytest.raises(ValueError, match="no rule"):
        ReportRule(Every.QUARTER, month=4)
