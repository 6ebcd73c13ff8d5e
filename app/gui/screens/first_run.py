"""The first start, in three short steps: who, secret, recovery key."""

import sys
from typing import Any

from PySide6.QtCore import QProcess, Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from app.core.places import LONE_OFFICE, office_code
from app.gui.contracts import VaultServices
from app.gui.messages import sentence
from app.gui.runner import Runner
from app.gui.screens.new_store import NewStorePage
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import Button, button
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox


def self_check_command(package: str) -> tuple[str, list[str]]:
    """Return program and arguments that open a self-check package."""
    program = [] if getattr(sys, "frozen", False) else ["-m", "app"]
    return sys.executable, [*program, "--self-check", package]


class FirstRunPage(NewStorePage):
    """`finished` fires when the office exists and the key was written down; `failed` when the store refused."""

    def __init__(self, vault: VaultServices, runner: Runner, *, needs: str) -> None:
        super().__init__(width=560, needs=needs)
        self._vault, self._runner = vault, runner
        self.step = label("", "hint")
        self.body.addWidget(self.step)
        self.body.addWidget(self._pages)
        self._make_who()
        self._make_secret()
        self._make_key()
        line = hbox(gap=Space.INSIDE)
        self.previous = button(tr("gate.previous"), self._go_back)
        line.addWidget(self.previous)
        line.addStretch(1)
        self.next = button(tr("gate.next"), self.advance, kind="primary")
        line.addWidget(self.next)
        self.body.addLayout(line)
        for edit in (self.office, self.person, self.licence, self.code, self.secret.edit, self.again.edit, self.typed):
            edit.returnPressed.connect(self.advance)
        self._show(0)

    def advance(self) -> None:
        """Check this step and go on."""
        if not self.next.isEnabled():
            return
        step = (self._leave_who, self._leave_secret, self._leave_key)[self._pages.currentIndex()]
        step()

    def _make_who(self) -> None:
        column = self._page(tr("gate.who_title"), tr("gate.who_about"))
        self.office = line_edit(tr("gate.office"), hint=tr("gate.office_hint"))
        self.office_row = FormRow(tr("gate.office"), self.office, required=True)
        self.person, self.licence = line_edit(tr("gate.person")), line_edit(tr("gate.licence"))
        self.person_row = FormRow(tr("gate.person"), self.person, required=True)
        self.licence_row = FormRow(tr("gate.licence"), self.licence, required=True)
        self.code = line_edit(tr("gate.code"), hint=tr("gate.code_hint"))
        self.code_row = FormRow(tr("gate.code"), self.code, hint=tr("gate.code_about"))
        column.addWidget(self.office_row)
        pair = hbox(gap=Space.BETWEEN)
        for row in (self.person_row, self.licence_row):
            pair.addWidget(row, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(pair)
        column.addWidget(self.code_row)
        mark = hbox(gap=Space.INSIDE)
        self.rehearsal = QCheckBox()
        self.rehearsal.setAccessibleName(tr("gate.rehearsal"))
        words = label(tr("gate.rehearsal"), "secondary", wrap=True)
        words.setBuddy(self.rehearsal)
        mark.addWidget(self.rehearsal, 0, Qt.AlignmentFlag.AlignTop)
        mark.addWidget(words, 1)
        column.addLayout(mark)
        self.institution = button(tr("institution.start"), self._choose_package, kind="link")
        column.addWidget(self.institution)
        column.addStretch(1)

    def _make_secret(self) -> None:
        column = self._page(tr(f"gate.secret_title_{self._needs}"), tr(f"gate.secret_about_{self._needs}"))
        self._make_secret_rows()
        column.addWidget(self.secret_row)
        column.addWidget(self.again_row)
        column.addStretch(1)

    def _choose_package(self) -> None:
        """Open a self-check package in a window of its own: an institution makes no office."""
        name, _ = QFileDialog.getOpenFileName(self, tr("institution.start_choose"), "", tr("institution.start_files"))
        if name and QProcess.startDetached(*self_check_command(name))[0]:
            self.window().close()

    def _leave_who(self) -> None:
        rows = (self.office_row, self.person_row, self.licence_row)
        for row, edit in zip(rows, (self.office, self.person, self.licence), strict=True):
            row.set_error("" if edit.text().strip() else tr("gate.needed"))
        self.code_row.set_error("" if office_code(self._code) else tr("gate.code_wrong"))
        wrong = next((row for row in (*rows, self.code_row) if row.error), None)
        if wrong is not None:
            wrong.field.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._show(1)

    def _leave_secret(self) -> None:
        secret = self.secret.text()
        self._judge_secret()
        if self.secret_row.error or self.again_row.error:
            (self.secret if self.secret_row.error else self.again).setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._busy(True)
        office, person, licence = (edit.text().strip() for edit in (self.office, self.person, self.licence))
        rehearsal, code = self.rehearsal.isChecked(), self._code
        self._runner.run_write(
            lambda: self._vault.setup(office, person, licence, secret, rehearsal, code=code),
            self._made,
            self._refused,
            owner=self,
        )

    @property
    def _code(self) -> str:
        return self.code.text().strip() or LONE_OFFICE

    def _made(self, outcome: Any) -> None:
        self._busy(False)
        self._show_key(str(outcome.value))
        self._show(2)

    def _refused(self, error: BaseException) -> None:
        self._busy(False)
        code = str(getattr(error, "code", ""))
        if code in (
            "vault.too_short",
            "keyring.unavailable",
            "vault.out_of_memory",
            "db.disk_full",
            "vault.unwritable",
        ):
            self.secret_row.set_error(sentence(error))
        else:
            self.failed.emit(error)

    def _go_back(self) -> None:
        self._show(0)

    def _show(self, at: int) -> None:
        self._pages.setCurrentIndex(at)
        self.step.setText(tr("gate.step", now=at + 1))
        # The office exists after the second step: there is no way back to it.
        self.previous.setVisible(at == 1)
        self.next.setText(tr("gate.begin" if at == 2 else "gate.next"))
        first: tuple[QWidget, ...] = (self.office, self.secret.edit, self.typed)
        self.setFocusProxy(first[at])
        first[at].setFocus(Qt.FocusReason.OtherFocusReason)

    def _busy(self, on: bool) -> None:
        self._pages.setEnabled(not on)
        buttons: tuple[Button, ...] = (self.previous, self.next)
        for one in buttons:
            one.setEnabled(not on)
        self.next.setText(tr("gate.creating" if on else "gate.next"))
