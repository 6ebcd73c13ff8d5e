"""Finding as somebody types."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.searching import TextIndex, folded
from app.services.initials import initials_of

NAMES = (
    "仁和大药房",
    "长乐镇卫生院",
    "重庆路单氏诊所",
    "ＡＢＣ口腔门诊部",
    "乐康堂",
    "朝阳区 3 号药店",
    "銀杏養老院",
)
CODES = ("91420100MA4K1234X6 H42010200001 江源区解放路12号", "", "", "", "", "", "")
READ = "仁和大药房长乐重庆单行曾朝阳区院诊所口腔A3 （）·𠀀é　"


def _index() -> TextIndex:
    index = TextIndex(initials_of)
    for place, (name, code) in enumerate(zip(NAMES, CODES, strict=True)):
        index.put(place, name, code)
    return index


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("rhdyf", [0]), ("RHDYF", [0]), ("dyf", [0]), ("ｒｈｄｙｆ", [0]),
        ("clz", [1]), ("zlz", [1]), ("cyz", [1]), ("lkt", [4]), ("ykt", [4]),  # 长 is cháng and zhǎng, 乐 is lè and yuè
        ("cql", [2]), ("zql", [2]), ("sszs", [2]), ("dszs", [2]),  # 重 chóng zhòng, 单 shàn dān
        ("abckq", [3]), ("cyq3hyd", [5]), ("yxyly", [6]),
        ("仁和", [0]), ("ma4k", [0]), ("解放路12", [0]), ("解放路 h4201", [0]), ("解放路 长乐", []), ("药 dyf", [0]),
        ("xx", []), ("??", []), (".*", []), ("[", []), ("仁.", []), ("\n", [0, 1, 2, 3, 4, 5, 6]),
    ],
)  # fmt: skip
def test_names_are_found_by_parts_and_by_initials_of_every_reading(typed: str, found: list[int]) -> None:
    places = _index().find(typed)
    assert (list(range(len(NAMES))) if places is None else sorted(places)) == found


def test_what_was_renamed_is_found_by_its_new_name_only() -> None:
    index = _index()
    index.put(0, "康宁堂", "")
    assert index.find("rhdyf") == set()
    assert index.find("解放路") == set()
    assert index.find("knt") == {0}


@settings(deadline=None)  # the first character of all loads the dictionary
@given(
    name=st.text(st.sampled_from(READ), min_size=1, max_size=12),
    data=st.data(),
    others=st.lists(st.text(max_size=8)),
)
def test_any_choice_of_readings_of_any_part_finds_the_name(
    name: str, data: st.DataObject, others: list[str]
) -> None:
    index = TextIndex(initials_of)
    for place, text in enumerate([*others, name]):
        index.put(place, text, "")
    spelled = [letters for one in folded(name) if (letters := initials_of(one))]
    if not spelled:
        return
    first = data.draw(st.integers(0, len(spelled) - 1))
    last = data.draw(st.integers(first, len(spelled) - 1))
    typed = "".join(data.draw(st.sampled_from(letters)) for letters in spelled[first : last + 1])
    found = index.find(typed)
    assert found is not None
    assert len(others) in found


@settings(deadline=None)  # the first character of all loads the dictionary
@given(texts=st.lists(st.text(max_size=20), max_size=8), typed=st.text(max_size=6))
def test_what_is_found_holds_every_word_and_nothing_that_holds_them_is_missed(
    texts: list[str], typed: str
) -> None:
    index = TextIndex(lambda _: "")
    for place, text in enumerate(texts):
        index.put(place, text, "")
    words = folded(typed).split()
    wanted = {place for place, text in enumerate(texts) if all(word in folded(text) for word in words)}
    found = index.find(typed)
    assert (set(range(len(texts))) if found is None else found) == wanted


@settings(deadline=None)  # the first character of all loads the dictionary
@given(character=st.characters())
def test_every_character_has_small_letters_digits_or_nothing(character: str) -> None:
    assert all(one.isascii() and one.isalnum() and one == one.lower() for one in initials_of(character))
