"""Digests of a feed's confirmed layer: two parties that stand at the same number hold the same rows, or can tell that they do not.

A digest is the XOR of one 128-bit part per row and per open conflict, so it can be kept up to date by XORing out what
was and in what is, and needs no order.
"""

import hashlib
from typing import Final

from sync.protocol.gathered import Kept

EMPTY: Final = 0
_NO_MARKS: Final = [None] * 4


def of_row(row: Kept | None) -> int:
    """Return the part of one row with its cells; of no row, `EMPTY`."""
    if row is None:
        return EMPTY
    return of_stored(*row.state, row.cells)


def of_stored(table: str, row: str, _scope: str, seq: int, *more: str | None) -> int:
    """Return the part of one row from what is stored: table, row, scope, number, the four marks, cells."""
    *marks, text = more
    told = "\0\0\0" if marks == _NO_MARKS else "\0".join(["" if one is None else f"={one}" for one in marks])
    return _part(f"row\0{table}\0{row}\0{seq}\0{told}\0{text}")


def conflict_part(conflict_id: str) -> int:
    """Return the part of one open conflict."""
    return _part(f"conflict\0{conflict_id}")


def to_text(digest: int) -> str:
    """Print a digest: 32 hexadecimal digits."""
    return f"{digest:032x}"


def from_text(text: str) -> int:
    """Read a printed digest."""
    return int(text, 16)


def _part(text: str) -> int:
    return int.from_bytes(hashlib.sha256(f"yanfang.digest.v1\0{text}".encode()).digest()[:16])
