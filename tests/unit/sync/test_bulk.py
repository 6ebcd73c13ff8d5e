"""Lines of new rows are the same bytes as encoding them field by field gives."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol.bulk import NewRow, encode_new, fields_text
from sync.protocol.lines import (
    GENESIS,
    MAX_ROWS,
    ROWS,
    BadLine,
    FieldEdit,
    Kind,
    Line,
    Scalar,
    encode,
    normal,
    parse,
    singly,
)

LINE = Line(
    op="op-0", kind=Kind.CREATE, table="institution", row=ROWS, scope="s:220600", fields=(),
    author="p1", txn="op-0", replica="r1", n=7, prev=GENESIS, hlc=1 << 40, wall_ms=1_700_000_000_000, offset_ms=-12, schema=1,
)  # fmt: skip
_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30).map(normal)
_FIELDS = st.dictionaries(
    st.sampled_from(("name", "kind", "address", "paid_fen")),
    _TEXT | st.integers(-(1 << 62), 1 << 62) | st.booleans() | st.none(),
    min_size=1,
)
_ROWS = st.dictionaries(st.text("abcXYZ019-", min_size=1, max_size=5).filter(lambda text: text[0] != "-"), _FIELDS, max_size=6)


@given(_ROWS.filter(lambda rows: len(rows) > 1))
def test_several_rows_are_what_encoding_the_line_gives_and_are_read_again(rows: dict[str, dict[str, Scalar]]) -> None:
    data = encode_new(LINE, [NewRow(row, fields_text(fields)) for row, fields in rows.items()])
    line = dataclasses.replace(LINE, rows=tuple(rows.items()))
    assert data == encode(line)
    read = parse(data)
    assert {row: dict(fields) for row, fields in read.rows} == rows
    assert set(read.keys) == {("institution", row) for row in rows}
    assert {one.row: {edit.name: edit.value for edit in one.fields} for one in singly(read)} == rows


@given(_FIELDS)
def test_one_row_is_a_set_as_it_would_be_alone(fields: dict[str, Scalar]) -> None:
    edits = tuple(FieldEdit(name, value) for name, value in fields.items())
    alone = dataclasses.replace(LINE, kind=Kind.SET, row="row-0", fields=edits)
    assert encode_new(LINE, [NewRow("row-0", fields_text(fields))]) == encode(alone)


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ("", {"name": "x"}),
        ("a b", {"name": "x"}),
        ("row", {}),
        ("row", {"_deleted": False}),
        ("row", {"名": "x"}),
        ("row", {"name": 1.5}),
        ("row", {"name": 1 << 63}),
        ("row", {"name": "\ud800"}),
        ("row", {"name": "x" * 300_000}),
    ],
)
@pytest.mark.parametrize("beside", [(), (("other", {"name": "y"}),)])
def test_a_row_that_cannot_travel_is_refused_alone_and_among_others(
    row: str, fields: dict[str, Scalar], beside: tuple[tuple[str, dict[str, Scalar]], ...]
) -> None:
    rows = ((row, fields), *beside)
    with pytest.raises(BadLine):
        encode_new(LINE, [NewRow(row, fields_text(fields)) for row, fields in rows])
    if beside:
        with pytest.raises(BadLine):
            encode(dataclasses.replace(LINE, rows=rows))


def _refused(data: bytes) -> str:
    with pytest.raises(BadLine) as problem:
        parse(data)
    return str(problem.value.params["reason"])


def test_what_no_program_writes_of_several_rows_is_refused() -> None:
    good = encode(dataclasses.replace(LINE, rows=(("a", {"name": "x"}), ("b", {"name": "y"}))))
    assert parse(good).row == ROWS
    one = encode(dataclasses.replace(LINE, kind=Kind.SET, row="a", fields=(FieldEdit("name", "x"),)))
    assert _refused(good.replace(b',"b":{"name":"y"}', b"")) == "fields"  # one row is a `set`
    assert _refused(good.replace(b'"r":"*"', b'"r":"a"')) == "fields"
    assert _refused(one.replace(b'"r":"a"', b'"r":"*"')) == "id"
    assert _refused(good.replace(b'{"name":"y"}', b"{}")) == "fields"
    assert _refused(good.replace(b'{"name":"y"}', b'"y"')) == "shape"
    assert _refused(good.replace(b'"y"', b'{"b":"op-1","v":"y"}')) == "value"
    assert _refused(good.replace(b'"y"', b"1.5")) == "value"
    assert _refused(good.replace(b'"y"', b"9223372036854775808")) == "value"
    assert _refused(good.replace(b'"b":{', b'"a":{')) == "fields"  # named twice: the last one is read, and one row is left
    assert _refused(good.replace(b'"a":{"name":"x"},"b":{"name":"y"}', b'"b":{"name":"y"},"a":{"name":"x"}')) == "not_canonical"
    assert _refused(good.replace(b'"y"', "\"e\u0301\"".encode())) == "not_canonical"
    assert _refused(good.replace(b'{"name":"y"}', b'{"_void":"y"}')) == "fields"
    many = tuple((f"r{at}", {"name": "x"}) for at in range(MAX_ROWS + 1))
    with pytest.raises(BadLine):
        encode(dataclasses.replace(LINE, rows=many))
