"""Frozen dataclasses as JSON and back, strictly: what came from outside is what it should be, or is refused."""

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")
_LONGEST = 20_000
_MOST = 50_000
_LARGEST = 10**15


class Malformed(ValueError):
    """A tree is not of the wanted form; the message names the place."""


def dump(value: Any) -> Any:
    """Return a value as JSON knows it; fields that have their default value are left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
        kept = {one.name for one in dataclasses.fields(value) if found[one.name] != one.default}
        return {name: dump(given) for name, given in found.items() if name in kept}
    if isinstance(value, Mapping):
        return {str(key): dump(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [dump(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value


def load(kind: type[T], tree: Any, place: str = "") -> T:
    """Return the dataclass that a tree describes.

    Raises:
        Malformed: At the first thing that is not of its type, unknown, or beyond reason in size.
    """
    found: T = _load(kind, tree, place)
    return found


def _load(kind: Any, tree: Any, place: str) -> Any:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        inner = [one for one in typing.get_args(kind) if one is not type(None)]
        return None if tree is None else _load(inner[0], tree, place)
    if origin is tuple:
        return tuple(_load(typing.get_args(kind)[0], one, f"{place}[{n}]") for n, one in enumerate(_list(tree, place)))
    if origin is not None:
        inside = typing.get_args(kind)[1]
        return {_text(key, place): _load(inside, one, f"{place}.{key}") for key, one in _map(tree, place).items()}
    kind = getattr(kind, "__supertype__", kind)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, tree, place)
    return _scalar(kind, tree, place)


def _dataclass(kind: Any, tree: Any, place: str) -> Any:
    given, known = _map(tree, place), _hints(kind)
    unknown = given.keys() - known.keys()
    if unknown:
        raise Malformed(f"{place}.{min(unknown)[:40]}: unknown")
    values = {name: _load(known[name], one, f"{place}.{name}") for name, one in given.items()}
    try:
        return kind(**values)
    except TypeError:
        raise Malformed(f"{place}: incomplete") from None


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _scalar(kind: Any, tree: Any, place: str) -> Any:
    if kind is bool or kind is int:
        is_it = isinstance(tree, bool) if kind is bool else type(tree) is int and abs(tree) < _LARGEST
        if not is_it:
            raise Malformed(f"{place}: {kind.__name__}")
        return tree
    text = _text(tree, place)
    try:
        if kind is Decimal:
            number = Decimal(text)
            if not number.is_finite() or not 0 <= number < _LARGEST or number != number.quantize(Decimal("0.01")):
                raise Malformed(f"{place}: amount")
            return number
        if kind is dt.datetime:
            instant = dt.datetime.fromisoformat(text)
            if instant.tzinfo is None:
                raise Malformed(f"{place}: zone")
            return instant
        return dt.date.fromisoformat(text) if kind is dt.date else kind(text)
    except (ValueError, InvalidOperation) as error:
        raise Malformed(f"{place}: {kind.__name__}") from error


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise Malformed(f"{place}: text")
    return value


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > _MOST:
        raise Malformed(f"{place}: list")
    return value


def _map(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > _MOST:
        raise Malformed(f"{place}: object")
    return value
