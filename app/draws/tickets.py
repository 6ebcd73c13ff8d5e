"""Tickets: the order of a draw, from a seed and the id of a row. Source: docs/decisions/draw-tickets.md."""

import hashlib
import heapq
from collections.abc import Sequence
from typing import Final

SEPARATOR: Final = "#"  # stands in no id: `id#2` is the second ticket of a row
_THOUSAND: Final = 1000
_FIRST_DIGITS: Final = tuple(int(f"{n:03d}"[::-1]) for n in range(_THOUSAND))  # by the last digits of the number
_FEW: Final = 32


class Tickets:
    """Give out the tickets of one seed.

    A ticket is the decimal notation of SHA-256(hex of SHA-256(seed) + id) read backwards, as `consistent_sampler` of
    R. Rivest and P. Stark writes it behind `0.`: texts of digits, of which the smaller comes first.
    """

    def __init__(self, seed: str) -> None:
        self._head = hashlib.sha256(seed.encode()).hexdigest()
        self._begun = hashlib.sha256(self._head.encode())  # to go on from: the seed is not hashed again for each row

    def of(self, row: str, nth: int = 1) -> str:
        """Return the nth ticket of a row."""
        text = self._head + (row if nth == 1 else f"{row}{SEPARATOR}{nth}")
        return f"{int(hashlib.sha256(text.encode()).hexdigest(), 16):064d}"[::-1]

    def best(self, row: str, weight: int) -> str:
        """Return the smallest of as many tickets as the weight says: the exact form of weighted drawing in turn."""
        return min(self.of(row, nth) for nth in range(1, weight + 1))

    def first(self, rows: Sequence[tuple[str, int]], count: int) -> list[tuple[str, str]]:
        """Return ticket and id of the first so many of weighted rows, in order."""
        found: Sequence[tuple[str, int]] = ()
        if len(rows) > _FEW * (count + 1):
            found = self._begin_low(rows, count)
        if len(found) < count:
            found = rows
        return heapq.nsmallest(count, [(self.best(row, weight), row) for row, weight in found])

    def _begin_low(self, rows: Sequence[tuple[str, int]], count: int) -> list[tuple[str, int]]:
        """Return all rows with a ticket that begins with small digits, about twice as many as are drawn.

        All others have larger tickets, so that theirs need not be written out: a draw of a million is three times as fast.
        """
        limit = _THOUSAND * (2 * count + _FEW) // sum(weight for _, weight in rows)
        copy, number, digits = self._begun.copy, int.from_bytes, _FIRST_DIGITS
        found = []
        for one in rows:
            row, weight = one
            text = row.encode()
            hashed = copy()
            hashed.update(text)
            if digits[number(hashed.digest(), "big") % _THOUSAND] <= limit:
                found.append(one)
            elif weight > 1:
                for nth in range(2, weight + 1):
                    hashed = copy()
                    hashed.update(b"%b#%d" % (text, nth))
                    if digits[number(hashed.digest(), "big") % _THOUSAND] <= limit:
                        found.append(one)
                        break
        return found
