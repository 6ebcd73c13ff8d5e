"""The first start at an institution: who asks what until when, who is responsible, a secret, the recovery key."""

import re
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.gui.messages import sentence
from app.gui.runner import Runner
from app.gui.screens.first_run import LEAST, secret_problem
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.gate import Gate
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import hbox, sized, vbox
from app.gui.widgets.trouble import SecretEdit


class InstitutionFirstPage(Gate):
    """`finished` fires when the store exists and the key was written down; `failed` when the package or the store refused."""

    finished = Signal()
    failed = Signal(object)

    def __init__(self, filling: Any, package: Path, runner: Runner, *, needs: str) -> None:
        super().__init__(width=600)
        self._filling, self._package, self._runner, self._needs = filling, package, runner, needs
        self._key = ""
        self._pages = QStackedWidget()
        self.body.addWidget(self._pages)
        self._make_asked()
        self._make_key()
        line = hbox(gap=Space.INSIDE)
        line.addStretch(1)
        self.next = button(tr("gate.next"), self.advance, kind="primary")
        line.addWidget(self.next)
        self.body.addLayout(line)
        for edit in (self.person, self.secret.edit, self.again.edit, self.typed):
            edit.returnPressed.connect(self.advance)
        self.next.setEnabled(False)
        runner.run_read(lambda: filling.read(package), self._show, self._refused_package, owner=self)

    def advance(self) -> None:
        """Check this step and go on."""
        if self.next.isEnabled():
            (self._leave_asked if self._pages.currentIndex() == 0 else self._leave_key)()

    def _make_asked(self) -> None:
        column = self._page(tr("institution.first_title"), tr("institution.first_about"))
        self.asked = selectable(tr("institution.reading"), "strong")
        self.mark = selectable("")
        column.addWidget(self.asked)
        column.addWidget(self.mark)
        column.addWidget(label(tr("institution.mark_compared"), "secondary", wrap=True))
        self.person = line_edit(tr("institution.person"))
        self.person_row = FormRow(tr("institution.person"), self.person, required=True)
        self.secret, self.again = SecretEdit(tr(f"gate.{self._needs}")), SecretEdit(tr("gate.secret_again"))
        self.secret_row = FormRow(
            tr(f"gate.{self._needs}"), self.secret, hint=tr(f"gate.secret_rule_{self._needs}"), required=True
        )
        self.again_row = FormRow(tr("gate.secret_again"), self.again, required=True)
        column.addWidget(self.person_row)
        pair = hbox(gap=Space.BETWEEN)
        for row in (self.secret_row, self.again_row):
            pair.addWidget(row, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(pair)

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

    def _show(self, found: Any) -> None:
        asked, mark = found
        package = asked.package
        due = package.due_on.isoformat()
        self.asked.setText(tr("institution.asked", office=package.office, title=package.title, place=package.place.name, due=due))
        self.mark.setText(tr("institution.mark", mark=mark))
        self.next.setEnabled(True)
        self.setFocusProxy(self.person)
        self.person.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refused_package(self, error: BaseException) -> None:
        self.failed.emit(error)

    def _leave_asked(self) -> None:
        secret = self.secret.text()
        self.person_row.set_error("" if self.person.text().strip() else tr("gate.needed"))
        problem = secret_problem(secret, LEAST[self._needs])
        self.secret_row.set_error(problem)
        self.again_row.set_error("" if problem or self.again.text() == secret else tr("gate.secret_differs"))
        wrong = next((row for row in (self.person_row, self.secret_row, self.again_row) if row.error), None)
        if wrong is not None:
            wrong.field.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._busy(True)
        person, package, filling = self.person.text().strip(), self._package, self._filling
        self._runner.run_write(lambda: filling.setup(package, person, secret), self._made, self._refused, owner=self)

    def _made(self, outcome: Any) -> None:
        self._busy(False)
        self.secret.clear()
        self.again.clear()
        self._key = str(outcome.value)
        groups = self._key.split("-")
        half = (len(groups) + 1) // 2
        self.shown.setText("\n".join("  ".join(part) for part in (groups[:half], groups[half:]) if part))
        self._pages.setCurrentIndex(1)
        self.next.setText(tr("gate.begin"))
        self.typed.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave_key(self) -> None:
        typed = re.sub(r"[^0-9A-Z]", "", self.typed.text().upper())
        if typed != self._key.split("-")[-1].upper():
            self.typed_row.set_error(tr("gate.key_wrong"))
            return
        self._key = ""
        self.shown.setText("")
        self.finished.emit()

    def _refused(self, error: BaseException) -> None:
        self._busy(False)
        if str(getattr(error, "code", "")).startswith(("vault.", "keyring.")):
            self.secret_row.set_error(sentence(error))
        else:
            self.failed.emit(error)

    def _busy(self, on: bool) -> None:
        self._pages.setEnabled(not on)
        self.next.setEnabled(not on)
        self.next.setText(tr("gate.creating" if on else "gate.next"))
