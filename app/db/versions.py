"""Which line set each field of a row, as `_ver` keeps it: the id of one line where all fields that are not empty stem from
it, as in nearly every row, else a JSON object of lines by field. A row has one of the two forms only."""

import json
from collections.abc import Mapping
from typing import Any


def to_text(lines: Mapping[str, str], values: Mapping[str, Any]) -> str:
    """Return the text of a row's lines by field.

    Args:
        values: All fields of the row.
    """
    if len(set(lines.values())) == 1:
        given = {name for name, value in values.items() if value is not None}
        if lines.keys() == given:
            return next(iter(lines.values()))
    return json.dumps(lines, separators=(",", ":"))


def from_text(text: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the lines by field; `values` as in `to_text`."""
    if not text.startswith("{"):
        return {name: text for name, value in values.items() if value is not None}
    found: dict[str, str] = json.loads(text)
    return found


def named(text: str) -> set[str]:
    """Return the lines that a text names."""
    return set(json.loads(text).values()) if text.startswith("{") else {text}
