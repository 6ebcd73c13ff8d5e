"""The queue at the door: whoever floods it stands in his own way, and is turned away at once."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from sync.protocol import codec
from sync.protocol.admission import AdmissionRequest, Decision, ask_bytes
from sync.protocol.chain import DeviceKey
from sync.protocol.errors import SyncError
from sync.protocol.policy import Role
from sync.server.db import schema
from sync.server.people.admissions import source_of
from tests.unit.sync.conftest import BOTH, address
from tests.unit.sync.kit import ServerProcess
from tests.unit.sync.town import DAY_MS, Box, Town, bound

MINUTE_MS = 60_000
FLOOD, OFFICE = "10.9.9.9", "10.1.1.1"


@pytest.fixture(params=BOTH)
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "town", bound(address(request))).with_offices()
    yield made
    made.close()


def ask(town: Town, box: Box, source: str) -> Decision:
    return town.people.admissions.ask(town.server, box.wish(), source).decision


def flood(town: Town, count: int, source: str = FLOOD) -> None:
    for _ in range(count):
        ask(town, Box(town), source)


def is_refused(town: Town, source: str) -> bool:
    with pytest.raises(SyncError) as problem:
        ask(town, Box(town), source)
    return problem.value.code == "enrol.too_many"


def waiting(town: Town, source: str) -> int:
    return sum(one.source == source for one in town.people.admissions.waiting())


def test_one_address_fills_its_own_places_and_nobody_else_s(town: Town) -> None:
    flood(town, 30)
    assert is_refused(town, FLOOD)
    honest = Box(town)
    assert ask(town, honest, OFFICE) is Decision.WAITING
    assert (waiting(town, FLOOD), waiting(town, OFFICE)) == (30, 1)


def test_who_does_not_ask_again_gives_way_to_a_newcomer_of_the_same_address(town: Town) -> None:
    honest, late = Box(town), Box(town)
    ask(town, honest, FLOOD)
    flood(town, 29)
    assert is_refused(town, FLOOD)
    town.now_ms += 16 * MINUTE_MS
    assert ask(town, honest, FLOOD) is Decision.WAITING
    assert ask(town, late, FLOOD) is Decision.WAITING
    kept = [one.device for one in town.people.admissions.waiting()]
    assert len(kept) == 30
    assert {honest.id, late.id} <= set(kept)


def test_a_queue_full_of_many_addresses_makes_room_for_one_that_is_not_in_it(town: Town) -> None:
    early = Box(town)
    ask(town, early, OFFICE)
    town.now_ms += 2 * MINUTE_MS
    for number in range(9):
        flood(town, 30, f"10.9.9.{number}")
    flood(town, 29, "10.9.9.9")
    town.now_ms += 2 * MINUTE_MS
    ask(town, early, OFFICE)
    assert len(town.people.admissions.waiting()) == 300
    assert ask(town, Box(town), "10.1.1.2") is Decision.WAITING
    assert len(town.people.admissions.waiting()) == 300
    assert (waiting(town, OFFICE), waiting(town, "10.1.1.2")) == (1, 1)


def test_three_days_after_a_device_asked_for_the_last_time_it_is_forgotten(town: Town) -> None:
    stays, goes = Box(town), Box(town)
    for one in (stays, goes):
        ask(town, one, OFFICE)
    town.now_ms += 2 * DAY_MS
    ask(town, stays, OFFICE)
    town.now_ms += 2 * DAY_MS
    assert [one.device for one in town.people.admissions.waiting()] == [stays.id]
    assert ask(town, goes, OFFICE) is Decision.WAITING


def test_many_are_turned_away_at_once_and_those_whom_nobody_has_seen_stay(town: Town) -> None:
    admin, honest, later = town.person((Role.ORG_ADMIN, "610100")), Box(town), Box(town)
    ask(town, honest, OFFICE)
    flood(town, 20)
    town.now_ms += MINUTE_MS
    ask(town, later, FLOOD)
    seen_ms = town.now_ms - 1
    with pytest.raises(SyncError) as problem:
        town.people.admissions.refuse_many(town.person((Role.INSPECTOR, "610100")), FLOOD)
    assert problem.value.code == "people.not_allowed"
    assert town.people.admissions.refuse_many(admin, FLOOD, seen_ms) == 20
    assert {one.device for one in town.people.admissions.waiting()} == {honest.id, later.id}
    assert town.people.admissions.refuse_many(admin) == 2
    assert ask(town, honest, OFFICE) is Decision.REFUSED


def test_a_full_queue_stops_no_one_time_code(town: Town) -> None:
    for number in range(10):
        flood(town, 30, f"10.9.9.{number}")
    assert town.device(town.person((Role.INSPECTOR, "610100"))).me().device


def test_an_address_that_asks_without_end_is_told_to_wait(town: Town) -> None:
    box = Box(town)
    for _ in range(60):
        assert box.ask() is Decision.WAITING
    with pytest.raises(AssertionError, match=r"admin\.too_many"):
        box.ask()
    town.now_ms += MINUTE_MS
    assert box.ask() is Decision.WAITING


@pytest.mark.parametrize(
    ("given", "source"),
    [
        ("10.1.2.3", "10.1.2.3"), ("::ffff:10.1.2.3", "10.1.2.3"), ("2001:db8:0:7:1:2:3:4", "2001:db8:0:7::/64"),
        ("fe80::1%eth0", "fe80::/64"), ("", ""), ("somebody" * 20, ("somebody" * 20)[:80]),
    ],
)  # fmt: skip
def test_an_address_is_counted_as_the_machine_behind_it(given: str, source: str) -> None:
    assert source_of(given) == source


@pytest.mark.parametrize(("trusted", "source"), [("127.0.0.1", "10.7.7.7"), ("10.0.0.1", "127.0.0.1")])
def test_the_proxy_is_believed_where_the_server_was_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: str, source: str
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", trusted)
    server = ServerProcess(tmp_path / "server")
    office, key = server.office(), DeviceKey.from_seed(os.urandom(32))
    try:
        proof = key.sign(ask_bytes(office.devices.server, "d1", key.public_hex, ""))
        request = AdmissionRequest("d1", key.public_hex, "laptop", "", proof)
        sent = httpx.post(
            f"{server.url}/v1/admission", content=codec.dump(request), headers={"X-Forwarded-For": "10.7.7.7"}, trust_env=False
        )
        assert sent.status_code == 200
        with office.database.read() as unit:
            assert unit.execute(select(schema.admission.c.source)).scalars().all() == [source]
    finally:
        office.database.close()
        server.kill()
