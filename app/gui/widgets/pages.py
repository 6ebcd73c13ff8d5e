"""Pages of which one is in front, in a place that scrolls where the one in front has no room."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget

from app.gui.theme import current


class Pages(QStackedWidget):
    """Asks for the least height of the page in front, never for that of the highest one, and for `least` units."""

    def __init__(self, least: int = 0) -> None:
        super().__init__()
        self._least = least
        self.currentChanged.connect(self._turned)

    def sizeHint(self) -> QSize:
        """The least size."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """The least size of the page in front, its words wrapped at the width there is."""
        shown = self.currentWidget()
        if shown is None:
            return super().minimumSizeHint()
        least, layout = shown.minimumSizeHint(), shown.layout()
        if layout is not None and layout.hasHeightForWidth():
            least.setHeight(layout.totalMinimumHeightForWidth(max(self.width(), least.width())))
        return least.expandedTo(QSize(0, current().px(self._least)))

    def hasHeightForWidth(self) -> bool:
        """Said by the least size."""
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask anew where words wrap otherwise."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def _turned(self, _place: int) -> None:
        self.updateGeometry()
