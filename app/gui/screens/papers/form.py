"""The form of a draft: its fields in order, each saved when it is left, with where its value comes from."""

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.core.papers import FieldView, Origin, PaperId, Value
from app.gui.messages import sentence_of
from app.gui.screens.papers.editors import FieldEditor, editor_for
from app.gui.screens.papers.words import value_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.labels import badge, label, set_tone
from app.gui.widgets.layout import hbox, restyle, vbox

AT_ONCE = 2
_ORIGINS = {Origin.DATA: "ok", Origin.PERSON: "accent", Origin.EMPTY: "none"}


class FieldRow(QFrame):
    """One field: label, origin, editor, hint, what is wrong. `filled` carries (id, value), `returned` the id."""

    filled = Signal(str, object)
    returned = Signal(str)

    def __init__(self, field: FieldView, people: tuple[tuple[str, str], ...], today: Callable[[], dt.date]) -> None:
        super().__init__()
        self.field = field
        column = vbox(self, gap=Space.HAIR)
        head = hbox(gap=Space.HAIR)
        self._name = label(field.label, "secondary")
        head.addWidget(self._name)
        if field.required:
            star = label("*", "secondary", tone="bad")
            star.setAccessibleName(tr("widgets.required"))
            head.addWidget(star)
        head.addStretch(1)
        self.back = button(tr("papers.refill"), self._return, kind="link")
        self.back.setAccessibleName(f"{tr('papers.refill')} {field.label}")
        head.addWidget(self.back)
        self.origin = badge("", "none")
        head.addWidget(self.origin)
        column.addLayout(head)
        self.editor: FieldEditor = editor_for(field, people, today)
        self._name.setBuddy(self.editor.focusProxy() or self.editor)
        column.addWidget(self.editor)
        self._hint = label(field.hint, "hint", wrap=True)
        self._data = label("", "secondary", tone="open", wrap=True)
        self._error = label("", "error", wrap=True)
        for one in (self._hint, self._data, self._error):
            column.addWidget(one)
        self.editor.left.connect(self._left)
        self.editor.problem_changed.connect(self._typed_wrong)
        self._sent: Value = ""
        self._is_given_back = False
        self._show(field)
        self.show_field(field)

    def show_field(self, field: FieldView) -> None:
        """Show what is stored; what is being typed is left alone."""
        before, now = _plain(self.field.value), _plain(field.value)
        self.field = self.editor.field = field
        # What was typed since the last save is not in the store yet: it must not be lost to an answer about the save.
        typed = self.editor.value()
        is_settled = self._is_given_back or (typed is not None and _plain(typed) == self._sent)
        if now != before and is_settled and (typed is None or _plain(typed) != now):
            self._show(field)
        self._is_given_back = False
        self.origin.setText(tr(f"papers.origin.{field.origin}"))
        set_tone(self.origin, _ORIGINS[field.origin])
        self.origin.setToolTip(tr(f"papers.origin_about.{field.origin}"))
        self.back.setVisible(field.origin is Origin.PERSON and field.data is not None)
        key = "papers.data_changed" if field.is_outdated else "papers.data_says"
        differs = field.origin is Origin.PERSON and field.data is not None and field.data != field.value
        self._data.setText(tr(key, value=value_words(field.kind, field.data)[:200]) if differs else "")
        self._data.setVisible(differs)
        self._hint.setVisible(bool(field.hint))
        self._say("" if field.problem == "paper.field_missing" else self._judged(field))

    def say_refused(self, sentence: str) -> None:
        """Say that what stands there was not kept."""
        self._sent = _plain(self.field.value)
        self._say(sentence)

    def flush(self) -> None:
        """Hand over what is being typed."""
        self._left()

    def _show(self, field: FieldView) -> None:
        """Show a value; as the editor reads it, it counts as handed over: leaving it alone writes nothing."""
        self.editor.show_value(field.value)
        read = self.editor.value()
        self._sent = _plain(field.value if read is None else read)

    def _judged(self, field: FieldView) -> str:
        return sentence_of(field.problem, {"field": field.label}) if field.problem else ""

    def _typed_wrong(self, sentence: str) -> None:
        self._say(sentence or self._judged(self.field))

    def _say(self, sentence: str) -> None:
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        restyle(self.editor.focusProxy() or self.editor, invalid=bool(sentence))

    def _left(self) -> None:
        value = self.editor.value()
        if value is None or _plain(value) == self._sent:
            return
        self._sent = _plain(value)
        self.filled.emit(self.field.id, value)

    def _return(self) -> None:
        self._is_given_back = True
        self.returned.emit(self.field.id)


class PaperForm(QWidget):
    """All fields of one draft. `filled` carries (paper, id, value), `returned` the id of a field given back to the data,
    `reached` the row that has the cursor after `go_to`.

    Long forms are built a few rows at a time, so that the window never stands still.
    """

    filled = Signal(object, str, object)
    returned = Signal(str)
    reached = Signal(object)

    def __init__(
        self,
        paper: PaperId,
        fields: tuple[FieldView, ...],
        people: tuple[tuple[str, str], ...],
        today: Callable[[], dt.date],
    ) -> None:
        super().__init__()
        self._paper = paper
        self._people, self._today = people, today
        self._column = vbox(self, margin=(Space.PAGE, Space.CARD), gap=Space.CARD)
        self._column.addStretch(1)
        self.rows: dict[str, FieldRow] = {}
        self._left = list(fields)
        self._wanted = ""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._build)
        self._build()

    @property
    def is_whole(self) -> bool:
        """Whether all rows are built."""
        return not self._left

    def show_fields(self, fields: tuple[FieldView, ...]) -> None:
        """Show what is stored now."""
        waiting = {one.id for one in self._left}
        self._left = [one for one in fields if one.id in waiting]
        for field in fields:
            row = self.rows.get(field.id)
            if row is not None and row.field != field:
                row.show_field(field)

    def go_to(self, field_id: str) -> None:
        """Put the cursor into a field, as soon as its row is built."""
        self._wanted = field_id
        self._reach()

    def flush(self) -> None:
        """Hand over everything typed."""
        for row in self.rows.values():
            row.flush()

    def _build(self) -> None:
        for field in self._left[:AT_ONCE]:
            row = FieldRow(field, self._people, self._today)
            row.filled.connect(self._tell)
            row.returned.connect(self.returned)
            self._column.insertWidget(self._column.count() - 1, row)
            self.rows[field.id] = row
        del self._left[:AT_ONCE]
        self._timer.start(0) if self._left else self._timer.stop()
        self._reach()

    def _tell(self, field: str, value: Value) -> None:
        # With the paper's name: a field may be left only when another paper is in front already.
        self.filled.emit(self._paper, field, value)

    def _reach(self) -> None:
        row = self.rows.get(self._wanted)
        if row is not None:
            self._wanted = ""
            (row.editor.focusProxy() or row.editor).setFocus(Qt.FocusReason.OtherFocusReason)
            self.reached.emit(row)


def _plain(value: Value | None) -> Value:
    """Return a value to be compared: nothing is nothing, whatever its kind."""
    return "" if value in (None, ()) else value
