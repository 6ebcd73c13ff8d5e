"""Lines that may not be folded yet are kept whole, block nothing, and come out by themselves."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sync.protocol.lines import FieldEdit, Line
from sync.protocol.messages import ResupplyRequest, SuppliedLine
from sync.protocol.rules import Parent, Rules, Transitions
from sync.protocol.schemas import Schema
from sync.server import resupply
from sync.server.app import open_office
from sync.server.db.cells import Cells
from sync.server.status import status
from sync.server.world import real_world
from tests.unit.sync.kit import Laptop
from tests.unit.sync.near import NearServer

RULES = Rules(
    (Transitions("task", "state", {"open": ("running",), "running": ("closed",), "closed": ()}),),
    (Parent("answer", "task", "task"),),
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NearServer]:
    made = NearServer(tmp_path, RULES)
    yield made
    made.close()


@pytest.fixture
def laptops(server: NearServer) -> list[Laptop]:
    return [server.laptop("s:1") for _ in range(3)]


def give(laptop: Laptop) -> dict[str, tuple[str, str | None]]:
    """Sync and return what the last receipt says of each own line."""
    result = laptop.sync()
    assert result.failure is None, result
    return {op: (str(one.status), one.reason) for op, one in laptop.store.receipts().items() if one is not None}


def test_a_child_waits_for_its_parent_and_then_counts(server: NearServer, laptops: list[Laptop]) -> None:
    one, two, _ = laptops
    child = two.store.write("answer", "a1", task="1.t1", value="x")
    other = two.store.write("note", "n1", value="y")
    assert give(two) == {child.line.op: ("quarantined", "no_parent"), other.line.op: ("applied", None)}
    one.store.write("task", "t1", state="open")
    give(one)
    assert give(two)[child.line.op] == ("applied", None)
    assert server.digest_is_right("s:1")
    three = laptops[2]
    assert three.sync().lines_pulled == 3
    assert three.store.value("answer", "a1", "value") == "x"


def test_grandchildren_come_out_with_their_parents_in_one_push(server: NearServer, laptops: list[Laptop]) -> None:
    store = laptops[0].store
    child = store.write("answer", "a1", task="1.t1", value="x")
    later = store.write("answer", "a1", value="z")
    store.write("task", "t1", state="open")
    said = give(laptops[0])
    assert said[child.line.op] == ("applied", None)
    assert said[later.line.op][0] in ("applied", "conflict")


def test_an_illegal_move_is_rejected_and_changes_nothing_anywhere(server: NearServer, laptops: list[Laptop]) -> None:
    one, two, three = laptops
    one.store.write("task", "t1", state="open")
    give(one)
    one.store.write("task", "t1", state="running")
    closed = one.store.write("task", "t1", state="closed")
    give(one)
    late = two.store.write("task", "t1", state="open")
    after = two.store.write("task", "t2", state="open")
    assert give(two) == {late.line.op: ("rejected", "stale_transition"), after.line.op: ("applied", None)}
    assert server.digest_is_right("s:1")
    three.sync()
    assert three.store.value("task", "t1", "state") == "closed"
    assert three.store.confirmed.conflicts == {}
    assert three.store.confirmed.cells("task", "1.t1")["state"].op == closed.line.op
    assert three.sync(is_digest_due=lambda last: True).incidents == 0


def test_a_line_of_a_newer_schema_waits_for_the_server(server: NearServer, laptops: list[Laptop]) -> None:
    one, two, _ = laptops
    newer = one.store.add(replace(one.store.line("task", "t1", state="open"), schema=2))
    same = one.store.write("task", "t2", state="open")
    assert give(one) == {newer.line.op: ("quarantined", "future_schema"), same.line.op: ("applied", None)}
    server.upgrade(Schema(2))
    assert give(one)[newer.line.op] == ("applied", None)
    two.store.schema = Schema(2)
    two.sync()
    assert two.store.value("task", "t1", "state") == "open"


def renamed(line: Line) -> Line:
    edits = tuple(FieldEdit("status", one.value, one.base) if one.name == "state" else one for one in line.fields)
    return replace(line, fields=edits) if line.table == "task" else line


def test_an_upcaster_folds_what_is_there_anew_and_keeps_the_lines(
    server: NearServer, laptops: list[Laptop]
) -> None:
    one, two, _ = laptops
    first = one.store.write("task", "t1", state="open")
    one.store.write("note", "n1", state="open")
    give(one)
    server.upgrade(Schema(2, {1: renamed}))
    assert server.digest_is_right("s:1")
    with server.database.read() as unit:
        assert set(Cells(unit).cells("task", "1.t1")) == {"status"}
        assert set(Cells(unit).cells("note", "1.n1")) == {"state"}
    two.sync()
    assert [one.signed.data for one in two.store.peer if one.signed.line.op == first.line.op] == [first.data]


def test_a_laptop_too_old_for_a_line_keeps_it_and_folds_it_after_its_upgrade(
    server: NearServer, laptops: list[Laptop]
) -> None:
    one, two, _ = laptops
    server.upgrade(Schema(2))
    one.store.write("task", "t1", state="open")
    one.store.add(replace(one.store.line("task", "t1", state="running"), schema=2))
    one.store.write("task", "t2", state="open")
    one.store.schema = Schema(2)
    give(one)
    result = two.sync(is_digest_due=lambda last: True)
    assert (result.lines_pulled, result.incidents, result.failure) == (3, 0, None)
    assert (two.store.value("task", "t1", "state"), two.store.value("task", "t2", "state")) == ("open", "open")
    two.store.schema = Schema(2)
    assert two.sync().rows_pulled == 2
    assert two.store.value("task", "t1", "state") == "running"
    assert two.store.unknown == {}


def test_rows_made_at_once_wait_for_the_parent_of_any_of_them_and_then_all_count(
    server: NearServer, laptops: list[Laptop]
) -> None:
    one, two, three = laptops
    made = two.store.make("answer", a1={"task": "1.t1", "value": "x"}, a2={"task": "1.t2", "value": "y"})
    later = two.store.write("answer", "a2", value="z")
    one.store.write("task", "t1", state="open")
    give(one)
    assert give(two) == {made.line.op: ("quarantined", "no_parent"), later.line.op: ("quarantined", "no_parent")}
    one.store.write("task", "t2", state="open")
    give(one)
    assert give(two) == {made.line.op: ("applied", None), later.line.op: ("applied", None)}
    assert server.digest_is_right("s:1")
    assert three.sync().failure is None
    assert [three.store.value("answer", name, "value") for name in ("a1", "a2")] == ["x", "z"]


def test_children_of_rows_made_at_once_come_out_with_them(server: NearServer, laptops: list[Laptop]) -> None:
    one, two, _ = laptops
    children = [two.store.write("answer", f"a{number}", task=f"1.t{number}") for number in (1, 2)]
    assert set(give(two).values()) == {("quarantined", "no_parent")}
    one.store.make("task", t1={"state": "open"}, t2={"state": "open"}, t3={"state": "open"})
    give(one)
    assert give(two) == {child.line.op: ("applied", None) for child in children}
    assert server.digest_is_right("s:1")


def test_a_parent_may_be_made_by_the_same_line(tmp_path: Path) -> None:
    server = NearServer(tmp_path, Rules((), (Parent("branch", "head", "branch"),)))
    try:
        laptop = server.laptop("s:1")
        made = laptop.store.make("branch", a={"head": "1.b"}, b={"name": "x"})
        lost = laptop.store.make("branch", c={"head": "1.d"}, e={"head": "1.zz"})
        assert give(laptop) == {made.line.op: ("applied", None), lost.line.op: ("quarantined", "no_parent")}
    finally:
        server.close()


def test_rows_made_at_once_are_all_refused_where_one_moves_against_the_rules(server: NearServer, laptops: list[Laptop]) -> None:
    one, two, three = laptops
    one.store.write("task", "t1", state="closed")
    give(one)
    made = two.store.make("task", t1={"state": "open"}, t2={"state": "open"})
    assert give(two) == {made.line.op: ("rejected", "stale_transition")}
    three.sync()
    assert three.store.confirmed.row("task", "1.t2") is None
    assert server.digest_is_right("s:1")


def test_rows_made_at_once_are_lifted_row_by_row(server: NearServer, laptops: list[Laptop]) -> None:
    one, two, _ = laptops
    one.store.make("task", t1={"state": "open"}, t2={"state": "running"})
    give(one)
    server.upgrade(Schema(2, {1: renamed}))
    assert server.digest_is_right("s:1")
    with server.database.read() as unit:
        assert [set(Cells(unit).cells("task", f"1.t{number}")) for number in (1, 2)] == [{"status"}, {"status"}]
    more = one.store.make("task", t3={"state": "open"}, t4={"state": "open"})
    assert give(one)[more.line.op] == ("applied", None)
    with server.database.read() as unit:
        assert set(Cells(unit).cells("task", "1.t4")) == {"status"}
    two.sync()
    assert server.digest_is_right("s:1")


def test_of_rows_made_at_once_by_two_each_differing_value_is_kept_and_told(server: NearServer, laptops: list[Laptop]) -> None:
    one, two, three = laptops
    one.store.make("note", n1={"a": 1, "b": 1}, n2={"a": 1})
    lost = two.store.make("note", n1={"a": 2, "b": 1}, n2={"a": 3}, n3={"a": 4})
    give(one)
    assert give(two) == {lost.line.op: ("conflict", "concurrent")}
    three.sync()
    found = {(one.row, one.field) for one in three.store.confirmed.conflicts.values()}
    assert found == {("1.n1", "a"), ("1.n2", "a")}
    assert three.store.value("note", "n3", "a") == 4
    assert server.digest_is_right("s:1")


def test_a_line_set_aside_is_judged_again_when_it_is_sent_again(laptops: list[Laptop]) -> None:
    laptop = laptops[0]
    child = laptop.store.write("answer", "a1", task="1.t1", value="x")
    assert give(laptop) == {child.line.op: ("quarantined", "no_parent")}
    laptop.store.own[child.line.op].state = "pending"
    assert give(laptop) == {child.line.op: ("quarantined", "no_parent")}
    laptop.store.write("task", "t1", state="open")
    assert give(laptop)[child.line.op] == ("applied", None)


def test_supplied_lines_join_in_any_order_and_unknown_signers_wait(
    server: NearServer, laptops: list[Laptop]
) -> None:
    one, two, _ = laptops
    lines = [one.store.write("a", f"r{number}", x=number) for number in range(5)]
    supplied = [SuppliedLine(one.device, line.data.decode(), line.sig) for line in lines]
    stranger = SuppliedLine("nobody", lines[0].data.decode().replace(lines[0].line.op, str(uuid.uuid4())), "0" * 128)
    forged = replace(supplied[0], sig="0" * 128)
    mine = server.office.counter
    asked = ResupplyRequest(one.me.epoch, (supplied[3], supplied[1], stranger, forged, supplied[0], supplied[0]))
    answer = resupply.resupply(mine, mine.find(two.device), asked)
    assert (answer.taken, answer.parked, answer.known) == (1, 3, 1)
    answer = resupply.resupply(mine, mine.find(two.device), replace(asked, lines=(supplied[4], supplied[2])))
    assert answer.taken == 1
    assert two.sync().lines_pulled == 5
    assert one.sync().is_complete
    assert one.store.states() == {"done"}
    assert status(server.database).quarantined == 1


def test_a_line_that_was_parked_is_completed_by_its_owner(server: NearServer, laptops: list[Laptop]) -> None:
    one, two, _ = laptops
    lines = [one.store.write("a", f"r{number}", x=number) for number in range(4)]
    supplied = tuple(SuppliedLine(one.device, line.data.decode(), line.sig) for line in lines[2:])
    mine = server.office.counter
    assert resupply.resupply(mine, mine.find(two.device), ResupplyRequest(one.me.epoch, supplied)).parked == 2
    assert one.sync().is_complete
    assert two.sync().lines_pulled == 4
    assert one.store.states() == {"done"}


def test_rules_of_this_release_can_be_read(tmp_path: Path) -> None:
    office = open_office(tmp_path, real_world())
    office.database.close()
    assert office.terms.schema.current >= 1
