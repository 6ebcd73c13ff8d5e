"""What the pages of a draw have in common: a digest that is read aloud, where digits come from."""

from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from app.core.draws import SourceKind
from app.gui.screens.plans.fields import LineField
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.labels import selectable
from app.gui.widgets.layout import hbox, sized


def large(name: str) -> QLabel:
    """Return a place for digits or a digest that are read aloud and copied."""
    made = selectable("", "secret")
    made.setAccessibleName(name)
    return made


class SourceRow(QWidget):
    """One source of the seed, as it is announced: its kind, and which one."""

    def __init__(self, number: int, kind: SourceKind, words: str) -> None:
        super().__init__()
        row = hbox(self, gap=Space.INSIDE)
        self.kind = sized(QComboBox(), width=168)
        self.kind.setAccessibleName(tr("draws.source.kind", n=number))
        for one in SourceKind:
            self.kind.addItem(tr(f"draws.source.{one}"), str(one))
        self.kind.setCurrentIndex(self.kind.findData(str(kind)))
        self.words = LineField(tr("draws.source.label", n=number), tr("draws.source.hint"))
        self.words.setText(words)
        row.addWidget(self.kind)
        row.addWidget(self.words, 1)

    def value(self) -> tuple[str, str]:
        """Return kind and label."""
        return str(self.kind.currentData()), self.words.value()
