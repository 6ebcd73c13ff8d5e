"""A new recovery key: asked for, shown once, and put away only when it was written down."""

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.core.outcome import Outcome
from app.gui.screen import Context
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import hbox, sized, vbox


class RecoveryCard(Card):
    """Replaces the recovery key; the former one opens nothing any more from that moment."""

    def __init__(self, context: Context) -> None:
        super().__init__(tr("settings.safety.key"), gap=Space.BETWEEN)
        self._context = context
        self._key = ""
        sized(self, max_width=640)
        self.body.addWidget(label(tr("settings.safety.key.text"), "muted", wrap=True))
        self._paper = QWidget()
        column = vbox(self._paper, gap=Space.BETWEEN)
        column.addWidget(label(tr("gate.key_about"), wrap=True))
        self.shown = selectable("", "secret")
        self.shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.shown.setAccessibleName(tr("gate.key_label"))
        column.addWidget(self.shown)
        self.typed = sized(line_edit(tr("gate.key_check"), hint="XXXXX"), max_width=160)
        self._typed_row = FormRow(tr("gate.key_check"), self.typed, required=True)
        self.typed.returnPressed.connect(self.put_away)
        column.addWidget(self._typed_row)
        self._paper.hide()
        self.body.addWidget(self._paper)
        row = hbox()
        row.addStretch(1)
        self.replace = button(tr("settings.safety.key.replace"), self.ask)
        self.done = button(tr("settings.safety.key.done"), self.put_away, kind="primary")
        self.done.hide()
        row.addWidget(self.replace)
        row.addWidget(self.done)
        self.body.addLayout(row)

    def ask(self) -> None:
        """Name the consequence first."""
        dialog = ConfirmDialog(
            self, tr("settings.safety.key.ask"), tr("settings.safety.key.means"), tr("settings.safety.key.replace_do"),
            danger=True,
        )  # fmt: skip
        dialog.accepted.connect(self._replace)
        dialog.open()

    def put_away(self) -> None:
        """Hide the key once its last group was typed from the paper."""
        typed = re.sub(r"[^0-9A-Z]", "", self.typed.text().upper())
        if typed != self._key.split("-")[-1].upper():
            self._typed_row.set_error(tr("gate.key_wrong"))
            self.typed.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._key = ""
        self.shown.clear()
        self.typed.clear()
        self._typed_row.set_error("")
        self._turn(is_shown=False)
        self._context.notices.toast(tr("settings.safety.key.saved"))

    def _replace(self) -> None:
        self.replace.setEnabled(False)
        self._context.runner.run_write(
            self._context.services.vault.replace_recovery, self._replaced, self._failed, owner=self
        )

    def _replaced(self, outcome: Outcome[str]) -> None:
        self._key = outcome.value
        groups = self._key.split("-")
        half = (len(groups) + 1) // 2
        self.shown.setText("\n".join("  ".join(part) for part in (groups[:half], groups[half:]) if part))
        self._turn(is_shown=True)
        self.typed.setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, error: BaseException) -> None:
        self.replace.setEnabled(True)
        self._context.notices.error(error)

    def _turn(self, *, is_shown: bool) -> None:
        self._paper.setVisible(is_shown)
        self.done.setVisible(is_shown)
        self.replace.setVisible(not is_shown)
        self.replace.setEnabled(True)
