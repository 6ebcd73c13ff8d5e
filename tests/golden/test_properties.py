"""What the fold keeps for any feed at all, also for feeds that no client would write."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.protocol import hlc
from sync.protocol.fold import Cell, Entry, fold, row_version
from sync.protocol.lines import CONFLICT, DELETED, GENESIS, VOID, FieldEdit, Kind, Line, Scalar
from tests.golden.cases import FIELD_KINDS
from tests.golden.outcomes import lost, outcome
from tests.unit.sync.kit import MemoryFold

ROWS, FIELDS = ("x", "y"), ("f", "g")
VALUES = sorted((value for values in FIELD_KINDS.values() for value in values), key=repr)  # 1 and true are two
KINDS = (*[Kind.SET] * 6, Kind.RESOLVE, Kind.RESOLVE, Kind.DELETE, Kind.SIGN, Kind.VOID, Kind.APPEND, Kind.CUSTODY)


@dataclass(frozen=True, slots=True)
class Wish:
    """What one line is to do; numbers choose among what is there by then."""

    kind: Kind
    row: str
    puts: tuple[tuple[str, Scalar], ...]
    base: int
    which: int
    clock: int
    arrived: int


wishes = st.lists(
    st.builds(
        Wish,
        st.sampled_from(KINDS),
        st.sampled_from(ROWS),
        st.lists(st.tuples(st.sampled_from(FIELDS), st.sampled_from(VALUES)), min_size=1, max_size=2, unique_by=lambda one: one[0]).map(
            tuple
        ),
        st.integers(0, 6),
        st.integers(0, 9),
        st.integers(0, 40),
        st.integers(0, 3),
    ),
    max_size=24,
)


def feed_of(wanted: Sequence[Wish]) -> tuple[Entry, ...]:
    """Return lines that may name any earlier line as what they saw, or none."""
    store, effs, now = MemoryFold(), dict[str, int](), 0
    wrote: dict[tuple[str, str], list[str]] = {}
    feed: list[Entry] = []
    for number, wish in enumerate(wanted):
        now += wish.arrived
        line = _line(f"op{number:02}", wish, store, wrote)
        eff = hlc.effective(line.hlc, now, (effs[edit.base] for edit in line.fields if edit.base in effs))
        effs[line.op] = eff
        for edit in line.fields:
            wrote.setdefault((line.row, edit.name), []).append(line.op)
        feed.append(Entry(len(feed) + 1, line, eff))
        fold(store, feed[-1])
    return tuple(feed)


def _line(op: str, wish: Wish, store: MemoryFold, wrote: dict[tuple[str, str], list[str]]) -> Line:
    row, kind = wish.row, wish.kind

    def seen(field: str) -> str | None:
        ops = wrote.get((row, field), [])
        return ops[-wish.base] if 0 < wish.base <= len(ops) else None

    edits = tuple(FieldEdit(field, value, seen(field)) for field, value in wish.puts)
    match kind:
        case Kind.DELETE:
            stands = {name: cell.op for name, cell in store.cells("t", row).items()}
            edits = (FieldEdit(DELETED, True, row_version(stands if wish.which < 8 else {})),)
        case Kind.VOID:
            edits = (FieldEdit(VOID, op),)
        case Kind.SIGN if wish.which < 8:  # as a client does it: everything that stands; else whatever the line claims
            edits = tuple(FieldEdit(name, cell.value, cell.op) for name, cell in store.cells("t", row).items())
        case Kind.RESOLVE:
            names = list(store.conflicts) or ["none"]
            decided = edits[:1] if wish.which % 2 else ()
            edits = (FieldEdit(CONFLICT, names[wish.which % len(names)]), *decided)
        case Kind.APPEND:
            row = row if wish.which == 0 else f"{row}-{op}"
            edits = tuple(FieldEdit(field, value) for field, value in wish.puts)
        case _:
            pass
    return Line(op, kind, "t", row, "s:1", edits, "u", op, "rep", 1, GENESIS, wish.clock << 16, 0, None, 1)


@settings(max_examples=150)
@given(wishes, st.data())
def test_a_feed_folds_to_the_same_wherever_it_is_cut(wanted: list[Wish], data: st.DataObject) -> None:
    feed = feed_of(wanted)
    whole, parts = outcome(feed).store, MemoryFold()
    cuts = sorted(data.draw(st.sets(st.integers(0, len(feed)))) | {0, len(feed)})
    for start, end in itertools.pairwise(cuts):
        again = data.draw(st.integers(0, end))  # a late or doubled delivery of any suffix of what is there
        for entry in (*feed[start:end], *feed[again:end]):
            fold(parts, entry)
    assert parts.dump() == whole.dump()


@settings(max_examples=150)
@given(wishes)
def test_no_feed_loses_a_value_silently(wanted: list[Wish]) -> None:
    found = outcome(feed_of(wanted))
    assert lost(found.feed, found.verdicts, found.store) == []


@settings(max_examples=150)
@given(wishes)
def test_nothing_changes_a_signed_row(wanted: list[Wish]) -> None:
    store = MemoryFold()
    signed: dict[str, dict[str, Cell]] = {}
    for entry in feed_of(wanted):
        fold(store, entry)
        for row, cells in signed.items():
            assert dict(store.cells("t", row)) == cells
        state = store.row("t", entry.line.row)
        if state is not None and state.locked_by is not None:
            signed.setdefault(state.row, dict(store.cells("t", state.row)))


@settings(max_examples=150)
@given(wishes)
def test_a_decision_made_again_changes_nothing_more(wanted: list[Wish]) -> None:
    feed = feed_of(wanted)
    store = outcome(feed).store
    for number, conflict in enumerate(list(store.conflicts.values()), len(feed) + 1):
        close = FieldEdit(CONFLICT, conflict.id)
        once = Line(
            f"again{number}", Kind.RESOLVE, conflict.table, conflict.row, conflict.scope, (close,), "u", "x", "rep", 1, GENESIS,
            0, 0, None, 1,
        )  # fmt: skip
        by = store.resolved.get(conflict.id, once.op)
        _, cells, _, _ = store.dump()
        for seq in (number * 100, number * 100 + 1):
            fold(store, Entry(seq, once, 1))
        assert store.resolved[conflict.id] == by
        assert store.dump()[1] == cells
