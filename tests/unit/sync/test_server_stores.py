"""Both stores of bytes keep the same promises: a folder, and a bucket of a real S3-speaking server."""

import hashlib
import os
import random
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest

from sync.client.errors import Unreachable
from sync.client.http import ServerDoor
from sync.protocol.errors import SyncError
from sync.protocol.messages import BlobOffer, BlobState
from sync.server.store.door import BlobStore, open_store
from sync.server.store.s3 import S3Store
from tests.postgres import Postgres
from tests.s3 import S3
from tests.unit.sync.kit import ServerProcess, new_id, until, wall_ms

OWNER = "0123456789abcdef"


@pytest.fixture(params=("files", "s3"))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "files":
        return open_store(tmp_path / "data", os.urandom)
    s3: S3 = request.getfixturevalue("s3")
    return open_store(s3.bucket(), os.urandom)


def name_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def pieces(data: bytes, size: int = 100_000) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def whole(store: BlobStore, name: str, start: int = 0) -> bytes:
    return b"".join(store.read(name, start))


@pytest.mark.parametrize("size", [0, 1, 5 << 20, (8 << 20) - 1, 8 << 20, (8 << 20) + 1, 17 << 20])
def test_a_file_of_any_length_comes_out_as_it_went_in(store: BlobStore, size: int) -> None:
    data = random.Random(size).randbytes(size)
    name = name_of(data)
    assert store.size(name) is None
    store.put(name, pieces(data))
    assert store.size(name) == size
    assert whole(store, name) == data
    assert whole(store, name, size // 2) == data[size // 2 :]
    assert whole(store, name, size) == b""


def test_a_file_put_again_replaces_a_damaged_one(store: BlobStore) -> None:
    store.put(name_of(b"right"), iter((b"wrong",)))
    store.put(name_of(b"right"), iter((b"right",)))
    assert whole(store, name_of(b"right")) == b"right"


def test_chunks_to_which_nothing_came_for_long_are_dropped_and_finished_files_stay(store: BlobStore) -> None:
    name, now_ms = name_of(b"chunk"), wall_ms()
    store.stage(OWNER, name, 0, b"chunk")
    store.put(name, iter((b"chunk",)))
    store.drop_stale(now_ms - 3_600_000)
    assert store.staged(OWNER, name) == {0: 5}
    store.drop_stale(now_ms + 3_600_000)
    assert store.staged(OWNER, name) == {}
    assert whole(store, name) == b"chunk"


@pytest.mark.parametrize("size", [10, 9 << 20, 20 << 20])
def test_a_file_whose_bytes_fail_half_way_is_not_there(store: BlobStore, size: int) -> None:
    def failing() -> Iterator[bytes]:
        yield from pieces(b"x" * size)
        raise ValueError("digest")

    with pytest.raises(ValueError, match="digest"):
        store.put("ab" * 32, failing())
    assert store.size("ab" * 32) is None
    with pytest.raises(FileNotFoundError):
        whole(store, "ab" * 32)


def test_chunks_come_in_any_order_twice_and_are_forgotten_together(store: BlobStore) -> None:
    name = "cd" * 32
    assert store.staged(OWNER, name) == {}
    for number, data in ((10, b"k" * 3), (2, b"c"), (0, b"a"), (2, b"cc"), (1, b"b")):
        store.stage(OWNER, name, number, data)
    store.stage("f" * 16, name, 0, b"of another device")
    assert store.staged(OWNER, name) == {0: 1, 1: 1, 2: 2, 10: 3}
    assert b"".join(store.read_staged(OWNER, name, 3)) == b"abcc"
    with pytest.raises(FileNotFoundError):
        b"".join(store.read_staged(OWNER, name, 4))
    store.drop_staged(OWNER, name)
    assert store.staged(OWNER, name) == {}
    assert store.staged("f" * 16, name) == {0: 17}
    store.drop_staged(OWNER, name)


def test_a_list_of_several_pages_is_read_to_its_end(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    store = S3Store(s3.bucket())
    for number in range(10):
        store.stage(OWNER, "ef" * 32, number, b"1")
    monkeypatch.setattr(store._client, "list_objects_v2", partial(store._client.list_objects_v2, MaxKeys=3))
    assert len(store.staged(OWNER, "ef" * 32)) == 10
    store.drop_staged(OWNER, "ef" * 32)
    assert store.staged(OWNER, "ef" * 32) == {}


def test_notes_are_replaced_as_a_whole(store: BlobStore) -> None:
    assert store.note("ANCHOR") is None
    store.keep_note("ANCHOR", b"one")
    store.keep_note("ANCHOR", b"two")
    assert store.note("ANCHOR") == b"two"
    store.check()


@pytest.mark.parametrize("address", ["s3:///prefix", "ftp://bucket/x", "s3://bucket/x?secret=1"])
def test_an_address_that_says_nothing_is_refused(address: str) -> None:
    with pytest.raises(SyncError) as refused:
        open_store(address, os.urandom)
    assert refused.value.code == "server.bad_address"


def test_a_bucket_that_is_not_there_is_said_to_be_unusable(s3: S3) -> None:
    store = open_store(f"s3://nowhere/x?endpoint={s3.endpoint}", os.urandom)
    for work in (store.check, lambda: store.keep_note("n", b""), lambda: store.stage(OWNER, "ab" * 32, 0, b"")):
        with pytest.raises(SyncError) as refused:
            work()
        assert refused.value.code == "server.busy"


class TakingTurns(ServerDoor):
    """Lose the line half-way, then send every other chunk to another worker."""

    urls: tuple[str, ...] = ()

    def put_file(self, sha256: str, size: int, pieces: Iterable[bytes]) -> BlobState:
        def cut() -> Iterator[bytes]:
            for number, piece in enumerate(pieces):
                if number > 20:
                    raise Unreachable()
                yield piece

        return super().put_file(sha256, size, cut())

    def put_chunk(self, sha256: str, number: int, data: bytes) -> None:
        self.url = self.urls[number % len(self.urls)]
        super().put_chunk(sha256, number, data)


def test_two_workers_on_one_database_and_one_bucket_take_turns_with_one_file(
    s3: S3, postgres: Postgres, tmp_path: Path
) -> None:
    database, bucket = postgres.database(), s3.bucket()
    workers = [ServerProcess(tmp_path, database, bucket) for _ in range(2)]
    try:
        laptop = workers[0].laptop("s:1")
        door = TakingTurns(laptop.door.url, wall_ms, new_id)
        door.credentials, door.urls = laptop.door.credentials, tuple(one.url for one in workers)
        laptop.door = door
        data = random.Random(1).randbytes(9_500_000)
        name = laptop.photo(data)
        assert not laptop.sync().is_complete
        until(lambda: len(door.offer(name, BlobOffer("s:1", len(data), "image/jpeg")).missing) < 10)
        assert laptop.sync().is_complete
        assert laptop.store.file_receipts == {name}
        reader = workers[1].laptop("s:1")
        assert reader.sync().is_complete
        assert reader.vault.kept[name] == data
        assert store_is_clean(s3, bucket)
    finally:
        for one in workers:
            one.kill()


def store_is_clean(s3: S3, bucket: str) -> bool:
    name = bucket.removeprefix("s3://").split("/")[0]
    keys = [one["Key"] for one in s3.client.list_objects_v2(Bucket=name)["Contents"]]
    return not any("/staging/" in key for key in keys)
