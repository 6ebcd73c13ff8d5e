"""A row that goes on in the next line where the window is too narrow for it."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.gui.theme import Space, current


class Flow(QWidget):
    """Lays widgets out like words: as wide as they ask to be, and as many lines as that takes."""

    def __init__(self, *, gap: int = Space.INSIDE, is_at_end: bool = False) -> None:
        super().__init__()
        self._gap, self._is_at_end = gap, is_at_end
        self._parts: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, part: QWidget) -> None:
        """Add one at the end."""
        part.setParent(self)
        self._parts.append(part)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = [one.sizeHint() for one in self._shown()]
        gaps = current().px(self._gap) * max(len(sizes) - 1, 0)
        return QSize(
            sum(one.width() for one in sizes) + gaps, max((one.height() for one in sizes), default=0)
        )

    def minimumSizeHint(self) -> QSize:
        """Each in a line of its own, of which the height for the width makes the rest."""
        sizes = [one.sizeHint() for one in self._shown()]
        return QSize(
            max((one.width() for one in sizes), default=0), max((one.height() for one in sizes), default=0)
        )

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines at a width."""
        heights = [max(one.sizeHint().height() for one in line) for line in self._lines(width)]
        return sum(heights) + current().px(self._gap) * max(len(heights) - 1, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
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
            wanted = one.sizeHint().width()
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
            sizes = [one.sizeHint() for one in line]
            height, left = max(one.height() for one in sizes), 0
            if self._is_at_end:
                left = max(self.width() - sum(one.width() + gap for one in sizes) + gap, 0)
            for one, size in zip(line, sizes, strict=True):
                one.setGeometry(
                    left, top + (height - size.height()) // 2, min(size.width(), self.width()), size.height()
                )
                left += size.width() + gap
            top += height + gap
