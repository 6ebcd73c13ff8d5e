"""Values of a paper's fields as they are typed and shown at the command line."""

import datetime as dt
from collections.abc import Sequence

from app.core.clock import CHINA, local
from app.core.errors import Refused
from app.core.money import format_cny, from_fen, parse_cny, to_fen
from app.core.papers import FieldView, Value

_PEOPLE = ("people",)
_MINUTE = "%Y-%m-%d %H:%M"


def parse(field: FieldView, text: str) -> Value:
    """Return what was typed for a field.

    People are `姓名/证号,姓名/证号`, the rows of a table are parted by `;` and its cells by `|`, marks by `,`, times are those
    of China.

    Raises:
        Refused: `paper.field_wrong_kind`, `paper.field_not_an_instant`, `money.invalid`.
    """
    if field.kind == "number":
        if not text.strip().isdecimal():
            raise Refused("paper.field_wrong_kind", field=field.label)
        return int(text)
    if field.kind == "money":
        return to_fen(parse_cny(text))
    if field.kind == "minute" and text.strip():
        return instant(text, field.label).isoformat(timespec="minutes")
    if field.kind == "checks":
        return tuple(one.strip() for one in text.split(",") if one.strip())
    if field.kind in _PEOPLE:
        return people(text)
    if field.kind == "table":
        return tuple(tuple(cell.strip() for cell in row.split("|")) for row in text.split(";") if row.strip())
    return text


def people(text: str) -> tuple[tuple[str, str], ...]:
    """Return names and licence numbers of `姓名/证号,姓名/证号`."""
    named = [one.partition("/") for one in text.replace("，", ",").split(",") if one.strip()]
    return tuple((name.strip(), card.strip()) for name, _, card in named)


def instant(text: str, label: str) -> dt.datetime:
    """Return an instant of `2026-03-05 14:30`, time of China.

    Raises:
        Refused: `paper.field_not_an_instant`.
    """
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused("paper.field_not_an_instant", field=label) from error
    return found if found.tzinfo is not None else found.replace(tzinfo=CHINA)


def shown(kind: str, value: Value | None) -> str:
    """Return a value as one line of text."""
    if value is None or value in ("", ()):
        return "—"
    if kind == "money" and isinstance(value, int):
        return format_cny(from_fen(value))
    if kind == "minute" and isinstance(value, str):
        return local(dt.datetime.fromisoformat(value)).strftime(_MINUTE)
    if isinstance(value, tuple):
        return _rows(value)
    return str(value).replace("\n", " ⏎ ")


def _rows(value: Sequence[str | tuple[str, ...]]) -> str:
    return "；".join(row if isinstance(row, str) else "/".join(cell for cell in row if cell) for row in value)
