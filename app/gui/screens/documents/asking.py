"""What has to be asked while a document is signed and handed over; each answer comes back as a signal."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.documents import DocumentView, SignerLine
from app.gui.prefs import Prefs
from app.gui.screens.documents.dialogs import PaperDialog, RefuseDialog
from app.gui.screens.documents.words import file_name, who
from app.gui.texts import tr
from app.gui.widgets.asked import save_as
from app.gui.widgets.confirm import ConfirmDialog

PAPER_FILES = "*.jpg *.jpeg *.png *.heic *.heif *.webp *.tif *.tiff *.pdf"
EXPORTED = "documents/folder"
PAPERS = "documents/paper"


class Asking(QObject):
    """Opens one dialog at a time over a window; folders are remembered."""

    refused = Signal(str, str, bool)
    print_wanted = Signal()
    paper_chosen = Signal(object)
    rest_confirmed = Signal(object)
    export_chosen = Signal(object)

    def __init__(self, window: QWidget, prefs: Prefs) -> None:
        super().__init__(window)
        self._window, self._prefs = window, prefs
        self._pages: tuple[int, ...] = ()

    def ask_refusal(self, line: SignerLine) -> None:
        """Ask why somebody refuses and who was there."""
        dialog = RefuseDialog(self._window, line)
        dialog.told.connect(self.refused)
        dialog.open()

    def ask_paper(self, line: SignerLine) -> None:
        """Show the three steps of signing on paper."""
        dialog = PaperDialog(self._window, line)
        dialog.print_wanted.connect(self.print_wanted)
        dialog.file_wanted.connect(self._choose_paper)
        dialog.open()

    def ask_rest(self, line: SignerLine, pages: tuple[int, ...]) -> None:
        """Ask whether one signature shall stand on many pages."""
        self._pages = pages
        dialog = ConfirmDialog(
            self._window,
            tr("documents.rest_title", who=who(line)),
            tr("documents.rest_about", count=len(pages)),
            tr("documents.rest_do", count=len(pages)),
        )
        dialog.accepted.connect(self._confirm_rest)
        dialog.open()

    def ask_export(self, view: DocumentView) -> None:
        """Ask where to put the PDF, in the system's own dialog."""
        save_as(self._window, tr("documents.export"), self._prefs.text(EXPORTED), file_name(view), self._choose_export)

    def remember_export(self, file: Path) -> None:
        """Begin in the folder of this file next time."""
        self._prefs.set(EXPORTED, str(file.parent))

    def _choose_paper(self) -> None:
        dialog = QFileDialog(self._window, tr("documents.paper_choose"), self._prefs.text(PAPERS))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([f"{tr('documents.paper_files')} ({PAPER_FILES})"])
        dialog.fileSelected.connect(self._take_paper)
        dialog.open()

    def _take_paper(self, name: str) -> None:
        self._prefs.set(PAPERS, str(Path(name).parent))
        self.paper_chosen.emit(Path(name))

    def _choose_export(self, name: str) -> None:
        self.export_chosen.emit(Path(name))

    def _confirm_rest(self) -> None:
        self.rest_confirmed.emit(self._pages)
