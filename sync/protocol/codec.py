"""Strict JSON for frozen dataclasses: every value has the declared type, unknown keys are ignored so that both ends can grow."""

import re
from functools import cache
from typing import Any, Final, TypeVar, cast

import msgspec
import orjson

from sync.protocol.errors import SyncError

T = TypeVar("T")
_MAX_INT: Final = (1 << 63) - 1
# Digits become 0, what may stand before a number becomes a colon: a search in C for a number of 19 digits or more.
_SHAPES: Final = bytes(48 if 48 <= at < 58 else 58 if at in b" \t\r\n:,[-" else 120 for at in range(256))
_LONG_NUMBER: Final = b":" + b"0" * 19
_PATH: Final = re.compile(r" - at `\$\.?([^`]*)`")
_MISSING: Final = re.compile(r"missing required field `([^`]*)`")


class BadMessage(SyncError):
    """Say that a body is no message of the expected shape; `at` is the path of the first wrong part."""

    code = "message.invalid"


def dump(message: object) -> bytes:
    """Return the JSON bytes of a message dataclass.

    Raises:
        BadMessage: If a part has no JSON form.
    """
    try:
        return orjson.dumps(message)
    except TypeError as problem:
        raise BadMessage(at="") from problem


def load(kind: type[T], data: bytes) -> T:
    """Read a message dataclass from JSON bytes.

    Raises:
        BadMessage: If the bytes are no JSON or a part is missing or has another type.
    """
    try:
        decoder: msgspec.json.Decoder[T] = _decoder(cast(Any, kind))
        message = decoder.decode(data)
    except msgspec.ValidationError as problem:
        raise BadMessage(at=_path(str(problem))) from problem
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadMessage(at="json") from problem
    if _LONG_NUMBER in data.translate(_SHAPES):
        try:
            _check_numbers(orjson.loads(data))
        except orjson.JSONDecodeError as problem:  # half a surrogate pair, which the first reader lets pass
            raise BadMessage(at="json") from problem
    return message


def schemas(kinds: tuple[type, ...], place: str) -> dict[str, Any]:
    """Return the JSON schemas of message dataclasses and of what they hold, by name; `place` is the address of one, with ``{name}``."""
    _, found = msgspec.json.schema_components(kinds, ref_template=place)
    return found


@cache
def _decoder(kind: type) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(kind)


def _path(said: str) -> str:
    at, missing = _PATH.search(said), _MISSING.search(said)
    return ".".join(part for part in (at and at[1], missing and missing[1]) if part)


def _check_numbers(tree: object) -> None:
    """Refuse numbers that no column can hold; here they may be anywhere, also where nobody looks."""
    if isinstance(tree, dict):
        for one in tree.values():
            _check_numbers(one)
    elif isinstance(tree, list):
        for one in tree:
            _check_numbers(one)
    elif isinstance(tree, float) or (isinstance(tree, int) and abs(tree) > _MAX_INT):
        raise BadMessage(at="number")
