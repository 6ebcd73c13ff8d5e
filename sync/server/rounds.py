"""Work that a running server does beside its requests, from time to time."""

import threading
from collections.abc import Callable


class Rounds:
    """Call a piece of work again and again on a thread of its own, each time after a rest."""

    def __init__(self, name: str, every_s: float, work: Callable[[], None]) -> None:
        self._every_s, self._work = every_s, work
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin with a rest, so that a server that starts answers first."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the round that is under way."""
        self._end.set()
        self._thread.join()

    def rest(self, seconds: float) -> bool:
        """Wait within a round, and return whether it is to be left because the server ends."""
        return self._end.wait(seconds)

    def _run(self) -> None:
        while not self.rest(self._every_s):
            self._work()
