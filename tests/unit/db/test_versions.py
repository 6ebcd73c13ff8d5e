"""Which line set each field: one short text for nearly every row, and never two texts for the same."""

from hypothesis import given
from hypothesis import strategies as st

from app.db import versions
from sync.protocol.lines import DELETED

_FIELDS = ("name", "kind", "level", "phone")
_LINES = st.sampled_from(["0198a1b2-0000-7000-8000-000000000001", "r2:7", "x"])
_VALUES = st.fixed_dictionaries(dict.fromkeys(_FIELDS, st.sampled_from([None, "", 0, "甲"])))


@given(st.dictionaries(st.sampled_from((*_FIELDS, DELETED)), _LINES), _VALUES)
def test_what_is_read_is_what_was_written(lines: dict[str, str], values: dict[str, object]) -> None:
    text = versions.to_text(lines, values)
    assert versions.from_text(text, values) == lines
    assert versions.named(text) == set(lines.values())


def test_a_row_of_one_line_names_it_once() -> None:
    assert versions.to_text({"name": "x", "phone": "x"}, {"name": "甲", "phone": 0, "level": None}) == "x"


def test_an_emptied_field_and_a_removal_are_told_apart_from_fields_that_never_were() -> None:
    emptied = versions.to_text({"name": "x", "phone": "x"}, {"name": "甲", "phone": None})
    assert versions.from_text(emptied, {"name": "甲", "phone": None}) == {"name": "x", "phone": "x"}
    removed = versions.to_text({"name": "x", DELETED: "x"}, {"name": "甲"})
    assert versions.from_text(removed, {"name": "甲"}) == {"name": "x", DELETED: "x"}
