"""Lines of many new rows at once: byte for byte what `chain.seal` makes of each, without a dataclass per field."""

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import orjson

from sync.protocol import hlc as clock
from sync.protocol import lines
from sync.protocol.lines import FORMAT, MAX_FIELDS, MAX_LINE_BYTES, BadLine, Line, Scalar

_ID: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:\-]{0,79}")
_MAX_INT: Final = (1 << 63) - 1


class NewRow(NamedTuple):
    """A row to be: the id of its line, its own, and its fields as `fields_text`."""

    op: str
    row: str
    fields: bytes


def fields_text(fields: dict[str, Scalar]) -> bytes:
    """Return the fields of a new row as they stand in its line.

    Args:
        fields: Texts in NFC.

    Raises:
        BadLine: Like `lines.encode`.
    """
    _check_names(tuple(fields))
    for value in fields.values():
        if type(value) is str or value is None or type(value) is bool:
            continue
        if type(value) is not int or not -_MAX_INT <= value <= _MAX_INT:
            raise BadLine(reason="value", at="f")
    try:
        # A copy: what orjson gives lies in a far larger piece of memory, and whoever keeps many keeps a page for each.
        return b'"f":' + orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError) as problem:
        raise BadLine(reason="text", at="f") from problem


def encode_new(first: Line, rows: Sequence[NewRow]) -> list[tuple[bytes, str]]:
    """Return the exact bytes and the hash of consecutive lines that set rows nobody has written before.

    Number and clock rise by one from line to line.

    Args:
        first: Says everything that the lines have in common; its place in the chain and its clock are those of the first
            line, its op, row and fields are not used.

    Raises:
        BadLine: Like `lines.encode`; nothing is returned then.
    """
    if not rows:
        return []
    lines.encode(lines.placed(first, first.replica, first.n, first.prev))  # what they have in common is checked once
    # The keys of a line are sorted: what differs from line to line stands between three parts that do not.
    begin = orjson.dumps({"by": first.author})[:-1] + b","
    within = orjson.dumps({"off": first.offset_ms})[1:-1].decode()
    end = b"," + orjson.dumps(
        {"rep": first.replica, "s": first.scope, "sv": first.schema, "t": first.table, "txn": first.txn, "v": FORMAT,
         "wall": first.wall_ms}
    )[1:]  # fmt: skip
    kind = str(first.kind)
    made: list[tuple[bytes, str]] = []
    n, prev, hlc = first.n, first.prev, first.hlc
    for one in rows:
        if _ID.fullmatch(one.op) is None or _ID.fullmatch(one.row) is None:
            raise BadLine(reason="id", at="r")
        own = (
            f',"hlc":"{clock.to_text(hlc)}","k":"{kind}","n":{n},{within},"op":"{one.op}","prev":"{prev}","r":"{one.row}"'
        )
        data = b"".join((begin, one.fields, own.encode(), end))
        if len(data) > MAX_LINE_BYTES:
            raise BadLine(reason="too_long", at="line", size=len(data))
        prev = hashlib.sha256(b"yanfang.op.v1\0" + data).hexdigest()
        made.append((data, prev))
        n, hlc = n + 1, hlc + 1
    return made


@lru_cache(maxsize=1024)
def _check_names(names: tuple[str, ...]) -> None:
    if not names or len(names) > MAX_FIELDS:
        raise BadLine(reason="fields", at="f")
    for name in names:
        if name[0] == "_" or not lines.is_field(name):
            raise BadLine(reason="fields", at=name[:80])
