"""Editors of one value: a number, a date, a choice, words."""

import datetime as dt
from abc import abstractmethod
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QComboBox, QPlainTextEdit

from app.core.clock import now, today
from app.core.inspections import Answer
from app.gui.checklist.editor import Editor
from app.gui.checklist.pause import Pause
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import Button
from app.gui.widgets.edits import DateEdit, NumberEdit
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox
from checklists.schema import AnswerKind, Item

PILLS_AT_MOST = 4


class _OneValue(Editor):
    """One field whose text is the answer's value."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item
        self._value: str | None = None
        self.pause = Pause(self, self._save)
        self.line = hbox(gap=Space.INSIDE)
        self.column = vbox(self, gap=Space.HAIR)
        self.column.addLayout(self.line)

    @abstractmethod
    def read(self) -> str | None:
        """Return the value as it is kept, None where empty.

        Raises:
            ValueError: If it cannot be read.
        """

    @abstractmethod
    def write(self, value: str) -> None:
        """Show a kept value."""

    def show_answer(self, answer: Answer) -> None:
        if not self.pause.is_due and answer.value != self._value:
            self._value = answer.value
            self.write(answer.value or "")

    def flush(self) -> None:
        self.pause.flush()

    def _save(self) -> None:
        try:
            value = self.read()
        except ValueError:
            return
        if value != self._value:
            self._value = value
            self.edited.emit({"value": value})


class NumberEditor(_OneValue):
    """A number or a percentage, with its unit."""

    def __init__(self, item: Item) -> None:
        super().__init__(item)
        percent = item.kind is AnswerKind.PERCENT
        high = Decimal(100) if percent else Decimal(999_999_999_999)
        low = getattr(item, "minimum", None)
        most = getattr(item, "maximum", None)
        self.field = NumberEdit(
            tr("inspection.value"),
            low=Decimal(0) if low is None else low,
            high=high if most is None else most,
            places=4,
        )
        sized(self.field, width=140)
        self._problem = label("", "error")
        self.line.addWidget(label(tr("inspection.value"), "secondary"))
        self.line.addWidget(self.field)
        self.line.addWidget(label(item.unit or ("%" if percent else ""), "secondary"))
        self.line.addWidget(self._problem)
        self.line.addStretch(1)
        self.field.problem_changed.connect(self._problem.setText)
        self.field.textEdited.connect(self.pause.touch)
        self.pause.watch(self.field)

    def read(self) -> str | None:
        if self.field.check():
            raise ValueError
        value = self.field.value()
        return None if value is None else f"{value:f}"

    def write(self, value: str) -> None:
        self.field.set_value(Decimal(value) if value else None)

    def take_focus(self) -> None:
        self.field.setFocus(Qt.FocusReason.TabFocusReason)


class DayEditor(_OneValue):
    """A date."""

    def __init__(self, item: Item) -> None:
        super().__init__(item)
        self.field = DateEdit(tr("inspection.date"), _today)
        self._problem = label("", "error")
        self.line.addWidget(label(tr("inspection.date"), "secondary"))
        self.line.addWidget(self.field)
        self.line.addWidget(self._problem)
        self.line.addStretch(1)
        self.field.problem_changed.connect(self._problem.setText)
        self.field.textEdited.connect(self.pause.touch)
        self.field.committed.connect(self._committed)
        self.pause.watch(self.field)

    def _committed(self) -> None:
        self.pause.touch()
        self.pause.flush()

    def read(self) -> str | None:
        if self.field.check():
            raise ValueError
        day = self.field.value()
        return None if day is None else day.isoformat()

    def write(self, value: str) -> None:
        self.field.set_value(dt.date.fromisoformat(value) if value else None)

    def take_focus(self) -> None:
        self.field.setFocus(Qt.FocusReason.TabFocusReason)


class ChoiceEditor(_OneValue):
    """One of a few words: pills side by side, or a list where there are many."""

    def __init__(self, item: Item) -> None:
        super().__init__(item)
        self._pills: list[Button] = []
        self._box: QComboBox | None = None
        self.line.addWidget(label(tr("inspection.choice"), "secondary"))
        if len(item.choices) <= PILLS_AT_MOST:
            group = QButtonGroup(self)
            for choice in item.choices:
                pill = Button(choice, "pill")
                pill.setCheckable(True)
                pill.clicked.connect(self._picked)
                group.addButton(pill)
                self._pills.append(pill)
                self.line.addWidget(pill)
        else:
            self._box = QComboBox()
            self._box.setAccessibleName(tr("inspection.choice"))
            self._box.addItems(["", *item.choices])
            self._box.activated.connect(self._picked)
            self.line.addWidget(self._box)
        self.line.addStretch(1)

    def _picked(self, *_: object) -> None:
        self.pause.touch()
        self.pause.flush()

    def read(self) -> str | None:
        if self._box is not None:
            return self._box.currentText() or None
        return next((pill.text() for pill in self._pills if pill.isChecked()), None)

    def write(self, value: str) -> None:
        if self._box is not None:
            self._box.setCurrentText(value)
        for pill in self._pills:
            pill.setChecked(pill.text() == value)

    def take_focus(self) -> None:
        (self._box or self._pills[0]).setFocus(Qt.FocusReason.TabFocusReason)


class TextEditor(_OneValue):
    """Free words."""

    def __init__(self, item: Item) -> None:
        super().__init__(item)
        self.field = sized(QPlainTextEdit(), height=72)
        self.field.setTabChangesFocus(True)
        self.field.setAccessibleName(tr("inspection.text"))
        self.field.setPlaceholderText(tr("inspection.text_hint"))
        self.line.addWidget(self.field, 1)
        self.field.textChanged.connect(self._typed)
        self.pause.watch(self.field)

    def _typed(self) -> None:
        if self.field.toPlainText() != (self._value or ""):
            self.pause.touch()

    def read(self) -> str | None:
        return self.field.toPlainText().strip() or None

    def write(self, value: str) -> None:
        if self.field.toPlainText().strip() != value:
            self.field.setPlainText(value)

    def take_focus(self) -> None:
        self.field.setFocus(Qt.FocusReason.TabFocusReason)


def _today() -> dt.date:
    return today(now())
