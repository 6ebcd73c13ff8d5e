"""A question before something leaves the laptop or is signed. It names what will happen; its button is the verb."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QWidget

from app.gui.texts import tr
from app.gui.widgets.asked import Asked
from app.gui.widgets.buttons import button
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import sized


class ConfirmDialog(Asked):
    """Title is the question, `consequence` says what it means, `verb` is on the button. Esc and Cancel say no.

    `acknowledge` adds a box that must be ticked; `ask_reason` adds a text that must be written (`reason`).
    Show it with `open()` and connect `accepted` to a bound method; `exec()` is for tests and scripts only.
    """

    def __init__(
        self,
        parent: QWidget,
        title: str,
        consequence: str,
        verb: str,
        *,
        danger: bool = False,
        acknowledge: str = "",
        ask_reason: str = "",
    ) -> None:
        super().__init__(parent, title, 440)
        column = self.column
        column.addWidget(label(consequence, wrap=True))
        self._box = QCheckBox(acknowledge)
        self._box.toggled.connect(self._check)
        column.addWidget(self._box)
        self._box.setVisible(bool(acknowledge))
        self._reason = QPlainTextEdit()
        sized(self._reason, height=96)
        self._reason.setTabChangesFocus(True)
        self._reason.textChanged.connect(self._check)
        self._reason_row = FormRow(ask_reason, self._reason, required=True)
        column.addWidget(self._reason_row)
        self._reason_row.setVisible(bool(ask_reason))
        self.no = button(tr("widgets.cancel"), self.reject)
        self.yes = button(verb, self.accept, kind="danger" if danger else "primary")
        self.answer(self.no, self.yes)
        self._needs_box, self._needs_reason = bool(acknowledge), bool(ask_reason)
        self.setAccessibleName(f"{title} {consequence}")
        self._check()
        # Enter must not confirm what cannot be undone.
        (self.no if danger else self.yes).setDefault(True)
        (self._reason if ask_reason else self.no if danger else self.yes).setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    @property
    def reason(self) -> str:
        """The reason written, without surrounding blanks."""
        return self._reason.toPlainText().strip()

    def _check(self) -> None:
        ticked = self._box.isChecked() or not self._needs_box
        self.yes.setEnabled(ticked and (bool(self.reason) or not self._needs_reason))
