"""Strict JSON for frozen dataclasses: every value has the declared type, unknown keys are ignored so that both ends can grow."""

import types
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

from sync.protocol.errors import SyncError

T = TypeVar("T")
_MAX_INT: Final = (1 << 63) - 1


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
        tree = orjson.loads(data)
    except orjson.JSONDecodeError as problem:
        raise BadMessage(at="json") from problem
    read: T = _read(kind, tree, "")
    return read


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, tree: Any, at: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read_union(kind, tree, at)
    if origin is tuple:
        return _read_tuple(get_args(kind)[0], tree, at)
    if origin is dict:
        return _read_dict(get_args(kind)[1], tree, at)
    if is_dataclass(kind):
        return _read_dataclass(kind, tree, at)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if isinstance(tree, str) and tree in kind._value2member_map_:
            return kind(tree)
    elif kind is type(None):
        if tree is None:
            return None
    elif type(tree) is kind and (kind is not int or abs(tree) <= _MAX_INT):  # exactly: True is no number here
        return tree
    raise BadMessage(at=at)


def _read_union(kind: Any, tree: Any, at: str) -> Any:
    for choice in get_args(kind):
        try:
            return _read(choice, tree, at)
        except BadMessage:
            continue
    raise BadMessage(at=at)


def _read_tuple(item: Any, tree: Any, at: str) -> tuple[Any, ...]:
    if not isinstance(tree, list):
        raise BadMessage(at=at)
    return tuple(_read(item, one, f"{at}[{place}]") for place, one in enumerate(tree))


def _read_dict(item: Any, tree: Any, at: str) -> dict[str, Any]:
    if not isinstance(tree, dict):
        raise BadMessage(at=at)
    return {key: _read(item, one, f"{at}.{key[:40]}") for key, one in tree.items()}


def _read_dataclass(kind: Any, tree: Any, at: str) -> Any:
    if not isinstance(tree, dict):
        raise BadMessage(at=at)
    values = {}
    for one in fields(kind):
        if one.name in tree:
            values[one.name] = _read(_hints(kind)[one.name], tree[one.name], f"{at}.{one.name}".lstrip("."))
        elif one.default is MISSING and one.default_factory is MISSING:
            raise BadMessage(at=f"{at}.{one.name}".lstrip("."))
    return kind(**values)
