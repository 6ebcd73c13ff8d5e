import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.errors import NaiveTime
from forms.kit.wording import minute, numeral, period, short_hash, yuan, yuan_in_words


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "人民币零元整"),
        (5, "人民币伍分"),
        (50, "人民币伍角整"),
        (105, "人民币壹元零伍分"),
        (123450, "人民币壹仟贰佰叁拾肆元伍角整"),
        (1000500, "人民币壹万零伍元整"),
        (200010000, "人民币贰佰万零壹佰元整"),
        (10000000050, "人民币壹亿元伍角整"),
        (-100, "人民币负壹元整"),
    ],
)
def test_an_amount_is_written_out_in_capital_numerals(fen: int, words: str) -> None:
    assert yuan_in_words(fen) == words


@given(st.integers(0, 10**15))
def test_capital_numerals_lose_no_digit(fen: int) -> None:
    digits = [c for c in yuan_in_words(fen) if c in "壹贰叁肆伍陆柒捌玖"]
    assert ["零壹贰叁肆伍陆柒捌玖".index(c) for c in digits] == [int(c) for c in str(fen) if c != "0"]


@given(st.integers(-(10**13), 10**13))
def test_a_printed_amount_reads_back_as_the_same_fen(fen: int) -> None:
    whole, cents = yuan(fen).replace(",", "").split(".")
    assert int(whole + cents) == fen


def test_times_are_printed_as_chinese_local_time_to_the_minute() -> None:
    assert minute(dt.datetime(2026, 3, 4, 16, 5, 59, tzinfo=dt.UTC)) == "2026年3月5日00时05分"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveTime):
        minute(dt.datetime(2026, 3, 4, 16, 5))


def test_an_open_period_says_which_end_is_open() -> None:
    assert period(None, dt.date(2026, 2, 28)) == "（起始日未定）至2026年2月28日"
    assert period(None, None) == ""


def test_headings_count_in_chinese() -> None:
    assert [numeral(n) for n in (1, 10, 11, 20, 99)] == ["一", "十", "十一", "二十", "九十九"]


def test_a_short_hash_is_eight_figures() -> None:
    assert short_hash("3f2a91bc00") == "3F2A-91BC"
