"""The room a screen has in the smallest window at 150 %."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QStackedWidget

from app.gui.screen import Context, Screen
from app.gui.theme import current
from tests.gui.registers_office import Desk

WITHIN = (1106, 583)  # what rail, header and status line leave of 1190 by 696


def open_small(desk: Desk, make: Callable[[Context], Screen], **params: Any) -> Any:
    """Open a screen as the frame does, dressed, where it may have less room than it asks for."""
    theme, frame = current(), QStackedWidget()
    theme.apply(scale=1.5)
    theme.dress(frame)
    frame.setMinimumSize(1, 1)
    desk.qtbot.addWidget(frame)
    frame.resize(*WITHIN)
    screen: Any = make(desk.context)
    screen.frame_of_test = frame  # else nobody keeps it
    frame.addWidget(screen)
    frame.show()
    screen.open(**params)
    desk.settle()
    return screen
