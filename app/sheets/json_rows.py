"""Registers published as JSON: nested lists of objects, each object of the innermost list one row."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.core.errors import Refused
from app.sheets.cells import text_of
from app.sheets.model import MAX_CELLS, Sheet


def read(text: str, name: str) -> Sheet | None:
    """Return a table whose first row names the keys; what stands further out is repeated in each row.

    Returns:
        None where the text is no JSON, or JSON without objects.

    Raises:
        Refused: `sheet.unreadable` where it is nested too deep, `sheet.too_large`.
    """
    try:
        tree = json.loads(text)
        nesting = frozenset(_nesting_keys(tree))
        records = list(_records(tree, {}, nesting))
    except ValueError:
        return None
    except RecursionError as error:
        raise Refused("sheet.unreadable", name=name) from error
    keys = list(dict.fromkeys(key for record in records for key in record))
    if not keys:
        return None
    if len(keys) * len(records) > MAX_CELLS:
        raise Refused("sheet.too_large", name=name)
    rows = [[text_of(record.get(key)) for key in keys] for record in records]
    return Sheet("", [list(map(text_of, keys)), *rows])


def _nesting_keys(node: Any) -> Iterator[str]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from _nesting_keys(child)
    if isinstance(node, dict):
        yield from (
            key
            for key, value in node.items()
            if isinstance(value, list) and any(isinstance(one, dict) for one in value)
        )


def _records(
    node: Any, outer: Mapping[str, object], nesting: frozenset[str]
) -> Iterator[Mapping[str, object]]:
    if isinstance(node, list):
        for one in node:
            yield from _records(one, outer, nesting)
    elif isinstance(node, dict):
        own = {**outer, **{key: _flat(value) for key, value in node.items() if key not in nesting}}
        inside = [value for key, value in node.items() if key in nesting]
        if not inside:
            yield own
        for value in inside:
            yield from _records(value, own, nesting)


def _flat(value: object) -> object:
    if isinstance(value, list):
        return "；".join(map(text_of, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
