"""Cells: what people type becomes one value and one way to write it."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists import cells
from checklists.cells import CellInvalid
from checklists.schema import Column, ColumnKind


def column(kind: ColumnKind, *, total: bool = False, choices: tuple[str, ...] = ()) -> Column:
    return Column("c", "列", kind, total=total, choices=choices)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1,284.00", "1284.00"), ("￥1,284.5", "1284.5"), ("１２．５元", "12.5"), (" 7 ", "7"), ("85.5%", "85.5")],
)
def test_numbers_are_read_as_people_write_them(text: str, expected: str) -> None:
    assert cells.number(text) == Decimal(expected)


@pytest.mark.parametrize("text", ["", "abc", "1e5", "NaN", "Infinity", "1.2.3", "--1", "9" * 20, "1_000", "٣"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(CellInvalid):
        cells.number(text)


@pytest.mark.parametrize("text", ["2026-03-01", "2026/3/1", "2026.3.1", "2026年3月1日", "20260301", "２０２６-3-1"])
def test_dates_are_read_as_people_write_them(text: str) -> None:
    assert cells.day(text) == dt.date(2026, 3, 1)


@pytest.mark.parametrize("text", ["2026-02-30", "26-3-1", "0000-00-00", "1899-01-01", "2200-01-01", "今天"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(CellInvalid):
        cells.day(text)


def test_money_that_is_summed_has_whole_fen_and_a_unit_price_four_decimals() -> None:
    assert cells.read(column(ColumnKind.MONEY), "0.1234") == Decimal("0.1234")
    with pytest.raises(CellInvalid, match="2位"):
        cells.read(column(ColumnKind.MONEY, total=True), "0.123")


def test_an_integer_has_no_decimals_and_nothing_is_negative() -> None:
    with pytest.raises(CellInvalid, match="整数"):
        cells.read(column(ColumnKind.INTEGER), "1.5")
    with pytest.raises(CellInvalid, match="负"):
        cells.read(column(ColumnKind.MONEY), "-1")


def test_a_choice_is_one_of_its_texts() -> None:
    assert cells.read(column(ColumnKind.CHOICE, choices=("属实", "不属实")), "属实") == "属实"
    with pytest.raises(CellInvalid):
        cells.read(column(ColumnKind.CHOICE, choices=("属实",)), "不知道")


def test_computed_money_is_rounded_half_up() -> None:
    assert cells.write(column(ColumnKind.MONEY), Decimal("1.005")) == "1.01"
    assert cells.write(column(ColumnKind.DECIMAL), Decimal("1.500")) == "1.5"
    assert cells.write(column(ColumnKind.INTEGER), Decimal("100")) == "100"


@given(st.decimals(min_value=0, max_value=10**12, places=2), st.sampled_from(list(ColumnKind)))
def test_a_number_written_is_read_back_the_same(value: Decimal, kind: ColumnKind) -> None:
    if kind not in (ColumnKind.MONEY, ColumnKind.DECIMAL):
        return
    assert cells.read(column(kind), cells.write(column(kind), value)) == value


@given(st.text(max_size=30), st.sampled_from(list(ColumnKind)))
def test_no_text_makes_a_cell_fail_otherwise(text: str, kind: ColumnKind) -> None:
    one = column(kind, choices=("甲",) if kind is ColumnKind.CHOICE else ())
    try:
        value = cells.read(one, text)
    except CellInvalid:
        return
    assert value is None or cells.write(one, value)
