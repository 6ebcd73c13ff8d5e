"""Printing through the system, page by page, so that nothing readable is ever written to the disk."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from app.core.documents import Document
from app.gui.runner import Runner
from app.gui.screens.documents import ops
from app.gui.screens.documents.pages import as_image

if TYPE_CHECKING:
    from app.gui.screens.documents.ops import Desk

DPI = 200
END = "media.page_unreadable"


class Printing(QObject):
    """Prints one document after another. `finished` carries the number of pages sent, `failed` an error."""

    finished = Signal(int)
    failed = Signal(object)

    def __init__(self, desk: "Desk", runner: Runner, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._runner, self._window = desk, runner, window
        self._document: Document | None = None
        self._printer: QPrinter | None = None
        self._painter: QPainter | None = None
        self._done = 0

    def ask(self, document: Document) -> None:
        """Let the user choose the printer, then print."""
        if self._document is not None:
            return
        self._document = document
        printer = a4_printer()
        printer.setDocName(f"{document.title} {document.number}")
        self._printer = printer
        dialog = QPrintDialog(printer, self._window)
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange, False)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._answered)
        dialog.setModal(True)
        dialog.show()

    def print_to(self, document: Document, printer: QPrinter) -> None:
        """Print to a printer that is chosen already."""
        self._document, self._printer = document, printer
        self._start()

    def _answered(self, result: int) -> None:
        if result == QDialog.DialogCode.Accepted:
            self._start()
        else:
            self._end()

    def _start(self) -> None:
        if self._printer is not None:
            self._painter, self._done = QPainter(), 0
            if self._painter.begin(self._printer):
                self._fetch(1)
            else:
                self._end()
                self.finished.emit(0)

    def _fetch(self, page: int) -> None:
        document, desk = self._document, self._desk
        if document is not None:
            self._runner.run_read(
                lambda: (page, as_image(ops.page_image(desk, document.id, page, DPI / 72))),
                self._put, self._broke, owner=self,
            )  # fmt: skip

    def _put(self, found: tuple[int, QImage]) -> None:
        page, image = found
        if self._painter is None or self._printer is None or self._document is None:
            return
        if page > 1:
            self._printer.newPage()
        whole = self._printer.pageLayout().fullRectPixels(self._printer.resolution())
        self._painter.drawImage(QRectF(0, 0, whole.width(), whole.height()), image)
        self._done = page
        self._fetch(page + 1)

    def _broke(self, error: BaseException) -> None:
        document, done = self._document, self._done
        self._end()
        # Behind the pages lies a sheet about the signatures, which no page counts: the end is where the PDF ends.
        if document is not None and done >= len(document.pages) and getattr(error, "code", "") == END:
            self.finished.emit(done)
        else:
            self.failed.emit(error)

    def _end(self) -> None:
        if self._painter is not None and self._painter.isActive():
            self._painter.end()
        self._document = self._printer = self._painter = None


def a4_printer() -> QPrinter:
    """Return a printer for whole A4 pages: margins are part of the pages."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageOrientation(QPageLayout.Orientation.Portrait)
    printer.setFullPage(True)
    return printer
