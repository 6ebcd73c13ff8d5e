"""A killed writer and a full disk: nothing acknowledged is lost, nothing half is kept."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.db.backup import Kind, backup, backup_path
from app.db.checks import problems
from app.db.engine import make_engine
from app.db.opening import Opening, create_store, open_store
from app.db.store_errors import DiskFull
from tests.unit.db_open.small_store import KEY, NOW, add_visits, count_visits, migrate, migrate_to_1

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("seconds", [0.05, 0.11, 0.17, 0.23, 0.31])
def test_a_writer_killed_at_any_moment_loses_no_acknowledged_visit(
    store: Path, backups: Path, seconds: float
):
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.unit.db_open.writer_process", str(store)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    first = writer.stdout.readline()
    time.sleep(seconds)
    writer.kill()
    said = [int(line) for line in (first, *writer.stdout) if line.endswith("\n")]
    writer.wait()
    writer.stdout.close()

    result = open_store(store, KEY, migrate, version=2, backups_dir=backups, now=NOW)
    with result.engine.connect() as c:
        last = c.execute(text("SELECT max(id) FROM visit")).scalar_one()
        halves = c.execute(text("SELECT visit FROM tick GROUP BY visit HAVING count(*) <> 20")).all()
        with_ticks = c.execute(text("SELECT count(DISTINCT visit) FROM tick")).scalar_one()
    result.engine.dispose()
    assert (result.state, result.recovered) == (Opening.OK, True)
    assert last in (said[-1], said[-1] + 1)  # the last commit may have come before its word
    assert halves == []
    assert with_ticks == last - 300
    assert problems(store, KEY) == ()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a small disk takes root on Linux")
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=False)
    if done.returncode:
        pytest.skip("no tmpfs here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_said_loses_nothing_and_work_goes_on_after(small_disk: Path):
    opened = create_store(small_disk / "yanfang.db", KEY, migrate, version=2, now=NOW)
    engine = opened.engine
    filler = small_disk / "filler"
    add_visits(engine, 10)
    filler.write_bytes(bytes(2_500_000))
    saved = 10

    def fill() -> None:
        nonlocal saved
        for _ in range(400):
            add_visits(engine, 50)
            saved += 50

    with pytest.raises(DiskFull) as caught:
        fill()
    assert caught.value.retryable
    assert saved > 10
    assert count_visits(engine) == saved
    filler.unlink()
    add_visits(engine, 1)
    assert count_visits(engine) == saved + 1
    engine.dispose()
    assert problems(small_disk / "yanfang.db", KEY) == ()


def test_a_backup_onto_a_full_disk_leaves_nothing_behind(store: Path, small_disk: Path):
    engine = make_engine(store, KEY)
    (small_disk / "filler").write_bytes(bytes(4 * 1024 * 1024 - 40_000))
    with pytest.raises(DiskFull):
        backup(engine, KEY, backup_path(small_disk, Kind.DAILY, NOW), NOW)
    engine.dispose()
    assert [p.name for p in small_disk.iterdir()] == ["filler"]


def test_an_upgrade_without_room_is_refused_and_the_store_stays(small_disk: Path, tmp_path: Path):
    path = small_disk / "yanfang.db"
    opened = create_store(path, KEY, migrate_to_1, version=1, now=NOW)
    add_visits(opened.engine, 2000)
    opened.engine.dispose()
    (small_disk / "filler").write_bytes(bytes(1_500_000))
    before = path.read_bytes()
    with pytest.raises(DiskFull):
        open_store(path, KEY, migrate, version=2, backups_dir=tmp_path / "b", now=NOW)
    assert path.read_bytes() == before
