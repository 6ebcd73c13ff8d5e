"""A correction of a signed document (更正记录): place, old, new, reason; the signed document stays as it is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app.core.documents import Correction, DocumentView
from app.gui.screens.documents.touch import touch
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.card import Card
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import emptied, hbox, scrolled, sized, vbox


class CorrectionCard(Card):
    """One correction."""

    changed = Signal()
    removed = Signal(object)

    def __init__(self, number: int) -> None:
        super().__init__(tr("documents.correction", number=number))
        self.place: QLineEdit = line_edit(
            tr("documents.correction_place"), hint=tr("documents.correction_place_hint")
        )
        self.old, self.new = QPlainTextEdit(), QPlainTextEdit()
        self.reason: QLineEdit = line_edit(
            tr("documents.correction_reason"), hint=tr("documents.correction_reason_hint")
        )
        self.drop = touch(tr("documents.correction_drop"), self._drop, kind="quiet", icon="delete")
        self.head.addWidget(self.drop)
        self.body.addWidget(FormRow(tr("documents.correction_place"), self.place, required=True))
        both = hbox(gap=Space.CARD)
        for field, key in ((self.old, "old"), (self.new, "new")):
            sized(field, height=72)
            field.setTabChangesFocus(True)
            field.textChanged.connect(self.changed)
            both.addWidget(FormRow(tr(f"documents.correction_{key}"), field), 1)
        self.body.addLayout(both)
        self.body.addWidget(FormRow(tr("documents.correction_reason"), self.reason, required=True))
        self.place.textChanged.connect(self.changed)
        self.reason.textChanged.connect(self.changed)

    def value(self) -> Correction:
        """Return what was written."""
        return Correction(
            self.place.text().strip(), self.old.toPlainText().strip(), self.new.toPlainText().strip(),
            self.reason.text().strip(),
        )  # fmt: skip

    def rename(self, number: int, *, alone: bool) -> None:
        """Show another number; the only correction cannot be removed."""
        self.title.setText(tr("documents.correction", number=number))
        self.setAccessibleName(self.title.text())
        self.drop.setVisible(not alone)

    def _drop(self) -> None:
        self.removed.emit(self)


class AmendPane(QWidget):
    """Writes corrections. `made` carries them; `left` means: not now."""

    made = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[CorrectionCard] = []
        outer = vbox(self, gap=0)
        inner = QWidget()
        outer.addWidget(scrolled(inner))
        column = vbox(inner, margin=Space.PAGE, gap=Space.BETWEEN)
        self.title = label("", "title", wrap=True)
        column.addWidget(self.title)
        column.addWidget(label(tr("documents.amend_about"), "muted", wrap=True))
        self._list = vbox(gap=Space.BETWEEN)
        column.addLayout(self._list)
        foot = hbox(gap=Space.INSIDE)
        self.more = touch(tr("documents.correction_more"), self.add, icon="add")
        self.back = touch(tr("widgets.cancel"), self.left.emit)
        self.make = touch(tr("documents.amend_make"), self._make, kind="primary")
        foot.addWidget(self.more)
        foot.addStretch(1)
        foot.addWidget(self.back)
        foot.addWidget(self.make)
        column.addLayout(foot)
        column.addStretch(1)

    def begin(self, view: DocumentView) -> None:
        """Start with one empty correction."""
        self.title.setText(
            tr("documents.amend_title", title=view.document.title, number=view.document.number)
        )
        emptied(self._list)
        self.cards.clear()
        self.add()

    def add(self) -> None:
        """Add one more correction."""
        card = CorrectionCard(len(self.cards) + 1)
        card.changed.connect(self._judge)
        card.removed.connect(self._remove)
        self.cards.append(card)
        self._list.addWidget(card)
        self._rename()
        card.place.setFocus(Qt.FocusReason.OtherFocusReason)

    def released(self) -> None:
        """Take the corrections again, with what was written still there."""
        self._judge()

    def _remove(self, card: CorrectionCard) -> None:
        self.cards.remove(card)
        self._list.removeWidget(card)
        card.hide()
        card.deleteLater()
        self._rename()

    def _rename(self) -> None:
        for number, card in enumerate(self.cards, start=1):
            card.rename(number, alone=len(self.cards) == 1)
        self._judge()

    def _judge(self) -> None:
        values = [card.value() for card in self.cards]
        whole = all(one.place and one.reason and (one.old or one.new) for one in values)
        self.make.setEnabled(bool(values) and whole)

    def _make(self) -> None:
        self.make.setEnabled(False)
        self.made.emit(tuple(card.value() for card in self.cards))
