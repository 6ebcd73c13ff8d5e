"""What is asked about leads: a step with its words, why a reporter is looked at, and who keeps reporters."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.core.leads import Decision, Keeper, LeadLine, Reporter, has_personal_number
from app.gui.screens.registers.listing import Pills
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.asked import Asked
from app.gui.widgets.buttons import Button, button
from app.gui.widgets.edits import DateEdit, line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import hbox, sized

WIDTH = 520
SHOWN_S = 120  # then the reporter is hidden, whoever still stands before the screen


@dataclass(frozen=True, slots=True)
class Step:
    """What was typed for one step of a lead."""

    name: str
    words: str = ""
    to: str = ""
    day: dt.date | None = None
    decision: Decision | None = None
    person: str = ""


# Which fields a step asks for; those marked `!` must be filled.
_FIELDS: dict[str, tuple[str, ...]] = {
    "accept": ("person",),
    "reject": ("words!",),
    "extend": ("words!",),
    "check": ("words!", "decision", "day"),
    "reply": ("words!", "day"),
    "close": ("words",),
    "transfer": ("to!", "words!"),
}


class StepDialog(Asked):
    """Asks what a step needs. `told` carries a `Step`."""

    told = Signal(object)

    def __init__(
        self, parent: QWidget, name: str, line: LeadLine, people: tuple[tuple[str, str], ...], today: Callable[[], dt.date]
    ) -> None:
        super().__init__(parent, tr(f"leads.step.{name}.title", number=line.lead.number), WIDTH)
        self._name, wanted = name, _FIELDS[name]
        needs_why = name == "close" and line.answer is not None
        self._needed = {one[:-1] for one in wanted if one.endswith("!")} | ({"words"} if needs_why else set())
        about = label(tr(f"leads.step.{name}.about"), "muted", wrap=True)
        self.column.addWidget(about)
        self.words, self.to = QPlainTextEdit(), line_edit(tr("leads.step.to"), hint=tr("leads.step.to.hint"))
        sized(self.words, height=96)
        self.words.setTabChangesFocus(True)
        self.words.setAccessibleName(tr(f"leads.step.{name}.words"))
        self.day, self.person = DateEdit(tr("leads.step.day"), today), QComboBox()
        self.day.set_value(today())
        self.person.setAccessibleName(tr("leads.step.person"))
        for key, text in people:
            self.person.addItem(text, key)
        self.person.setCurrentIndex(max(self.person.findData(line.lead.handler), 0))
        self.decision = Pills(tr("leads.step.decision"), [(str(one), tr(f"leads.decision.{one}")) for one in Decision])
        fields = {
            "person": (tr("leads.step.person"), self.person), "to": (tr("leads.step.to"), self.to),
            "words": (tr(f"leads.step.{name}.words"), self.words), "decision": (tr("leads.step.decision"), self.decision),
            "day": (tr("leads.step.day"), self.day),
        }  # fmt: skip
        for one in wanted:
            key = one.rstrip("!")
            if key == "words" and name == "close" and not needs_why:
                continue
            row = FormRow(*fields[key], required=key in self._needed)
            self.column.addWidget(row)
            if key == "words":
                row.set_hint(tr("leads.words.hint") if line.sealed else "")
                self.words.textChanged.connect(partial(self._doubt, row))
        self.done_button = _foot(self, tr(f"leads.step.{name}"), self._tell)
        self.words.textChanged.connect(self._judge)
        self.to.textChanged.connect(self._judge)
        self._judge()

    def _doubt(self, row: FormRow) -> None:
        row.set_doubt(tr("leads.words.number") if has_personal_number(self.words.toPlainText()) else "")

    def _judge(self) -> None:
        given = {"words": self.words.toPlainText().strip(), "to": self.to.text().strip()}
        self.done_button.setEnabled(all(given[one] for one in self._needed))

    def _tell(self) -> None:
        if self.day.check():
            return
        wanted = {one.rstrip("!") for one in _FIELDS[self._name]}
        self.told.emit(Step(
            self._name, self.words.toPlainText().strip(), self.to.text().strip(),
            self.day.value() if "day" in wanted else None,
            Decision(self.decision.value) if "decision" in wanted else None, self.person.currentData() or "",
        ))  # fmt: skip
        self.accept()


class LookDialog(Asked):
    """Asks why a reporter is looked at, and for the keeper's password; shows him once the look is on record.

    `told` carries reason and password. The words are wiped when the dialog closes, or after two minutes.
    """

    told = Signal(str, str)

    def __init__(self, parent: QWidget, line: LeadLine) -> None:
        super().__init__(parent, tr("leads.look.title", number=line.lead.number), WIDTH)
        self.column.addWidget(label(tr("leads.look.about"), "muted", wrap=True))
        self.reason: QLineEdit = line_edit(tr("leads.look.reason"), hint=tr("leads.look.reason.hint"))
        self.password: QLineEdit = line_edit(tr("leads.look.password"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.rows = (
            FormRow(tr("leads.look.reason"), self.reason, required=True),
            FormRow(tr("leads.look.password"), self.password, required=True),
        )
        for row in self.rows:
            self.column.addWidget(row)
        self.shown = selectable("", "strong")
        self.shown.hide()
        self.column.addWidget(self.shown)
        self.done_button = _foot(self, tr("leads.look.do"), self._tell)
        self.reason.textChanged.connect(self._judge)
        self.password.textChanged.connect(self._judge)
        self._hide = QTimer(self)
        self._hide.setSingleShot(True)
        self._hide.setInterval(SHOWN_S * 1000)
        self._hide.timeout.connect(self.reject)
        self.finished.connect(self._wipe)
        self._judge()

    def show_reporter(self, reporter: Reporter) -> None:
        """Show who reported."""
        given = (
            ("name", reporter.name), ("phone", reporter.phone), ("id_no", reporter.id_no), ("address", reporter.address),
            ("note", reporter.note),
        )  # fmt: skip
        self.shown.setText("\n".join(f"{tr(f'leads.reporter.{name}')}：{text}" for name, text in given if text))
        self.shown.show()
        for row in self.rows:
            row.hide()
        self.password.clear()
        self.done_button.hide()
        self._hide.start()
        self.column.activate()
        self.fit()

    def say(self, sentence: str) -> None:
        """Say what is wrong with the password."""
        self.done_button.setEnabled(True)
        self.rows[1].set_error(sentence)
        self.password.selectAll()
        self.password.setFocus()
        self.fit()

    def _judge(self) -> None:
        self.done_button.setEnabled(bool(self.reason.text().strip() and self.password.text()))

    def _tell(self) -> None:
        self.done_button.setEnabled(False)
        self.told.emit(self.reason.text().strip(), self.password.text())

    def _wipe(self) -> None:
        self._hide.stop()
        self.shown.clear()
        self.password.clear()


class KeepersDialog(Asked):
    """Who keeps reporters.

    `keep_wanted` carries the password of a new keeper; `admit_wanted` keeper id and own password; `end_wanted` a `Keeper`.
    """

    keep_wanted = Signal(str)
    admit_wanted = Signal(str, str)
    end_wanted = Signal(object)

    def __init__(self, parent: QWidget, keepers: tuple[Keeper, ...], me: str) -> None:
        super().__init__(parent, tr("leads.keepers.title"), WIDTH)
        self.column.addWidget(label(tr("leads.keepers.about"), "muted", wrap=True))
        self._waiting = [one for one in keepers if one.added_by is None and one.ended_at is None]
        self.end_buttons: list[Button] = []
        for one in keepers:
            line = hbox(gap=Space.INSIDE)
            line.addWidget(selectable(keeper_words(one)), 1)
            if one.ended_at is None:
                self.end_buttons.append(button(tr("leads.keepers.end"), partial(self._end, one), kind="quiet"))
                self.end_buttons[-1].setAccessibleName(tr("leads.keepers.end.name", name=one.name))
                line.addWidget(self.end_buttons[-1])
            self.column.addLayout(line)
        if not keepers:
            self.column.addWidget(label(tr("leads.keepers.none"), "strong", wrap=True))
        self.password: QLineEdit = line_edit(tr("leads.keepers.password"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        row = FormRow(tr("leads.keepers.password"), self.password, hint=tr("leads.keepers.password.hint"))
        self.column.addWidget(row)
        has_key = any(one.is_here and one.person == me and one.ended_at is None for one in keepers)
        may_admit = any(one.is_here and one.person == me and one.is_active for one in keepers)
        close = button(tr("widgets.close"), self.reject)
        close.setFocus()  # not what stands first and cannot be undone
        self.admit_button = button(tr("leads.keepers.admit", names="、".join(one.name for one in self._waiting)), self._admit)
        self.admit_button.setVisible(bool(self._waiting) and may_admit)
        self.keep_button = button(tr("leads.keepers.keep"), self._keep, kind="primary")
        self.keep_button.setVisible(not has_key)
        self.answer(close, self.admit_button, self.keep_button)
        row.setVisible(not has_key or (bool(self._waiting) and may_admit))
        self.password.textChanged.connect(self._judge)
        self._judge()

    def _judge(self) -> None:
        for one in (self.keep_button, self.admit_button):
            one.setEnabled(bool(self.password.text()))

    def _keep(self) -> None:
        self.keep_wanted.emit(self.password.text())
        self.accept()

    def _end(self, keeper: Keeper) -> None:
        self.end_wanted.emit(keeper)
        self.accept()

    def _admit(self) -> None:
        for one in self._waiting[:1]:
            self.admit_wanted.emit(one.id, self.password.text())
        self.accept()


def keeper_words(one: Keeper) -> str:
    """Return a keeper with standing and fingerprint."""
    state = "ended" if one.ended_at else "active" if one.is_active else "waiting"
    here = tr("leads.keepers.here") if one.is_here else ""
    return tr(f"leads.keepers.{state}", name=one.name, fingerprint=one.fingerprint) + here


def _foot(dialog: Asked, words: str, tell: Callable[[], None]) -> Button:
    made = button(words, tell, kind="primary")
    dialog.answer(button(tr("widgets.cancel"), dialog.reject), made)
    return made
