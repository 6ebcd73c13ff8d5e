"""Questions asked while people sign: why somebody refuses, and how the paper comes back. Shown with `open()`."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from app.core.documents import SignerLine
from app.gui.screens.documents.words import left, who
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox

REASONS = ("content", "silent", "absent")


class RefuseDialog(QDialog):
    """A refusal needs a reason and somebody who was there. `told` carries (reason, witness)."""

    told = Signal(str, str)

    def __init__(self, parent: QWidget, line: SignerLine) -> None:
        super().__init__(parent)
        title = tr("documents.refuse_title", who=who(line))
        _dress(self, title)
        column = vbox(self, margin=Space.PAGE, gap=Space.BETWEEN)
        column.addWidget(label(title, "section", wrap=True))
        column.addWidget(label(tr("documents.refuse_about", count=len(left(line))), "muted", wrap=True))
        self.reason = sized(QPlainTextEdit(), height=84)
        self.reason.setTabChangesFocus(True)
        self.reason_row = FormRow(tr("documents.refuse_reason"), self.reason, required=True)
        column.addWidget(self.reason_row)
        quick = hbox(gap=Space.INSIDE)
        for name in REASONS:
            made = button(tr(f"documents.refuse_{name}"), self._quick, kind="pill")
            quick.addWidget(made)
        quick.addStretch(1)
        column.addLayout(quick)
        self.witness = line_edit(tr("documents.refuse_witness"), hint=tr("documents.refuse_witness_hint"))
        self.witness_row = FormRow(tr("documents.refuse_witness"), self.witness, required=True)
        column.addWidget(self.witness_row)
        foot = hbox(gap=Space.INSIDE)
        foot.addStretch(1)
        foot.addWidget(sized(button(tr("widgets.cancel"), self.reject), min_height=Space.ANSWER))
        self.yes = sized(
            button(tr("documents.refuse_do"), self._tell, kind="danger"), min_height=Space.ANSWER
        )
        foot.addWidget(self.yes)
        column.addLayout(foot)
        self.reason.textChanged.connect(self._judge)
        self.witness.textChanged.connect(self._judge)
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        self._judge()

    def _judge(self) -> None:
        self.yes.setEnabled(bool(self.reason.toPlainText().strip() and self.witness.text().strip()))

    def _quick(self) -> None:
        words = str(self.sender().property("text"))
        self.reason.setPlainText(words)
        self.witness.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self) -> None:
        self.told.emit(self.reason.toPlainText().strip(), self.witness.text().strip())
        self.accept()


class PaperDialog(QDialog):
    """Three steps: print, sign by hand, photograph back in. `print_wanted` and `file_wanted` ask the page."""

    print_wanted = Signal()
    file_wanted = Signal()

    def __init__(self, parent: QWidget, line: SignerLine) -> None:
        super().__init__(parent)
        title = tr("documents.paper_title", who=who(line))
        _dress(self, title)
        column = vbox(self, margin=Space.PAGE, gap=Space.CARD)
        column.addWidget(label(title, "section", wrap=True))
        column.addWidget(label(tr("documents.paper_about", count=len(left(line))), "muted", wrap=True))
        self.printing = button(tr("documents.print"), self.print_wanted.emit, icon="print")
        self.choosing = button(tr("documents.paper_choose"), self._choose, kind="primary", icon="camera")
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
                row.addWidget(sized(act, min_height=Space.ANSWER))
            column.addLayout(row)
        foot = hbox(gap=Space.INSIDE)
        foot.addStretch(1)
        foot.addWidget(sized(button(tr("widgets.close"), self.reject), min_height=Space.ANSWER))
        column.addLayout(foot)
        self.setAccessibleName(title)

    def _choose(self) -> None:
        self.accept()
        self.file_wanted.emit()


def _pages(line: SignerLine) -> str:
    return "、".join(str(page) for page in left(line))


def _dress(dialog: QDialog, title: str) -> None:
    dialog.setWindowTitle(title)
    dialog.setModal(True)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    sized(dialog, min_width=520, max_width=620)
