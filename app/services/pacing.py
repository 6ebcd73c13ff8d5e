"""Hold files back to a rate, so that a visit's hot spot is left for other things."""

from collections.abc import Callable

_NAP_S = 0.2


class Pacer:
    """Lets so many bytes a second pass, measured over the pieces as they come.

    Args:
        rate_bytes_s: Most bytes a second; 0 lets everything pass.
        clock: Seconds that never go back.
        sleep: Waits some seconds.
        check: Called while it waits; raises to end the waiting.
    """

    def __init__(
        self,
        rate_bytes_s: int,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
        check: Callable[[], object],
    ) -> None:
        self._rate, self._clock, self._sleep, self._check = rate_bytes_s, clock, sleep, check
        self._free_at = clock()

    def __call__(self, size: int) -> None:
        """Wait until a piece of this size may travel."""
        if self._rate <= 0:
            return
        while (left := self._free_at - self._clock()) > 0:
            self._check()
            self._sleep(min(left, _NAP_S))
        self._free_at = max(self._free_at, self._clock()) + size / self._rate
