"""Log in at the server: account, password, and the six digits where a role asks for them. The password is kept nowhere."""

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit

from app.core.membership import Membership
from app.gui.messages import sentence
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized

_SECOND_MS = 1000


class LoginCard(Card):
    """Asks who is there; `wanted` carries account, password and digits."""

    wanted = Signal(str, str, str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__(tr("sync.login.title"), gap=Space.BETWEEN)
        self.why = label("", "muted", wrap=True)
        self.body.addWidget(self.why)
        self._form = Form()
        self.user: QLineEdit = line_edit(tr("sync.login.user"))
        self.password: QLineEdit = line_edit(tr("sync.login.password"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.digits: QLineEdit = line_edit(tr("sync.login.digits"), hint=tr("sync.login.digits.hint"))
        self._user_row = self._form.row(tr("sync.login.user"), self.user, required=True)
        self._password_row = self._form.row(tr("sync.login.password"), self.password, required=True)
        self.digits_row = self._form.row(tr("sync.login.digits"), self.digits, required=True)
        self.body.addWidget(self._form)
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        self.body.addWidget(self.problem)
        self.body.addWidget(label(tr("sync.login.kept"), "secondary", wrap=True))
        row = hbox(gap=Space.BETWEEN)
        self.later = button(tr("sync.login.later"), self.left.emit)
        self.do = button(tr("sync.login.do"), self.ask, kind="primary")
        row.addWidget(self.later)
        row.addStretch(1)
        row.addWidget(self.do)
        self.body.addLayout(row)
        self.digits_row.hide()
        self._wait_s = 0
        self._second = QTimer(self)
        self._second.setInterval(_SECOND_MS)
        self._second.timeout.connect(self._tick)
        for field in (self.user, self.password, self.digits):
            field.returnPressed.connect(self.ask)
        sized(self, max_width=560)

    def put(self, member: Membership) -> None:
        """Show for whom the password is asked; what is being typed stays."""
        self.why.setText(tr("sync.login.needed" if member.needs_login else "sync.login.again"))
        self.later.setVisible(not member.needs_login)
        if not self.user.text():
            self.user.setText(member.user)
        if member.needs_digits:
            self.digits_row.show()

    def ask(self) -> None:
        """Ask to be logged in, or say what is missing."""
        if not self.do.isEnabled():
            return
        user, password, digits = self.user.text().strip(), self.password.text(), "".join(self.digits.text().split())
        self._user_row.set_error("" if user else tr("sync.login.need.user"))
        self._password_row.set_error("" if password else tr("sync.login.need.password"))
        is_fine = self.digits_row.isHidden() or (digits.isdecimal() and len(digits) == 6)
        self.digits_row.set_error("" if is_fine else tr("sync.login.need.digits"))
        if self._form.wrong() is None:
            self._say("")
            self._set_working(True)
            self.wanted.emit(user, password, digits)

    def succeed(self) -> None:
        """Forget what was typed."""
        self._set_working(False)
        self._say("")
        self._clear()

    def fail(self, error: BaseException) -> None:
        """Say what was wrong, and what to do; a wait counts down."""
        self._set_working(False)
        code, params = getattr(error, "code", ""), getattr(error, "params", {})
        if code == "login.totp_needed":
            self.digits_row.show()
            self.digits.setFocus(Qt.FocusReason.OtherFocusReason)
            self._say(tr("sync.login.digits.now"))
            return
        self._clear()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)
        if code == "login.locked":
            self._begin_wait(params)
        else:
            self._say(sentence(error))

    def focus_first(self) -> None:
        """Put the cursor where filling in begins."""
        field = self.password if self.user.text() else self.user
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin_wait(self, params: Any) -> None:
        self._wait_s = max(int(params.get("wait_s", 0)), 1)
        self._second.start()
        self._show_wait()

    def _tick(self) -> None:
        self._wait_s -= 1
        self._show_wait()

    def _show_wait(self) -> None:
        if self._wait_s <= 0:
            self._second.stop()
            self.do.setEnabled(True)
            self._say(tr("sync.login.wait.over"))
            return
        self.do.setEnabled(False)
        self._say(tr("sync.login.wait", minutes=self._wait_s // 60, seconds=self._wait_s % 60))

    def _say(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def _set_working(self, working: bool) -> None:
        self.do.setEnabled(not working)
        self.do.setText(tr("sync.login.working" if working else "sync.login.do"))

    def _clear(self) -> None:
        self.password.clear()
        self.digits.clear()
