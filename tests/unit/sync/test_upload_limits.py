"""One device never takes the whole disk: what it may send in a day, leave unfinished, and take of what is left."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from sync.client.errors import Refused
from sync.protocol import codec
from sync.protocol.errors import SyncError
from sync.protocol.files import FileOffer, OffersRequest, bundled
from sync.protocol.messages import Cursor
from sync.server.db import schema
from sync.server.devices import Device
from sync.server.store.files import FileStore
from sync.server.upload_limits import Limits, Meter
from tests.unit.sync.conftest import BOTH, address
from tests.unit.sync.kit import ServerProcess, wall_ms
from tests.unit.sync.town import DAY_MS, Box, Town

MIB = 1 << 20
HOUR_MS = 3_600_000
FEED = "s:610100"


@pytest.fixture(params=BOTH)
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "town", address(request))
    yield made
    made.close()


@pytest.fixture
def box(town: Town) -> Box:
    return town.device("u", FEED)


def limit(town: Town, day: int = 1 << 40, unfinished: int = 1 << 40, lines: int = 1 << 40) -> Meter:
    meter = town.office.blobs.meter
    assert meter is not None
    meter.limits = Limits(day, unfinished, lines)
    return meter


def name_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def announced(box: Box, *files: bytes) -> list[str | None]:
    """Announce files and return why each is not taken."""
    offers = tuple(FileOffer(name_of(one), FEED, len(one), "image/jpeg") for one in files)
    status, said = box.call("POST", "/v1/blobs", codec.dump(OffersRequest(offers)))
    assert status == 200, said
    assert all(one["later"] for one in said["files"] if one["problem"])
    return [one["problem"] and one["problem"]["code"] for one in said["files"]]


def sent(box: Box, data: bytes) -> str:
    """Send an announced file in one piece and return why it is not taken."""
    _, said = box.call("PUT", f"/v1/blobs/{name_of(data)}", data)
    return said["code"] if said else ""


def bundle(box: Box, *files: bytes) -> list[str | None]:
    offers = tuple(FileOffer(name_of(one), FEED, len(one), "image/jpeg") for one in files)
    _, said = box.call("PUT", "/v1/bundles", bundled(OffersRequest(offers), files))
    return [one["problem"] and one["problem"]["code"] for one in said["files"]]


def code_of(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except SyncError as problem:
        return problem.code
    return ""


def alarms(town: Town) -> list[tuple[str, str, str]]:
    return [(one.device, one.kind, one.detail) for one in town.people.admissions.alarms()]


def on_disk(town: Town) -> int:
    store = town.office.blobs.store
    assert isinstance(store, FileStore)
    return sum(one.stat().st_size for one in (store._folder / "staging").rglob("*") if one.is_file())


def test_who_sent_enough_in_a_day_sends_the_rest_the_next_and_records_go_on(town: Town, box: Box) -> None:
    limit(town, day=5 * MIB)
    first, second, third = (os.urandom(size * MIB) for size in (3, 2, 1))
    assert announced(box, first, second, third) == [None, None, "blob.day_limit"]
    assert [sent(box, first), sent(box, second)] == ["", ""]
    assert announced(box, first, second, third) == [None, None, "blob.day_limit"], "the two get their receipts"
    line = box.line(FEED)
    assert str(box.push(line)[line.line.op].status) == "applied"
    assert alarms(town) == [(box.id, "files.day", "5.0 MiB")]
    town.now_ms += 23 * HOUR_MS
    assert announced(box, third) == ["blob.day_limit"]
    town.now_ms += HOUR_MS
    assert announced(box, third) == [None]
    assert sent(box, third) == ""
    assert announced(box, third) == [None]


def test_one_device_s_limit_stops_no_other(town: Town, box: Box) -> None:
    limit(town, day=2 * MIB)
    other, mine, theirs = town.device("v", FEED), os.urandom(2 * MIB), os.urandom(2 * MIB)
    announced(box, mine)
    sent(box, mine)
    assert announced(box, os.urandom(1000)) == ["blob.day_limit"]
    assert announced(other, theirs) == [None]
    assert sent(other, theirs) == ""


def test_whoever_does_not_ask_before_he_sends_comes_no_further(town: Town, box: Box) -> None:
    files = [os.urandom(3 * MIB) for _ in range(4)]
    assert announced(box, *files) == [None] * 4
    limit(town, day=7 * MIB)
    with ThreadPoolExecutor(4) as pool:  # at once, as a broken program does, straight at the files
        devices = town.office.devices.find(box.id)
        codes = list(pool.map(lambda data: taken(town, devices, data), files))
    assert sorted(codes) == ["", "", "blob.day_limit", "blob.day_limit"]
    assert on_disk(town) == 6 * MIB
    chunk = files[codes.index("blob.day_limit")]
    answers = [box.call("PUT", f"/v1/blobs/{name_of(chunk)}/{n}", chunk[n * MIB : (n + 1) * MIB]) for n in range(3)]
    assert [status for status, _ in answers] == [204, 507, 507]
    assert answers[1][1]["message"] == (
        "这台设备 24 小时内送来的文件已有 7.0 MiB，上限 7.0 MiB。文件都在那台电脑上，之后自动再送；急用请管理员放开。"
    )
    assert on_disk(town) == 7 * MIB


def taken(town: Town, device: Device, data: bytes) -> str:
    def send() -> None:
        incoming = town.office.blobs.begin(device, name_of(data))
        incoming.take([data])
        incoming.finish()
        incoming.close()

    return code_of(send)


def test_a_long_file_is_counted_while_it_comes(town: Town, box: Box) -> None:
    data = os.urandom(20 * MIB)
    assert announced(box, data) == [None]
    limit(town, day=16 * MIB)
    assert sent(box, data) == "blob.day_limit"
    assert on_disk(town) <= 16 * MIB
    limit(town)
    assert announced(box, data) == [None]
    missing = box.offer(FEED, data)[1]["missing"]
    assert 0 < len(missing) < 20, "what came is kept"


def test_small_files_are_counted_and_a_refused_bundle_leaves_nothing(town: Town, box: Box) -> None:
    limit(town, day=100_000)
    files = [os.urandom(40_000) for _ in range(3)]
    assert bundle(box, *files[:2]) == [None, None]
    assert bundle(box, *files[:2]) == [None, None], "what is there is not counted again"
    assert bundle(box, files[2], files[0]) == ["blob.day_limit", None]
    assert box.get(name_of(files[2])) == 404
    assert alarms(town) == [(box.id, "files.day", "97.7 KiB")]


def test_files_that_are_never_finished_come_to_a_limit_of_their_own(town: Town, box: Box) -> None:
    limit(town, unfinished=4 * MIB)
    whole, begun, late = (os.urandom(size * MIB) for size in (3, 3, 2))
    announced(box, whole)
    sent(box, whole)
    assert announced(box, whole) == [None], "it is finished, and counts no more"
    announced(box, begun)
    for number in range(2):
        assert box.call("PUT", f"/v1/blobs/{name_of(begun)}/{number}", begun[number * MIB :][:MIB])[0] == 204
    wrong = [box.call("PUT", f"/v1/blobs/{name_of(begun)}/0", begun[:MIB])[0] for _ in range(3)]
    assert wrong == [204, 204, 507], "the same again is taken, and counted"
    assert announced(box, begun, late) == ["blob.unfinished_limit", "blob.unfinished_limit"]
    assert bundle(box, os.urandom(100)) == [None], "what is finished at once goes on"
    assert alarms(town) == [(box.id, "files.unfinished", "4.0 MiB")]
    town.office.blobs.lift(box.id)
    assert on_disk(town) == 0
    assert announced(box, begun) == [None]
    assert sent(box, begun) == ""
    assert announced(box, begun) == [None]


def test_nobody_takes_more_in_a_day_than_he_leaves(town: Town, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    meter, spare = limit(town), 256 * MIB
    free = spare + 8 * MIB
    monkeypatch.setattr(meter, "_free_bytes", lambda: free)
    assert code_of(lambda: meter.count(box.id, 9 * MIB)) == "blob.no_space"
    free = 1000 * MIB
    meter.count(box.id, 500 * MIB)
    free = 500 * MIB
    assert code_of(lambda: meter.count(box.id, MIB)) == "blob.disk_limit"
    assert alarms(town) == [(box.id, "files.disk", "")]
    meter.count(town.device("v", FEED).id, MIB)


def test_bytes_sent_at_once_by_several_processes_are_all_counted(town: Town, box: Box) -> None:
    limit(town, day=100)
    others = [Meter(town.office.database, town.world, lambda: None) for _ in range(4)]
    for one in others:
        one.limits = Limits(100, 100)

    def count(meter: Meter) -> int:
        return sum(5 for _ in range(10) if not code_of(lambda: meter.count(box.id, 5)))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(count, others)) == 100
    assert others[0].use(box.id).day_bytes == 100


def test_what_is_brought_by_hand_is_not_limited(town: Town, box: Box) -> None:
    limit(town, day=10, unfinished=10)
    data, device = os.urandom(1000), town.office.devices.find(box.id)
    blobs = town.office.blobs.by_hand()
    offer = FileOffer(name_of(data), FEED, 1000, "image/jpeg")
    assert blobs.offers(device, OffersRequest((offer,))).files[0].problem is None
    blobs.put_chunk(device, name_of(data), 0, data)
    assert blobs.commit_at_once(device, name_of(data)).complete
    assert announced(box, os.urandom(1000)) == ["blob.day_limit"]


def test_who_sent_enough_lines_in_a_day_reads_on_and_sends_the_rest_the_next(town: Town, box: Box) -> None:
    first, second = box.line(FEED), box.line(FEED)
    limit(town, lines=len(first.data) + len(second.data) - 1)
    for _ in range(3):
        assert str(box.push(first)[first.line.op].status) == "applied", "what is there is not counted again"
    status, said = box.send(second, cursors=(Cursor(FEED),))
    assert (status, said["taken"], said["problem"]["code"]) == (200, 0, "push.day_limit")
    assert said["problem"]["message"].startswith("这台设备 24 小时内送来的记录已有 ")
    assert [one["head_seq"] for one in said["pages"]] == [1]
    assert [(device, kind) for device, kind, _ in alarms(town)] == [(box.id, "lines.day")]
    other = town.device("v", FEED)
    theirs = other.line(FEED)
    assert str(other.push(theirs)[theirs.line.op].status) == "applied"
    assert announced(box, os.urandom(1000)) == [None], "files are counted for themselves"
    town.now_ms += DAY_MS
    assert str(box.push(second)[second.line.op].status) == "applied"


def test_lines_that_are_put_aside_are_counted_too(town: Town, box: Box) -> None:
    strange = box.line("s:999999")
    limit(town, lines=len(strange.data) - 1)
    assert box.send(strange)[1]["problem"]["code"] == "push.day_limit"
    with town.office.database.read() as unit:
        assert unit.execute(select(func.count()).select_from(schema.quarantine)).scalar_one() == 0
    limit(town, lines=len(strange.data))
    assert str(box.push(strange)[strange.line.op].status) == "quarantined"


def test_chunks_that_nobody_remembers_are_dropped_after_their_time(town: Town, box: Box) -> None:
    store, data = town.office.blobs.store, os.urandom(MIB)
    now_ms = time.time_ns() // 1_000_000  # files know the machine's clock
    for owner in ("gone", "going"):
        store.stage(owner, name_of(data), 0, data)
    folder = town.office.blobs.store._folder / "staging" / "gone" / name_of(data)
    for one in (folder, *folder.iterdir()):
        os.utime(one, (now_ms / 1000 - 31 * 24 * 3600,) * 2)
    store.drop_stale(now_ms - 30 * DAY_MS)
    assert (store.staged("gone", name_of(data)), store.staged("going", name_of(data))) == ({}, {0: MIB})


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest) -> str | None:
    return address(request)


GIB = 1 << 30


class RoomyServer(ServerProcess):
    program = "tests.unit.sync.roomy_server"


@pytest.fixture
def roomy(tmp_path: Path, place: str | None, monkeypatch: pytest.MonkeyPatch) -> Iterator[RoomyServer]:
    monkeypatch.setenv("YANFANG_FILES_PER_DAY", "8")
    server = RoomyServer(tmp_path / "server", place)
    yield server
    server.kill()


def fill(server: ServerProcess, device: str, *, files: int = 0, lines: int = 0) -> None:
    """Let the server know that a device sent so much in this hour."""
    office = server.office()
    with office.database.write() as unit:
        unit.execute(insert(schema.device_intake).values(device=device, hour=wall_ms() // HOUR_MS, files=files, lines=lines))
    office.database.close()


def test_a_laptop_at_its_limit_keeps_its_files_sends_its_records_and_asks_without_sending_them_again(
    roomy: RoomyServer, place: str | None
) -> None:
    beside = RoomyServer(roomy.folder, roomy.database, str(roomy.blobs)) if place else roomy
    laptop = roomy.laptop(FEED)
    try:
        fill(roomy, laptop.device, files=8 * GIB - 10_000)
        names = {laptop.photo(os.urandom(size)) for size in (30_000, 40_000, 70_000)}
        engine = laptop.engine()
        for one in (roomy, beside):
            laptop.door.close()
            laptop.door.url = one.url
            before = laptop.door.traffic.up
            result = engine.run()
            assert result.failure is None
            assert {(each.code, each.retryable) for each in result.file_failures} == {("blob.day_limit", True)}
            assert engine.is_careful
        assert laptop.door.traffic.up - before < 5000, "the second run announces and sends no bytes"
        assert laptop.store.states() == {"done"}
        assert set(laptop.vault.kept) == names
        office = roomy.office()
        assert [(one.device, one.kind) for one in office.devices.people.admissions.alarms()] == [(laptop.device, "files.day")]
        office.blobs.lift(laptop.device)
        office.database.close()
        result = engine.run()
        assert (result.file_failures, laptop.store.file_receipts, engine.is_careful) == ((), names, False)
    finally:
        laptop.door.close()
        beside.kill()


def test_a_refusal_in_the_middle_of_a_file_reaches_the_laptop_as_such(roomy: RoomyServer) -> None:
    laptop = roomy.laptop(FEED)
    data = os.urandom(24 * MIB)
    laptop.door.offers([FileOffer(name_of(data), FEED, len(data), "image/jpeg")])
    fill(roomy, laptop.device, files=8 * GIB - 10 * MIB)
    with pytest.raises(Refused) as problem:
        laptop.door.put_file(name_of(data), len(data), (data[at : at + MIB] for at in range(0, len(data), MIB)))
    assert (problem.value.code, problem.value.retryable) == ("blob.day_limit", True)
    laptop.door.close()


def test_a_laptop_with_too_many_records_keeps_them_reads_on_and_sends_them_when_it_may(roomy: RoomyServer) -> None:
    colleague, laptop = roomy.laptop(FEED), roomy.laptop(FEED)
    theirs = colleague.store.write("t", "theirs", a=1)
    assert colleague.sync().failure is None
    fill(roomy, laptop.device, lines=4 * GIB)
    laptop.store.write("t", "own", a=1)
    failure = laptop.sync().failure
    assert failure is not None
    assert (failure.code, failure.retryable, failure.params["limit"]) == ("push.day_limit", True, "4.0 GiB")
    assert laptop.store.states() == {"pending"}
    assert [one.signed.line.op for one in laptop.store.peer] == [theirs.line.op]
    office = roomy.office()
    office.blobs.lift(laptop.device)
    office.database.close()
    assert laptop.sync().failure is None
    assert laptop.store.states() == {"done"}
    for one in (colleague, laptop):
        one.door.close()


def test_hours_that_passed_are_not_kept(town: Town, box: Box) -> None:
    meter = limit(town)
    for _ in range(50):
        meter.count(box.id, 1)
        town.now_ms += HOUR_MS
    with town.office.database.read() as unit:
        assert unit.execute(select(func.count()).select_from(schema.device_intake)).scalar_one() <= 24
    assert meter.use(box.id).day_bytes == 23
