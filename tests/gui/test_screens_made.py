"""No screen lets a part of it flash up as a window of its own while it is made and opened."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.gui.bus import Bus
from app.gui.catalogue import find_screens
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screen import Screen, ScreenSpec
from app.gui.theme import Theme
from tests.gui.registers_office import Desk, sit


class Shown(QObject):
    """Keeps the windows that were shown."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[str] = []

    def eventFilter(self, about: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(about, QWidget) and about.isWindow() and not isinstance(about, Screen):
            self.windows.append(f"{type(about).__name__} {about.accessibleName()}")
        return False


@pytest.fixture
def desk(tmp_path: Path, runner: Runner, bus: Bus, prefs: Prefs, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    yield from sit(tmp_path, runner, bus, prefs, qtbot)


@pytest.mark.parametrize("spec", find_screens(), ids=lambda spec: spec.name)
def test_nothing_of_a_screen_is_a_window_of_its_own(desk: Desk, qapp: QApplication, spec: ScreenSpec) -> None:
    shown = Shown()
    qapp.installEventFilter(shown)
    try:
        made = spec.factory(desk.context)
        desk.qtbot.addWidget(made)
        made.show()
        list(made.ahead())
        desk.settle()
    finally:
        qapp.removeEventFilter(shown)
    assert shown.windows == []
