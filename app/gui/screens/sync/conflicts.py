"""What two people changed differently: both values side by side, one click keeps either."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.syncing import ConflictLine
from app.gui.screens.sync.words import row_words, value_words, where_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card, inset
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import emptied, hbox, scrolled, vbox

AT_ONCE = 30
CURRENT, OTHER = "current", "other"


class ConflictCard(Card):
    """One conflict."""

    kept = Signal(str, str)

    def __init__(self, line: ConflictLine) -> None:
        super().__init__(gap=Space.BETWEEN)
        self._line = line
        where = where_words(line)
        self.setAccessibleName(where)
        head = hbox()
        head.addWidget(label(where, "strong"))
        head.addWidget(label(row_words(line), "muted"))
        head.addStretch(1)
        self.body.addLayout(head)
        sides = hbox(gap=Space.BETWEEN)
        author = (
            tr("sync.conflict.other", author=line.other_author)
            if line.other_author
            else tr("sync.conflict.other.unknown")
        )
        self.keep_current = button(tr("sync.conflict.keep.current"), self._keep_current)
        self.keep_other = button(tr("sync.conflict.keep.other"), self._keep_other)
        for words, value, keep in (
            (tr("sync.conflict.current"), line.current, self.keep_current),
            (author, line.other, self.keep_other),
        ):
            shown = value_words(line, value)
            keep.setAccessibleName(
                tr("sync.conflict.keep.name", action=keep.text(), where=where, value=shown[:60])
            )
            sides.addWidget(_side(words, shown, keep), 1)
        self.body.addLayout(sides)

    def _keep_current(self) -> None:
        self._keep(CURRENT)

    def _keep_other(self) -> None:
        self._keep(OTHER)

    def _keep(self, side: str) -> None:
        self.keep_current.setEnabled(False)
        self.keep_other.setEnabled(False)
        self.kept.emit(self._line.id, side)


class ConflictList(QWidget):
    """All conflicts, a few at a time."""

    kept = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        inner = QWidget()
        self._column: QVBoxLayout = vbox(inner, margin=(0, 0, 8, 0), gap=Space.BETWEEN)
        self._shown: tuple[ConflictLine, ...] | None = None
        vbox(self).addWidget(scrolled(inner))
        self.put(())

    def put(self, lines: Sequence[ConflictLine]) -> None:
        """Show these conflicts."""
        if self._shown == tuple(lines):
            return
        self._shown = tuple(lines)
        emptied(self._column)
        if not lines:
            self._column.addWidget(
                EmptyState("check", tr("sync.conflict.empty.title"), tr("sync.conflict.empty.text"))
            )
        for line in lines[:AT_ONCE]:
            card = ConflictCard(line)
            card.kept.connect(self.kept)
            self._column.addWidget(card)
        if len(lines) > AT_ONCE:
            words = tr("sync.conflict.more", shown=AT_ONCE, left=len(lines) - AT_ONCE)
            self._column.addWidget(label(words, "secondary", wrap=True))
        if lines:
            self._column.addStretch(1)

    def again(self) -> None:
        """Show the same conflicts afresh, after one could not be settled."""
        lines, self._shown = self._shown or (), None
        self.put(lines)


def _side(words: str, value: str, keep: QWidget) -> QWidget:
    side = inset()
    column = vbox(side, margin=Space.BETWEEN, gap=Space.INSIDE)
    column.addWidget(label(words, "secondary"))
    column.addWidget(selectable(value))
    column.addStretch(1)
    row = hbox()
    row.addWidget(keep)
    row.addStretch(1)
    column.addLayout(row)
    return side
