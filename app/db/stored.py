"""Values as rows and lines keep them."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from app.core.errors import Refused
from sync.protocol.lines import Scalar, is_normal, normal

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_PLAIN: Final = frozenset((str, int))


def stored(value: Scalar) -> Scalar:
    """Return a value as rows and lines keep it: truth as 0 or 1, text in NFC with newlines as LF.

    Raises:
        Refused: `value.control_character` where a text holds one that no printer and no other program would show.
    """
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        if value.isprintable():  # nearly all
            return normal(value)
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        found = _CONTROL.search(text)
        if found is not None:
            raise Refused("value.control_character", sign=f"U+{ord(found[0]):04X}")
        return normal(text)
    return value


def all_stored(rows: Sequence[Mapping[str, Scalar]]) -> list[dict[str, Scalar]]:
    """Return what is not None of each row as `stored`; the texts of many rows are nearly always fit as a whole."""
    given = [value for values in rows for value in values.values()]
    texts = "".join([value for value in given if type(value) is str])
    if texts.isprintable() and is_normal(texts) and _PLAIN.issuperset(map(type, given)):
        return [dict(values) for values in rows]
    return [{name: stored(value) for name, value in values.items() if value is not None} for values in rows]
