"""Asks who steps back from a task, why, and who comes instead: the reserve list first, anybody else with a reason."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from app.core.ids import PersonId
from app.core.task_views import Candidate, RecusalGround, TaskView
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.asked import Asked
from app.gui.widgets.buttons import button
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox

WIDTH = 520


@dataclass(frozen=True, slots=True)
class Recused:
    """What was chosen. `replacement` None with `is_nobody` False: the next of the reserve list."""

    person: PersonId
    ground: RecusalGround
    replacement: PersonId | None
    reason: str
    is_nobody: bool


class RecuseDialog(Asked):
    """Asks for a recusal. `told` carries a `Recused`; `asked` wants the candidates for a person."""

    told = Signal(object)

    def __init__(self, parent: QWidget, view: TaskView, ask: Callable[[PersonId], None]) -> None:
        super().__init__(parent, tr("task_brief.recuse.title"), WIDTH)
        self._ask, self._found = ask, tuple[Candidate, ...]()
        self.column.addWidget(label(tr("task_brief.recuse.about"), "muted", wrap=True))
        self.person = _choice(tr("task_brief.recuse.who"))
        names = dict(zip(view.task.members, view.names, strict=False)) | dict(
            zip(view.task.experts, view.expert_names, strict=False)
        )
        for key in view.task.people:
            self.person.addItem(names.get(key, "—"), key)
        self.ground = _choice(tr("task_brief.recuse.ground"))
        for ground in RecusalGround:
            self.ground.addItem(tr(f"task_brief.ground.{ground}"), ground)
        self.by = _choice(tr("task_brief.recuse.by"))
        self.by.setPlaceholderText(tr("task_brief.recuse.choose"))
        self.reason: QLineEdit = line_edit(tr("task_brief.recuse.reason"), hint=tr("task_brief.recuse.reason.hint"))
        self.nobody = QCheckBox(tr("task_brief.recuse.nobody"))
        self.reason_row = FormRow(tr("task_brief.recuse.reason"), self.reason)
        pair = hbox(gap=Space.BETWEEN)
        pair.addWidget(FormRow(tr("task_brief.recuse.who"), self.person, required=True), 1)
        pair.addWidget(FormRow(tr("task_brief.recuse.ground"), self.ground, required=True), 1)
        self.column.addLayout(pair)
        self.column.addWidget(FormRow(tr("task_brief.recuse.by"), self.by))
        self.hint = label("", "hint", wrap=True)
        self.column.addWidget(self.hint)
        self.column.addWidget(self.nobody)
        self.column.addWidget(self.reason_row)
        self.done_button = button(tr("task_brief.recuse.do"), self._tell, kind="primary")
        self.answer(button(tr("widgets.cancel"), self.reject), self.done_button)
        self.person.currentIndexChanged.connect(self._person_chosen)
        self.by.currentIndexChanged.connect(self._judge)
        self.reason.textChanged.connect(self._judge)
        self.nobody.toggled.connect(self._judge)
        self._person_chosen()

    def offer(self, found: tuple[Candidate, ...]) -> None:
        """Show who may come: those of the reserve list with their place, those who cannot come with why."""
        self._found = found
        with QSignalBlocker(self.by):
            self.by.clear()
            for one in found:
                words = tr("task_brief.candidate.reserve", place=one.position, name=one.name) if one.position else one.name
                if one.against:
                    words = tr("task_brief.candidate.not", name=words, why=tr(f"task_brief.against.{one.against}"))
                self.by.addItem(words, one.person)
            first = next((place for place, one in enumerate(found) if one.position and not one.against), -1)
            self.by.setCurrentIndex(first)
        self._judge()

    @property
    def next_of_list(self) -> Candidate | None:
        """Whose turn it is on the reserve list, if anybody's."""
        return next((one for one in self._found if one.position and not one.against), None)

    def _person_chosen(self) -> None:
        key = self.person.currentData()
        if key:
            self._ask(PersonId(key))

    def _judge(self) -> None:
        chosen, first = self._chosen(), self.next_of_list
        is_turn = chosen is not None and first is not None and chosen.person == first.person
        needs = self.nobody.isChecked() or not is_turn
        has_reason = bool(self.reason.text().strip())
        able = self.nobody.isChecked() or (chosen is not None and not chosen.against)
        self.by.setEnabled(not self.nobody.isChecked())
        key = "listed" if is_turn else "unlisted" if first is None else "out_of_turn"
        self.hint.setText(tr(f"task_brief.recuse.{key}"))
        self.done_button.setEnabled(able and (has_reason or not needs))

    def _chosen(self) -> Candidate | None:
        place = self.by.currentIndex()
        return self._found[place] if 0 <= place < len(self._found) else None

    def _tell(self) -> None:
        chosen, nobody = self._chosen(), self.nobody.isChecked()
        self.told.emit(Recused(
            PersonId(self.person.currentData()), RecusalGround(self.ground.currentData()),
            None if nobody or chosen is None else chosen.person, self.reason.text().strip(), nobody,
        ))  # fmt: skip
        self.accept()


def _choice(name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    return made
