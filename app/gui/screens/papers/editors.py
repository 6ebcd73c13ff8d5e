"""One editor per kind of field. `left` fires when a changed value stands; `value()` is the value as a paper keeps it."""

import datetime as dt
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.core.clock import CHINA, local
from app.core.money import from_fen, to_fen
from app.core.papers import FieldView, Value
from app.gui.checklist.pause import Pause
from app.gui.screens.papers.tables import PeopleTable, RowsTable
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets import parsing
from app.gui.widgets.edits import DateEdit, MoneyEdit, NumberEdit, line_edit
from app.gui.widgets.layout import hbox, sized, vbox

LEAST_LINES, MOST_LINES = 3, 10


class FieldEditor(QWidget):
    """A field being edited. Subclasses say what stands in it and show what is stored."""

    left = Signal()
    problem_changed = Signal(str)

    def __init__(self, field: FieldView) -> None:
        super().__init__()
        self.field = field
        self.column: QVBoxLayout = vbox(self, gap=Space.HAIR)

    @abstractmethod
    def value(self) -> Value | None:
        """Return what stands there, empty for nothing; None where it cannot be understood."""

    @abstractmethod
    def show_value(self, value: Value | None) -> None:
        """Show what is stored."""


class TextEditor(FieldEditor):
    """One line."""

    def __init__(self, field: FieldView) -> None:
        super().__init__(field)
        self.edit: QLineEdit = line_edit(field.label)
        self.column.addWidget(self.edit)
        self.setFocusProxy(self.edit)
        self.edit.editingFinished.connect(self.left)

    def value(self) -> Value | None:
        return self.edit.text().strip()

    def show_value(self, value: Value | None) -> None:
        self.edit.setText(str(value or ""))
        self.edit.setCursorPosition(0)


class _LongEdit(QPlainTextEdit):
    """As tall as its text, between a few lines and many; Tab leaves it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        current().changed.connect(self._fit)
        self._fit()

    def sizeHint(self) -> QSize:
        """Follow the text."""
        return QSize(current().px(200), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew, and take the height that needs."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self, *_: object) -> None:
        line = self.fontMetrics().lineSpacing()
        lines = min(max(int(self.document().size().height()), LEAST_LINES), MOST_LINES)
        self.setFixedHeight(lines * line + current().px(20))


class LongTextEditor(FieldEditor):
    """Paragraphs; kept after a pause in typing too, because they take long to write."""

    def __init__(self, field: FieldView) -> None:
        super().__init__(field)
        self.edit = _LongEdit(field.label)
        self.column.addWidget(self.edit)
        self.setFocusProxy(self.edit)
        self._pause = Pause(self, self.left.emit)
        self._pause.watch(self.edit)
        self.edit.textChanged.connect(self._typed)

    def value(self) -> Value | None:
        return self.edit.toPlainText().strip()

    def show_value(self, value: Value | None) -> None:
        if self.edit.toPlainText().strip() != str(value or ""):
            self.edit.setPlainText(str(value or ""))
        self._pause.drop()

    def _typed(self) -> None:
        self._pause.touch()


class TypedEditor(FieldEditor):
    """A day, a whole number or an amount; `keep` and `show` turn what is read into what a paper keeps, and back."""

    def __init__(
        self, field: FieldView, edit: DateEdit | NumberEdit | MoneyEdit, width: int,
        keep: Callable[[Any], Value], show: Callable[[Any], Any],
    ) -> None:  # fmt: skip
        super().__init__(field)
        self._keep, self._show = keep, show
        self.edit = sized(edit, max_width=width)
        self.column.addWidget(self.edit)
        self.setFocusProxy(self.edit)
        self.edit.committed.connect(self.left)
        self.edit.problem_changed.connect(self.problem_changed)

    def value(self) -> Value | None:
        read = self.edit.value()
        return "" if not self.edit.text().strip() else None if read is None else self._keep(read)

    def show_value(self, value: Value | None) -> None:
        self.edit.set_value(None if value in (None, "") else self._show(value))


class MinuteEditor(FieldEditor):
    """A day and a time of day, time of China: `2026-03-05` and `14:30`."""

    def __init__(self, field: FieldView, today: Callable[[], dt.date]) -> None:
        super().__init__(field)
        row = hbox(gap=Space.INSIDE)
        self.day = sized(DateEdit(f"{field.label} {tr('papers.day')}", today), max_width=180)
        self.time = sized(line_edit(f"{field.label} {tr('papers.time')}", hint=tr("papers.time_hint")), width=96)
        row.addWidget(self.day)
        row.addWidget(self.time)
        row.addStretch(1)
        self.column.addLayout(row)
        self.setFocusProxy(self.day)
        self.day.committed.connect(self._day_left)
        self.time.editingFinished.connect(self._time_left)

    def value(self) -> Value | None:
        day, text = self.day.value(), self.time.text().strip()
        if not self.day.text().strip() and not text:
            return ""
        time = read_time(text)
        if day is None or time is None:
            return None
        return dt.datetime.combine(day, time, CHINA).isoformat(timespec="minutes")

    def show_value(self, value: Value | None) -> None:
        at = local(dt.datetime.fromisoformat(str(value))) if value else None
        self.day.set_value(at.date() if at else None)
        self.time.setText(f"{at:%H:%M}" if at else "")

    def _day_left(self) -> None:
        if self.value() is not None:
            self.left.emit()

    def _time_left(self) -> None:
        if self.value() is None and self.time.text().strip():
            # The half that is still to come is no fault; a time that is none is.
            self.problem_changed.emit("" if read_time(self.time.text().strip()) else tr("papers.time_invalid"))
            return
        self.problem_changed.emit("")
        if self.value() is not None:
            self.left.emit()


class _Box(QComboBox):
    """A choice that a turning wheel does not change in passing."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the form scroll."""
        event.ignore()


class ChoiceEditor(FieldEditor):
    """One of the options."""

    def __init__(self, field: FieldView) -> None:
        super().__init__(field)
        self.box = _Box()
        self.box.setAccessibleName(field.label)
        self.box.addItems([tr("papers.choose"), *field.options])
        self.column.addWidget(self.box)
        self.setFocusProxy(self.box)
        self.box.activated.connect(self._chosen)

    def value(self) -> Value | None:
        return self.box.currentText() if self.box.currentIndex() > 0 else ""

    def show_value(self, value: Value | None) -> None:
        self.box.setCurrentIndex(self.field.options.index(str(value)) + 1 if value in self.field.options else 0)

    def _chosen(self, _at: int) -> None:
        self.left.emit()


class ChecksEditor(FieldEditor):
    """Any of the options, and more in own words."""

    def __init__(self, field: FieldView) -> None:
        super().__init__(field)
        self.boxes = tuple(QCheckBox(one) for one in field.options)
        for box in self.boxes:
            box.toggled.connect(self._ticked)
            self.column.addWidget(box)
        self.other = line_edit(f"{field.label} {tr('papers.other')}", hint=tr("papers.other_hint"))
        self.other.editingFinished.connect(self.left)
        self.column.addWidget(self.other)
        self.setFocusProxy(self.boxes[0] if self.boxes else self.other)
        self._is_showing = False

    def value(self) -> Value | None:
        ticked = [box.text() for box in self.boxes if box.isChecked()]
        return (*ticked, *(one.strip() for one in self.other.text().split("、") if one.strip()))

    def show_value(self, value: Value | None) -> None:
        marks = tuple(str(one) for one in value) if isinstance(value, tuple) else ()
        self._is_showing = True
        for box in self.boxes:
            box.setChecked(box.text() in marks)
        self._is_showing = False
        self.other.setText("、".join(one for one in marks if one not in self.field.options))

    def _ticked(self, _on: bool) -> None:
        if not self._is_showing:
            self.left.emit()


class TableEditor(FieldEditor):
    """Rows under columns, with totals of what counts money."""

    def __init__(self, field: FieldView) -> None:
        super().__init__(field)
        self.table = RowsTable(field.label, field.columns)
        self.column.addWidget(self.table)
        self.setFocusProxy(self.table.grid)
        self.table.changed.connect(self.left)

    def value(self) -> Value | None:
        return self.table.rows()

    def show_value(self, value: Value | None) -> None:
        self.table.show_rows(_rows(value))


class PeopleEditor(FieldEditor):
    """Names and licence numbers; a known name brings its number."""

    def __init__(self, field: FieldView, people: tuple[tuple[str, str], ...]) -> None:
        super().__init__(field)
        self.table = PeopleTable(field.label, people)
        self.column.addWidget(self.table)
        self.setFocusProxy(self.table.grid)
        self.table.changed.connect(self.left)

    def value(self) -> Value | None:
        return self.table.rows()

    def show_value(self, value: Value | None) -> None:
        self.table.show_rows(_rows(value))


def editor_for(field: FieldView, people: tuple[tuple[str, str], ...], today: Callable[[], dt.date]) -> FieldEditor:
    """Return the editor of a kind of field."""
    match field.kind:
        case "long_text":
            return LongTextEditor(field)
        case "date":
            return TypedEditor(field, DateEdit(field.label, today), 180, dt.date.isoformat, dt.date.fromisoformat)
        case "minute":
            return MinuteEditor(field, today)
        case "number":
            return TypedEditor(field, NumberEdit(field.label), 180, int, int)
        case "money":
            return TypedEditor(field, MoneyEdit(field.label), 220, to_fen, from_fen)
        case "choice":
            return ChoiceEditor(field)
        case "checks":
            return ChecksEditor(field)
        case "people":
            return PeopleEditor(field, people)
        case "table":
            return TableEditor(field)
    return TextEditor(field)


def read_time(text: str) -> dt.time | None:
    """Read a time of day: `14:30`, `14：30`, `1430`, `14点30分`; None where it is none."""
    bare = parsing.plain(text).replace("点", ":").replace("时", ":").removesuffix("分")
    if bare.isdecimal() and len(bare) == 4:
        bare = f"{bare[:2]}:{bare[2:]}"
    hour, _, minute = bare.partition(":")
    if not (hour.isdecimal() and (minute or "0").isdecimal()):
        return None
    clock = (int(hour), int(minute or "0"))
    return dt.time(*clock) if clock[0] < 24 and clock[1] < 60 else None


def _rows(value: Value | None) -> tuple[tuple[str, ...], ...]:
    return tuple(row for row in value if isinstance(row, tuple)) if isinstance(value, tuple) else ()
