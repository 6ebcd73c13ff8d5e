"""The right pane: what to look at, what to take, on what ground, the evidence, the findings and the note of an item."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from app.core.findings import Finding
from app.core.ids import InspectionId
from app.gui.checklist.pause import Pause
from app.gui.screen import Context
from app.gui.screens.inspection.cards import PROBLEM_TONES
from app.gui.screens.inspection.evidence_strip import EvidenceStrip
from app.gui.screens.inspection.ledger import Key
from app.gui.screens.inspection.models import amount_text
from app.gui.screens.inspection.picture import Line
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import emptied, hbox, scrolled, sized, vbox
from checklists.schema import Basis, Problem

NAME_UNITS = 52


class FindingCard(Card):
    """One finding in a few lines; the button opens it."""

    opened = Signal(object)

    def __init__(self, finding: Finding) -> None:
        super().__init__(margin=Space.BETWEEN, gap=Space.HAIR)
        self._finding = finding
        line = hbox(gap=Space.INSIDE)
        title = label(tr("inspection.suspected", title=finding.title), "strong", tone="bad", wrap=True)
        line.addWidget(title, 1)
        line.addWidget(label(amount_text(finding), "strong"), 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(line)
        if finding.facts:
            facts = finding.facts if len(finding.facts) <= 120 else finding.facts[:120] + "…"
            self.body.addWidget(label(facts, wrap=True))
        foot = hbox()
        proofs = tr("inspection.finding_proofs", count=len(finding.evidence))
        foot.addWidget(label(proofs, "secondary", tone="" if finding.evidence else "open"))
        foot.addStretch(1)
        edit = button(tr("inspection.finding_edit"), self._open, kind="link")
        edit.setAccessibleName(f"{tr('inspection.finding_edit')} {finding.title}")
        foot.addWidget(edit)
        self.body.addLayout(foot)

    def _open(self) -> None:
        self.opened.emit(self._finding)


class DetailPane(QWidget):
    """Everything about the current item but its answer. `noted` carries key and text.

    Args:
        plain: Without what only inspectors do: findings and interviews.
    """

    noted = Signal(object, str)
    finding_wanted = Signal()
    finding_opened = Signal(object)
    interview_wanted = Signal()
    next_wanted = Signal()

    def __init__(self, context: Context, *, plain: bool = False) -> None:
        super().__init__()
        self.setProperty("kind", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._key: Key | None = None
        self._note = ""
        self._shown: object = None
        self.strip = EvidenceStrip(context)
        inner = QWidget()
        self._column = vbox(inner, margin=(Space.CARD, 14, Space.CARD, Space.CARD), gap=Space.BETWEEN)
        self._title = selectable("", "strong")
        self._column.addWidget(self._title)
        self._facts = vbox(gap=Space.BETWEEN)
        self._column.addLayout(self._facts)
        self._column.addLayout(_named(tr("inspection.evidence"), self.strip))
        self._problems = vbox(gap=Space.HAIR)
        self._column.addLayout(self._problems)
        self._findings = vbox(gap=Space.INSIDE)
        self._column.addLayout(self._findings)
        self._add = button(tr("inspection.finding_add"), self.finding_wanted.emit, icon="finding")
        self._add.setToolTip("F")
        self._column.addWidget(self._add)
        if plain:
            self._add.hide()
        self._field = sized(QPlainTextEdit(), height=84)
        self._field.setTabChangesFocus(True)
        self._field.setAccessibleName(tr("inspection.note"))
        self._field.setPlaceholderText(tr("inspection.note_hint"))
        self._pause = Pause(self, self._save_note)
        self._pause.watch(self._field)
        self._field.textChanged.connect(self._typed)
        self._column.addWidget(label(tr("inspection.note"), "secondary"))
        self._column.addWidget(self._field)
        self._column.addStretch(1)
        outer = vbox(self, gap=0)
        outer.addWidget(scrolled(inner), 1)
        foot = hbox(margin=(Space.CARD, Space.INSIDE, Space.CARD, 14))
        self._talk = button(tr("inspection.to_interview"), self.interview_wanted.emit)
        self._next = button(tr("inspection.next"), self.next_wanted.emit, kind="primary")
        self._next.setToolTip("Enter")
        foot.addWidget(self._talk)
        if plain:
            self._talk.hide()
        foot.addStretch(1)
        foot.addWidget(self._next)
        outer.addLayout(foot)

    def show_line(
        self, inspection: InspectionId, line: Line | None, findings: tuple[Finding, ...], *, locked: bool
    ) -> None:
        """Show an item; what is being typed into the same item's note stays."""
        key = line.key if line is not None else None
        if key != self._key:
            self._pause.flush()
            self._pause.drop()
        moved, self._key = key != self._key, key
        self.strip.show_item(inspection, key, locked=locked)
        self._field.setReadOnly(locked)
        self._field.setEnabled(line is not None)
        self._add.setEnabled(line is not None and not locked)
        self._title.setText(line.item.code if line is not None else tr("inspection.nothing_chosen"))
        if line is None:
            emptied(self._facts)
            emptied(self._problems)
            emptied(self._findings)
            return
        if moved:
            self._show_facts(line)
        self._show_problems(line.problems if line.answer.state != "open" else ())
        target = f"{line.key[0]}/{line.key[1]}"
        self._show_findings(tuple(finding for finding in findings if target in finding.items))
        self._note = line.answer.note
        is_free = moved or not self._pause.is_due
        if is_free and self._field.toPlainText().strip() != line.answer.note:
            self._field.setPlainText(line.answer.note)
            self._pause.drop()

    def flush(self) -> None:
        """Hand over at once what was typed."""
        self._pause.flush()

    def take_note(self) -> None:
        """Put the cursor into the note."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _typed(self) -> None:
        if self._field.toPlainText().strip() != self._note:
            self._pause.touch()

    def _save_note(self) -> None:
        text = self._field.toPlainText().strip()
        if self._key is not None and text != self._note:
            self._note = text
            self.noted.emit(self._key, text)

    def _show_facts(self, line: Line) -> None:
        emptied(self._facts)
        item = line.item
        for name, text in (
            (tr("inspection.look_at"), item.look_at),
            (tr("inspection.capture"), item.capture),
        ):
            if text:
                self._facts.addLayout(_named(name, selectable(text)))
        if item.basis:
            grounds = vbox(gap=2)
            for basis in item.basis:
                grounds.addWidget(_ground(basis))
            self._facts.addLayout(_named(tr("inspection.basis"), grounds))
        if item.violation_title:
            self._facts.addLayout(_named(tr("inspection.may_concern"), selectable(item.violation_title)))

    def _show_problems(self, problems: tuple[Problem, ...]) -> None:
        emptied(self._problems)
        for problem in problems:
            tone = PROBLEM_TONES[problem.severity]
            text = tr("widgets.said", who=tr(f"inspection.severity_{problem.severity}"), words=problem.message)
            self._problems.addWidget(label(text, tone=tone if tone != "text2" else "none", wrap=True))

    def _show_findings(self, findings: tuple[Finding, ...]) -> None:
        if findings == self._shown:
            return
        self._shown = findings
        emptied(self._findings)
        for finding in findings:
            card = FindingCard(finding)
            card.opened.connect(self.finding_opened)
            self._findings.addWidget(card)


def _ground(basis: Basis) -> QLabel:
    text = basis.citation + (f"，{basis.note}" if basis.note else "")
    made = selectable(text if basis.verified else text + tr("inspection.unverified"))
    if not basis.verified:
        made.setProperty("tone", "open")
    return made


def _named(name: str, content: QWidget | QVBoxLayout) -> QVBoxLayout:
    """Return a name at the left and its content beside it."""
    column = vbox()
    line = hbox(gap=Space.INSIDE)
    line.addWidget(sized(label(name, "secondary"), width=NAME_UNITS), 0, Qt.AlignmentFlag.AlignTop)
    if isinstance(content, QWidget):
        line.addWidget(content, 1)
    else:
        line.addLayout(content, 1)
    column.addLayout(line)
    return column
