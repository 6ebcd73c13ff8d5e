"""What to do when the store does not open, and the line for a secret."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from app.gui.messages import sentence
from app.gui.runner import Runner
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.forms import FormRow
from app.gui.widgets.gate import Gate
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import hbox

Restore = Callable[[str], Any]
# Codes after which the last backup is a way on.
RESTORABLE = (
    "db.damaged",
    "db.missing",
    "db.wrong_key",
    "db.cannot_open",
    "db.upgrade_failed",
)


class SecretEdit(QWidget):
    """A line for PIN, passphrase or key with a box that shows what is typed."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.edit = QLineEdit()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setAccessibleName(name)
        self.edit.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.show_box = QCheckBox(tr("gate.show_secret"))
        self.show_box.toggled.connect(self._reveal)
        line = hbox(self, gap=Space.BETWEEN)
        line.addWidget(self.edit, 1)
        line.addWidget(self.show_box)
        self.setFocusProxy(self.edit)
        self.setAccessibleName(name)

    def text(self) -> str:
        """Return what was typed."""
        return self.edit.text()

    def clear(self) -> None:
        """Forget what was typed."""
        self.edit.clear()
        self.show_box.setChecked(False)

    def _reveal(self, on: bool) -> None:
        self.edit.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)


class TroublePage(Gate):
    """The store did not open: what happened, and ways on.

    `retried` asks to open again; `restored` says that the last backup is in place and open.
    """

    retried = Signal()
    restored = Signal()

    def __init__(
        self,
        error: BaseException,
        runner: Runner,
        *,
        needs: str,
        restore: Restore | None = None,
        folder: str = "",
    ) -> None:
        super().__init__(width=560)
        self._runner, self._restore, self._folder = runner, restore, folder
        self.body.addWidget(label(tr("gate.trouble_title"), "title"))
        self.words = selectable(sentence(error))
        self.body.addWidget(self.words)
        self.secret = SecretEdit(tr(f"gate.{needs}"))
        self.secret_row = FormRow(tr(f"gate.{needs}"), self.secret, hint=tr("gate.trouble_restore_means"))
        self.restore = button(tr("gate.trouble_restore"), self._ask_restore)
        can_restore = restore is not None and str(getattr(error, "code", "")) in RESTORABLE
        self.body.addWidget(self.secret_row)
        line = hbox(gap=Space.INSIDE)
        self.retry = button(tr("gate.trouble_retry"), self.retried.emit, kind="primary")
        self.folder = button(tr("gate.trouble_folder"), self._show_folder)
        for one in (self.retry, self.restore, self.folder):
            line.addWidget(one)
        line.addStretch(1)
        self.body.addLayout(line)
        self.secret_row.setVisible(can_restore)
        self.restore.setVisible(can_restore)
        self.folder.setVisible(bool(folder))
        self.setFocusProxy(self.retry)

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._folder))

    def _ask_restore(self) -> None:
        if not self.secret.text():
            self.secret_row.set_error(tr("gate.needed"))
            return
        ask = ConfirmDialog(
            self, tr("gate.trouble_restore_ask"), tr("gate.trouble_restore_means"), tr("gate.trouble_restore")
        )
        ask.accepted.connect(self.restore_now)
        ask.open()

    def restore_now(self) -> None:
        """Put the last backup in place, with the secret that was typed."""
        restore, secret = self._restore, self.secret.text()
        if restore is not None:
            self.restore.setEnabled(False)
            self._runner.run_write(lambda: restore(secret), self._done, self._failed, owner=self)

    def _done(self, _result: object) -> None:
        self.secret.clear()
        self.restored.emit()

    def _failed(self, error: BaseException) -> None:
        self.restore.setEnabled(True)
        self.secret_row.set_error(sentence(error))
