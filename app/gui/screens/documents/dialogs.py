"""Questions asked while people sign: why somebody refuses, and how the paper comes back. Shown with `open()`."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QWidget

from app.core.documents import SignerLine
from app.gui.screens.documents.touch import touch
from app.gui.screens.documents.words import left, who
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.asked import Asked
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox

LEAST, MOST = 520, 620
REASONS = ("content", "silent", "absent")


class RefuseDialog(Asked):
    """A refusal needs a reason, and a witness or a recording. `told` carries (reason, witness, is recorded)."""

    told = Signal(str, str, bool)

    def __init__(self, parent: QWidget, line: SignerLine) -> None:
        super().__init__(parent, tr("documents.refuse_title", who=who(line)), LEAST)
        sized(self, max_width=MOST)
        column = self.column
        column.addWidget(label(tr("documents.refuse_about", count=len(left(line))), "muted", wrap=True))
        self.reason = sized(QPlainTextEdit(), height=64)
        self.reason.setTabChangesFocus(True)
        self.reason_row = FormRow(tr("documents.refuse_reason"), self.reason, required=True)
        column.addWidget(self.reason_row)
        quick = hbox(gap=Space.INSIDE)
        for name in REASONS:
            made = touch(tr(f"documents.refuse_{name}"), self._quick, is_wide=True)
            made.setProperty("reason", tr(f"documents.refuse_{name}_words"))
            quick.addWidget(made)
        column.addLayout(quick)
        self.witness = line_edit(tr("documents.refuse_witness"), hint=tr("documents.refuse_witness_hint"))
        self.witness_row = FormRow(tr("documents.refuse_witness"), self.witness)
        column.addWidget(self.witness_row)
        self.recorded = QCheckBox(tr("documents.refuse_recorded"))
        self.recorded.toggled.connect(self._judge)
        column.addWidget(self.recorded)
        self.yes = touch(tr("documents.refuse_do"), self._tell, kind="danger")
        self.answer(touch(tr("widgets.cancel"), self.reject), self.yes)
        self.reason.textChanged.connect(self._judge)
        self.witness.textChanged.connect(self._judge)
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        self._judge()

    def _judge(self) -> None:
        seen = bool(self.witness.text().strip()) or self.recorded.isChecked()
        self.yes.setEnabled(bool(self.reason.toPlainText().strip()) and seen)

    def _quick(self) -> None:
        words = str(self.sender().property("reason"))
        self.reason.setPlainText(words)
        self.witness.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self) -> None:
        self.told.emit(
            self.reason.toPlainText().strip(), self.witness.text().strip(), self.recorded.isChecked()
        )
        self.accept()


class PaperDialog(Asked):
    """Three steps: print, sign by hand, photograph back in. `print_wanted` and `file_wanted` ask the page."""

    print_wanted = Signal()
    file_wanted = Signal()

    def __init__(self, parent: QWidget, line: SignerLine) -> None:
        super().__init__(parent, tr("documents.paper_title", who=who(line)), LEAST)
        sized(self, max_width=MOST)
        column = vbox(gap=Space.CARD)
        self.column.addLayout(column)
        column.addWidget(label(tr("documents.paper_about", count=len(left(line))), "muted", wrap=True))
        self.printing = touch(tr("documents.print"), self.print_wanted.emit, icon="print")
        self.choosing = touch(tr("documents.paper_choose"), self._choose, kind="primary", icon="camera")
        for at, (words, act) in enumerate(
            (
                (tr("documents.paper_step_print"), self.printing),
                (tr("documents.paper_step_sign", pages=_pages(line)), None),
                (tr("documents.paper_step_photo"), self.choosing),
            ),
            start=1,
        ):
            row = hbox(gap=Space.BETWEEN)
            row.addWidget(
                sized(label(str(at), "section", tone="accent"), width=20), 0, Qt.AlignmentFlag.AlignTop
            )
            row.addWidget(label(words, wrap=True), 1)
            if act is not None:
                row.addWidget(act)
            column.addLayout(row)
        self.answer(touch(tr("widgets.close"), self.reject))
        self.setAccessibleName(self.windowTitle())

    def _choose(self) -> None:
        self.accept()
        self.file_wanted.emit()


def _pages(line: SignerLine) -> str:
    return "、".join(str(page) for page in left(line))
