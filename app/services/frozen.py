"""What a frozen document was composed of, as bytes: the same pages can be printed again whatever changes later.

Layout: 8 bytes length of the JSON text, the JSON text, then the binary parts (pictures) one after another. A value of
`forms.model` is `{"$": "<class>", field: value…}`.
"""

import dataclasses
import datetime as dt
import enum
import json
from collections.abc import Callable, Sequence
from typing import Any

from app.core.errors import Refused
from forms import model

_LENGTH = 8


def dump(sections: Sequence[model.Section], meta: model.RecordMeta) -> bytes:
    """Return the bytes of a composed document."""
    parts: list[bytes] = []
    tree = {"meta": _pack(meta, parts), "sections": [_pack(section, parts) for section in sections]}
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join((len(text).to_bytes(_LENGTH, "big"), text, *parts))


def load(content: bytes) -> tuple[tuple[model.Section, ...], model.RecordMeta]:
    """Return sections and meta of a composed document.

    Raises:
        Refused: `document.source_damaged`.
    """
    try:
        end = _LENGTH + int.from_bytes(content[:_LENGTH], "big")
        tree = json.loads(content[_LENGTH:end])
        sections = tuple(_unpack(one, content, end) for one in tree["sections"])
        return sections, _unpack(tree["meta"], content, end)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused("document.source_damaged") from error


def _pack(value: Any, parts: list[bytes]) -> Any:
    if dataclasses.is_dataclass(value):
        fields = {field.name: _pack(getattr(value, field.name), parts) for field in dataclasses.fields(value)}
        return {"$": type(value).__name__, **fields}
    if isinstance(value, enum.Enum):
        return {"$e": type(value).__name__, "v": value.value}
    if isinstance(value, tuple):
        return [_pack(one, parts) for one in value]
    if isinstance(value, bytes):
        start = sum(map(len, parts))
        parts.append(value)
        return {"$b": start, "n": len(value)}
    if isinstance(value, dt.datetime):
        return {"$t": value.isoformat()}
    if isinstance(value, dt.date):
        return {"$d": value.isoformat()}
    return value


def _unpack(value: Any, content: bytes, base: int) -> Any:
    if isinstance(value, list):
        return tuple(_unpack(one, content, base) for one in value)
    if not isinstance(value, dict):
        return value
    if "$" in value:
        fields = {name: _unpack(one, content, base) for name, one in value.items() if name != "$"}
        return _named(value["$"], dataclasses.is_dataclass)(**fields)
    if "$e" in value:
        return _named(value["$e"], lambda found: issubclass(found, enum.Enum))(value["v"])
    if "$b" in value:
        return content[base + value["$b"] : base + value["$b"] + value["n"]]
    if "$t" in value:
        return dt.datetime.fromisoformat(value["$t"])
    return dt.date.fromisoformat(value["$d"])


def _named(name: str, fits: Callable[[Any], bool]) -> Any:
    """Return a class of `forms.model`; the name comes from a file that another laptop may have sent."""
    found = getattr(model, name)
    if not isinstance(found, type) or not fits(found):
        raise ValueError(name)
    return found
