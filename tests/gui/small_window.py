"""The room a screen has in a small window, at 150 % and above."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QStackedWidget

from app.gui.screen import Context, Screen
from app.gui.theme import current
from tests.gui.registers_office import Desk

# What rail, header and status line leave of 1190 by 696; of 1366 by 768 the width, with the height the frame then gives.
WITHIN = {1.5: (1106, 583), 1.75: (1268, 900), 2.0: (1254, 1000)}


def open_small(desk: Desk, make: Callable[[Context], Screen], scale: float = 1.5, **params: Any) -> Any:
    """Open a screen as the frame does, dressed, where it may have less room than it asks for."""
    theme, frame = current(), QStackedWidget()
    theme.apply(scale=scale)
    theme.dress(frame)
    frame.setMinimumSize(1, 1)
    desk.qtbot.addWidget(frame)
    frame.resize(*WITHIN[scale])
    screen: Any = make(desk.context)
    screen.frame_of_test = frame  # else nobody keeps it
    frame.addWidget(screen)
    frame.show()
    screen.open(**params)
    desk.settle()
    return screen
