"""Secrets in the server's database are sealed with a key that is in no database and in no backup."""

import os
import shutil
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from sync.protocol.admission import LoginRequest
from sync.protocol.errors import SyncError
from sync.protocol.policy import Role
from sync.server.app import office_at
from sync.server.db import schema
from sync.server.packet_cards import Cards
from sync.server.people.passwords import digits
from sync.server.seals import KEY_NAME, read_key
from sync.server.terminal import KEY_VARIABLE
from sync.server.world import real_world
from tests.unit.sync.conftest import BOTH, address
from tests.unit.sync.test_server_ops import codes, refused_to_serve, told
from tests.unit.sync.town import PASSWORD, Town

LEAD = (Role.LEAD, "610100")


class Place:
    """A server's place, from which it can be opened again and again."""

    def __init__(self, folder: Path, address: str | None) -> None:
        self.folder, self.address = folder, address
        self.key = folder / KEY_NAME

    def open(self) -> Town:
        return Town(self.folder, self.address)

    @property
    def options(self) -> list[str]:
        if self.address is None:
            return ["--data", str(self.folder)]
        return ["--database", self.address, "--blobs", str(self.folder)]


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Place(tmp_path / "town", address(request))


def secrets_of(place: Place) -> tuple[str, str, str]:
    """Put a secret for digits and a packet key into a server; return the user, his secret and the packet card."""
    town = place.open().with_offices()
    user = town.person(LEAD, password=True)
    secret = town.people.registers.set_totp(user)
    card = Cards(town.office.database, town.office.devices, town.world).own.text
    town.close()
    return user, secret, card


def everything_in(database: Any) -> str:
    with database.read() as unit:
        return "\n".join(str(row) for table in schema.metadata.sorted_tables for row in unit.execute(select(table)))


def refused(problem: pytest.ExceptionInfo[SyncError]) -> str:
    return problem.value.code


def test_no_secret_stands_in_the_database_and_each_opens_after_a_restart(place: Place) -> None:
    user, secret, card = secrets_of(place)
    town = place.open()
    held = everything_in(town.office.database)
    cards = Cards(town.office.database, town.office.devices, town.world)
    assert secret not in held
    assert read_key(place.key).hex() not in held
    with town.office.database.read() as unit:
        kept = unit.execute(select(schema.packet_key.c.seed)).scalar_one()
    assert bytes.fromhex(town.office.devices.seal.open(kept, "packet_key")).hex() not in held
    assert cards.own.text == card
    assert town.people.logins.check(LoginRequest(user, PASSWORD, digits(secret, town.now_ms))).user == user
    town.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in another way")
def test_the_key_is_made_at_the_first_start_for_its_owner_alone(place: Place) -> None:
    place.open().close()
    made = place.key.read_bytes()
    assert stat.S_IMODE(place.key.stat().st_mode) == 0o600
    place.open().close()
    assert place.key.read_bytes() == made
    for mode, is_told in ((0o600, False), (0o400, False), (0o644, True)):
        place.key.chmod(mode)
        warned = {one["code"] for one in told("doctor", *place.options)["warnings"]}
        assert ("doctor.key_open" in warned) is is_told


def test_a_sealed_text_opens_in_its_own_place_only(tmp_path: Path) -> None:
    office = office_at(tmp_path / "server.db", tmp_path, real_world())
    seal = office.devices.seal
    sealed = seal.close("密", "totp:a")
    assert seal.open(sealed, "totp:a") == "密"
    assert sealed != seal.close("密", "totp:a"), "the same text is never sealed the same way twice"
    for text, at in ((sealed, "totp:b"), (sealed[:-4] + "AAA=", "totp:a"), ("v1.", "totp:a"), ("plain", "totp:a")):
        with pytest.raises(SyncError) as problem:
            seal.open(text, at)
        assert refused(problem) == "server.key_differs"
    office.database.close()


def test_a_server_without_its_key_does_not_serve_and_makes_no_new_one(place: Place) -> None:
    user, secret, _ = secrets_of(place)
    kept = place.key.rename(place.folder / "elsewhere")
    assert refused_to_serve(place.options) == "server.key_missing"
    assert codes(told("doctor", *place.options, code=1)) == {"doctor.key_missing"}
    assert told("user", "totp", user, *place.options, code=1)["code"] == "server.key_missing"
    assert not place.key.exists()
    place.key.write_bytes(b"0" * 64)
    assert refused_to_serve(place.options) == "server.key_differs"
    assert codes(told("doctor", *place.options, code=1)) == {"doctor.key_differs"}
    place.key.unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY_VARIABLE, str(kept))
        assert told("doctor", *place.options)["findings"] == []
    kept.rename(place.key)
    town = place.open()
    assert town.people.logins.check(LoginRequest(user, PASSWORD, digits(secret, town.now_ms))).user == user
    town.close()


def test_a_backup_holds_neither_the_key_nor_a_secret_and_says_so(place: Place, tmp_path: Path) -> None:
    _, secret, _ = secrets_of(place)
    made = told("backup", *place.options, "--to", str(tmp_path / "b"))
    assert made["key_file"] == str(place.key)
    key = read_key(place.key)
    for file in (tmp_path / "b").rglob("*"):
        data = file.read_bytes() if file.is_file() else b""
        for bad in (key, key.hex().encode(), secret.encode()):
            assert bad not in data, file
    assert not list((tmp_path / "b").rglob(KEY_NAME))


def test_a_restored_server_opens_its_secrets_with_the_key_that_was_kept_apart(place: Place, tmp_path: Path) -> None:
    user, secret, card = secrets_of(place)
    made = told("backup", *place.options, "--to", str(tmp_path / "b"))
    apart = Path(shutil.copyfile(place.key, tmp_path / "apart.key"))
    wrong = tmp_path / "wrong.key"
    wrong.write_bytes(b"1" * 64)
    back = Place(tmp_path / "back", None)
    restore = ["restore", "--from", made["folder"], *back.options]
    assert told(*restore, code=1)["code"] == "server.key_needed"
    assert told(*restore, "--key", str(wrong), code=1)["code"] == "server.key_differs"
    back.folder.mkdir(exist_ok=True)
    shutil.copyfile(wrong, back.key)
    assert told(*restore, "--key", str(apart), code=1)["code"] == "server.key_taken"
    back.key.unlink()
    assert not (back.folder / "server.db").exists(), "nothing is restored before the key is there"
    told(*restore, "--key", str(apart))
    told("recover", *back.options)
    town = back.open()
    assert Cards(town.office.database, town.office.devices, town.world).own.text == card
    assert town.people.logins.check(LoginRequest(user, PASSWORD, digits(secret, town.now_ms))).user == user
    town.close()
    assert told("doctor", *back.options)["findings"] == []


def test_when_the_key_is_lost_only_what_it_sealed_is_lost(place: Place, tmp_path: Path) -> None:
    user, _, card = secrets_of(place)
    assert told("new-key", *place.options, code=1)["code"] == "server.key_works"
    made = told("backup", *place.options, "--to", str(tmp_path / "b"))
    back = Place(tmp_path / "back", None)
    told("restore", "--from", made["folder"], *back.options, "--without-key")
    told("recover", *back.options)
    place.key.unlink()
    renewed = told("new-key", *place.options)
    assert (renewed["people"], renewed["packets"]) == (1, True)
    for one in (place, back):
        assert told("doctor", *one.options)["findings"] == []
        town = one.open()
        with pytest.raises(SyncError) as problem:
            town.people.logins.check(LoginRequest(user, PASSWORD, "000000"))
        assert refused(problem) == "login.totp_missing"
        secret = town.people.registers.set_totp(user)
        assert town.people.logins.check(LoginRequest(user, PASSWORD, digits(secret, town.now_ms))).user == user
        assert Cards(town.office.database, town.office.devices, town.world).own.text != card
        town.close()


def test_a_wrong_key_is_moved_aside_and_not_overwritten(place: Place) -> None:
    secrets_of(place)
    place.key.write_bytes(b"2" * 64)
    told("new-key", *place.options)
    (aside,) = place.folder.glob(f"{KEY_NAME}.*.old")
    assert aside.read_bytes() == b"2" * 64
    assert told("doctor", *place.options)["findings"] == []


def test_workers_that_start_together_have_one_key(place: Place) -> None:
    together = threading.Barrier(4)

    def start() -> str:
        together.wait()
        office = office_at(place.address or place.folder / "server.db", place.folder, real_world())
        key = office.devices.seal.check()
        office.database.close()
        return key.hex()

    with ThreadPoolExecutor(4) as pool:
        found = {one.result() for one in [pool.submit(start) for _ in range(4)]}
    assert found == {read_key(place.key).hex()}


def test_a_running_server_takes_up_a_new_key_and_never_seals_with_a_wrong_one(place: Place) -> None:
    town = place.open().with_offices()
    user = town.person(LEAD, password=True)
    held = place.key.read_bytes()
    place.key.unlink()
    town.people.registers.set_totp(user)  # it still has the key that is gone
    told("new-key", *place.options)
    secret = town.people.registers.set_totp(user)
    assert town.people.logins.check(LoginRequest(user, PASSWORD, digits(secret, town.now_ms))).user == user
    right = place.key.read_bytes()
    place.key.write_bytes(held)
    os.utime(place.key, ns=(1, 1))
    with pytest.raises(SyncError) as problem:
        town.people.registers.set_totp(user)
    assert refused(problem) == "server.key_differs"
    place.key.write_bytes(right)
    town.now_ms += 60_000
    assert town.people.logins.check(LoginRequest(user, PASSWORD, digits(secret, town.now_ms))).user == user
    town.close()
