"""Two laptops and a server that is set back, replaced by what they hold, or found to hold something else than they do."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.documents import SignerRole
from app.core.errors import Refused
from app.core.evidence import Link, TargetKind
from app.db.sync_refused import RefusedLines
from app.db.sync_store import SyncStore
from app.services.demo import cast
from sync.client.engine import Engine
from sync.client.http import Credentials, ServerDoor
from sync.protocol.schemas import Schema
from sync.server import epochs
from sync.server.ops.scrub import scrub
from sync.server.world import real_world
from tests.e2e.two_laptops import Pair
from tests.unit.services.desks import photo, sign_one
from tests.unit.sync.kit import ServerProcess, new_id, wall_ms


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path / "server")
    yield process
    process.kill()


def engine(laptop: Any, **more: Any) -> Engine:
    """Build the engine without files, with what the test wants otherwise."""
    db = laptop.inspections._store.db
    with db.read() as unit:
        who = unit.sql("SELECT device, server, server_key FROM sync_self")[0]
    store = SyncStore(db, more.pop("schema", Schema(1)))
    door = ServerDoor(who.server, wall_ms, new_id, Credentials(who.device, db.writer.key, who.server_key))
    return Engine(door, store, new_id, **more)


def states(laptop: Any) -> dict[str, int]:
    with laptop.inspections._store.db.read() as unit:
        return {row.state: row.n for row in unit.sql("SELECT state, count(*) AS n FROM sync_op GROUP BY state")}


def work(pair: Pair) -> None:
    pair.a.inspections.answer(pair.visit, "SGF", "SGF-1.01", state="pass")
    pair.a.evidence.take(pair.visit, [("a.jpg", photo("甲"))], links=[Link(TargetKind.ITEM, "SGF/SGF-1.01")])
    pair.b.inspections.answer(pair.visit, "SGF", "SGF-1.03", state="na", note="没有记录")
    pair.meet()


def test_nothing_that_the_program_writes_is_refused(pair: Pair) -> None:
    work(pair)
    document = pair.a.documents.freeze_record(pair.visit).value
    sign_one(pair.a, document.id, SignerRole.PARTY)
    pair.meet()
    assert (states(pair.a).keys(), states(pair.b).keys()) == ({"done"}, {"done"})


@pytest.mark.parametrize("announced", [True, False])
def test_a_server_that_was_set_back_gets_everything_again(pair: Pair, tmp_path: Path, announced: bool) -> None:
    work(pair)
    office = pair.server.office()
    assert office.database.copy_to(tmp_path / "old.db")
    office.database.close()
    pair.b.inspections.answer(pair.visit, "SGF", "SGF-1.01", state="na", note="后来")
    pair.b.evidence.take(pair.visit, [("b.jpg", photo("乙"))])
    document = pair.a.documents.freeze_record(pair.visit).value
    sign_one(pair.a, document.id, SignerRole.PARTY)
    pair.meet()
    before = pair.a.evidence.of(pair.visit), pair.a.documents.of(pair.visit), pair.given(pair.a, "SGF-1.03")
    pair.server.kill()
    pair.server.drop_database()
    shutil.copy(tmp_path / "old.db", pair.server.folder / "server.db")
    if announced:
        office = pair.server.office()
        epochs.recover(office.database, real_world(), "restored")
        office.database.close()
    pair.server.start()
    for laptop in (pair.a, pair.b):
        with laptop.inspections._store.db.write() as unit:
            unit.local("UPDATE sync_self SET server = ?", (pair.server.url,))
    pair.meet()
    pair.assert_equal()
    after = pair.a.evidence.of(pair.visit), pair.a.documents.of(pair.visit), pair.given(pair.a, "SGF-1.03")
    assert [(one.id, one.sha256) for one in after[0]] == [(one.id, one.sha256) for one in before[0]]
    assert after[1:] == before[1:]
    for laptop in (pair.a, pair.b):
        assert states(laptop).keys() <= {"done", "rejected"}
        with laptop.inspections._store.db.read() as unit:
            assert unit.sql("SELECT count(*) AS n FROM sync_lost")[0].n == 0
        assert engine(laptop, is_digest_due=lambda last: True).run().incidents == 0


def test_a_row_that_rotted_is_replaced_and_kept_aside_for_a_look(pair: Pair) -> None:
    work(pair)
    db = pair.b.inspections._store.db
    with db.marked("pull") as connection:
        connection.exec_driver_sql("UPDATE sync_row SET feed_seq = feed_seq + 1 WHERE tbl = 'answer'")
    result = engine(pair.b, is_digest_due=lambda last: True).run()
    assert (result.failure, result.incidents) == (None, 1)
    (incident,) = RefusedLines(db).incidents()
    assert (incident.code, incident.rows, incident.ours == incident.theirs) == ("sync.digest_differs", 2, False)
    assert pair.given(pair.b, "SGF-1.03").note == "没有记录"
    pair.meet()
    pair.assert_equal()
    assert engine(pair.b, is_digest_due=lambda last: True).run().incidents == 0


def test_a_laptop_that_took_a_snapshot_shows_and_does_the_same(pair: Pair) -> None:
    work(pair)
    document = pair.a.documents.freeze_record(pair.visit).value
    sign_one(pair.a, document.id, SignerRole.PARTY)
    pair.a.sync.run()
    db = pair.b.inspections._store.db
    with db.marked("pull") as connection:
        for table in ("sync_feed", "sync_row", "sync_conflict"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    result = engine(pair.b, snapshot_from=1, is_digest_due=lambda last: True).run()
    assert (result.failure, result.incidents) == (None, 0)
    assert result.rows_pulled > 10
    pair.meet()
    pair.assert_equal()
    with db.read() as unit:
        assert unit.sql("SELECT count(*) AS n FROM sync_shadow")[0].n == 0
    with pytest.raises(Refused, match=r"record\.locked"):
        pair.b.inspections.answer(pair.visit, "SGF", "SGF-1.01", state="na")


def test_a_value_of_a_snapshot_is_vouched_for_by_the_confirmed_layer_and_nothing_else_is(pair: Pair) -> None:
    work(pair)
    db = pair.b.inspections._store.db

    def is_whole() -> bool:
        return next(one for one in pair.b.doctor.run() if one.code == "doctor.pairs").ok

    with db.marked("pull") as connection:  # as after a snapshot: the lines of others are not here
        connection.exec_driver_sql("DELETE FROM sync_peer_op WHERE op NOT IN (SELECT op FROM sync_op)")
    assert is_whole()
    passed = "tbl = 'answer' AND cells LIKE '%\"state\":\"pass\"%'"
    for spoil in (
        "UPDATE answer SET state = 'fail' WHERE item = 'SGF-1.01'",
        f"UPDATE sync_row SET cells = replace(cells, '\"state\":\"pass\"', '\"state\":\"fail\"') WHERE {passed}",
        f"UPDATE sync_row SET cells = replace(cells, '\"state\":\"pass\"', '\"other\":\"pass\"') WHERE {passed}",
        # another row says the same by the same line, which is no line of this row
        f"UPDATE sync_row SET row = 'elsewhere' WHERE {passed}",
    ):
        with db.marked("pull") as connection:
            rows = connection.exec_driver_sql("SELECT * FROM sync_row").all()
            assert connection.exec_driver_sql(spoil).rowcount == 1
        assert not is_whole(), spoil
        with db.marked("pull") as connection:
            connection.exec_driver_sql("UPDATE answer SET state = 'pass' WHERE item = 'SGF-1.01'")
            connection.exec_driver_sql("DELETE FROM sync_row")
            connection.exec_driver_sql(
                f"INSERT INTO sync_row VALUES ({', '.join('?' * len(rows[0]))})", [tuple(one) for one in rows]
            )
    assert is_whole()


def test_a_conflict_that_came_with_a_snapshot_says_who_wrote_both_values(pair: Pair) -> None:
    pair.b.inspections.answer(pair.visit, "SGF", "SGF-1.03", state="na")
    pair.a.inspections.answer(pair.visit, "SGF", "SGF-1.03", state="pass")
    pair.meet()
    db = pair.b.inspections._store.db
    with db.marked("pull") as connection:
        for table in ("sync_feed", "sync_row", "sync_conflict", "sync_peer_op"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    assert engine(pair.b, snapshot_from=1).run().failure is None
    (conflict,) = pair.b.sync.conflicts()
    assert {conflict.by.name, conflict.other_author} == {one.name for one in cast.PEOPLE[:2]}


def test_what_no_device_gives_back_is_shown_no_more_and_kept_aside(pair: Pair, tmp_path: Path) -> None:
    office = pair.server.office()
    assert office.database.copy_to(tmp_path / "old.db")
    office.database.close()
    note = "只在服务器上"
    pair.a.inspections.answer(pair.visit, "SGF", "SGF-1.01", state="pass", note=note)
    pair.b.inspections.answer(pair.visit, "SGF", "SGF-1.03", state="na")
    pair.meet()
    pair.a.inspections.answer(pair.visit, "SGF", "SGF-1.03", state="na", note=note)
    pair.meet()
    db = pair.b.inspections._store.db
    with db.marked("pull") as connection:  # as after a snapshot: what others wrote is here without their lines
        connection.exec_driver_sql("DELETE FROM sync_peer_op WHERE op NOT IN (SELECT op FROM sync_op)")
    pair.server.kill()
    pair.server.drop_database()
    shutil.copy(tmp_path / "old.db", pair.server.folder / "server.db")
    pair.server.start()
    with db.write() as unit:
        unit.local("UPDATE sync_self SET server = ?", (pair.server.url,))
    assert pair.given(pair.b, "SGF-1.01").note == note
    assert pair.b.sync.run().value.is_complete
    shown = pair.given(pair.b, "SGF-1.01"), pair.given(pair.b, "SGF-1.03")
    assert [(one.state, one.note) for one in shown] == [("open", ""), ("na", "")]
    assert all(one.ok for one in pair.b.doctor.run())
    (incident,) = [one for one in RefusedLines(db).incidents() if one.code == "sync.digest_differs"]
    assert incident.rows == 2
    with db.read() as unit:
        kept = unit.sql("SELECT body FROM sync_aside WHERE incident = ?", (incident.number,))
    assert all(note in bytes(one.body).decode() for one in kept)


def test_a_file_that_the_server_finds_damaged_is_sent_again(pair: Pair) -> None:
    work(pair)
    db = pair.a.inspections._store.db
    with db.read() as unit:
        before = unit.sql("SELECT sha256, receipt_seq FROM sync_blob WHERE state = 'remote' AND receipt_seq IS NOT NULL")[0]
    place = pair.server.folder / "blobs" / before.sha256[:2] / before.sha256[2:4] / before.sha256
    place.chmod(0o600)
    place.write_bytes(b"x" * place.stat().st_size)
    office = pair.server.office()
    try:
        assert scrub(office).damaged == (before.sha256,)
        assert pair.a.sync.run().value.is_complete
        with db.read() as unit:
            (after,) = unit.sql("SELECT state, receipt_seq FROM sync_blob WHERE sha256 = ?", (before.sha256,))
        assert after.state == "remote"
        assert after.receipt_seq > before.receipt_seq
        assert scrub(office).damaged == ()
    finally:
        office.database.close()


def test_an_upgraded_laptop_reads_a_feed_anew_that_held_newer_lines(pair: Pair) -> None:
    work(pair)
    db = pair.b.inspections._store.db
    with db.marked("pull") as connection:
        connection.exec_driver_sql("INSERT INTO sync_unknown(feed, seq, sv) SELECT feed, seq, 2 FROM sync_peer_op LIMIT 1")
    assert engine(pair.b).run().rows_pulled == 0
    assert engine(pair.b, schema=Schema(2)).run().rows_pulled > 5
    with db.read() as unit:
        assert unit.sql("SELECT count(*) AS n FROM sync_unknown")[0].n == 0
    pair.meet()
    pair.assert_equal()


def test_a_rejected_line_is_said_again_and_what_waits_goes_again(pair: Pair) -> None:
    with pair.a.inspections._store.db.read() as unit:
        institution = unit.sql("SELECT id FROM institution")[0].id
    task = pair.a.tasks.create(
        title="另一项（演练）", nature="administrative", kind="random",
        institution=institution, templates=["SGF"], members=pair.inspectors,
    ).value  # fmt: skip
    pair.meet()
    db = pair.b.inspections._store.db
    pair.a.tasks.cancel(task.id, "重复")
    with db.write() as unit:
        unit.put("task", task.id, {"state": "in_progress"})
        unit.put("task", task.id, {"state": "closed"})
    with pair.a.inspections._store.db.write() as unit:
        unit.put("task", task.id, {"state": "in_progress"})
        unit.put("task", task.id, {"state": "closed"})
        unit.put("task", task.id, {"reason": "关了"})
    pair.a.sync.run()
    pair.b.sync.run()
    refused = RefusedLines(db)
    assert [(one.state, one.reason) for one in refused.all()] == [("rejected", "stale_transition")]
    (line,) = refused.all()
    exported = json.loads(refused.export())
    assert exported["lines"] == [
        {"op": line.op, "state": "rejected", "reason": "stale_transition", "line": line.line, "sig": line.sig}
    ]
    again = refused.requeue(line.op)
    assert again != line.op
    pair.b.sync.run()
    assert refused.all()[-1].op == again
    with pytest.raises(Refused, match=r"sync\.line_not_refused"):
        refused.requeue(new_id())
    pair.meet()
    pair.assert_equal()
