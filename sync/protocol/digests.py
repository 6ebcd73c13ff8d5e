"""Digests of a feed's confirmed layer: two parties that stand at the same number hold the same rows, or can tell that they do not.

A digest is the XOR of one 128-bit part per row and per open conflict, so it can be kept up to date by XORing out what
was and in what is, and needs no order.
"""

import hashlib
from typing import Final

from sync.protocol.gathered import Kept

EMPTY: Final = 0
_NO_MARKS: Final = (None, None, None, None)


def of_row(row: Kept | None) -> int:
    """Return the part of one row with its cells; of no row, `EMPTY`."""
    if row is None:
        return EMPTY
    state = row.state
    marks = (state.locked_by, state.voided_by, state.void_reason, state.appended_by)
    told = "\0\0\0" if marks == _NO_MARKS else "\0".join(["" if one is None else f"={one}" for one in marks])
    return _part("row", state.table, state.row, str(state.feed_seq), told, row.cells)


def conflict_part(conflict_id: str) -> int:
    """Return the part of one open conflict."""
    return _part("conflict", conflict_id)


def to_text(digest: int) -> str:
    """Print a digest: 32 hexadecimal digits."""
    return f"{digest:032x}"


def from_text(text: str) -> int:
    """Read a printed digest."""
    return int(text, 16)


def _part(*parts: str) -> int:
    hashed = hashlib.sha256(("yanfang.digest.v1\0" + "\0".join(parts)).encode())
    return int.from_bytes(hashed.digest()[:16])
