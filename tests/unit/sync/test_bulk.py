"""Lines of many new rows are the same bytes as lines written one by one."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol.bulk import NewRow, encode_new, fields_text
from sync.protocol.chain import DeviceKey, open_line
from sync.protocol.lines import GENESIS, BadLine, FieldEdit, Kind, Line, Scalar, encode, normal, op_hash

KEY = DeviceKey.from_seed(bytes(range(32)))
FIRST = Line(
    op="op-0", kind=Kind.SET, table="institution", row="row-0", scope="s:220600", fields=(FieldEdit("name", "x"),),
    author="p1", txn="op-0", replica="r1", n=7, prev=GENESIS, hlc=1 << 40, wall_ms=1_700_000_000_000, offset_ms=-12, schema=1,
)  # fmt: skip
_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30).map(normal)
_FIELDS = st.dictionaries(
    st.sampled_from(("name", "kind", "address", "paid_fen")),
    _TEXT | st.integers(-(1 << 62), 1 << 62) | st.booleans() | st.none(),
    min_size=1,
)


@given(st.lists(_FIELDS, max_size=6))
def test_each_line_is_what_encoding_it_alone_gives_and_continues_the_one_before(fields: list[dict[str, Scalar]]) -> None:
    rows = [NewRow(f"op-{at}", f"row-{at}", fields_text(one)) for at, one in enumerate(fields)]
    made = encode_new(FIRST, rows)
    prev = GENESIS
    signatures = KEY.sign_many([bytes.fromhex(op_hash) for _, op_hash in made])
    for at, ((data, hashed), sig, row, given_fields) in enumerate(zip(made, signatures, rows, fields, strict=True)):
        edits = tuple(FieldEdit(name, value) for name, value in given_fields.items())
        alone = dataclasses.replace(
            FIRST, op=row.op, row=row.row, fields=edits, n=FIRST.n + at, prev=prev, hlc=FIRST.hlc + at
        )
        assert data == encode(alone)
        assert hashed == op_hash(data)
        assert open_line(data, sig, KEY.public_hex).line.row == row.row
        prev = hashed


@pytest.mark.parametrize(
    ("op", "row", "fields"),
    [
        ("op 1", "row", {"name": "x"}),
        ("op", "", {"name": "x"}),
        ("op", "row", {}),
        ("op", "row", {"_deleted": False}),
        ("op", "row", {"名": "x"}),
        ("op", "row", {"name": 1.5}),
        ("op", "row", {"name": 1 << 63}),
        ("op", "row", {"name": "\ud800"}),
        ("op", "row", {"name": "x" * 300_000}),
    ],
)
def test_a_row_that_cannot_travel_is_refused_as_if_it_came_alone(op: str, row: str, fields: dict[str, Scalar]) -> None:
    with pytest.raises(BadLine):
        encode_new(FIRST, [NewRow(op, row, fields_text(fields))])
