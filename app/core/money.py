"""Amounts of money: `Decimal` yuan with two decimals outside, integer fen in storage."""

import re
from decimal import Decimal, InvalidOperation

from app.core.errors import Refused

CENT = Decimal("0.01")
LIMIT_FEN = 10**14
_LIMIT_CNY = Decimal(LIMIT_FEN) / 100
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－￥", "0123456789.,-¥")
_AMOUNT = re.compile(r"^(?:¥|人民币)?\s*((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(万元|亿元|万|亿|元)?$")
_UNITS = {None: 1, "元": 1, "万": 10_000, "万元": 10_000, "亿": 10**8, "亿元": 10**8}


def parse_cny(text: str) -> Decimal:
    """Return the amount a person wrote: `1,284.00`, `￥1284`, `1.2万元`, full-width digits.

    Raises:
        Refused: `money.invalid` where it is no amount, negative, finer than a fen or above a trillion yuan, and where
            a comma stands elsewhere than before three digits: `12,84` may mean 12.84.
    """
    match = _AMOUNT.match(text.translate(_FULL_WIDTH).strip())
    if match is None:
        raise Refused("money.invalid", text=text)
    try:
        value = Decimal(match[1].replace(",", "")) * _UNITS[match[2]]
    except InvalidOperation as error:
        raise Refused("money.invalid", text=text) from error
    return _checked(value, text)


def to_fen(amount_cny: Decimal) -> int:
    """Return whole fen of an exact amount."""
    return int(_checked(amount_cny, str(amount_cny)) * 100)


def from_fen(fen: int) -> Decimal:
    """Return yuan with two decimals."""
    return (Decimal(fen) / 100).quantize(CENT)


def format_cny(amount_cny: Decimal) -> str:
    """Return `￥1,284.00`."""
    return f"￥{amount_cny:,.2f}"


def _checked(value: Decimal, text: str) -> Decimal:
    if not value.is_finite() or value < 0 or value > _LIMIT_CNY or value != value.quantize(CENT):
        raise Refused("money.invalid", text=text)
    return value.quantize(CENT)
