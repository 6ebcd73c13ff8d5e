"""Form rows: label, field, and what is wrong with it right below."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.edits import _TypedEdit
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, restyle, rule, vbox


class FormRow(QWidget):
    """A labelled field with an inline error. Typed edits report their own errors; others call `set_error`."""

    def __init__(self, name: str, field: QWidget, *, hint: str = "", required: bool = False) -> None:
        super().__init__()
        self.field = field
        column = vbox(self, gap=Space.HAIR)
        head = hbox(gap=Space.HAIR)
        self.name: QLabel = label(name, "secondary")
        self.name.setBuddy(field)
        head.addWidget(self.name)
        if required:
            mark = label("*", "secondary", tone="bad")
            mark.setAccessibleName(tr("widgets.required"))
            head.addWidget(mark)
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(field)
        self._hint = label(hint, "hint", wrap=True)
        self._error = label("", "error", wrap=True)
        self._doubt = label("", "secondary", tone="open", wrap=True)
        column.addWidget(self._hint)
        column.addWidget(self._doubt)
        column.addWidget(self._error)
        # Only now: what is made visible without a parent is a window of its own for a moment and takes the focus.
        self._hint.setVisible(bool(hint))
        self._error.hide()
        self._doubt.hide()
        if not field.accessibleName():
            field.setAccessibleName(name)
        if isinstance(field, _TypedEdit):
            field.problem_changed.connect(self.set_error)

    @property
    def error(self) -> str:
        """What is wrong now, or nothing."""
        return self._error.text() if not self._error.isHidden() else ""

    def set_error(self, sentence: str) -> None:
        """Show what is wrong, or nothing."""
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        self._hint.setVisible(bool(self._hint.text()) and not sentence)
        self.field.setAccessibleDescription(sentence)
        restyle(self.field, invalid=bool(sentence))


    def set_hint(self, words: str) -> None:
        """Say something else beside the field, or nothing."""
        self._hint.setText(words)
        self._hint.setVisible(bool(words) and not self.error)

    def set_doubt(self, sentence: str) -> None:
        """Show what is odd and stops nothing, or nothing."""
        self._doubt.setText(sentence)
        self._doubt.setVisible(bool(sentence))
        self.field.setAccessibleDescription(sentence)


class Form(QWidget):
    """Rows below one another; `row(...)` adds one, `wrong()` finds the first with an error."""

    def __init__(self) -> None:
        super().__init__()
        self._column = vbox(self, gap=Space.BETWEEN)
        self._rows: list[FormRow] = []

    def row(self, name: str, field: QWidget, *, hint: str = "", required: bool = False) -> FormRow:
        """Add a row."""
        made = FormRow(name, field, hint=hint, required=required)
        self._rows.append(made)
        self._column.addWidget(made)
        return made

    def section(self, name: str) -> None:
        """Begin a group of rows under a quiet heading."""
        self._column.addWidget(rule())
        self._column.addWidget(label(name, "strong"))

    def add(self, widget: QWidget) -> None:
        """Add something that is no row, such as a box to tick."""
        self._column.addWidget(widget)

    def beside(self, *rows: FormRow) -> None:
        """Put rows that were added side by side into one line."""
        line = hbox(gap=Space.BETWEEN)
        for made in rows:
            self._column.removeWidget(made)
            line.addWidget(made, 1, Qt.AlignmentFlag.AlignTop)
        self._column.addLayout(line)

    def wrong(self) -> FormRow | None:
        """Return the first row with an error and give it the focus."""
        first = next((made for made in self._rows if made.error), None)
        if first is not None:
            first.field.setFocus(Qt.FocusReason.OtherFocusReason)
        return first
