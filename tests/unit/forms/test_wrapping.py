from hypothesis import given
from hypothesis import strategies as st

from forms.kit.fonts import fonts
from forms.kit.wrapping import lines_of

_ALPHABET = "医保基金监督检查，。；：？！（）《》“”、…—1234567890.,ABCabc -￥"
_TEXT = st.text(alphabet=_ALPHABET, max_size=200)


@given(_TEXT, st.floats(30, 440), st.sampled_from([7.5, 9, 10.5, 14]))
def test_no_line_is_wider_than_its_column(text: str, width: float, size: float) -> None:
    song = fonts().song
    assert all(song.width(line, size) <= width + 0.1 for line in lines_of(text, song, size, width))


@given(_TEXT, st.floats(30, 440))
def test_breaking_loses_nothing_but_blanks(text: str, width: float) -> None:
    lines = lines_of(text, fonts().song, 10.5, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_no_closing_mark_begins_a_line_and_no_opening_mark_ends_one() -> None:
    text = "检查人员（陈知行、陆以宁）于上午到达“康乐大药房”，出示证件；说明来意。" * 6
    for width in range(60, 440, 7):
        lines = lines_of(text, fonts().song, 14, width)
        assert not [line for line in lines[1:] if line[0] in "，。；、）”"]
        assert not [line for line in lines[:-1] if line[-1] in "（“"]


def test_an_amount_is_never_cut_in_two() -> None:
    for width in range(90, 300, 5):
        lines = lines_of("涉及医保基金支付金额合计1,234,567.50元整，经核对无误。", fonts().song, 10.5, width)
        assert any("1,234,567.50" in line for line in lines)


def test_a_word_longer_than_the_line_is_broken_rather_than_overflowing() -> None:
    lines = lines_of("A1b2" * 100, fonts().song, 10.5, 120)
    assert len(lines) > 3
    assert "".join(lines) == "A1b2" * 100
