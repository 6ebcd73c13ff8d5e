"""The lock screen: PIN or passphrase, the wait after wrong tries, and the recovery key."""

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit

from app.gui.contracts import VaultServices
from app.gui.messages import sentence
from app.gui.runner import Runner
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.forms import FormRow
from app.gui.widgets.gate import Gate
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox
from app.gui.widgets.trouble import SecretEdit

# What is told on this page; everything else means the store itself did not open.
HERE = ("vault.wrong_secret", "vault.too_soon", "vault.tries_exhausted", "vault.recovery_typo", "vault.wrong_recovery",
        "vault.too_short", "vault.out_of_memory", "keyring.unavailable", "keyring.lost")  # fmt: skip


class LockPage(Gate):
    """`unlocked` fires once the store is open by the secret, `recovered` once it is open by the recovery key (a new
    secret is due); `failed` carries an error that this page cannot mend.
    """

    unlocked = Signal()
    recovered = Signal()
    failed = Signal(object)

    def __init__(
        self, vault: VaultServices, runner: Runner, *, needs: str, wait_s: int = 0, why: str = ""
    ) -> None:
        super().__init__()
        self._vault, self._runner = vault, runner
        self._needs, self._by_recovery, self._wait_s = needs, False, 0
        self.body.addWidget(label(tr("gate.unlock_title"), "title"))
        self.about = label(why, "muted", wrap=True)
        self.about.setVisible(bool(why))
        self.body.addWidget(self.about)
        self.secret = SecretEdit(tr(f"gate.{needs}"))
        self.row = FormRow(tr(f"gate.{needs}"), self.secret)
        self.body.addWidget(self.row)
        self.recovery = QLineEdit()
        self.recovery.setPlaceholderText("XXXXX-XXXXX-XXXXX-…")
        self.recovery_row = FormRow(tr("gate.recovery"), self.recovery, hint=tr("gate.recovery_about"))
        self.recovery_row.hide()
        self.body.addWidget(self.recovery_row)
        self.go = button(tr("gate.unlock"), self.submit, kind="primary")
        line = hbox(gap=Space.INSIDE)
        line.addWidget(self.go)
        line.addStretch(1)
        self.other = button(tr("gate.forgot"), self._switch, kind="link")
        line.addWidget(self.other)
        self.body.addLayout(line)
        self.secret.edit.returnPressed.connect(self.submit)
        self.recovery.returnPressed.connect(self.submit)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._count_down)
        self.setFocusProxy(self.secret.edit)
        self._wait(wait_s)

    def submit(self) -> None:
        """Try what was typed."""
        if not self.go.isEnabled():
            return
        typed = self.recovery.text() if self._by_recovery else self.secret.text()
        row = self.recovery_row if self._by_recovery else self.row
        if not typed.strip():
            row.set_error(tr("gate.needed"))
            return
        row.set_error("")
        self._busy(True)
        open_with = self._vault.unlock_with_recovery if self._by_recovery else self._vault.unlock
        self._runner.run_write(lambda: open_with(typed), self._opened, self._refused, owner=self)

    def _opened(self, _result: Any) -> None:
        self.secret.clear()
        self.recovery.clear()
        self._busy(False)
        (self.recovered if self._by_recovery else self.unlocked).emit()

    def _refused(self, error: BaseException) -> None:
        self._busy(False)
        if getattr(error, "code", "") not in HERE:
            self.failed.emit(error)
            return
        row = self.recovery_row if self._by_recovery else self.row
        row.set_error(sentence(error))
        field = self.recovery if self._by_recovery else self.secret.edit
        field.selectAll()
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        params: dict[str, Any] = getattr(error, "params", {})
        self._wait(int(params.get("wait_s") or 0))
        if getattr(error, "code", "") in ("vault.tries_exhausted", "keyring.lost") and not self._by_recovery:
            self._switch()
            self.recovery_row.set_error(sentence(error))

    def _switch(self) -> None:
        self._by_recovery = not self._by_recovery
        self.row.setVisible(not self._by_recovery)
        self.recovery_row.setVisible(self._by_recovery)
        self.row.set_error("")
        self.recovery_row.set_error("")
        self.other.setText(tr("gate.use_secret" if self._by_recovery else "gate.forgot"))
        (self.recovery if self._by_recovery else self.secret.edit).setFocus(Qt.FocusReason.OtherFocusReason)
        self._say()

    def _wait(self, seconds: int) -> None:
        self._wait_s = max(0, seconds)
        if self._wait_s:
            self._tick.start()
        self._say()

    def _count_down(self) -> None:
        self._wait_s = max(0, self._wait_s - 1)
        if not self._wait_s:
            self._tick.stop()
            self.row.set_error("")
        self._say()

    def _busy(self, on: bool) -> None:
        for field in (self.secret, self.recovery, self.other):
            field.setEnabled(not on)
        self.go.setEnabled(not on)
        self.go.setText(tr("gate.unlocking" if on else "gate.unlock"))

    def _say(self) -> None:
        # The wait guards the PIN; the recovery key has 160 bits and needs none.
        waiting = self._wait_s > 0 and not self._by_recovery
        self.go.setEnabled(not waiting)
        self.go.setText(tr("gate.wait", seconds=self._wait_s) if waiting else tr("gate.unlock"))
