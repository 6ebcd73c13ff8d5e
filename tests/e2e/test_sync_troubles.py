"""What went wrong is said once, in one place, with what can be done about it; and it stands in nobody's way."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import Refused, Unavailable
from app.core.ids import TaskId
from app.core.syncing import Network, SyncPolicy
from app.services.sync_local import LocalSide
from tests.e2e.two_laptops import Pair
from tests.unit.services.desks import photo
from tests.unit.sync.kit import ServerProcess, new_id


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path / "server")
    yield process
    process.kill()


def refused_change(pair: Pair) -> TaskId:
    """Let the second laptop close a task that the first has cancelled."""
    with pair.a.inspections._store.db.read() as unit:
        institution = unit.sql("SELECT id FROM institution")[0].id
    task = pair.a.tasks.create(
        title="另一项（演练）", nature="administrative", kind="random", institution=institution, templates=["SGF"],
        members=pair.inspectors,
    ).value  # fmt: skip
    pair.meet()
    pair.a.tasks.cancel(task.id, "重复")
    with pair.b.inspections._store.db.write() as unit:
        unit.put("task", task.id, {"state": "in_progress"})
        unit.put("task", task.id, {"state": "closed"})
    with pair.a.inspections._store.db.write() as unit:
        unit.put("task", task.id, {"state": "in_progress"})
        unit.put("task", task.id, {"state": "closed"})
        unit.put("task", task.id, {"reason": "关了"})
    pair.a.sync.run()
    pair.b.sync.run()
    return task.id


def local(pair: Pair) -> LocalSide:
    return LocalSide(pair.a.inspections._store.db, SyncPolicy(), Network.FREE)


def test_a_refused_line_is_said_in_words_and_stands_in_nobodys_way(pair: Pair) -> None:
    refused_change(pair)
    troubles = pair.b.sync_troubles
    [one] = troubles.lines()
    assert (one.table, one.reason, one.is_rejected, one.can_resend) == ("task", "stale_transition", True, True)
    assert "另一项（演练）" in one.title
    assert dict(one.fields) == {"state": "in_progress"}
    assert one.since is not None
    assert pair.b.sync.status().refused == 1
    pair.b.inspections.answer(pair.visit, "SGF", "SGF-1.01", state="pass")
    pair.b.sync.run()
    assert pair.b.sync.status().pending == 0


def test_what_is_sent_again_or_settled_asks_nobody_any_more_and_is_still_exported(pair: Pair, tmp_path: Path) -> None:
    refused_change(pair)
    troubles = pair.b.sync_troubles
    count = len(troubles.lines())
    first = troubles.lines()[0]
    again = troubles.requeue(first.op).value
    assert again != first.op
    assert first.op not in {one.op for one in troubles.lines()}
    pair.b.sync.run()
    assert again in {one.op for one in troubles.lines()}  # the state is what it was, so is the server's answer
    for one in troubles.lines():
        troubles.settle(one.op)
    assert (troubles.lines(), pair.b.sync.status().refused) == ((), 0)
    assert all(one.is_safe for one in pair.b.sync.receipts())
    assert troubles.export(tmp_path / "refused.json").value == count + 1
    assert len(json.loads((tmp_path / "refused.json").read_text("utf-8"))["lines"]) == count + 1
    with pytest.raises(Refused, match=r"sync\.line_not_refused"):
        troubles.settle(new_id())


def test_a_line_put_aside_here_tells_since_when_and_goes_again_as_it_is(pair: Pair) -> None:
    pair.a.inspections.answer(pair.visit, "SGF", "SGF-1.01", state="fail", detail="账实不符")
    store, troubles = local(pair), pair.a.sync_troubles
    [op] = [one.op for one in store.pending(500) if b'"answer"' in one.data and "账实不符".encode() in one.data]
    store.set_aside(op, "line.too_long")
    pair.a.sync.run()
    [one] = troubles.lines()
    assert (one.op, one.is_rejected, one.can_resend, one.reason) == (op, False, True, "line.too_long")
    assert one.title == "SGF-1.01"
    assert one.record.startswith("青禾区百草堂大药房")
    assert ("detail", "账实不符") in one.fields
    [record] = pair.a.sync.receipts()
    assert (record.refused, record.is_safe) == (1, False)
    troubles.settle(op)
    assert troubles.lines() == ()
    assert not pair.a.sync.receipts()[0].is_safe  # nobody but this laptop has it
    assert troubles.requeue(op).value == op
    pair.meet()
    assert troubles.lines() == ()
    assert pair.a.sync.receipts()[0].is_safe
    assert pair.given(pair.b, "SGF-1.01").detail == "账实不符"


def test_all_that_can_go_again_goes_at_once(pair: Pair) -> None:
    pair.a.inspections.answer(pair.visit, "SGF", "SGF-1.01", state="pass")
    pair.a.inspections.answer(pair.visit, "SGF", "SGF-1.03", state="pass")
    store = local(pair)
    for one in store.pending(500):
        if b'"answer"' in one.data:
            store.set_aside(one.op, "line.too_long")
    count = len(pair.a.sync_troubles.lines())
    assert pair.a.sync_troubles.requeue_all().value == count >= 2
    pair.meet()
    assert pair.a.sync.status().refused == 0
    assert pair.given(pair.b, "SGF-1.03").state == "pass"


def test_a_line_that_lost_against_a_signature_stands_among_the_conflicts_only(pair: Pair) -> None:
    from app.core.documents import SignerRole
    from tests.unit.services.desks import sign_one

    pair.a.inspections.answer(pair.visit, "SGF", "SGF-1.01", state="pass")
    pair.meet()
    document = pair.a.documents.freeze_record(pair.visit).value
    sign_one(pair.a, document.id, SignerRole.PARTY)
    pair.b.inspections.answer(pair.visit, "SGF", "SGF-1.01", state="fail")
    pair.meet()
    assert pair.b.sync.status().conflicts > 0
    assert pair.b.sync.status().refused == 0
    assert pair.b.sync_troubles.lines() == ()


def test_a_server_that_lost_history_is_told_with_what_was_done(pair: Pair, tmp_path: Path) -> None:
    pair.a.inspections.answer(pair.visit, "SGF", "SGF-1.01", state="pass")
    pair.meet()
    office = pair.server.office()
    assert office.database.copy_to(tmp_path / "old.db")
    office.database.close()
    pair.b.inspections.answer(pair.visit, "SGF", "SGF-1.03", state="na", note="后来")
    pair.b.evidence.take(pair.visit, [("b.jpg", photo("乙"))])
    pair.meet()
    pair.server.kill()
    for path in pair.server.folder.glob("server.db*"):
        path.unlink()
    shutil.copy(tmp_path / "old.db", pair.server.folder / "server.db")
    pair.server.start()
    for laptop in (pair.a, pair.b):
        with laptop.inspections._store.db.write() as unit:
            unit.local("UPDATE sync_self SET server = ?", (pair.server.url,))
    pair.meet()
    pair.assert_equal()
    for laptop in (pair.a, pair.b):
        told = laptop.sync_troubles.incidents()
        assert [(one.code, one.left) for one in told] == [("sync.epoch_changed", 0)]
        assert told[0].rows > 0


def test_a_new_history_is_told_once(pair: Pair) -> None:
    pair.a.inspections.answer(pair.visit, "SGF", "SGF-1.01", state="pass")
    store = local(pair)
    store.start_new_replica(new_id(), store._db.writer.key)
    [told] = pair.a.sync_troubles.incidents()
    assert (told.code, told.rows > 0) == ("sync.history_begun", True)
    pair.meet()
    pair.assert_equal()


def test_a_file_for_support_that_cannot_be_written_leaves_nothing(pair: Pair, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"receipts\.not_written"):
        pair.a.sync_troubles.export(tmp_path / "no such folder" / "refused.json")
