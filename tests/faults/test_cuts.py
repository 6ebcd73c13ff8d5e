"""The connection is cut at every 64th byte of one push, pull, chunk and commit; after the next run it is as if it had not been."""

import os
import random
import uuid
from collections.abc import Callable, Iterator

import pytest

from sync.client import blobs
from sync.client.runs import SyncResult
from sync.protocol.files import FileOffer
from tests.faults.scissors import Scissors
from tests.unit.sync.kit import Laptop, ServerProcess

STEP = int(os.environ.get("YANFANG_CUT_EVERY", "64"))
MOST = 60_000


@pytest.fixture
def wire(server: ServerProcess) -> Iterator[Scissors]:
    scissors = Scissors(server.url)
    yield scissors
    scissors.close()


def cut_everywhere(wire: Scissors, laptop: Laptop, begins: str, prepare: Callable[[], None]) -> int:
    """Cut at ever later bytes until the exchange is over before the cut; return how many cuts there were."""
    laptop.door.close()
    laptop.door.url = wire.url
    for count, budget in enumerate(range(0, MOST, STEP)):
        prepare()
        cuts = wire.cuts
        wire.arm(begins, budget or 1)
        result = laptop.sync()
        wire.disarm()
        if wire.cuts == cuts:
            assert result.is_complete
            return count
        assert result.failure is None or result.failure.code == "http.unreachable", result.failure
        again: SyncResult = laptop.sync()
        assert again.is_complete, again
        assert laptop.store.states() <= {"done"}
    raise AssertionError("the exchange never ended")


def pair(server: ServerProcess) -> tuple[Laptop, Laptop]:
    scope = f"s:{uuid.uuid4().hex[:12]}"
    return server.laptop(scope), server.laptop(scope)


def assert_as_if_uncut(writer: Laptop, reader: Laptop, written: int) -> None:
    assert reader.sync().is_complete
    feed = next(one for one in reader.store.cursors() if one.feed == reader.store.scope)
    assert feed.seq == written
    assert len(writer.store.own) + len(reader.store.own) == written
    assert writer.store.states() | reader.store.states() <= {"done"}
    assert writer.sync().is_complete
    assert reader.store.confirmed.dump() == writer.store.confirmed.dump()
    assert writer.store.confirmed.conflicts == {}
    assert len(writer.store.replicas) == len(reader.store.replicas) == 1
    assert reader.vault.kept == writer.vault.kept


def test_a_push_cut_anywhere_is_as_if_it_had_not_been(server: ServerProcess, wire: Scissors) -> None:
    writer, reader = pair(server)
    turns = iter(range(10_000))

    def write() -> None:
        turn = next(turns)
        for row in range(8):
            writer.store.write("answer", f"r{row}", value=f"第{turn}次，第{row}项")

    assert cut_everywhere(wire, writer, r"POST /v1/sync ", write) > 1500 // STEP
    assert_as_if_uncut(writer, reader, 8 * next(turns))


def test_a_pull_cut_anywhere_is_as_if_it_had_not_been(server: ServerProcess, wire: Scissors) -> None:
    writer, reader = pair(server)
    turns = iter(range(10_000))

    def write() -> None:
        turn = next(turns)
        for row in range(8):
            writer.store.write("answer", f"r{row}", value=f"第{turn}次，第{row}项")
        assert writer.sync().is_complete

    assert cut_everywhere(wire, reader, r"POST /v1/sync ", write) > 1500 // STEP
    assert_as_if_uncut(writer, reader, 8 * next(turns))


def announced(laptop: Laptop, name: str) -> tuple[int, bytes]:
    """Announce a file that waits, and return its size and bytes."""
    data, file = laptop.vault.kept[name], laptop.store.files[name]
    laptop.door.offers([FileOffer(name, file.scope, file.size, file.mime, file.sm3)])
    return len(data), data


def sent(laptop: Laptop, name: str) -> None:
    """Let all of a file be there, and the receipt not yet."""
    size, data = announced(laptop, name)
    laptop.door.put_file(name, size, iter((data,)))


def begun(laptop: Laptop, name: str) -> None:
    """Let the first chunk be there."""
    _, data = announced(laptop, name)
    laptop.door.put_chunk(name, 0, data[: 1 << 20])


@pytest.mark.parametrize(
    ("begins", "size", "least", "before"),
    [
        (r"POST /v1/blobs ", 4000, 500, None), (r"PUT /v1/blobs/\w+ ", 4000, 4000, None),
        (r"POST /v1/blobs ", 4000, 500, sent), (r"PUT /v1/blobs/\w+/1 ", (1 << 20) + 1000, 1000, begun),
        (r"PUT /v1/bundles ", 4000, 4000, None),
    ],
    ids=["announcement", "whole", "receipt", "chunk", "bundle"],
)  # fmt: skip
def test_a_file_cut_anywhere_is_as_if_it_had_not_been(
    server: ServerProcess,
    wire: Scissors,
    begins: str,
    size: int,
    least: int,
    before: Callable[[Laptop, str], None] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if "bundles" not in begins:
        monkeypatch.setattr(blobs, "SMALL_BYTES", -1)  # a file that short would travel with others
    writer, reader = pair(server)
    chance = random.Random(5)
    photos: list[str] = []

    def photo() -> None:
        photos.append(writer.photo(chance.randbytes(size)))
        if before is not None:
            before(writer, photos[-1])

    cuts = cut_everywhere(wire, writer, begins, photo)
    assert cuts > least // STEP
    assert_as_if_uncut(writer, reader, len(photos))
    assert set(reader.vault.kept) == set(photos)


def test_files_fetched_together_and_cut_anywhere_come_all_the_same(server: ServerProcess, wire: Scissors) -> None:
    writer, reader = pair(server)
    chance = random.Random(6)
    photos: list[str] = []

    def write() -> None:
        reader.store.wanted.clear()  # this store forgets nothing by itself
        photos.extend(writer.photo(chance.randbytes(700)) for _ in range(2))
        assert writer.sync().is_complete

    assert cut_everywhere(wire, reader, r"POST /v1/bundles ", write) > 1400 // STEP
    assert_as_if_uncut(writer, reader, len(photos))
    assert set(reader.vault.kept) == set(photos)
