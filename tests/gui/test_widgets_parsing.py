"""What a person types becomes a value."""

import contextlib
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gui.widgets import parsing

TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("1284", "1284.00"),
        ("￥1,284.00", "1284.00"),
        ("１２８４．５", "1284.50"),
        ("1.2万元", "12000.00"),
        ("１．２ 万", "12000.00"),
        ("3亿", "300000000.00"),
        ("-5元", "-5.00"),
        ("100元整", "100.00"),
        ("0.0012万", "12.00"),
    ],
)
def test_money_is_read_as_people_write_it(typed: str, yuan: str) -> None:
    assert parsing.money(typed) == Decimal(yuan)


@pytest.mark.parametrize("typed", ["", "元", "1.234", "1,28", "12,34", "abc", "1万2", "--3", "1e5"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(parsing.NotUnderstood):
        parsing.money(typed)


@given(st.decimals(min_value=-10**9, max_value=10**9, places=2))
def test_a_written_amount_reads_back_the_same(amount: Decimal) -> None:
    assert parsing.money(parsing.money_text(amount)) == amount


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    with contextlib.suppress(parsing.NotUnderstood):
        assert parsing.money(text).as_tuple().exponent == -2


@pytest.mark.parametrize("typed", ["2026-11-02", "2026/11/2", "20261102", "２０２６年１１月２日", "11月2日", "11-02", "2026.11.2"])
def test_a_date_is_read_as_people_write_it(typed: str) -> None:
    assert parsing.date(typed, TODAY) == dt.date(2026, 11, 2)


def test_yesterday_is_the_day_before_today() -> None:
    assert parsing.date("昨天", TODAY) == dt.date(2026, 11, 21)


@pytest.mark.parametrize("typed", ["2026-02-30", "13-01", "0", "2026", "20261350", "11月", "0026-11-02", "9999-12-31"])
def test_a_day_that_is_not_there_is_refused(typed: str) -> None:
    with pytest.raises(parsing.NotUnderstood):
        parsing.date(typed, TODAY)


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    with contextlib.suppress(parsing.NotUnderstood):
        assert isinstance(parsing.date(text, TODAY), dt.date)


def test_a_percentage_is_its_number() -> None:
    assert parsing.number("１２．５％") == Decimal("12.5")
