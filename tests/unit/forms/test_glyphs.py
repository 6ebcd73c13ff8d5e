from hypothesis import given
from hypothesis import strategies as st

from forms.glyphs import missing_glyphs, visible
from forms.kit.fonts import fonts


def test_rare_characters_of_names_are_in_the_faces() -> None:
    assert missing_glyphs("䶮㛃玥堃喆氿垚犇骉·〔2026〕①√×□℃") == ()


def test_a_missing_character_is_reported_once_and_shown_by_its_code() -> None:
    assert missing_glyphs("张\U00020bb7、\U00020bb7") == ("\U00020bb7",)
    assert visible("张\U00020bb7") == "张〔U+20BB7〕"


def test_a_character_that_hides_or_turns_text_is_shown_too() -> None:
    assert visible("金额\u202e12\u200b") == "金额〔U+202E〕12〔U+200B〕"


def test_tick_boxes_become_signs_that_the_faces_hold() -> None:
    assert visible("☐☑✗") == "□√×"


@given(st.text())
def test_whatever_is_typed_can_be_drawn(text: str) -> None:
    for line in visible(text).split("\n"):
        assert fonts().song.holds(line)
        assert fonts().hei.holds(line)


@given(st.text(max_size=60))
def test_a_line_is_split_into_faces_without_loss(text: str) -> None:
    shown = visible(text).replace("\n", "")
    assert "".join(run for _, run in fonts().song.runs(shown)) == shown
