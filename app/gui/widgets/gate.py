"""The page before the window proper: a card in the middle, and what to do when the store does not open."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from app.gui.contracts import Rescue
from app.gui.messages import sentence
from app.gui.runner import Runner
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import hbox, sized, vbox
from app.gui.widgets.rail import Brand

# Codes after which the last backup is a way on.
RESTORABLE = (
    "vault.damaged",
    "db.damaged",
    "db.missing",
    "db.wrong_key",
    "db.cannot_open",
    "db.upgrade_failed",
)


class Gate(QWidget):
    """A page with one card in the middle; put content into `body`."""

    def __init__(self, *, width: int = 440) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        outer = vbox(self, margin=Space.PAGE)
        outer.addStretch(2)
        line = hbox()
        line.addStretch(1)
        self.card = sized(Card(margin=32, gap=Space.CARD), width=width)
        line.addWidget(self.card)
        line.addStretch(1)
        outer.addLayout(line)
        outer.addStretch(3)
        self.body = self.card.body
        self.body.addWidget(Brand(28))

    def message(self, text: str) -> QWidget:
        """Add a wrapping sentence."""
        made = label(text, "muted", wrap=True)
        self.body.addWidget(made)
        return made


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


class OpeningPage(Gate):
    """Shown at once, until the services are there."""

    def __init__(self) -> None:
        super().__init__()
        self.words = self.message(tr("gate.opening"))


class TroublePage(Gate):
    """The store did not open: what happened, and ways on."""

    def __init__(
        self, error: BaseException, runner: Runner, rescue: Rescue | None, again: Callable[[], object]
    ) -> None:
        super().__init__(width=560)
        self._runner, self._rescue, self._again = runner, rescue, again
        self.body.addWidget(label(tr("gate.trouble_title"), "title"))
        self.words = selectable(sentence(error))
        self.body.addWidget(self.words)
        line = hbox(gap=Space.INSIDE)
        self.retry = button(tr("gate.trouble_retry"), self._retry, kind="primary")
        line.addWidget(self.retry)
        code = str(getattr(error, "code", ""))
        self.restore = button(tr("gate.trouble_restore"), self._ask_restore)
        self.restore.setVisible(rescue is not None and code in RESTORABLE)
        line.addWidget(self.restore)
        self.folder = button(tr("gate.trouble_folder"), self._show_folder)
        self.folder.setVisible(rescue is not None)
        line.addWidget(self.folder)
        line.addStretch(1)
        self.body.addLayout(line)
        self.retry.setFocus(Qt.FocusReason.OtherFocusReason)

    def _retry(self) -> None:
        self._again()

    def _show_folder(self) -> None:
        if self._rescue is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(self._rescue.folder()))

    def _ask_restore(self) -> None:
        ask = ConfirmDialog(
            self, tr("gate.trouble_restore_ask"), tr("gate.trouble_restore_means"), tr("gate.trouble_restore")
        )
        ask.accepted.connect(self._restore)
        ask.open()

    def _restore(self) -> None:
        if self._rescue is not None:
            self.restore.setEnabled(False)
            self._runner.run_write(self._rescue.restore_last_backup, self._restored, self._failed, owner=self)

    def _restored(self, _result: object) -> None:
        self.words.setText(tr("gate.trouble_restored"))
        self._again()

    def _failed(self, error: BaseException) -> None:
        self.restore.setEnabled(True)
        self.words.setText(sentence(error))
