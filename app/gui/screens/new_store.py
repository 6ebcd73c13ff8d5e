"""What every first start has: a secret typed twice, and a recovery key that is written down."""

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.gate import Gate
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import sized, vbox
from app.gui.widgets.trouble import SecretEdit

LEAST = {"pin": 6, "passphrase": 12}
_ROWS = ("0123456789", "9876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop")


def is_too_simple(secret: str) -> bool:
    """Return whether a secret is one repeated sign or a plain run such as 123456."""
    low = secret.lower()
    return len(set(low)) <= 2 or any(low in row for row in _ROWS)


def secret_problem(secret: str, least: int) -> str:
    """Return why a new secret will not do, or nothing."""
    if len(secret) < least:
        return tr("gate.secret_short", least=least)
    return tr("gate.secret_weak") if is_too_simple(secret) else ""


class NewStorePage(Gate):
    """Steps behind one another. `finished` fires when the key was written down, `failed` carries what a step cannot mend."""

    finished = Signal()
    failed = Signal(object)

    def __init__(self, *, width: int, needs: str) -> None:
        super().__init__(width=width)
        self._needs = needs
        self._key = ""
        self._pages = QStackedWidget()

    def _make_secret_rows(self) -> None:
        self.secret, self.again = SecretEdit(tr(f"gate.{self._needs}")), SecretEdit(tr("gate.secret_again"))
        self.secret_row = FormRow(
            tr(f"gate.{self._needs}"), self.secret, hint=tr(f"gate.secret_rule_{self._needs}"), required=True
        )
        self.again_row = FormRow(tr("gate.secret_again"), self.again, required=True)

    def _judge_secret(self) -> None:
        """Say at the rows what is wrong with the secret, or nothing."""
        secret = self.secret.text()
        problem = secret_problem(secret, LEAST[self._needs])
        self.secret_row.set_error(problem)
        self.again_row.set_error("" if problem or self.again.text() == secret else tr("gate.secret_differs"))

    def _make_key(self) -> None:
        column = self._page(tr("gate.key_title"), tr("gate.key_about"))
        self.shown = selectable("", "secret")
        self.shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.shown.setAccessibleName(tr("gate.key_label"))
        column.addWidget(self.shown)
        self.typed = sized(line_edit(tr("gate.key_check"), hint="XXXXX"), max_width=160)
        self.typed_row = FormRow(tr("gate.key_check"), self.typed, required=True)
        column.addWidget(self.typed_row)
        column.addStretch(1)

    def _page(self, title: str, about: str) -> QVBoxLayout:
        page = QWidget()
        column = vbox(page, gap=Space.BETWEEN)
        column.addWidget(label(title, "title"))
        column.addWidget(label(about, "muted", wrap=True))
        self._pages.addWidget(page)
        return column

    def _show_key(self, key: str) -> None:
        """Forget the secret and show the recovery key, in two lines."""
        self.secret.clear()
        self.again.clear()
        self._key = key
        groups = key.split("-")
        half = (len(groups) + 1) // 2
        self.shown.setText("\n".join("  ".join(part) for part in (groups[:half], groups[half:]) if part))

    def _leave_key(self) -> None:
        typed = re.sub(r"[^0-9A-Z]", "", self.typed.text().upper())
        if typed != self._key.split("-")[-1].upper():
            self.typed_row.set_error(tr("gate.key_wrong"))
            return
        self._key = ""
        self.shown.setText("")
        self.finished.emit()
