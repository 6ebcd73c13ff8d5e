"""A file that takes longer to put together than a request should: it is answered at once, and the receipt follows."""

import errno
import hashlib
import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from sqlalchemy import select

from sync.client.errors import NotTheServer
from sync.client.http import ServerDoor
from sync.client.runs import SyncResult
from sync.client.store import FileStatus
from sync.protocol import codec
from sync.protocol.files import FileOffer, OffersAnswer, OffersRequest
from sync.protocol.messages import BlobOffer
from sync.protocol.policy import Role
from sync.server import assembly
from sync.server.app import DATABASE_NAME, office_at
from sync.server.db import schema
from sync.server.openapi import description
from sync.server.ops.scrub import scrub
from sync.server.routes import Office
from sync.server.store.files import FileStore
from tests.faults.scissors import Scissors
from tests.postgres import Postgres
from tests.s3 import S3
from tests.unit.sync.conftest import BOTH, address
from tests.unit.sync.kit import Laptop, ServerProcess, new_id, until, wall_ms
from tests.unit.sync.test_openapi import CHECKS, send
from tests.unit.sync.test_server_stores import store_is_clean
from tests.unit.sync.town import Box, Town

MIB = 1 << 20
FEED = "s:610100"


def name_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Impatient(ServerProcess):
    """A real server to which 1 MiB is long."""

    program = "tests.unit.sync.impatient_server"


class Narrow(ServerDoor):
    """A proxy on the way lets no file pass in one piece, so that the server has to put chunks together."""

    def put_file(self, sha256: str, size: int, pieces: Iterable[bytes]) -> None:
        raise NotTheServer(status=413)


def behind_a_proxy(laptop: Laptop) -> Laptop:
    old = laptop.door
    old.close()
    laptop.door = Narrow(old.url, wall_ms, new_id, old.credentials)
    return laptop


def runs_until_whole(laptop: Laptop) -> list[SyncResult]:
    runs: list[SyncResult] = []

    def is_whole() -> bool:
        runs.append(laptop.sync())
        return runs[-1].is_complete

    until(is_whole)
    return runs


# --- in this process


class Held(FileStore):
    """A folder that gives of each staged file one piece, and the others when it is let."""

    def let_by(self, event: threading.Event) -> "Held":
        self.is_let, self.readings = event, 0
        return self

    def read_staged(self, owner: str, sha256: str, count: int) -> Iterator[bytes]:
        self.readings += 1
        for number, data in enumerate(super().read_staged(owner, sha256, count)):
            if number == 1:
                assert self.is_let.wait(20)
            yield data


class Desk:
    """A server to which 1 MiB is long, further ones over the same data, and a device."""

    def __init__(self, folder: Path, place: str | None) -> None:
        self.place, self.folder = place or folder / DATABASE_NAME, folder
        self.town = Town(folder, place).with_offices()
        self.is_let = threading.Event()
        self.store = self._hold(self.town.office)
        self.others: list[Office] = []
        self.box = self.inspector()

    def _hold(self, office: Office) -> Held:
        held = Held(self.folder, random.randbytes).let_by(self.is_let)
        office.blobs.store, office.blobs.at_once_bytes = held, MIB
        return held

    def inspector(self) -> Box:
        return self.town.device(self.town.person((Role.INSPECTOR, "610100")))

    def other_worker(self) -> tuple[Held, Office]:
        self.others.append(office_at(self.place, self.folder, self.town.world))
        return self._hold(self.others[-1]), self.others[-1]

    def bring(self, data: bytes, said: bytes | None = None) -> str:
        """Send all chunks of a file; `said` is the file that was announced, if that is another one."""
        name = name_of(said or data)
        offer = BlobOffer(FEED, len(data), "video/mp4")
        assert self.box.call("POST", f"/v1/blobs/{name}", codec.dump(offer))[0] == 200
        for number in range(-(-len(data) // MIB)):
            chunk = data[number * MIB : (number + 1) * MIB]
            assert self.box.call("PUT", f"/v1/blobs/{name}/{number}", chunk)[0] == 204
        return name

    def commit(self, name: str) -> tuple[int, Any]:
        return self.box.call("POST", f"/v1/blobs/{name}/commit")

    def settled(self, name: str) -> tuple[int, Any]:
        """Ask until the server is not at work any more."""
        answers: list[tuple[int, Any]] = []

        def is_over() -> bool:
            answers.append(self.commit(name))
            return answers[-1][0] != 202

        until(is_over)
        return answers[-1]

    def receipts(self, name: str) -> int:
        with self.town.office.database.read() as unit:
            of = schema.receipt.c
            return len(unit.execute(select(of.seq).where(of.kind == "file", of.subject == name)).all())

    def close(self) -> None:
        self.is_let.set()
        for one in (self.town.office, *self.others):
            one.blobs.close()
        for other in self.others:
            other.database.close()
        self.town.close()


@pytest.fixture(params=BOTH)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "town", address(request))
    yield made
    made.close()


def test_the_answer_is_given_before_the_work_is_done_and_the_receipt_comes_with_it(desk: Desk) -> None:
    data = random.randbytes(3 * MIB + 7)
    name = desk.bring(data)
    for _ in range(3):
        status, said = desk.commit(name)
        assert (status, said["complete"], said["missing"]) == (202, False, [])
    until(lambda: desk.store.readings == 1)
    assert desk.receipts(name) == 0
    assert desk.box.get(name) == 404
    desk.is_let.set()
    until(lambda: desk.receipts(name) == 1)
    assert name in desk.box.receipts()
    assert desk.box.get(name) == 200
    status, said = desk.commit(name)
    assert (status, said["complete"], said["size"]) == (200, True, len(data))
    assert (desk.store.readings, desk.receipts(name)) == (1, 1)
    until(lambda: not list((desk.folder / "staging").rglob("*.*")))


def test_what_is_no_longer_than_that_is_done_at_once(desk: Desk) -> None:
    desk.is_let.set()
    assert desk.commit(desk.bring(random.randbytes(MIB)))[0] == 200


def test_the_answer_is_as_the_description_says(desk: Desk) -> None:
    name = desk.bring(random.randbytes(2 * MIB))
    described = schemathesis.openapi.from_dict(json.loads(codec.dump(description())))["/v1/blobs/{sha256}/commit"]["POST"]
    case = described.Case(method="POST", path_parameters={"sha256": name})
    answer = send(desk.town, desk.box, "POST", f"/v1/blobs/{name}/commit", b"", "")
    assert answer.status_code == 202
    case.validate_response(answer, checks=CHECKS)


def test_other_bytes_than_the_name_says_are_told_once_and_then_sent_again(desk: Desk) -> None:
    data = random.randbytes(2 * MIB)
    desk.is_let.set()
    name = desk.bring(data[:-1] + bytes([data[-1] ^ 1]), said=data)
    status, said = desk.settled(name)
    assert (status, said["code"]) == (422, "blob.digest")
    assert not list((desk.folder / "staging").rglob(f"{name}/*"))
    assert (desk.commit(name)[1]["code"], desk.receipts(name)) == ("blob.incomplete", 0)
    assert desk.bring(data) == name
    until(lambda: desk.commit(name)[0] == 200)
    assert desk.receipts(name) == 1


def test_two_workers_do_not_do_the_same_work_and_the_second_takes_over_where_the_first_died(desk: Desk) -> None:
    name = desk.bring(random.randbytes(2 * MIB))
    device = desk.town.office.devices.find(desk.box.id)
    assert desk.commit(name)[0] == 202
    until(lambda: desk.store.readings == 1)
    store, office = desk.other_worker()
    for _ in range(3):
        assert not office.blobs.commit(device, name).complete
        time.sleep(0.05)
    assert store.readings == 0
    desk.town.now_ms += assembly._HOLD_MS  # nothing was heard of the first one for so long
    assert not office.blobs.commit(device, name).complete
    until(lambda: store.readings == 1)
    desk.is_let.set()  # it was not dead: both end it
    until(lambda: office.blobs.commit(device, name).complete)
    until(lambda: not desk.town.office.blobs._assembly._jobs | office.blobs._assembly._jobs)
    assert desk.receipts(name) == 1
    assert desk.box.get(name) == 200


def test_a_server_that_ends_leaves_the_work_to_its_successor_at_once(desk: Desk) -> None:
    name = desk.bring(random.randbytes(2 * MIB))
    assert desk.commit(name)[0] == 202
    until(lambda: desk.store.readings == 1)
    threading.Timer(0.1, desk.is_let.set).start()
    desk.town.office.blobs.close()
    assert desk.receipts(name) == 0
    assert not list((desk.folder / "blobs").rglob("*.part"))
    _, office = desk.other_worker()
    device = desk.town.office.devices.find(desk.box.id)
    until(lambda: office.blobs.commit(device, name).complete)
    assert desk.receipts(name) == 1


def test_who_is_locked_out_meanwhile_gets_no_receipt_and_nobody_reads_the_file(desk: Desk) -> None:
    reader = desk.inspector()
    name = desk.bring(random.randbytes(2 * MIB))
    assert desk.commit(name)[0] == 202
    until(lambda: desk.store.readings == 1)
    desk.town.office.devices.revoke(desk.box.id)
    desk.is_let.set()
    until(lambda: not desk.town.office.blobs._assembly._jobs)
    assert (desk.receipts(name), reader.get(name)) == (0, 404)


def test_a_disk_without_room_is_told_and_the_next_request_tries_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.is_let.set()
    name = desk.bring(random.randbytes(2 * MIB))
    spare = 256 * MIB
    monkeypatch.setattr(desk.store, "free_bytes", lambda: spare + 2 * MIB - 1)
    status, said = desk.settled(name)
    assert (status, said["code"]) == (507, "blob.no_space")
    monkeypatch.setattr(desk.store, "free_bytes", lambda: spare + 2 * MIB)
    until(lambda: desk.commit(name)[0] == 200)


@pytest.mark.parametrize(
    ("trouble", "told"), [(errno.EIO, (503, "server.busy")), (errno.ENOSPC, (507, "blob.no_space"))]
)
def test_a_trouble_of_the_disk_is_told_and_the_next_request_tries_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, trouble: int, told: tuple[int, str]
) -> None:
    def failing(sha256: str, chunks: Iterator[bytes]) -> None:
        next(chunks)
        raise OSError(trouble, os.strerror(trouble))

    desk.is_let.set()
    name = desk.bring(random.randbytes(2 * MIB))
    monkeypatch.setattr(desk.store, "put", failing)
    status, said = desk.settled(name)
    assert (status, said["code"]) == told
    monkeypatch.undo()
    until(lambda: desk.commit(name)[0] == 200)


def test_a_receipt_that_was_given_just_before_the_server_died_is_not_worked_for_again(desk: Desk) -> None:
    desk.is_let.set()
    data = random.randbytes(2 * MIB)
    name = desk.bring(data)
    staging = next((desk.folder / "staging").rglob(name))
    kept = {one.name: one.read_bytes() for one in staging.iterdir()}
    until(lambda: desk.commit(name)[0] == 200)
    until(lambda: not staging.exists())
    staging.mkdir()
    for chunk, content in kept.items():
        (staging / chunk).write_bytes(content)
    offer = FileOffer(name, FEED, len(data), "video/mp4")
    status, said = desk.box.call("POST", "/v1/blobs", codec.dump(OffersRequest((offer,))))
    state = codec.load(OffersAnswer, json.dumps(said).encode()).files[0]
    assert (status, state.complete, state.at_work) == (200, True, False)
    assert (desk.store.readings, desk.receipts(name), staging.exists()) == (1, 1, False)


def test_what_a_killed_server_was_writing_is_swept_away_a_day_later(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "town", None)
    desk.is_let.set()
    name = desk.bring(random.randbytes(2 * MIB))
    until(lambda: desk.commit(name)[0] == 200)
    place = desk.folder / "blobs" / name[:2] / name[2:4]
    for part, age_s in (("old.part", 25 * 3600), ("new.part", 23 * 3600)):
        (place / part).write_bytes(b"half")
        at_s = desk.town.now_ms / 1000 - age_s
        os.utime(place / part, (at_s, at_s))
    assert scrub(desk.town.office).damaged == ()
    assert {one.name for one in place.iterdir()} == {name, "new.part"}
    desk.close()


def test_many_files_together_are_as_long_as_one(desk: Desk) -> None:
    desk.is_let.set()
    files = [random.randbytes(MIB // 2) for _ in range(4)]
    offers = tuple(FileOffer(desk.bring(one), FEED, len(one), "image/jpeg") for one in files)

    def states() -> list[tuple[bool, bool]]:
        said = desk.box.call("POST", "/v1/blobs", codec.dump(OffersRequest(offers)))[1]
        return [(one.complete, one.at_work) for one in codec.load(OffersAnswer, json.dumps(said).encode()).files]

    assert states() == [(True, False), (True, False), (False, True), (False, True)]
    until(lambda: states() == [(True, False)] * 4)


# --- with real processes


@pytest.fixture(params=BOTH)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerProcess]:
    made = Impatient(tmp_path / "server", address(request))
    yield made
    made.kill()


def test_a_long_file_stops_neither_rows_nor_other_files_and_is_sent_once(server: ServerProcess) -> None:
    laptop, reader = behind_a_proxy(server.laptop("s:1")), server.laptop("s:1")
    long, short = laptop.photo(random.randbytes(5 * MIB)), laptop.photo(random.randbytes(MIB // 2))
    first, *more = runs_until_whole(laptop)
    assert (first.files_sent, first.files_at_work, first.failure, first.file_failures) == (2, 1, None, ())
    assert laptop.store.states() == {"done"}
    assert sum(one.bytes_up for one in more) < MIB
    assert laptop.store.file_receipts == {long, short}
    assert laptop.store.file_states[long] is FileStatus.REMOTE
    assert reader.sync().is_complete
    assert reader.vault.kept == laptop.vault.kept
    laptop.door.close()
    reader.door.close()


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_a_server_killed_while_it_puts_a_file_together_begins_again_when_it_is_asked(server: ServerProcess) -> None:
    laptop = behind_a_proxy(server.laptop("s:1"))
    name = laptop.photo(random.randbytes(80 * MIB))
    blobs, kills = server.folder / "blobs", 0
    for _ in range(3):
        asking = threading.Thread(target=laptop.sync)
        asking.start()
        until_at_once(lambda: bool(list(blobs.rglob("*.part"))))
        server.kill()
        asking.join()
        kills += not (blobs / name[:2] / name[2:4] / name).exists()
        assert name not in laptop.store.file_receipts
        server.start()
        laptop.door.close()
        laptop.door.url = server.url
    assert kills > 0
    runs = runs_until_whole(laptop)
    assert sum(one.bytes_up for one in runs) < MIB  # the chunks are there
    assert laptop.store.file_receipts == {name}
    with laptop.door.fetch(name, 0) as pieces:
        assert b"".join(pieces) == laptop.vault.kept[name]
    laptop.door.close()


def until_at_once(claim: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not claim():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_a_line_that_is_cut_while_it_is_asked_delays_the_receipt_and_no_more(server: ServerProcess) -> None:
    laptop = behind_a_proxy(server.laptop("s:1"))
    wire, names = Scissors(server.url), set()
    laptop.door.close()
    laptop.door.url = wire.url
    try:
        for budget in range(1, 1100, 100):
            data = random.randbytes(MIB + 5)
            offer = FileOffer(laptop.photo(data), laptop.store.scope, len(data), "image/jpeg")
            laptop.door.offers([offer])
            for number in range(2):
                laptop.door.put_chunk(offer.sha256, number, data[number * MIB : (number + 1) * MIB])
            wire.arm("POST /v1/blobs ", budget)
            result = laptop.sync()
            wire.disarm()
            assert result.failure is None or result.failure.code == "http.unreachable"
            runs_until_whole(laptop)
            names.add(offer.sha256)
            assert laptop.store.file_receipts == names
    finally:
        wire.close()
    assert wire.cuts > 5
    assert laptop.store.states() == {"done"}
    laptop.door.close()


def test_wrong_bytes_are_looked_at_here_and_the_server_keeps_none(server: ServerProcess) -> None:
    laptop = behind_a_proxy(server.laptop("s:1"))
    damaged, right = laptop.photo(random.randbytes(2 * MIB)), laptop.photo(random.randbytes(2 * MIB))
    laptop.vault.kept[damaged] = b"x" * (2 * MIB)
    found: list[tuple[str, object]] = []

    def is_known() -> bool:
        found.extend((one.code, one.params["sha256"]) for one in laptop.sync().file_failures)
        return bool(found) and right in laptop.store.file_receipts

    until(is_known)
    assert found == [("blob.damaged", damaged)]
    assert laptop.store.file_states[damaged] is FileStatus.DAMAGED
    laptop.door.close()


def test_a_file_beyond_64_mib_needs_no_setting(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "server")
    try:
        laptop = behind_a_proxy(server.laptop("s:1"))
        short, long = laptop.photo(random.randbytes(3 * MIB)), laptop.photo(random.randbytes(64 * MIB + 1))
        began = laptop.sync()
        assert (began.files_sent, began.files_at_work) == (2, 1)
        assert laptop.store.file_receipts == {short}
        runs_until_whole(laptop)
        assert laptop.store.file_receipts == {short, long}
        laptop.door.close()
    finally:
        server.kill()


def test_a_file_in_one_piece_waits_whole_in_a_folder_and_gets_its_receipt_at_once(server: ServerProcess) -> None:
    laptop = server.laptop("s:1")
    name = laptop.photo(random.randbytes(5 * MIB))
    result = laptop.sync()
    assert (result.is_complete, result.files_at_work) == (True, 0)
    assert laptop.store.file_receipts == {name}
    laptop.door.close()


class TakingTurns(ServerDoor):
    """Ask the one worker and then the other."""

    urls: tuple[str, ...] = ()
    turn = 0

    def offers(self, files: Any) -> Any:
        self.turn += 1
        self.close()
        self.url = self.urls[self.turn % len(self.urls)]
        return super().offers(files)


def test_two_workers_on_one_database_and_one_bucket_put_it_together_and_give_one_receipt(
    s3: S3, postgres: Postgres, tmp_path: Path
) -> None:
    database, bucket = postgres.database(), s3.bucket()
    workers = [Impatient(tmp_path, database, bucket) for _ in range(2)]
    try:
        laptop, reader = workers[0].laptop("s:1"), workers[1].laptop("s:1")
        door = TakingTurns(laptop.door.url, wall_ms, new_id, laptop.door.credentials)
        door.urls, laptop.door = tuple(one.url for one in workers), door
        name = laptop.photo(random.randbytes(17 * MIB))
        first, *_ = runs_until_whole(laptop)
        assert (first.files_sent, first.files_at_work) == (1, 1)
        assert laptop.store.file_receipts == {name}
        assert len([one for one in laptop.store.receipts() if one]) == 1
        assert reader.sync().is_complete
        assert reader.vault.kept == laptop.vault.kept
        until(lambda: store_is_clean(s3, bucket))
        laptop.door.close()
        reader.door.close()
    finally:
        for one in workers:
            one.kill()
