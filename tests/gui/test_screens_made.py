"""No screen lets a part of it flash up as a window of its own while it is made and opened."""


import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from app.gui.catalogue import find_screens
from app.gui.screen import Screen, ScreenSpec
from tests.gui.registers_office import Desk


class Shown(QObject):
    """Keeps the windows that were shown."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[str] = []

    def eventFilter(self, about: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(about, QWidget) and about.isWindow() and not isinstance(about, Screen):
            self.windows.append(f"{type(about).__name__} {about.accessibleName()}")
        return False


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
