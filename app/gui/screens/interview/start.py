"""Before an interview: those that were held, and the form that begins the next."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QWidget

from app.core.ids import PersonId
from app.core.interviews import Interview
from app.core.places import Person
from app.gui.models.tuples import TupleListModel
from app.gui.screens.interview import words
from app.gui.screens.interview.ops import Busy, Overview
from app.gui.screens.interview.person import SubjectForm
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.delegates import RowDelegate, RowLook
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, scrolled, sized, vbox
from app.gui.widgets.notices import Note
from app.gui.widgets.views import RowsView


class StartPage(QWidget):
    """`start_wanted` carries subject, place, asker and recorder; `opened` an interview of the list."""

    start_wanted = Signal(object, str, str, str)
    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[str, str] = {}
        line = hbox(self, margin=16, gap=Space.CARD)
        self._held = Card(tr("interview.held"), margin=Space.BETWEEN)
        self._model: TupleListModel[Interview] = TupleListModel(self._spoken, lambda one: one.id)
        self._model.setParent(self)
        self.list = RowsView(tr("interview.held"), RowDelegate(self._look), bare=True)
        self.list.setModel(self._model)
        self.list.opened.connect(self.opened)
        self.list.clicked.connect(self._clicked)
        self._held.body.addWidget(self.list, 1)
        sized(self._held, min_width=260)
        line.addWidget(self._held, 2)
        inner = QWidget()
        outer = vbox(inner)
        card = Card(tr("interview.begin"), margin=Space.CARD, gap=Space.BETWEEN)
        card.body.addWidget(label(tr("interview.begin_about"), "muted", wrap=True))
        self.note = Note("", "open")
        self.note.hide()
        card.body.addWidget(self.note)
        officers = hbox(gap=Space.BETWEEN)
        self.asker, self.recorder = QComboBox(), QComboBox()
        self._asker_row = FormRow(tr("interview.asker"), self.asker, required=True)
        self._recorder_row = FormRow(tr("interview.recorder"), self.recorder, required=True)
        for box, row in ((self.asker, self._asker_row), (self.recorder, self._recorder_row)):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(10)
            box.activated.connect(self._judge)
            officers.addWidget(row, 1, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(officers)
        self.form = SubjectForm()
        card.body.addWidget(self.form)
        self.place = line_edit(tr("interview.place"), hint=tr("interview.place_hint"))
        card.body.addWidget(FormRow(tr("interview.place"), self.place))
        foot = hbox()
        self.start = button(tr("interview.start"), self._start, kind="primary", icon="interview")
        foot.addWidget(self.start)
        foot.addStretch(1)
        card.body.addLayout(foot)
        outer.addWidget(card)
        outer.addStretch(1)
        self._form_area = scrolled(inner)
        line.addWidget(self._form_area, 5)

    def show_overview(self, found: Overview, *, locked: bool) -> None:
        """Show who could ask and record, and prepare the person of the visit."""
        self._names = dict(found.visit.people)
        self._model.set_rows(found.interviews)
        self._held.setVisible(bool(found.interviews))
        visit = found.visit.inspection
        self._offer(self.asker, found, visit.inspectors[:1])
        second = tuple(one for one in (visit.recorder, *visit.inspectors) if one != self.asker.currentData())
        self._offer(self.recorder, found, second)
        if not self.form.subject.name:
            self.form.show_party(visit.party)
        if not self.place.text():
            self.place.setText(visit.place)
        self._locked = locked
        # Nothing can begin any more: those that were held are all there is to see.
        self._form_area.setVisible(not locked)
        self.start.setEnabled(not locked and len(found.officers) > 1)
        problem = ""
        if locked:
            problem = tr("interview.visit_locked")
        elif len(found.officers) < 2:
            problem = tr("interview.too_few_officers")
        elif self.recorder.currentIndex() < 0:
            problem = tr("interview.all_busy")
        self.note.setVisible(bool(problem))
        self.note.say(problem)
        self._judge()

    def clear(self) -> None:
        """Forget the person written before; another visit is coming."""
        for field in self.form.fields.values():
            field.clear()
        self.form.gender.setCurrentIndex(0)
        self.form.relation.setEditText("")
        self.place.clear()

    def say(self, sentence: str) -> None:
        """Show why it did not begin."""
        self.note.say(sentence)
        self.note.show()

    def allow_start(self, on: bool = True) -> None:
        """Let the button be pressed, or not while it is under way."""
        self.start.setEnabled(on and not self._locked)

    def focus_first(self) -> None:
        """Write the person."""
        self.form.fields["name"].setFocus()

    def _offer(self, box: QComboBox, found: Overview, first: tuple[PersonId, ...]) -> None:
        kept = box.currentData()
        box.clear()
        busy = {one.officer: one for one in found.busy}
        for person in found.officers:
            box.addItem(_officer(person, busy.get(person.id)), person.id)
        for person in found.unlicensed:
            box.addItem(tr("interview.no_licence", name=person.name), None)
        model = box.model()
        for row in range(box.count()):
            name = box.itemData(row)
            if isinstance(model, QStandardItemModel) and (name is None or name in busy):
                model.item(row).setEnabled(False)
        free = [one.id for one in found.officers if one.id not in busy]
        wanted = next((one for one in (kept, *first, *free) if one in free), None)
        if box is self.recorder and wanted == self.asker.currentData():
            wanted = next((one for one in free if one != wanted), None)
        box.setCurrentIndex(box.findData(wanted) if wanted is not None else -1)

    def _judge(self, *_: object) -> None:
        same = self.asker.currentData() is not None and self.asker.currentData() == self.recorder.currentData()
        self._recorder_row.set_error(tr("interview.same_officer") if same else "")

    def _start(self) -> None:
        subject = self.form.subject
        if not subject.name:
            self.form.say_missing(tr("interview.name_needed"))
            return
        asker, recorder = self.asker.currentData(), self.recorder.currentData()
        if asker is None or recorder is None or asker == recorder:
            self.say(tr("interview.same_officer"))
            self.recorder.setFocus()
            return
        self.allow_start(False)
        self.start_wanted.emit(subject, self.place.text().strip(), asker, recorder)

    def _look(self, one: Interview) -> RowLook:
        asked = "、".join(self._names.get(officer, "—") for officer in (one.asker, one.recorder))
        return RowLook(
            one.subject.name,
            detail=one.subject.post,
            second=tr("interview.held_second", start=words.clock(one.started_at), officers=asked),
            badge=words.state(one),
            badge_tone="open" if one.ended_at is None else "ok",
        )

    def _spoken(self, one: Interview) -> str:
        return f"{one.subject.name} {words.state(one)}"

    def _clicked(self, index: QModelIndex) -> None:
        one = self._model.row_at(index)
        if one is not None:
            self.opened.emit(one)


def _officer(person: Person, busy: Busy | None) -> str:
    name = tr("interview.officer", name=person.name, licence=person.licence_no)
    return tr("interview.officer_busy", name=person.name, subject=busy.subject) if busy is not None else name
