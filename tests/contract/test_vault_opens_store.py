"""Vault and store together: what one unlocks, the other opens, and a restored store shows."""

import os
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from app.core.clock import now
from app.db.backup import Kind, backup, backup_path, restore
from app.db.engine import for_writing
from app.db.opening import create_store, open_store
from app.db.store_errors import StoreLocked, WrongKey
from app.settings.anchor import Anchor, AnchorVerdict, compare
from app.settings.profile import Profile
from app.settings.secrets import OsKeyring
from app.settings.vault import Unlocked, Vault
from tests.unit.services.desks import CHEAP
from tests.unit.settings.stores import MemoryBackend

PLANTED = ("康宁大药房张三", "610100199001011234")


def migrate(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE self(replica TEXT, rseq INTEGER, nonce TEXT)"))
    connection.execute(text("CREATE TABLE visit(id INTEGER PRIMARY KEY, place TEXT)"))
    connection.execute(text("INSERT INTO self VALUES ('r1', 0, 'n0')"))


class Office:
    """One installation."""

    def __init__(self, folder: Path) -> None:
        self.profile = Profile(folder / "profile")
        self.profile.make()
        store = OsKeyring(MemoryBackend())
        self.vault = Vault(self.profile.vault, store, random_bytes=os.urandom, now=now, costs=CHEAP)

    def open(self, keys: Unlocked) -> Engine:
        """Open the store."""
        return open_store(
            self.profile.database, keys.db_key, migrate, version=1, backups_dir=self.profile.backups, now=now()
        ).engine

    def session(self, keys: Unlocked, nonce: str, lines: int) -> AnchorVerdict:
        """Open, compare, anchor, write some lines, close; return what comparing said."""
        engine = self.open(keys)
        with engine.connect() as c:
            found = Anchor(*c.execute(text("SELECT replica, rseq, nonce FROM self")).one())
        verdict = compare(self.vault.read_anchor(keys), found)
        anchor = found.begin(nonce)
        self.vault.write_anchor(keys, anchor)
        with for_writing(engine).begin() as tx:
            tx.execute(text("UPDATE self SET nonce = :n, rseq = rseq + :k"), {"n": nonce, "k": lines})
            tx.execute(text("INSERT INTO visit(place) VALUES (:p)"), {"p": " ".join(PLANTED)})
        self.vault.write_anchor(keys, anchor.settled(found.rseq + lines))
        backup(engine, keys.db_key, backup_path(self.profile.backups, Kind.MANUAL, now()), now())
        engine.dispose()
        return verdict


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    keys, _ = made.vault.create("271828", vault_id="v-1", device_id="d-1")
    create_store(made.profile.database, keys.db_key, migrate, version=1, now=now()).engine.dispose()
    return made


def test_a_restored_store_shows_by_its_anchor(office: Office):
    keys = office.vault.unlock("271828")
    assert office.session(keys, "n1", 3) is AnchorVerdict.UNANCHORED  # the first session ever
    assert office.session(keys, "n2", 4) is AnchorVerdict.SAME
    early = next(office.profile.backups.glob("*.db"))
    kept = early.with_name("early.db")
    kept.write_bytes(early.read_bytes())
    assert office.session(keys, "n3", 5) is AnchorVerdict.SAME
    restore(kept, office.profile.database, keys.db_key, now())
    assert office.session(keys, "n4", 1) is AnchorVerdict.REWOUND


def test_a_store_does_not_open_with_the_keys_of_another_vault(office: Office, tmp_path: Path):
    other = Office(tmp_path / "other")
    keys, _ = other.vault.create("271828", vault_id="v-2", device_id="d-2")
    with pytest.raises(WrongKey):
        office.open(keys)


def test_after_locking_the_engine_opens_nothing_new(office: Office):
    keys = office.vault.unlock("271828")
    engine = office.open(keys)
    engine.dispose()
    keys.wipe()
    with pytest.raises(StoreLocked), engine.connect():
        pass


def test_no_planted_word_lies_readable_in_the_profile(office: Office):
    keys = office.vault.unlock("271828")
    office.session(keys, "n1", 1)
    engine = office.open(keys)
    with for_writing(engine).begin() as tx:
        tx.execute(text("INSERT INTO visit(place) VALUES (:p)"), {"p": " ".join(PLANTED)})
    files = [path for path in office.profile.home.rglob("*") if path.is_file()]
    assert any(path.name.endswith("-wal") and path.stat().st_size for path in files)
    for path in files:
        raw = path.read_bytes()
        for word in (*PLANTED, "CREATE TABLE", "271828"):
            assert word.encode() not in raw, path.name
    engine.dispose()
