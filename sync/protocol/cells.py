"""The cells of one row as one canonical text: stored at both ends, hashed into digests, and sent in snapshots as it is.

    [["<line id>",<effective clock>,{"<field>":<scalar>,…}],…]      sorted by line id and clock, fields by name
"""

from collections.abc import Mapping

import orjson

from sync.protocol.fold import Cell
from sync.protocol.lines import Scalar


def to_text(cells: Mapping[str, Cell]) -> str:
    """Return the text of a row's cells; equal cells have equal texts."""
    lines: dict[tuple[str, int], dict[str, Scalar]] = {}
    for name, cell in cells.items():
        mark = (cell.op, cell.hlc)
        fields = lines.get(mark)
        if fields is None:
            fields = lines[mark] = {}
        fields[name] = cell.value
    return orjson.dumps([(*mark, lines[mark]) for mark in sorted(lines)], option=orjson.OPT_SORT_KEYS).decode()


def of_line(op: str, hlc: int, values: Mapping[str, Scalar]) -> str:
    """Return what `to_text` makes of cells that are all of one line."""
    return orjson.dumps(((op, hlc, values),), option=orjson.OPT_SORT_KEYS).decode()


def versions(text: str) -> dict[str, str]:
    """Return the line of each cell by field name."""
    return {name: op for op, _, fields in orjson.loads(text) for name in fields}


def values(text: str) -> dict[str, tuple[Scalar, str]]:
    """Return each value with the line that set it, by field name."""
    return {name: (value, op) for op, _, fields in orjson.loads(text) for name, value in fields.items()}


def from_text(text: str) -> dict[str, Cell]:
    """Return the cells by field name of a text made by `to_text`."""
    return {name: Cell(value, hlc, op) for op, hlc, fields in orjson.loads(text) for name, value in fields.items()}
