"""What a person types, as values: Chinese full-width digits, 万元, and the ways a date is written. No Qt."""

import datetime as dt
import re
import unicodedata
from decimal import Decimal, InvalidOperation

from app.core.clock import is_likely

_UNITS = {"亿": Decimal(100_000_000), "万": Decimal(10_000), "千": Decimal(1_000)}
_MONEY = re.compile(
    r"^(?P<sign>-?)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?P<unit>[亿万千]?)$"
)
_NUMBER = re.compile(r"^-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?$|^-?\.\d+$")
_DATE = re.compile(r"^(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?$")
_CENT = Decimal("0.01")


class NotUnderstood(ValueError):
    """The text is no such value; the edit says what one looks like."""


def plain(text: str) -> str:
    """Return a text with full-width digits and signs as half-width, without blanks."""
    narrow = unicodedata.normalize("NFKC", text).replace("。", ".").replace("、", ",").replace("−", "-")
    return "".join(narrow.split())


def money(text: str) -> Decimal:
    """Read an amount in yuan, two decimals: `1284`, `￥1,284.00`, `１．２万元`, `3亿`.

    Raises:
        NotUnderstood: If it is no amount, or one with parts of a fen.
    """
    bare = plain(text).replace("¥", "").replace("人民币", "").removesuffix("整")
    bare = bare.removesuffix("元").removesuffix("块")
    match = _MONEY.match(bare)
    if match is None:
        raise NotUnderstood(text)
    amount = Decimal(match["digits"].replace(",", "")) * _UNITS.get(match["unit"], Decimal(1))
    exact = amount.quantize(_CENT) if len(match["digits"]) <= 18 else None
    if exact is None or exact != amount:
        raise NotUnderstood(text)
    return -exact if match["sign"] else exact


def money_text(amount: Decimal) -> str:
    """Write an amount as people read it: `￥1,284.00`."""
    sign = "-" if amount < 0 else ""
    return f"{sign}￥{abs(amount):,.2f}"


def number(text: str) -> Decimal:
    """Read a number; `12％` is 12.

    Raises:
        NotUnderstood: If it is none.
    """
    bare = plain(text).removesuffix("%")
    if not _NUMBER.match(bare):
        raise NotUnderstood(text)
    try:
        return Decimal(bare.replace(",", ""))
    except InvalidOperation as error:
        raise NotUnderstood(text) from error


def date(text: str, today: dt.date) -> dt.date:
    """Read a date: `2026-11-22`, `2026/11/22`, `20261122`, `2026年11月22日`, `11月22日` (of this year), `今天`, `昨天`.

    Raises:
        NotUnderstood: If there is no such day.
    """
    bare = plain(text)
    words = {"今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "明天": 1, "明日": 1}
    if bare in words:
        return today + dt.timedelta(days=words[bare])
    if re.fullmatch(r"\d{8}", bare):
        bare = f"{bare[:4]}-{bare[4:6]}-{bare[6:]}"
    match = _DATE.match(bare)
    if match is None:
        raise NotUnderstood(text)
    try:
        found = dt.date(int(match[1] or today.year), int(match[2]), int(match[3]))
    except ValueError as error:
        raise NotUnderstood(text) from error
    if not is_likely(found):
        raise NotUnderstood(text)
    return found
