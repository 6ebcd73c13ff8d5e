"""After the last signature: export, print, hand over a code, correct visibly, close the inspection."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.core.documents import DocumentKind, DocumentView
from app.core.inspections import InspectionState
from app.gui import icons
from app.gui.screens.documents.ops import Handover
from app.gui.screens.documents.qr import QrCode
from app.gui.screens.documents.signers import Signers
from app.gui.screens.documents.touch import touch
from app.gui.screens.documents.words import grouped
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import hbox, rule, scrolled, vbox


class DeliverPane(QFrame):
    """What can be done with a signed document."""

    export_wanted = Signal()
    print_wanted = Signal()
    copy_wanted = Signal()
    amend_wanted = Signal()
    close_wanted = Signal()
    next_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "surface")
        outer = vbox(self, gap=0)
        inner = QWidget()
        outer.addWidget(scrolled(inner))
        column = vbox(inner, margin=Space.CARD, gap=Space.INSIDE)
        head = hbox(gap=Space.INSIDE)
        self._picture = label()
        head.addWidget(self._picture)
        head.addWidget(label(tr("documents.delivered"), "section"), 1)
        column.addLayout(head)
        self.export = touch(
            tr("documents.export"), self.export_wanted.emit, kind="primary", icon="export", is_wide=True
        )
        self.export.setShortcut("Ctrl+S")
        self.print = touch(tr("documents.print"), self.print_wanted.emit, icon="print", is_wide=True)
        self.print.setShortcut("Ctrl+P")
        row = hbox(gap=Space.INSIDE)
        row.addWidget(self.export, 1)
        row.addWidget(self.print, 1)
        column.addLayout(row)
        self.copy = touch(tr("documents.copy"), self.copy_wanted.emit, icon="copy", is_wide=True)
        column.addWidget(self.copy)
        self.close_case = touch(tr("documents.close"), self.close_wanted.emit, icon="check", is_wide=True)
        self.next_paper = touch(
            tr("documents.back_to_case"), self.next_wanted.emit, icon="document", is_wide=True
        )
        self.close_case.hide()
        column.addWidget(self.close_case)
        column.addWidget(self.next_paper)
        column.addSpacing(Space.HAIR)
        column.addWidget(rule())
        column.addWidget(label(tr("documents.qr_title"), "strong"))
        self.code = QrCode()
        column.addWidget(self.code, 0, Qt.AlignmentFlag.AlignHCenter)
        self.number = selectable("", "strong")
        self.number.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.digest = selectable("", "secondary")
        self.digest.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.number)
        column.addWidget(self.digest)
        self.about = label("", "secondary", wrap=True)
        column.addWidget(self.about)
        column.addWidget(rule())
        self.signers = Signers()
        column.addWidget(self.signers)
        self.amend = touch(tr("documents.amend"), self.amend_wanted.emit, icon="edit", is_wide=True)
        column.addWidget(self.amend)
        column.addStretch(1)
        current().changed.connect(self._dress)
        self._dress()

    def show_view(self, view: DocumentView, state: InspectionState) -> None:
        """Show what may be done now; the code follows when it is computed."""
        self.number.setText(view.document.number)
        self.digest.setText(tr("documents.qr_waiting"))
        self.about.setText(tr("documents.qr_about"))
        self.code.show_text("", view.document.number)
        self.signers.show_view(view, None)
        for row in self.signers.rows:
            row.setEnabled(False)
        self.amend.setVisible(view.document.kind is not DocumentKind.AMENDMENT)
        self.close_case.setVisible(state is InspectionState.SIGNED)
        self.next_paper.setVisible(state is not InspectionState.SIGNED)

    def show_handover(self, handover: Handover) -> None:
        """Show the code."""
        self.code.show_text(handover.code_text, handover.number)
        self.digest.setText(f"SHA-256\n{grouped(handover.sha256)}")
        key = "documents.qr_file" if handover.file else "documents.qr_about"
        self.about.setText(tr(key, file=handover.file))

    def _dress(self) -> None:
        self._picture.setPixmap(icons.pixmap("check", "ok", 20))
