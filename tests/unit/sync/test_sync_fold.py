"""The fold: equal everywhere, and nothing lost silently."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.protocol import hlc
from sync.protocol.fold import Entry, Reason, Status, conflict_id, fold, fold_all, row_version
from sync.protocol.lines import CONFLICT, DELETED, GENESIS, ROWS, VOID, FieldEdit, Kind, Line, Scalar, singly
from tests.unit.sync.kit import MemoryFold


def line(op: str, kind: Kind, *fields: FieldEdit, row: str = "r") -> Line:
    return Line(op, kind, "t", row, "s:1", fields, "u", "x", "rep", 1, GENESIS, 0, 0, None, 1)


def edit(name: str, value: Scalar, base: str | None = None) -> FieldEdit:
    return FieldEdit(name, value, base)


def folded(*entries: tuple[Line, int]) -> MemoryFold:
    store = MemoryFold()
    for seq, (one, eff) in enumerate(entries, 1):
        fold(store, Entry(seq, one, eff))
    return store


def test_an_edit_that_names_what_it_saw_replaces_it() -> None:
    store = folded((line("a", Kind.SET, edit("f", 1)), 9), (line("b", Kind.SET, edit("f", 2, "a")), 10))
    assert store.value("t", "r", "f") == 2
    assert store.conflicts == {}


def test_of_two_blind_edits_the_later_clock_wins_and_the_other_is_kept() -> None:
    store = folded((line("a", Kind.SET, edit("f", 1)), 9), (line("b", Kind.SET, edit("f", 2)), 5))
    assert store.value("t", "r", "f") == 1
    kept = store.conflicts[conflict_id("b", "r", "f")]
    assert (kept.winner_op, kept.loser_val, kept.reason) == ("a", "2", Reason.CONCURRENT)


def test_the_same_decision_twice_is_no_conflict() -> None:
    store = folded((line("a", Kind.SET, edit("f", 1)), 9), (line("b", Kind.SET, edit("f", 1)), 10))
    assert store.conflicts == {}
    assert store.cells("t", "r")["f"].op == "b"


def test_fields_of_one_row_do_not_disturb_one_another() -> None:
    store = folded((line("a", Kind.SET, edit("f", 1)), 9), (line("b", Kind.SET, edit("g", 2)), 5))
    assert (store.value("t", "r", "f"), store.value("t", "r", "g")) == (1, 2)


def test_what_a_row_was_inserted_with_is_changed_by_nobody() -> None:
    store = folded(
        (line("a", Kind.APPEND, edit("sha256", "true"), edit("n", 1)), 9),
        (line("b", Kind.SET, edit("sha256", "false", "a"), edit("caption", "shelf")), 10),
        (line("c", Kind.RESOLVE, edit(CONFLICT, "x"), edit("n", 2, "a")), 11),
        (line("s", Kind.SIGN, edit("sha256", "false", "a")), 12),
    )
    assert {name: store.value("t", "r", name) for name in ("sha256", "n")} == {"sha256": "true", "n": 1}
    assert "caption" not in store.cells("t", "r")


def test_a_change_of_what_was_inserted_is_rejected_and_says_so() -> None:
    store = folded((line("a", Kind.APPEND, edit("f", 1)), 9))
    verdict = fold(store, Entry(2, line("b", Kind.SET, edit("f", 2, "a")), 10))
    assert (verdict.status, verdict.reason) == (Status.REJECTED, "fixed")


def test_a_refused_field_is_told_also_where_another_one_of_the_line_is_in_conflict() -> None:
    store = folded((line("a", Kind.APPEND, edit("f", 1)), 1), (line("b", Kind.SET, edit("g", 1)), 2))
    verdict = fold(store, Entry(3, line("c", Kind.SET, edit("f", 2), edit("g", 2)), 3))
    assert (verdict.status, verdict.reason) == (Status.REJECTED, "fixed")


def test_a_run_of_offline_edits_leaves_one_conflict_not_one_per_edit() -> None:
    store = folded(
        (line("b", Kind.SET, edit("f", "theirs")), 100),
        (line("a1", Kind.SET, edit("f", "mine 1")), 10),
        (line("a2", Kind.SET, edit("f", "mine 2", "a1")), 11),
        (line("a3", Kind.SET, edit("f", "mine 3", "a2")), 12),
    )
    open_ones = [one.loser_val for key, one in store.conflicts.items() if key not in store.resolved]
    assert open_ones == ['"mine 3"']


def test_a_signature_keeps_what_was_signed_and_sets_the_rest_aside() -> None:
    store = folded(
        (line("a", Kind.SET, edit("f", "old"), edit("g", "g")), 1),
        (line("b", Kind.SET, edit("f", "new", "a")), 2),
        (line("c", Kind.SET, edit("h", "unseen")), 3),
        (line("s", Kind.SIGN, edit("f", "old", "a"), edit("g", "g", "a")), 4),
        (line("d", Kind.SET, edit("f", "late", "a")), 5),
    )
    assert {name: cell.value for name, cell in store.cells("t", "r").items()} == {"f": "old", "g": "g"}
    assert {one.loser_val: one.reason for one in store.conflicts.values()} == {
        '"new"': Reason.EXCLUDED_BY_SIGNATURE,
        '"unseen"': Reason.EXCLUDED_BY_SIGNATURE,
        '"late"': Reason.LATE_AFTER_SIGNATURE,
    }
    assert store.rows["t", "r"].locked_by == "s"


def test_the_second_signature_stands_in_a_conflict() -> None:
    store = folded(
        (line("a", Kind.SET, edit("f", 1)), 1),
        (line("s1", Kind.SIGN, edit("f", 1, "a")), 2),
        (line("s2", Kind.SIGN, edit("f", 1, "a")), 3),
    )
    assert store.rows["t", "r"].locked_by == "s1"
    assert [one.reason for one in store.conflicts.values()] == [Reason.DOUBLE_SIGN]


def test_an_edit_brings_a_deleted_row_back_visibly() -> None:
    store = folded(
        (line("a", Kind.SET, edit("f", 1)), 1),
        (line("d", Kind.DELETE, edit(DELETED, True, row_version({"f": "a"}))), 3),
        (line("b", Kind.SET, edit("f", 2, "a")), 2),
    )
    assert store.value("t", "r", DELETED) is False
    assert [one.reason for one in store.conflicts.values()] == [Reason.EDIT_VS_DELETE]


def test_a_removal_that_did_not_know_an_edit_does_not_hide_it() -> None:
    store = folded(
        (line("a", Kind.SET, edit("f", 1)), 1),
        (line("b", Kind.SET, edit("f", 2, "a")), 2),
        (line("d", Kind.DELETE, edit(DELETED, True, row_version({"f": "a"}))), 3),
    )
    assert DELETED not in store.cells("t", "r")
    assert [(one.reason, one.loser_op, one.winner_op) for one in store.conflicts.values()] == [(Reason.EDIT_VS_DELETE, "d", "b")]


def test_a_removal_that_did_not_know_that_the_row_had_come_back_does_not_hide_it() -> None:
    twice = folded(
        (line("a", Kind.SET, edit("f", 1)), 1),
        (line("d", Kind.DELETE, edit(DELETED, True, row_version({"f": "a"}))), 2),
        (line("x", Kind.SET, edit(DELETED, False, "d")), 3),
        (line("e", Kind.DELETE, edit(DELETED, True, row_version({"f": "a"}))), 4),
    )
    assert twice.value("t", "r", DELETED) is False
    assert [(one.reason, one.loser_op) for one in twice.conflicts.values()] == [(Reason.EDIT_VS_DELETE, "e")]
    knowing = row_version({"f": "a", DELETED: "x"})
    again = folded(
        (line("a", Kind.SET, edit("f", 1)), 1),
        (line("d", Kind.DELETE, edit(DELETED, True, row_version({"f": "a"}))), 2),
        (line("x", Kind.SET, edit(DELETED, False, "d")), 3),
        (line("e", Kind.DELETE, edit(DELETED, True, knowing)), 4),
    )
    assert again.value("t", "r", DELETED) is True
    assert again.conflicts == {}


def test_evidence_is_voided_once_with_its_reason_and_stays() -> None:
    store = folded(
        (line("a", Kind.APPEND, edit("sha256", "x")), 1),
        (line("v", Kind.VOID, edit(VOID, "重复拍摄")), 2),
        (line("w", Kind.VOID, edit(VOID, "别的")), 3),
    )
    assert store.value("t", "r", "sha256") == "x"
    assert (store.rows["t", "r"].voided_by, store.rows["t", "r"].void_reason) == ("v", "重复拍摄")


def test_a_resolution_closes_the_conflict_and_may_decide() -> None:
    store = folded(
        (line("a", Kind.SET, edit("f", 1)), 1),
        (line("b", Kind.SET, edit("f", 2)), 2),
        (line("z", Kind.RESOLVE, edit(CONFLICT, conflict_id("a", "r", "f")), edit("f", 3, "b")), 3),
    )
    assert store.value("t", "r", "f") == 3
    assert store.resolved == {conflict_id("a", "r", "f"): "z"}


def test_a_row_id_appended_twice_keeps_the_first() -> None:
    store = folded((line("a", Kind.APPEND, edit("f", 1)), 1))
    assert fold(store, Entry(2, line("b", Kind.APPEND, edit("f", 2)), 5)).status is Status.REJECTED
    assert store.value("t", "r", "f") == 1


class Device:
    """A writer that has read some prefix of the feed and has own edits on top, like a laptop offline."""

    def __init__(self, name: str) -> None:
        self.name, self.store, self.read, self.last = name, MemoryFold(), 0, 0
        self.base: dict[tuple[str, str], str] = {}
        self.out: list[Line] = []

    def pull(self, feed: list[Entry], upto: int) -> None:
        for entry in feed[self.read : upto]:
            fold(self.store, entry)
            self.last = hlc.observe(self.last, entry.eff)
        self.read = max(self.read, upto)
        mine = {(one.row, change.name) for one in self.out for change in one.fields}
        for (_, row), cells in self.store.cell_map.items():
            self.base.update(
                {(row, name): cell.op for name, cell in cells.items() if (row, name) not in mine}
            )

    def write(self, chance: random.Random, number: int) -> None:
        op, row, name = f"{self.name}{number:03}", chance.choice("xy"), chance.choice("pq")
        kind = chance.choices(
            [Kind.SET, Kind.DELETE, Kind.SIGN, Kind.VOID, Kind.APPEND, Kind.RESOLVE], [12, 1, 1, 1, 1, 2]
        )[0]
        seen = self.store.cells("t", row)
        conflicts = sorted(one.id for one in self.store.conflicts.values() if one.row == row)
        match kind:
            case Kind.DELETE:
                known = {field: base for (of, field), base in self.base.items() if of == row}
                fields: tuple[FieldEdit, ...] = (edit(DELETED, True, row_version(known)),)
            case Kind.SIGN:
                fields = tuple(edit(field, cell.value, cell.op) for field, cell in seen.items())
            case Kind.VOID:
                fields = (edit(VOID, op),)
            case Kind.RESOLVE if conflicts:
                fields = (edit(CONFLICT, chance.choice(conflicts)),)
            case Kind.APPEND:
                row, fields = f"{op}-new", (edit(name, 1),)
            case _:
                kind, fields = Kind.SET, (edit(name, chance.randint(0, 3), self.base.get((row, name))),)
        self.last = hlc.tick(self.last, chance.randint(0, 200))
        self.out.append(replace(line(op, kind, *fields, row=row), hlc=self.last))
        self.base.update({(row, change.name): op for change in fields})


@settings(max_examples=150)
@given(st.integers(0, 2**32), st.integers(2, 4), st.integers(5, 60))
def test_any_order_of_delivery_gives_the_same_state_and_loses_no_value(
    seed: int, count: int, steps: int
) -> None:
    chance = random.Random(seed)
    devices = [Device("abcd"[number]) for number in range(count)]
    server, feed, effs = MemoryFold(), list[Entry](), dict[str, int]()

    def push(device: Device, most: int) -> None:
        for one in device.out[:most]:
            named = [effs[change.base] for change in one.fields if change.base in effs]
            entry = Entry(len(feed) + 1, one, hlc.effective(one.hlc, chance.randint(0, 200), named))
            effs[one.op] = entry.eff
            fold(server, entry)
            feed.append(entry)
        del device.out[:most]

    for number in range(steps):
        device = chance.choice(devices)
        match chance.randint(0, 3):
            case 0 | 1:
                device.write(chance, number)
            case 2:
                push(device, chance.randint(1, 5))
            case _:
                device.pull(feed, chance.randint(device.read, len(feed)) if len(feed) > device.read else 0)
    for device in devices:
        push(device, len(device.out))
    signed: dict[str, object] = {}
    again = MemoryFold()
    for entry in feed:
        fold(again, entry)
        if chance.random() < 0.3:  # late and doubled deliveries change nothing
            for old in feed[: entry.seq]:
                fold(again, old)
        for (_, row), state in again.rows.items():
            if state.locked_by is not None:
                values = {name: cell.val for name, cell in again.cells("t", row).items()}
                assert signed.setdefault(row, values) == values
    for device in devices:
        device.pull(feed, len(feed))
        assert device.store.dump() == server.dump()
    assert again.dump() == server.dump()
    _nothing_is_lost(server, feed)


def _nothing_is_lost(store: MemoryFold, feed: list[Entry]) -> None:
    named = {(entry.line.row, change.name, change.base) for entry in feed for change in entry.line.fields}
    filed = {(one.row, one.field, one.loser_op) for one in store.conflicts.values()}
    for entry in feed:
        one = entry.line
        if one.kind is not Kind.SET:
            continue
        for change in one.fields:
            where = (one.row, change.name)
            cell = store.cells("t", one.row).get(change.name)
            same_value = any(
                other.line.op != one.op and other.line.row == one.row and (again := other.line.field(change.name))
                and again.value == change.value
                for other in feed
            )  # fmt: skip
            assert (
                (cell is not None and cell.op == one.op) or (*where, one.op) in named or (*where, one.op) in filed or same_value
            )  # fmt: skip


_ROWS_MADE = st.dictionaries(st.sampled_from("abcd"), st.dictionaries(st.sampled_from("fg"), st.integers(0, 2), min_size=1), min_size=2)
_BEFORE = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from((Kind.SET, Kind.APPEND, Kind.SIGN, Kind.VOID, Kind.DELETE)), st.integers(0, 2)),
    max_size=6,
)


def _earlier(op: str, row: str, kind: Kind, value: int) -> Line:
    fields = {
        Kind.VOID: edit(VOID, "x"), Kind.DELETE: edit(DELETED, True, row_version({})), Kind.SIGN: edit("f", value),
    }.get(kind, edit("f", value))  # fmt: skip
    return line(op, kind, fields, row=row)


@given(rows=_ROWS_MADE, before=_BEFORE, eff=st.integers(0, 20))
def test_rows_made_at_once_fold_as_lines_of_one_row_each_would(
    rows: dict[str, dict[str, Scalar]], before: list[tuple[str, Kind, int]], eff: int
) -> None:
    made = replace(line("zz", Kind.CREATE, row=ROWS), rows=tuple(rows.items()))
    earlier = [(_earlier(f"o{at}", row, kind, value), at) for at, (row, kind, value) in enumerate(before)]
    at_once, singles = folded(*earlier), folded(*earlier)
    verdict = fold(at_once, Entry(50, made, eff))
    alone = fold_all(singles, 50, singly(made), eff)
    assert verdict == alone
    assert vars(at_once) == vars(singles)
    again = fold(at_once, Entry(50, made, eff))
    assert (again.status, again.reason) == (Status.APPLIED, "seen")
    assert vars(at_once) == vars(singles)


def test_a_line_that_loses_in_two_rows_stands_in_two_conflicts() -> None:
    there = [(line(f"a{row}", Kind.SET, edit("f", 1), row=row), 9) for row in "xy"]
    made = replace(line("b", Kind.CREATE, row=ROWS), rows=(("x", {"f": 2}), ("y", {"f": 2}), ("z", {"f": 2})))
    store = folded(*there)
    assert fold(store, Entry(3, made, 5)).status is Status.CONFLICT
    assert {one.row: one.loser_op for one in store.conflicts.values()} == {"x": "b", "y": "b"}
    assert [store.value("t", row, "f") for row in "xyz"] == [1, 1, 2]
