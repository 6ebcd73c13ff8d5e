"""Absences and declared interests of one person, with the questions that add one. Each is saved at once."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from app.core.ids import InstitutionId, PersonId
from app.core.staff import Absence, Interest
from app.gui.screen import Context
from app.gui.screens.registers.listing import Pills
from app.gui.screens.registers.place_line import PlaceLine
from app.gui.screens.registers.today import today
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.asked import Asked
from app.gui.widgets.buttons import button, icon_button
from app.gui.widgets.edits import DateEdit, line_edit
from app.gui.widgets.flow import Flow
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import label
from app.gui.widgets.layout import emptied, hbox, rule, vbox


class EntryList(QWidget):
    """A heading with a button that adds, and lines with a button that removes. `removed` carries the entry."""

    added = Signal()
    removed = Signal(object)

    def __init__(self, title: str, add: str, none: str, remove: str) -> None:
        super().__init__()
        column = vbox(self, gap=Space.INSIDE)
        column.addWidget(rule())
        head = Flow()
        head.add(label(title, "strong"), grows=True)
        self.add_button = button(add, self.added.emit, kind="quiet", icon="add")
        head.add(self.add_button)
        column.addWidget(head)
        self._lines = vbox(gap=Space.HAIR)
        column.addLayout(self._lines)
        self._none, self._remove = none, remove
        self._entries: list[Any] = []
        self.texts: list[str] = []

    def put(self, entries: Sequence[tuple[Any, str, bool]]) -> None:
        """Show (entry, words, whether it counts today)."""
        self._entries = [entry for entry, _, _ in entries]
        self.texts = [text for _, text, _ in entries]
        emptied(self._lines)
        for place, (_, text, counts) in enumerate(entries):
            line = hbox(gap=Space.INSIDE)
            words: QLabel = label(text, "body" if counts else "muted", wrap=True)
            line.addWidget(words, 1)
            take = icon_button("delete", f"{self._remove} {text}", self._take)
            take.setProperty("place", place)
            line.addWidget(take, 0, Qt.AlignmentFlag.AlignTop)
            self._lines.addLayout(line)
        if not entries:
            self._lines.addWidget(label(self._none, "muted", wrap=True))

    def _take(self) -> None:
        self.removed.emit(self._entries[int(self.sender().property("place"))])


class AbsenceDialog(Asked):
    """Asks for the days of an absence. `told` carries an `Absence`."""

    told = Signal(object)

    def __init__(self, parent: QWidget, person: PersonId, name: str) -> None:
        super().__init__(parent, tr("registers.absence.ask", name=name), 440)
        self._person = person
        self.form = Form()
        self.first = DateEdit(tr("registers.absence.from"), today)
        self.first.set_value(today())
        self.last = DateEdit(tr("registers.absence.to"), today)
        self.reason = line_edit(tr("registers.absence.reason"), hint=tr("registers.absence.reason_hint"))
        self._first_row = self.form.row(tr("registers.absence.from"), self.first, required=True)
        self._last_row = self.form.row(
            tr("registers.absence.to"), self.last, hint=tr("registers.absence.to_hint")
        )
        self.form.beside(self._first_row, self._last_row)
        self.form.row(tr("registers.absence.reason"), self.reason)
        self.column.addWidget(self.form)
        _foot(self, self._tell)

    def _tell(self) -> None:
        first, last = self.first.value(), self.last.value()
        self._first_row.set_error("" if first else self.first.check() or tr("registers.absence.need"))
        self._last_row.set_error(
            self.last.check() or (tr("registers.absence.order") if first and last and last < first else "")
        )
        if self.form.wrong() is None and first is not None:
            self.told.emit(Absence("", self._person, first, last, self.reason.text().strip()))
            self.accept()


class InterestDialog(Asked):
    """Asks for the institution or chain and the ground of an interest. `told` carries an `Interest`."""

    told = Signal(object)

    def __init__(self, parent: QWidget, context: Context, person: PersonId, name: str) -> None:
        super().__init__(parent, tr("registers.interest.ask", name=name), 480)
        self._person = person
        self.subject = Pills(
            tr("registers.interest.subject"),
            [(key, tr(f"registers.interest.{key}")) for key in ("place", "chain")],
        )
        line = hbox()
        line.addWidget(self.subject)
        line.addStretch(1)
        self.column.addLayout(line)
        self.form = Form()
        self.place = PlaceLine(context, tr("registers.interest.place"))
        self.chain = line_edit(tr("registers.interest.chain"), hint=tr("registers.interest.chain_hint"))
        self.ground = line_edit(tr("registers.interest.ground"), hint=tr("registers.interest.ground_hint"))
        self.declared = DateEdit(tr("registers.interest.declared"), today)
        self.declared.set_value(today())
        self.until = DateEdit(tr("registers.interest.until"), today)
        self._place_row = self.form.row(tr("registers.interest.place"), self.place, required=True)
        self._chain_row = self.form.row(tr("registers.interest.chain"), self.chain, required=True)
        self._ground_row = self.form.row(tr("registers.interest.ground"), self.ground, required=True)
        self._until_row = self.form.row(
            tr("registers.interest.until"), self.until, hint=tr("registers.interest.until_hint")
        )
        self.form.beside(self.form.row(tr("registers.interest.declared"), self.declared), self._until_row)
        self.column.addWidget(self.form)
        _foot(self, self._tell)
        self.subject.chosen.connect(self._turn)
        self._turn("place")

    def _turn(self, key: str) -> None:
        self._place_row.setVisible(key == "place")
        self._chain_row.setVisible(key == "chain")
        (self.place if key == "place" else self.chain).setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self) -> None:
        in_place = self.subject.value == "place"
        place = self.place.value if in_place else InstitutionId("")
        chain = "" if in_place else self.chain.text().strip()
        declared, until = self.declared.value(), self.until.value()
        self._place_row.set_error(tr("registers.interest.need_place") if in_place and not place else "")
        self._chain_row.set_error("" if in_place or chain else tr("registers.interest.need_chain"))
        self._ground_row.set_error("" if self.ground.text().strip() else tr("registers.interest.need_ground"))
        wrong = declared is not None and until is not None and until < declared
        self._until_row.set_error(self.until.check() or (tr("registers.interest.order") if wrong else ""))
        if self.form.wrong() is None:
            self.told.emit(
                Interest("", self._person, place, chain, self.ground.text().strip(), declared, until)
            )
            self.accept()


def absence_words(absence: Absence) -> str:
    """Return an absence in words."""
    days = (
        tr("registers.absence.open", first=absence.from_on)
        if absence.to_on is None
        else tr("registers.absence.days", first=absence.from_on, last=absence.to_on)
    )
    return f"{days} {absence.reason}".strip()


def interest_words(interest: Interest, place_name: str) -> str:
    """Return a declared interest in words."""
    about = tr("registers.interest.in_chain", name=interest.chain) if interest.chain else place_name
    key = "registers.interest.ended" if interest.until_on else "registers.interest.lasting"
    return tr(
        key, about=about, ground=interest.ground, declared=interest.declared_on, until=interest.until_on
    )


def _foot(dialog: Asked, tell: Callable[[], object]) -> None:
    dialog.answer(button(tr("widgets.cancel"), dialog.reject), button(tr("registers.save"), tell, kind="primary"))
