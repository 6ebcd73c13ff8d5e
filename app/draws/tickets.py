"""Tickets: the order of a draw, from a seed and the id of a row. Source: docs/decisions/draw-tickets.md."""

import hashlib
import heapq
from collections.abc import Iterable, Iterator

SEPARATOR = "#"  # stands in no id: `id#2` is the second ticket of a row


class Tickets:
    """Give out the tickets of one seed.

    A ticket is the decimal notation of SHA-256(hex of SHA-256(seed) + id) read backwards, as `consistent_sampler` of
    R. Rivest and P. Stark writes it behind `0.`: texts of digits, of which the smaller comes first.
    """

    def __init__(self, seed: str) -> None:
        self._head = hashlib.sha256(seed.encode()).hexdigest()

    def of(self, row: str, nth: int = 1) -> str:
        """Return the nth ticket of a row."""
        text = self._head + (row if nth == 1 else f"{row}{SEPARATOR}{nth}")
        return f"{int(hashlib.sha256(text.encode()).hexdigest(), 16):064d}"[::-1]

    def best(self, row: str, weight: int) -> str:
        """Return the smallest of as many tickets as the weight says: the exact form of weighted drawing in turn."""
        return min(self.of(row, nth) for nth in range(1, weight + 1))

    def first(self, rows: Iterable[tuple[str, int]], count: int) -> list[tuple[str, str]]:
        """Return ticket and id of the first so many of weighted rows, in order."""
        return heapq.nsmallest(count, self._all(rows))

    def _all(self, rows: Iterable[tuple[str, int]]) -> Iterator[tuple[str, str]]:
        sha, number, head = hashlib.sha256, int.from_bytes, self._head  # the inner loop of a draw of a million
        for row, weight in rows:
            if weight == 1:
                yield f"{number(sha((head + row).encode()).digest()):064d}"[::-1], row
            else:
                yield self.best(row, weight), row
