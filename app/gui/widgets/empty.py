"""Empty pages: what would be here, and how to begin."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gui import icons
from app.gui.theme import Space, current
from app.gui.widgets.buttons import Button, button
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox


class EmptyState(QWidget):
    """A quiet icon, a sentence, a second line and perhaps one button, in the middle of the space; `wanted` is its click.

    What is inside is made when it is first seen: most lists are never empty.
    """

    wanted = Signal()

    def __init__(
        self,
        icon: str,
        title: str,
        detail: str = "",
        *,
        action: str = "",
        on_action: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self._icon, self._action = icon, action
        self._column: QVBoxLayout | None = None
        self.button: Button | None = None  # made with the rest
        if on_action is not None:
            self.wanted.connect(on_action)
        self.say(title, detail)

    def say(self, title: str, detail: str = "") -> None:
        """Show other words."""
        self._words = (title, detail)
        self.setAccessibleName(f"{title} {detail}".strip())
        if self._column is not None:
            self._title.setText(title)
            self._detail.setText(detail)
            self._detail.setVisible(bool(detail))

    def showEvent(self, event: QShowEvent) -> None:
        """Make what is inside."""
        super().showEvent(event)
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the picture out where the words need the height."""
        super().resizeEvent(event)
        self._fit()

    def _fill(self) -> None:
        if self._column is not None:
            return
        self._column = column = vbox(self, margin=(Space.PAGE, Space.INSIDE), gap=Space.INSIDE)
        column.addStretch(2)
        self._picture, self._title = label(), label("", "strong")
        self._detail = sized(label("", "muted", wrap=True), max_width=480)
        column.addWidget(self._picture)
        column.addWidget(self._title)
        middle = hbox()
        middle.addStretch(1)
        middle.addWidget(self._detail, 4)
        middle.addStretch(1)
        column.addLayout(middle)
        for one in (self._picture, self._title, self._detail):
            one.setAlignment(Qt.AlignmentFlag.AlignCenter)
            one.show()
        if self._action:
            self.button = button(self._action, kind="primary")
            self.button.clicked.connect(self.wanted)
            line = hbox(margin=(0, Space.INSIDE))
            line.addStretch(1)
            line.addWidget(self.button)
            line.addStretch(1)
            column.addLayout(line)
            self.button.show()
        column.addStretch(3)
        self.say(*self._words)
        current().changed.connect(self._dress)
        self._dress()
        self._fit()

    def _fit(self) -> None:
        if self._column is None:
            return
        words = self._column.heightForWidth(self.width())
        picture = 0 if self._picture.isHidden() else self._picture.sizeHint().height() + self._column.spacing()
        full = words - picture + self._picture.sizeHint().height() + self._column.spacing()
        self._picture.setVisible(self.height() >= full)

    def _dress(self) -> None:
        self._picture.setPixmap(icons.pixmap(self._icon, "text3", 40))
