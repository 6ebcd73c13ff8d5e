"""Requests that are being served in this process, by device: of two that went beside one another the later may come first."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sync.protocol.messages import MAX_UNDER_WAY

_PATIENCE_S: Final = 1.0


class UnderWay:
    """Let a request wait for another one of the same device, which may bring what it builds on. Any thread."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._open: dict[str, int] = {}
        self._ended: dict[str, int] = {}

    @contextmanager
    def serving(self, device: str) -> Iterator[None]:
        """Count a request in, from its first byte to its answer."""
        with self._turn:
            self._open[device] = self._open.get(device, 0) + 1
        try:
            yield
        finally:
            with self._turn:
                self._open[device] -= 1
                self._ended[device] = self._ended.get(device, 0) + 1
                if not self._open[device]:
                    del self._open[device], self._ended[device]
                self._turn.notify_all()

    def ended(self, device: str) -> int:
        """Return how many requests of a device have ended while one of them was being served."""
        with self._turn:
            return self._ended.get(device, 0)

    def wait(self, device: str, ended: int) -> bool:
        """Wait until one has ended since `ended` was asked.

        False at once where there is no other, or more than an honest laptop sends, for waiting takes a thread; and after a second.
        """

        def is_over() -> bool:
            return self._ended.get(device, 0) != ended or not 2 <= self._open.get(device, 0) <= MAX_UNDER_WAY

        with self._turn:
            self._turn.wait_for(is_over, _PATIENCE_S)
            return self._ended.get(device, 0) != ended
