"""Time: the only place that reads the clock, and China's local time for people to read."""

import datetime as dt
import time
from collections.abc import Callable

CHINA = dt.timezone(dt.timedelta(hours=8), "UTC+8")
_EXACT_MS = 2**32 * 1000
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
Now = Callable[[], dt.datetime]


def now() -> dt.datetime:
    """Return this instant, aware, UTC."""
    return dt.datetime.now(dt.UTC)


def monotonic() -> float:
    """Return seconds of a clock that never goes back, for idle times and durations."""
    return time.monotonic()


def to_ms(instant: dt.datetime) -> int:
    """Return milliseconds since 1970 of an aware instant."""
    return int(instant.timestamp() * 1000)


def from_ms(ms: int) -> dt.datetime:
    """Return the aware UTC instant of milliseconds since 1970."""
    if 0 <= ms < _EXACT_MS:  # a third of the time of the sum, and exact: a float holds these to half a microsecond
        return dt.datetime.fromtimestamp(ms / 1000, dt.UTC)
    return _EPOCH + dt.timedelta(0, 0, 0, ms)


def local(instant: dt.datetime) -> dt.datetime:
    """Return an instant in Chinese local time (one zone, no daylight saving since 1991)."""
    return instant.astimezone(CHINA)


def today(instant: dt.datetime) -> dt.date:
    """Return the calendar day in China of an instant."""
    return local(instant).date()


def is_likely(day: dt.date) -> bool:
    """Return whether a day can be meant: 0026 and 9999 are slips of the keyboard, and reckoning fails at the ends."""
    return 1900 <= day.year < 2200
