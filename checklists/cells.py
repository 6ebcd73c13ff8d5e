"""What people write in a field, as a typed value and back as the one text it is kept and printed in."""

import datetime as dt
import re
import unicodedata
from decimal import ROUND_HALF_UP, Context, Decimal

from checklists.grammar import Value
from checklists.schema import Column, ColumnKind

FEN = Decimal("0.01")

_NUMBER = re.compile(r"-?\d{1,13}(\.\d{1,6})?", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))", re.ASCII)
# Wide enough for any product of two cells; the default 28 digits would raise on quantizing the largest.
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


class CellInvalid(ValueError):
    """A text does not fit its field; `sentence` is the Chinese reason."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def number(text: str) -> Decimal:
    """Read a number as people write it: full-width digits, thousands commas, `￥` and `元` are understood.

    Raises:
        CellInvalid: If it is none.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = plain.removeprefix("¥").removesuffix("元").removesuffix("%").replace(",", "").replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        raise CellInvalid("不是有效的数字")
    return Decimal(plain)


def day(text: str) -> dt.date:
    """Read a date: `2026-03-01`, `2026/3/1`, `2026.3.1`, `2026年3月1日` or `20260301`.

    Raises:
        CellInvalid: If it is none, or before 1900 or after 2199.
    """
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip().replace(" ", ""))
    if match is None:
        raise CellInvalid("不是有效的日期，应写作 2026-03-01")
    parts = [int(part) for part in match.groups() if part is not None]
    if not 1900 <= parts[0] < 2200:
        raise CellInvalid("日期的年份不合理")
    try:
        return dt.date(*parts)
    except ValueError:
        raise CellInvalid("没有这一天") from None


def read(column: Column, text: str) -> Value:
    """Return the typed value of a cell someone filled in, None where it is empty.

    Money that is summed has whole fen; a unit price may have four decimals.

    Raises:
        CellInvalid: If the text does not fit the column.
    """
    text = text.strip()
    if not text:
        return None
    match column.kind:
        case ColumnKind.TEXT:
            return text
        case ColumnKind.CHOICE:
            if text not in column.choices:
                raise CellInvalid("不在可选项之内")
            return text
        case ColumnKind.DATE:
            return day(text)
    value = number(text)
    if value < 0:
        raise CellInvalid("不能为负数")
    decimals = {ColumnKind.INTEGER: 0, ColumnKind.MONEY: 2 if column.total else 4}.get(column.kind, 6)
    if value != value.quantize(Decimal(1).scaleb(-decimals), context=_WIDE):
        raise CellInvalid("应为整数" if decimals == 0 else f"最多{decimals}位小数")
    return value


def write(column: Column, value: Value) -> str:
    """Return the text a value of this column is kept in; computed money is rounded half up to fen."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()
    if not isinstance(value, Decimal):
        return str(value)
    if column.kind is ColumnKind.MONEY:
        return f"{value.quantize(FEN, context=_WIDE):f}"
    places = Decimal(1) if column.kind is ColumnKind.INTEGER else Decimal("0.000001")
    text = f"{value.quantize(places, context=_WIDE):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
