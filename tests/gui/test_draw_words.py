"""The window says of a draw what is printed of it: in Chinese the same words, in English none of them."""

from dataclasses import fields

from app.core.draws import (
    DrawState,
    LeftOut,
    Missing,
    Source,
    SourceKind,
    Twice,
)
from app.core.places import Institution
from app.gui.screens.draw import words
from app.services import draw_words

OUT = [
    ("status", "closed"), ("status", "suspended"), ("status", "deregistered"), ("status", "ended"), ("status", "odd"),
    ("agreement", "suspended"), ("agreement", "ended"), ("licence", ""), ("licence", "2024-12-31"), ("apart", "chain"),
    ("apart", "place"), ("inactive", ""), ("third_party", ""), ("contract", "2026-01-01"), ("absent", "2026-01-01"),
    ("lock", "2026-01-01"), ("cap", "2"), ("odd", ""), ("dropped", "1号|"),
]  # fmt: skip
SHORT = [
    ("teams", 0, 0, 0),
    ("team", 0, 0, 0),
    ("inspector", 1, 2, 3),
    ("expert", 0, 0, 4),
    ("assistant", 0, 0, 0),
]


def out(code: str, detail: str) -> LeftOut:
    return LeftOut("甲", "乙", code, detail)


def short(role: str, load: int, home: int, interest: int) -> Missing:
    return Missing("甲", role, 3, 2, load, home, interest)


def test_in_chinese_the_window_says_what_is_printed() -> None:
    for one in OUT:
        assert words.why(out(*one)) == draw_words.why(out(*one))
    for line in SHORT:
        assert words.shortage(short(*line)) == draw_words.shortage(short(*line))
    for state in DrawState:
        assert words.state(state) == draw_words.STATES[state]
    assert [words.role(name) for name in words.ROLES] == [draw_words.ROLES[name] for name in words.ROLES]
    for kind in SourceKind:
        assert words.source(Source(kind, "红色")) == draw_words.source(Source(kind, "红色"))
    for joined in (True, False):
        one = Twice("甲", ("乙",), joined)
        assert words.visited(one) == draw_words.visited(one)


def test_in_english_the_window_says_no_chinese_of_a_draw(english: None) -> None:
    said = [words.why(LeftOut("a", "b", *one)) for one in OUT if one[0] != "dropped"]
    said += [words.shortage(Missing("a", role, 3, 2, *rest)) for role, *rest in SHORT]
    said += [words.state(state) for state in DrawState]
    said += [words.role(name) for name in words.ROLES]
    assert [one for one in said if not one.isascii()] == []


def test_every_field_of_an_institution_has_a_word_where_it_was_changed_between_two_draws() -> None:
    names = ",".join(one.name for one in fields(Institution) if one.name not in ("id", "batch"))
    assert "其后更改了名称、类型" in words.why(out("dropped", f"1号|{names}"))
