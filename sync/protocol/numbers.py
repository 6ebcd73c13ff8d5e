"""Ranges of document numbers: the server lends each device its own, so that no two laptops ever give the same number."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from sync.protocol.errors import SyncError
from sync.protocol.lines import is_id

RANGE: Final = 20  # how many numbers are lent at once
LAST: Final = 999_999
MOST_HELD: Final = 50
MOST_AT_ONCE: Final = 12
_YEARS: Final = range(2000, 2200)
_MOST_SERIES: Final = 60


class BadRange(SyncError):
    """Say that a request for numbers is none that could be answered."""

    code = "numbers.invalid"


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Numbers `first` to `last` of a year's series, lent to one device.

    Attributes:
        request: The id under which the device asked; the same request is answered by the same range.
    """

    request: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class RangeRequest:
    """Ask for the next range of a series.

    Attributes:
        scope: Feed of the office whose numbers these are.
        series: What stands before the year (`青医保检通`).
        known: The highest number that the device has seen given in this series, by whomever; 0 for none.
        held: Ranges that this device was lent before: a server that lost its history learns of them again.
    """

    request: str
    scope: str
    series: str
    year: int
    known: int = 0
    held: tuple[NumberRange, ...] = ()

    def check(self) -> None:
        """Require that it can be answered.

        Raises:
            BadRange: If it cannot.
        """
        ids = (self.request, self.scope, *(one.request for one in self.held))
        bounds = all(1 <= one.first <= one.last <= LAST and one.last - one.first < LAST for one in self.held)
        if not (
            all(map(is_id, ids))
            and 0 < len(self.series) <= _MOST_SERIES
            and not any(unicodedata.category(one).startswith("C") for one in self.series)
            and self.year in _YEARS
            and 0 <= self.known <= LAST
            and len(self.held) <= MOST_HELD
            and bounds
        ):
            raise BadRange()


@dataclass(frozen=True, slots=True)
class RangesRequest:
    """Ask for a range of each of some series; all are lent, or none."""

    wanted: tuple[RangeRequest, ...]

    def check(self) -> None:
        """Require that it can be answered.

        Raises:
            BadRange: If it cannot.
        """
        if not 0 < len(self.wanted) <= MOST_AT_ONCE or len({one.request for one in self.wanted}) < len(self.wanted):
            raise BadRange()
        for one in self.wanted:
            one.check()


@dataclass(frozen=True, slots=True)
class RangeAnswer:
    """What was lent.

    Attributes:
        clashing: Requests of those held ranges that another device was lent as well, after the server had lost its
            history: what is left of them must not be used.
    """

    range: NumberRange
    clashing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RangesAnswer:
    """What was lent, in the order in which it was asked for."""

    lent: tuple[RangeAnswer, ...]
