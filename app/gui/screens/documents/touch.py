"""Buttons for a finger at a counter: 44 units high, also where the style sheet would make them lower."""

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy

from app.gui.theme import Space, current
from app.gui.widgets.buttons import Button


class TouchButton(Button):
    """A button as high as a finger needs; an icon button is as wide as well."""

    def sizeHint(self) -> QSize:
        """At least the height of an answer."""
        hint, least = super().sizeHint(), current().px(Space.ANSWER)
        return QSize(least if self.property("kind") == "icon" else hint.width(), max(least, hint.height()))

    def minimumSizeHint(self) -> QSize:
        """Never lower; narrower where words may be shortened."""
        return QSize(super().minimumSizeHint().width(), current().px(Space.ANSWER))


def touch(
    text: str,
    on_click: Callable[[], object] | None = None,
    *,
    kind: str = "plain",
    icon: str = "",
    is_wide: bool = False,
) -> TouchButton:
    """Return a button for a finger; `is_wide` takes the width there is."""
    made = TouchButton(text, kind, icon=icon)
    if is_wide:
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    if on_click is not None:
        made.clicked.connect(on_click)
    return made


def touch_icon(icon: str, name: str, on_click: Callable[[], object]) -> TouchButton:
    """Return a quiet button that is an icon only."""
    made = touch("", on_click, kind="icon", icon=icon)
    made.setAccessibleName(name)
    made.setToolTip(name)
    return made
