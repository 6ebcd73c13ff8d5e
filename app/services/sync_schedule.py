"""When the next run begins: a pure rule over instants that come as arguments, in seconds of a clock that never goes back."""

from collections.abc import Callable

SETTLE_S = 3.0
SETTLE_AT_MOST_S = 15.0
LEAST_RETRY_S, MOST_RETRY_S = 1.0, 300.0
BEGIN_S = 2.0
LEAST_ASK_S = 5.0


class Schedule:
    """Soon after changes, at regular times, at once when asked for, later and later while it fails or the server is at work.

    Args:
        chance: Gives a number from 0 to 1: laptops that lost the same server do not come back in the same second.
    """

    def __init__(self, chance: Callable[[], float], *, every_s: float = 300.0) -> None:
        self._chance = chance
        self._every_s = every_s
        self._is_paused = False
        self._failures = self._asks = 0
        self._next: float | None = None
        self._is_asked = False
        self._first_change: float | None = None
        self._regular = 0.0

    @property
    def due(self) -> float | None:
        """When the next run begins; None while nothing is to happen by itself."""
        return self._next if self._is_asked or not self._is_paused else None

    def set(self, now: float, *, every_s: float, is_paused: bool) -> None:
        """Take other wishes up; after a pause the next run begins at once."""
        was_paused, self._is_paused = self._is_paused, is_paused
        self._every_s = every_s
        if was_paused and not is_paused:
            self._next = now
        elif self._next is not None and not self._failures:
            self._next = min(self._next, now + every_s)

    def begun(self, now: float) -> None:
        """Note that the program was unlocked."""
        self._next = now + BEGIN_S

    def asked(self, now: float) -> None:
        """Note that somebody pressed the button: at once, in a pause and after failures too."""
        self._next, self._is_asked = now, True

    def changed(self, now: float) -> None:
        """Note a change: a run follows when it is quiet for a moment. While runs fail, only time helps."""
        if self._failures or self._next is None or self._is_asked:
            return
        if self._first_change is None:
            self._first_change, self._regular = now, self._next
        latest = min(self._regular, self._first_change + SETTLE_AT_MOST_S)
        self._next = min(now + SETTLE_S, latest)

    def reachable(self, now: float) -> None:
        """Note that the system has found a network again."""
        if self._failures:
            self._next = min(self._next or now, now + LEAST_RETRY_S)

    def started(self) -> None:
        """Note that a run begins; what changes from now on asks for another one."""
        self._is_asked = False
        self._first_change = None

    def succeeded(self, now: float) -> None:
        """Note a run that came to its end."""
        self._failures = self._asks = 0
        self._after(now, self._every_s)

    def at_work(self, now: float) -> None:
        """Note a run that came to its end while the server is still putting a file together."""
        wait_s = LEAST_ASK_S * 2.0 ** min(self._asks, 12)
        self._failures, self._asks = 0, self._asks + 1
        self._after(now, min(wait_s, self._every_s))

    def failed(self, now: float, *, again: bool) -> None:
        """Note a run that failed; `again` says whether trying may help by itself."""
        if not again:
            self._failures = 0
            self._after(now, max(self._every_s, MOST_RETRY_S))
            return
        self._failures += 1
        most = min(MOST_RETRY_S, LEAST_RETRY_S * 2.0 ** min(self._failures, 12))
        self._after(now, LEAST_RETRY_S + self._chance() * (most - LEAST_RETRY_S))

    def _after(self, now: float, wait_s: float) -> None:
        if not self._is_asked:
            self._next = now + wait_s
        if self._first_change is not None and not self._failures:
            self._next = min(self._next or now, now + SETTLE_S)
