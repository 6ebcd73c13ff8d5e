"""The text of a row's cells, which is stored, hashed and sent."""

import json
from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sync.protocol import cells, digests, lines
from sync.protocol.fold import Cell, Entry, RowState, fold
from sync.protocol.gathered import Gathered, Kept, Key
from sync.protocol.lines import DELETED, FieldEdit, Kind, Line
from sync.server.ops.layers import MemoryLayer
from tests.unit.sync.test_sync_lines import ids, scalars

rows = st.dictionaries(
    st.sampled_from(["state", "note", "_deleted", "a.b", "量"]),
    st.builds(Cell, scalars.map(lines.normal), st.integers(0, 2**62), st.sampled_from(["op-1", "op-2"])),
)


@given(rows)
def test_what_is_read_is_what_was_written(given_cells: dict[str, Cell]) -> None:
    read = cells.from_text(cells.to_text(given_cells))
    assert {name: (cell.val, cell.hlc, cell.op) for name, cell in read.items()} == {
        name: (cell.val, cell.hlc, cell.op) for name, cell in given_cells.items()
    }


@given(rows)
def test_the_text_does_not_depend_on_the_order_in_which_cells_came(given_cells: dict[str, Cell]) -> None:
    names = sorted(given_cells, reverse=True)
    assert cells.to_text({name: given_cells[name] for name in names}) == cells.to_text(given_cells)


def test_one_and_true_are_two_texts() -> None:
    one, true = (cells.to_text({"x": Cell(value, 1, "op")}) for value in (1, True))
    assert one != true
    state = RowState("t", "r", "s:1")
    assert digests.of_row(Kept(state, one)) != digests.of_row(Kept(state, true))


def test_the_text_names_each_line_once() -> None:
    text = cells.to_text({"b": Cell("二", 7, "op-1"), "a": Cell(None, 7, "op-1"), "c": Cell(False, 5, "op-0")})
    assert json.loads(text) == [["op-0", 5, {"c": False}], ["op-1", 7, {"a": None, "b": "二"}]]
    assert text == '[["op-0",5,{"c":false}],["op-1",7,{"a":null,"b":"二"}]]'


@given(st.builds(Kept, st.builds(RowState, ids, ids, ids, st.integers(0, 99)), rows.map(cells.to_text)))
def test_a_row_counts_into_a_digest_by_everything_it_says(row: Kept) -> None:
    other = Kept(row.state, row.cells.replace("[", "[ ", 1))
    assert digests.of_row(row) == digests.of_row(Kept(row.state, row.cells)) != digests.of_row(other)
    assert digests.of_row(None) == digests.EMPTY


class _Layer(Gathered):
    """A layer that nothing stands behind."""

    def _load(self, keys: list[Key]) -> Iterable[Kept]:
        return ()


_FIRST = Line(
    op="o", kind=Kind.SET, table="t", row="r", scope="s:1", fields=(), author="a", txn="x", replica="p", n=1,
    prev=lines.GENESIS, hlc=1, wall_ms=1, offset_ms=None, schema=1,
)  # fmt: skip
_bases = st.sampled_from([None, None, "op-0", "op-1"])
_edits = st.lists(
    st.builds(FieldEdit, st.sampled_from(["a", "b"]), st.integers(0, 2), _bases), min_size=1, max_size=2,
    unique_by=lambda one: one.name,
)  # fmt: skip
_lines = st.one_of(
    st.builds(lambda kind, edits: (kind, tuple(edits)), st.sampled_from([Kind.SET, Kind.APPEND, Kind.SIGN]), _edits),
    st.just((Kind.DELETE, (FieldEdit(DELETED, True),))), st.just((Kind.SET, (FieldEdit(DELETED, False),))),
)  # fmt: skip


@given(st.lists(st.tuples(_lines, st.sampled_from(["r", "q"]), st.booleans(), st.booleans()), max_size=8))
def test_rows_that_are_gathered_are_those_that_go_cell_by_cell(
    told: list[tuple[tuple[Kind, tuple[FieldEdit, ...]], str, bool, bool]],
) -> None:
    gathered, layer, written = _Layer(), MemoryLayer(), dict[Key, Kept]()
    for at, ((kind, edits), row, is_asked_for, is_written) in enumerate(told):
        entry = Entry(at + 1, replace(_FIRST, op=f"op-{at}", row=row, kind=kind, fields=edits), at + 1)
        if is_asked_for:  # as a rule about moves does
            gathered.cells("t", row)
        assert fold(gathered, entry) == fold(layer, entry)
        shown = {name: (cell.value, cell.op) for name, cell in layer.cells("t", row).items()}
        assert gathered.values("t", row) == shown
        if is_written:
            written |= {(now.state.table, now.state.row): now for _, now in gathered._take_rows()}
    written |= {(now.state.table, now.state.row): now for _, now in gathered._take_rows()}
    assert written == {key: layer.kept(*key) for key in layer.rows}
