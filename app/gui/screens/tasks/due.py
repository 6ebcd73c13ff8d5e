"""Deadlines in words and shape: how near a day is, never by colour alone."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

SOON_DAYS = 3


class Urgency(StrEnum):
    """How near a deadline is."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline. `days` counts from today and is never negative: how long ago or how far ahead."""

    urgency: Urgency
    days: int
    on: dt.date | None


def due(on: dt.date | None, days_left: int | None) -> Due:
    """Return how near a deadline is; `days_left` is negative once it has passed, None where it no longer counts."""
    if on is None or days_left is None:
        return Due(Urgency.NONE, 0, on)
    if days_left < 0:
        return Due(Urgency.OVERDUE, -days_left, on)
    if days_left == 0:
        return Due(Urgency.TODAY, 0, on)
    return Due(Urgency.SOON if days_left <= SOON_DAYS else Urgency.LATER, days_left, on)
