"""The journal line: one change of one row, or rows made at once, as canonical JSON bytes that are hashed, signed, stored and
sent as they are.

    {"by":…,"f":{"<field>":<scalar>,"<field>":{"b":"<line id seen by the author>","v":<scalar>}},"hlc":…,"k":"set","n":17,"off":…,
     "op":…,"prev":"<hex64>","r":"<row>","rep":"<replica>","s":"<feed>","sv":12,"t":"<table>","txn":…,"v":1,"wall":…}

Keys sorted, no spaces, UTF-8, NFC, no floating-point numbers. What each kind puts into ``f``:

    set      fields with their new values, and DELETED = false where the author brings a row back, its base the deletion
    create   {"<row>":{"<field>":<scalar>,…},…}: rows of one table that its author made at once and nobody had seen; r is ROWS
    append   all fields of an insert-only row (bases null)
    delete   exactly DELETED = true, its base `fold.row_version` of the row as the author saw it
    void     exactly VOID = the reason
    sign     every covered field: value and version as the signer saw them
    resolve  CONFLICT = the conflict's id, and optionally the field's decided value
    custody  whatever describes the event (view, export, print, unlock)
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, cast

import orjson

from sync.protocol import hlc as clock
from sync.protocol.errors import SyncError

Scalar = str | int | bool | None

FORMAT: Final = 1
GENESIS: Final = "0" * 64
MAX_LINE_BYTES: Final = 256 * 1024
MAX_FIELDS: Final = 1000
MAX_ROWS: Final = 1000
ROWS: Final = "*"  # in the place of a row: the line is about several
DELETED: Final = "_deleted"
VOID: Final = "_void"
CONFLICT: Final = "_conflict"

_ID: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:\-]{0,79}")
_IDS: Final = re.compile(rf"{_ID.pattern}(?:\n{_ID.pattern})*")
_SCALARS: Final = frozenset((str, int, bool, type(None)))
_SEVEN_IDS: Final = re.compile(rf"{_ID.pattern}(?:\n{_ID.pattern}){{6}}")
_FIELD: Final = re.compile(r"[0-9A-Za-z_][0-9A-Za-z._:\-]{0,119}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_MAX_INT: Final = (1 << 63) - 1
_PREV_BYTES: Final = len(f',"prev":"{GENESIS}"')
_KEYS: Final = frozenset(
    ("by", "f", "hlc", "k", "n", "off", "op", "prev", "r", "rep", "s", "sv", "t", "txn", "v", "wall")
)


_TEXTS: Final = ("by", "hlc", "k", "op", "prev", "r", "rep", "s", "t", "txn")


class Kind(StrEnum):
    """Say what a line does to its row."""

    SET = "set"
    CREATE = "create"
    APPEND = "append"
    SIGN = "sign"
    VOID = "void"
    DELETE = "delete"
    RESOLVE = "resolve"
    CUSTODY = "custody"


_KINDS: Final = {str(kind): kind for kind in Kind}


class BadLine(SyncError):
    """Say why bytes are no valid line: `reason` is a word, `at` the key it concerns."""

    code = "line.invalid"


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """One field of a line.

    Attributes:
        value: A JSON scalar; amounts and decimals travel as text.
        base: Id of the line whose value the author saw in this cell, None if the cell was empty; of a deletion the row's version.
    """

    name: str
    value: Scalar
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One change of one row, or several new rows of one table.

    Attributes:
        op: Id of the line, unique for ever.
        kind: What it does.
        table, row: The cell's row; opaque to sync. ROWS for several.
        scope: Feed the line belongs to, as ``s:610600-02``.
        fields: What it carries, at most one edit per field; order does not matter. Nothing for several rows.
        author: Id of the person.
        txn: Lines with the same value were one local transaction.
        replica, n, prev: Place in the replica's chain: number from 1, `op_hash` of line n-1 (GENESIS for the first).
        hlc: Clock value as an integer.
        wall_ms, offset_ms: The machine's clock, and server minus local when it is known.
        schema: Version of the meaning of tables and fields.
        rows: Several new rows, at least two, each with its fields, texts in NFC.
    """

    op: str
    kind: Kind
    table: str
    row: str
    scope: str
    fields: tuple[FieldEdit, ...]
    author: str
    txn: str
    replica: str
    n: int
    prev: str
    hlc: int
    wall_ms: int
    offset_ms: int | None
    schema: int
    rows: tuple[tuple[str, Mapping[str, Scalar]], ...] = field(default=(), hash=False)
    _keys: tuple[tuple[str, str], ...] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return table and row of everything that the line touches."""
        if self._keys is None:
            keys = tuple([(self.table, row) for row, _ in self.rows]) if self.kind is Kind.CREATE else ((self.table, self.row),)
            object.__setattr__(self, "_keys", keys)
            return keys
        return self._keys

    def field(self, name: str) -> FieldEdit | None:
        """Return the edit of one field, if the line has it."""
        for edit in self.fields:
            if edit.name == name:
                return edit
        return None


def singly(line: Line) -> Iterator[Line]:
    """Yield what a line says row by row: lines of one row each, under the same id, that were never written."""
    if line.kind is not Kind.CREATE:
        yield line
        return
    for row, values in line.rows:
        edits = tuple(FieldEdit(name, value) for name, value in values.items())
        yield Line(  # in the order of its attributes: named ones take a third longer
            line.op, Kind.SET, line.table, row, line.scope, edits, line.author, line.txn, line.replica, line.n, line.prev,
            line.hlc, line.wall_ms, line.offset_ms, line.schema,
        )  # fmt: skip


def is_id(text: str) -> bool:
    """Return whether a text may stand as an id, a table, a row or a feed name."""
    return _ID.fullmatch(text) is not None


def normal(value: Scalar) -> Scalar:
    """Return the value as it stands in a line: text in NFC, everything else unchanged."""
    if not isinstance(value, str) or value.isascii():
        return value
    return unicodedata.normalize("NFC", value)


def scalar_text(value: Scalar) -> str:
    """Return the canonical JSON text of one value, the form in which cells keep it.

    Raises:
        BadLine: If the value is not a scalar that a line may carry.
    """
    return orjson.dumps(normal(_scalar(value, "value"))).decode()


def scalar_value(text: str) -> Scalar:
    """Return the value of a canonical JSON text made by `scalar_text`."""
    return _scalar(orjson.loads(text), "value")


def encode(line: Line) -> bytes:
    """Return the canonical bytes of a line; texts are brought to NFC on the way.

    Raises:
        BadLine: If a part is out of range, has the wrong shape, or the line is longer than MAX_LINE_BYTES.
    """
    _check(line)
    try:
        data = orjson.dumps(_tree(line), option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError) as problem:  # lone surrogates: no UTF-8 exists for them
        raise BadLine(reason="text", at="f") from problem
    if len(data) > MAX_LINE_BYTES:
        raise BadLine(reason="too_long", at="line", size=len(data))
    return data


def parse(data: bytes) -> Line:
    """Read a line and refuse every byte sequence that `encode` would not have written.

    Raises:
        BadLine: With `reason` json, shape, version, kind, id, hash, number, value, fields, too_long or not_canonical.
    """
    if len(data) > MAX_LINE_BYTES:
        raise BadLine(reason="too_long", at="line", size=len(data))
    tree = _opened(data)
    line = _from_tree(tree)
    _check(line)
    # Equality refuses doubled keys, spaces, escapes and number spellings in one stroke; a clock has one spelling only.
    if orjson.dumps(tree, option=orjson.OPT_SORT_KEYS) != data:
        raise BadLine(reason="not_canonical", at="line")
    for edit in line.fields:
        if type(edit.value) is str and not is_normal(edit.value):
            raise BadLine(reason="not_canonical", at="line")
    if line.rows:
        texts = [value for _, values in line.rows for value in values.values() if type(value) is str]
        # Two texts in NFC may meet in a sign that is not: only then each is looked at.
        if not is_normal("".join(texts)) and not all(map(is_normal, texts)):
            raise BadLine(reason="not_canonical", at="line")
    return line


def read(data: bytes) -> Line:
    """Read a line that was checked before, and whose bytes a hash proves to be the same.

    Raises:
        BadLine: If it is no line at all.
    """
    return _from_tree(_opened(data))


def op_hash(data: bytes) -> str:
    """Return the hash of a line's exact bytes; the next line names it, the device key signs it."""
    return hashlib.sha256(b"yanfang.op.v1\0" + data).hexdigest()


def content_hash(line: Line) -> str:
    """Return the hash of what a line says without its place in a chain; it survives a re-chain."""
    tree = _tree(line)
    for place in ("rep", "n", "prev"):
        del tree[place]
    return hashlib.sha256(
        b"yanfang.content.v1\0" + orjson.dumps(tree, option=orjson.OPT_SORT_KEYS)
    ).hexdigest()


def content_of(data: bytes) -> str:
    """Return `content_hash` of a line from its canonical bytes, which is quicker.

    Behind ``f`` stand only ids, hashes and numbers, so the last occurrences of the names are the line's own.
    """
    n, prev, rep = data.rindex(b',"n":'), data.rindex(b',"prev":'), data.rindex(b',"rep":')
    content = data[:n] + data[data.index(b',"off":', n) : prev] + data[prev + _PREV_BYTES : rep] + data[data.index(b',"s":', rep) :]
    return hashlib.sha256(b"yanfang.content.v1\0" + content).hexdigest()


def placed(line: Line, replica: str, n: int, prev: str) -> Line:
    """Return the same content at another place of a chain."""
    return replace(line, replica=replica, n=n, prev=prev)


def is_normal(value: Scalar) -> bool:
    """Return whether a value is as `normal` returns it."""
    return not isinstance(value, str) or value.isascii() or unicodedata.is_normalized("NFC", value)


def _tree(line: Line) -> dict[str, Any]:
    if line.kind is Kind.CREATE:
        told: dict[str, Any] = {row: {name: normal(value) for name, value in values.items()} for row, values in line.rows}
    else:
        told = {
            edit.name: normal(edit.value) if edit.base is None else {"b": edit.base, "v": normal(edit.value)}
            for edit in line.fields
        }
    if len(told) != len(line.fields) + len(line.rows):
        raise BadLine(reason="fields", at="f")
    return {
        "by": line.author, "f": told, "hlc": clock.to_text(line.hlc), "k": str(line.kind), "n": line.n,
        "off": line.offset_ms, "op": line.op, "prev": line.prev, "r": line.row, "rep": line.replica, "s": line.scope,
        "sv": line.schema, "t": line.table, "txn": line.txn, "v": FORMAT, "wall": line.wall_ms,
    }  # fmt: skip


def _opened(data: bytes) -> dict[str, Any]:
    try:
        tree = orjson.loads(data)
    except orjson.JSONDecodeError as problem:
        raise BadLine(reason="json", at="line") from problem
    if not isinstance(tree, dict) or tree.keys() != _KEYS:
        raise BadLine(reason="shape", at="line")
    if type(tree["v"]) is not int or tree["v"] != FORMAT:
        raise BadLine(reason="version", at="v")
    return tree


def _from_tree(tree: Mapping[str, Any]) -> Line:
    for key in _TEXTS:
        if type(tree[key]) is not str:
            raise BadLine(reason="shape", at=key)
    kind = _KINDS.get(tree["k"])
    if kind is None:
        raise BadLine(reason="kind", at="k", value=tree["k"][:40])
    try:
        hlc = clock.from_text(tree["hlc"])
    except clock.BadClock as problem:
        raise BadLine(reason="number", at="hlc") from problem
    is_many = kind is Kind.CREATE
    return Line(  # in the order of its attributes: named ones take a third longer
        tree["op"], kind, tree["t"], tree["r"], tree["s"], () if is_many else _edits(tree["f"]), tree["by"], tree["txn"],
        tree["rep"], tree["n"], tree["prev"], hlc, tree["wall"], tree["off"], tree["sv"],
        _rows(tree["f"]) if is_many else (),
    )  # fmt: skip


def _rows(told: object) -> tuple[tuple[str, Mapping[str, Scalar]], ...]:
    if not isinstance(told, dict) or not all(type(values) is dict for values in cast(dict[str, Any], told).values()):
        raise BadLine(reason="shape", at="f")
    return tuple(cast(dict[str, Any], told).items())


def _edits(fields: object) -> tuple[FieldEdit, ...]:
    if not isinstance(fields, dict):
        raise BadLine(reason="shape", at="f")
    edits = []
    for name, body in cast(dict[str, Any], fields).items():
        if type(body) is not dict:
            edits.append(FieldEdit(name, body))
            continue
        base = body.get("b")
        if len(body) != 2 or type(base) is not str or "v" not in body:
            raise BadLine(reason="fields", at=name[:80])
        edits.append(FieldEdit(name, body["v"], base))
    return tuple(edits)


def _scalar(value: object, at: str) -> Scalar:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int) and -_MAX_INT <= value <= _MAX_INT:
        return value
    raise BadLine(reason="value", at=at[:80])


def _check(line: Line) -> None:
    is_many = line.kind is Kind.CREATE
    ids = (line.op, line.table, line.op if is_many and line.row == ROWS else line.row, line.scope, line.author, line.txn, line.replica)
    if _SEVEN_IDS.fullmatch("\n".join(ids)) is None:
        wrong = (key for key, text in zip(("op", "t", "r", "s", "by", "txn", "rep"), ids, strict=True) if not is_id(text))
        raise BadLine(reason="id", at=next(wrong))
    if _HASH.fullmatch(line.prev) is None:
        raise BadLine(reason="hash", at="prev")
    _check_number("hlc", line.hlc, 0)
    _check_number("n", line.n, 1)
    _check_number("wall", line.wall_ms, -_MAX_INT)
    _check_number("sv", line.schema, 0)
    if line.offset_ms is not None:
        _check_number("off", line.offset_ms, -_MAX_INT)
    if is_many:
        _check_rows(line)
    elif line.rows:
        raise BadLine(reason="fields", at=str(line.kind))
    else:
        _check_fields(line)


def _check_rows(line: Line) -> None:
    if line.row != ROWS or line.fields or not 2 <= len(line.rows) <= MAX_ROWS:
        raise BadLine(reason="fields", at="create")
    if _IDS.fullmatch("\n".join([row for row, _ in line.rows])) is None:
        raise BadLine(reason="id", at="f")
    for names in {tuple(values) for _, values in line.rows}:
        check_names(names)
    told = [value for _, values in line.rows for value in values.values()]
    if not _SCALARS.issuperset(map(type, told)) or any(abs(value) > _MAX_INT for value in told if type(value) is int):
        raise BadLine(reason="value", at="f")


@lru_cache(maxsize=4096)
def check_names(names: tuple[str, ...]) -> None:
    """Require names of fields of a new row, one at least.

    Raises:
        BadLine: If there are none or too many, or one cannot stand in a line.
    """
    if not names or len(names) > MAX_FIELDS:
        raise BadLine(reason="fields", at="f")
    for name in names:
        if name[:1] == "_" or not is_field(name):
            raise BadLine(reason="fields", at=name[:80])


@lru_cache(maxsize=4096)
def is_field(name: str) -> bool:
    """Return whether a text may stand as the name of a field."""
    return _FIELD.fullmatch(name) is not None


def _check_number(key: str, number: object, least: int) -> None:
    if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= _MAX_INT:
        raise BadLine(reason="number", at=key)


def _check_fields(line: Line) -> None:
    if len(line.fields) > MAX_FIELDS:
        raise BadLine(reason="fields", at="f")
    for edit in line.fields:
        if not is_field(edit.name) or (edit.base is not None and _ID.fullmatch(edit.base) is None):
            raise BadLine(reason="fields", at=edit.name[:80])
        if type(edit.value) is not str:
            _scalar(edit.value, edit.name)
    if line.kind is Kind.SET or line.kind is Kind.APPEND:  # nearly all lines
        if not line.fields:
            raise BadLine(reason="fields", at=str(line.kind))
        for edit in line.fields:
            if edit.name[0] == "_" and not _brings_back(line, edit):
                raise BadLine(reason="fields", at=str(line.kind))
        return
    names = {edit.name for edit in line.fields}
    value = {edit.name: edit.value for edit in line.fields}
    match line.kind:
        case Kind.DELETE:
            fits = names == {DELETED} and value[DELETED] is True
        case Kind.VOID:
            fits = names == {VOID} and isinstance(value[VOID], str)
        case Kind.RESOLVE:
            fits = CONFLICT in names and isinstance(value[CONFLICT], str)
            fits = fits and all(name == CONFLICT or not name.startswith("_") for name in names)
        case Kind.SIGN:
            fits = not any(name.startswith("_") for name in names - {DELETED})
        case _:
            fits = True
    if not fits:
        raise BadLine(reason="fields", at=str(line.kind))


def _brings_back(line: Line, edit: FieldEdit) -> bool:
    return line.kind is Kind.SET and edit.name == DELETED and edit.value is False
