"""Where each record and file is proven to be, with a real server; and what a log for others says of it."""

import csv
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refused, Unavailable
from app.core.syncing import Network, SyncPolicy, Wait
from app.services import sync_local, sync_schedule
from app.services.receipt_log import COLUMNS, cell
from app.services.sync_conflicts import typed
from app.services.syncing import SyncFailed
from sync.client.http import ServerDoor
from sync.server.db import schema
from sync.server.db.upserts import insert_or_replace
from tests.e2e.two_laptops import Pair, two_laptops
from tests.unit.services.desks import Desk, photo
from tests.unit.sync.kit import ServerProcess


def test_before_it_is_enrolled_everything_is_here_only_and_says_so(visit: Desk) -> None:
    [record] = visit.services.sync.receipts()
    assert (record.receipted, record.files_receipted, record.receipt, record.backup_at) == (0, 0, None, None)
    assert record.waits == (Wait.ENROLMENT,)
    assert record.lines == len(visit.services.sync.lines(visit.inspection))
    assert record.files == len(visit.services.sync.files()) > 0
    assert {one.wait for one in visit.services.sync.files()} == {Wait.ENROLMENT}


def test_a_backup_counts_for_what_it_holds_and_not_for_what_came_after(visit: Desk, tmp_path: Path) -> None:
    services = visit.services
    made = services.backups.make(tmp_path / "stick" / "copy.db").value
    [record] = services.sync.receipts()
    assert record.backup_at is not None
    assert abs((record.backup_at - made.made_at).total_seconds()) < 1
    services.inspections.set_details(visit.inspection, situation="补充查看库房。")
    [record] = services.sync.receipts()
    assert record.backup_at is None
    newest, *older = services.sync.lines(visit.inspection)
    assert newest.backup_at is None
    assert all(one.backup_at is not None for one in older)
    services.backups.make(tmp_path / "stick" / "again.db")
    (tmp_path / "stick" / "again.db").unlink()
    [record] = services.sync.receipts()
    assert record.backup_at is None


def test_with_its_receipt_each_line_and_file_has_a_number_and_a_time(pair: Pair) -> None:
    pair.a.evidence.take(pair.visit, [("货架.jpg", photo("货架"))])
    pair.meet()
    [record] = pair.a.sync.receipts()
    assert record.is_safe
    every = (*pair.a.sync.lines(pair.visit), *pair.a.sync.files(pair.visit))
    numbers = [one.receipt for one in every]
    assert None not in numbers
    assert len(set(numbers)) == len(numbers)
    assert all(one.receipted_at is not None and one.is_safe for one in every)
    assert record.receipt == max(number for number in numbers if number is not None)
    assert pair.a.sync.delivered()[1] == 1


def test_originals_wait_for_a_network_that_costs_nothing_and_records_do_not(pair: Pair) -> None:
    pair.a.sync.set_policy(SyncPolicy(originals_wifi=True))
    pair.a.sync.set_network(Network.METERED)
    pair.a.evidence.take(pair.visit, [("货架.jpg", photo("货架"))])
    pair.a.sync.run()
    status = pair.a.sync.status()
    assert (status.pending, status.files_pending, status.files_held) == (0, 1, 1)
    [record] = pair.a.sync.receipts()
    assert record.waits == (Wait.WIFI,)
    pair.a.sync.set_network(Network.FREE)
    pair.a.sync.run()
    assert pair.a.sync.receipts()[0].is_safe


def test_a_server_without_room_for_this_laptop_is_asked_a_few_times_a_run_and_no_file_is_sent_in_vain(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_local, "SLICE_BYTES", 1)  # each file is a slice
    asked: list[str] = []
    carry = ServerDoor._carry

    def counted(door: ServerDoor, method: str, target: str, *given: Any, **more: Any) -> bytes:
        asked.append(f"{method} {target}")
        return carry(door, method, target, *given, **more)

    monkeypatch.setattr(ServerDoor, "_carry", counted)
    device = pair.a.sync.status().enrolment
    assert device is not None
    office = pair.server.office()
    with office.database.write() as unit:
        sent = {"hour": office.world.now_ms() // 3_600_000, "files": 64 << 30, "lines": 0}
        insert_or_replace(unit, schema.device_intake, [{"device": device.device, **sent}])
    pair.a.evidence.take(pair.visit, [(f"{number}.jpg", photo(str(number))) for number in range(8)])
    bundles = []
    for _ in range(2):
        asked.clear()
        assert not pair.a.sync.run().value.is_complete
        bundles.append(asked.count("PUT /v1/bundles"))
        assert asked.count("POST /v1/blobs") <= 4
        assert pair.a.sync.status().pending == 0
    assert bundles == [1, 0]
    assert pair.a.sync.runs(1)[0].error == "blob.day_limit"
    assert pair.a.sync.status().files_pending == 8
    office.blobs.lift(device.device)
    office.database.close()
    pair.meet()
    assert pair.a.sync.receipts()[0].is_safe


def test_a_file_of_another_laptop_is_said_to_be_absent_and_can_be_asked_for(pair: Pair) -> None:
    pair.b.sync.set_policy(SyncPolicy(originals_wifi=True))
    pair.b.sync.set_network(Network.METERED)
    pair.a.evidence.take(pair.visit, [("货架.jpg", photo("货架"))])
    pair.a.sync.run()
    pair.b.sync.run()
    [file] = pair.b.sync.files()
    assert (file.has_here, file.wait) == (False, Wait.ABSENT)
    pair.b.sync.ask_for(file.id)
    pair.b.sync.run()
    [file] = pair.b.sync.files()
    assert (file.has_here, file.wait) == (True, None)


def test_runs_alike_are_one_line_of_the_log_and_tell_since_when_it_is_offline(
    server: ServerProcess, tmp_path: Path
) -> None:
    with two_laptops(server, tmp_path) as pair:
        good = len(pair.a.sync.runs())
        with pair.a.sync._store.db.write() as unit:
            unit.local("UPDATE sync_self SET server = 'http://127.0.0.1:9'")
        for _ in range(3):
            with pytest.raises(SyncFailed, match=r"http\.unreachable"):
                pair.a.sync.run()
        runs = pair.a.sync.runs()
        assert len(runs) == good + 1
        assert (runs[0].times, runs[0].error) == (3, "http.unreachable")
        status = pair.a.sync.status()
        assert status.offline_since == runs[0].began_at
        assert status.stuck is None


def test_the_background_loop_ends_before_the_store_closes(pair: Pair) -> None:
    pair.a.sync_loop.now()
    pair.a.vault.lock()
    assert pair.a.sync_loop.phase == "off"
    with pytest.raises(Refused, match=r"vault\.locked"):
        pair.a.sync.status()


def test_what_is_saved_is_on_the_server_a_moment_later_though_nobody_asked(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_schedule, "BEGIN_S", 60.0)
    monkeypatch.setattr(sync_schedule, "SETTLE_S", 0.05)
    pair.a.sync_loop.enable()
    pair.a.inspections.set_details(pair.visit, situation="补充查看库房。")
    assert pair.a.sync.status().pending > 0
    end = time.monotonic() + 20
    while pair.a.sync.status().pending:
        pair.a.sync_loop.changed()
        assert time.monotonic() < end
        time.sleep(0.2)
    assert pair.a.sync.receipts()[0].is_safe


def test_a_third_value_is_the_same_on_both_laptops_and_both_losers_stay_in_reach(pair: Pair) -> None:
    pair.a.inspections.answer(pair.visit, "SGF", "SGF-1.04", state="fail", note="账面少 12 盒")
    pair.b.inspections.answer(pair.visit, "SGF", "SGF-1.04", state="fail", note="账面少 14 盒")
    pair.meet()
    [line] = pair.a.sync.conflicts()
    assert line.question.startswith("库房盘点记录")
    assert {line.by.is_here, line.other_by.is_here} == {True, False}
    there = line.by if line.other_by.is_here else line.other_by
    assert there.name
    assert len(there.device) == 8
    assert there.at is not None
    pair.a.sync.resolve(line.id, "new", "账面少 13 盒")
    pair.meet()
    pair.assert_equal()
    assert pair.given(pair.b, "SGF-1.04").note == "账面少 13 盒"
    for laptop in (pair.a, pair.b):
        assert laptop.sync.conflicts() == ()
        [decided] = laptop.sync.decided()
        assert (decided.current, decided.other) == ("账面少 13 盒", line.other)
        assert decided.decided_by is not None
        assert decided.decided_by.is_here is (laptop is pair.a)


def test_what_stood_before_the_other_was_taken_stays_in_reach_on_both_laptops(pair: Pair) -> None:
    pair.a.inspections.answer(pair.visit, "SGF", "SGF-1.04", state="fail", note="账面少 12 盒")
    pair.b.inspections.answer(pair.visit, "SGF", "SGF-1.04", state="fail", note="账面少 14 盒")
    pair.meet()
    [line] = pair.a.sync.conflicts()
    assert line.stood is None  # it stands still
    pair.a.sync.resolve(line.id, "other")
    for _ in range(2):  # before the server knows of it, and afterwards
        [decided] = pair.a.sync.decided()
        assert (decided.stood, decided.stood_by, decided.current) == (line.current, line.by, line.other)
        pair.meet()
    pair.b.inspections.answer(pair.visit, "SGF", "SGF-1.04", note="后来又数了一遍")
    pair.meet()
    for laptop in (pair.a, pair.b):
        [decided] = laptop.sync.decided()
        assert (decided.stood, decided.other, decided.current) == (line.current, line.other, "后来又数了一遍")
        assert decided.stood_by.name == line.by.name
        assert decided.decided_by is not None
        assert decided.decided_by.at is not None


def test_a_value_that_the_field_does_not_take_leaves_the_conflict_open(pair: Pair) -> None:
    pair.a.inspections.answer(pair.visit, "SGF", "SGF-2.03", count=6)
    pair.b.inspections.answer(pair.visit, "SGF", "SGF-2.03", count=7)
    pair.meet()
    line = next(one for one in pair.a.sync.conflicts() if one.field == "count")
    with pytest.raises(Refused, match=r"conflict\.value"):
        pair.a.sync.resolve(line.id, "new", "六")
    assert line.id in {one.id for one in pair.a.sync.conflicts()}
    pair.a.sync.resolve(line.id, "new", "8")
    assert pair.given(pair.a, "SGF-2.03").count == 8


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [("amount_fen", "￥1,284.05", 128405), ("count", "12", 12), ("count", "", None), ("state", "na", "na"), ("note", " 甲 ", "甲")],
)
def test_what_is_typed_becomes_what_the_field_keeps(field: str, text: str, value: object) -> None:
    assert typed("answer", field, text) == value


@given(st.text())
def test_whatever_is_typed_for_a_number_is_a_number_or_refused(text: str) -> None:
    refused = None
    try:
        value = typed("answer", "amount_fen", text)
    except Refused as error:
        value, refused = None, error.code
    assert value is None or isinstance(value, int)
    assert refused in (None, "conflict.value")


def test_the_log_names_each_line_and_file_with_hash_and_receipt(pair: Pair, tmp_path: Path) -> None:
    pair.a.evidence.take(pair.visit, [("=1+1.jpg", photo("货架"))])
    pair.meet()
    count = pair.a.receipt_log.export(tmp_path / "log.json").value
    rows = json.loads((tmp_path / "log.json").read_text("utf-8"))
    assert len(rows) == count
    mine = {one.id: one for one in (*pair.a.sync.lines(pair.visit), *pair.a.sync.files(pair.visit))}
    told = {row["id"]: row for row in rows}
    assert mine.keys() <= told.keys()
    assert all((told[key]["sha256"], told[key]["receipt"]) == (one.digest, one.receipt) for key, one in mine.items())
    pair.a.receipt_log.export(tmp_path / "log.csv")
    with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as read:
        lines = list(csv.reader(read))
    assert tuple(lines[0]) == COLUMNS
    assert next(line for line in lines if line[0] == "file")[COLUMNS.index("title")] == "'=1+1.jpg"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\tx"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


def test_a_place_that_refuses_is_said_and_nothing_is_left_there(visit: Desk, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"receipts\.not_written"):
        visit.services.receipt_log.export(tmp_path / "gone" / "log.csv")
    assert list(tmp_path.glob("**/*.part")) == []
