"""The form of one institution."""

import dataclasses

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from app.core.codes import doubt, tidy
from app.core.ids import InstitutionId
from app.core.places import Institution, InstitutionKind
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import ElidedLabel, badge, label
from app.gui.widgets.layout import hbox, scrolled, vbox

ROOMY = 330
LEVELS = ("", "三级", "二级", "一级", "未定级")
OWNERSHIPS = ("", "public", "private")
_LINES = ("medins_code", "address", "legal_rep", "head", "phone")
EMPTY = Institution(InstitutionId(""), "", InstitutionKind.PHARMACY)


class InstitutionForm(Card):
    """Shows one institution to be changed; `wanted` carries it when it is to be saved, `given_up` when not."""

    wanted = Signal(object)
    given_up = Signal()
    task_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(gap=Space.BETWEEN)
        self.shown = EMPTY
        head = hbox()
        self._heading = ElidedLabel("", "strong", in_middle=True)
        self._rehearsal = badge(tr("registers.rehearsal"), "rehearsal")
        head.addWidget(self._heading, 1)
        head.addWidget(self._rehearsal)
        self.body.addLayout(head)
        inner = QWidget()
        column = vbox(inner, margin=(2, 0, 10, 0))
        self._form = Form()
        self.name = line_edit(tr("registers.field.name"))
        self.kind = choice("registers.kind", tuple(InstitutionKind), tr("registers.field.kind"))
        self.level = choice("registers.level", LEVELS, tr("registers.field.level"))
        self.ownership = choice("registers.ownership", OWNERSHIPS, tr("registers.field.ownership"))
        self.credit_code = line_edit(tr("registers.field.credit_code"))
        self.licence_no = line_edit(tr("registers.field.licence"))
        self.lines = {name: line_edit(tr(f"registers.field.{name}")) for name in _LINES}
        add = self._form.row
        self._name_row = add(tr("registers.field.name"), self.name, required=True)
        self._form.beside(
            add(tr("registers.field.kind"), self.kind),
            add(tr("registers.field.level"), self.level),
            add(tr("registers.field.ownership"), self.ownership),
        )
        add(tr("registers.field.credit_code"), self.credit_code)
        self._doubt = label("", "secondary", tone="open", wrap=True)
        self._doubt.hide()
        column.addWidget(self._form)
        add(tr("registers.field.medins_code"), self.lines["medins_code"])
        self._form.beside(
            *(add(tr(f"registers.field.{one}"), self.lines[one]) for one in ("legal_rep", "head"))
        )
        self._form.beside(
            add(tr("registers.field.phone"), self.lines["phone"]),
            add(tr("registers.field.licence"), self.licence_no),
        )
        add(tr("registers.field.address"), self.lines["address"])
        column.addStretch(1)
        self.body.addWidget(scrolled(inner), 1)
        self.body.addWidget(self._doubt)
        self.credit_code.textChanged.connect(self._judge)
        self.body.addLayout(self._foot())

    def put(self, institution: Institution) -> None:
        """Show an institution; an empty id begins a new one."""
        self.shown = institution
        is_new = not institution.id
        self._heading.setText(tr("registers.institutions.new") if is_new else institution.name)
        self._rehearsal.setVisible(institution.rehearsal)
        self._name_row.set_error("")
        self.name.setText(institution.name)
        for box, value in (
            (self.kind, str(institution.kind)), (self.level, institution.level), (self.ownership, institution.ownership),
        ):  # fmt: skip
            box.setCurrentIndex(max(box.findData(value), 0))
        self.credit_code.setText(institution.credit_code)
        self.licence_no.setText(institution.licence_no)
        for name, line in self.lines.items():
            line.setText(getattr(institution, name))
            line.setCursorPosition(0)
        self.name.setCursorPosition(0)
        self.task_button.setVisible(not is_new)
        self.discard_button.setVisible(True)

    def filled(self) -> Institution:
        """Return the institution as filled in."""
        return dataclasses.replace(
            self.shown,
            name=self.name.text().strip(),
            kind=InstitutionKind(self.kind.currentData()),
            level=str(self.level.currentData()),
            ownership=str(self.ownership.currentData()),
            credit_code=tidy(self.credit_code.text()),
            licence_no=self.licence_no.text().strip(),
            medins_code=self._text("medins_code"),
            address=self._text("address"),
            legal_rep=self._text("legal_rep"),
            head=self._text("head"),
            phone=self._text("phone"),
        )

    @property
    def is_changed(self) -> bool:
        """Whether something is filled in that is not saved."""
        return self.filled() != self.shown

    def save(self) -> None:
        """Ask for saving, or say what is missing."""
        filled = self.filled()
        self._name_row.set_error("" if filled.name else tr("registers.need.name"))
        if self._form.wrong() is None:
            self.wanted.emit(filled)

    def focus_first(self) -> None:
        """Put the cursor where filling in begins."""
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _foot(self) -> QHBoxLayout:
        row = hbox(gap=Space.INSIDE)
        self.task_button = button(
            tr("registers.institutions.new_task"), self._ask_task, kind="quiet", icon="task"
        )
        self.discard_button = button(tr("registers.discard"), self.discard)
        self.save_button = button(tr("registers.save"), self.save, kind="primary")
        row.addWidget(self.task_button)
        row.addStretch(1)
        row.addWidget(self.discard_button)
        row.addWidget(self.save_button)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words of the task button out where the others need the room."""
        super().resizeEvent(event)
        words = tr("registers.institutions.new_task")
        roomy = self.width() >= current().px(ROOMY)
        self.task_button.setText(words if roomy else "")
        self.task_button.setToolTip("" if roomy else words)
        self.task_button.setAccessibleName(words)

    def discard(self) -> None:
        """Show what is stored again."""
        was_new = not self.shown.id
        self.put(self.shown)
        if was_new:
            self.given_up.emit()

    def _text(self, name: str) -> str:
        return self.lines[name].text().strip()

    def _ask_task(self) -> None:
        self.task_wanted.emit(self.shown.id)

    def _judge(self, text: str) -> None:
        found = doubt(text)
        words = tr(f"registers.code.{found}", count=len(tidy(text))) if found else ""
        self._doubt.setText(words)
        self._doubt.setVisible(bool(words))
        self.credit_code.setAccessibleDescription(words)


def choice(area: str, values: "tuple[str, ...]", name: str) -> QComboBox:
    """Return a choice among values whose words are in an area."""
    made = QComboBox()
    made.setAccessibleName(name)
    made.setMinimumContentsLength(2)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for value in values:
        made.addItem(tr(f"{area}.{value}"), str(value))
    return made
