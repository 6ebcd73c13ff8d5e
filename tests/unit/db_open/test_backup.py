"""Backups: made from a store in use, checked, thinned, restored."""

import datetime as dt
import json
import os
from pathlib import Path

import pytest

from app.db import store_files as files
from app.db.backup import (
    Kind,
    backup,
    backup_note,
    backup_path,
    daily,
    last_good,
    list_backups,
    restore,
    thin,
    verify_backup,
)
from app.db.engine import make_engine
from app.db.opening import open_store
from app.db.store_errors import BadBackup, WrongKey
from tests.unit.db_open.small_store import KEY, NOW, add_visits, count_visits, migrate


def test_a_backup_holds_what_is_only_in_the_wal_and_is_encrypted(store: Path, backups: Path):
    engine = make_engine(store, KEY)
    add_visits(engine, 11)
    assert files.wal_of(store).stat().st_size > 0
    made = backup(engine, KEY, backup_path(backups, Kind.MANUAL, NOW), NOW)
    engine.dispose()
    raw = made.path.read_bytes()
    assert "康宁".encode() not in raw
    assert b"SQLite format" not in raw
    copy = make_engine(made.path, KEY)
    assert count_visits(copy) == 311
    copy.dispose()
    assert made.version == 2
    assert made.path.name == "yanfang-20261122T010000Z-manual.db"
    note = json.loads((backups / (made.path.name + ".json")).read_text(encoding="utf-8"))
    assert note["version"] == 2
    assert backup_note(made.path) == made


def test_a_backup_of_another_vault_does_not_open(store: Path, backups: Path):
    engine = make_engine(store, KEY)
    made = backup(engine, KEY, backup_path(backups, Kind.MANUAL, NOW), NOW)
    engine.dispose()
    with pytest.raises(WrongKey):
        verify_backup(made.path, b"\x09" * 32)


@pytest.mark.parametrize("with_note", [True, False])
def test_one_flipped_byte_in_a_backup_is_found(store: Path, backups: Path, with_note: bool):
    engine = make_engine(store, KEY)
    made = backup(engine, KEY, backup_path(backups, Kind.MANUAL, NOW), NOW)
    engine.dispose()
    if not with_note:
        (backups / (made.path.name + ".json")).unlink()
    assert verify_backup(made.path, KEY) == made
    raw = bytearray(made.path.read_bytes())
    raw[len(raw) // 2] ^= 1
    made.path.write_bytes(raw)
    with pytest.raises(BadBackup):
        verify_backup(made.path, KEY)


def test_a_restored_store_is_the_backup_and_the_old_one_lies_aside_with_its_wal(store: Path, backups: Path):
    engine = make_engine(store, KEY)
    made = backup(engine, KEY, backup_path(backups, Kind.MANUAL, NOW), NOW)
    add_visits(engine, 40)
    wal = files.wal_of(store).read_bytes()
    base = store.read_bytes()
    engine.dispose()
    store.write_bytes(base)  # as a killed program leaves it: 40 visits only in the WAL
    files.wal_of(store).write_bytes(wal)

    aside = restore(made.path, store, KEY, NOW)

    result = open_store(store, KEY, migrate, version=2, backups_dir=backups, now=NOW)
    assert count_visits(result.engine) == 300
    result.engine.dispose()
    assert aside is not None
    former = make_engine(aside / "yanfang.db", KEY)
    assert count_visits(former) == 340
    former.dispose()
    assert verify_backup(made.path, KEY).sha256 == made.sha256


def test_restoring_over_a_destroyed_store_works(store: Path, backups: Path):
    engine = make_engine(store, KEY)
    daily(engine, KEY, backups, NOW)
    engine.dispose()
    os.truncate(store, 5000)
    good = last_good(backups, KEY)
    assert good is not None
    restore(good, store, KEY, NOW)
    result = open_store(store, KEY, migrate, version=2, backups_dir=backups, now=NOW)
    assert count_visits(result.engine) == 300
    result.engine.dispose()


def test_a_bad_backup_replaces_nothing(store: Path, backups: Path):
    engine = make_engine(store, KEY)
    made = backup(engine, KEY, backup_path(backups, Kind.MANUAL, NOW), NOW)
    engine.dispose()
    before = store.read_bytes()
    os.truncate(made.path, made.size_bytes - 4096)
    with pytest.raises(BadBackup):
        restore(made.path, store, KEY, NOW)
    assert store.read_bytes() == before


def test_one_backup_a_day_by_the_calendar_of_china(store: Path, backups: Path):
    engine = make_engine(store, KEY)
    before_midnight = dt.datetime(2026, 11, 22, 15, 59, tzinfo=dt.UTC)
    after_midnight = dt.datetime(2026, 11, 22, 16, 1, tzinfo=dt.UTC)
    assert daily(engine, KEY, backups, before_midnight) is not None
    assert daily(engine, KEY, backups, before_midnight) is None
    assert daily(engine, KEY, backups, after_midnight) is not None
    engine.dispose()
    assert len(list_backups(backups)) == 2


def test_seven_days_and_four_weeks_are_kept_and_foreign_files_never_touched(backups: Path):
    backups.mkdir(parents=True)
    first = dt.datetime(2026, 9, 1, 4, 0, tzinfo=dt.UTC)
    for day in range(60):
        path = backup_path(backups, Kind.DAILY, first + dt.timedelta(days=day))
        path.touch()
        path.with_name(path.name + ".json").touch()
    hand = backup_path(backups, Kind.MANUAL, first)
    hand.touch()
    (backups / "yanfang-mine.db").touch()
    for day in range(5):
        backup_path(backups, Kind.UPGRADE, first + dt.timedelta(days=day)).touch()

    thin(backups)

    kept = sorted(p.name[8:16] for p in backups.glob("*-daily.db"))
    # 2026-10-30 is a Friday: its week and the three before end on 30, 25, 18 and 11 October.
    assert kept == [
        "20261011", "20261018", "20261024", "20261025", "20261026", "20261027", "20261028", "20261029", "20261030",
    ]  # fmt: skip
    assert sorted(p.name[:-5] for p in backups.glob("*-daily.db.json")) == sorted(
        p.name for p in backups.glob("*-daily.db")
    )
    assert hand.exists()
    assert (backups / "yanfang-mine.db").exists()
    assert len(list(backups.glob("*-upgrade.db"))) == 3


def test_thinning_twice_drops_nothing_more(backups: Path):
    backups.mkdir(parents=True)
    for day in range(60):
        backup_path(backups, Kind.DAILY, NOW + dt.timedelta(days=day)).touch()
    thin(backups)
    assert thin(backups) == ()
