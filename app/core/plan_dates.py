"""When a plan's reports are due (报送时限)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from app.core.workdays import Calendar

_DAY: Final = dt.timedelta(1)
_WEEK: Final = 7
_MONTHS: Final = 12


class Every(StrEnum):
    """How often a report is due; `ONCE` on a day, or on one that is not decided yet."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    ONCE = "once"


_LENGTH: Final = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}


@dataclass(frozen=True, slots=True)
class ReportRule:
    """When a report is due.

    Attributes:
        weekday: For a weekly one: 1 is Monday, 7 is Sunday.
        month: Which month of the quarter, half-year or year, from 1; 0 is the last.
        day: Day of that month; 0 is its last.
        working: The last working day of that month on or before the day (最后1个工作日).
        at: `17:00`, or empty for the end of the day.
        on: For a single one; None is 待定.
    """

    every: Every
    weekday: int = 0
    month: int = 0
    day: int = 0
    working: bool = False
    at: str = ""
    on: dt.date | None = None

    def __post_init__(self) -> None:
        length = _LENGTH.get(self.every, 0)
        is_weekly = self.every is Every.WEEK
        if not (
            (1 <= self.weekday <= _WEEK if is_weekly else self.weekday == 0)
            and 0 <= self.month <= length
            and 0 <= self.day <= (31 if length else 0)
            and (self.on is None or self.every is Every.ONCE)
        ):
            raise ValueError(f"no rule: {self}")
        if self.at:
            dt.time.fromisoformat(self.at)


@dataclass(frozen=True, slots=True)
class Due:
    """A day on which a report is due.

    Attributes:
        on: As the plan says it.
        hand_in: The last working day up to then, on which the work has to be done.
        at: Time of day, or empty.
        is_certain: Whether the holidays of that year are known.
    """

    on: dt.date
    hand_in: dt.date
    at: str = ""
    is_certain: bool = True


def due_days(rule: ReportRule, calendar: Calendar, first: dt.date, last: dt.date) -> tuple[Due, ...]:
    """Return every day from the first to the last on which the report is due."""
    return tuple(
        _due(rule, calendar, day) for day in _days(rule, calendar, first, last) if first <= day <= last
    )


def next_due(rule: ReportRule, calendar: Calendar, today: dt.date, last: dt.date | None = None) -> Due | None:
    """Return the next day from today up to the last on which the report is due, None where there is none."""
    until = last or today + 366 * _DAY
    return next(iter(due_days(rule, calendar, today, until)), None)


def _due(rule: ReportRule, calendar: Calendar, day: dt.date) -> Due:
    hand_in = _worked_until(calendar, day)
    return Due(day, hand_in, rule.at, calendar.is_known(day) and calendar.is_known(hand_in))


def _days(rule: ReportRule, calendar: Calendar, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    match rule.every:
        case Every.ONCE:
            if rule.on is not None:
                yield rule.on
        case Every.WEEK:
            day = first + (rule.weekday - first.isoweekday()) % _WEEK * _DAY
            while day <= last:
                yield day
                day += _WEEK * _DAY
        case Every.MONTH | Every.QUARTER | Every.HALF_YEAR | Every.YEAR:
            length = _LENGTH[rule.every]
            for index in range(first.year * _MONTHS, (last.year + 1) * _MONTHS, length):
                yield _in_month(rule, calendar, index + (rule.month or length) - 1)
        case _:
            assert_never(rule.every)


def _in_month(rule: ReportRule, calendar: Calendar, index: int) -> dt.date:
    """Return the day in a month, counted from the year 0."""
    after = dt.date((index + 1) // _MONTHS, (index + 1) % _MONTHS + 1, 1)
    end = after - _DAY
    day = end if not rule.day else end.replace(day=min(rule.day, end.day))
    return _worked_until(calendar, day) if rule.working else day


def _worked_until(calendar: Calendar, day: dt.date) -> dt.date:
    while not calendar.is_working(day):
        day -= _DAY
    return day
