"""Lines of new rows: byte for byte what `chain.seal` makes of each, without an object per field."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import orjson

from sync.protocol import hlc as clock
from sync.protocol import lines
from sync.protocol.lines import FORMAT, MAX_LINE_BYTES, MAX_ROWS, ROWS, BadLine, Kind, Line, Scalar

_MAX_INT: Final = (1 << 63) - 1
# So much of new rows goes into one line: enough that a signature, a number and a receipt weigh little, and little enough that a
# line is read, sent and taken in at once.
LINE_BYTES: Final = 32 << 10
LINE_ROWS: Final = 200


class NewRow(NamedTuple):
    """A row to be: its id, and its fields as `fields_text`."""

    row: str
    fields: bytes


def fields_text(fields: dict[str, Scalar]) -> bytes:
    """Return the fields of a new row as they stand in its line.

    Args:
        fields: Texts in NFC.

    Raises:
        BadLine: Like `lines.encode`.
    """
    lines.check_names(tuple(fields))
    for value in fields.values():
        if type(value) is str or value is None or type(value) is bool:
            continue
        if type(value) is not int or not -_MAX_INT <= value <= _MAX_INT:
            raise BadLine(reason="value", at="f")
    try:
        # A copy: what orjson gives lies in a far larger piece of memory, and whoever keeps many keeps a page for each.
        return bytes(memoryview(orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)))
    except (TypeError, ValueError) as problem:
        raise BadLine(reason="text", at="f") from problem


def is_full(rows: int, size_bytes: int, more_bytes: int) -> bool:
    """Return whether a line of so many rows and bytes takes no further row of `more_bytes`."""
    return rows >= LINE_ROWS or (rows > 0 and size_bytes + more_bytes > LINE_BYTES)


def encode_new(line: Line, rows: Sequence[NewRow]) -> bytes:
    """Return the exact bytes of a line that makes these rows, which nobody has written before: a `set` of one, or a `create`.

    Args:
        line: Says everything but the rows; its kind, row and fields are not used.
        rows: Each another one.

    Raises:
        BadLine: Like `lines.encode`.
    """
    if not 1 <= len(rows) <= MAX_ROWS or not all(lines.is_id(one.row) for one in rows):
        raise BadLine(reason="id", at="r")
    if len(rows) == 1:
        kind, row, told = Kind.SET, rows[0].row, rows[0].fields
    else:
        kind, row = Kind.CREATE, ROWS
        told = b"{" + b",".join([b'"%b":%b' % (one.row.encode(), one.fields) for one in sorted(rows)]) + b"}"
    # The keys of a line are sorted: "by" comes before "f", all others behind it.
    rest = {
        "hlc": clock.to_text(line.hlc), "k": str(kind), "n": line.n, "off": line.offset_ms, "op": line.op, "prev": line.prev,
        "r": row, "rep": line.replica, "s": line.scope, "sv": line.schema, "t": line.table, "txn": line.txn, "v": FORMAT,
        "wall": line.wall_ms,
    }  # fmt: skip
    data = b"".join((orjson.dumps({"by": line.author})[:-1], b',"f":', told, b",", orjson.dumps(rest)[1:]))
    if len(data) > MAX_LINE_BYTES:
        raise BadLine(reason="too_long", at="line", size=len(data))
    return data
