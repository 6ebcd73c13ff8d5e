"""How often a PIN may be tried: five times, then after 30 s, 60 s, 120 s …; after twenty only the recovery key."""

import datetime as dt
from dataclasses import dataclass

FREE = 5
LIMIT = 20
FIRST_WAIT_S = 30


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong tries since the last right one.

    Attributes:
        since: When the wait began: the last wrong try, or the moment at which the clock was found set back.
    """

    wrong: int = 0
    since: dt.datetime | None = None

    @property
    def free_left(self) -> int:
        """Return how many tries need no wait."""
        return max(0, FREE - self.wrong)

    @property
    def exhausted(self) -> bool:
        """Return whether only the recovery key is left."""
        return self.wrong >= LIMIT

    @property
    def wait(self) -> dt.timedelta:
        """Return the whole wait that the last wrong try caused."""
        if self.wrong < FREE:
            return dt.timedelta(0)
        return dt.timedelta(seconds=FIRST_WAIT_S * 2 ** (min(self.wrong, LIMIT) - FREE))

    def at(self, now: dt.datetime) -> "Tries":
        """Return the same with the wait begun anew if the clock was set back: that never shortens it."""
        if self.since is not None and now < self.since:
            return Tries(self.wrong, now)
        return self

    def left(self, now: dt.datetime) -> dt.timedelta:
        """Return how long to wait still; call on the value of `at(now)`."""
        if self.since is None:
            return dt.timedelta(0)
        return max(dt.timedelta(0), self.since + self.wait - now)

    def one_more(self, now: dt.datetime) -> "Tries":
        """Return the count after one more wrong try."""
        return Tries(self.wrong + 1, now)
