"""The smaller parts of the settings: office, look, safety."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from app.core.outcome import Outcome
from app.core.places import Office, Person
from app.gui import texts
from app.gui.screen import Context
from app.gui.screens.registers.listing import Pills
from app.gui.screens.settings.recovery import RecoveryCard
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.theme.live import MODES, SCALES
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import hbox, scrolled, sized, vbox

IDLE_MINUTES = (3, 5, 10, 15, 30)
IDLE_DEFAULT = 10
LEAST_PIN = 6


class Part(QWidget):
    """One part: cards below one another in a column that is easy to read."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        inner = QWidget()
        self.column: QVBoxLayout = vbox(inner, margin=(0, 0, 8, 0), gap=Space.CARD)
        vbox(self).addWidget(scrolled(inner))

    def read(self) -> None:
        """Read what this part shows."""


class OfficePart(Part):
    """The office: its names, as they are printed."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        card = sized(Card(tr("settings.part.office"), gap=Space.BETWEEN), max_width=640)
        card.body.addWidget(label(tr("settings.office.text"), "muted", wrap=True))
        self._form = Form()
        self.name = line_edit(tr("settings.office.name"))
        self.short = line_edit(tr("settings.office.short"))
        self._name_row = self._form.row(tr("settings.office.name"), self.name, required=True)
        self._short_row = self._form.row(tr("settings.office.short"), self.short, required=True)
        card.body.addWidget(self._form)
        self.code, self.me = ElidedLabel(""), ElidedLabel("")
        for words, value in ((tr("settings.office.code"), self.code), (tr("settings.office.me"), self.me)):
            row = hbox(gap=Space.BETWEEN)
            row.addWidget(sized(label(words, "secondary"), width=88))
            row.addWidget(value, 1)
            card.body.addLayout(row)
        self.rehearsal = label(tr("settings.office.rehearsal"), "secondary", tone="rehearsal", wrap=True)
        card.body.addWidget(self.rehearsal)
        row = hbox()
        row.addStretch(1)
        self.save_button = button(tr("settings.office.save"), self.save, kind="primary")
        row.addWidget(self.save_button)
        card.body.addLayout(row)
        self.column.addWidget(card)
        self.column.addStretch(1)

    def read(self) -> None:
        """Read the office and who is at the keyboard."""
        services = self.context.services

        def both() -> tuple[Office, Person | None]:
            office = services.office.get()
            people: tuple[Person, ...] = services.people.find()
            return office, next((one for one in people if one.id == office.me), None)

        self.context.runner.run_read(both, self._show, owner=self, key="office")

    def save(self) -> None:
        """Rename the office, or say what is missing."""
        name, short = self.name.text().strip(), self.short.text().strip()
        self._name_row.set_error("" if name else tr("settings.office.need"))
        self._short_row.set_error("" if short else tr("settings.office.need"))
        if self._form.wrong() is None:
            rename = self.context.services.office.rename
            self.context.runner.run_write(
                lambda: rename(name, short), self._saved, self.context.notices.error, owner=self
            )

    def _show(self, found: tuple[Office, Person | None]) -> None:
        office, me = found
        if not self.name.isModified():
            self.name.setText(office.name)
        if not self.short.isModified():
            self.short.setText(office.short_name)
        self.code.setText(office.code)
        licence = f" · {me.licence_no}" if me is not None and me.licence_no else ""
        self.me.setText(f"{me.name}{licence}" if me is not None else "")
        self.rehearsal.setVisible(office.rehearsal)

    def _saved(self, outcome: Outcome[Office]) -> None:
        self.name.setModified(False)
        self.short.setModified(False)
        self.context.notices.toast(tr("settings.office.saved"))


class LookPart(Part):
    """Light and dark, size, language: this computer only, at once."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        card = sized(Card(tr("settings.part.look"), gap=Space.CARD), max_width=640)
        card.body.addWidget(label(tr("settings.look.text"), "muted", wrap=True))
        theme = current()
        self.mode = Pills(
            tr("settings.look.theme"), [(one, tr(f"settings.look.theme.{one}")) for one in MODES]
        )
        self.mode.choose(theme.mode)
        scales = [(str(one), tr("settings.look.scale.value", percent=round(one * 100))) for one in SCALES]
        self.scale = Pills(tr("settings.look.scale"), scales)
        self.scale.choose(str(min(SCALES, key=lambda one: abs(one - theme.scale))))
        languages = [(one, tr(f"settings.look.language.{one}")) for one in texts.LANGUAGES]
        self.language = Pills(tr("settings.look.language"), languages)
        stored = context.prefs.text("language", texts.language())
        self.language.choose(stored if stored in texts.LANGUAGES else texts.language())
        for name, pills in (("theme", self.mode), ("scale", self.scale), ("language", self.language)):
            row = hbox(gap=Space.BETWEEN)
            row.addWidget(sized(label(tr(f"settings.look.{name}"), "body"), width=88))
            row.addWidget(pills)
            row.addStretch(1)
            card.body.addLayout(row)
        card.body.addWidget(label(tr("settings.look.language.text"), "secondary", wrap=True))
        self.column.addWidget(card)
        self.column.addStretch(1)
        self.mode.chosen.connect(self._set_mode)
        self.scale.chosen.connect(self._set_scale)
        self.language.chosen.connect(self._set_language)

    def _set_mode(self, mode: str) -> None:
        self.context.prefs.set("theme", mode)
        current().apply(mode=mode)

    def _set_scale(self, scale: str) -> None:
        self.context.prefs.set("scale", scale)
        current().apply(scale=float(scale))

    def _set_language(self, language: str) -> None:
        self.context.prefs.set("language", language)


class SafetyPart(Part):
    """When the program locks itself, and the PIN."""

    idle_changed = Signal(int)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        lock = sized(Card(gap=Space.BETWEEN), max_width=640)
        row = hbox(gap=Space.BETWEEN)
        words = label(tr("settings.safety.idle"), "strong")
        self.idle = QComboBox()
        self.idle.setAccessibleName(tr("settings.safety.idle"))
        for minutes in IDLE_MINUTES:
            self.idle.addItem(tr("settings.safety.idle.minutes", minutes=minutes), minutes)
        stored = round(context.prefs.number("idle_minutes", IDLE_DEFAULT))
        self.idle.setCurrentIndex(max(self.idle.findData(stored), 0) if stored in IDLE_MINUTES else 2)
        words.setBuddy(self.idle)
        row.addWidget(words, 1)
        row.addWidget(sized(self.idle, min_width=120))
        lock.body.addLayout(row)
        lock.body.addWidget(label(tr("settings.safety.idle.text"), "muted", wrap=True))
        self.column.addWidget(lock)
        self.column.addWidget(self._pin_card())
        self.recovery = RecoveryCard(context)
        self.column.addWidget(self.recovery)
        self.column.addStretch(1)
        self.idle.currentIndexChanged.connect(self._set_idle)

    def change(self) -> None:
        """Change the PIN, or say what is wrong."""
        old, new, again = (field.text() for field in self._fields)
        self._rows[0].set_error("" if old else tr("settings.safety.pin.need"))
        self._rows[1].set_error("" if len(new) >= LEAST_PIN else tr("settings.safety.pin.short"))
        self._rows[2].set_error("" if new == again else tr("settings.safety.pin.differ"))
        if self._form.wrong() is None:
            self.save_button.setEnabled(False)
            change = self.context.services.vault.change_secret
            self.context.runner.run_write(lambda: change(old, new), self._changed, self._failed, owner=self)

    def _pin_card(self) -> Card:
        card = sized(Card(tr("settings.safety.pin"), gap=Space.BETWEEN), max_width=640)
        self._form = Form()
        self._fields = [line_edit(tr(f"settings.safety.pin.{name}")) for name in ("old", "new", "again")]
        for field in self._fields:
            field.setEchoMode(QLineEdit.EchoMode.Password)
        self._rows = [
            self._form.row(tr(f"settings.safety.pin.{name}"), field, required=True)
            for name, field in zip(("old", "new", "again"), self._fields, strict=True)
        ]
        card.body.addWidget(self._form)
        card.body.addWidget(label(tr("settings.safety.pin.text"), "secondary", wrap=True))
        row = hbox()
        row.addStretch(1)
        self.save_button = button(tr("settings.safety.pin.save"), self.change, kind="primary")
        row.addWidget(self.save_button)
        card.body.addLayout(row)
        return card

    def _changed(self, _done: Any) -> None:
        self.save_button.setEnabled(True)
        for field in self._fields:
            field.clear()
        self.context.notices.toast(tr("settings.safety.pin.saved"))

    def _failed(self, error: BaseException) -> None:
        self.save_button.setEnabled(True)
        self.context.notices.error(error)

    def _set_idle(self, _place: int) -> None:
        minutes = int(self.idle.currentData())
        self.context.prefs.set("idle_minutes", minutes)
        self.idle_changed.emit(minutes)
