"""The small picture of a photo goes ahead of it: shown on the second laptop, counted nowhere, in no paper."""

import hashlib
import uuid

import pytest

from app.bootstrap import Services
from app.core.evidence import Evidence
from app.core.syncing import Network, SyncPolicy
from app.db import feed_drop
from tests.e2e.two_laptops import Pair
from tests.unit.services.desks import photo

BIG = photo("货架") + bytes(200_000)


@pytest.fixture(autouse=True)
def one_photo(pair: Pair) -> None:
    """Let laptop a take one, over whose network no originals go."""
    pair.a.sync.set_policy(SyncPolicy(originals_wifi=True))
    pair.a.sync.set_network(Network.METERED)
    pair.a.evidence.take(pair.visit, [("a.jpg", BIG)])


def rows(laptop: Services, query: str) -> list[tuple[object, ...]]:
    with laptop.sync._store.db.read() as unit:
        return [tuple(row) for row in unit.tuples(query)]


def sent_by_a_and_read_by_b(pair: Pair) -> tuple[Evidence, Evidence]:
    pair.a.sync.run()
    pair.b.sync.run()
    (mine,), (theirs,) = pair.a.evidence.of(pair.visit), pair.b.evidence.of(pair.visit)
    return mine, theirs


def test_the_second_laptop_shows_the_picture_before_the_photo_came(pair: Pair) -> None:
    mine, theirs = sent_by_a_and_read_by_b(pair)
    assert (mine.is_on_server, theirs.is_stored) == (False, False)
    shown = pair.b.evidence.thumbnail(theirs.id)
    assert shown is not None
    assert shown[:3] == b"\xff\xd8\xff"
    assert hashlib.sha256(shown).hexdigest() != rows(pair.b, "SELECT sha256 FROM preview")[0][0]  # drawn anew behind the fence
    assert pair.b.evidence.rendition(theirs.id) is None  # what papers print
    pair.a.sync.set_network(Network.FREE)
    pair.meet()
    assert pair.b.evidence.thumbnail(theirs.id) == pair.a.evidence.thumbnail(mine.id)
    assert pair.b.evidence.rendition(theirs.id) == pair.a.evidence.rendition(mine.id)
    pair.assert_equal()


def test_a_preview_counts_as_no_file(pair: Pair) -> None:
    before = pair.a.sync.delivered()[1]
    assert (pair.a.sync.status().files_pending, pair.a.sync.status().files_held) == (1, 1)
    sent = pair.a.sync.run().value
    assert (sent.files_sent, sent.is_complete) == (0, True)
    pair.a.sync.run()  # its receipt came
    assert pair.a.sync.delivered()[1] == before
    assert rows(pair.a, "SELECT state FROM sync_blob WHERE priority = 2") == [("remote",)]
    assert (pair.a.sync.status().files_pending, pair.a.sync.status().files_held) == (1, 1)
    (record,) = pair.a.sync.receipts()
    assert (record.files, record.files_receipted, len(pair.a.sync.files())) == (1, 0, 1)
    pair.b.sync.run()
    assert pair.b.sync.status().files_absent == 1
    assert rows(pair.b, "SELECT sum(files_received) FROM sync_run") == [(0,)]
    for laptop in (pair.a, pair.b):
        told = {one.code: one for one in laptop.doctor.run()}
        assert all(one.ok for one in told.values())
        assert told["doctor.files"].params["files"] == (1 if laptop is pair.a else 0)


def test_a_preview_that_nobody_has_is_no_failure_and_one_that_came_too_late_is_not_fetched(pair: Pair) -> None:
    with pair.a.sync._store.db.write() as unit:  # as a laptop that goes by packets alone
        unit.local("UPDATE sync_blob SET state = 'missing' WHERE priority = 2")
    pair.a.sync.run()
    pair.b.sync.set_policy(SyncPolicy(originals_wifi=True))
    pair.b.sync.set_network(Network.METERED)
    assert pair.b.sync.run().value.is_complete
    (theirs,) = pair.b.evidence.of(pair.visit)
    assert pair.b.evidence.thumbnail(theirs.id) is None
    for laptop in (pair.a, pair.b):
        laptop.sync.set_network(Network.FREE)
    pair.meet()
    with pair.a.sync._store.db.write() as unit:
        unit.local("UPDATE sync_blob SET state = 'local' WHERE priority = 2")
    pair.meet()
    assert rows(pair.b, "SELECT state FROM sync_blob WHERE priority = 2") == [("want",)]
    pair.assert_equal()


def test_a_preview_is_forgotten_with_the_feed_of_its_photo(pair: Pair) -> None:
    _, theirs = sent_by_a_and_read_by_b(pair)
    pair.b.evidence.thumbnail(theirs.id)
    ((sha256, stored, drawn, scope),) = rows(
        pair.b, "SELECT sha256, stored, thumbnail, scope FROM sync_blob WHERE priority = 2"
    )
    with pair.b.sync._store.db.read() as unit:
        foreign = {one.sha256: one.names for one in feed_drop.foreign_files(unit, str(scope))}
    assert {stored, drawn} <= set(foreign[str(sha256)])
    with pair.a.sync._store.db.read() as unit:
        assert sha256 not in {one.sha256 for one in feed_drop.foreign_files(unit, str(scope))}


@pytest.mark.parametrize("said", ["a picture that is none", "longer than a preview may be", "another piece's bytes"])
def test_what_a_row_calls_a_preview_is_not_believed(pair: Pair, said: str) -> None:
    pair.a.evidence.take(pair.visit, [("b.jpg", photo("柜台") + bytes(150_000))])
    first, second = pair.a.evidence.of(pair.visit)
    fake = pair.a.sync._store.files.put(b"\xff\xd8\xff no picture")
    given = {
        "a picture that is none": (fake.sha256, fake.size_bytes),
        "longer than a preview may be": (fake.sha256, 1 << 20),
        "another piece's bytes": (second.sha256, second.size_bytes),
    }[said]
    with pair.a.sync._store.db.write() as unit:
        unit.local("UPDATE sync_blob SET state = 'missing' WHERE priority = 2")
        unit.local(
            "INSERT OR IGNORE INTO sync_blob(sha256, sm3, size_bytes, mime, scope, owner, priority, state, stored)"
            " SELECT ?, '', ?, 'image/jpeg', scope, ?, 2, 'local', ? FROM sync_self",
            (fake.sha256, fake.size_bytes, pair.visit, fake.name),
        )
        unit.append(
            "preview", str(uuid.uuid4()),
            {"inspection": pair.visit, "evidence": first.id, "sha256": given[0], "size_bytes": given[1]},
        )  # fmt: skip
    pair.a.sync.run()
    pair.b.sync.set_policy(SyncPolicy(originals_wifi=True))
    pair.b.sync.set_network(Network.METERED)
    assert pair.b.sync.run().value.is_complete
    assert pair.b.evidence.thumbnail(first.id) is None
    for laptop in (pair.a, pair.b):
        laptop.sync.set_network(Network.FREE)
    pair.meet()
    assert pair.b.evidence.thumbnail(first.id) == pair.a.evidence.thumbnail(first.id)
    assert [one.is_stored for one in pair.b.evidence.of(pair.visit)] == [True, True]
    pair.assert_equal()
