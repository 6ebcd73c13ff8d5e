"""Real photos of many cameras and malformed ones, taken in as an inspector would."""

import datetime as dt
import hashlib
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import psutil
import pytest

from app.media.decoder import Decoder
from app.media.intake import Intake, Status, Taken
from app.media.vault_files import FileVault

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
LIMIT_BYTES = 512 << 20
SHARED = Path(os.environ.get("YANFANG_SHARED") or Path(__file__).parents[3] / "shared")
IMAGES = SHARED / "data" / "images"

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not IMAGES.is_dir(), reason="no shared input files")]


def peak_bytes(pid: int) -> int:
    if sys.platform == "linux":
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    memory = psutil.Process(pid).memory_info()
    return int(getattr(memory, "peak_wset", memory.rss))


def take_all_alone(folder: Path) -> tuple[int, int]:
    """How many files were taken in, and the peak of this process in bytes."""
    files = sorted(path for path in IMAGES.rglob("*") if path.is_file())
    with Decoder() as decoder:
        taken = [one for _, one in Intake(FileVault(folder, bytes(32)), decoder).take_many(files, NOW)]
    return len(taken), peak_bytes(os.getpid())


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> FileVault:
    return FileVault(tmp_path_factory.mktemp("shared") / "vault", bytes(32))


@pytest.fixture(scope="module")
def all_taken(vault: FileVault) -> dict[str, Taken]:
    files = sorted(path for path in IMAGES.rglob("*") if path.is_file())
    with Decoder() as decoder:
        begun = time.monotonic()
        taken = dict(Intake(vault, decoder).take_many(files, NOW))
        took_s = time.monotonic() - begun
        worker_bytes = max(map(peak_bytes, decoder.pids))
    assert worker_bytes < LIMIT_BYTES
    print(f"{len(files)} files in {took_s:.2f} s, worker peak {worker_bytes >> 20} MiB")
    assert all(isinstance(one, Taken) for one in taken.values())
    return {path.relative_to(IMAGES).as_posix(): one for path, one in taken.items() if isinstance(one, Taken)}


def named(all_taken: dict[str, Taken], name: str) -> Taken:
    return next(taken for path, taken in all_taken.items() if path.endswith("/" + name))


def test_no_original_is_lost_or_changed(vault: FileVault, all_taken: dict[str, Taken]) -> None:
    for path in (path for path in IMAGES.rglob("*") if path.is_file()):
        content = path.read_bytes()
        taken = all_taken[path.relative_to(IMAGES).as_posix()]
        assert taken.sha256 == hashlib.sha256(content).hexdigest()
        assert taken.sm3 == hashlib.new("sm3", content).hexdigest()
        assert vault.read(taken.original) == content


def test_every_orientation_is_read_and_stands_upright(vault: FileVault, all_taken: dict[str, Taken]) -> None:
    for number in range(9):
        taken = named(all_taken, f"Landscape_{number}.jpg")
        assert taken.status is Status.OK
        assert taken.orientation == (number or None)
        assert taken.rendition


def test_photos_of_phones_tell_time_and_place(all_taken: dict[str, Taken]) -> None:
    apple = named(all_taken, "Apple iPhone 4.jpg")
    assert apple.gps is not None
    assert (round(apple.gps.latitude, 3), round(apple.gps.longitude, 3)) == (41.853, 12.489)
    assert apple.taken_at == dt.datetime(2011, 1, 13, 6, 33, 39, tzinfo=dt.UTC)
    assert apple.camera == "Apple iPhone 4"
    assert named(all_taken, "Samsung SM-J327T1.jpg").orientation == 6
    assert named(all_taken, "cheers_1440x960.heic").status is Status.OK


def test_a_position_of_zero_is_none(all_taken: dict[str, Taken]) -> None:
    galaxy = named(all_taken, "Samsung GT-I9000 (Galaxy S).jpg")
    assert (galaxy.gps, "gps_zero" in galaxy.flags) == (None, True)


def test_a_date_in_2099_is_flagged(all_taken: dict[str, Taken]) -> None:
    assert {"date_future", "gps_invalid"} <= set(named(all_taken, "exif_gps.jpg").flags)


def test_broken_files_are_unreadable_and_a_gif_is_an_attachment(all_taken: dict[str, Taken]) -> None:
    for name in ("broken.png", "truncated_image.png", "truncated_jpeg.jpg"):
        assert named(all_taken, name).status is Status.UNREADABLE
    assert named(all_taken, "decompression_bomb.gif").status is Status.ATTACHMENT


def test_the_process_that_takes_them_in_stays_small(tmp_path: Path) -> None:
    # A process of its own: the peak of a test process is that of all tests it has run.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
        count, peak = alone.submit(take_all_alone, tmp_path / "vault").result()
    assert count > 60
    assert peak < LIMIT_BYTES
