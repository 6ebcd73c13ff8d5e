"""The window: opens, asks for the secret, moves between screens, locks."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import open_services
from app.core.errors import Refused
from app.core.outcome import Change, Outcome
from app.gui.bus import Bus
from app.gui.prefs import Prefs
from app.gui.runner import Runner, Work
from app.gui.screens.first_run import FirstRunPage
from app.gui.screens.lock import LockPage
from app.gui.screens.new_secret import NewSecretPage
from app.gui.screens.new_store import is_too_simple
from app.gui.shell import LEAST, MainWindow
from app.gui.theme import Theme
from app.gui.widgets.gate import WaitingPage
from app.gui.widgets.help import HelpOverlay
from app.gui.widgets.trouble import TroublePage
from app.settings.key_slots import Argon2, Costs
from tests.gui.shell_office import KEY, Backups, MemoryServices, MemoryVault, specs

CHEAP = Costs(Argon2(64, 1, 1), Argon2(64, 1, 1))


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, runner: Runner, bus: Bus, prefs: Prefs) -> MainWindow:
    made = MainWindow(runner, bus, prefs, find_screens=specs)
    qtbot.addWidget(made)
    made.show()
    return made


def settle(qtbot: QtBot, runner: Runner) -> None:
    qtbot.waitUntil(lambda: runner.is_idle, timeout=5000)


def opened(qtbot: QtBot, window: MainWindow, runner: Runner, vault: MemoryVault) -> MemoryServices:
    services = MemoryServices(vault)
    window.open_with(lambda: services)
    settle(qtbot, runner)
    if isinstance(window.page, LockPage):
        window.page.secret.edit.setText(vault.secret)
        window.page.submit()
        settle(qtbot, runner)
    return services


def test_a_page_in_the_smallest_window_scrolls_to_what_takes_the_focus(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    window.resize(LEAST)
    opened(qtbot, window, runner, MemoryVault("739204"))
    page = window.frame.screen_now
    field = QLineEdit(page)
    field.setGeometry(page.width() - 60, page.height() - 40, 60, 40)
    field.show()
    assert window.size() == LEAST
    assert page.height() >= 360
    assert field.visibleRegion().isEmpty()
    page.setFocus()
    for _ in range(40):
        if field.hasFocus():
            break
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert field.hasFocus()
    assert field.visibleRegion().boundingRect() == field.rect()


def test_the_keys_scroll_in_the_smallest_window(qtbot: QtBot, window: MainWindow, runner: Runner) -> None:
    window.resize(LEAST)
    opened(qtbot, window, runner, MemoryVault("739204"))
    window.frame.show_help()
    overlay = window.frame.findChild(HelpOverlay)
    bar = overlay._area.verticalScrollBar()
    assert window.frame.rect().contains(overlay._area.parentWidget().geometry())
    assert bar.maximum() > 0
    QTest.keyClick(overlay, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()
    overlay.dismiss()


def test_the_first_paint_is_told_once(
    qtbot: QtBot, theme: Theme, runner: Runner, bus: Bus, prefs: Prefs
) -> None:
    made = MainWindow(runner, bus, prefs, find_screens=specs)
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.painted, timeout=3000):
        made.show()


def test_the_first_run_makes_an_office_and_shows_the_key_once(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    vault = MemoryVault()
    opened(qtbot, window, runner, vault)
    page = window.page
    assert isinstance(page, FirstRunPage)
    page.advance()
    assert page.office_row.error
    for edit, words in ((page.office, "江源区医疗保障局"), (page.person, "王敏"), (page.licence, "22060012")):
        edit.setText(words)
    page.advance()
    page.secret.edit.setText("123456")
    page.advance()
    assert page.secret_row.error
    page.secret.edit.setText("739204")
    page.again.edit.setText("739205")
    page.advance()
    assert page.again_row.error
    page.again.edit.setText("739204")
    page.advance()
    settle(qtbot, runner)
    assert vault.made == ("江源区医疗保障局", "office", "王敏", "22060012", False)
    assert KEY.replace("-", "") == page.shown.text().replace(" ", "").replace("\n", "")
    page.typed.setText("WRONG")
    page.advance()
    assert page.typed_row.error
    page.typed.setText(" z5a6b ")
    page.advance()
    assert not window.is_locked
    assert page.shown.text() == ""


@pytest.mark.parametrize("secret", ["111111", "123456", "654321", "abcdef", "121212"])
def test_a_simple_secret_is_seen(secret: str) -> None:
    assert is_too_simple(secret)


def test_wrong_tries_mean_a_wait_and_the_recovery_key_needs_none(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    vault = MemoryVault("739204")
    window.open_with(lambda: MemoryServices(vault))
    settle(qtbot, runner)
    page = window.page
    assert isinstance(page, LockPage)
    for _ in range(3):
        page.secret.edit.setText("000000")
        page.submit()
        settle(qtbot, runner)
    assert page.row.error
    assert not page.go.isEnabled()
    assert "30" in page.go.text()
    qtbot.mouseClick(page.other, Qt.MouseButton.LeftButton)
    assert page.go.isEnabled()
    page.recovery.setText(KEY)
    qtbot.keyClick(page.recovery, Qt.Key.Key_Return)
    settle(qtbot, runner)
    new = window.page
    assert isinstance(new, NewSecretPage)
    new.secret.edit.setText("123456")
    new.submit()
    assert new.secret_row.error
    new.secret.edit.setText("840217")
    new.again.edit.setText("840217")
    new.submit()
    settle(qtbot, runner)
    assert window.page is window.frame
    assert vault.secret == "840217"


def test_a_newer_database_is_a_sentence_with_a_way_on(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    tries: list[int] = []

    def open_services() -> MemoryServices:
        tries.append(1)
        if len(tries) == 1:
            raise Refused("db.newer", file="office.db", found=9, known=7)
        return MemoryServices(MemoryVault("739204"))

    window.open_with(open_services)
    settle(qtbot, runner)
    page = window.page
    assert isinstance(page, TroublePage)
    assert "office.db" in page.words.text()
    qtbot.mouseClick(page.retry, Qt.MouseButton.LeftButton)
    settle(qtbot, runner)
    assert isinstance(window.page, LockPage)


def test_screens_are_made_when_first_needed_and_kept(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    opened(qtbot, window, runner, MemoryVault("739204"))
    frame = window.frame
    home = frame.screen_now
    assert list(frame._screens) == ["home"]
    frame.go("tasks")
    frame.go("home")
    assert frame.screen_now is home


def test_ctrl_and_a_number_open_the_places_in_the_order_of_the_rail(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    opened(qtbot, window, runner, MemoryVault("739204"))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.frame.header.title.text() == "任务"


def test_escape_goes_back_and_the_crumb_names_the_parent(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    opened(qtbot, window, runner, MemoryVault("739204"))
    frame = window.frame
    frame.go("inspection", inspection_id="i1")
    assert frame.screen_now.opened == [{"inspection_id": "i1"}]
    assert frame.header._crumb.text() == "任务"
    qtbot.keyClick(frame.screen_now.field, Qt.Key.Key_Escape)
    assert frame.header.title.text() == "今日"


def test_a_screen_that_may_not_be_left_stays(qtbot: QtBot, window: MainWindow, runner: Runner) -> None:
    opened(qtbot, window, runner, MemoryVault("739204"))
    frame = window.frame
    home = frame.screen_now
    home.may_leave = False
    frame.go("tasks")
    assert frame.screen_now is home


def test_a_hidden_screen_hears_what_it_missed_by_opening_again(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    opened(qtbot, window, runner, MemoryVault("739204"))
    frame = window.frame
    home = frame.screen_now
    runner.run_write(lambda: Outcome(1, frozenset({Change("task", "t1")})))
    settle(qtbot, runner)
    assert home.refreshed == [(Change("task", "t1"),)]
    frame.go("tasks")
    runner.run_write(lambda: Outcome(1, frozenset({Change("task", "t2")})))
    settle(qtbot, runner)
    assert len(home.refreshed) == 1
    frame.go("home")
    assert len(home.opened) == 2


def test_a_failed_write_is_a_banner_with_its_sentence(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    opened(qtbot, window, runner, MemoryVault("739204"))

    def refuse() -> None:
        raise Refused("record.locked")

    runner.run_write(refuse)
    settle(qtbot, runner)
    assert "签字" in window.frame.banners.banners()[0].text


def test_locking_covers_everything_and_closes_the_store(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    vault = MemoryVault("739204")
    opened(qtbot, window, runner, vault)
    frame = window.frame
    window.lock()
    assert not frame.isVisible()
    settle(qtbot, runner)
    assert not vault.is_open
    assert isinstance(window.page, LockPage)
    window.page.secret.edit.setText("739204")
    window.page.submit()
    settle(qtbot, runner)
    assert frame.isVisible()
    assert frame.screen_now.refreshed == [()]


def test_ten_quiet_minutes_lock_the_window(qtbot: QtBot, window: MainWindow, runner: Runner) -> None:
    clock = [0.0]
    window.idle._clock = lambda: clock[0]
    opened(qtbot, window, runner, MemoryVault("739204"))
    clock[0] = 599.0
    window.idle.check()
    assert not window.is_locked
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    clock[0] = 601.0
    window.idle.check()
    assert not window.is_locked
    clock[0] = 1200.0
    window.idle.check()
    assert window.is_locked
    settle(qtbot, runner)


def test_a_laptop_that_slept_is_locked_at_the_first_tick_after_it(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    wall = [1000.0]
    window.idle._wall = lambda: wall[0]
    opened(qtbot, window, runner, MemoryVault("739204"))
    wall[0] += 3600.0
    window.idle.check()
    assert window.is_locked
    settle(qtbot, runner)


def test_a_rehearsal_is_marked_in_header_status_and_ribbon(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    opened(qtbot, window, runner, MemoryVault("739204"))
    settle(qtbot, runner)
    frame = window.frame
    assert frame.ribbon.isVisible()
    assert frame.header.rehearsal.isVisible()
    assert frame.status.rehearsal.isVisible()


def test_the_help_shows_this_pages_keys_and_closes_with_escape(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    opened(qtbot, window, runner, MemoryVault("739204"))
    window.frame.show_help()
    overlay = window.frame.findChild(HelpOverlay)
    assert overlay is not None
    qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.frame.findChildren(HelpOverlay))


def test_every_control_that_takes_focus_has_a_name(qtbot: QtBot, window: MainWindow, runner: Runner) -> None:
    opened(qtbot, window, runner, MemoryVault("739204"))
    nameless = [
        widget
        for widget in window.frame.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.accessibleName()
        and not (hasattr(widget, "text") and widget.text())
    ]
    assert nameless == []


def test_the_scale_and_the_mode_switch_live(
    qtbot: QtBot, window: MainWindow, runner: Runner, theme: Theme
) -> None:
    opened(qtbot, window, runner, MemoryVault("739204"))
    before = window.frame.rail.width()
    theme.apply("dark", 2.0)
    assert window.frame.rail.minimumWidth() == 2 * before
    assert theme.colors.surface0 == "#14171C"


def test_painting_first_imports_no_storage_paper_or_picture_library() -> None:
    code = (
        "import os,sys; os.environ['QT_QPA_PLATFORM']='offscreen'\n"
        "from app.gui.run import application, build\n"
        "from app.gui.prefs import Prefs\nfrom pathlib import Path\nimport tempfile\n"
        "app=application(['x']); w,r=build(app,Prefs(Path(tempfile.mkdtemp())/'w.ini'))\n"
        "w.painted.connect(app.quit); w.show(); app.exec(); r.close()\n"
        "heavy=[m for m in ('sqlalchemy','reportlab','PIL','qtawesome','yaml','httpx','pypdfium2') if m in sys.modules]\n"
        "print('heavy', heavy)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert "heavy []" in done.stdout, done.stderr


def test_a_damaged_store_is_restored_with_the_secret(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    class Restorable(MemoryVault):
        restored = False

        def unlock(self, secret: str) -> Outcome[None]:
            raise Refused("db.damaged", file="yanfang.db", detail="", backup="")

        def restore_last_good(self, secret: str) -> Outcome[None]:
            self.restored = secret == self.secret
            return Outcome(None)

    vault = Restorable("739204")
    opened(qtbot, window, runner, vault)
    page = window.page
    assert isinstance(page, TroublePage)
    page.secret.edit.setText("739204")
    page.restore_now()
    settle(qtbot, runner)
    assert vault.restored
    assert not window.is_locked


def test_an_office_of_a_shared_server_is_given_its_code_in_the_window(
    qtbot: QtBot, window: MainWindow, runner: Runner, tmp_path: Path
) -> None:
    services = open_services(tmp_path / "office", environ={}, costs=CHEAP)
    window.open_with(lambda: services)
    settle(qtbot, runner)
    page = window.page
    assert isinstance(page, FirstRunPage)
    for edit, words in ((page.office, "江源区医疗保障局"), (page.person, "王敏"), (page.licence, "22060012")):
        edit.setText(words)
    page.code.setText("江源区")
    page.advance()
    assert page.code_row.error
    page.code.setText("２２０６０５")  # as an input method writes it
    page.advance()
    assert not page.code_row.error
    page.secret.edit.setText("renhe dayaofang 2026")
    page.again.edit.setText("renhe dayaofang 2026")
    page.advance()
    settle(qtbot, runner)
    assert services.office.get().code == "220605"


def test_the_window_opens_a_real_store_after_the_first_run(
    qtbot: QtBot, window: MainWindow, runner: Runner, tmp_path: Path
) -> None:
    services = open_services(tmp_path / "office", environ={}, costs=CHEAP)
    window.open_with(lambda: services)
    settle(qtbot, runner)
    page = window.page
    assert isinstance(page, FirstRunPage)
    for edit, words in ((page.office, "江源区医疗保障局"), (page.person, "王敏"), (page.licence, "22060012")):
        edit.setText(words)
    page.rehearsal.setChecked(True)
    page.advance()
    page.secret.edit.setText("renhe dayaofang 2026")
    page.again.edit.setText("renhe dayaofang 2026")
    page.advance()
    settle(qtbot, runner)
    assert page.shown.text()
    page.typed.setText(page.shown.text().split()[-1])
    page.advance()
    settle(qtbot, runner)
    assert window.frame.header.rehearsal.isVisible()
    assert window.frame.rail._where.text() == "江源区医疗保障局"
    window.lock()
    settle(qtbot, runner)
    lock = window.page
    assert isinstance(lock, LockPage)
    lock.secret.edit.setText("not this one, sorry")
    lock.submit()
    settle(qtbot, runner)
    assert lock.row.error
    lock.secret.edit.setText("renhe dayaofang 2026")
    lock.submit()
    settle(qtbot, runner)
    assert not window.is_locked
    services.close()


def test_a_store_that_is_open_already_needs_no_secret(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    vault = MemoryVault("739204")
    vault.is_open = True
    window.open_with(lambda: MemoryServices(vault))
    settle(qtbot, runner)
    assert window.page is window.frame


def test_closing_waits_for_the_write_under_way_and_asks_nothing(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    opened(qtbot, window, runner, MemoryVault("739204"))
    gate, done = threading.Event(), []
    runner.run_write(lambda: done.append(gate.wait(10)))
    window.close()
    assert isinstance(window.page, WaitingPage)
    assert window.isVisible()
    gate.set()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    assert done == [True]


def test_closing_stops_long_work_when_asked(qtbot: QtBot, window: MainWindow, runner: Runner) -> None:
    opened(qtbot, window, runner, MemoryVault("739204"))

    def until_cancelled(work: Work) -> None:
        while True:
            work.token.check()
            time.sleep(0.01)

    runner.run_long(until_cancelled, writes=True)
    window.close()
    page = window.page
    assert isinstance(page, WaitingPage)
    qtbot.mouseClick(page.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)


def test_locking_hands_over_what_was_typed_before_the_store_closes(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    vault = MemoryVault("739204")
    opened(qtbot, window, runner, vault)
    order: list[str] = []
    home = window.frame.screen_now
    home.on_leave = lambda: runner.run_write(lambda: order.append("open" if vault.is_open else "closed"))
    window.lock()
    settle(qtbot, runner)
    assert order == ["open"]


def test_a_backup_that_fails_is_a_banner_with_a_retry(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    services = opened(qtbot, window, runner, MemoryVault("739204"))
    services.backups = Backups()
    window._back_up()
    settle(qtbot, runner)
    shown = window.frame.banners.banners()
    assert "磁盘已满" in shown[0].text
    qtbot.mouseClick(shown[0].action, Qt.MouseButton.LeftButton)
    settle(qtbot, runner)
    assert services.backups.tries == 2
    assert window.frame.banners.banners() == []


def test_the_window_is_titled_by_the_page_and_says_nothing_while_locked(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    opened(qtbot, window, runner, MemoryVault("739204"))
    window.frame.go("tasks")
    assert window.windowTitle() == "任务"
    window.lock()
    settle(qtbot, runner)
    assert window.windowTitle() == "已锁定"


def test_an_idle_window_covers_a_long_sync_and_locks_after_it(
    qtbot: QtBot, window: MainWindow, runner: Runner
) -> None:
    vault = MemoryVault("739204")
    opened(qtbot, window, runner, vault)
    frame, gate, seen = window.frame, threading.Event(), []
    runner.run_long(lambda _: seen.append((gate.wait(10), vault.is_open)))
    window._lock_idle()
    assert isinstance(window.page, WaitingPage)
    assert not frame.isVisible()
    gate.set()
    qtbot.waitUntil(lambda: isinstance(window.page, LockPage), timeout=5000)
    assert seen == [(True, True)]
    assert not vault.is_open


def test_locking_by_hand_stops_a_sync_under_way(qtbot: QtBot, window: MainWindow, runner: Runner) -> None:
    vault = MemoryVault("739204")
    opened(qtbot, window, runner, vault)
    ended = threading.Event()

    def until_cancelled(work: Work) -> None:
        while not work.token.is_cancelled:
            time.sleep(0.01)
        ended.set()

    runner.run_long(until_cancelled)
    window.lock()
    qtbot.waitUntil(lambda: isinstance(window.page, LockPage), timeout=5000)
    assert ended.wait(5)
    assert not vault.is_open
