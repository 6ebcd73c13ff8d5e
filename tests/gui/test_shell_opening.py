"""From the first paint to the open office: the first run, the secret, and stores that do not open."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.bootstrap import Services, open_services
from app.core.errors import Refused
from app.core.outcome import Outcome
from app.gui.bus import Bus
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screens.first_run import FirstRunPage
from app.gui.screens.lock import LockPage
from app.gui.screens.new_secret import NewSecretPage
from app.gui.screens.new_store import is_too_simple
from app.gui.shell import MainWindow
from app.gui.theme import Theme
from app.gui.widgets.trouble import TroublePage
from tests.gui.shell_office import KEY, SECRET, MemoryServices, MemoryVault, Seat, opened, specs
from tests.unit.services.desks import CHEAP

REAL_SECRET = "renhe dayaofang 2026"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Services]:
    """A real store that nobody has set up."""
    services = open_services(tmp_path / "office", environ={}, costs=CHEAP)
    yield services
    services.close()


def named(page: object) -> FirstRunPage:
    """Say on the first page whose office it is."""
    assert isinstance(page, FirstRunPage)
    for edit, words in ((page.office, "江源区医疗保障局"), (page.person, "王敏"), (page.licence, "22060012")):
        edit.setText(words)
    return page


def keep_secret(seat: Seat, page: FirstRunPage) -> None:
    """Choose the secret that keeps a real store."""
    page.secret.edit.setText(REAL_SECRET)
    page.again.edit.setText(REAL_SECRET)
    page.advance()
    seat.settle()


def test_the_first_paint_is_told_once(
    qtbot: QtBot, theme: Theme, runner: Runner, bus: Bus, prefs: Prefs
) -> None:
    made = MainWindow(runner, bus, prefs, find_screens=specs)
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.painted, timeout=3000):
        made.show()


def test_painting_first_imports_no_storage_paper_or_picture_library() -> None:
    code = (
        "import os,sys; os.environ['QT_QPA_PLATFORM']='offscreen'\n"
        "from app.gui.run import application, build\n"
        "from app.gui.prefs import Prefs\nfrom pathlib import Path\nimport tempfile\n"
        "app=application(['x']); w,r=build(app,Prefs(Path(tempfile.mkdtemp())/'w.ini'))\n"
        "w.painted.connect(app.quit); w.show(); app.exec(); r.close()\n"
        "heavy=[m for m in ('sqlalchemy','reportlab','PIL','qtawesome','yaml','httpcore','pypdfium2') if m in sys.modules]\n"
        "print('heavy', heavy)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert "heavy []" in done.stdout, done.stderr


def test_the_first_run_makes_an_office_and_shows_the_key_once(seat: Seat) -> None:
    vault = MemoryVault()
    opened(seat, vault)
    page = seat.page
    assert isinstance(page, FirstRunPage)
    page.advance()
    assert page.office_row.error
    named(page)
    page.advance()
    page.secret.edit.setText("123456")
    page.advance()
    assert page.secret_row.error
    page.secret.edit.setText(SECRET)
    page.again.edit.setText("739205")
    page.advance()
    assert page.again_row.error
    page.again.edit.setText(SECRET)
    page.advance()
    seat.settle()
    assert vault.made == ("江源区医疗保障局", "office", "王敏", "22060012", False)
    assert KEY.replace("-", "") == page.shown.text().replace(" ", "").replace("\n", "")
    page.typed.setText("WRONG")
    page.advance()
    assert page.typed_row.error
    page.typed.setText(" z5a6b ")
    page.advance()
    assert not seat.window.is_locked
    assert page.shown.text() == ""


@pytest.mark.parametrize("secret", ["111111", "123456", "654321", "abcdef", "121212"])
def test_a_simple_secret_is_seen(secret: str) -> None:
    assert is_too_simple(secret)


def test_an_office_of_a_shared_server_is_given_its_code_in_the_window(seat: Seat, store: Services) -> None:
    seat.start(store)
    page = named(seat.page)
    page.code.setText("江源区")
    page.advance()
    assert page.code_row.error
    page.code.setText("２２０６０５")  # as an input method writes it
    page.advance()
    assert not page.code_row.error
    keep_secret(seat, page)
    assert store.office.get().code == "220605"


def test_the_window_opens_a_real_store_after_the_first_run(seat: Seat, store: Services) -> None:
    seat.start(store)
    page = named(seat.page)
    page.rehearsal.setChecked(True)
    page.advance()
    keep_secret(seat, page)
    assert page.shown.text()
    page.typed.setText(page.shown.text().split()[-1])
    page.advance()
    seat.settle()
    assert seat.frame.header.rehearsal.isVisible()
    assert seat.frame.rail._where.text() == "江源区医疗保障局"
    seat.window.lock()
    seat.settle()
    lock = seat.page
    assert isinstance(lock, LockPage)
    seat.unlock("not this one, sorry")
    assert lock.row.error
    seat.unlock(REAL_SECRET)
    assert not seat.window.is_locked


def test_a_store_that_is_open_already_needs_no_secret(seat: Seat) -> None:
    vault = MemoryVault(SECRET)
    vault.is_open = True
    seat.start(MemoryServices(vault))
    assert seat.page is seat.frame


def test_wrong_tries_mean_a_wait_and_the_recovery_key_needs_none(seat: Seat) -> None:
    vault = MemoryVault(SECRET)
    seat.start(MemoryServices(vault))
    page = seat.page
    assert isinstance(page, LockPage)
    for _ in range(3):
        seat.unlock("000000")
    assert page.row.error
    assert not page.go.isEnabled()
    assert "30" in page.go.text()
    seat.qtbot.mouseClick(page.other, Qt.MouseButton.LeftButton)
    assert page.go.isEnabled()
    page.recovery.setText(KEY)
    seat.qtbot.keyClick(page.recovery, Qt.Key.Key_Return)
    seat.settle()
    new = seat.page
    assert isinstance(new, NewSecretPage)
    new.secret.edit.setText("123456")
    new.submit()
    assert new.secret_row.error
    new.secret.edit.setText("840217")
    new.again.edit.setText("840217")
    new.submit()
    seat.settle()
    assert seat.page is seat.frame
    assert vault.secret == "840217"


def test_a_newer_database_is_a_sentence_with_a_way_on(seat: Seat) -> None:
    tries: list[int] = []

    def open_services() -> MemoryServices:
        tries.append(1)
        if len(tries) == 1:
            raise Refused("db.newer", file="office.db", found=9, known=7)
        return MemoryServices(MemoryVault(SECRET))

    seat.window.open_with(open_services)
    seat.settle()
    page = seat.page
    assert isinstance(page, TroublePage)
    assert "office.db" in page.words.text()
    seat.qtbot.mouseClick(page.retry, Qt.MouseButton.LeftButton)
    seat.settle()
    assert isinstance(seat.page, LockPage)


def test_a_damaged_store_is_restored_with_the_secret(seat: Seat) -> None:
    class Restorable(MemoryVault):
        restored = False

        def unlock(self, secret: str) -> Outcome[None]:
            raise Refused("db.damaged", file="yanfang.db", detail="", backup="")

        def restore_last_good(self, secret: str) -> Outcome[None]:
            self.restored = secret == self.secret
            return Outcome(None)

    vault = Restorable(SECRET)
    opened(seat, vault)
    page = seat.page
    assert isinstance(page, TroublePage)
    page.secret.edit.setText(SECRET)
    page.restore_now()
    seat.settle()
    assert vault.restored
    assert not seat.window.is_locked
