"""Opening the store: creating, upgrading, refusing, and what a crash in between leaves."""

import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from app.db import store_files as files
from app.db.backup import Kind, backup, backup_path, list_backups
from app.db.engine import make_engine
from app.db.opening import Opened, Opening, create_store, open_store
from app.db.store_errors import (
    Damaged,
    DatabaseExists,
    MissingDatabase,
    NewerDatabase,
    UpgradeFailed,
    WrongKey,
)
from tests.unit.db_open.small_store import KEY, NOW, add_visits, count_visits, migrate

OTHER_KEY = b"\x07" * 32


def opened(path: Path, backups: Path, key: bytes = KEY) -> Opened:
    return open_store(path, key, migrate, version=2, backups_dir=backups, now=NOW)


def flip(path: Path, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1]))


def a_backup(path: Path, backups: Path) -> Path:
    engine = make_engine(path, KEY)
    made = backup(engine, KEY, backup_path(backups, Kind.DAILY, NOW), NOW)
    engine.dispose()
    return made.path


def test_a_new_store_is_whole_or_not_there(path: Path):
    def break_off(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half(x)"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        create_store(path, KEY, break_off, version=1, now=NOW)
    assert list(path.parent.iterdir()) == []


def test_an_existing_store_is_never_created_over(store: Path):
    before = store.read_bytes()
    with pytest.raises(DatabaseExists):
        create_store(store, KEY, migrate, version=2, now=NOW)
    assert store.read_bytes() == before


def test_a_current_store_opens_as_it_is(store: Path, backups: Path):
    result = opened(store, backups)
    assert (result.state, result.recovered, result.backup) == (Opening.OK, False, None)
    assert count_visits(result.engine) == 300
    result.engine.dispose()


def test_an_older_store_is_backed_up_and_upgraded(old_store: Path, backups: Path):
    result = opened(old_store, backups)
    assert result.state is Opening.UPGRADED
    with result.engine.connect() as c:
        assert c.execute(text("SELECT count(*) FROM visit WHERE note = ''")).scalar_one() == 300
    result.engine.dispose()
    assert result.backup is not None
    kept = make_engine(result.backup, KEY)
    with kept.connect() as c:
        assert c.exec_driver_sql("PRAGMA user_version").scalar_one() == 1
    kept.dispose()
    assert opened(old_store, backups).state is Opening.OK
    left = {p.name for p in old_store.parent.iterdir() if not p.name.startswith("yanfang.db-")}
    assert left == {"yanfang.db", "backups", "replaced"}
    assert list((old_store.parent / "replaced").iterdir()) == []


def test_what_was_still_in_the_wal_is_upgraded_too(old_store: Path, backups: Path, tmp_path: Path):
    engine = make_engine(old_store, KEY)
    add_visits(engine, 5)
    crashed = tmp_path / "crashed" / "yanfang.db"
    crashed.parent.mkdir()
    shutil.copy(old_store, crashed)
    shutil.copy(files.wal_of(old_store), files.wal_of(crashed))
    engine.dispose()
    result = opened(crashed, backups)
    assert (result.state, result.recovered) == (Opening.UPGRADED, True)
    assert count_visits(result.engine) == 305
    result.engine.dispose()


def test_a_failed_upgrade_leaves_the_store_as_it_was(old_store: Path, backups: Path):
    def orphan(connection: Connection) -> None:
        migrate(connection)
        connection.execute(text("INSERT INTO tick VALUES (99999, 1)"))

    def nonsense(connection: Connection) -> None:
        migrate(connection)
        connection.execute(text("ALTER TABLE nothing ADD COLUMN x"))

    before = old_store.read_bytes()
    for bad in (orphan, nonsense):
        with pytest.raises(UpgradeFailed) as caught:
            open_store(old_store, KEY, bad, version=2, backups_dir=backups, now=NOW)
        assert caught.value.code == "db.upgrade_failed"
        assert old_store.read_bytes() == before
        assert not files.part_of(old_store).exists()
        assert not files.staged_of(old_store).exists()


def test_a_newer_store_is_refused_untouched(store: Path, backups: Path):
    engine = make_engine(store, KEY)
    with engine.begin() as tx:
        tx.exec_driver_sql("PRAGMA user_version=3")
    engine.dispose()
    before = store.read_bytes()
    with pytest.raises(NewerDatabase) as caught:
        opened(store, backups)
    assert caught.value.params == {"file": "yanfang.db", "found": 3, "known": 2}
    assert store.read_bytes() == before


def test_a_missing_store_is_not_replaced_by_an_empty_one(store: Path, backups: Path):
    good = a_backup(store, backups)
    store.unlink()
    with pytest.raises(MissingDatabase) as caught:
        opened(store, backups)
    assert caught.value.params["backup"] == str(good)
    assert not store.exists()


def test_a_wrong_key_is_told_from_damage(store: Path, backups: Path):
    a_backup(store, backups)
    with pytest.raises(WrongKey):
        opened(store, backups, OTHER_KEY)


@pytest.mark.parametrize("offset", [3, 100, 2000], ids=["salt", "first page", "first page, middle"])
def test_a_flipped_byte_in_the_first_page_is_damage_with_an_offer(store: Path, backups: Path, offset: int):
    good = a_backup(store, backups)
    flip(store, offset)
    with pytest.raises(Damaged) as caught:
        opened(store, backups)
    assert caught.value.params["backup"] == str(good)


def test_a_flipped_byte_without_any_backup_is_still_damage(store: Path, backups: Path):
    flip(store, 100)
    with pytest.raises(Damaged) as caught:
        opened(store, backups)
    assert caught.value.params["backup"] is None


def test_a_flipped_byte_in_a_later_page_is_found_when_read_and_by_the_backup(store: Path, backups: Path):
    flip(store, 4096 * 5 + 777)
    result = opened(store, backups)
    with result.engine.connect() as c, pytest.raises(Damaged):
        c.execute(text("SELECT sum(length(place)) FROM visit")).scalar_one()
    with pytest.raises(Damaged):
        backup(result.engine, KEY, backup_path(backups, Kind.DAILY, NOW), NOW)
    assert list_backups(backups) == ()
    result.engine.dispose()


@pytest.mark.parametrize("left", [0, 100, 4096 * 3, 4096 * 3 + 17])
def test_a_truncated_store_is_damage_with_an_offer(store: Path, backups: Path, left: int):
    good = a_backup(store, backups)
    os.truncate(store, left)
    with pytest.raises(Damaged) as caught:
        opened(store, backups)
    assert caught.value.params["backup"] == str(good)


def test_a_damaged_backup_is_not_offered(store: Path, backups: Path):
    good = a_backup(store, backups)
    flip(good, 4096 * 4 + 5)
    os.truncate(store, 4096 * 3)
    with pytest.raises(Damaged) as caught:
        opened(store, backups)
    assert caught.value.params["backup"] is None


@pytest.mark.parametrize("cut", ["after staging", "after moving the store", "after moving the wal"])
def test_a_crash_at_any_step_of_a_swap_leaves_one_whole_store(store: Path, backups: Path, cut: str):
    """The steps of `swap_in`, broken off; 300 visits are in the old store, 7 in the new one."""
    other = store.parent / "other.db"
    made = create_store(other, KEY, migrate, version=2, now=NOW)
    add_visits(made.engine, 7)
    made.engine.dispose()
    files.wal_of(store).write_bytes(b"left over from the old store")
    files.move(other, files.staged_of(store))
    if cut == "after staging":
        files.wal_of(store).unlink()
    else:
        aside = store.parent / "replaced" / "x"
        aside.mkdir(parents=True, exist_ok=True)
        files.move(store, aside / store.name)
        if cut == "after moving the wal":
            files.move(files.wal_of(store), files.wal_of(aside / store.name))
    result = opened(store, backups)
    assert count_visits(result.engine) == (300 if cut == "after staging" else 7)
    result.engine.dispose()
    assert not files.staged_of(store).exists()
    if cut != "after staging":
        moved = store.parent / "replaced" / "x" / "yanfang.db-wal"
        assert moved.read_bytes() == b"left over from the old store"
