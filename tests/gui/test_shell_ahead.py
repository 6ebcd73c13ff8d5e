"""Screens made ahead: in quiet moments only, a step at a time."""

from collections.abc import Iterator
from functools import cached_property
from typing import cast

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from app.gui.ahead import QUIET_S, Ahead
from app.gui.bus import Bus
from app.gui.screen import Context, Screen
from tests.gui.shell_office import Seat, opened, specs


class Yard:
    """Steps to take and what the window is about meanwhile."""

    def __init__(self, parent: QObject) -> None:
        self.done: list[int] = []
        self.quiet_s, self.is_idle = 10.0, True
        self.ahead = Ahead(parent, self._steps(), quiet_s=lambda: self.quiet_s, is_idle=lambda: self.is_idle)

    def _steps(self) -> Iterator[None]:
        for number in range(3):
            self.done.append(number)
            yield


@pytest.fixture
def yard(bus: Bus) -> Yard:
    return Yard(bus)


def test_one_step_is_taken_in_each_turn_until_all_are_done(qtbot: QtBot, yard: Yard) -> None:
    yard.ahead.start()
    assert yard.done == []
    qtbot.waitUntil(lambda: yard.ahead.is_done, timeout=3000)
    assert yard.done == [0, 1, 2]


def test_nothing_is_made_while_somebody_types(qtbot: QtBot, yard: Yard) -> None:
    yard.quiet_s = QUIET_S / 2
    yard.ahead.start()
    qtbot.wait(150)
    assert yard.done == []


def test_nothing_is_made_while_the_store_is_at_work(qtbot: QtBot, yard: Yard) -> None:
    yard.is_idle = False
    yard.ahead.start()
    qtbot.wait(150)
    assert yard.done == []


def test_nothing_is_made_behind_a_dialog(qtbot: QtBot, yard: Yard) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    dialog.setModal(True)
    dialog.show()
    yard.ahead.start()
    qtbot.wait(150)
    assert yard.done == []


class Parted(Screen):
    """A screen of which two parts are not seen at first."""

    made_later = ("form", "brief")

    def __init__(self) -> None:
        super().__init__(cast(Context, None))
        self.made: list[str] = []

    @cached_property
    def form(self) -> str:
        self.made.append("form")
        return "form"

    @cached_property
    def brief(self) -> str:
        self.made.append("brief")
        return "brief"


def test_parts_that_are_not_seen_at_first_are_made_one_a_turn_and_once(qtbot: QtBot) -> None:
    screen = Parted()
    qtbot.addWidget(screen)
    assert screen.made == []
    steps = screen.ahead()
    next(steps)
    assert screen.made == ["form"]
    assert screen.brief == "brief"  # somebody needs it before its turn
    assert list(steps) == []
    assert screen.made == ["form", "brief"]


def test_a_quiet_window_makes_the_screens_nobody_visited_and_keeps_them(seat: Seat) -> None:
    opened(seat)
    frame, home = seat.frame, seat.frame.screen_now
    seat.qtbot.waitUntil(lambda: seat.window.is_prepared, timeout=5000)
    made = dict(frame._screens)
    assert set(made) == {spec.name for spec in specs()}
    assert frame.screen_now is home
    frame.go("tasks")
    assert frame.screen_now is made["tasks"]
    assert frame.screen_now.isVisible()
