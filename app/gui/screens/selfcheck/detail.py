"""One self-check: its facts, what came back, what was promised, what inspectors found, and what to do next."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.clock import local
from app.core.errors import Refused
from app.core.ids import InspectionId, SelfCheckId
from app.core.self_checks import GivenFile, Promise, SelfCheckState, SelfCheckView
from app.gui.screen import Context
from app.gui.screens.registers.listing import Pills
from app.gui.screens.selfcheck import tables, words
from app.gui.screens.selfcheck.compared import ComparedPane
from app.gui.screens.selfcheck.dialogs import PaidDialog, RemindDialog
from app.gui.screens.selfcheck.tables import Listed
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Fact
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.flow import Flow
from app.gui.widgets.labels import ElidedLabel, badge, label, selectable, set_tone
from app.gui.widgets.layout import hbox, scrolled, vbox
from app.gui.widgets.pages import Pages

PARTS = ("answers", "anomalies", "promises", "files", "statement", "compare", "reminders")


@dataclass(frozen=True, slots=True)
class Read:
    """What the page shows, read in one go."""

    view: SelfCheckView
    questions: dict[tuple[str, str], str]
    visits: tuple[tuple[InspectionId, dt.datetime], ...]
    people: dict[str, str]


class DetailPage(QWidget):
    """Parts behind pills; buttons for what comes next."""

    import_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.id: SelfCheckId | None = None
        self.shown: Read | None = None
        self._questions: dict[tuple[str, str], str] = {}
        self._stored: set[str] = set()
        self._people: dict[str, str] = {}
        page = QWidget()
        vbox(self).addWidget(scrolled(page))
        column = vbox(page, margin=Space.PAGE, gap=Space.BETWEEN)
        head = hbox(gap=Space.INSIDE)
        self.name = ElidedLabel("", "title")
        self.state = badge("")
        head.addWidget(self.name, 1)
        head.addWidget(self.state)
        column.addLayout(head)
        self.about = label("", "secondary", wrap=True)
        column.addWidget(self.about)
        facts, line = Flow(gap=Space.CARD), hbox(gap=Space.CARD)
        self._facts = {name: Fact("", tr(f"selfcheck.fact.{name}")) for name in ("due", "declared", "promised", "paid", "items")}
        for fact in self._facts.values():
            facts.add(fact)
        line.addWidget(facts)
        line.addWidget(self._actions(), 1)
        column.addLayout(line)
        self.pills = Pills(tr("selfcheck.parts"), [(name, tr(f"selfcheck.part.{name}")) for name in PARTS])
        self.pills.chosen.connect(self._turn)
        line = hbox()
        line.addWidget(self.pills)
        line.addStretch(1)
        column.addLayout(line)
        self.parts = Pages()
        self.answers = Listed(tables.answers(self._questions), lambda one: f"{one.template}/{one.item}",
                              tr("selfcheck.part.answers"), tr("selfcheck.nothing_returned"))  # fmt: skip
        self.anomalies = Listed(tables.anomalies(), lambda one: one.id, tr("selfcheck.part.anomalies"), tr("selfcheck.no_anomalies"))
        self.promises = Listed(tables.promises(), lambda one: one.id, tr("selfcheck.part.promises"), tr("selfcheck.no_promises"))
        self.promises.table.opened.connect(self._ask_paid)
        self.files = Listed(tables.files(self._stored), lambda one: one.sha256, tr("selfcheck.part.files"), tr("selfcheck.no_files"))
        self.files.table.opened.connect(self._save_file)
        self.statement = selectable("")
        self.compared = ComparedPane()
        self.compared.chosen.connect(self._compare)
        self.compared.marked.connect(self._mark)
        self.reminders = Listed(tables.reminders(self._people), lambda one: one.at.isoformat(), tr("selfcheck.part.reminders"),
                                tr("selfcheck.no_reminders"))  # fmt: skip
        inner = QWidget()
        said = vbox(inner)
        said.addWidget(self.statement)
        said.addStretch(1)
        for one in (self.answers, self.anomalies, self.promises, self.files, scrolled(inner), self.compared, self.reminders):
            self.parts.addWidget(one)
        column.addWidget(self.parts, 1)

    def open(self, check_id: SelfCheckId) -> None:
        """Show one from its answers on."""
        self.id = check_id
        self.pills.choose("answers")
        self.read()

    def read(self) -> None:
        """Read it anew."""
        check_id, services = self.id, self._context.services
        if check_id is None:
            return

        def read() -> Read:
            view = services.self_checks.view(check_id)
            questions = dict(services.self_checks.items_of(view.line.check))
            people = {one.id: one.name for one in services.people.find()}
            return Read(view, questions, services.self_checks.inspections_of(check_id), people)

        self._context.runner.run_read(read, self._show, owner=self, key="view")

    def export_package(self) -> None:
        """Write the package for the institution."""
        self._export("package", f"自查包_{self._file_name()}.zip", "export")

    def export_form(self) -> None:
        """Write the Excel form alone."""
        self._export("form", f"自查表_{self._file_name()}.xlsx", "export_form")

    def _actions(self) -> QWidget:
        line = Flow(is_at_end=True)
        self.package_button = button(tr("selfcheck.export"), self.export_package, kind="primary", icon="export")
        self.form_button = button(tr("selfcheck.export_form"), self.export_form, icon="file")
        self.import_button = button(tr("selfcheck.import"), self.import_wanted.emit, icon="download")
        self.remind_button = button(tr("selfcheck.remind"), self._ask_remind, icon="notice")
        self.paid_button = button(tr("selfcheck.paid"), self._pay_current, icon="money")
        self.save_button = button(tr("selfcheck.save_file"), self._save_current, icon="export")
        self.cancel_button = button(tr("selfcheck.cancel"), self._ask_cancel, icon="void")
        for one in (self.package_button, self.form_button, self.import_button, self.remind_button, self.paid_button,
                    self.save_button, self.cancel_button):  # fmt: skip
            line.add(one)
        return line

    def _show(self, found: Read) -> None:
        if found.view.line.check.id != self.id:
            return
        self.shown = found
        view, line, check = found.view, found.view.line, found.view.line.check
        self._questions.clear()
        self._questions.update(found.questions)
        self._stored.clear()
        self._stored.update(view.stored)
        self._people.clear()
        self._people.update(found.people)
        self.name.setText(line.institution_name)
        self.state.setText(words.state_words(line))
        set_tone(self.state, words.state_mark(line)[1])
        self.about.setText(_about(found))
        filled = view.filled
        assessed = sum(one.state != "open" for one in filled.answers)
        for name, text, tone in (
            ("due", check.due_on.isoformat(), "bad" if line.is_overdue else ""),
            ("declared", words.money(check.declared_cny) or "—", ""),
            ("promised", words.money(line.promised_cny) if line.promised_cny else "—", "bad" if line.is_broken else ""),
            ("paid", words.money(line.paid_cny) if line.promised_cny else "—", ""),
            ("items", f"{assessed} / {len(found.questions)}", ""),
        ):
            self._facts[name].show_value(text, tone)
            self._facts[name].setVisible(name == "due" or check.returned_at is not None)
        self.answers.put(filled.answers)
        self.anomalies.put(filled.anomalies)
        self.promises.put(filled.promises, tr("selfcheck.promises_hint") if filled.promises else "")
        self.files.put(filled.files, tr("selfcheck.files_hint") if filled.files else "")
        self.statement.setText(_statement(found))
        self.reminders.put(view.reminders)
        is_back = check.state in (SelfCheckState.RETURNED, SelfCheckState.COMPARED)
        for part, count in (("anomalies", len(filled.anomalies)), ("promises", len(filled.promises)), ("files", len(filled.files))):
            self.pills.rename(part, tr("selfcheck.part_count", name=tr(f"selfcheck.part.{part}"), count=count))
        self.compared.put(found.visits, check.compared_with, is_back=is_back)
        self._fit()

    def _fit(self) -> None:
        check = self.shown.view.line.check if self.shown is not None else None
        is_open = check is not None and check.state is SelfCheckState.ISSUED
        part = self.pills.value
        for one in (self.package_button, self.form_button, self.remind_button, self.cancel_button):
            one.setVisible(is_open)
        self.import_button.setVisible(check is not None and check.state is not SelfCheckState.CANCELLED)
        self.paid_button.setVisible(part == "promises" and bool(self.promises.model.rowCount()))
        self.save_button.setVisible(part == "files" and bool(self.files.model.rowCount()))

    def _turn(self, name: str) -> None:
        self.parts.setCurrentIndex(PARTS.index(name))
        self._fit()
        if name == "compare":
            self.compared.begin()

    def _file_name(self) -> str:
        if self.shown is None:
            return ""
        line = self.shown.view.line
        safe = "".join(one for one in line.institution_name if one.isalnum() or one in "（）()-_")
        return f"{safe}_{line.check.due_on.isoformat()}"

    def _export(self, what: str, suggested: str, method: str) -> None:
        check_id, desk = self.id, self._context.services.self_checks
        if check_id is None:
            return
        name, _ = QFileDialog.getSaveFileName(self, tr(f"selfcheck.save_{what}"), suggested)
        if not name:
            return
        write = getattr(desk, method)
        self._context.runner.run_write(
            lambda: write(check_id, Path(name)), self._exported, self._context.notices.error, owner=self
        )

    def _exported(self, outcome: Any) -> None:
        mark = self._context.services.self_checks.fingerprint()
        self._context.notices.banner(tr("selfcheck.exported", file=str(outcome.value), mark=mark), tone="open")

    def _ask_remind(self) -> None:
        if self.shown is not None:
            dialog = RemindDialog(self, self.shown.view.line.institution_name)
            dialog.given.connect(self._remind)
            dialog.open()

    def _remind(self, method: str, note: str) -> None:
        check_id, desk = self.id, self._context.services.self_checks
        self._context.runner.run_write(
            lambda: desk.remind(check_id, method, note), self._reminded, self._context.notices.error, owner=self
        )

    def _reminded(self, _outcome: Any) -> None:
        self._context.notices.toast(tr("selfcheck.reminded"))

    def _ask_cancel(self) -> None:
        dialog = ConfirmDialog(
            self, tr("selfcheck.cancel_ask"), tr("selfcheck.cancel_means"), tr("selfcheck.cancel"), danger=True,
            ask_reason=tr("selfcheck.cancel_reason"),
        )  # fmt: skip
        dialog.accepted.connect(lambda: self._cancel(dialog.reason))
        dialog.open()

    def _cancel(self, reason: str) -> None:
        check_id, desk = self.id, self._context.services.self_checks
        self._context.runner.run_write(lambda: desk.cancel(check_id, reason), None, self._context.notices.error, owner=self)

    def _pay_current(self) -> None:
        promise = self.promises.table.current()
        if isinstance(promise, Promise):
            self._ask_paid(promise)

    def _ask_paid(self, promise: Promise) -> None:
        dialog = PaidDialog(self, promise)
        dialog.given.connect(lambda amount, day: self._paid(promise.id, amount, day))
        dialog.open()

    def _paid(self, promise_id: str, amount: Decimal, day: dt.date) -> None:
        check_id, desk = self.id, self._context.services.self_checks
        self._context.runner.run_write(
            lambda: desk.paid(check_id, promise_id, amount, day), None, self._context.notices.error, owner=self
        )

    def _save_current(self) -> None:
        file = self.files.table.current()
        if isinstance(file, GivenFile):
            self._save_file(file)

    def _save_file(self, file: GivenFile) -> None:
        check_id, desk = self.id, self._context.services.self_checks
        name, _ = QFileDialog.getSaveFileName(self, tr("selfcheck.save_file"), Path(file.file_name).name)
        if name:
            self._context.runner.run_write(
                lambda: desk.save_file(check_id, file.sha256, Path(name)), self._saved, self._context.notices.error, owner=self
            )

    def _saved(self, outcome: Any) -> None:
        self._context.notices.toast(tr("selfcheck.file_saved", file=outcome.value.name))

    def _compare(self, visit: InspectionId) -> None:
        check_id, desk = self.id, self._context.services.self_checks
        self._context.runner.run_read(
            lambda: desk.compare(check_id, visit), self.compared.show_comparison, self._not_compared, owner=self, key="compare"
        )

    def _not_compared(self, error: BaseException) -> None:
        if isinstance(error, Refused):
            self.compared.say(error)
        else:
            self._context.notices.error(error)

    def _mark(self, visit: InspectionId) -> None:
        check_id, desk = self.id, self._context.services.self_checks
        self._context.runner.run_write(
            lambda: desk.mark_compared(check_id, visit), self._marked, self._context.notices.error, owner=self
        )

    def _marked(self, _outcome: Any) -> None:
        self._context.notices.toast(tr("selfcheck.marked"))


def _about(found: Read) -> str:
    check, line = found.view.line.check, found.view.line
    parts = [
        check.title,
        tr(f"selfcheck.kind.{check.kind}"),
        line.plan_title,
        check.basis,
        tr("selfcheck.issued", day=f"{local(check.issued_at):%Y-%m-%d}", by=found.people.get(check.issuer, "")),
        _returned(found),
        tr("selfcheck.late", note=check.late_note) if check.late_note else "",
        tr("selfcheck.sealed", mark=check.returned_key) if check.returned_key else "",
        tr("selfcheck.by_form") if check.returned_at and not check.returned_key else "",
        check.note,
    ]
    return " · ".join(part for part in parts if part)


def _returned(found: Read) -> str:
    check = found.view.line.check
    if check.returned_at is None:
        return ""
    return tr("selfcheck.returned", at=f"{local(check.returned_at):%Y-%m-%d %H:%M}", by=found.people.get(check.returned_by, ""))


def _statement(found: Read) -> str:
    said = found.view.filled.statement
    parts = [(tr(f"selfcheck.statement.{name}"), getattr(said, name))
             for name in ("responsible", "post", "phone", "period", "course", "measures")]  # fmt: skip
    told = [tr("widgets.said", who=name, words=text) for name, text in parts if text]
    return "\n\n".join(told) or tr("selfcheck.nothing_returned")
