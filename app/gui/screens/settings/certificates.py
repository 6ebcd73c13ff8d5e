"""Certificates and the seal: what this laptop signs with, and what signatures are judged by."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QWidget

from app.core.clock import local, now
from app.gui.screen import Context
from app.gui.screens.registers.listing import ListPane
from app.gui.screens.registers.rows import Column
from app.gui.screens.settings.parts import Part
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.asked import Asked
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.edits import line_edit
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.flow import Flow
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized

if TYPE_CHECKING:
    from app.services.pades_keys import HeldCertificate
    from app.services.pades_trust import Trusted

FOLDER = "settings/certificates"
SEAL_SIDE = 96
_SOON = dt.timedelta(days=30)
KEY_FILES = "*.p12 *.pfx"
TRUST_FILES = "*.cer *.crt *.der *.pem *.crl"
DRIVERS = "*.dll *.so *.dylib"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the part shows."""

    held: "tuple[HeldCertificate, ...]"
    trusted: "Trusted"


class SecretDialog(Asked):
    """Asks for the password of a certificate file. `told` carries it, and whether a copy is kept here."""

    told = Signal(str, bool)

    def __init__(self, parent: QWidget, file: Path) -> None:
        super().__init__(parent, tr("settings.certificates.add_file"), 440)
        self.column.addWidget(label(file.name, "muted", wrap=True))
        self.secret = line_edit(tr("settings.certificates.secret"))
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.column.addWidget(FormRow(tr("settings.certificates.secret"), self.secret, required=True))
        self.copy = QCheckBox(tr("settings.certificates.keep_copy"))
        self.copy.setChecked(True)
        self.column.addWidget(self.copy)
        self.yes = button(tr("settings.certificates.add_do"), self._tell, kind="primary")
        self.answer(button(tr("widgets.cancel"), self.reject), self.yes)
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self) -> None:
        self.accept()
        self.told.emit(self.secret.text(), self.copy.isChecked())


class CertificatesPart(Part):
    """The list of certificates, the roots and lists, the seal, the time-stamp service."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._file = Path()
        self.column.addWidget(label(tr("settings.certificates.text"), "muted", wrap=True))
        columns: tuple[Column[HeldCertificate], ...] = (
            Column(tr("settings.certificates.name"), lambda one: one.certificate.name, share=3, is_strong=True),
            Column(tr("settings.certificates.issuer"), lambda one: one.certificate.issuer, share=4),
            Column(
                tr("settings.certificates.until"), lambda one: f"{local(one.certificate.not_after):%Y-%m-%d}",
                order=lambda one: one.certificate.not_after, mark=_until_mark,
            ),
            Column(tr("settings.certificates.where"), lambda one: tr(f"settings.certificates.kind.{one.kind}")),
        )  # fmt: skip
        empty = EmptyState("key", tr("settings.certificates.empty.title"), tr("settings.certificates.empty.text"))
        self.list = sized(
            ListPane(columns, lambda one: one.fingerprint, empty, name=tr("settings.certificates.list")), min_height=190
        )
        self.column.addWidget(self.list, 1)
        row = hbox(gap=Space.INSIDE)
        self.remove_button = button(tr("settings.certificates.remove"), self.ask_remove, icon="delete")
        self.token_button = button(tr("settings.certificates.add_token"), self._ask_driver, icon="key")
        self.file_button = button(tr("settings.certificates.add_file"), self._ask_file, kind="primary", icon="add")
        row.addWidget(self.remove_button)
        row.addStretch(1)
        row.addWidget(self.token_button)
        row.addWidget(self.file_button)
        self.column.addLayout(row)
        self.column.addWidget(self._trust_card())
        self.column.addWidget(self._seal_card())
        self.column.addStretch(1)
        self.list.table.picked.connect(self._picked)
        self._picked(None)

    def read(self) -> None:
        """Read everything."""
        services = self.context.services
        self.context.runner.run_read(
            lambda: Shown(services.certificates.all(), services.signing_trust.told()), self._show, owner=self, key="held"
        )

    def add_file(self, file: Path, password: str, *, copy: bool) -> None:
        """Take in a certificate file."""
        add = self.context.services.certificates.add_file
        self._write(lambda: add(file, password, copy=copy), tr("settings.certificates.added"))

    def add_token(self, driver: Path) -> None:
        """Remember the certificate on the token that is plugged in."""
        add = self.context.services.certificates.add_token
        self._write(lambda: add(driver), tr("settings.certificates.added"))

    def trust(self, file: Path) -> None:
        """Take in a root or a list."""
        trust, public = self.context.services.signing_trust.trust, self.public.isChecked()
        self._write(lambda: trust(file, public=public), tr("settings.certificates.trusted"))

    def update_trust(self) -> None:
        """Fetch root and list from the server."""
        self._write(self.context.services.signing_trust.update_from_server, tr("settings.certificates.updated"))

    def set_seal(self, picture: Path) -> None:
        """Take in the seal's picture."""
        set_seal = self.context.services.signing_trust.set_seal
        self._write(lambda: set_seal(picture), tr("settings.certificates.seal_set"))

    def set_service(self) -> None:
        """Name the time-stamp service."""
        set_service, url = self.context.services.signing_trust.set_service, self.service.text().strip()
        self.service.setModified(False)
        self._write(lambda: set_service(url), tr("settings.certificates.service_set"))

    def ask_remove(self) -> None:
        """Ask whether to forget the chosen certificate."""
        chosen = self.list.table.current()
        if chosen is None:
            return
        self._doomed = chosen.fingerprint
        dialog = ConfirmDialog(
            self, tr("settings.certificates.remove_title", name=chosen.certificate.name),
            tr(f"settings.certificates.remove_{'file' if chosen.kind == 'file' else 'other'}"),
            tr("settings.certificates.remove_do"), danger=True,
        )  # fmt: skip
        dialog.accepted.connect(self._remove)
        dialog.open()

    def _trust_card(self) -> Card:
        card = Card(tr("settings.certificates.trust"), gap=Space.BETWEEN)
        card.body.addWidget(label(tr("settings.certificates.trust_text"), "muted", wrap=True))
        self.standing = label("", wrap=True)
        card.body.addWidget(self.standing)
        line = Flow()
        self.public = QCheckBox(tr("settings.certificates.public"))
        line.add(self.public, grows=True)
        self.trust_button = button(tr("settings.certificates.trust_do"), self._ask_trust, icon="verified")
        self.update_button = button(tr("settings.certificates.update"), self.update_trust, icon="sync")
        line.add(self.trust_button)
        line.add(self.update_button)
        card.body.addWidget(line)
        row = hbox(gap=Space.INSIDE)
        self.service = line_edit(tr("settings.certificates.service"), hint=tr("settings.certificates.service_hint"))
        row.addWidget(FormRow(tr("settings.certificates.service"), self.service), 1)
        self.service_button = button(tr("settings.certificates.service_do"), self.set_service)
        row.addWidget(self.service_button, 0, Qt.AlignmentFlag.AlignBottom)
        card.body.addLayout(row)
        return card

    def _seal_card(self) -> Card:
        card = Card(tr("settings.certificates.seal"), gap=Space.BETWEEN)
        row = hbox(gap=Space.CARD)
        self.picture = sized(label(""), width=SEAL_SIDE, height=SEAL_SIDE)
        self.picture.setAccessibleName(tr("settings.certificates.seal"))
        row.addWidget(self.picture)
        row.addWidget(label(tr("settings.certificates.seal_text"), "muted", wrap=True), 1)
        self.seal_button = button(tr("settings.certificates.seal_do"), self._ask_seal, icon="evidence")
        row.addWidget(self.seal_button)
        card.body.addLayout(row)
        return card

    def _show(self, shown: Shown) -> None:
        self.list.put(shown.held)
        told = shown.trusted
        if not told.roots:
            words = tr("settings.certificates.no_roots")
        else:
            until = f"{local(told.list_until):%Y-%m-%d}" if told.list_until else ""
            key = "standing" if until else "standing_no_list"
            words = tr(f"settings.certificates.{key}", roots="、".join(told.roots), until=until)
        self.standing.setText(words)
        if not self.service.isModified():
            self.service.setText(told.service)
        side = current().px(SEAL_SIDE)
        pixmap = QPixmap()
        if told.seal:
            pixmap.loadFromData(told.seal)
            pixmap = pixmap.scaled(
                side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        self.picture.setPixmap(pixmap)
        self.picture.setVisible(bool(told.seal))

    def _write(self, call: Callable[[], object], done: str) -> None:
        self._said = done
        self.context.runner.run_write(call, self._written, self.context.notices.error, owner=self)

    def _written(self, _outcome: object) -> None:
        self.context.notices.toast(self._said)
        self.read()

    def _remove(self) -> None:
        remove, doomed = self.context.services.certificates.remove, self._doomed
        self._write(lambda: remove(doomed), tr("settings.certificates.removed"))

    def _picked(self, line: object) -> None:
        self.remove_button.setEnabled(line is not None)

    def _ask_file(self) -> None:
        self._choose(tr("settings.certificates.add_file"), KEY_FILES, self._file_chosen)

    def _ask_driver(self) -> None:
        self._choose(tr("settings.certificates.driver"), DRIVERS, self._driver_chosen)

    def _ask_trust(self) -> None:
        self._choose(tr("settings.certificates.trust_do"), TRUST_FILES, self._trust_chosen)

    def _ask_seal(self) -> None:
        self._choose(tr("settings.certificates.seal_do"), "*.png", self._seal_chosen)

    def _choose(self, title: str, kinds: str, then: Callable[[str], None]) -> None:
        dialog = QFileDialog(self, title, self.context.prefs.text(FOLDER))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([f"{title} ({kinds})", "* (*)"])
        dialog.fileSelected.connect(then)
        dialog.open()

    def _file_chosen(self, name: str) -> None:
        self._file = Path(name)
        self.context.prefs.set(FOLDER, str(self._file.parent))
        dialog = SecretDialog(self, self._file)
        dialog.told.connect(self._secret_told)
        dialog.open()

    def _secret_told(self, password: str, copy: bool) -> None:
        self.add_file(self._file, password, copy=copy)

    def _driver_chosen(self, name: str) -> None:
        self.add_token(Path(name))

    def _trust_chosen(self, name: str) -> None:
        self.trust(Path(name))

    def _seal_chosen(self, name: str) -> None:
        self.set_seal(Path(name))


def _until_mark(held: "HeldCertificate") -> tuple[str, str]:
    left = held.certificate.not_after - now()
    if left < dt.timedelta():
        return ("fail", "bad")
    return ("warning", "open") if left < _SOON else ("verified", "ok")
