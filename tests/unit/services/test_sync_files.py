"""Which files go when, how fast, and how a download goes on where it was cut."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.syncing import Network, SyncPolicy, Wait
from app.services import sync_local
from app.services.courier import PART_BYTES, VaultCourier
from app.services.pacing import Pacer
from app.services.sync_local import LocalSide
from sync.client.errors import Unreachable
from sync.client.store import DamagedBlob, FileWanted
from tests.unit.services.desks import Desk, photo

FREE = SyncPolicy()
CAREFUL = SyncPolicy(originals_wifi=True)


def side_of(desk: Desk, policy: SyncPolicy = FREE, network: Network = Network.FREE) -> LocalSide:
    return LocalSide(desk.services.sync._store.db, policy, network)


def states(desk: Desk) -> dict[str, int]:
    with desk.services.sync._store.db.read() as unit:
        return {row.sha256: row.priority for row in unit.sql("SELECT sha256, priority FROM sync_blob")}


def test_papers_go_first_then_previews_and_then_originals(ready: Desk) -> None:
    given_by = states(ready)
    order = [given_by[one.sha256] for one in side_of(ready).pending_files(1000)]
    assert order == sorted(order)
    assert len(order) == len(given_by)
    assert set(order) == {1, 2, 3}


def test_originals_of_the_task_that_ends_first_go_first(visit: Desk) -> None:
    services, first = visit.services, visit.inspection
    other = services.inspections.start(
        visit.tasks[1], inspectors=visit.inspectors[:2], recorder=visit.inspectors[0], place="店内",
        party=services.inspections.view(first).inspection.party, licence_shown=True,
    ).value  # fmt: skip
    for visit_id, name in ((first, "甲"), (other, "乙")):
        services.evidence.take(visit_id, [(f"{name}.jpg", photo(name))])
    with services.sync._store.db.write() as unit:
        tasks = {row.id: row.task for row in unit.sql("SELECT id, task FROM inspection")}
        unit.put("task", tasks[first], {"due_on": "2026-12-31"})
        unit.put("task", tasks[other], {"due_on": "2026-11-01"})
        owners = {row.sha256: row.owner for row in unit.sql("SELECT sha256, owner FROM sync_blob")}
    files = side_of(visit).pending_files(1000)
    for is_spare in (True, False):  # previews, and after them originals
        order = [owners[one.sha256] for one in files if one.is_spare is is_spare]
        assert order == sorted(order, key=[other, first].index)
        assert set(order) == {first, other}


def test_on_a_network_that_costs_originals_wait_and_papers_and_previews_go(ready: Desk) -> None:
    given_by = states(ready)
    sent = side_of(ready, CAREFUL, Network.METERED).pending_files(1000)
    assert sent
    assert {given_by[one.sha256] for one in sent} == {1, 2}


def test_a_small_original_goes_with_the_previews_on_every_network_and_has_none(visit: Desk) -> None:
    services = visit.services
    contents = photo("大") + bytes(100_000), b"small"
    services.evidence.take(visit.inspection, [("大.jpg", contents[0]), ("小.txt", contents[1])])
    big, small = (hashlib.sha256(one).hexdigest() for one in contents)
    order = [one.sha256 for one in side_of(visit).pending_files(1000)]
    assert order.index(big) > order.index(small)
    careful = [one.sha256 for one in side_of(visit, CAREFUL, Network.METERED).pending_files(1000)]
    assert careful == order[: len(careful)]
    assert [one in careful for one in (big, small)] == [False, True]
    services.sync.set_policy(CAREFUL)
    services.sync.set_network(Network.METERED)
    assert services.sync.status().files_held == len(order) - len(careful)
    waiting = {one.id for one in services.sync.files() if one.wait is Wait.WIFI}
    assert waiting == set(order) - set(careful)
    with services.sync._store.db.write() as unit:
        unit.local("UPDATE sync_blob SET state = 'want', stored = NULL, priority = iif(priority = 2, 2, 5)")
    assert side_of(visit, CAREFUL, Network.METERED).wanted_files(1000)[-1].sha256 not in waiting
    came = [one.sha256 for one in side_of(visit).wanted_files(1000)]
    assert set(came[: came.index(small)]).isdisjoint(waiting)
    with services.sync._store.db.write() as unit:
        unit.local("UPDATE sync_blob SET size_bytes = 0 WHERE sha256 = ?", (big,))
    assert big not in {one.sha256 for one in side_of(visit, CAREFUL, Network.METERED).wanted_files(1000)}  # who knows how long it is


def test_what_the_server_has_not_fills_no_slice_and_is_asked_for_once(visit: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_local, "SLICE_BYTES", 1000)
    with visit.services.sync._store.db.write() as unit:
        for n in range(40):
            unit.local(
                "INSERT INTO sync_blob(sha256, sm3, size_bytes, mime, scope, priority, state)"
                " VALUES (?, '', 600, 'image/jpeg', 's', 5, 'want')", (f"{n:064x}",),
            )  # fmt: skip
    asked: list[str] = []

    def found(files: Sequence[FileWanted]) -> set[str]:
        asked.extend(one.sha256 for one in files)
        return {f"{n:064x}" for n in (7, 30)}

    local = side_of(visit)
    slices = [local.wanted_files(1000, found)]
    while local.next_slice():
        slices.append(local.wanted_files(1000, found))
    assert [[int(one.sha256, 16) for one in some] for some in slices] == [[7], [30]]
    assert sorted(asked) == [f"{n:064x}" for n in range(40)]


def test_papers_and_previews_of_others_come_on_every_network_and_before_their_originals(ready: Desk) -> None:
    given_by = states(ready)
    with ready.services.sync._store.db.write() as unit:
        unit.local("UPDATE sync_blob SET state = 'want', stored = NULL, priority = iif(priority = 2, 2, 5)")
    came = [given_by[one.sha256] for one in side_of(ready).wanted_files(1000)]
    assert came == sorted(came)
    assert set(came) == {1, 2, 3}
    assert {given_by[one.sha256] for one in side_of(ready, CAREFUL, Network.METERED).wanted_files(1000)} == {1, 2}
    asked = next(sha256 for sha256, priority in given_by.items() if priority == 3)
    ready.services.sync.ask_for(asked)
    assert side_of(ready, CAREFUL, Network.METERED).wanted_files(1)[0].sha256 == asked


@pytest.mark.parametrize(
    ("policy", "network"), [(CAREFUL, Network.FREE), (CAREFUL, Network.UNKNOWN), (FREE, Network.METERED)]
)
def test_elsewhere_everything_goes(ready: Desk, policy: SyncPolicy, network: Network) -> None:
    assert len(side_of(ready, policy, network).pending_files(1000)) == len(states(ready))


def test_files_come_in_slices_and_each_only_once(ready: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_local, "SLICE_BYTES", 1)
    side = side_of(ready)
    seen = [one.sha256 for one in side.pending_files(1000)]
    while side.next_slice():
        seen += [one.sha256 for one in side.pending_files(1000)]
    assert len(seen) == len(set(seen)) == len(states(ready))


class Cut:
    """Gives some of the bytes, then the line breaks."""

    def __init__(self, data: bytes, piece: int = 200_000) -> None:
        self.data, self.piece = data, piece

    def until(self, end: int) -> Iterator[bytes]:
        for start in range(0, end, self.piece):
            yield self.data[start : min(start + self.piece, end)]
        if end < len(self.data):
            raise Unreachable()


@pytest.fixture
def wanted(visit: Desk) -> Callable[[bytes], FileWanted]:
    def want(data: bytes) -> FileWanted:
        digest = hashlib.sha256(data).hexdigest()
        with visit.services.sync._store.db.write() as unit:
            unit.local(
                "INSERT INTO sync_blob(sha256, sm3, size_bytes, mime, scope, priority, state)"
                " VALUES (?, '', ?, 'image/jpeg', 's:x', 5, 'want')",
                (digest, len(data)),
            )
        return FileWanted(digest, len(data))

    return want


def courier_of(desk: Desk) -> VaultCourier:
    store = desk.services.sync._store
    return VaultCourier(side_of(desk), store.db, store.files)


def files_in(desk: Desk) -> set[Path]:
    return set(desk.services.profile.files.rglob("*.yfv"))


def test_a_download_goes_on_where_it_was_cut_after_a_restart_too(
    visit: Desk, wanted: Callable[[bytes], FileWanted]
) -> None:
    data = bytes(range(256)) * (5 * PART_BYTES // 512)
    file, before = wanted(data), files_in(visit)
    with pytest.raises(Unreachable):
        courier_of(visit).store(file, 0, Cut(data).until(len(data) // 2))
    kept = courier_of(visit).received(file.sha256)
    assert PART_BYTES <= kept <= len(data) // 2
    assert not any(data[:64] in path.read_bytes() for path in files_in(visit) - before)
    courier_of(visit).store(file, kept, Cut(data[kept:]).until(len(data) - kept))
    name = side_of(visit).stored_name(file.sha256)
    assert name is not None
    assert b"".join(visit.services.sync._store.files.chunks(name)) == data
    assert len(files_in(visit) - before) == 1
    assert courier_of(visit).received(file.sha256) == 0


def test_a_download_with_another_digest_is_dropped_whole(
    visit: Desk, wanted: Callable[[bytes], FileWanted]
) -> None:
    data = b"x" * (2 * PART_BYTES)
    file, before = wanted(data), files_in(visit)
    with pytest.raises(DamagedBlob):
        courier_of(visit).store(file, 0, iter([b"y" * len(data)]))
    assert files_in(visit) == before
    assert courier_of(visit).received(file.sha256) == 0


def test_a_part_that_is_gone_begins_the_download_anew(
    visit: Desk, wanted: Callable[[bytes], FileWanted]
) -> None:
    data = b"z" * (3 * PART_BYTES)
    file, before = wanted(data), files_in(visit)
    with pytest.raises(Unreachable):
        courier_of(visit).store(file, 0, Cut(data).until(2 * PART_BYTES))
    next(iter(files_in(visit) - before)).unlink()
    assert courier_of(visit).received(file.sha256) == 0
    courier_of(visit).store(file, 0, Cut(data).until(len(data)))
    assert len(files_in(visit) - before) == 1


def test_parts_of_a_file_that_came_in_another_way_are_tidied(
    visit: Desk, wanted: Callable[[bytes], FileWanted]
) -> None:
    data = b"q" * (2 * PART_BYTES + 5)
    file, before = wanted(data), files_in(visit)
    with pytest.raises(Unreachable):
        courier_of(visit).store(file, 0, Cut(data).until(PART_BYTES + 5))
    assert files_in(visit) > before
    with visit.services.sync._store.db.write() as unit:
        unit.local("UPDATE sync_blob SET state = 'local' WHERE sha256 = ?", (file.sha256,))
    courier_of(visit).tidy()
    assert files_in(visit) == before


@given(st.lists(st.integers(1, 1 << 20), min_size=2, max_size=30), st.integers(1, 4096))
def test_no_more_than_the_rate_passes(sizes: list[int], rate_kib: int) -> None:
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    pace = Pacer(rate_kib * 1024, lambda: now, sleep, lambda: None)
    for size in sizes:
        pace(size)
    assert now >= sum(sizes[:-1]) / (rate_kib * 1024) - 1e-6


def test_without_a_rate_nothing_waits() -> None:
    pace = Pacer(0, lambda: 0.0, lambda _: pytest.fail("waited"), lambda: None)
    pace(1 << 40)
