from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refused
from app.core.money import format_cny, from_fen, parse_cny, to_fen


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", "0"), ("0.5", "0.50"), ("1284", "1284"), ("1,284.00", "1284"), ("1,234,567.89", "1234567.89"), ("￥3", "3"),
        ("¥ 3.1", "3.10"), ("人民币5元", "5"), ("1.2万元", "12000"), ("3亿", "300000000"), ("０．５０", "0.50"), ("１，２８４", "1284"),
        (" 7 ", "7"), ("1,000,000,000,000", "1000000000000"),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(text: str, amount: str) -> None:
    assert parse_cny(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["", " ", "-1", "－1", "+1", "1e3", "NaN", "Infinity", "0.001", "12,84", "1,2", ",5", "1,,000", "1,0000", "5.", ".5", "1.2.3", "十",
     "0.0000001万", "1,000,000,000,000.01", "9" * 1000, "1 元 2", "5元整"],
)  # fmt: skip
def test_what_may_mean_another_amount_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"money\.invalid"):
        parse_cny(text)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-0.01", "1E+999999", "1E-5", "1000000000000.01"])
def test_an_amount_that_cannot_be_kept_to_the_fen_is_refused(amount: str) -> None:
    with pytest.raises(Refused, match=r"money\.invalid"):
        to_fen(Decimal(amount))


@given(st.integers(0, 10**14))
def test_fen_come_back_as_they_went(fen: int) -> None:
    assert to_fen(from_fen(fen)) == fen
    assert parse_cny(format_cny(from_fen(fen))) == from_fen(fen)
