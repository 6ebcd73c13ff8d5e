"""Lines of many new rows at once: byte for byte what `chain.seal` makes of each, without a dataclass per field."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import orjson

from sync.protocol import hlc as clock
from sync.protocol import lines
from sync.protocol.lines import FORMAT, MAX_FIELDS, MAX_LINE_BYTES, BadLine, Line, Scalar

_ID: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:\-]{0,79}")
_MAX_INT: Final = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to be: the id of its line, its own, and its fields in NFC."""

    op: str
    row: str
    fields: dict[str, Scalar]


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
    tree: dict[str, Any] = {
        "by": first.author, "k": str(first.kind), "off": first.offset_ms, "rep": first.replica, "s": first.scope,
        "sv": first.schema, "t": first.table, "txn": first.txn, "v": FORMAT, "wall": first.wall_ms,
    }  # fmt: skip
    made: list[tuple[bytes, str]] = []
    n, prev, hlc = first.n, first.prev, first.hlc
    for one in rows:
        _check(one)
        tree["f"], tree["hlc"], tree["n"] = one.fields, clock.to_text(hlc), n
        tree["op"], tree["prev"], tree["r"] = one.op, prev, one.row
        try:
            data = orjson.dumps(tree, option=orjson.OPT_SORT_KEYS)
        except (TypeError, ValueError) as problem:
            raise BadLine(reason="text", at="f") from problem
        if len(data) > MAX_LINE_BYTES:
            raise BadLine(reason="too_long", at="line", size=len(data))
        prev = hashlib.sha256(b"yanfang.op.v1\0" + data).hexdigest()
        made.append((data, prev))
        n, hlc = n + 1, hlc + 1
    return made


def _check(one: NewRow) -> None:
    if _ID.fullmatch(one.op) is None or _ID.fullmatch(one.row) is None:
        raise BadLine(reason="id", at="r")
    _check_names(tuple(one.fields))
    for value in one.fields.values():
        if type(value) is str or value is None or type(value) is bool:
            continue
        if type(value) is not int or not -_MAX_INT <= value <= _MAX_INT:
            raise BadLine(reason="value", at="f")


@lru_cache(maxsize=1024)
def _check_names(names: tuple[str, ...]) -> None:
    if not names or len(names) > MAX_FIELDS:
        raise BadLine(reason="fields", at="f")
    for name in names:
        if name[0] == "_" or not lines.is_field(name):
            raise BadLine(reason="fields", at=name[:80])
