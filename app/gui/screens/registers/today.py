"""The day on which the registers are looked at."""

import datetime as dt

from app.core import clock


def today() -> dt.date:
    """Return the day in China."""
    return clock.today(clock.now())
