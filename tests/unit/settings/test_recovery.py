"""The recovery key on paper."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.settings.errors import RecoveryTypo
from app.settings.recovery import from_text, to_text

KEYS = st.binary(min_size=20, max_size=20)
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_it_is_eight_groups_of_five():
    text = to_text(bytes(range(20)))
    assert [len(group) for group in text.split("-")] == [5] * 8
    assert text == "000GC-40R4Y-0M301-E209M-185G2-R38EE-1W810-24GKG"


@given(KEYS)
def test_what_was_printed_is_read_back(key: bytes):
    assert from_text(to_text(key)) == key


@given(KEYS)
def test_case_spaces_dashes_and_full_width_are_forgiven(key: bytes):
    text = to_text(key)
    wide = "".join(chr(ord(s) + 0xFEE0) if s != "-" else "－" for s in text)
    for typed in (text.lower(), text.replace("-", ""), text.replace("-", " \n"), wide):
        assert from_text(typed) == key


@given(KEYS)
def test_lookalikes_are_read_as_digits(key: bytes):
    assert from_text(to_text(key).replace("1", "I").replace("0", "O")) == key
    assert from_text(to_text(key).replace("1", "l")) == key


@given(KEYS, st.integers(0, 39), st.sampled_from(SIGNS))
def test_any_one_wrong_sign_is_found_in_its_group(key: bytes, at: int, sign: str):
    signs = to_text(key).replace("-", "")
    assume(signs[at] != sign)
    with pytest.raises(RecoveryTypo) as caught:
        from_text(signs[:at] + sign + signs[at + 1 :])
    assert caught.value.params == {"group": at // 5 + 1}


@given(KEYS, st.integers(0, 38))
def test_two_neighbours_exchanged_are_found(key: bytes, at: int):
    signs = to_text(key).replace("-", "")
    assume(signs[at] != signs[at + 1])
    with pytest.raises(RecoveryTypo):
        from_text(signs[:at] + signs[at + 1] + signs[at] + signs[at + 2 :])


@given(KEYS, st.integers(0, 7), st.integers(0, 7))
def test_two_groups_exchanged_are_found(key: bytes, one: int, other: int):
    assume(one != other)
    groups = to_text(key).split("-")
    groups[one], groups[other] = groups[other], groups[one]
    with pytest.raises(RecoveryTypo):
        from_text("-".join(groups))


@given(st.text())
def test_any_other_text_is_a_slip_and_never_a_crash(text: str):
    with pytest.raises(RecoveryTypo):
        from_text(text)
