"""The person who is asked (被询问人): all fields of the record."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.core.inspections import Party
from app.core.interviews import Subject
from app.gui.checklist.pause import Pause
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.layout import hbox, vbox

LINES = (("name", "gender"), ("birth", "phone"), ("post", "relation"), ("id_no",), ("address",))
FIELDS = tuple(name for line in LINES for name in line)
GENDERS = ("", "男", "女")
RELATIONS = ("institution_head", "staff", "doctor", "insured", "witness")


class SubjectForm(QWidget):
    """Fields of one person. `edited` carries the `Subject` after a pause in typing and when a field is left."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, QLineEdit] = {
            name: line_edit(tr(f"interview.subject_{name}"), hint=tr(f"interview.subject_{name}_hint"))
            for name in FIELDS
            if name not in ("gender", "relation")
        }
        self.gender = QComboBox()
        self.gender.addItems(list(GENDERS))
        self.gender.setAccessibleName(tr("interview.subject_gender"))
        self.relation = QComboBox()
        self.relation.setEditable(True)
        for box in (self.gender, self.relation):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(3)
        self.relation.addItems(["", *(tr(f"interview.relation_{name}") for name in RELATIONS)])
        self.relation.setAccessibleName(tr("interview.subject_relation"))
        column = vbox(self, gap=Space.BETWEEN)
        for names in LINES:
            line = hbox(gap=Space.BETWEEN)
            for name in names:
                field = {"gender": self.gender, "relation": self.relation}.get(name) or self.fields[name]
                row = FormRow(tr(f"interview.subject_{name}"), field, required=name == "name")
                line.addWidget(row, 1, Qt.AlignmentFlag.AlignTop)
                if name == "name":
                    self._name_row = row
            column.addLayout(line)
        self._pause = Pause(self, self._tell)
        for edit in self.fields.values():
            edit.textEdited.connect(self._pause.touch)
            self._pause.watch(edit)
        self.gender.activated.connect(self._pause.touch)
        self.relation.editTextChanged.connect(self._relation_typed)
        self._is_showing = False

    @property
    def subject(self) -> Subject:
        """The person as written."""
        return Subject(
            **{name: field.text().strip() for name, field in self.fields.items()},
            gender=self.gender.currentText(),
            relation=self.relation.currentText().strip(),
        )

    def show_subject(self, subject: Subject) -> None:
        """Show a stored person, unless somebody is writing."""
        if self._pause.is_due:
            return
        self._is_showing = True
        for name, field in self.fields.items():
            if field.text().strip() != getattr(subject, name):
                field.setText(getattr(subject, name))
        if self.gender.findText(subject.gender) < 0:
            self.gender.addItem(subject.gender)
        self.gender.setCurrentText(subject.gender)
        self.relation.setCurrentText(subject.relation)
        self._is_showing = False
        self._name_row.set_error("")

    def show_party(self, party: Party) -> None:
        """Fill in the person of the visit, who is mostly the one asked."""
        relation = tr("interview.relation_institution_head") if party.name else ""
        self.show_subject(
            Subject(party.name, party.gender, "", party.id_no, party.phone, party.post, "", relation)
        )

    def say_missing(self, sentence: str) -> None:
        """Show what is wrong with the name."""
        self._name_row.set_error(sentence)
        self.fields["name"].setFocus()

    def set_read_only(self, on: bool) -> None:
        """Show it as it stands."""
        for field in self.fields.values():
            field.setReadOnly(on)
        self.gender.setEnabled(not on)
        self.relation.setEnabled(not on)

    def flush(self) -> None:
        """Hand over what was typed."""
        self._pause.flush()

    def _relation_typed(self, _text: str) -> None:
        if not self._is_showing:
            self._pause.touch()

    def _tell(self) -> None:
        if not self.subject.name:
            self._name_row.set_error(tr("interview.name_needed"))
            return
        self._name_row.set_error("")
        self.edited.emit(self.subject)
