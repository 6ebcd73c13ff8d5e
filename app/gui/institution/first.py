"""The first start at an institution: who asks what until when, who is responsible, a secret, the recovery key."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from app.gui.messages import sentence
from app.gui.runner import Runner
from app.gui.screens.new_store import NewStorePage
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import hbox


class InstitutionFirstPage(NewStorePage):
    """`finished` fires when the store exists and the key was written down; `failed` when the package or the store refused."""

    def __init__(self, filling: Any, package: Path, runner: Runner, *, needs: str) -> None:
        super().__init__(width=600, needs=needs)
        self._filling, self._package, self._runner = filling, package, runner
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
        self._make_secret_rows()
        column.addWidget(self.person_row)
        pair = hbox(gap=Space.BETWEEN)
        for row in (self.secret_row, self.again_row):
            pair.addWidget(row, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(pair)

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
        self._judge_secret()
        wrong = next((row for row in (self.person_row, self.secret_row, self.again_row) if row.error), None)
        if wrong is not None:
            wrong.field.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._busy(True)
        person, package, filling = self.person.text().strip(), self._package, self._filling
        self._runner.run_write(lambda: filling.setup(package, person, secret), self._made, self._refused, owner=self)

    def _made(self, outcome: Any) -> None:
        self._busy(False)
        self._show_key(str(outcome.value))
        self._pages.setCurrentIndex(1)
        self.next.setText(tr("gate.begin"))
        self.typed.setFocus(Qt.FocusReason.OtherFocusReason)

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
