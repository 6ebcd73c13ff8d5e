"""A report that is due, in words."""

import datetime as dt

from app.core.reports import DueReport
from app.gui.texts import tr

SOON = 2


def when(one: DueReport) -> str:
    """Return `11-26 17:00`."""
    return f"{one.due.on.month}-{one.due.on.day:02} {one.due.at}".strip()


def left(one: DueReport, today: dt.date) -> str:
    """Return how many days are left, or that the paper was issued."""
    days = (one.due.on - today).days
    if one.handed_in:
        return tr("coverage.due.done")
    if days < 0:
        return tr("coverage.due.late", days=-days)
    return tr("coverage.due.in", days=days) if days else tr("coverage.due.today")


def mark(one: DueReport, today: dt.date) -> tuple[str, str] | None:
    """Return shape and colour: handed in, late, soon."""
    if one.handed_in:
        return "check", "ok"
    days = (one.due.on - today).days
    return ("warning", "bad") if days < 0 else ("time", "open") if days <= SOON else None
