"""Plans as JSON: what the store keeps of their parts, what one office gives another, and what the draw reads.

An object has one field for each field of its dataclass; a field that stands at its usual value is left out. Reading is
strict: an unknown field, a missing one and a value of the wrong kind are refused with their place.
"""

import dataclasses
import datetime as dt
import enum
import json
import types
from collections.abc import Mapping
from typing import Any, Final, TypeVar, Union, get_args, get_origin

from app.core.errors import Refused
from app.core.plan_objects import Ratio
from app.core.plans import Content, Frequency, Plan

FORMAT: Final = "yanfang-plan/1"
MAX_CHARS: Final = 4_000_000
_MOST: Final = 10**15
_WRITTEN: Final = (Ratio, Frequency)
_TRUTHS: Final = {"true": True, "false": False, True: True, False: False}
_T = TypeVar("_T")


def plan_text(plan: Plan) -> str:
    """Return a plan as the text of a file."""
    return (
        json.dumps({"format": FORMAT, **tree_of(plan)}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    )


def read_plan(text: str) -> Plan:
    """Return the plan of a file.

    Raises:
        Refused: `plan_file.syntax`, `plan_file.format`, `plan_file.unknown`, `plan_file.missing`, `plan_file.value`.
    """
    if len(text) > MAX_CHARS:
        raise Refused("plan_file.syntax", detail=f"> {MAX_CHARS}")
    try:
        tree = json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise Refused("plan_file.syntax", detail=str(error)[:200]) from error
    if not isinstance(tree, dict) or tree.pop("format", None) != FORMAT:
        raise Refused("plan_file.format", wanted=FORMAT)
    return read_tree(Plan, tree)


def tree_of(value: object, *, whole: bool = False) -> dict[str, Any]:
    """Return the JSON object of a dataclass; `whole`: also what stands at its usual value."""
    assert dataclasses.is_dataclass(value)
    given = ((field, getattr(value, field.name)) for field in dataclasses.fields(value))
    return {field.name: _plain(now) for field, now in given if whole or now != field.default}


def read_tree(kind: type[_T], tree: object, at: str = "") -> _T:
    """Return the dataclass of a JSON object; numbers and truths may be written as text, as YAML gives them.

    Args:
        at: Place of the object, for the refusal.

    Raises:
        Refused: `plan_file.unknown`, `plan_file.missing`, `plan_file.value`.
    """
    if not isinstance(tree, Mapping):
        raise _wrong(at, tree)
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for name in tree:
        if name not in fields:
            raise Refused("plan_file.unknown", at=at or "—", field=str(name)[:60])
    given = {}
    for name, field in fields.items():
        if name in tree:
            given[name] = _read(field.type, tree[name], f"{at}.{name}" if at else name)
        elif field.default is dataclasses.MISSING:
            raise Refused("plan_file.missing", at=at or "—", field=name)
    try:
        return kind(**given)
    except ValueError as error:
        raise _wrong(at, tree) from error


def _plain(value: Any) -> Any:
    if isinstance(value, _WRITTEN):
        return value.text
    if isinstance(value, Content):
        return str(value)
    if dataclasses.is_dataclass(value):
        return tree_of(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def _read(kind: Any, value: Any, at: str) -> Any:
    kind = getattr(kind, "__supertype__", kind)  # a NewType is what it stands for
    try:
        if get_origin(kind) in (Union, types.UnionType):
            return None if value is None else _read(get_args(kind)[0], value, at)
        if get_origin(kind) is tuple:
            return _read_all(get_args(kind)[0], value, at)
        if kind is bool:
            return _TRUTHS[value]
        if kind is int:
            return _read_int(value)
        return _read_one(kind, value, at)
    except (ValueError, KeyError, TypeError) as error:
        raise _wrong(at, value) from error


def _read_all(kind: Any, value: Any, at: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError(at)
    return tuple(_read(kind, one, f"{at}[{position}]") for position, one in enumerate(value))


def _read_int(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = int(value[:20])
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST:
        raise ValueError(value)
    return value


def _read_one(kind: Any, value: Any, at: str) -> Any:
    if dataclasses.is_dataclass(kind) and kind not in (*_WRITTEN, Content):
        return read_tree(kind, value, at)  # type: ignore[arg-type]
    if not isinstance(value, str):
        raise TypeError(at)
    if kind is str:
        return value
    if kind is Content:
        return Content.read(value)
    if kind is dt.date:
        return dt.date.fromisoformat(value)
    if kind is dt.datetime:
        return _aware(dt.datetime.fromisoformat(value))
    return kind(value)


def _aware(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        raise ValueError(at)
    return at.astimezone(dt.UTC)


def _wrong(at: str, value: object) -> Refused:
    return Refused("plan_file.value", at=at or "—", value=str(value)[:80])


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("the same field twice")
    return found


def _no_constant(name: str) -> object:
    raise ValueError(name)
