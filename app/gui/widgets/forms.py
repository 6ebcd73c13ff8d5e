"""Form rows: label, field, and what is wrong with it right below."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.edits import TypedEdit
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, restyle, rule, vbox

_LINES = {"hint": ("hint", ""), "doubt": ("secondary", "open"), "error": ("error", "")}


class FormRow(QWidget):
    """A labelled field with an inline error. Typed edits report their own errors; others call `set_error`."""

    def __init__(self, name: str, field: QWidget, *, hint: str = "", required: bool = False) -> None:
        super().__init__()
        self.field = field
        self._column = vbox(self, gap=Space.HAIR)
        head = hbox(gap=Space.HAIR)
        self.name: QLabel = label(name, "secondary")
        self.name.setBuddy(field)
        head.addWidget(self.name)
        if required:
            mark = label("*", "secondary", tone="bad")
            mark.setAccessibleName(tr("widgets.required"))
            head.addWidget(mark)
        head.addStretch(1)
        self._column.addLayout(head)
        self._column.addWidget(field)
        self._lines: dict[str, QLabel] = {}
        self.hint = self.doubt = self.error = ""
        self.set_hint(hint)
        if not field.accessibleName():
            field.setAccessibleName(name)
        if isinstance(field, TypedEdit):
            field.problem_changed.connect(self.set_error)

    def set_error(self, sentence: str) -> None:
        """Show what is wrong, or nothing."""
        self.error = sentence
        self._say("error", sentence)
        self._say("hint", "" if sentence else self.hint)
        self.field.setAccessibleDescription(sentence)
        restyle(self.field, invalid=bool(sentence))

    def set_hint(self, words: str) -> None:
        """Say something else beside the field, or nothing."""
        self.hint = words
        self._say("hint", "" if self.error else words)

    def set_doubt(self, sentence: str) -> None:
        """Show what is odd and stops nothing, or nothing."""
        self.doubt = sentence
        self._say("doubt", sentence)
        self.field.setAccessibleDescription(sentence)

    def _say(self, which: str, words: str) -> None:
        """Show a line below the field, made when it is first needed: most never are."""
        if words and which not in self._lines:
            kind, tone = _LINES[which]
            self._lines[which] = made = label("", kind, tone=tone, wrap=True)
            above = [one for one in _LINES if one in self._lines].index(which)
            self._column.insertWidget(self._column.indexOf(self.field) + 1 + above, made)
        if which in self._lines:
            self._lines[which].setText(words)
            self._lines[which].setVisible(bool(words))


def named(words: str, field: QWidget, *more: QWidget) -> QWidget:
    """Return a field in one line with its name before it, and what belongs to it behind."""
    made, name = QWidget(), label(words, "secondary")
    name.setBuddy(field)
    row = hbox(made)
    row.addWidget(name)
    row.addWidget(field, 1)
    for one in more:
        row.addWidget(one)
    return made


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
