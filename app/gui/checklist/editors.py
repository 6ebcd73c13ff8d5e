"""One editor per answer kind: what an item asks for besides its state, in the words of its template."""

import datetime as dt
from abc import abstractmethod
from decimal import Decimal
from typing import assert_never

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.core.clock import now, today
from app.core.inspections import Answer
from app.gui.checklist.pause import Pause
from app.gui.checklist.rows_editor import RowsEditor
from app.gui.checklist.rows_model import RowsModel
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import Button
from app.gui.widgets.edits import DateEdit, MoneyEdit, NumberEdit
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox
from checklists.schema import AnswerKind, Item

PILLS_AT_MOST = 4


class Editor(QWidget):
    """What an item asks for. `edited` carries the fields of the answer that changed; `show_answer` never undoes typing."""

    edited = Signal(object)
    row_kept = Signal(object, object)
    row_removed = Signal(object)
    height_changed = Signal()
    left = Signal()

    def show_answer(self, answer: Answer) -> None:
        """Show an answer where nothing is being typed."""

    def flush(self) -> None:
        """Hand over at once what was typed."""

    def set_read_only(self, on: bool) -> None:
        """Lock or unlock."""
        self.setEnabled(not on)

    def take_focus(self) -> None:
        """Put the cursor where typing begins."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)


def _show_line(field: QLineEdit, text: str) -> None:
    if field.text() != text and not field.hasFocus():
        field.setText(text)
        field.setCursorPosition(0)


class AmountEditor(Editor):
    """Number of cases, amount and details of a four-state item."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self._count = sized(NumberEdit(tr("inspection.count")), width=88)
        self._amount = sized(MoneyEdit(tr("inspection.amount")), width=150)
        self._detail = QLineEdit()
        self._detail.setAccessibleName(tr("inspection.detail"))
        self._detail.setPlaceholderText(tr("inspection.detail_hint"))
        self._pause = Pause(self, self._save_detail)
        self._pause.watch(self._detail)
        self._detail.textEdited.connect(self._pause.touch)
        self._money_pause = Pause(self, self._save_figures)
        self._money_pause.watch(self._count, self._amount)
        self._problem = label("", "error")
        self._problem.hide()
        column = vbox(self, gap=Space.HAIR)
        line = hbox(gap=Space.INSIDE)
        for name, field in ((tr("inspection.count"), self._count), (tr("inspection.amount"), self._amount)):
            line.addWidget(label(name, "secondary"))
            line.addWidget(field)
            field.textEdited.connect(self._money_pause.touch)
            field.problem_changed.connect(self._say)
        line.addWidget(self._detail, 1)
        column.addLayout(line)
        column.addWidget(self._problem)
        self._shown: tuple[int | None, Decimal | None] = (None, None)

    def show_answer(self, answer: Answer) -> None:
        self._shown = (answer.count, answer.amount_cny)
        if not self._money_pause.is_due and not self._count.problem and not self._amount.problem:
            if not self._count.hasFocus():
                self._count.set_value(answer.count)
            if not self._amount.hasFocus():
                self._amount.set_value(answer.amount_cny)
        if not self._pause.is_due:
            _show_line(self._detail, answer.detail)

    def flush(self) -> None:
        self._pause.flush()
        self._money_pause.flush()

    def take_focus(self) -> None:
        self._count.setFocus(Qt.FocusReason.TabFocusReason)

    def _save_detail(self) -> None:
        self.edited.emit({"detail": self._detail.text().strip()})

    def _save_figures(self) -> None:
        if self._count.check() or self._amount.check():
            return
        count = self._count.value()
        figures = (None if count is None else int(count), self._amount.value())
        if figures != self._shown:
            self._shown = figures
            self.edited.emit({"count": figures[0], "amount_cny": figures[1]})

    def _say(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.height_changed.emit()


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


class TableEditor(Editor):
    """Detail rows."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.model = RowsModel(item)
        self.model.setParent(self)
        self.table = RowsEditor(self.model, tr("inspection.rows_of", code=item.code))
        column = vbox(self, gap=Space.HAIR)
        column.addWidget(self.table)
        self.model.save_wanted.connect(self.row_kept)
        self.model.remove_wanted.connect(self.row_removed)
        self.table.height_changed.connect(self.height_changed)
        self.table.left.connect(self.left)

    def show_answer(self, answer: Answer) -> None:
        self.model.adopt(answer.rows)

    def flush(self) -> None:
        self.table.commit()

    def set_read_only(self, on: bool) -> None:
        self.model.set_read_only(on)

    def take_focus(self) -> None:
        self.table.setFocus(Qt.FocusReason.TabFocusReason)


class Stacked(Editor):
    """Two editors of one item, one above the other: a figure and the worksheet it comes from."""

    def __init__(self, *parts: Editor) -> None:
        super().__init__()
        self.parts = parts
        column = vbox(self, gap=Space.INSIDE)
        for part in parts:
            column.addWidget(part)
            part.edited.connect(self.edited)
            part.row_kept.connect(self.row_kept)
            part.row_removed.connect(self.row_removed)
            part.height_changed.connect(self.height_changed)
            part.left.connect(self.left)

    def show_answer(self, answer: Answer) -> None:
        for part in self.parts:
            part.show_answer(answer)

    def flush(self) -> None:
        for part in self.parts:
            part.flush()

    def set_read_only(self, on: bool) -> None:
        for part in self.parts:
            part.set_read_only(on)

    def take_focus(self) -> None:
        self.parts[0].take_focus()


def editor_for(item: Item) -> Editor | None:
    """Return the editor of an item, or None where the state says everything."""
    main = _main_editor(item)
    if item.columns and item.kind is not AnswerKind.ROWS:
        table = TableEditor(item)
        return table if main is None else Stacked(main, table)
    return main


def _main_editor(item: Item) -> Editor | None:
    match item.kind:
        case AnswerKind.STATE:
            return None
        case AnswerKind.STATE_AMOUNT:
            return AmountEditor(item)
        case AnswerKind.ROWS:
            return TableEditor(item)
        case AnswerKind.NUMBER | AnswerKind.PERCENT:
            return NumberEditor(item)
        case AnswerKind.DATE:
            return DayEditor(item)
        case AnswerKind.CHOICE:
            return ChoiceEditor(item)
        case AnswerKind.TEXT:
            return TextEditor(item)
        case _:
            assert_never(item.kind)


def _today() -> dt.date:
    return today(now())
