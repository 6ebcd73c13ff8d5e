"""Days as the law counts them: working days by the year's calendar of holidays, and days of the calendar."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_DAY: Final = dt.timedelta(1)
_SATURDAY: Final = 5
MOST_DAYS: Final = 3660


class DayKind(StrEnum):
    """How a period is counted: `WORKING` 工作日, `CALENDAR` 自然日."""

    WORKING = "working"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """The holidays of one year: weekdays and weekends that are off, weekends that are worked, and who said so."""

    off: frozenset[dt.date]
    work: frozenset[dt.date]
    source: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """The known years."""

    years: Mapping[int, CalendarYear]

    def is_known(self, day: dt.date) -> bool:
        """Return whether the holidays of that day's year were announced."""
        return day.year in self.years

    def is_working(self, day: dt.date) -> bool:
        """Return whether a day is worked; in an unknown year every Monday to Friday is."""
        year = self.years.get(day.year)
        if year is not None and day in year.work:
            return True
        return day.weekday() < _SATURDAY and (year is None or day not in year.off)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A last day, and how it was found.

    Attributes:
        starts: The day of the event, which is not counted.
        moved_from: The day on which it would have ended, had that been a working day; else None.
        unknown_years: Years whose holidays are not on record: the day may be later than said.
        sources: Whose calendars were used.
    """

    due: dt.date
    starts: dt.date
    days: int
    kind: DayKind
    moved_from: dt.date | None = None
    unknown_years: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether the holidays of every year concerned are known."""
        return not self.unknown_years


def deadline(calendar: Calendar, starts: dt.date, days: int, kind: DayKind) -> Deadline:
    """Return the last day of a period of so many days after an event; one that ends on a day off ends on the next worked.

    Args:
        days: From 1 to 3660.

    Source: 行政处罚法 85 (二日、三日、五日、七日 are working days); 民法典 201, 203 (the first day is not counted, the last is
    moved off holidays).
    """
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(days)
    if kind is DayKind.WORKING:
        due, moved, left = starts, None, days
        while left:
            due += _DAY
            left -= calendar.is_working(due)
    else:
        due = starts + days * _DAY
        moved = None if calendar.is_working(due) else due
        while not calendar.is_working(due):
            due += _DAY
    # Days of the calendar count whatever they are: only the year in which the period ends decides.
    first = starts.year if kind is DayKind.WORKING else (moved or due).year
    touched = range(first, due.year + 1)
    return Deadline(
        due, starts, days, kind, moved,
        tuple(year for year in touched if year not in calendar.years),
        tuple(calendar.years[year].source for year in touched if year in calendar.years),
    )  # fmt: skip


def calendar_of(tree: Mapping[str, Mapping[str, object]]) -> Calendar:
    """Build the calendar from its data: per year `off` (pairs of first and last day), `work` (days) and `source`.

    Raises:
        ValueError: Where a day lies outside its year, or a worked day is no weekend or off day.
    """
    return Calendar({int(year): _year(int(year), data) for year, data in tree.items()})


def _year(year: int, data: Mapping[str, object]) -> CalendarYear:
    off: set[dt.date] = set()
    for first, last in _pairs(data["off"]):
        if not first <= last:
            raise ValueError(f"{first} > {last}")
        off.update(first + n * _DAY for n in range((last - first).days + 1))
    work = {_day(one) for one in _items(data["work"])}
    for day in off | work:
        if day.year != year:
            raise ValueError(f"{day} is not in {year}")
    for day in work:
        if day.weekday() < _SATURDAY or day in off:
            raise ValueError(f"{day} is worked anyway, or off")
    source = str(data["source"]).strip()
    if not source:
        raise ValueError(f"{year} without a source")
    return CalendarYear(frozenset(off), frozenset(work), source)


def _pairs(value: object) -> list[tuple[dt.date, dt.date]]:
    pairs = []
    for one in _items(value):
        first, last = _items(one)
        pairs.append((_day(first), _day(last)))
    return pairs


def _items(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError(f"no list: {value!r}")
    return value


def _day(value: object) -> dt.date:
    if not isinstance(value, dt.date):
        raise ValueError(f"no day: {value!r}")
    return value
