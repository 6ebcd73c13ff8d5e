"""Digests of a feed's confirmed layer: two parties that stand at the same number hold the same rows, or can tell that they do not.

A digest is the XOR of one 128-bit part per cell, per row state and per open conflict, so it can be kept up to date by
XORing out what was and in what is, and needs no order.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from sync.protocol.fold import Cell, RowState

EMPTY: Final = 0


def cell_part(table: str, row: str, field: str, cell: Cell) -> int:
    """Return the part of one cell."""
    return _part("cell", table, row, field, cell.val, str(cell.hlc), cell.op)


def row_part(state: RowState) -> int:
    """Return the part of one row's state."""
    marks = (state.locked_by, state.voided_by, state.void_reason, state.appended_by)
    return _part("row", state.table, state.row, str(state.feed_seq), *("" if one is None else f"={one}" for one in marks))


def conflict_part(conflict_id: str) -> int:
    """Return the part of one open conflict."""
    return _part("conflict", conflict_id)


def of_row(state: RowState, cells: Mapping[str, Cell]) -> int:
    """Return the parts of a row and its cells together."""
    digest = row_part(state)
    for field, cell in cells.items():
        digest ^= cell_part(state.table, state.row, field, cell)
    return digest


def to_text(digest: int) -> str:
    """Print a digest: 32 hexadecimal digits."""
    return f"{digest:032x}"


def from_text(text: str) -> int:
    """Read a printed digest."""
    return int(text, 16)


def _part(*parts: str) -> int:
    hashed = hashlib.sha256(("yanfang.digest.v1\0" + "\0".join(parts)).encode())
    return int.from_bytes(hashed.digest()[:16])
