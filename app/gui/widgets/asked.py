"""A question with more than a sentence: a modal dialog with a title, as high as its words need."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from app.gui.theme import Space
from app.gui.widgets.labels import label
from app.gui.widgets.layout import sized, vbox


class Asked(QDialog):
    """A modal dialog as high as its words need."""

    def __init__(self, parent: QWidget, title: str, width: int) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sized(self, min_width=width)
        self.column = vbox(self, margin=Space.PAGE, gap=Space.BETWEEN)
        self.column.addWidget(label(title, "section", wrap=True))

    def showEvent(self, event: QShowEvent) -> None:
        """Take the height the words need."""
        self.fit()
        super().showEvent(event)

    def fit(self) -> None:
        """Take the height the words need now, never more than the window has."""
        room, layout = self.parentWidget(), self.layout()
        if layout is not None:
            wanted = layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
            self.resize(self.width(), min(wanted, room.window().height() - 40 if room is not None else wanted))


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
