"""Buttons: one primary per screen, the others plain or quiet; danger for what leaves the laptop or cannot be undone."""

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton, QSizePolicy

from app.gui import icons
from app.gui.theme import current
from app.gui.widgets.layout import restyle, sized

_ICON_TOKEN = {"primary": "on_accent", "danger": "bad", "link": "accent"}


class Button(QPushButton):
    """A button with an optional icon that follows the theme. Enter presses it, as Space does."""

    def __init__(self, text: str, kind: str = "plain", *, icon: str = "", shortcut: str = "") -> None:
        super().__init__(text)
        self.setProperty("kind", kind)
        self.setAutoDefault(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._kind, self._icon = kind, icon
        if shortcut:
            self.setShortcut(shortcut)
            self.setToolTip(shortcut)
        if icon:
            current().changed.connect(self._dress)
            self._dress()

    def set_tone(self, tone: str) -> None:
        """Change the tone of a pill (ok, bad, open, accent, rehearsal, or none)."""
        restyle(self, tone=tone)

    def set_icon(self, icon: str) -> None:
        """Show another icon; only for a button that was made with one."""
        self._icon = icon
        self._dress()

    def _dress(self) -> None:
        self.setIcon(icons.icon(self._icon, _ICON_TOKEN.get(self._kind, "text2")))
        edge = current().px(18)
        self.setIconSize(QSize(edge, edge))


def button(
    text: str,
    on_click: Callable[[], object] | None = None,
    *,
    kind: str = "plain",
    icon: str = "",
    shortcut: str = "",
) -> Button:
    """Return a button of a kind: plain, primary, danger, quiet, link or pill.

    `on_click` must be a bound method of a living widget, never a lambda that captures a dialog.
    """
    made = Button(text, kind, icon=icon, shortcut=shortcut)
    if on_click is not None:
        made.clicked.connect(on_click)
    return made


def icon_button(
    icon: str, name: str, on_click: Callable[[], object] | None = None, *, shortcut: str = ""
) -> Button:
    """Return a quiet button that is an icon only; `name` is its tooltip and accessible name."""
    made = button("", on_click, kind="quiet", icon=icon, shortcut=shortcut)
    made.setAccessibleName(name)
    made.setToolTip(f"{name}  {shortcut}".strip())
    made.setProperty("kind", "icon")
    return sized(made, width=36)
