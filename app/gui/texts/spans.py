"""Spans of time in words."""

from typing import Final

from app.gui.texts import tr

_UNITS: Final = (("days", 86_400), ("hours", 3600), ("minutes", 60))


def span(seconds: int) -> str:
    """Return a span in the largest unit of which it has two or more."""
    for name, size in _UNITS:
        if seconds >= 2 * size:
            return tr(f"shell.span.{name}", count=seconds // size)
    return tr("shell.span.seconds", count=seconds)
