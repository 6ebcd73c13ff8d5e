"""The credit code: its check digit is a warning, never a wall."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.codes import ALPHABET, CodeDoubt, check_character, doubt, tidy


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L", "", "  "])
def test_a_real_or_missing_code_raises_no_doubt(code: str) -> None:
    assert doubt(code) is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("91350100M000100Y44", CodeDoubt.CHECK_DIGIT),
        ("91350100M000100Y4", CodeDoubt.LENGTH),
        ("91350100M000100Y433", CodeDoubt.LENGTH),
        ("91350100M0001O0Y43", CodeDoubt.CHARACTER),
        ("九一350100M000100Y43", CodeDoubt.CHARACTER),
    ],
)
def test_a_mistyped_code_says_what_is_odd(code: str, expected: CodeDoubt) -> None:
    assert doubt(code) is expected


def test_a_code_is_read_in_small_letters_full_width_and_with_spaces() -> None:
    assert tidy(" ９１350100-m000100y43 ") == "91350100M000100Y43"


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(first: str, place: int, other: str) -> None:
    code = first + check_character(first)
    assert doubt(code) is None
    wrong = code[:place] + other + code[place + 1 :]
    assert (doubt(wrong) is None) is (wrong == code)


@given(st.text())
def test_any_text_is_judged_without_failing(text: str) -> None:
    doubt(text)
