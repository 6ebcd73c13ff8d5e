"""Requests that are being served in this process, by device: of two that went beside one another the later may come first."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sync.protocol.messages import MAX_UNDER_WAY

_PATIENCE_S: Final = 1.0


class UnderWay:
    """Let a request wait for another one of the same device, which may bring what it builds on. Any thread.

    It waits a second, and not at all where there is no other, or more than an honest laptop sends: waiting takes a thread.
    """

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._open: dict[str, list[int]] = {}
        self._ended: dict[str, int] = {}

    @contextmanager
    def serving(self, device: str) -> Iterator[int]:
        """Count a request in, from its first byte to its answer; tell its turn."""
        with self._turn:
            turns = self._open.setdefault(device, [])
            mine = turns[-1] + 1 if turns else 0
            turns.append(mine)
        try:
            yield mine
        finally:
            with self._turn:
                turns.remove(mine)
                self._ended[device] = self._ended.get(device, 0) + 1
                if not turns:
                    del self._open[device], self._ended[device]
                self._turn.notify_all()

    def ended(self, device: str) -> int:
        """Return how many requests of a device have ended while one of them was being served."""
        with self._turn:
            return self._ended.get(device, 0)

    def wait(self, device: str, ended: int) -> bool:
        """Wait until one has ended since `ended` was asked, and return whether one has."""
        with self._turn:
            self._turn.wait_for(
                lambda: self._ended.get(device, 0) != ended or not self._is_worth_it(device), _PATIENCE_S
            )
            return self._ended.get(device, 0) != ended

    def wait_for_earlier(self, device: str, turn: int) -> None:
        """Wait until all have ended that came before this turn."""
        with self._turn:
            self._turn.wait_for(
                lambda: min(self._open.get(device, [turn])) >= turn or not self._is_worth_it(device), _PATIENCE_S
            )

    def _is_worth_it(self, device: str) -> bool:
        return 2 <= len(self._open.get(device, ())) <= MAX_UNDER_WAY
