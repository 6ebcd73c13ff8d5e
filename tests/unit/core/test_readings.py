"""What was changed since it was read out is told so that every word that was ever read stays legible."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from app.core.ids import InspectionId, PersonId
from app.core.readings import Change, Heard, Reading, changes, versions

AT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
TEXTS = st.lists(st.text("甲乙丙17 ，", max_size=14), min_size=1, max_size=5)


def whole(text: str, made: tuple[Change, ...]) -> tuple[str, str]:
    """Return the text with all that was struck in it, and what is marked as new."""
    shown, done, added = "", 0, ""
    for one in made:
        shown += text[done : one.at] + one.struck
        added += text[one.at : one.at + one.added]
        done = one.at
    return shown + text[done:], added


def is_within(words: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in words)


@given(TEXTS)
def test_every_version_can_be_read_in_what_is_printed(texts: list[str]) -> None:
    made = changes(texts)
    shown, added = whole(texts[-1], made)
    assert all(is_within(text, shown) for text in texts)
    assert len(shown) == len(texts[-1]) + sum(len(one.struck) for one in made)
    assert is_within(texts[0], shown)
    assert len(texts[0]) <= len(shown) - len(added)
    assert [one.at for one in made] == sorted(one.at for one in made)
    assert all(0 <= one.at <= one.at + one.added <= len(texts[-1]) for one in made)


@given(TEXTS)
def test_what_did_not_change_is_not_marked(texts: list[str]) -> None:
    assert changes([texts[0]] * 3) == ()


def test_a_number_is_struck_as_a_whole() -> None:
    assert changes(["当日共有17笔，金额120.50元。", "当日共有16笔，金额120.60元。"]) == (
        Change(4, "17", 2), Change(10, "120.50", 6),
    )  # fmt: skip


def test_words_corrected_twice_keep_both_earlier_versions() -> None:
    texts = ["由店长负责保管。", "由收银员负责保管。", "由药师负责保管。"]
    shown, _ = whole(texts[-1], changes(texts))
    assert all(words in shown for words in ("店长", "收银员", "药师"))


def test_only_what_was_read_counts_and_what_was_empty_was_not_read() -> None:
    def read(minute: int, **words: str) -> Reading:
        at = AT + dt.timedelta(minutes=minute)
        return Reading(str(minute), InspectionId("i"), "subject", "林", Heard.ALOUD, PersonId("p"), "周", at, words=words)

    told = versions([read(2, a="二", b=""), read(1, a="一", b=" "), read(3, a="二", c="三")])
    assert told == {"a": ("一", "二"), "c": ("三",)}
