"""A question with more than a sentence: a modal dialog with a title, as high as its words need and the window allows."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from app.gui.theme import Space, current
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, scrolled, vbox

AROUND = 40  # pixels of the window that stay in sight around a dialog


class Asked(QDialog):
    """A modal dialog as high as its words need. What is in `column` scrolls where that is too much; `foot` stays in sight.

    `width` and `height` are what it takes at least, in units, where the window has it.
    """

    def __init__(self, parent: QWidget, title: str, width: int, height: int = 0) -> None:
        super().__init__(parent)
        self._least = (width, height)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._inner = QWidget()
        self._area = scrolled(self._inner)
        self.column = vbox(self._inner, margin=(Space.PAGE, Space.PAGE, Space.PAGE, 0), gap=Space.BETWEEN)
        self.column.addWidget(label(title, "section", wrap=True))
        self.foot = vbox(margin=(Space.PAGE, 0, Space.PAGE, Space.PAGE))
        self._outer = vbox(self, gap=Space.BETWEEN)
        self._outer.addWidget(self._area, 1)
        self._outer.addLayout(self.foot)

    def answer(self, *buttons: QWidget) -> None:
        """Put buttons at the end of the foot."""
        line = hbox(gap=Space.INSIDE)
        line.addStretch(1)
        for one in buttons:
            line.addWidget(one)
        self.foot.addLayout(line)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the height the words need."""
        self.fit()
        self._inner.installEventFilter(self)
        super().showEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the height the words need when they become more or fewer."""
        if watched is self._inner and event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self.fit()
        return super().eventFilter(watched, event)

    def fit(self) -> None:
        """Take the height the words need now, never more than the window has."""
        column, px = self.column, current().px
        before = self.parentWidget()
        if before is None:
            return
        room = before.window().size() - QSize(AROUND, AROUND)
        column.activate()
        bar = self._area.verticalScrollBar().sizeHint().width()
        least = max(self._inner.minimumSizeHint().width(), self.foot.totalMinimumSize().width())
        width = min(max(px(self._least[0]), least), room.width())
        self.setMinimumWidth(width)
        inside = column.totalHeightForWidth(width) if column.hasHeightForWidth() else column.totalSizeHint().height()
        wanted = max(inside + self._outer.spacing() + self.foot.totalSizeHint().height(), px(self._least[1]))
        is_higher = wanted > room.height()
        self.resize(min(width + bar, room.width()) if is_higher else width, min(wanted, room.height()))


def save_as(window: QWidget, title: str, folder: str, name: str, then: Callable[[str], object]) -> None:
    """Ask where to put a PDF, in the system's own dialog."""
    dialog = QFileDialog(window, title, folder)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(["PDF (*.pdf)"])
    dialog.setDefaultSuffix("pdf")
    dialog.selectFile(name)
    dialog.fileSelected.connect(then)
    dialog.open()
