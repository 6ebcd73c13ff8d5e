"""A row that goes on in the next line where the window is too narrow for it."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.gui.theme import Space, current


class Flow(QWidget):
    """Lays widgets out like words: as wide as they ask to be, and as many lines as that takes.

    What is left of a line is shared out among those in it that were added to grow.
    """

    def __init__(self, *, gap: int = Space.INSIDE, is_at_end: bool = False) -> None:
        super().__init__()
        self._gap, self._is_at_end = gap, is_at_end
        self._parts: list[QWidget] = []
        self._growing: set[QWidget] = set()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, part: QWidget, *, grows: bool = False) -> None:
        """Add one at the end."""
        part.setParent(self)
        self._parts.append(part)
        if grows:
            self._growing.add(part)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = [_wanted(one) for one in self._shown()]
        gaps = current().px(self._gap) * max(len(sizes) - 1, 0)
        return QSize(
            sum(one.width() for one in sizes) + gaps, max((one.height() for one in sizes), default=0)
        )

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest can be pressed to, as high as all lines are at the width there is."""
        width = max(
            (max(one.minimumSizeHint().width(), one.minimumWidth()) for one in self._shown()), default=0
        )
        height = max((_wanted(one).height() for one in self._shown()), default=0)
        return QSize(width, max(height, self.heightForWidth(self.width()) if self.isVisible() else 0))

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines at a width."""
        heights = [max(_wanted(one).height() for one in line) for line in self._lines(width)]
        return sum(heights) + current().px(self._gap) * max(len(heights) - 1, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        """Lay out anew: of what changed unseen nothing is told."""
        super().showEvent(event)
        self.updateGeometry()
        self._place()

    def event(self, event: QEvent) -> bool:
        """Lay out anew when a part has other words, comes or goes."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._place()
        return super().event(event)

    def _shown(self) -> list[QWidget]:
        return [one for one in self._parts if not one.isHidden()]

    def _lines(self, width: int) -> list[list[QWidget]]:
        lines: list[list[QWidget]] = []
        left = 0
        for one in self._shown():
            wanted = _wanted(one).width()
            if not lines or left + wanted > width:
                lines.append([])
                left = 0
            lines[-1].append(one)
            left += wanted + current().px(self._gap)
        return lines

    def _place(self) -> None:
        gap = current().px(self._gap)
        top = max((self.height() - self.heightForWidth(self.width())) // 2, 0)
        for line in self._lines(self.width()):
            sizes = [_wanted(one) for one in line]
            height, left = max(one.height() for one in sizes), 0
            spare = max(self.width() - sum(one.width() + gap for one in sizes) + gap, 0)
            if self._is_at_end:
                left = spare
            for one, size in zip(line, sizes, strict=True):
                width = min(size.width(), self.width())
                if one in self._growing:
                    most = min(
                        width + spare // sum(other in self._growing for other in line), one.maximumWidth()
                    )
                    width = max(width, most)
                one.setGeometry(left, top + (height - size.height()) // 2, width, size.height())
                left += width + gap
            top += height + gap


def _wanted(part: QWidget) -> QSize:
    return part.sizeHint().expandedTo(part.minimumSize())
