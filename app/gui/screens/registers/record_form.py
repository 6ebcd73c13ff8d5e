"""What the forms of the registers have in common: a record is shown, filled in, and saved or given up."""

from abc import abstractmethod
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.forms import Form, FormRow
from app.gui.widgets.layout import hbox


class Record(Protocol):
    """What is on record; a new one has no id yet."""

    @property
    def id(self) -> str:
        """The id, or nothing."""

    @property
    def name(self) -> str:
        """What it is called."""


R = TypeVar("R", bound=Record)


class RecordForm(Card, Generic[R]):
    """Shows one record to be changed; `wanted` carries it when it is to be saved, `given_up` fires for a new one that is not."""

    wanted = Signal(object)
    given_up = Signal()
    name: QLineEdit
    _name_row: FormRow

    def __init__(self, empty: R) -> None:
        super().__init__(gap=Space.BETWEEN)
        self.empty = self.shown = empty
        self._form = Form()

    @abstractmethod
    def put(self, record: R) -> None:
        """Show a record; an empty id begins a new one."""

    @abstractmethod
    def filled(self) -> R:
        """Return the record as filled in."""

    @property
    def is_changed(self) -> bool:
        """Whether something is filled in that is not saved."""
        return self.filled() != self.shown

    def save(self) -> None:
        """Ask for saving, or say what is missing or wrong."""
        filled = self.filled()
        self._name_row.set_error("" if filled.name else tr("registers.need.name"))
        self._refuse(filled)
        if self._form.wrong() is None:
            self.wanted.emit(filled)

    def discard(self) -> None:
        """Show what is stored again."""
        was_new = not self.shown.id
        self.put(self.shown)
        if was_new:
            self.given_up.emit()

    def focus_first(self) -> None:
        """Put the cursor where filling in begins."""
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refuse(self, filled: R) -> None:
        """Say at its field what cannot be saved, beside a missing name."""

    def _end(self, *first: QWidget) -> None:
        """Put the buttons below, others of the form at the left."""
        row = hbox(gap=Space.INSIDE)
        for one in first:
            row.addWidget(one)
        row.addStretch(1)
        self.discard_button = button(tr("registers.discard"), self.discard)
        self.save_button = button(tr("registers.save"), self.save, kind="primary")
        row.addWidget(self.discard_button)
        row.addWidget(self.save_button)
        self.body.addLayout(row)
