"""What people said stays inside the program: nothing of a day's secrets is found in any file it leaves, after a crash either."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.secret_day import SECRETS

SCRIPT = Path(__file__).with_name("secret_day.py")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "unicode-escape")
# What a document, a picture with its data, or a database in clear begins with.
CLEAR = {
    "document": b"%PDF-1.", "photo": b"Exif\x00\x00", "thumbnail": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "database": b"SQLite format 3\x00",
}  # fmt: skip
_OWN_PLACES = (
    "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "LOCALAPPDATA", "APPDATA", "HOME",
)  # fmt: skip


@dataclass(frozen=True)
class Day:
    """The folders of a machine, all but those where a person had something written to; `run_in` is where dumps go."""

    home: Path
    temporary: Path
    elsewhere: Path
    run_in: Path

    @property
    def folders(self) -> tuple[Path, ...]:
        return self.home, self.temporary, self.elsewhere, self.run_in


def begin(folder: Path, *args: str) -> tuple[Day, "subprocess.CompletedProcess[bytes]"]:
    """Run the day in folders of its own for everything that a program may write to by itself."""
    found = Day(folder / "home", folder / "temporary", folder / "elsewhere", folder / "run")
    for one in found.folders:
        one.mkdir(parents=True)
    own = {name: str(found.temporary) for name in ("TMPDIR", "TEMP", "TMP")}
    own |= {name: str(found.elsewhere / name) for name in _OWN_PLACES}
    for name in ("XDG_RUNTIME_DIR", "HOME"):
        Path(own[name]).mkdir(mode=0o700)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *args], cwd=found.run_in, env={**os.environ, **own, "PYTHONPATH": str(root)},
        capture_output=True, timeout=280, check=False,
    )  # fmt: skip
    return found, done


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    folder = tmp_path_factory.mktemp("day")
    (folder / "out").mkdir()
    left, done = begin(folder / "machine", str(folder / "machine" / "home"), str(folder / "out"))
    assert b"crashing" in done.stdout, done.stderr.decode(errors="replace")
    assert sys.platform == "win32" or done.returncode == -signal.SIGABRT
    assert (folder / "out" / "record.pdf").read_bytes().startswith(b"%PDF")
    return left


def hits(folders: tuple[Path, ...]) -> Iterator[str]:
    """Return where secrets stand: in the bytes of files, in any of the encodings, and in their names."""
    needles = {
        (name, encoding): text.encode(encoding) for name, text in SECRETS.items() for encoding in ENCODINGS
    }
    for folder in folders:
        for path in folder.rglob("*"):
            name = str(path.relative_to(folder))
            yield from (f"{name}: {kind} in its name" for kind, text in SECRETS.items() if text in name)
            if path.is_file():
                content = path.read_bytes()
                yield from (f"{name}: {kind} in {encoding}" for (kind, encoding), needle in needles.items() if needle in content)


def test_thirty_secrets_of_every_kind_are_planted() -> None:
    assert len(SECRETS) == len(set(SECRETS.values())) == 30
    assert all(len(text) >= 4 for text in SECRETS.values())


def test_a_day_that_ended_in_a_crash_leaves_none_of_its_secrets_on_the_disk(day: Day) -> None:
    names = {path.name for path in day.home.rglob("*") if path.is_file()}
    assert any(name.endswith("-wal") for name in names)  # it was not closed: what was being written is there to be found
    assert any(name.endswith("-shm") for name in names)
    assert "yanfang.log" in names
    assert sum(path.stat().st_size for path in day.home.rglob("*") if path.is_file()) > 1_000_000
    assert list(hits(day.folders)) == []


def test_the_log_tells_of_the_errors_without_what_they_quote(day: Day) -> None:
    (log,) = day.home.rglob("yanfang.log")
    text = log.read_text("utf-8")
    assert "window.bug" in text
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert re.search(r"secret_day\.py:\d+ fails", text)


def test_no_document_picture_or_database_lies_in_clear(day: Day) -> None:
    found = [
        (path.name, kind)
        for folder in day.folders
        for path in folder.rglob("*")
        if path.is_file()
        for kind, mark in CLEAR.items()
        if mark in path.read_bytes()
    ]
    assert found == []


def test_temporary_files_are_the_marks_that_the_window_draws_and_nothing_else(day: Day) -> None:
    left = [path.name for path in day.temporary.rglob("*") if path.is_file()]
    assert all(re.fullmatch(r"(arrow|dot|tick)-(light|dark)\.png", name) for name in left), left


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_secret_left_in_clear_is_found_whatever_it_is_written_in(tmp_path: Path, encoding: str) -> None:
    noise = bytes(range(256)) * 40
    for number, text in enumerate(SECRETS.values()):
        (tmp_path / f"{number}.bin").write_bytes(noise + text.encode(encoding) + noise)
    assert {one.partition(":")[0] for one in hits((tmp_path,))} == {f"{number}.bin" for number in range(30)}


@pytest.mark.parametrize("place", ["home", "temporary", "elsewhere", "run_in"])
def test_a_secret_left_in_clear_is_found_wherever_it_lies(day: Day, place: str) -> None:
    planted = getattr(day, place) / "deep" / "left.tmp"
    named = planted.with_name(SECRETS["file"])
    planted.parent.mkdir()
    try:
        planted.write_text(f"x{SECRETS['subject id']}x", "utf-8")
        named.touch()
        where = {Path(one.partition(":")[0]).name: one.partition(": ")[2] for one in hits(day.folders)}
        assert where == {"left.tmp": "subject id in unicode-escape", named.name: "file in its name"}
    finally:
        named.unlink()
        planted.unlink()
        planted.parent.rmdir()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep dumps elsewhere")
def test_a_process_that_does_nothing_about_its_memory_would_be_found_by_its_dump(tmp_path: Path) -> None:
    pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if pattern.startswith(("|", "/")):
        pytest.skip("this system keeps dumps elsewhere")
    left, done = begin(tmp_path / "machine", "careless")
    assert done.returncode == -signal.SIGABRT
    if not list(left.run_in.iterdir()):
        pytest.skip("this system keeps no dumps")
    assert any("core" in one for one in hits((left.run_in,)))
