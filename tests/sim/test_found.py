"""What the simulation found, each as the few steps that it takes."""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import httpcore
import pytest

from app.db.packet_store import PacketStore
from app.db.sync_refused import RefusedLines
from app.db.sync_store import SyncStore
from sync.client.store import SnapshotReason
from sync.protocol.messages import BlobOffer
from sync.server.errors import Forbidden
from sync.server.ops.scrub import scrub
from tests.sim.beginnings import SCOPES, Plan
from tests.sim.fate import Fate
from tests.sim.folder import fast_folder
from tests.sim.laptop import Laptop
from tests.sim.schedule import Schedule, Simulator
from tests.sim.wire import Reply, Sent


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder, Simulator.opened(Path(folder)) as opened:
        yield opened


def two_colleagues(simulator: Simulator) -> Schedule:
    """Return an office of two laptops in which nothing goes wrong by chance."""
    schedule = simulator.begun(Plan((SCOPES[0],) * 2, (("s:*",),) * 2, has_offices=False), Fate(1))
    schedule.fate.is_kind = True
    return schedule


def test_who_carries_a_colleagues_lines_may_have_a_wrong_clock(simulator: Simulator) -> None:
    schedule = two_colleagues(simulator)
    author, carrier = schedule.laptops
    while not author.written:
        author.work()
    wrote = set(author.written)
    schedule.road.meet(author, carrier)
    carrier.jump(10 * 24 * 3_600_000)
    for _ in range(2):  # the first run learns what time it is
        carrier.sync()
    assert {op for (op,) in schedule.server.rows("SELECT op FROM op")} >= wrote


def office(simulator: Simulator) -> Schedule:
    """Return two inspectors of one office, which knows who works in it."""
    schedule = simulator.begun(Plan((SCOPES[0],) * 2, ((SCOPES[0][2:],),) * 2, has_offices=True), Fate(1))
    schedule.fate.is_kind = True
    return schedule


def answered(laptop: Laptop) -> str:
    """Let somebody answer an item; return the answer's row."""
    with laptop.disk.db.write() as unit:
        unit.put("inspection", "v", {"situation": "0"})
        unit.put("answer", "a", {"inspection": "v", "item": "i", "state": "pass"})
    return "a"


def shown(laptop: Laptop, row: str) -> bool:
    """Return whether the screens show an answer."""
    return bool(laptop.rows("SELECT 1 FROM answer WHERE id = ?", (row,)))


def journal(laptop: Laptop) -> set[str]:
    """Return the lines that a laptop wrote."""
    return {row.op for row in laptop.rows("SELECT op FROM sync_op")}


def pass_minutes(schedule: Schedule, minutes: int = 1) -> None:
    """Let time go by."""
    schedule.fate.now_ms += minutes * 60_000


def test_what_a_colleague_brought_is_not_shown_any_more_where_its_author_left_the_office(simulator: Simulator) -> None:
    schedule = office(simulator)
    author, carrier = schedule.laptops
    for one in (carrier, author):
        one.work()
        one.sync()
    row = answered(author)
    schedule.road.meet(author, carrier)
    carrier.sync()
    pass_minutes(schedule)
    schedule.bureau.change_rights(author.person, SCOPES[0][2:])
    author.sync()
    assert author.last.failure is None
    assert not shown(author, row)


def test_what_was_settled_and_never_read_is_not_shown_any_more_where_its_author_left_the_office(
    simulator: Simulator,
) -> None:
    schedule = office(simulator)
    author, carrier = schedule.laptops
    author.sync()  # there is nothing yet
    row = answered(author)
    schedule.road.meet(author, carrier)
    carrier.sync()
    pass_minutes(schedule)
    schedule.bureau.change_rights(author.person, SCOPES[0][2:])
    author.sync()
    assert not shown(author, row)
    assert author.rows("SELECT 1 FROM sync_op WHERE row = ? AND state = 'done'", (row,))


@pytest.mark.parametrize("commits", range(1, 9))
def test_what_went_with_an_office_is_on_record_once_although_the_laptop_stopped_while_letting_go(
    simulator: Simulator, commits: int
) -> None:
    schedule = office(simulator)
    author, colleague = schedule.laptops
    answered(colleague)
    for one in (colleague, author):
        one.sync()
    assert shown(author, "a")
    pass_minutes(schedule)
    schedule.bureau.change_rights(author.person, SCOPES[0][2:])
    author.stops_after = commits
    author.sync()
    author.stops_after = 0
    for _ in range(2):
        author.sync()
    assert not shown(author, "a")
    told = [json.loads(row.line)["f"] for row in author.rows("SELECT line FROM sync_op WHERE kind = 'custody'")]
    assert [one["rows"] for one in told if one["event"] == "feed_left"] == [2]


def photographed(laptop: Laptop, data: bytes) -> None:
    """Let somebody take a photo."""
    with laptop.disk.db.write() as unit:
        laptop.user.photo(unit, data)


def test_an_answer_about_other_files_ends_the_run_and_not_the_program(simulator: Simulator) -> None:
    schedule = two_colleagues(simulator)
    author, wire = schedule.laptops[0], schedule.wire
    photographed(author, b"first")
    author.sync()
    photographed(author, b"second")
    photographed(author, b"third")
    (old, *_) = wire.old_answers[author.device, "/v1/bundles"]
    right = wire.carry
    with mock.patch.object(wire, "carry", lambda sent: old if sent.target == "/v1/bundles" else right(sent)):
        author.sync()
    assert author.last.failure is not None
    assert author.last.failure.code == "http.not_yanfang"
    author.sync()
    assert author.last.is_complete
    assert author.missing_files() == set()


def test_a_snapshot_of_an_office_that_was_left_does_not_stop_everything_else(simulator: Simulator) -> None:
    schedule = office(simulator)
    author, colleague = schedule.laptops
    for _ in range(8):
        colleague.work()
    colleague.sync()
    author.snapshot_from = 1
    right = schedule.wire.carry

    def cut(sent: Sent) -> Reply:
        if sent.target == "/v1/snapshot":
            raise httpcore.ReadError("cut")
        return right(sent)

    with mock.patch.object(schedule.wire, "carry", cut):
        author.sync()  # it begins to read the office as a snapshot
    row = answered(author)
    pass_minutes(schedule)
    schedule.bureau.change_rights(author.person, SCOPES[0][2:])
    for _ in range(2):  # the first run is told
        author.sync()
    assert author.last.failure is None
    assert {one.state for one in author.rows("SELECT state FROM sync_op WHERE row = ?", (row,))} == {"quarantined"}
    assert author.rows("SELECT 1 FROM sync_snapshot") == []


READS = pytest.mark.parametrize("target", ["/v1/snapshot", "/v1/resupply"])


def reading(simulator: Simulator, target: str) -> tuple[Schedule, Laptop]:
    """Return an office and a laptop with a long read before it, or lines to give back, and own ones behind that."""
    schedule = two_colleagues(simulator)
    author, colleague = schedule.laptops
    earlier, right = schedule.server.copy(), schedule.wire.carry
    answered(colleague)
    colleague.sync()

    def cut(sent: Sent) -> Reply:
        if sent.target == target:
            raise httpcore.ReadError("cut")
        return right(sent)

    if target == "/v1/snapshot":
        author.snapshot_from = 1
    else:
        author.sync()
        schedule.server.fill(earlier)
        schedule.bureau.announce_restore()
    with mock.patch.object(schedule.wire, "carry", cut):
        author.sync()
    assert author.rows("SELECT 1 FROM sync_snapshot UNION SELECT 1 FROM sync_lost WHERE given = 0")
    for _ in range(9):  # more than go in one exchange
        author.work()
    return schedule, author


@READS
def test_what_a_revoked_laptop_signed_arrives_whatever_it_was_reading(simulator: Simulator, target: str) -> None:
    schedule, author = reading(simulator, target)
    schedule.bureau.office.devices.revoke(author.device)
    author.sync()
    assert author.last.failure is not None
    assert author.last.failure.code == "auth.revoked"
    there = "SELECT op FROM op UNION SELECT op FROM quarantine"
    assert {op for (op,) in schedule.server.rows(there)} >= journal(author)


@READS
def test_what_was_written_and_taken_arrives_although_nothing_can_be_read(simulator: Simulator, target: str) -> None:
    schedule, author = reading(simulator, target)
    photographed(author, b"seen")
    right = schedule.wire.carry

    def garbled(sent: Sent) -> Reply:
        reply = right(sent)
        return Reply(reply.status, reply.headers, reply.body[:-9]) if sent.target == target else reply

    with mock.patch.object(schedule.wire, "carry", garbled):
        author.sync()
    assert author.last.failure is not None
    assert author.last.failure.code == "body.not_zstd"
    assert {op for (op,) in schedule.server.rows("SELECT op FROM op")} >= journal(author)
    assert schedule.server.rows("SELECT 1 FROM blob")


def test_a_late_packet_does_not_bring_back_an_office_that_was_left(simulator: Simulator) -> None:
    schedule = office(simulator)
    author, colleague = schedule.laptops
    answered(colleague)
    colleague.sync()
    (packet,) = schedule.road.to_server(author, 1 << 20)
    schedule.road.server_takes(packet)
    (reply, *_) = schedule.road.reply(author.device, 1 << 20)
    author.sync()
    pass_minutes(schedule)
    schedule.bureau.change_rights(author.person, SCOPES[0][2:])
    author.sync()
    assert not shown(author, "a")
    schedule.road.laptop_takes(author, reply)
    assert shown(author, "a")  # it was written for one who might read it
    author.sync()
    assert not shown(author, "a")


def test_what_was_carried_for_a_colleague_and_is_lost_by_a_server_set_back_is_carried_again(simulator: Simulator) -> None:
    schedule = two_colleagues(simulator)
    author, carrier = schedule.laptops
    answered(author)
    wrote = journal(author)
    schedule.road.meet(author, carrier)
    earlier, right = schedule.server.copy(), schedule.wire.carry

    def cut(sent: Sent) -> Reply:
        if sent.target == "/v1/sync":
            raise httpcore.ReadError("cut")
        return right(sent)

    with mock.patch.object(schedule.wire, "carry", cut):
        carrier.sync()
    assert {op for (op,) in schedule.server.rows("SELECT op FROM op")} >= wrote
    schedule.server.fill(earlier)  # a standby takes over that was behind; nothing that the carrier read tells him
    carrier.sync()
    assert {op for (op,) in schedule.server.rows("SELECT op FROM op")} >= wrote


def test_what_was_given_back_and_is_lost_again_is_given_back_again(simulator: Simulator) -> None:
    schedule = two_colleagues(simulator)
    author, reader = schedule.laptops
    earlier = schedule.server.copy()
    answered(author)
    for one in (author, reader):
        one.sync()
    schedule.server.fill(earlier)
    schedule.bureau.announce_restore()
    restored, right = schedule.server.copy(), schedule.wire.carry

    def cut(sent: Sent) -> Reply:
        if sent.target == "/v1/sync" and any(one.target == "/v1/resupply" for one in gone):
            raise httpcore.ReadError("cut")
        gone.append(sent)
        return right(sent)

    gone: list[Sent] = []
    with mock.patch.object(schedule.wire, "carry", cut):
        reader.sync()
    assert {op for (op,) in schedule.server.rows("SELECT op FROM op")} >= journal(author)
    schedule.server.fill(restored)
    reader.sync()
    assert {op for (op,) in schedule.server.rows("SELECT op FROM op")} >= journal(author)


def refused(schedule: Schedule, author: Laptop) -> str:
    """Let somebody answer an item, and leave the office before it is sent; return the answer's row."""
    row = answered(author)
    pass_minutes(schedule)
    schedule.bureau.change_rights(author.person, SCOPES[0][2:])
    author.sync()
    assert not shown(author, row)
    return row


def test_what_was_refused_and_is_taken_by_a_server_set_back_is_shown_to_its_author(simulator: Simulator) -> None:
    schedule = office(simulator)
    (author, _) = schedule.laptops
    author.work()
    author.sync()
    earlier = schedule.server.copy()
    row = refused(schedule, author)
    schedule.server.fill(earlier)
    schedule.bureau.announce_restore()
    author.sync()
    assert author.rows("SELECT 1 FROM sync_row WHERE row = ?", (row,))
    assert shown(author, row)


def test_what_was_refused_and_is_taken_when_it_is_sent_again_is_shown_to_its_author(simulator: Simulator) -> None:
    schedule = office(simulator)
    (author, _) = schedule.laptops
    row = refused(schedule, author)
    pass_minutes(schedule)
    schedule.bureau.change_rights(author.person, SCOPES[0][2:])
    lines = RefusedLines(author.disk.db)
    for one in lines.all():
        lines.requeue(one.op)
    author.sync()
    assert author.rows("SELECT 1 FROM sync_row WHERE row = ?", (row,))
    assert shown(author, row)


def test_what_was_refused_when_a_colleague_brought_it_is_shown_once_it_is_taken_from_its_author(simulator: Simulator) -> None:
    schedule = office(simulator)
    author, carrier = schedule.laptops
    for one in (author, carrier):
        one.sync()
    schedule.bureau.change_rights(author.person, SCOPES[0][2:])
    for _ in range(4):  # more than go in one exchange: he reads that it was refused before the answer to the last of them
        author.work()
    row = answered(author)
    schedule.road.meet(author, carrier)
    carrier.sync()
    assert schedule.server.rows("SELECT 1 FROM quarantine")
    pass_minutes(schedule)
    schedule.bureau.change_rights(author.person, SCOPES[0][2:])
    author.sync()
    assert author.rows("SELECT 1 FROM sync_op WHERE row = ? AND state = 'done'", (row,))
    assert shown(author, row)


def test_a_photo_whose_record_is_there_goes_although_its_author_left_the_office(simulator: Simulator) -> None:
    schedule = office(simulator)
    (author, colleague), right = schedule.laptops, schedule.wire.carry
    photographed(author, b"seen")

    def cut(sent: Sent) -> Reply:
        if "/v1/bundles" in sent.target:
            raise httpcore.ReadError("cut")
        return right(sent)

    with mock.patch.object(schedule.wire, "carry", cut):
        author.sync()
    pass_minutes(schedule)
    for one in (author, colleague):
        schedule.bureau.change_rights(one.person, SCOPES[0][2:])
    offered, server = BlobOffer(SCOPES[0], 4, "image/jpeg", ""), schedule.bureau.office
    with pytest.raises(Forbidden):  # he never wrote of it
        server.blobs.offer(server.devices.find(colleague.device), hashlib.sha256(b"seen").hexdigest(), offered)
    photographed(author, b"never told of")  # what the office did not take a record of, it does not keep either
    for _ in range(2):
        author.sync()
    kept = {name for (name,) in schedule.server.rows("SELECT sha256 FROM blob")}
    assert kept == {hashlib.sha256(b"seen").hexdigest()}
    assert author.missing_files() == set()


@pytest.mark.parametrize("size", [4, 70_000])
def test_a_file_that_was_carried_left_with_its_office_and_came_again_does_not_wait_for_ever(
    simulator: Simulator, size: int
) -> None:
    schedule = office(simulator)
    author, carrier = schedule.laptops
    author.has_no_network = True
    photographed(author, b"1" * size)
    schedule.road.meet(author, carrier)
    carrier.sync()
    pass_minutes(schedule)
    schedule.bureau.change_rights(carrier.person, SCOPES[0][2:])
    carrier.sync()
    schedule.road.meet(author, carrier)
    pass_minutes(schedule)
    schedule.bureau.change_rights(carrier.person, SCOPES[0][2:])
    assert carrier.rows("SELECT 1 FROM sync_blob WHERE state = 'local'")
    carrier.sync()
    assert carrier.missing_files() == set()


@pytest.mark.parametrize("commits", range(1, 6))
def test_a_carried_file_reaches_the_server_although_its_carrier_stopped_while_taking_it(
    simulator: Simulator, commits: int
) -> None:
    schedule = two_colleagues(simulator)
    author, carrier = schedule.laptops
    photographed(author, b"seen")
    carrier.stops_after = commits
    schedule.road.meet(author, carrier)
    carrier.stops_after = 0
    schedule.road.meet(author, carrier)
    carrier.sync()
    assert schedule.server.rows("SELECT 1 FROM blob WHERE sha256 = '" + hashlib.sha256(b"seen").hexdigest() + "'")


def test_what_came_on_site_is_confirmed_by_a_snapshot_that_contains_it(simulator: Simulator) -> None:
    schedule = two_colleagues(simulator)
    author, reader = schedule.laptops
    for _ in range(8):
        author.work()
    schedule.road.meet(author, reader)
    author.sync()
    reader.snapshot_from = 1
    reader.sync()
    assert reader.has_snapshot
    assert PacketStore(reader.disk.db).unconfirmed_rows() == []


def test_what_had_no_place_when_it_was_brought_is_confirmed_by_a_snapshot_too(simulator: Simulator) -> None:
    schedule = two_colleagues(simulator)
    author, reader = schedule.laptops
    answered(author)
    schedule.road.meet(author, reader)
    with reader.disk.db.marked("pull") as connection:
        connection.exec_driver_sql("DELETE FROM sync_mate_op WHERE n = 1")  # the first line came with another stick
    reader.sync()
    assert schedule.server.rows("SELECT op FROM quarantine WHERE reason = 'chain_hole'")
    author.sync()
    SyncStore(reader.disk.db).want_snapshot(SCOPES[0], SnapshotReason.LONG)
    for _ in range(2):
        reader.sync()
    assert reader.has_snapshot
    assert PacketStore(reader.disk.db).unconfirmed_rows() == []


def test_an_answer_about_other_lines_that_were_brought_is_not_believed(simulator: Simulator) -> None:
    schedule = two_colleagues(simulator)
    (author, reader), right = schedule.laptops, schedule.wire.carry
    answers: list[Reply] = []

    def old(sent: Sent) -> Reply:
        reply = right(sent)
        if "/v1/resupply" in sent.target:
            answers.append(reply)
            return answers[0]
        return reply

    answered(author)
    schedule.road.meet(author, reader)
    with mock.patch.object(schedule.wire, "carry", old):
        reader.sync()
        with author.disk.db.write() as unit:
            unit.put("answer", "a", {"state": "fail"})
        with mock.patch.object(schedule.fate, "strikes", lambda what, _: what == "packet of a mate comes later"):
            schedule.road.meet(author, reader)
        with author.disk.db.write() as unit:
            unit.put("answer", "a", {"state": "pass"})  # the snapshot does not name the line before
        author.sync()
        SyncStore(reader.disk.db).want_snapshot(SCOPES[0], SnapshotReason.LONG)
        reader.sync()
        schedule.road.hand_over_all()
        reader.sync()
    assert len(answers) > 1
    for _ in range(2):
        reader.sync()
    assert PacketStore(reader.disk.db).unconfirmed_rows() == []


def test_what_was_carried_is_carried_again_by_whoever_finds_the_server_set_back_twice(simulator: Simulator) -> None:
    schedule = office(simulator)
    author, carrier = schedule.laptops
    answered(author)
    pass_minutes(schedule)
    schedule.bureau.change_rights(author.person, SCOPES[0][2:])  # what he wrote is put aside: nobody reads it again
    for bring in (carrier.work, lambda: schedule.road.meet(author, carrier)):
        earlier = schedule.server.copy()
        bring()
        carrier.sync()
        schedule.server.fill(earlier)
        for _ in range(2):
            carrier.sync()
    assert schedule.server.rows("SELECT count(*) FROM epoch_past") == [(1,)]  # the second time he reads anew alone
    aside = {op for (op,) in schedule.server.rows("SELECT op FROM quarantine")}
    assert aside == {row.op for row in carrier.rows("SELECT op FROM sync_mate_op")} != set()


def test_what_was_written_in_an_office_that_was_left_is_shown_where_the_server_is_set_back_to_before(simulator: Simulator) -> None:
    schedule = office(simulator)
    (author, _) = schedule.laptops
    author.sync()
    earlier = schedule.server.copy()
    row = answered(author)
    author.sync()
    pass_minutes(schedule)
    schedule.bureau.change_rights(author.person, SCOPES[0][2:])
    author.sync()
    assert not shown(author, row)
    schedule.server.fill(earlier)
    for _ in range(2):
        author.sync()
    assert author.rows("SELECT 1 FROM sync_row WHERE row = ?", (row,))
    assert shown(author, row)


def test_what_is_written_comes_after_a_signature_that_came_with_a_snapshot(simulator: Simulator) -> None:
    schedule = two_colleagues(simulator)
    author, reader = schedule.laptops
    row = answered(author)
    author.jump(60_000)
    with author.disk.db.write() as unit:
        unit.sign("answer", row)
    author.sync()
    reader.snapshot_from = 1
    reader.sync()
    assert reader.has_snapshot
    (read,) = reader.rows("SELECT max(eff) AS eff FROM sync_peer_op")
    (clock,) = reader.rows("SELECT hlc FROM sync_self")
    assert clock.hlc >= read.eff


def test_who_read_his_rights_in_a_history_that_was_lost_asks_for_them_anew(simulator: Simulator) -> None:
    schedule = office(simulator)
    author, before = schedule.laptops[0], schedule.server.copy()
    here, there = (scope[2:] for scope in SCOPES)
    for place in (there, here):  # he goes there
        schedule.bureau.change_rights(author.person, place)
    author.sync()
    schedule.server.fill(before)
    schedule.bureau.announce_restore()
    for place in (there, there):  # he stays: as many changes, and other ones
        schedule.bureau.change_rights(author.person, place)
    author.sync()
    (row,) = author.rows("SELECT lease FROM membership")
    assert [one["place"] for one in json.loads(row.lease)["access"]["standings"]] == [here]


def test_a_reply_by_hand_leaves_out_a_file_that_the_servers_disk_has_lost(simulator: Simulator) -> None:
    schedule = two_colleagues(simulator)
    author, reader = schedule.laptops
    for data in (b"1" * 70_000, b"2" * 70_000):
        photographed(author, data)
    author.sync()
    lost, whole = (hashlib.sha256(one * 70_000).hexdigest() for one in (b"1", b"2"))
    for path in schedule.server.folder.rglob(lost):
        path.unlink()
    reader.has_no_network = True
    for _ in range(2):  # the first reply tells of the photos
        schedule.road.trip(reader)
    assert whole in reader.files.kept
    assert reader.missing_files() == {lost}
    scrub(schedule.bureau.office)
    author.sync()
    schedule.road.trip(reader)
    assert reader.missing_files() == set()


def test_a_file_that_the_servers_disk_has_lost_is_not_begun_to_be_sent(simulator: Simulator) -> None:
    schedule = two_colleagues(simulator)
    author, reader = schedule.laptops
    photographed(author, b"1" * 70_000)
    author.sync()
    lost = hashlib.sha256(b"1" * 70_000).hexdigest()
    (path,) = schedule.server.folder.rglob(lost)
    path.write_bytes(b"1")
    reader.sync()
    assert [one.code for one in reader.last.file_failures] == ["blob.unknown"]
    assert schedule.wire.server_errors == []


def test_a_file_gone_bad_at_the_server_comes_again_from_a_colleague_where_its_author_is_gone(simulator: Simulator) -> None:
    schedule = simulator.begun(Plan((SCOPES[0],) * 3, (("s:*",),) * 3, has_offices=False), Fate(1))
    schedule.fate.is_kind = True
    author, colleague, late = schedule.laptops
    photographed(author, b"1" * 70_000)
    for one in (author, colleague):
        one.sync()
    schedule.bureau.office.devices.revoke(author.device)
    for _ in range(2):  # what came from him can go bad in its turn
        (path,) = schedule.server.folder.rglob(hashlib.sha256(b"1" * 70_000).hexdigest())
        path.write_bytes(b"2" * 70_000)
        scrub(schedule.bureau.office)
        scrub(schedule.bureau.office)
        colleague.sync()
        assert schedule.server.rows("SELECT damaged_ms FROM blob") == [(None,)]
    late.sync()
    assert late.missing_files() == set()
