"""Progress and cancelling of long work, without naming a window."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far long work is. `what` is a stable step name (`intake`, `push`, `pull`, `render`); `total` 0 means unknown."""

    what: str
    done: int
    total: int


class Cancelled(Exception):
    """The user stopped the work between two items; shown to nobody."""


class CancelToken:
    """A flag polled between items; set from any thread."""

    def __init__(self) -> None:
        self._is_set = False

    def cancel(self) -> None:
        """Ask the work to stop at the next item."""
        self._is_set = True

    @property
    def is_cancelled(self) -> bool:
        """Whether stopping was asked."""
        return self._is_set

    def check(self) -> None:
        """Raise `Cancelled` if stopping was asked."""
        if self._is_set:
            raise Cancelled


Report = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """Report to nobody."""
