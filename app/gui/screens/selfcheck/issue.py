"""The form that asks an institution to check itself."""

import dataclasses
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QFileDialog, QWidget

from app.core.errors import Refused
from app.core.ids import InstitutionId, RowId
from app.core.inspections import DetailRow
from app.core.money import parse_cny
from app.core.places import Institution, InstitutionKind
from app.core.self_checks import Anomaly, CheckedKind, Contractor, DueStyle, TemplateRef, due_day
from app.gui.checklist.rows_editor import RowsEditor
from app.gui.checklist.rows_model import RowsModel
from app.gui.screen import Context
from app.gui.screens.registers.listing import on_key
from app.gui.screens.selfcheck import words
from app.gui.screens.tasks.pickers import InstitutionPicker, TemplatePicker
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import DateEdit, line_edit
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import label
from app.gui.widgets.layout import beside_or_below, hbox, scrolled, vbox
from checklists.schema import AnswerKind, Column, ColumnKind, Item, Template

SIDE_BY_SIDE = 860
_KINDS = {InstitutionKind.AGENCY: CheckedKind.AGENCY, InstitutionKind.OTHER: CheckedKind.CONTRACTOR}


class AnomalyTable(QWidget):
    """Known anomalies, typed, pasted from a spreadsheet or read from a file; kept here until the form is sent."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count()
        self._rows: dict[RowId, Mapping[str, str]] = {}
        columns = (
            Column("item", tr("selfcheck.column.item"), ColumnKind.TEXT),
            Column("period", tr("selfcheck.column.period"), ColumnKind.TEXT),
            Column("amount", tr("selfcheck.column.at_issue"), ColumnKind.MONEY, total=True),
            Column("question", tr("selfcheck.column.anomaly"), ColumnKind.TEXT, required=True),
            Column("source", tr("selfcheck.column.source"), ColumnKind.TEXT),
        )
        item = Item("", "", "", "", AnswerKind.ROWS, "", (), (), "", columns=columns)
        self.model = RowsModel(item)
        self.model.setParent(self)
        self.table = RowsEditor(self.model, tr("selfcheck.part.anomalies"))
        self.model.save_wanted.connect(self._keep)
        self.model.remove_wanted.connect(self._drop)
        vbox(self).addWidget(self.table)

    @property
    def value(self) -> tuple[Anomaly, ...]:
        """The anomalies.

        Raises:
            Refused: `money.invalid` for an amount that is none.
        """
        self.table.commit()
        found = []
        for cells in self._rows.values():
            if any(text.strip() for text in cells.values()):
                amount = parse_cny(cells["amount"]) if cells.get("amount", "").strip() else None
                found.append(Anomaly(
                    "", cells.get("question", "").strip(), cells.get("item", "").strip(), cells.get("period", "").strip(),
                    amount, cells.get("source", "").strip(),
                ))  # fmt: skip
        return tuple(found)

    def put(self, anomalies: tuple[Anomaly, ...]) -> None:
        """Show these behind those that are there."""
        for one in anomalies:
            cells = {"item": one.item, "period": one.period, "question": one.question, "source": one.source,
                     "amount": "" if one.amount_cny is None else f"{one.amount_cny:f}"}  # fmt: skip
            self._rows[self._next()] = cells
        self._adopt()

    def clear(self) -> None:
        """Show none."""
        self._rows.clear()
        self._adopt()

    def _next(self) -> RowId:
        return RowId(f"row-{next(self._numbers)}")

    def _keep(self, row: RowId | None, cells: dict[str, str]) -> None:
        self._rows[row or self._next()] = cells
        self._adopt()

    def _drop(self, row: RowId) -> None:
        self._rows.pop(row, None)
        self._adopt()

    def _adopt(self) -> None:
        self.model.adopt(tuple(DetailRow(key, cells) for key, cells in self._rows.items()))


class IssueForm(QWidget):
    """`finished` carries the id of the self-check, or None."""

    finished = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self._context = context
        self._refs: dict[str, TemplateRef] = {}
        self.institution = InstitutionPicker(context)
        self.kind = _choice(tr("selfcheck.form.kind"), [(str(one), tr(f"selfcheck.kind.{one}")) for one in CheckedKind])
        self.contractor = _choice(tr("selfcheck.form.contractor"), [(str(one), tr(f"selfcheck.contractor.{one}")) for one in Contractor])
        self.title = line_edit(tr("selfcheck.form.title"), hint=tr("selfcheck.form.title_hint"))
        self.basis = line_edit(tr("selfcheck.form.basis"), hint=tr("selfcheck.form.basis_hint"))
        self.plan = _choice(tr("selfcheck.form.plan"), [("", tr("selfcheck.form.no_plan"))])
        self.due_on = DateEdit(tr("selfcheck.form.due"), words.today)
        self.style_choice = _choice(
            tr("selfcheck.form.style"), [("", tr("selfcheck.due.day")), *((str(one), tr(f"selfcheck.due.{one}")) for one in DueStyle)]
        )
        self.templates = TemplatePicker()
        self.anomalies = AnomalyTable()
        inner = QWidget()
        self._columns: QBoxLayout = hbox(inner, margin=(24, 20), gap=Space.CARD)
        left, right = vbox(gap=Space.CARD), vbox(gap=Space.CARD)
        left.addWidget(self._fields())
        left.addStretch(1)
        right.addWidget(self.templates, 2)
        right.addWidget(self._known(), 1)
        self._columns.addLayout(left, 2)
        self._columns.addLayout(right, 3)
        column = vbox(self)
        column.addWidget(scrolled(inner), 1)
        column.addWidget(self._foot())
        self.institution.chosen.connect(self._institution_chosen)
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        self.contractor.currentIndexChanged.connect(self._offer)
        self.style_choice.activated.connect(self._style_chosen)
        on_key(self, "Ctrl+S", self.save)

    def begin(self, institution: str | None = None) -> None:
        """Show an empty form."""
        self._say("")
        for row in (self._institution_row, self._title_row, self._due_row):
            row.set_error("")
        self.title.setText(tr("selfcheck.form.title_default", year=words.today().year))
        self.basis.clear()
        self.style_choice.setCurrentIndex(1)
        self._style_chosen()
        self.anomalies.clear()
        self.templates.put((), (), ())
        self.institution.begin()
        services, runner = self._context.services, self._context.runner
        if institution:
            runner.run_read(lambda: services.institutions.get(InstitutionId(institution)), self.institution.take, owner=self)
        runner.run_read(lambda: _plans(services), self._plans_read, owner=self, key="plans")
        self._kind_chosen()

    def focus_first(self) -> None:
        """Put the cursor where filling in begins."""
        self.institution.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Issue it, or say what is missing."""
        place, due = self.institution.value, self.due_on.value()
        self._institution_row.set_error("" if place else tr("tasks.form.need.institution"))
        self._title_row.set_error("" if self.title.text().strip() else tr("gate.needed"))
        self._due_row.set_error("" if due else tr("gate.needed"))
        if self._form.wrong() is not None or place is None or due is None:
            return
        try:
            anomalies = self.anomalies.value
        except Refused as error:
            self._context.notices.error(error)
            return
        refs = tuple(self._refs[one] for one in self.templates.value if one in self._refs)
        if not refs and not anomalies:
            self._say(tr("selfcheck.form.nothing"))
            return
        desk, kind = self._context.services.self_checks, CheckedKind(self.kind.currentData())
        contractor = str(self.contractor.currentData()) if kind is CheckedKind.CONTRACTOR else ""
        given = {
            "kind": kind, "contractor": contractor, "due_on": due, "title": self.title.text().strip(),
            "basis": self.basis.text().strip(), "templates": refs, "anomalies": anomalies, "plan": self.plan.currentData() or "",
        }  # fmt: skip
        self.save_button.setEnabled(False)
        self._context.runner.run_write(lambda: desk.issue(place.id, **given), self._done, self._failed, owner=self)

    def choose_list(self) -> None:
        """Ask for a table of anomalies."""
        name, _ = QFileDialog.getOpenFileName(self, tr("selfcheck.form.choose_list"), "", "(*.xlsx *.xls *.csv *.txt)")
        if name:
            self.read_list(Path(name))

    def read_list(self, path: Path) -> None:
        """Read a table of anomalies."""
        from app.services.selfcheck.anomaly_lists import read_anomalies

        self._context.runner.run_read(
            lambda: read_anomalies(path), self._list_read, self._context.notices.error, owner=self, key="list"
        )

    def save_table(self) -> None:
        """Write the empty table of anomalies."""
        from app.services.selfcheck.anomaly_lists import write_template

        name, _ = QFileDialog.getSaveFileName(self, tr("selfcheck.form.save_table"), tr("selfcheck.form.table_name"))
        if name:
            self._context.runner.run_read(lambda: write_template(Path(name)), None, self._context.notices.error, owner=self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns below one another where the window is narrow."""
        super().resizeEvent(event)
        beside_or_below(self._columns, event.size().width(), SIDE_BY_SIDE)

    def _fields(self) -> Card:
        card = Card()
        self._form = Form()
        add = self._form.row
        self._institution_row = add(tr("tasks.form.institution"), self.institution, required=True)
        self._form.beside(add(tr("selfcheck.form.kind"), self.kind), self._contractor())
        self._title_row = add(tr("selfcheck.form.title"), self.title, required=True)
        add(tr("selfcheck.form.basis"), self.basis)
        style = add(tr("selfcheck.form.style"), self.style_choice)
        self._due_row = add(tr("selfcheck.form.due"), self.due_on, required=True)
        self._form.beside(style, self._due_row)
        add(tr("selfcheck.form.plan"), self.plan)
        card.body.addWidget(self._form)
        return card

    def _contractor(self) -> Any:
        self._contractor_row = self._form.row(tr("selfcheck.form.contractor"), self.contractor)
        return self._contractor_row

    def _known(self) -> Card:
        card = Card(tr("selfcheck.part.anomalies"))
        card.head.addWidget(button(tr("selfcheck.form.save_table"), self.save_table, kind="link"))
        card.head.addWidget(button(tr("selfcheck.form.read_list"), self.choose_list, icon="upload"))
        card.body.addWidget(label(tr("selfcheck.form.anomalies_hint"), "secondary", wrap=True))
        card.body.addWidget(self.anomalies)
        return card

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = hbox(foot, margin=(24, 12), gap=Space.INSIDE)
        self._missing = label("", "error", wrap=True)
        row.addWidget(self._missing, 1)
        row.addWidget(button(tr("widgets.cancel"), self._leave))
        self.save_button = button(tr("selfcheck.form.save"), self.save, kind="primary")
        row.addWidget(self.save_button)
        return foot

    def _institution_chosen(self, place: Institution | None) -> None:
        if place is not None:
            self._institution_row.set_error("")
            kind = _KINDS.get(place.kind, CheckedKind.INSTITUTION)
            self.kind.setCurrentIndex(self.kind.findData(str(kind)))
            self._offer()

    def _kind_chosen(self, _value: object = None) -> None:
        self._contractor_row.setVisible(self.kind.currentData() == CheckedKind.CONTRACTOR)
        self._offer()

    def _style_chosen(self, _value: object = None) -> None:
        style = self.style_choice.currentData()
        if style:
            self.due_on.set_value(due_day(DueStyle(style), words.today()))

    def _offer(self, _value: object = None) -> None:
        place, services = self.institution.value, self._context.services
        if place is None:
            return
        kind = CheckedKind(self.kind.currentData())
        contractor = str(self.contractor.currentData()) if kind is CheckedKind.CONTRACTOR else ""

        def read() -> tuple[tuple[TemplateRef, ...], tuple[Template, ...], dict[str, TemplateRef]]:
            every = services.checklists.all()
            refs = {one.id: services.self_checks.ref(one.id, contractor) for one in every}
            return services.self_checks.offered(place.id, kind, contractor), every, refs

        self._context.runner.run_read(read, self._offered, owner=self, key="offer")

    def _offered(self, found: tuple[tuple[TemplateRef, ...], tuple[Template, ...], dict[str, TemplateRef]]) -> None:
        offered, every, self._refs = found
        ticked = [one.template for one in offered]
        self.templates.put(tuple(one for one in every if one.id in ticked), every, ticked)

    def _plans_read(self, plans: tuple[tuple[str, str], ...]) -> None:
        self.plan.clear()
        self.plan.addItem(tr("selfcheck.form.no_plan"), "")
        for key, title in plans:
            self.plan.addItem(title, key)

    def _list_read(self, anomalies: tuple[Anomaly, ...]) -> None:
        self.anomalies.put(tuple(dataclasses.replace(one, id="") for one in anomalies))
        self._context.notices.toast(tr("selfcheck.form.list_read", count=len(anomalies)))

    def _done(self, outcome: Any) -> None:
        self.save_button.setEnabled(True)
        self.finished.emit(outcome.value.id)

    def _failed(self, error: BaseException) -> None:
        self.save_button.setEnabled(True)
        self._context.notices.error(error)

    def _leave(self) -> None:
        self.finished.emit(None)

    def _say(self, sentence: str) -> None:
        self._missing.setText(sentence)


def _choice(name: str, options: list[tuple[str, str]]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    for key, text in options:
        made.addItem(text, key)
    return made


def _plans(services: Any) -> tuple[tuple[str, str], ...]:
    return tuple((line.plan.id, line.plan.title) for line in services.plans.lines())
