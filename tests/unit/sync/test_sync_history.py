"""A server that lost history gets it back; a layer that differs is found and replaced; a long feed is taken as it stands."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from sync.client.engine import digest_due
from sync.protocol.fold import Cell
from sync.protocol.lines import Kind
from sync.server import epochs, snapshots
from sync.server.db import schema
from sync.server.status import status
from tests.unit.sync.kit import Laptop, MemoryStore
from tests.unit.sync.near import NearServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NearServer]:
    made = NearServer(tmp_path / "server")
    yield made
    made.close()


def always(last: int | None) -> bool:
    return True


def meet(*laptops: Laptop) -> None:
    for _ in range(3):
        for one in laptops:
            result = one.sync(is_digest_due=always)
            assert result.failure is None, result


def assert_equal(server: NearServer, *laptops: Laptop) -> None:
    first = laptops[0].store.confirmed
    for one in laptops:
        assert one.store.confirmed.cell_map == first.cell_map
        assert one.store.confirmed.rows == first.rows
        open_here = set(one.store.confirmed.conflicts) - set(one.store.confirmed.resolved)
        assert open_here == set(first.conflicts) - set(first.resolved)
        assert one.store.states() <= {"done", "rejected"}
        assert one.store.incidents == []
    assert server.digest_is_right("s:1")


def set_back(server: NearServer, to: Path, folder: Path) -> NearServer:
    """Put an older copy of the server's database in place, as a fail-over or a machine set back does."""
    server.close()
    for old in folder.glob("server.db*"):
        old.unlink()
    shutil.copy(to, folder / "server.db")
    return NearServer(folder)


def copy(server: NearServer, tmp_path: Path) -> Path:
    place = tmp_path / "copy.db"
    assert server.database.copy_to(place)
    return place


def write_some(laptop: Laptop, count: int, tag: str) -> None:
    for number in range(count):
        laptop.store.write("answer", f"r{number % 4}", value=f"{tag}{number}")


@pytest.mark.parametrize("announced", [True, False])
def test_what_a_restored_server_lost_comes_back_from_whoever_has_it(
    server: NearServer, tmp_path: Path, announced: bool
) -> None:
    one, two, three = (server.laptop("s:1") for _ in range(3))
    write_some(one, 5, "a")
    meet(one, two, three)
    before = copy(server, tmp_path)
    write_some(one, 5, "b")
    one.store.write("record", "r", text="原文")
    one.store.write("record", "r", Kind.SIGN, text="原文")
    meet(one, two)
    write_some(two, 3, "c")
    two.store.write("record", "r", text="改文")
    meet(two, one)
    shown = {key: {name: cell.val for name, cell in cells.items()} for key, cells in two.store.confirmed.cell_map.items()}
    server = set_back(server, before, tmp_path / "server")
    try:
        old = server.epoch()
        if announced:
            epochs.recover(server.database, server.world, "restored")
        for laptop in (one, two, three):
            laptop.door.server = server
        # The owner of the lost lines is gone for good: what he wrote comes from the other one.
        result = two.sync()
        assert result.failure is None
        assert result.lines_resupplied == 11
        assert server.epoch() != old
        meet(two, three)
        assert_equal(server, two, three)
        after = {
            key: {name: cell.val for name, cell in cells.items()} for key, cells in three.store.confirmed.cell_map.items()
        }
        assert after == shown
        assert three.store.value("record", "r", "text") == "原文"
        assert status(server.database).lines == 16
        meet(one)
        assert_equal(server, one, two, three)
        assert two.store.lost == {}
        assert status(server.database).quarantined == 0
    finally:
        server.close()


def test_a_peer_that_holds_a_chain_with_holes_supplies_what_it_has(server: NearServer, tmp_path: Path) -> None:
    one = server.laptop("s:1", "s:1", "s:2")
    peer = server.laptop("s:1")
    before = copy(server, tmp_path)
    for number in range(6):
        one.store.scope = f"s:{number % 2 + 1}"
        one.store.write("a", f"r{number}", x=number)
    meet(one, peer)
    server = set_back(server, before, tmp_path / "server")
    try:
        for laptop in (one, peer):
            laptop.door.server = server
        assert peer.sync().lines_resupplied == 3
        assert status(server.database).quarantined == 2
        meet(one, peer)
        assert status(server.database).quarantined == 0
        assert status(server.database).lines == 6
        assert peer.store.lost == {}
        assert one.store.states() == {"done"}
    finally:
        server.close()


def test_one_laptop_that_stands_nowhere_heals_itself_and_troubles_the_others_once(server: NearServer) -> None:
    one, two = server.laptop("s:1"), server.laptop("s:1")
    write_some(one, 5, "a")
    meet(one, two)
    epochs_seen = {server.epoch()}
    for _ in range(4):
        one.store.places["s:1"] = type(one.store.places["s:1"])("s:1", 4, "f" * 64)
        assert one.sync().failure is None
        epochs_seen.add(server.epoch())
    assert len(epochs_seen) == 2
    meet(one, two)
    assert_equal(server, one, two)


def test_a_cell_that_rotted_is_found_and_the_old_layer_is_kept(server: NearServer) -> None:
    one, two = server.laptop("s:1"), server.laptop("s:1")
    write_some(one, 9, "a")
    meet(one, two)
    confirmed = two.store.confirmed
    cell = confirmed.cell_map["answer", "1.r1"]["value"]
    confirmed.cell_map["answer", "1.r1"]["value"] = Cell("anders", cell.hlc, cell.op)
    assert two.sync(is_digest_due=lambda last: False).incidents == 0
    result = two.sync(is_digest_due=always)
    assert (result.incidents, result.failure) == (1, None)
    assert [feed for feed, _, _ in two.store.incidents] == ["s:1"]
    assert two.store.value("answer", "r1", "value") == "a5"
    assert two.sync(is_digest_due=always).incidents == 0


def test_a_server_whose_own_digest_is_wrong_does_not_send_its_clients_round_and_round(server: NearServer) -> None:
    one = server.laptop("s:1")
    write_some(one, 3, "a")
    with server.database.write() as unit:
        pass
    meet(one)
    with server.database.write() as unit:
        unit.execute(update(schema.feed_head).where(schema.feed_head.c.feed == "s:1").values(digest="0" * 32))
    result = one.sync(is_digest_due=always)
    assert (result.incidents, result.failure) == (1, None)
    assert not server.digest_is_right("s:1")


def furnish(laptop: Laptop, other: Laptop, count: int = 450) -> None:
    for number in range(count):
        laptop.store.write("answer", f"r{number}", value=f"第{number}", note="x" * (number % 50))
    laptop.store.write("evidence", "e", Kind.APPEND, sha="f" * 64)
    laptop.store.write("record", "r", text="原文")
    meet(laptop, other)
    laptop.store.write("answer", "r1", value="这")
    other.store.write("answer", "r1", value="那")
    laptop.store.write("record", "r", Kind.SIGN, text="原文")
    meet(laptop, other)


def test_a_long_feed_is_taken_as_it_stands_and_read_on_from_there(server: NearServer) -> None:
    one, two, new = (server.laptop("s:1") for _ in range(3))
    furnish(one, two)
    result = new.sync(snapshot_from=100, is_digest_due=always)
    assert (result.failure, result.rows_pulled, result.lines_pulled, result.incidents) == (None, 452, 0, 0)
    assert_equal(server, one, new)
    assert {line.signed.line.kind for line in new.store.peer} == {Kind.APPEND, Kind.SIGN}
    (conflict,) = new.store.confirmed.conflicts.values()
    assert conflict.loser_author == "u"
    new.store.clock, edit = one.store.clock, dict(new.store.confirmed.cells("answer", "1.r2"))
    new.store.seen["answer", "1.r2", "value"] = edit["value"].op
    new.store.write("answer", "r2", value="新本")
    meet(new, one)
    assert_equal(server, one, new)
    assert len(one.store.confirmed.conflicts) == 1


def test_a_snapshot_that_is_cut_off_goes_on_and_skips_what_its_rows_have_seen(server: NearServer) -> None:
    one, two, new = (server.laptop("s:1") for _ in range(3))
    furnish(one, two)
    pages = 0

    def stop() -> bool:
        return pages > 1

    real = new.store.apply_snapshot

    def count(*given: object) -> None:
        nonlocal pages
        pages += 1
        real(*given)

    new.store.apply_snapshot = count
    assert new.sync(snapshot_from=100, is_cancelled=stop).is_cancelled
    place = new.store.snapshots()[0]
    assert place.after is not None
    for number in range(0, 450, 7):
        one.store.write("answer", f"r{number}", value="后来")
    meet(one)
    pages = -99
    result = new.sync(snapshot_from=100, is_digest_due=always)
    assert (result.failure, result.incidents) == (None, 0)
    assert result.lines_pulled >= 65
    assert_equal(server, one, new)


def test_entries_below_the_floor_are_replaced_by_a_snapshot(server: NearServer) -> None:
    one, late, new = (server.laptop("s:1") for _ in range(3))
    write_some(one, 4, "a")
    meet(one, late)
    write_some(one, 30, "b")
    meet(one)
    snapshots.raise_floor(server.database, "s:1", 20)
    for laptop in (late, new):
        result = laptop.sync(is_digest_due=always)
        assert (result.failure, result.rows_pulled, result.incidents) == (None, 4, 0)
    write_some(one, 3, "c")
    meet(one, late, new)
    assert_equal(server, one, late, new)
    snapshots.raise_floor(server.database, "s:1", 3)
    with server.database.read() as unit:
        assert unit.execute(select(schema.feed_head.c.floor).where(schema.feed_head.c.feed == "s:1")).scalar() == 20


def test_random_work_with_restores_clones_and_snapshots_ends_equal(tmp_path: Path) -> None:
    for seed in range(6):
        chance = random.Random(seed)
        folder = tmp_path / f"server{seed}"
        server = NearServer(folder)
        laptops = [server.laptop("s:1") for _ in range(3)]
        backup: Path | None = None
        said: set[str] = set()
        for _ in range(60):
            laptop = chance.choice(laptops)
            match chance.randrange(12):
                case 0 if backup is None:
                    backup = tmp_path / f"{seed}.db"
                    assert server.database.copy_to(backup)
                case 1 if backup is not None:
                    server = set_back(server, backup, folder)
                    for one in laptops:
                        one.door.server = server
                    if chance.random() < 0.5:
                        epochs.recover(server.database, server.world, "restored")
                case 2:
                    laptop.store.places.clear()
                    laptop.store.confirmed = type(laptop.store.confirmed)()
                case 3 | 4 | 5:
                    result = laptop.sync(snapshot_from=chance.choice([5, 10_000]), is_digest_due=always)
                    assert result.failure is None, (seed, result)
                    assert result.incidents == 0, (seed, result)
                case 6:
                    _sign(laptop.store)
                case _:
                    row = f"r{chance.randrange(5)}"
                    said.add(laptop.store.write("a", row, **{chance.choice("xy"): chance.randrange(9)}).line.op)
        meet(*laptops)
        assert_equal(server, *laptops)
        held = {op for one in laptops for op, own in one.store.own.items() if own.state in ("done", "rejected")}
        assert said <= held
        server.close()


def _sign(store: MemoryStore) -> None:
    for key, cells in store.confirmed.cell_map.items():
        if key[0] == "a" and cells and store.confirmed.rows[key].locked_by is None:
            store.write("a", key[1].split(".")[1], Kind.SIGN, **{name: cell.value for name, cell in cells.items()})
            return


def test_digests_are_compared_once_a_day_and_one_time_in_twenty() -> None:
    hour = 3_600_000
    assert digest_due(None, 0)
    assert not digest_due(100 * hour, 119 * hour)
    assert digest_due(100 * hour, 120 * hour)
    assert digest_due(100 * hour, 99 * hour), "a clock that was set back does not put it off"
    assert digest_due(100 * hour, 101 * hour, 0.04)
    assert not digest_due(100 * hour, 101 * hour, 0.05)
