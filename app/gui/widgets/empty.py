"""Empty pages: what would be here, and how to begin."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.gui import icons
from app.gui.theme import Space, current
from app.gui.widgets.buttons import Button, button
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox


class EmptyState(QWidget):
    """A quiet icon, a sentence, a second line and perhaps one button, in the middle of the space."""

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
        self._icon = icon
        self._column = column = vbox(self, margin=Space.PAGE, gap=Space.INSIDE)
        column.addStretch(2)
        self._picture = label()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._picture)
        self.title = label(title, "strong")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.title)
        self.detail = sized(label(detail, "muted", wrap=True), max_width=480)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignCenter)
        middle = hbox()
        middle.addStretch(1)
        middle.addWidget(self.detail, 4)
        middle.addStretch(1)
        column.addLayout(middle)
        self.detail.setVisible(bool(detail))
        self.button: Button | None = None
        if action:
            self.button = button(action, on_action, kind="primary")
            line = hbox(margin=(0, Space.INSIDE))
            line.addStretch(1)
            line.addWidget(self.button)
            line.addStretch(1)
            column.addLayout(line)
        column.addStretch(3)
        self.setAccessibleName(f"{title} {detail}".strip())
        current().changed.connect(self._dress)
        self._dress()

    def say(self, title: str, detail: str = "") -> None:
        """Show other words."""
        self.title.setText(title)
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))
        self.setAccessibleName(f"{title} {detail}".strip())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the picture out where the words need the height."""
        super().resizeEvent(event)
        words = self._column.heightForWidth(event.size().width())
        picture = 0 if self._picture.isHidden() else self._picture.sizeHint().height() + self._column.spacing()
        full = words - picture + self._picture.sizeHint().height() + self._column.spacing()
        self._picture.setVisible(event.size().height() >= full)

    def _dress(self) -> None:
        self._picture.setPixmap(icons.pixmap(self._icon, "text3", 40))
