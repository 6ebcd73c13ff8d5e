"""Laptops and a real server process."""

import random
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sync.client.store import FileStatus, FileWanted, Step
from sync.protocol.lines import Kind
from sync.protocol.messages import BlobOffer
from tests.unit.sync.kit import Laptop, MemoryFold, ServerProcess, Vault, cut_after, until


@pytest.fixture
def scope() -> str:
    return f"s:{uuid.uuid4().hex[:12]}"


def write_some(laptop: Laptop, count: int, tag: str = "x") -> None:
    for number in range(count):
        laptop.store.write("answer", f"{tag}{number % 7}", value=f"第{number}答", count=number)


def test_a_second_laptop_pulls_everything_and_stands_equal(shared_server: ServerProcess, scope: str) -> None:
    one, two = shared_server.laptop(scope), shared_server.laptop(scope)
    write_some(one, 30)
    name = one.photo(random.randbytes(2_500_000))
    assert one.sync().is_complete
    result = two.sync()
    assert result.is_complete
    assert result.lines_pulled == 31
    assert two.vault.kept[name] == one.vault.kept[name]
    one.sync()
    assert one.store.confirmed.dump() == two.store.confirmed.dump()
    assert two.store.value("answer", "x3", "value") == "第24答"


def test_every_record_and_every_file_gets_its_receipt(shared_server: ServerProcess, scope: str) -> None:
    laptop = shared_server.laptop(scope)
    write_some(laptop, 12)
    name = laptop.photo(b"jpeg" * 1000)
    result = laptop.sync()
    assert result.reached == "done"
    assert (result.lines_sent, result.receipts, result.files_sent) == (13, 14, 1)
    assert laptop.store.states() == {"done"}
    assert laptop.store.file_states[name] is FileStatus.REMOTE
    again = laptop.sync()
    assert (again.lines_sent, again.receipts, again.files_sent, again.lines_pulled) == (0, 0, 0, 0)


def test_a_push_sent_twice_is_taken_once(shared_server: ServerProcess, scope: str) -> None:
    laptop, reader = shared_server.laptop(scope), shared_server.laptop(scope)
    write_some(laptop, 10)
    laptop.sync()
    first = laptop.store.receipts()
    for own in laptop.store.own.values():
        own.state = "pending"
    laptop.sync()
    assert laptop.store.receipts() == first
    assert reader.sync().lines_pulled == 10


def test_concurrent_edits_end_in_one_value_and_one_conflict_on_both(
    shared_server: ServerProcess, scope: str
) -> None:
    one, two = shared_server.laptop(scope), shared_server.laptop(scope)
    one.store.write("finding", "f", amount="100.00")
    one.sync()
    two.sync()
    one.store.write("finding", "f", amount="120.00")
    two.store.clock = one.store.clock  # so that the second is the later one, also within a millisecond
    two.store.write("finding", "f", amount="90.00")
    one.sync()
    assert two.sync().conflicts == 1
    one.sync()
    assert one.store.confirmed.dump() == two.store.confirmed.dump()
    assert [one.loser_val for one in two.store.confirmed.conflicts.values()] == ['"120.00"']


def test_a_late_edit_of_a_signed_row_is_rejected_and_blocks_nothing(
    shared_server: ServerProcess, scope: str
) -> None:
    one, two = shared_server.laptop(scope), shared_server.laptop(scope)
    one.store.write("record", "r", text="原文")
    one.sync()
    two.sync()
    one.store.write("record", "r", Kind.SIGN, text="原文")
    one.sync()
    late = two.store.write("record", "r", text="改文")
    after = two.store.write("record", "other", text="新")
    result = two.sync()
    assert result.refused == 1
    assert two.store.own[late.line.op].state == "rejected"
    assert two.store.own[after.line.op].state == "done"
    assert two.store.value("record", "r", "text") == "原文"


def test_a_line_outside_the_grants_is_set_aside_and_blocks_nothing(
    shared_server: ServerProcess, scope: str
) -> None:
    laptop = shared_server.laptop(scope)
    reader = shared_server.laptop(f"{scope}-elsewhere")
    laptop.store.scope = f"{scope}-elsewhere"
    aside = laptop.store.write("a", "r1", x=1)
    laptop.store.scope = scope
    good = laptop.store.write("a", "r2", x=1)
    laptop.sync()
    assert laptop.store.own[aside.line.op].state == "quarantined"
    assert laptop.store.own[good.line.op].state == "done"
    assert reader.sync().lines_pulled == 0


def test_a_row_never_changes_its_scope(shared_server: ServerProcess, scope: str) -> None:
    owner = shared_server.laptop(scope)
    stranger = shared_server.laptop(f"{scope}-b")
    first = owner.store.write("a", "r", x=1)
    owner.sync()
    line = stranger.store.add(replace(stranger.store.line("a", "r", x=2), row=first.line.row))
    stranger.sync()
    assert stranger.store.own[line.line.op].state == "quarantined"


def test_two_laptops_sync_in_parallel_without_holes(shared_server: ServerProcess, scope: str) -> None:
    laptops = [shared_server.laptop(scope) for _ in range(3)]
    failures: list[object] = []

    def work(laptop: Laptop) -> None:
        for turn in range(4):
            write_some(laptop, 40, tag=f"{turn}")
            result = laptop.sync()
            if not result.is_complete:
                failures.append(result)

    threads = [threading.Thread(target=work, args=(one,)) for one in laptops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    for laptop in laptops:
        laptop.sync()
    feeds = [next(at for at in one.store.cursors() if at.feed == scope) for one in laptops]
    assert {at.seq for at in feeds} == {480}
    assert len({at.chain for at in feeds}) == 1
    assert laptops[0].store.confirmed.dump() == laptops[1].store.confirmed.dump()
    assert laptops[0].store.confirmed.dump() == laptops[2].store.confirmed.dump()


def test_a_clone_forks_gets_a_new_history_and_loses_nothing(shared_server: ServerProcess, scope: str) -> None:
    laptop, reader = shared_server.laptop(scope), shared_server.laptop(scope)
    write_some(laptop, 3)
    laptop.sync()
    store = laptop.store
    before = (list(store.replicas), store.at)
    mine = store.write("a", "mine", x=1)
    laptop.sync()
    store.replicas, store.at = before  # the same disk, as it was an hour ago
    del store.own[mine.line.op]
    other = store.write("a", "clone", x=2)
    result = laptop.sync()
    assert result.failure is None
    assert result.requeued == 1
    assert len(store.replicas) == 2
    assert store.own[other.line.op].state == "done"
    assert store.own[other.line.op].signed.line.n == 1
    reader.sync()
    assert reader.store.value("a", "mine", "x") == 1
    assert reader.store.value("a", "clone", "x") == 2


def test_lines_the_server_has_but_were_never_acknowledged_survive_a_fork(
    shared_server: ServerProcess, scope: str
) -> None:
    laptop = shared_server.laptop(scope)
    write_some(laptop, 4)
    laptop.sync()
    for own in laptop.store.own.values():
        own.state = "pending"  # every answer was lost, receipts too
    laptop.store.places = {}
    laptop.store.confirmed = MemoryFold()
    laptop.store.start_new_replica(str(uuid.uuid4()), laptop.key)
    laptop.store.write("a", "next", x=1)
    assert laptop.sync().is_complete
    assert laptop.store.states() == {"done"}


def test_a_gap_is_filled_from_the_journal(shared_server: ServerProcess, scope: str) -> None:
    laptop = shared_server.laptop(scope)
    write_some(laptop, 6)
    for own in list(laptop.store.own.values())[:3]:
        own.state = "done"  # said by a server that lost them
    result = laptop.sync()
    assert result.is_complete
    assert result.lines_sent == 6
    assert laptop.store.states() == {"done"}
    assert len(laptop.store.replicas) == 1


def test_an_acknowledgement_without_a_receipt_is_not_believed(
    shared_server: ServerProcess, scope: str
) -> None:
    laptop, reader = shared_server.laptop(scope), shared_server.laptop(scope)
    write_some(laptop, 6)
    for own in list(laptop.store.own.values())[3:]:
        own.state = "acked"  # said by a server that lost them before it gave a receipt
    result = laptop.sync()
    assert (result.requeued, result.lines_sent) == (3, 6)
    assert laptop.store.states() == {"done"}
    assert reader.sync().lines_pulled == 6


def test_a_gap_that_nobody_can_fill_gets_a_new_history(shared_server: ServerProcess, scope: str) -> None:
    laptop = shared_server.laptop(scope)
    write_some(laptop, 6)
    for op in list(laptop.store.own)[:3]:
        del laptop.store.own[op]
    result = laptop.sync()
    assert result.is_complete
    assert result.requeued == 3
    assert laptop.store.states() == {"done"}


def test_a_cancelled_run_says_so_and_the_next_one_goes_on(shared_server: ServerProcess, scope: str) -> None:
    laptop = shared_server.laptop(scope)
    name = laptop.photo(random.randbytes(3 << 20))
    seen: list[Step] = []
    result = laptop.sync(
        progress=seen.append,
        is_cancelled=lambda: any(one.name == "blobs.chunk" and one.done > 2 << 20 for one in seen),
    )
    assert result.is_cancelled
    assert result.reached == "blobs"
    offer = BlobOffer(scope, 3 << 20, "image/jpeg")
    until(lambda: laptop.door.offer(name, offer).missing == (2,))
    before = laptop.door.traffic.up
    assert laptop.sync().is_complete
    assert laptop.door.traffic.up - before < (1 << 20) + 5000
    assert laptop.store.file_receipts == {name}


def test_one_damaged_file_does_not_stop_the_others(shared_server: ServerProcess, scope: str) -> None:
    laptop = shared_server.laptop(scope)
    bad, good, gone = laptop.photo(b"a" * 100), laptop.photo(b"b" * 100), laptop.photo(b"c" * 100)
    laptop.vault.kept[bad] = b"z" * 100
    del laptop.vault.kept[gone]
    result = laptop.sync()
    assert [one.code for one in result.file_failures] == ["blob.damaged", "blob.missing"]
    assert laptop.store.file_states == {
        bad: FileStatus.DAMAGED, good: FileStatus.REMOTE, gone: FileStatus.MISSING,
    }  # fmt: skip


def test_an_empty_file_travels_too(shared_server: ServerProcess, scope: str) -> None:
    one, two = shared_server.laptop(scope), shared_server.laptop(scope)
    name = one.photo(b"")
    assert one.sync().is_complete
    assert two.sync().is_complete
    assert two.vault.kept[name] == b""


def test_a_server_that_is_away_is_said_and_loses_nothing(server: ServerProcess) -> None:
    laptop = server.laptop("s:1")
    write_some(laptop, 5)
    server.kill()
    result = laptop.sync()
    assert result.failure is not None
    assert (result.failure.code, result.failure.retryable) == ("http.unreachable", True)
    assert laptop.store.states() == {"pending"}


def test_a_server_killed_while_it_takes_lines_has_each_line_once(server: ServerProcess) -> None:
    laptop = server.laptop("s:1")
    chance = random.Random(7)
    for _turn in range(4):
        write_some(laptop, 400)
        timer = cut_after(server, chance.uniform(0.02, 0.35))
        laptop.sync()
        timer.join()
        server.start()
        laptop.door.url = server.url
    assert laptop.sync().is_complete
    assert laptop.store.states() == {"done"}
    assert server.status().lines == 1600
    assert server.status().feeds == {"s:1": 1600}
    reader = server.laptop("s:1")
    assert reader.sync().lines_pulled == 1600
    assert reader.store.confirmed.dump() == laptop.store.confirmed.dump()


def test_a_server_killed_while_it_takes_a_file_goes_on_where_it_was(server: ServerProcess) -> None:
    laptop = server.laptop("s:1")
    name = laptop.photo(random.randbytes(24_300_000))

    def kill_in_the_middle(step: Step) -> None:
        if step.name == "blobs.chunk" and step.done > 20_000_000:
            server.kill()

    result = laptop.sync(progress=kill_in_the_middle)
    assert result.failure is not None
    assert result.failure.code == "http.unreachable"
    server.start()
    laptop.door.url = server.url
    before = laptop.door.traffic.up
    assert laptop.sync().is_complete
    assert laptop.door.traffic.up - before < 20_000_000  # what the system had not yet given to the server is lost with it
    stored = server.folder / "blobs" / name[:2] / name[2:4] / name
    assert stored.read_bytes() == laptop.vault.kept[name]
    assert not [one for one in (server.folder / "staging").rglob("*") if one.is_file()]


def test_a_download_goes_on_after_the_bytes_it_kept(server: ServerProcess) -> None:
    one, two = server.laptop("s:1"), server.laptop("s:1")
    name = one.photo(random.randbytes(5_000_000))
    one.sync()
    two.vault.parts[name] = bytearray(one.vault.kept[name][:1_234_567])
    before = two.door.traffic.down
    assert two.sync().is_complete
    assert two.vault.kept[name] == one.vault.kept[name]
    assert two.door.traffic.down - before < 4_000_000


def test_a_server_killed_while_it_gives_a_file_is_asked_again(server: ServerProcess) -> None:
    one, two = server.laptop("s:1"), server.laptop("s:1")
    name = one.photo(random.randbytes(9_000_000))
    one.sync()

    class Impatient(Vault):
        def store(self, wanted: FileWanted, offset: int, chunks: Iterator[bytes]) -> None:
            def cut() -> Iterator[bytes]:
                yield next(chunks)
                server.kill()
                yield from chunks

            super().store(wanted, offset, cut())

    two.vault = Impatient()
    result = two.sync()
    assert result.failure is not None
    assert result.failure.code == "http.unreachable"
    assert 0 < two.vault.received(name) < 9_000_000
    two.vault = Vault(two.vault.kept, two.vault.parts)
    server.start()
    two.door.url = server.url
    assert two.sync().is_complete
    assert two.vault.kept[name] == one.vault.kept[name]


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_a_server_that_was_set_back_gets_everything_again(server: ServerProcess) -> None:
    laptop = server.laptop("s:1")
    write_some(laptop, 5, "early")
    laptop.sync()
    server.kill()
    old = {path: path.read_bytes() for path in server.folder.glob("server.db*")}
    server.start()
    laptop.door.url = server.url
    write_some(laptop, 5, "late")
    name = laptop.photo(b"photo" * 99)
    laptop.sync()
    server.kill()
    server.drop_database()
    for path, data in old.items():
        path.write_bytes(data)
    server.start()
    laptop.door.url = server.url
    assert laptop.sync().is_complete
    assert laptop.store.states() == {"done"}
    assert name in laptop.store.file_receipts
    assert server.status().lines == 11
    reader = server.laptop("s:1")
    reader.sync()
    assert reader.store.confirmed.dump() == laptop.store.confirmed.dump()
