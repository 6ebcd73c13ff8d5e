"""The door to YAML keeps texts as texts and names every trick it refuses."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists import loader
from checklists.errors import TemplateBroken
from checklists.loader import Listing, Scalar, Table


def texts(text: str) -> dict[str, str]:
    top, faults = loader.parse(text, "file")
    assert faults == ()
    return {name: node.text for name, node in top.fields.items() if isinstance(node, Scalar)}


def codes(text: str) -> list[str]:
    try:
        return [fault.code for fault in loader.parse(text, "file")[1]]
    except TemplateBroken as error:
        return [fault.code for fault in error.faults]


def test_every_scalar_stays_the_text_that_was_written() -> None:
    written = "a: no\nb: 1.10\nc: 012\nd: 2026-03-01\ne: null\nf: ~\ng: 1e3\nh: true\ni: 0x1F\nj: 12:30\n"
    assert texts(written) == {
        "a": "no", "b": "1.10", "c": "012", "d": "2026-03-01", "e": "null", "f": "~", "g": "1e3", "h": "true",
        "i": "0x1F", "j": "12:30",
    }  # fmt: skip


def test_nodes_know_their_lines() -> None:
    top, _ = loader.parse("a: 1\nb:\n  - x\n  - y: 2\n", "file")
    listing = top.fields["b"]
    assert isinstance(listing, Listing)
    assert [part.line for part in listing.parts] == [3, 4]
    assert top.lines == {"a": 1, "b": 2}


def test_a_duplicate_key_is_named_with_its_line_and_the_first_value_stays() -> None:
    top, faults = loader.parse("a: 1\nb: 2\na: 3\n", "file")
    assert [(fault.code, fault.line, fault.detail) for fault in faults] == [("checklist.duplicate_key", 3, "a")]
    assert isinstance(top.fields["a"], Scalar)
    assert top.fields["a"].text == "1"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x 1\nb: *x\n", "checklist.anchor"),
        ("a: !!python/object:os.system x\n", "checklist.tag"),
        ("a: !!int 1\n", "checklist.tag"),
        ("? [a]\n: 1\n", "checklist.key_not_text"),
        ("a: 1\n---\nb: 2\n", "checklist.several_documents"),
        ("- a\n", "checklist.not_a_mapping"),
        ("", "checklist.not_a_mapping"),
        ("a: [1\n", "checklist.syntax"),
        ("a: \x00\n", "checklist.syntax"),
        ("a: " + "[" * 40 + "]" * 40, "checklist.too_deep"),
    ],
)
def test_what_is_refused_is_named(text: str, code: str) -> None:
    assert code in codes(text)


def test_an_alias_bomb_stays_small() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(50))
    assert "checklist.alias" in codes(bomb)


def test_reading_may_stop_before_a_top_level_key() -> None:
    top, _ = loader.parse("a: 1\nb: {stop: 1}\nstop: [", "file", stop_before="stop")
    assert isinstance(top, Table)
    assert sorted(top.fields) == ["a", "b"]


def test_the_digest_does_not_depend_on_newlines() -> None:
    assert loader.digest(b"a: 1\r\nb: 2\r\n") == loader.digest(b"a: 1\nb: 2\n") != loader.digest(b"a: 1\nb: 3\n")


def test_bytes_that_are_no_utf_8_are_refused_with_their_line() -> None:
    with pytest.raises(TemplateBroken) as caught:
        loader.decode("a: 1\nb: 中".encode("gbk"), "file")
    assert caught.value.code == "checklist.not_utf8"
    assert caught.value.params["line"] == 2


def test_an_oversized_file_is_not_even_parsed() -> None:
    with pytest.raises(TemplateBroken, match="too_large"):
        loader.decode(b"a" * (loader.MAX_BYTES + 1), "file")


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_fail_otherwise_than_with_its_own_error(text: str) -> None:
    codes(text)


printable = st.text(st.characters(categories=["L", "N", "P", "S"], max_codepoint=0xFFFF), max_size=30)


@given(st.dictionaries(printable.filter(bool), printable, min_size=1, max_size=6))
def test_any_mapping_of_quoted_texts_comes_back_as_written(mapping: dict[str, str]) -> None:
    assert texts(json.dumps(mapping, ensure_ascii=False)) == mapping
