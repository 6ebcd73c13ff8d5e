"""After the recovery key: a new PIN or passphrase, before anything else."""

from PySide6.QtCore import Qt, Signal

from app.gui.contracts import VaultServices
from app.gui.messages import sentence
from app.gui.runner import Runner
from app.gui.screens.new_store import LEAST, secret_problem
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.forms import FormRow
from app.gui.widgets.gate import Gate
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox
from app.gui.widgets.trouble import SecretEdit


class NewSecretPage(Gate):
    """`finished` fires when the new secret is in force; the store stays open meanwhile."""

    finished = Signal()

    def __init__(self, vault: VaultServices, runner: Runner, *, needs: str) -> None:
        super().__init__()
        self._vault, self._runner, self._needs = vault, runner, needs
        self.body.addWidget(label(tr(f"gate.secret_new_{needs}"), "title"))
        self.message(tr("gate.secret_new_about"))
        self.secret, self.again = SecretEdit(tr(f"gate.{needs}")), SecretEdit(tr("gate.secret_again"))
        self.secret_row = FormRow(tr(f"gate.{needs}"), self.secret, hint=tr(f"gate.secret_rule_{needs}"))
        self.again_row = FormRow(tr("gate.secret_again"), self.again)
        self.body.addWidget(self.secret_row)
        self.body.addWidget(self.again_row)
        self.go = button(tr("gate.secret_new_save"), self.submit, kind="primary")
        line = hbox(gap=Space.INSIDE)
        line.addWidget(self.go)
        line.addStretch(1)
        self.body.addLayout(line)
        self.secret.edit.returnPressed.connect(self.again.setFocus)
        self.again.edit.returnPressed.connect(self.submit)
        self.setFocusProxy(self.secret.edit)

    def submit(self) -> None:
        """Set what was typed twice, or say what is wrong."""
        if not self.go.isEnabled():
            return
        secret = self.secret.text()
        problem = secret_problem(secret, LEAST[self._needs])
        self.secret_row.set_error(problem)
        self.again_row.set_error("" if problem or self.again.text() == secret else tr("gate.secret_differs"))
        if problem or self.again_row.error:
            (self.secret if problem else self.again).setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._busy(True)
        self._runner.run_write(lambda: self._vault.reset_secret(secret), self._set, self._refused, owner=self)

    def _set(self, _result: object) -> None:
        self.secret.clear()
        self.again.clear()
        self.finished.emit()

    def _refused(self, error: BaseException) -> None:
        self._busy(False)
        self.secret_row.set_error(sentence(error))
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def _busy(self, on: bool) -> None:
        for field in (self.secret, self.again, self.go):
            field.setEnabled(not on)
        self.go.setText(tr("gate.unlocking" if on else "gate.secret_new_save"))
