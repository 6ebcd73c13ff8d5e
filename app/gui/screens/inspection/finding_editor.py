"""Editing one finding: violation, facts, figures, ground, what it rests on, and what the party says to it."""

import dataclasses
import datetime as dt
import re

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCompleter, QLineEdit, QPlainTextEdit, QWidget

from app.core.clock import now, today
from app.core.findings import Finding
from app.core.ids import FindingId
from app.gui.checklist.pause import Pause
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import Button
from app.gui.widgets.edits import DateEdit, MoneyEdit, NumberEdit
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox
from checklists.schema import Violation

OPINIONS = ("", "agree", "object")
_NUMBERS = re.compile(r"\d+")


def violation_label(violation: Violation) -> str:
    """Return code and title as the search offers them."""
    return f"{violation.code} {violation.title}"


class _ViolationSearch(QLineEdit):
    """Finds a violation by code, words of its title, category or synonyms."""

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("inspection.violation"))
        self.setPlaceholderText(tr("inspection.violation_hint"))
        self._codes: dict[str, str] = {}
        self._model = QStringListModel(self)
        self._finder = QCompleter(self._model, self)
        self._finder.setFilterMode(Qt.MatchFlag.MatchContains)
        self._finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._finder.setMaxVisibleItems(9)
        self._finder.activated[QModelIndex].connect(self._activated)  # type: ignore[index]
        self.setCompleter(self._finder)

    def offer(self, violations: tuple[Violation, ...]) -> None:
        """Offer a dictionary; synonyms are part of what is searched and shown."""
        self._codes = {}
        for violation in violations:
            also = "、".join(violation.synonyms[:4])
            self._codes[violation_label(violation) + (f"（{also}）" if also else "")] = violation.code
        self._model.setStringList(list(self._codes))

    def _activated(self, index: QModelIndex) -> None:
        code = self._codes.get(str(index.data()))
        if code is not None:
            self.picked.emit(code)


class FindingEditor(QWidget):
    """The fields of one finding. `changed` carries the whole finding after a pause or when a field is left."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._finding: Finding | None = None
        self._violations: dict[str, Violation] = {}
        self._code = ""
        self._pause = Pause(self, self._save)
        self._violation = _ViolationSearch()
        self._facts = sized(QPlainTextEdit(), height=120)
        self._persons = NumberEdit(tr("inspection.persons"))
        self._cases = NumberEdit(tr("inspection.cases"))
        self._amount = MoneyEdit(tr("inspection.amount"))
        self._from = DateEdit(tr("inspection.period_from"), _today)
        self._to = DateEdit(tr("inspection.period_to"), _today)
        self._basis = sized(QPlainTextEdit(), height=72)
        self._calculation = sized(QPlainTextEdit(), height=56)
        self._items = QLineEdit()
        self._evidence = QLineEdit()
        self._opinion_text = sized(QPlainTextEdit(), height=56)
        self._opinions: dict[str, Button] = {}
        self._build()

    def offer(self, violations: tuple[Violation, ...]) -> None:
        """Offer the violation dictionary."""
        self._violations = {violation.code: violation for violation in violations}
        self._violation.offer(violations)

    def show_finding(self, finding: Finding, *, locked: bool) -> None:
        """Show a finding; the same one does not disturb typing."""
        if self._finding is not None and finding.id == self._finding.id and self._pause.is_due:
            return
        self._finding = finding
        self._code = finding.violation
        self._violation.setText(self._label_of(finding))
        self._violation.setCursorPosition(0)
        for field, text in (
            (self._facts, finding.facts),
            (self._basis, finding.basis),
            (self._calculation, finding.calculation),
            (self._opinion_text, finding.opinion_text),
        ):
            if field.toPlainText() != text:
                field.setPlainText(text)
        self._persons.set_value(finding.persons)
        self._cases.set_value(finding.cases)
        self._amount.set_value(finding.amount_cny)
        self._from.set_value(finding.period_from)
        self._to.set_value(finding.period_to)
        self._items.setText("、".join(target.partition("/")[2] for target in finding.items))
        self._evidence.setText("、".join(str(number) for number in finding.evidence))
        for opinion, pill in self._opinions.items():
            pill.setChecked(opinion == finding.opinion)
        self._pause.drop()
        self.setEnabled(not locked)

    def adopt_id(self, found: FindingId) -> None:
        """Take the id of the draft that was just kept; what was typed meanwhile belongs to it."""
        if self._finding is not None and not self._finding.id:
            self._finding = dataclasses.replace(self._finding, id=found)

    def flush(self) -> None:
        """Hand over at once what was typed."""
        self._pause.flush()

    def take_focus(self) -> None:
        """Put the cursor where writing goes on: the facts, or the violation while none is chosen."""
        field = self._facts if self._code else self._violation
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def read(self) -> Finding | None:
        """Return the finding as it stands in the fields, or None where a field cannot be read."""
        if self._finding is None or self._form.wrong() is not None:
            return None
        title = (
            self._violations[self._code].title
            if self._code in self._violations
            else self._violation.text().strip()
        )
        return dataclasses.replace(
            self._finding,
            violation=self._code,
            title=title,
            facts=self._facts.toPlainText().strip(),
            persons=_whole(self._persons),
            cases=_whole(self._cases),
            amount_cny=self._amount.value(),
            period_from=self._from.value(),
            period_to=self._to.value(),
            basis=self._basis.toPlainText().strip(),
            calculation=self._calculation.toPlainText().strip(),
            evidence=tuple(dict.fromkeys(int(number) for number in _NUMBERS.findall(self._evidence.text()))),
            opinion=next((opinion for opinion, pill in self._opinions.items() if pill.isChecked()), ""),
            opinion_text=self._opinion_text.toPlainText().strip(),
        )

    def _build(self) -> None:
        column = vbox(self, gap=Space.BETWEEN)
        self._form = Form()
        column.addWidget(self._form)
        row = self._form.row
        row(tr("inspection.violation"), self._violation, required=True)
        row(tr("inspection.facts"), self._facts, hint=tr("inspection.facts_hint"), required=True)
        self._form.beside(
            row(tr("inspection.persons"), self._persons), row(tr("inspection.cases"), self._cases)
        )
        row(tr("inspection.amount"), self._amount)
        self._form.beside(
            row(tr("inspection.period_from"), self._from), row(tr("inspection.period_to"), self._to)
        )
        row(tr("inspection.basis"), self._basis)
        row(tr("inspection.calculation"), self._calculation)
        self._items.setReadOnly(True)
        row(tr("inspection.finding_items"), self._items)
        row(tr("inspection.finding_evidence"), self._evidence, hint=tr("inspection.finding_evidence_hint"))
        column.addWidget(label(tr("inspection.opinion"), "secondary"))
        line = hbox(gap=6)
        group = QButtonGroup(self)
        for opinion in OPINIONS:
            pill = Button(tr(f"inspection.opinion_{opinion or 'none'}"), "pill")
            pill.setCheckable(True)
            pill.clicked.connect(self._at_once)
            group.addButton(pill)
            self._opinions[opinion] = pill
            line.addWidget(pill)
        line.addStretch(1)
        column.addLayout(line)
        self._opinion_text.setAccessibleName(tr("inspection.opinion_text"))
        self._opinion_text.setPlaceholderText(tr("inspection.opinion_text"))
        column.addWidget(self._opinion_text)
        for text in (self._facts, self._basis, self._calculation, self._opinion_text):
            text.setTabChangesFocus(True)
            text.textChanged.connect(self._pause.touch)
            self._pause.watch(text)
        for field in (self._persons, self._cases, self._amount, self._from, self._to, self._evidence):
            field.textEdited.connect(self._pause.touch)
            self._pause.watch(field)
        for day in (self._from, self._to):
            day.committed.connect(self._at_once)
        self._violation.picked.connect(self._pick)
        self._violation.editingFinished.connect(self._settle_violation)

    def _label_of(self, finding: Finding) -> str:
        found = self._violations.get(finding.violation)
        return violation_label(found) if found is not None else finding.title

    def _pick(self, code: str) -> None:
        self._code = code
        self._settle_violation()
        violation = self._violations[code]
        if not self._basis.toPlainText().strip():
            self._basis.setPlainText("；".join(basis.citation for basis in violation.basis))
        self._at_once()

    def _settle_violation(self) -> None:
        found = self._violations.get(self._code)
        if found is not None:
            self._violation.setText(violation_label(found))
            self._violation.setCursorPosition(0)

    def _at_once(self) -> None:
        self._pause.touch()
        self._pause.flush()

    def _save(self) -> None:
        finding = self.read()
        if finding is not None and finding != self._finding:
            self.changed.emit(finding)


def _whole(field: NumberEdit) -> int | None:
    value = field.value()
    return None if value is None else int(value)


def _today() -> dt.date:
    return today(now())
