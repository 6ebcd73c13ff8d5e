"""The form of a lead: how it came, about whom, what it says; who reported it is sealed as it is saved."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.core.ids import InstitutionId
from app.core.leads import Channel, LeadLine, Reporter, has_personal_number
from app.core.outcome import Outcome
from app.gui.screen import Context
from app.gui.screens.registers.listing import on_key
from app.gui.screens.tasks.pickers import InstitutionPicker
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import DateEdit, MoneyEdit, line_edit
from app.gui.widgets.forms import Form, FormRow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import beside_or_below, hbox, scrolled, sized, vbox

SIDE_BY_SIDE = 760
REPORTER = ("name", "phone", "id_no", "address", "note")


class LeadForm(QWidget):
    """Registers a lead, or corrects an open one. `finished` carries the id of the lead, or None."""

    finished = Signal(object)
    keepers_wanted = Signal()

    def __init__(self, context: Context, today: Callable[[], dt.date]) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self._context, self._line = context, None
        self._today = today
        self.channel = QComboBox()
        self.channel.setAccessibleName(tr("leads.form.channel"))
        for channel in Channel:
            self.channel.addItem(tr(f"leads.channel.{channel}"), channel)
        self.received_on = DateEdit(tr("leads.form.received"), today)
        self.institution = InstitutionPicker(context)
        self.named = line_edit(tr("leads.form.named"), hint=tr("leads.form.named.hint"))
        self.content = QPlainTextEdit()
        self.content.setTabChangesFocus(True)
        self.content.setAccessibleName(tr("leads.form.content"))
        self.content.setPlaceholderText(tr("leads.form.content.hint"))
        sized(self.content, height=120)
        self.amount = MoneyEdit(tr("leads.form.amount"))
        self.reporter: dict[str, QLineEdit] = {}
        inner = QWidget()
        self._columns: QBoxLayout = hbox(inner, margin=(24, 20), gap=Space.CARD)
        for part in (self._fields(), self._reporter_card()):
            side = vbox()
            side.addWidget(part)
            side.addStretch(1)
            self._columns.addLayout(side, 1)
        column = vbox(self)
        column.addWidget(scrolled(inner), 1)
        column.addWidget(self._foot())
        on_key(self, "Ctrl+S", self.save)

    _line: LeadLine | None

    @property
    def heading(self) -> str:
        """What the form is doing."""
        return tr("leads.form.edit") if self._line is not None else tr("leads.form.new")

    def begin(self, line: LeadLine | None, *, may_seal: bool) -> None:
        """Show an empty form, or a lead to be corrected; reporters can be sealed only where somebody keeps them."""
        self._line = line
        lead = line.lead if line else None
        for row in (self._content_row, self._named_row):
            row.set_error("")
        self.channel.setCurrentIndex(self.channel.findData(lead.channel) if lead else 0)
        self.received_on.set_value(lead.received_on if lead else self._today())
        self.named.setText(lead.named if lead else "")
        self.content.setPlainText(lead.content if lead else "")
        self.amount.set_value(lead.amount_cny if lead else None)
        for one in (self.channel, self.received_on):
            one.setEnabled(lead is None)
        for edit in self.reporter.values():
            edit.clear()
        self._card.setVisible(lead is None)
        self.allow_reporter(may_seal)
        self.save_button.setText(tr("leads.form.save" if lead else "leads.form.add"))
        self.institution.begin()
        if lead and lead.institution:
            wanted, services = lead.institution, self._context.services
            self._context.runner.run_read(
                lambda: services.institutions.get(InstitutionId(wanted)), self.institution.take, owner=self
            )
        self.channel.setFocus(Qt.FocusReason.OtherFocusReason)

    def allow_reporter(self, on: bool) -> None:
        """Let a reporter be entered, or say that nobody keeps them yet."""
        for edit in self.reporter.values():
            edit.setEnabled(on)
        self._no_keeper.setVisible(not on)
        self.keepers_button.setVisible(not on)

    def save(self) -> None:
        """Register or correct the lead, or say what is missing."""
        content, named, place = self.content.toPlainText().strip(), self.named.text().strip(), self.institution.value
        self._content_row.set_error("" if content else tr("leads.form.need.content"))
        self._named_row.set_error("" if named or place else tr("leads.form.need.named"))
        if self._form.wrong() is not None or not content or not (named or place):
            return
        leads, line = self._context.services.leads, self._line
        common = {"content": content, "named": named, "institution": place.id if place else None,
                  "amount_cny": self.amount.value()}  # fmt: skip
        more: dict[str, Any] = {"channel": self.channel.currentData(), "received_on": self.received_on.value()}
        reporter = Reporter(**{name: edit.text().strip() for name, edit in self.reporter.items()})
        self.save_button.setEnabled(False)
        self._context.runner.run_write(
            (lambda: leads.add(**common, **more, reporter=reporter)) if line is None
            else (lambda: leads.edit(line.lead.id, **common)),
            self._done, self._failed, owner=self,
        )  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns below one another where the window is narrow."""
        super().resizeEvent(event)
        beside_or_below(self._columns, event.size().width(), SIDE_BY_SIDE)

    def _fields(self) -> Card:
        card = Card()
        self._form = Form()
        add = self._form.row
        self._form.beside(add(tr("leads.form.channel"), self.channel), add(tr("leads.form.received"), self.received_on))
        self._content_row: FormRow = add(
            tr("leads.form.content"), self.content, required=True, hint=tr("leads.form.content.rule")
        )
        self.content.textChanged.connect(self._doubt)
        add(tr("leads.form.institution"), self.institution)
        self._named_row: FormRow = add(tr("leads.form.named"), self.named)
        add(tr("leads.form.amount"), self.amount)
        card.body.addWidget(self._form)
        return card

    def _reporter_card(self) -> Card:
        self._card = Card(tr("leads.form.reporter"))
        self._card.body.addWidget(label(tr("leads.form.reporter.about"), "muted", wrap=True))
        self._no_keeper = label(tr("leads.form.reporter.none"), "secondary", tone="open", wrap=True)
        self._card.body.addWidget(self._no_keeper)
        self.keepers_button = button(tr("leads.keepers"), self._keepers, icon="key")
        self._card.body.addWidget(self.keepers_button)
        form = Form()
        for name in REPORTER:
            self.reporter[name] = line_edit(tr(f"leads.reporter.{name}"))
            form.row(tr(f"leads.reporter.{name}"), self.reporter[name])
        self._card.body.addWidget(form)
        return self._card

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = hbox(foot, margin=(24, 12), gap=Space.INSIDE)
        row.addStretch(1)
        row.addWidget(button(tr("leads.form.cancel"), self._leave))
        self.save_button = button(tr("leads.form.add"), self.save, kind="primary")
        row.addWidget(self.save_button)
        return foot

    def _done(self, outcome: Outcome[Any]) -> None:
        self.save_button.setEnabled(True)
        for edit in self.reporter.values():
            edit.clear()
        lead = self._line.lead.id if self._line is not None else outcome.value
        self._context.notices.toast(tr("leads.saved") if self._line is not None else tr("leads.added"))
        self.finished.emit(lead)

    def _failed(self, error: BaseException) -> None:
        self.save_button.setEnabled(True)
        self._context.notices.error(error)

    def _doubt(self) -> None:
        is_odd = has_personal_number(self.content.toPlainText())
        self._content_row.set_doubt(tr("leads.words.number") if is_odd else "")

    def _leave(self) -> None:
        for edit in self.reporter.values():
            edit.clear()
        self.finished.emit(None)

    def _keepers(self) -> None:
        self.keepers_wanted.emit()
