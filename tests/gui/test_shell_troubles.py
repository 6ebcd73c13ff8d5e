"""A real profile folder that does not open: what the page says, and that its way on leads back to work."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.bootstrap import Services, open_services
from app.gui.screens.lock import LockPage
from app.gui.screens.new_secret import NewSecretPage
from app.gui.widgets.trouble import TroublePage
from tests.gui.shell_office import Seat
from tests.unit.services.desks import CHEAP

ENVIRON = {"YANFANG_NO_KEYRING": "1"}
SECRET = "yanlian-246810"
Spoil = Callable[[Path], None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A profile with one backup, and its recovery key; copied by each test."""
    home = tmp_path_factory.mktemp("made") / "home"
    services = open_services(home, environ=ENVIRON, costs=CHEAP)
    key = services.vault.setup("江源区医疗保障局", "王敏", "22060012", SECRET, True).value
    services.backups.daily()
    services.close()
    return home, key


@pytest.fixture
def home(made: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy of the profile."""
    return Path(shutil.copytree(made[0], tmp_path / "home"))


@pytest.fixture
def services(home: Path) -> Iterator[Services]:
    """The services over the copy."""
    opened = open_services(home, environ=ENVIRON, costs=CHEAP)
    yield opened
    opened.close()


def truncate(home: Path) -> None:
    data = (home / "yanfang.db").read_bytes()
    (home / "yanfang.db").write_bytes(data[: len(data) // 2])


def flip(home: Path) -> None:
    data = bytearray((home / "yanfang.db").read_bytes())
    for at in range(5000, len(data), 4096):
        data[at] ^= 0xFF
    (home / "yanfang.db").write_bytes(bytes(data))


def overwrite(home: Path) -> None:
    (home / "yanfang.db").write_bytes(b"\0" * 8192)


def empty(home: Path) -> None:
    (home / "yanfang.db").write_bytes(b"")


def remove(home: Path) -> None:
    (home / "yanfang.db").unlink()


@pytest.mark.parametrize("spoil", [truncate, flip, overwrite, empty, remove])
def test_a_lost_or_damaged_database_comes_back_from_the_backup(
    seat: Seat, services: Services, home: Path, spoil: Spoil
) -> None:
    for tail in ("-wal", "-shm"):
        (home / f"yanfang.db{tail}").unlink(missing_ok=True)
    spoil(home)
    seat.open(services, SECRET)
    page = seat.page
    assert isinstance(page, TroublePage), type(page)
    assert "备份" in page.words.text()
    assert page.restore.isVisible()
    page.secret.edit.setText("not the right one, sorry")
    page.restore_now()
    seat.settle()
    assert "口令不正确" in page.secret_row.error
    page.secret.edit.setText(SECRET)
    page.restore_now()
    seat.settle()
    assert seat.page is seat.frame
    assert services.office.get().name == "江源区医疗保障局"


def test_a_database_of_a_newer_program_is_left_alone(seat: Seat, services: Services, home: Path) -> None:
    services.vault.unlock(SECRET)
    services.vault.with_db_key(lambda key: _set_version(home / "yanfang.db", bytes(key)))
    services.vault.lock()
    before = (home / "yanfang.db").read_bytes()
    seat.open(services, SECRET)
    page = seat.page
    assert isinstance(page, TroublePage)
    assert "更新版本" in page.words.text()
    assert not page.restore.isVisible()
    assert (home / "yanfang.db").read_bytes() == before


def test_a_profile_held_by_another_program_opens_once_that_has_ended(
    seat: Seat, services: Services, home: Path
) -> None:
    hold = (
        "import sys; from pathlib import Path; from app.settings.profile import Profile, ProfileLock\n"
        "ProfileLock(Profile(Path(sys.argv[1]))).acquire(); print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", hold, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline().strip() == "held"
    seat.open(services, SECRET)
    page = seat.page
    assert isinstance(page, TroublePage)
    assert str(other.pid) in page.words.text()
    other.communicate("", timeout=10)
    seat.qtbot.mouseClick(page.retry, Qt.MouseButton.LeftButton)
    seat.settle()
    seat.open(services, SECRET)
    assert seat.page is seat.frame


def test_a_damaged_key_file_is_a_page_and_not_a_traceback(seat: Seat, services: Services, home: Path) -> None:
    for file in home.glob("vault.json*"):
        file.write_bytes(b"{not json")
    seat.open(services, SECRET)
    page = seat.page
    assert isinstance(page, TroublePage)
    assert "密钥文件" in page.words.text()


def test_without_its_key_in_the_password_store_the_recovery_key_opens_and_a_new_secret_is_set(
    seat: Seat, services: Services, made: tuple[Path, str]
) -> None:
    seat.start(services)
    lock = seat.page
    assert isinstance(lock, LockPage)
    seat.qtbot.mouseClick(lock.other, Qt.MouseButton.LeftButton)
    lock.recovery.setText(made[1].lower().replace("-", " "))
    seat.qtbot.keyClick(lock.recovery, Qt.Key.Key_Return)
    seat.settle()
    page = seat.page
    assert isinstance(page, NewSecretPage)
    page.secret.edit.setText("a new sentence to keep")
    page.again.edit.setText("a new sentence to keep")
    page.submit()
    seat.settle()
    assert seat.page is seat.frame
    seat.window.lock()
    seat.settle()
    again = seat.page
    assert isinstance(again, LockPage)
    for secret, opens in ((SECRET, False), ("a new sentence to keep", True)):
        seat.unlock(secret)
        assert (seat.page is seat.frame) is opens


def _set_version(file: Path, key: bytes) -> None:
    import sqlcipher3.dbapi2 as sqlcipher

    connection: sqlite3.Connection = sqlcipher.connect(str(file))
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
