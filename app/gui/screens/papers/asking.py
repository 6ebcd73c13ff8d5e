"""What has to be asked about papers; each answer comes back as a signal."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QVBoxLayout, QWidget

from app.core.guards import GuardLevel
from app.gui.messages import sentence_of
from app.gui.prefs import Prefs
from app.gui.screens.papers.lines import Line
from app.gui.screens.papers.ops import Ahead
from app.gui.texts import tr
from app.gui.widgets.confirm import ConfirmDialog

if TYPE_CHECKING:
    from app.core.papers import Paper

FOLDER = "documents/folder"


class Asking(QObject):
    """Opens one dialog at a time over a window."""

    issue_confirmed = Signal(object)
    discard_confirmed = Signal()
    void_given = Signal(str)
    unserve_given = Signal(str)
    file_chosen = Signal(object)
    folder_chosen = Signal(object)

    def __init__(self, window: QWidget, prefs: Prefs) -> None:
        super().__init__(window)
        self._window, self._prefs = window, prefs
        self.dialog: ConfirmDialog | None = None
        self.choices: dict[str, QCheckBox] = {}

    def ask_issue(self, ahead: Ahead) -> None:
        """Say what becomes fixed and which number is taken."""
        if not ahead.number:
            number = tr("papers.issue_unnumbered")
        else:
            number = tr("papers.issue_interim" if ahead.is_interim else "papers.issue_number", number=ahead.number)
        words = [tr("papers.issue_about"), number]
        if ahead.companions:
            words.append(tr("papers.issue_with", titles="、".join(ahead.companions)))
        warned = [one for one in ahead.view.guards if one.level is GuardLevel.WARN]
        words += ["• " + sentence_of(f"blocker.{one.code}", dict(one.params)) for one in warned]
        dialog = self._confirm(
            tr("papers.issue_title", title=ahead.view.paper.title), "\n".join(words), tr("papers.issue"),
            acknowledge=tr("papers.issue_seen", count=len(warned)) if warned else "", choices=ahead.optional,
        )  # fmt: skip
        dialog.accepted.connect(self._issue)

    def ask_discard(self, paper: "Paper") -> None:
        """Ask whether a draft is thrown away."""
        self._confirm(
            tr("papers.discard_title", title=paper.title), tr("papers.discard_about"), tr("papers.discard_do"), danger=True
        ).accepted.connect(self.discard_confirmed)

    def ask_void(self, line: Line) -> None:
        """Ask why a paper is voided."""
        self._confirm(
            tr("papers.void_title", title=line.title, number=line.number), tr("papers.void_about"), tr("papers.do.void"),
            danger=True, ask_reason=tr("papers.void_reason"),
        ).accepted.connect(self._void)  # fmt: skip

    def ask_unserve(self, line: Line) -> None:
        """Ask why an entry about service is wrong."""
        self._confirm(
            tr("papers.unserve_title", title=line.title), tr("papers.unserve_about"), tr("papers.unserve_do"),
            danger=True, ask_reason=tr("papers.void_reason"),
        ).accepted.connect(self._unserve)  # fmt: skip

    def ask_file(self, title: str, name: str, kind: str) -> None:
        """Ask where to put one file."""
        dialog = QFileDialog(self._window, title, self._prefs.text(FOLDER))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([kind])
        dialog.selectFile(name)
        dialog.fileSelected.connect(self._take_file)
        dialog.open()

    def ask_folder(self, title: str) -> None:
        """Ask for a folder."""
        dialog = QFileDialog(self._window, title, self._prefs.text(FOLDER))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
        dialog.fileSelected.connect(self._take_folder)
        dialog.open()

    def _confirm(
        self,
        title: str,
        about: str,
        verb: str,
        *,
        danger: bool = False,
        acknowledge: str = "",
        ask_reason: str = "",
        choices: tuple[tuple[str, str], ...] = (),
    ) -> ConfirmDialog:
        dialog = ConfirmDialog(
            self._window, title, about, verb, danger=danger, acknowledge=acknowledge, ask_reason=ask_reason
        )
        self.dialog, self.choices = dialog, {}
        column = dialog.layout()
        for one, words in choices:
            self.choices[one] = QCheckBox(tr("papers.issue_also", name=words))
            if isinstance(column, QVBoxLayout):
                column.insertWidget(2, self.choices[one])
        dialog.open()
        return dialog

    def _issue(self) -> None:
        self.issue_confirmed.emit(tuple(one for one, box in self.choices.items() if box.isChecked()))

    def _void(self) -> None:
        if self.dialog is not None:
            self.void_given.emit(self.dialog.reason)

    def _unserve(self) -> None:
        if self.dialog is not None:
            self.unserve_given.emit(self.dialog.reason)

    def _take_file(self, name: str) -> None:
        self._prefs.set(FOLDER, str(Path(name).parent))
        self.file_chosen.emit(Path(name))

    def _take_folder(self, name: str) -> None:
        self._prefs.set(FOLDER, name)
        self.folder_chosen.emit(Path(name))
