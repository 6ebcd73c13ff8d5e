"""How little it takes to say that nothing is new, and what one exchange carries."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from sync.client.http import ServerDoor
from sync.protocol import chain, codec, framing
from sync.protocol.lines import FieldEdit, Kind
from sync.protocol.linked import on_wire
from sync.protocol.messages import SyncRequest
from tests.unit.sync.kit import Laptop, ServerProcess
from tests.unit.sync.test_sync_cut_wires import Scissors


@pytest.fixture
def scope() -> str:
    return f"s:{uuid.uuid4().hex[:12]}"


class CountingDoor(ServerDoor):
    """A door that remembers what was asked for."""

    asked: list[str]

    def _send(self, method: str, target: str, body: bytes = b"", **more: Any) -> bytes:
        self.asked.append(target)
        return super()._send(method, target, body, **more)


@contextmanager
def counted(laptop: Laptop) -> Iterator[tuple[list[str], Scissors]]:
    """Count the requests of a laptop and everything that goes over its wire."""
    door, wire = laptop.door, Scissors(laptop.door.url)
    wire.budget = 1 << 40
    laptop.door = counting = CountingDoor(wire.url, door.wall_ms, door.new_id, door.credentials)
    counting.asked = []
    try:
        yield counting.asked, wire
    finally:
        laptop.door = door
        wire.close()


def test_nothing_to_do_is_one_request_of_less_than_two_kilobytes(shared_server: ServerProcess, scope: str) -> None:
    laptop = shared_server.laptop(scope)
    laptop.store.write("a", "r", x=1)
    laptop.sync()
    with counted(laptop) as (asked, wire):
        assert laptop.sync().is_complete
    assert asked == ["/v1/sync"]
    assert (1 << 40) - wire.budget < 1100


def test_ten_changed_records_are_one_request_and_come_back_with_their_receipts(
    shared_server: ServerProcess, scope: str
) -> None:
    laptop = shared_server.laptop(scope)
    laptop.store.write("a", "r", x=1)
    laptop.sync()
    for number in range(10):
        laptop.store.write("a", f"r{number}", x=number)
    with counted(laptop) as (asked, wire):
        result = laptop.sync()
    assert (result.lines_sent, result.lines_pulled, result.receipts) == (10, 10, 10)
    assert asked == ["/v1/sync"]
    assert (1 << 40) - wire.budget < 3_400
    assert laptop.store.states() == {"done"}


def test_hello_is_said_only_where_nothing_is_known(shared_server: ServerProcess, scope: str) -> None:
    laptop = shared_server.laptop(scope)
    with counted(laptop) as (asked, _):
        laptop.sync()
        laptop.sync()
    assert asked == ["/v1/hello", "/v1/sync", "/v1/sync"]


def test_own_lines_come_whole_where_the_journal_lost_them(shared_server: ServerProcess, scope: str) -> None:
    laptop = shared_server.laptop(scope)
    for number in range(5):
        laptop.store.write("a", f"r{number}", x=number)
    laptop.sync()
    laptop.store.places.clear()
    laptop.store.own.clear()
    laptop.store.peer.clear()
    laptop.store.replicas.append(str(uuid.uuid4()))
    assert laptop.sync().is_complete
    assert len(laptop.store.peer) == 5
    assert laptop.store.value("a", "r4", "x") == 4


def test_own_lines_come_whole_where_the_journal_has_others_in_their_places(
    shared_server: ServerProcess, scope: str
) -> None:
    laptop = shared_server.laptop(scope)
    written = [laptop.store.write("a", f"r{number}", x=number) for number in range(5)]
    laptop.sync()
    laptop.store.places.clear()
    laptop.store.peer.clear()
    changed = replace(written[3].line, fields=(FieldEdit("x", 33),))
    laptop.store.own[written[3].line.op].signed = chain.seal(changed, laptop.key)  # what an older backup may hold
    assert laptop.sync().is_complete
    assert [one.signed.data for one in laptop.store.peer] == [one.data for one in written]


def test_a_run_of_own_lines_and_their_receipts_is_told_in_a_few_words(shared_server: ServerProcess, scope: str) -> None:
    laptop = shared_server.laptop(scope)
    written = [laptop.store.write("a", f"r{number}", x=number) for number in range(300)]
    with laptop.door as door:
        answer = door.sync(SyncRequest(laptop.me.epoch, (), laptop.store.replicas[-1], on_wire(written)))
    (page,) = answer.pages
    assert ([(run.seq, run.op, run.count) for run in page.own], page.entries) == ([(1, written[0].line.op, 300)], ())
    assert ([(run.seq, run.feed_seq, run.count) for run in answer.receipts.told], answer.receipts.entries) == ([(1, 1, 300)], ())
    assert len(framing.pack(codec.dump(answer))) < 600


def test_custody_of_one_subject_is_told_by_many_offices(shared_server: ServerProcess, scope: str) -> None:
    laptops = [shared_server.laptop(f"{scope}{letter}") for letter in "ab"]
    for laptop in laptops:
        line = laptop.store.line("custody", "office", Kind.CUSTODY, event="office_made")
        laptop.store.add(replace(line, row="office"))
        assert laptop.sync().refused == 0
        assert laptop.store.states() == {"done"}


@pytest.mark.parametrize("broken", ["bytes", "signature", "twin"])
def test_a_line_the_server_cannot_take_steps_aside_and_the_others_go_on(
    shared_server: ServerProcess, scope: str, broken: str
) -> None:
    laptop, reader = shared_server.laptop(scope), shared_server.laptop(scope)
    known = laptop.store.write("a", "known", x=0)
    laptop.sync()
    written = [laptop.store.write("a", f"r{number}", x=number) for number in range(5)]
    bad = laptop.store.own[written[2].line.op]
    match broken:
        case "bytes":
            object.__setattr__(bad.signed, "data", bad.signed.data.replace(b'"x":2', b'"x":3'))
        case "signature":
            object.__setattr__(bad.signed, "sig", "0" * 128)
        case _:
            twin = laptop.store.line("a", "twin", x=9)
            bad = laptop.store.own[known.line.op]
            laptop.store.add(replace(twin, op=known.line.op))
            bad = laptop.store.own[known.line.op]
    result = laptop.sync()
    assert result.failure is None
    assert bad.state == "quarantined"
    assert sum(own.state == "done" for own in laptop.store.own.values()) == len(laptop.store.own) - 1
    reader.sync()
    assert reader.store.value("a", "r4", "x") == 4
    assert laptop.sync().is_complete
