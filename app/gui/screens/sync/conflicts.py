"""What two people changed differently: both values side by side, one click keeps either, or a third is written."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.core.syncing import ConflictLine
from app.gui.screens.registers.listing import Pills
from app.gui.screens.sync.conflict_words import (
    SIGNED_REASONS,
    decided_words,
    diff_html,
    hand_words,
    is_long,
    reason_words,
    row_words,
    value_words,
    where_words,
)
from app.gui.screens.sync.third_value import ThirdValue
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import Button, button
from app.gui.widgets.card import Card, inset
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.labels import ElidedLabel, label, selectable
from app.gui.widgets.layout import emptied, hbox, scrolled, vbox

AT_ONCE = 30
CURRENT, OTHER, NEW = "current", "other", "new"


class ConflictCard(Card):
    """One conflict, open or decided. `kept` carries its id, the side and, for a third value, the text."""

    kept = Signal(str, str, str)

    def __init__(self, line: ConflictLine) -> None:
        super().__init__(gap=Space.INSIDE)
        self._line = line
        self._shown = line if line.stood is None else replace(line, current=line.stood, by=line.stood_by)
        self.where = where_words(line)
        self.setAccessibleName(self.where)
        head = hbox()
        head.addWidget(label(self.where, "strong"))
        head.addWidget(ElidedLabel(row_words(line), "muted"), 1)
        self.body.addLayout(head)
        if line.question:
            self.body.addWidget(label(line.question, "secondary", wrap=True))
        if reason := reason_words(line):
            self.body.addWidget(label(reason, "body", tone="open", wrap=True))
        self.buttons: list[Button] = []
        self.third: ThirdValue | None = None
        self._sides()
        if is_long(self._shown):
            self.body.addWidget(_difference(self._shown))
        self._offer_third()
        if line.decided_by is not None:
            self.body.addWidget(selectable(decided_words(line), "secondary"))

    def _sides(self) -> None:
        line, sides = self._shown, hbox(gap=Space.BETWEEN)
        is_open = line.decided_by is None
        is_signed = line.reason in SIGNED_REASONS or not line.takes_other
        head = "sync.conflict.current" if line.stood is None else "sync.conflict.stood"
        keep = tr("sync.conflict.keep.signed" if is_signed else "sync.conflict.keep.current")
        heads = (
            (tr(head), hand_words(line.by), line.current, keep, CURRENT, is_open),
            (
                tr("sync.conflict.aside"),
                hand_words(line.other_by, line.other_author) or tr("sync.conflict.other.unknown"),
                line.other, tr("sync.conflict.keep.other"), OTHER, is_open and not is_signed,
            ),
        )  # fmt: skip
        for words, who, value, action, side, can_keep in heads:
            shown = value_words(line, value)
            sides.addWidget(_side(words, who, shown, self._choice(action, side, shown) if can_keep else None), 1)
        self.body.addLayout(sides)

    def _offer_third(self) -> None:
        line = self._line
        if line.decided_by is None and line.takes_new and line.reason not in SIGNED_REASONS:
            self.third = ThirdValue(line)
            self.third.wanted.connect(self._write)
            self.body.addWidget(self.third)

    def _choice(self, action: str, side: str, shown: str) -> Button:
        made = button(action, self._clicked)
        made.setProperty("side", side)
        made.setAccessibleName(tr("sync.conflict.keep.name", action=action, where=self.where, value=shown[:60]))
        self.buttons.append(made)
        return made

    def _clicked(self) -> None:
        self._keep(str(self.sender().property("side")), "")

    def _write(self, text: str) -> None:
        self._keep(NEW, text)

    def _keep(self, side: str, text: str) -> None:
        for one in self.buttons:
            one.setEnabled(False)
        if self.third is not None:
            self.third.setEnabled(False)
        self.kept.emit(self._line.id, side, text)


class ConflictList(QWidget):
    """Conflicts, a few at a time; the rest is one button away."""

    kept = Signal(str, str, str)

    def __init__(self, empty: str = "sync.conflict.empty") -> None:
        super().__init__()
        inner = QWidget()
        self._empty = empty
        self._column: QVBoxLayout = vbox(inner, gap=Space.BETWEEN)
        self._lines: tuple[ConflictLine, ...] | None = None
        self._at_most = AT_ONCE
        vbox(self).addWidget(scrolled(inner))
        self.put(())

    def put(self, lines: Sequence[ConflictLine]) -> None:
        """Show these conflicts."""
        if self._lines == tuple(lines):
            return
        self._lines = tuple(lines)
        emptied(self._column)
        if not lines:
            self._column.addWidget(EmptyState("check", tr(f"{self._empty}.title"), tr(f"{self._empty}.text")))
        for line in lines[: self._at_most]:
            card = ConflictCard(line)
            card.kept.connect(self.kept)
            self._column.addWidget(card)
        left = len(lines) - self._at_most
        if left > 0:
            row = hbox()
            row.addWidget(button(tr("sync.conflict.more", left=left), self._more))
            row.addStretch(1)
            self._column.addLayout(row)
        if lines:
            self._column.addStretch(1)

    def again(self) -> None:
        """Show the same conflicts afresh, after one could not be settled."""
        lines, self._lines = self._lines or (), None
        self.put(lines)

    def _more(self) -> None:
        self._at_most += AT_ONCE
        self.again()


class ConflictsPane(QWidget):
    """What is to be settled, and beside it what was; `kept` carries a conflict's id, the side and perhaps a text."""

    kept = Signal(str, str, str)

    def __init__(self) -> None:
        super().__init__()
        self.open, self.decided = ConflictList(), ConflictList("sync.decided.empty")
        self.which = Pills(
            tr("sync.tab.conflicts"), [("open", tr("sync.conflict.open")), ("decided", tr("sync.tab.decided"))]
        )
        self._stack = QStackedWidget()
        for page in (self.open, self.decided):
            self._stack.addWidget(page)
        column = vbox(self, gap=Space.BETWEEN)
        row = hbox()
        row.addWidget(self.which)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        self.which.hide()
        self.open.kept.connect(self.kept)
        self.which.chosen.connect(self._turn)

    def put(self, undecided: Sequence[ConflictLine], decided: Sequence[ConflictLine]) -> None:
        """Show these conflicts."""
        self.open.put(undecided)
        self.decided.put(decided)
        self.which.rename("decided", tr("sync.tab.decided.count" if decided else "sync.tab.decided", count=len(decided)))
        self.which.setVisible(bool(decided) or self.which.value == "decided")

    def _turn(self, key: str) -> None:
        self._stack.setCurrentIndex(("open", "decided").index(key))


def _side(words: str, who: str, value: str, keep: QWidget | None) -> QWidget:
    side = inset()
    column = vbox(side, margin=Space.BETWEEN, gap=Space.INSIDE)
    head = hbox()
    head.addWidget(label(words, "strong"))
    head.addWidget(ElidedLabel(who, "secondary"), 1)
    column.addLayout(head)
    column.addWidget(selectable(value))
    column.addStretch(1)
    if keep is not None:
        row = hbox()
        row.addWidget(keep)
        row.addStretch(1)
        column.addLayout(row)
    return side


def _difference(line: ConflictLine) -> QWidget:
    made = inset()
    column = vbox(made, margin=Space.BETWEEN, gap=Space.HAIR)
    column.addWidget(label(tr("sync.conflict.difference"), "secondary"))
    shown = selectable("")
    shown.setTextFormat(Qt.TextFormat.RichText)
    theme = current()
    colours = {"gone": theme.color("bad").name(), "new": theme.color("ok").name()}
    shown.setText(diff_html(line.current, line.other, **colours))
    shown.setAccessibleName(tr("sync.conflict.difference"))
    column.addWidget(shown)
    return made
