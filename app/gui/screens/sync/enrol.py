"""Enrolment of this laptop: server address, and a one-time code or a request to an administrator."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit

from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized


class EnrolCard(Card):
    """Asks once for address and code; `wanted` carries both, `asked` the address alone where there is no code."""

    wanted = Signal(str, str)
    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__(tr("sync.enrol.title"), gap=Space.BETWEEN)
        self.body.addWidget(label(tr("sync.enrol.text"), "muted", wrap=True))
        self._form = Form()
        self.server: QLineEdit = line_edit(tr("sync.enrol.server"), hint=tr("sync.enrol.server.hint"))
        self.code: QLineEdit = line_edit(tr("sync.enrol.code"), hint=tr("sync.enrol.code.hint"))
        self._server_row = self._form.row(tr("sync.enrol.server"), self.server, required=True)
        self._code_row = self._form.row(tr("sync.enrol.code"), self.code, required=True)
        self.body.addWidget(self._form)
        self.body.addWidget(label(tr("sync.enrol.other"), "secondary"))
        row = hbox(gap=Space.BETWEEN)
        self.without = button(tr("sync.enrol.without"), self.ask_without)
        row.addWidget(self.without)
        row.addStretch(1)
        self.do = button(tr("sync.enrol.do"), self.ask, kind="primary")
        row.addWidget(self.do)
        self.body.addLayout(row)
        self.code.returnPressed.connect(self.ask)
        sized(self, max_width=560)

    def ask(self) -> None:
        """Ask for enrolment, or say what is missing."""
        server, code = self._address(), "".join(self.code.text().split())
        self._code_row.set_error("" if code else tr("sync.enrol.need.code"))
        if self._form.wrong() is None:
            self.set_working(True)
            self.wanted.emit(server, code)

    def ask_without(self) -> None:
        """Ask to be let in by an administrator, or say what is missing."""
        server = self._address()
        self._code_row.set_error("")
        if self._form.wrong() is None:
            self.set_working(True)
            self.asked.emit(server)

    def _address(self) -> str:
        server = self.server.text().strip().rstrip("/")
        is_address = server.startswith(("https://", "http://")) and len(server.partition("://")[2]) > 0
        self._server_row.set_error("" if is_address else tr("sync.enrol.need.server"))
        return server

    def set_working(self, working: bool) -> None:
        """Show that the server is being asked."""
        self.do.setEnabled(not working)
        self.without.setEnabled(not working)
        self.do.setText(tr("sync.enrol.working" if working else "sync.enrol.do"))

    def focus_first(self) -> None:
        """Put the cursor where filling in begins."""
        self.server.setFocus(Qt.FocusReason.OtherFocusReason)
