"""Locking and closing: what is typed is handed over, what is under way ends, and nothing stays in sight."""

import threading
import time

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.gui.runner import Work
from app.gui.screens.lock import LockPage
from app.gui.widgets.gate import WaitingPage
from tests.gui.shell_office import SECRET, Seat, opened


def test_locking_covers_everything_and_closes_the_store(seat: Seat) -> None:
    vault = opened(seat).vault
    frame = seat.frame
    seat.window.lock()
    assert not frame.isVisible()
    seat.settle()
    assert not vault.is_open
    assert isinstance(seat.page, LockPage)
    seat.unlock(SECRET)
    assert frame.isVisible()
    assert frame.screen_now.refreshed == [()]


def test_ten_quiet_minutes_lock_the_window(seat: Seat) -> None:
    clock = [0.0]
    seat.window.idle._clock = lambda: clock[0]
    opened(seat)
    clock[0] = 599.0
    seat.window.idle.check()
    assert not seat.window.is_locked
    QTest.keyClick(seat.window.windowHandle(), Qt.Key.Key_A)
    clock[0] = 601.0
    seat.window.idle.check()
    assert not seat.window.is_locked
    clock[0] = 1200.0
    seat.window.idle.check()
    assert seat.window.is_locked
    seat.settle()


def test_a_laptop_that_slept_is_locked_at_the_first_tick_after_it(seat: Seat) -> None:
    wall = [1000.0]
    seat.window.idle._wall = lambda: wall[0]
    opened(seat)
    wall[0] += 3600.0
    seat.window.idle.check()
    assert seat.window.is_locked
    seat.settle()


def test_closing_waits_for_the_write_under_way_and_asks_nothing(seat: Seat) -> None:
    opened(seat)
    gate, done = threading.Event(), []
    seat.runner.run_write(lambda: done.append(gate.wait(10)))
    seat.window.close()
    assert isinstance(seat.page, WaitingPage)
    assert seat.window.isVisible()
    gate.set()
    seat.qtbot.waitUntil(lambda: not seat.window.isVisible(), timeout=5000)
    assert done == [True]


def test_closing_stops_long_work_when_asked(seat: Seat) -> None:
    opened(seat)

    def until_cancelled(work: Work) -> None:
        while True:
            work.token.check()
            time.sleep(0.01)

    seat.runner.run_long(until_cancelled, writes=True)
    seat.window.close()
    page = seat.page
    assert isinstance(page, WaitingPage)
    seat.qtbot.mouseClick(page.stop, Qt.MouseButton.LeftButton)
    seat.qtbot.waitUntil(lambda: not seat.window.isVisible(), timeout=5000)


def test_locking_hands_over_what_was_typed_before_the_store_closes(seat: Seat) -> None:
    vault = opened(seat).vault
    order: list[str] = []
    home = seat.frame.screen_now
    home.on_leave = lambda: seat.runner.run_write(lambda: order.append("open" if vault.is_open else "closed"))
    seat.window.lock()
    seat.settle()
    assert order == ["open"]


def test_the_window_is_titled_by_the_page_and_says_nothing_while_locked(seat: Seat) -> None:
    opened(seat)
    seat.frame.go("tasks")
    assert seat.window.windowTitle() == "任务"
    seat.window.lock()
    seat.settle()
    assert seat.window.windowTitle() == "已锁定"


def test_an_idle_window_covers_a_long_sync_and_locks_after_it(seat: Seat) -> None:
    vault = opened(seat).vault
    frame, gate, seen = seat.frame, threading.Event(), []
    seat.runner.run_long(lambda _: seen.append((gate.wait(10), vault.is_open)))
    seat.window._lock_idle()
    assert isinstance(seat.page, WaitingPage)
    assert not frame.isVisible()
    gate.set()
    seat.qtbot.waitUntil(lambda: isinstance(seat.page, LockPage), timeout=5000)
    assert seen == [(True, True)]
    assert not vault.is_open


def test_locking_by_hand_stops_a_sync_under_way(seat: Seat) -> None:
    vault = opened(seat).vault
    ended = threading.Event()

    def until_cancelled(work: Work) -> None:
        while not work.token.is_cancelled:
            time.sleep(0.01)
        ended.set()

    seat.runner.run_long(until_cancelled)
    seat.window.lock()
    seat.qtbot.waitUntil(lambda: isinstance(seat.page, LockPage), timeout=5000)
    assert ended.wait(5)
    assert not vault.is_open
