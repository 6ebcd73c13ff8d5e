"""Layouts and sizes in grid units, which follow the scale live. Use these instead of QVBoxLayout and setFixedWidth."""

from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.gui.theme import Space, current
from app.gui.theme.live import SIZES

L = TypeVar("L", bound=QLayout)
W = TypeVar("W", bound=QWidget)
Margin = int | tuple[int, int] | tuple[int, int, int, int]
_SETTERS = {
    "width": "setFixedWidth",
    "height": "setFixedHeight",
    "min_width": "setMinimumWidth",
    "min_height": "setMinimumHeight",
    "max_width": "setMaximumWidth",
    "max_height": "setMaximumHeight",
}


def vbox(parent: QWidget | None = None, *, margin: Margin = 0, gap: int = Space.INSIDE) -> QVBoxLayout:
    """Return a vertical layout; margin is all, (across, down) or (left, top, right, bottom)."""
    return _fitted(QVBoxLayout(parent) if parent is not None else QVBoxLayout(), margin, gap)


def hbox(parent: QWidget | None = None, *, margin: Margin = 0, gap: int = Space.INSIDE) -> QHBoxLayout:
    """Return a horizontal layout; see `vbox`."""
    return _fitted(QHBoxLayout(parent) if parent is not None else QHBoxLayout(), margin, gap)


def grid(parent: QWidget | None = None, *, margin: Margin = 0, gap: int = Space.BETWEEN) -> QGridLayout:
    """Return a grid layout; see `vbox`."""
    return _fitted(QGridLayout(parent) if parent is not None else QGridLayout(), margin, gap)


def sized(widget: W, **units: int) -> W:
    """Give a widget sizes in units: `width`, `height` (fixed), `min_width`, `max_width`, `min_height`, `max_height`."""
    has_sizes = SIZES.encode() in widget.dynamicPropertyNames()
    known: dict[str, Any] = dict(widget.property(SIZES)) if has_sizes else {}
    known.update({_SETTERS[name]: value for name, value in units.items()})
    widget.setProperty(SIZES, known)
    current().fit_widget(widget)
    return widget


def beside_or_below(columns: QBoxLayout, width: int, least: int) -> None:
    """Lay columns side by side where there is room for them, else below one another.

    Args:
        width: Of the whole, in pixels.
        least: From this width on they stand side by side, in units of the theme.
    """
    is_wide = width >= current().px(least)
    direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
    if columns.direction() is not direction:
        columns.setDirection(direction)


def scrolled(inner: QWidget) -> QScrollArea:
    """Return a scroll area around a widget that takes the width there is, and scrolls sideways only where that is too little."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area


def rule(*, vertical: bool = False) -> QFrame:
    """Return a one-pixel line."""
    line = QFrame()
    line.setProperty("kind", "rule")
    line.setFixedWidth(1) if vertical else line.setFixedHeight(1)
    return line


def restyle(widget: QWidget, **properties: object) -> None:
    """Set style properties (`tone`, `invalid`) and let the style sheet see them."""
    if all(widget.property(name) == value for name, value in properties.items()):
        return
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def emptied(layout: QLayout) -> None:
    """Remove and delete everything in a layout."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            emptied(inner)


def _fitted(layout: L, margin: Margin, gap: int) -> L:
    if isinstance(margin, int):
        sides = (margin,) * 4
    elif len(margin) == 2:
        sides = (margin[0], margin[1], margin[0], margin[1])
    else:
        sides = margin
    current().lay(layout, sides, gap)
    return layout
