"""Questions about an issued paper: how it was served, and with which certificate to sign. Shown with `open()`."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from app.core.clock import CHINA, local
from app.core.papers import ServiceMethod
from app.gui.screens.papers.editors import read_time
from app.gui.screens.papers.lines import Line
from app.gui.screens.papers.tables import PeopleTable
from app.gui.screens.registers.listing import Pills
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.asked import Asked
from app.gui.widgets.buttons import button
from app.gui.widgets.edits import DateEdit, line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized

if TYPE_CHECKING:
    from app.services.pades_keys import HeldCertificate

BY_HAND = (ServiceMethod.DIRECT, ServiceMethod.LEFT)
TRACKED = (ServiceMethod.MAIL, ServiceMethod.ANNOUNCED)


@dataclass(frozen=True, slots=True)
class ServiceGiven:
    """How a paper was served, as it was typed."""

    method: ServiceMethod
    served_at: dt.datetime
    words: Mapping[str, str]
    servers: tuple[tuple[str, str], ...]
    is_recorded: bool
    consent: bool
    with_receipt: bool


class ServeDialog(Asked):
    """Asks for everything a service needs by its method. `told` carries a `ServiceGiven`."""

    told = Signal(object)

    def __init__(
        self, parent: QWidget, line: Line, people: tuple[tuple[str, str], ...], now: Callable[[], dt.datetime]
    ) -> None:
        super().__init__(parent, tr("papers.serve_title", title=line.title), 560)
        form = self.column
        methods = [(str(one), tr(f"papers.method.{one}")) for one in ServiceMethod]
        self.method = Pills(tr("papers.serve_method"), methods)
        choice = hbox()
        choice.addWidget(self.method)
        choice.addStretch(1)
        form.addLayout(choice)
        at = local(now())
        row = hbox(gap=Space.BETWEEN)
        self.day = DateEdit(tr("papers.serve_day"), lambda: local(now()).date())
        self.day.set_value(at.date())
        self.time: QLineEdit = sized(line_edit(tr("papers.time"), hint="14:30", text=f"{at:%H:%M}"), width=96)
        self.day_row, self.time_row = FormRow(tr("papers.serve_day"), self.day, required=True), FormRow(tr("papers.time"), self.time)
        row.addWidget(self.day_row)
        row.addWidget(self.time_row)
        row.addStretch(1)
        form.addLayout(row)
        self.fields: dict[str, QLineEdit] = {}
        self.rows: dict[str, FormRow] = {}
        for name in ("receiver", "relation", "tracking", "refused_reason", "witness", "place", "note"):
            self.fields[name] = line_edit(tr(f"papers.serve_{name}"), hint=tr(f"papers.serve_{name}_hint"))
            self.rows[name] = FormRow(tr(f"papers.serve_{name}"), self.fields[name])
        self.recorded = QCheckBox(tr("papers.serve_recorded"))
        self.consent = QCheckBox(tr("papers.serve_consent"))
        for pair in (("receiver", "relation"), ("refused_reason", "witness"), ("tracking", "place")):
            beside = hbox(gap=Space.BETWEEN)
            for name in pair:
                beside.addWidget(self.rows[name], 1, Qt.AlignmentFlag.AlignTop)
            form.addLayout(beside)
        form.addWidget(self.recorded)
        form.addWidget(self.consent)
        self.servers = PeopleTable(tr("papers.serve_servers"), people)
        self.servers.show_rows(people[:2])
        self.servers_row = FormRow(tr("papers.serve_servers"), self.servers, hint=tr("papers.serve_servers_hint"))
        form.addWidget(self.servers_row)
        form.addWidget(self.rows["note"])
        self.receipt = QCheckBox(tr("papers.serve_receipt"))
        form.addWidget(self.receipt)
        self._error = label("", "error", wrap=True)
        self._error.hide()
        self.foot.addWidget(self._error)
        self.yes = button(tr("papers.serve_do"), self._tell, kind="primary")
        self.answer(button(tr("widgets.cancel"), self.reject), self.yes)
        self.method.chosen.connect(self._fit)
        self._fit()
        self.fields["receiver"].setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def how(self) -> ServiceMethod:
        """The method chosen."""
        return ServiceMethod(self.method.value)

    def say(self, sentence: str) -> None:
        """Say why it was not kept; the dialog stays."""
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        self.yes.setEnabled(True)

    def _fit(self, *_: object) -> None:
        how = self.how
        self.rows["relation"].setVisible(how in (ServiceMethod.DIRECT, ServiceMethod.MAIL))
        self.rows["tracking"].setVisible(how in TRACKED)
        self.rows["refused_reason"].setVisible(how is ServiceMethod.LEFT)
        self.rows["witness"].setVisible(how is ServiceMethod.LEFT)
        self.rows["receiver"].setVisible(how is not ServiceMethod.ANNOUNCED)
        self.rows["place"].setVisible(how in BY_HAND)
        self.recorded.setVisible(how is ServiceMethod.LEFT)
        self.consent.setVisible(how is ServiceMethod.ELECTRONIC)
        self.servers_row.setVisible(how in BY_HAND)
        self.say("")

    def _tell(self) -> None:
        day, time = self.day.value(), read_time(self.time.text())
        if day is None or time is None:
            self.say(tr("papers.time_invalid"))
            return
        shown = {name: edit.text().strip() for name, edit in self.fields.items() if not self.rows[name].isHidden()}
        self.yes.setEnabled(False)
        self.told.emit(ServiceGiven(
            self.how, dt.datetime.combine(day, time, CHINA), shown,
            tuple((row[0], row[1]) for row in self.servers.rows()) if not self.servers_row.isHidden() else (),
            self.recorded.isChecked() and not self.recorded.isHidden(),
            self.consent.isChecked() and not self.consent.isHidden(), self.receipt.isChecked(),
        ))  # fmt: skip


class CertifyDialog(Asked):
    """Asks for the certificate and its password. `told` carries (fingerprint, password or None, as the bureau)."""

    told = Signal(str, object, bool)

    def __init__(self, parent: QWidget, line: Line, held: "tuple[HeldCertificate, ...]") -> None:
        super().__init__(parent, tr("papers.certify_title", title=line.title), 520)
        self._held = held
        self.column.addWidget(label(tr("papers.certify_about"), "muted", wrap=True))
        self.box = QComboBox()
        self.box.addItems([one.certificate.name for one in held])
        self.column.addWidget(FormRow(tr("papers.certificate"), self.box))
        self.secret = line_edit(tr("papers.certify_secret"), hint=tr("papers.certify_secret_hint"))
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.column.addWidget(FormRow(tr("papers.certify_secret"), self.secret))
        self.bureau = QCheckBox(tr("papers.certify_bureau"))
        self.column.addWidget(self.bureau)
        self.answer(button(tr("widgets.cancel"), self.reject), button(tr("papers.certify_do"), self._tell, kind="primary"))

    def _tell(self) -> None:
        held = self._held[self.box.currentIndex()]
        self.accept()
        self.told.emit(held.fingerprint, self.secret.text() or None, self.bureau.isChecked())
