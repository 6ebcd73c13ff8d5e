"""A question with more than a sentence: a modal dialog with a title, as high as its words need and the window allows."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from app.gui.theme import Space
from app.gui.widgets.labels import label
from app.gui.widgets.layout import scrolled, sized, vbox


class Asked(QDialog):
    """A modal dialog as high as its words need. What is in `column` scrolls where that is too much; `foot` stays in sight."""

    def __init__(self, parent: QWidget, title: str, width: int) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sized(self, min_width=width)
        self._inner = QWidget()
        self._inner.installEventFilter(self)
        self._area = scrolled(self._inner)
        self.column = vbox(self._inner, margin=(Space.PAGE, Space.PAGE, Space.PAGE, 0), gap=Space.BETWEEN)
        self.column.addWidget(label(title, "section", wrap=True))
        self.foot = vbox(margin=(Space.PAGE, 0, Space.PAGE, Space.PAGE))
        self._outer = vbox(self, gap=Space.BETWEEN)
        self._outer.addWidget(self._area, 1)
        self._outer.addLayout(self.foot)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the height the words need."""
        self.fit()
        super().showEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the height the words need when they become more or fewer."""
        if watched is self._inner and event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self.fit()
        return super().eventFilter(watched, event)

    def fit(self) -> None:
        """Take the height the words need now, never more than the window has."""
        room, column = self.parentWidget(), self.column
        column.activate()
        bar = self._area.verticalScrollBar().sizeHint().width()
        self._area.setMinimumWidth(self._inner.minimumSizeHint().width())
        width = max(self.minimumWidth(), self._inner.minimumSizeHint().width())
        inside = column.totalHeightForWidth(width) if column.hasHeightForWidth() else column.totalSizeHint().height()
        wanted = inside + self._outer.spacing() + self.foot.totalSizeHint().height()
        most = room.window().height() - 40 if room is not None else wanted
        self.resize(width if wanted <= most else width + bar, min(wanted, most))


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
