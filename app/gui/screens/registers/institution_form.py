"""The form of one institution."""

import dataclasses
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from app.core.codes import doubt, medins_doubt, tidy
from app.core.divisions import Divisions
from app.core.ids import InstitutionId
from app.core.money import from_fen, to_fen
from app.core.places import Institution, InstitutionKind
from app.gui.screen import Context
from app.gui.screens.registers.choices import choice, choose
from app.gui.screens.registers.place_line import PlaceLine
from app.gui.screens.registers.record_form import RecordForm
from app.gui.screens.registers.today import today
from app.gui.texts import tr
from app.gui.theme import current
from app.gui.widgets.buttons import button
from app.gui.widgets.edits import DateEdit, MoneyEdit, NumberEdit, line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import ElidedLabel, badge, label
from app.gui.widgets.layout import hbox, scrolled, vbox

ROOMY = 330
LEVELS = ("", "三级", "二级", "一级", "未定级")
RANKS = ("", "特等", "甲等", "乙等", "丙等")
OWNERSHIPS = ("", "public", "private")
STATUSES = ("active", "suspended", "closed", "deregistered")
GRADES = ("", "A", "B", "C", "D")
AGREEMENTS = ("", "active", "suspended", "ended")
POOLINGS = ("", "open", "closed")
_TEXTS = (
    "medins_code", "address", "legal_rep", "head", "phone", "division", "latitude", "longitude", "agreement_no",
    "chain", "no_code_reason",
)  # fmt: skip
_CHOICES = {
    "level": LEVELS, "grade": RANKS, "ownership": OWNERSHIPS, "status": STATUSES, "credit_grade": GRADES, "agreement": AGREEMENTS,
    "pooling": POOLINGS,
}  # fmt: skip


class InstitutionForm(RecordForm[Institution]):
    """Shows one institution to be changed; `wanted` carries it when it is to be saved, `given_up` when not."""

    task_wanted = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__(Institution(InstitutionId(""), "", InstitutionKind.PHARMACY))
        head = hbox()
        self._heading = ElidedLabel("", "strong", in_middle=True)
        self._status = badge("")
        self._rehearsal = badge(tr("registers.rehearsal"), "rehearsal")
        head.addWidget(self._heading, 1)
        head.addWidget(self._status)
        head.addWidget(self._rehearsal)
        self.body.addLayout(head)
        inner = QWidget()
        column = vbox(inner, margin=(2, 0, 10, 0))
        column.addWidget(self._form)
        column.addStretch(1)
        self.name = line_edit(tr("registers.field.name"))
        self.kind = choice("registers.kind", tuple(InstitutionKind), tr("registers.field.kind"))
        self.credit_code = line_edit(tr("registers.field.credit_code"))
        self.licence_no = line_edit(tr("registers.field.licence"))
        self.lines = {name: line_edit(tr(f"registers.field.{name}")) for name in _TEXTS}
        self.choices = {
            name: choice(f"registers.{name}", values, tr(f"registers.field.{name}"))
            for name, values in _CHOICES.items()
        }
        self.level, self.ownership = self.choices["level"], self.choices["ownership"]
        self.joint = QCheckBox(tr("registers.field.joint"))
        self.agreement_to = DateEdit(tr("registers.field.agreement_to"), today)
        self.parent_place = PlaceLine(context, tr("registers.field.parent"))
        self.complaints = NumberEdit(tr("registers.field.complaints"))
        self.violations = NumberEdit(tr("registers.field.violations"))
        self.paid = MoneyEdit(tr("registers.field.paid"))
        self.paid_year = NumberEdit(tr("registers.field.paid_year"), low=Decimal(2000), high=Decimal(2999))
        self._lay_out()
        self._source = label("", "secondary", wrap=True)
        column.insertWidget(1, self._source)
        self.body.addWidget(scrolled(inner), 1)
        self.divisions: Divisions | None = None
        self.credit_code.textChanged.connect(self._judge)
        self.lines["division"].textChanged.connect(self._judge_division)
        self.lines["medins_code"].textChanged.connect(self._judge)
        self.task_button = button(
            tr("registers.institutions.new_task"), self._ask_task, kind="quiet", icon="task"
        )
        self._end(self.task_button)

    def put(self, institution: Institution) -> None:
        """Show an institution; an empty id begins a new one."""
        self.shown = institution
        is_new = not institution.id
        self._heading.setText(tr("registers.institutions.new") if is_new else institution.name)
        self._rehearsal.setVisible(institution.rehearsal)
        has_left = institution.status not in ("", "active")
        self._status.setText(tr(f"registers.status.{institution.status}") if has_left else "")
        self._status.setVisible(has_left)
        for row in (self._name_row, self._parent_row):
            row.set_error("")
        self.name.setText(institution.name)
        choose(self.kind, str(institution.kind))
        for name, box in self.choices.items():
            choose(box, getattr(institution, name) or box.itemData(0))
        self.credit_code.setText(institution.credit_code)
        self.licence_no.setText(institution.licence_no)
        for name, line in self.lines.items():
            line.setText(getattr(institution, name))
            line.setCursorPosition(0)
        self.name.setCursorPosition(0)
        self.joint.setChecked(institution.joint)
        self.agreement_to.set_value(institution.agreement_to)
        self.parent_place.put(
            InstitutionId(institution.parent), tr("registers.place.known") if institution.parent else ""
        )
        self.complaints.set_value(institution.complaints or None)
        self.violations.set_value(institution.violations or None)
        self.paid.set_value(None if institution.paid_fen is None else from_fen(institution.paid_fen))
        self.paid_year.set_value(institution.paid_year)
        self._source.setText(_source_words(institution))
        self._source.setVisible(bool(self._source.text()))
        self.task_button.setVisible(not is_new)
        self.discard_button.setVisible(True)

    def name_parent(self, name: str) -> None:
        """Show the name of the head office, which is read after the row."""
        if self.shown.parent and self.parent_place.value == self.shown.parent:
            self.parent_place.put(InstitutionId(self.shown.parent), name)

    def filled(self) -> Institution:
        """Return the institution as filled in."""
        paid, year = self.paid.value(), self.paid_year.value()
        chosen: dict[str, Any] = {name: str(box.currentData()) for name, box in self.choices.items()}
        typed: dict[str, Any] = {name: self._text(name) for name in _TEXTS if name != "medins_code"}
        if not self.shown.status and chosen["status"] == STATUSES[0]:
            chosen["status"] = ""  # nobody wrote it down, and nobody changed it
        return dataclasses.replace(
            self.shown,
            **chosen,
            **typed,
            name=self.name.text().strip(),
            kind=InstitutionKind(self.kind.currentData()),
            credit_code=tidy(self.credit_code.text()),
            medins_code=tidy(self.lines["medins_code"].text()),
            licence_no=self.licence_no.text().strip(),
            joint=self.joint.isChecked(),
            agreement_to=self.agreement_to.value(),
            parent=str(self.parent_place.value),
            complaints=int(self.complaints.value() or 0),
            violations=int(self.violations.value() or 0),
            paid_fen=None if paid is None else to_fen(paid),
            paid_year=None if year is None else int(year),
        )

    def _refuse(self, filled: Institution) -> None:
        self._parent_row.set_error(tr("registers.place.open") if self.parent_place.is_open else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words of the task button out where the others need the room."""
        super().resizeEvent(event)
        words = tr("registers.institutions.new_task")
        roomy = self.width() >= current().px(ROOMY)
        self.task_button.setText(words if roomy else "")
        self.task_button.setToolTip("" if roomy else words)
        self.task_button.setAccessibleName(words)

    def _lay_out(self) -> None:
        form, lines, choices = self._form, self.lines, self.choices
        self._name_row = self._row("name", self.name, required=True)
        self._row("kind", self.kind)
        self._beside(("level", self.level), ("grade", choices["grade"]))
        self._beside(("ownership", self.ownership), ("credit_grade", choices["credit_grade"]))
        self._row("status", choices["status"])
        form.section(tr("registers.group.codes"))
        self._credit_row = self._row("credit_code", self.credit_code)
        self._medins_row = self._row("medins_code", lines["medins_code"])
        self._beside(("licence", self.licence_no), ("no_code_reason", lines["no_code_reason"]))
        form.section(tr("registers.group.place"))
        self._row("address", lines["address"])
        self._division_row, _ = self._beside(("division", lines["division"]), ("phone", lines["phone"]))
        self._beside(("legal_rep", lines["legal_rep"]), ("head", lines["head"]))
        self._beside(("longitude", lines["longitude"]), ("latitude", lines["latitude"]))
        form.section(tr("registers.group.agreement"))
        self._beside(("agreement", choices["agreement"]), ("agreement_to", self.agreement_to))
        self._beside(("agreement_no", lines["agreement_no"]), ("pooling", choices["pooling"]))
        form.add(self.joint)
        form.section(tr("registers.group.chain"))
        self._row("chain", lines["chain"])
        self._parent_row = self._row("parent", self.parent_place)
        form.section(tr("registers.group.record"))
        self._beside(("complaints", self.complaints), ("violations", self.violations))
        self._beside(("paid", self.paid), ("paid_year", self.paid_year))

    def _row(self, name: str, field: QWidget, *, required: bool = False) -> FormRow:
        return self._form.row(tr(f"registers.field.{name}"), field, required=required)

    def _beside(self, *fields: tuple[str, QWidget]) -> list[FormRow]:
        rows = [self._row(name, field) for name, field in fields]
        self._form.beside(*rows)
        return rows

    def _text(self, name: str) -> str:
        return self.lines[name].text().strip()

    def _ask_task(self) -> None:
        self.task_wanted.emit(self.shown.id)

    def _judge(self, _text: str) -> None:
        code, medins = self.credit_code.text(), self.lines["medins_code"].text()
        for row, found, area, text in (
            (self._credit_row, doubt(code), "code", code),
            (self._medins_row, medins_doubt(medins), "medins", medins),
        ):
            row.set_doubt(tr(f"registers.{area}.{found}", count=len(tidy(text))) if found else "")

    def _judge_division(self, _text: str = "") -> None:
        """Name the place that the code stands for, or say what is odd about it."""
        code, known = self._text("division"), self.divisions
        self._division_row.set_hint(known.full_name(code) if known is not None else "")
        self._division_row.set_doubt(_division_doubt(known, code) if known is not None and code else "")

    def know(self, divisions: Divisions) -> None:
        """Name divisions from now on."""
        if self.divisions is None:
            self.divisions = divisions
            self._judge_division()


def _division_doubt(divisions: Divisions, code: str) -> str:
    checked = divisions.check(code)
    if checked.doubt is None:
        return ""
    successors = "、".join(f"{one} {divisions.full_name(one)}" for one in checked.successors)
    return tr(f"registers.division.{checked.doubt}", successors=successors)


def _source_words(institution: Institution) -> str:
    if not institution.source:
        return ""
    key = "registers.source.on" if institution.stated_on else "registers.source.plain"
    return tr(key, source=institution.source, day=institution.stated_on)
