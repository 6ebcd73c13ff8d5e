"""How values of the domain are stored: ISO dates, milliseconds, fen, JSON lists."""

import datetime as dt
import json
import sys
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from app.core.clock import from_ms, to_ms
from app.core.money import from_fen, to_fen


def day(value: dt.date | None) -> str | None:
    """Store a date."""
    return None if value is None else value.isoformat()


def read_day(text: str | None) -> dt.date | None:
    """Read a date."""
    return dt.date.fromisoformat(text) if text else None


def instant(value: dt.datetime | None) -> int | None:
    """Store an instant."""
    return None if value is None else to_ms(value)


def read_instant(ms: int | None) -> dt.datetime | None:
    """Read an instant."""
    return None if ms is None else from_ms(ms)


def fen(value: Decimal | None) -> int | None:
    """Store an amount."""
    return None if value is None else to_fen(value)


def read_fen(value: int | None) -> Decimal | None:
    """Read an amount."""
    return None if value is None else from_fen(value)


def texts(values: Iterable[str]) -> str:
    """Store a list of texts."""
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=1024)
def read_texts(text: str | None) -> tuple[str, ...]:
    """Read a list of texts."""
    return tuple(json.loads(text)) if text and text != "[]" else ()


def shared(text: str | None) -> str:
    """Read a text of few values, where there are many rows: the same text is kept once."""
    return sys.intern(text) if text else ""


def packed(value: object) -> str:
    """Store a small structure of JSON values."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def in_record(alias: str, inspection: str = "") -> str:
    """Return the condition that a row belongs to its inspection's record: once signed, only what the signature covers.

    What another laptop had added unseen stands apart as a conflict (`conflicts.late`), or screens would show other
    sums than the signed paper.

    Args:
        inspection: The placeholder of the one inspection that is asked for: it is then looked up once, not for each row.
    """
    return (
        f"({alias}._locked IS NOT NULL OR NOT EXISTS"
        f" (SELECT 1 FROM inspection w WHERE w.id = {inspection or f'{alias}.inspection'} AND w._locked IS NOT NULL))"
    )
