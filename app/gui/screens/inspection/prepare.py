"""Step ①: who inspects, where, who is present, and that licences were shown; then the visit begins."""

import datetime as dt
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from app.core.clock import now, today
from app.core.errors import Refused
from app.core.ids import PersonId
from app.core.inspections import Inspection, Party
from app.core.places import Person
from app.core.visits import check_inspectors
from app.gui.checklist.pause import Pause
from app.gui.messages import sentence
from app.gui.screens.inspection.ops import Ahead
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import Form, FormRow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, scrolled, sized, vbox


class PersonBox(QComboBox):
    """One person; those without a licence valid today cannot be chosen as inspector."""

    def __init__(self, name: str, *, licensed: bool, optional: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._licensed, self._optional = licensed, optional
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    def offer(self, people: tuple[Person, ...], day: dt.date) -> None:
        """Offer people; keeps the choice where it is still there."""
        chosen = self.person
        self.clear()
        if self._optional or not people:
            self.addItem(tr("inspection.nobody"), "")
        for person in people:
            if not person.is_active or person.organisation:  # whom a third party sent only assists
                continue
            fit = person.may_inspect_on(day)
            licence = (
                tr("inspection.licence", number=person.licence_no)
                if person.licence_no
                else tr("inspection.no_licence")
            )
            text = f"{person.name}  {licence}" + (
                "" if fit or not self._licensed else tr("inspection.licence_invalid")
            )
            self.addItem(text, person.id)
            model = self.model()
            if self._licensed and not fit and isinstance(model, QStandardItemModel):
                model.item(self.count() - 1).setEnabled(False)
        self.choose(chosen)

    @property
    def person(self) -> PersonId:
        """The chosen person's id, empty for nobody."""
        return PersonId(str(self.currentData() or ""))

    def choose(self, person: str) -> None:
        """Choose a person, if offered."""
        place = self.findData(person)
        if place >= 0:
            self.setCurrentIndex(place)


class PreparePane(QWidget):
    """The form of step ①. Before the start `start_wanted` carries what `start` takes; afterwards `edited` carries details."""

    start_wanted = Signal(object)
    edited = Signal(object)
    continue_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._visit: Inspection | None = None
        self._people: dict[str, Person] = {}
        self._pause = Pause(self, self._save)
        self._first = PersonBox(tr("inspection.inspector_1"), licensed=True)
        self._second = PersonBox(tr("inspection.inspector_2"), licensed=True)
        self._third = PersonBox(tr("inspection.inspector_3"), licensed=True, optional=True)
        self._recorder = PersonBox(tr("inspection.recorder"), licensed=False)
        self._place = line_edit(tr("inspection.place"))
        self._name = line_edit(tr("inspection.party_name"))
        self._gender = QComboBox()
        self._gender.addItem("", "")
        for gender in ("male", "female"):
            self._gender.addItem(tr(f"inspection.gender_{gender}"), tr(f"inspection.gender_{gender}"))
        self._post = line_edit(tr("inspection.party_post"))
        self._id_no = line_edit(tr("inspection.party_id"))
        self._phone = line_edit(tr("inspection.party_phone"))
        self._witness = line_edit(tr("inspection.witness"))
        self._shown = QCheckBox(tr("inspection.licence_shown"))
        self._recusal = QComboBox()
        self._recusal.setEditable(True)
        self._recusal_line = QLineEdit()
        self._recusal.setLineEdit(self._recusal_line)
        self._recusal.addItems([tr("inspection.recusal_no"), tr("inspection.recusal_yes")])
        self._recusal.setCurrentText("")
        self._situation = line_edit(tr("inspection.situation"))
        self._build()

    def show_ahead(self, ahead: Ahead) -> None:
        """Show a task that has no visit yet, prefilled from it."""
        self._visit = None
        self._offer(ahead.people)
        day = today(now())
        fit = [
            member
            for member in ahead.task.members
            if member in self._people and self._people[member].may_inspect_on(day)
        ]
        fit = sorted(fit, key=lambda member: member != ahead.me)
        for box, member in zip((self._first, self._second, self._third), (*fit, "", "", "")[:3], strict=True):
            box.choose(member)
        self._recorder.choose(fit[1] if len(fit) > 1 else ahead.me)
        self._place.setText(ahead.place.address)
        self._place.setCursorPosition(0)
        self._set_party(Party(name=ahead.place.head or ahead.place.legal_rep, phone=ahead.place.phone))
        self._witness.clear()
        self._situation.clear()
        self._shown.setChecked(False)
        self._recusal.setCurrentText("")
        self._lock_people(False)
        self._pause.drop()
        self._check()

    def show_visit(self, visit: Inspection, people: tuple[Person, ...], *, locked: bool) -> None:
        """Show a running visit; people are settled, details may still be mended."""
        fresh = self._visit is None or self._visit.id != visit.id
        if self._pause.is_due and not fresh:
            return
        self._visit = visit
        self._offer(people)
        for box, person in zip(
            (self._first, self._second, self._third), (*visit.inspectors, "", "", "")[:3], strict=True
        ):
            box.choose(person)
        self._recorder.choose(visit.recorder)
        for field, text in (
            (self._place, visit.place),
            (self._witness, visit.witness),
            (self._situation, visit.situation),
        ):
            if field.text() != text:
                field.setText(text)
                field.setCursorPosition(0)
        self._set_party(visit.party)
        self._shown.setChecked(visit.licence_shown)
        if self._recusal.currentText() != visit.recusal_answer:
            self._recusal.setCurrentText(visit.recusal_answer)
        self._lock_people(True)
        for card in self._cards:
            card.setEnabled(not locked)
        self._pause.drop()
        self._check()

    def show_refusal(self, text: str) -> None:
        """Say why the visit could not begin, at the people."""
        self._people_problem.setText(text)
        self._people_problem.setVisible(bool(text))

    def flush(self) -> None:
        """Hand over at once what was typed."""
        self._pause.flush()

    def _build(self) -> None:
        inner = QWidget()
        sized(inner, max_width=960)
        column = vbox(inner, margin=(Space.PAGE, Space.CARD, Space.PAGE, Space.CARD), gap=Space.BETWEEN)
        self._cards: list[Card] = []
        people = self._card(column, tr("inspection.card_people"))
        people.beside(
            people.row(tr("inspection.inspector_1"), self._first, required=True),
            people.row(tr("inspection.inspector_2"), self._second, required=True),
            people.row(tr("inspection.inspector_3"), self._third),
            people.row(tr("inspection.recorder"), self._recorder, required=True),
        )
        self._people_problem = label("", "error", wrap=True)
        self._people_problem.hide()
        self._cards[-1].body.addWidget(self._people_problem)
        scene = self._card(column, tr("inspection.card_scene"))
        scene.row(tr("inspection.place"), self._place, required=True)
        self._name_row: FormRow = scene.row(tr("inspection.party_name"), self._name, required=True)
        scene.beside(
            self._name_row,
            scene.row(tr("inspection.gender"), self._gender),
            scene.row(tr("inspection.party_post"), self._post),
            scene.row(tr("inspection.party_phone"), self._phone),
        )
        scene.beside(
            scene.row(tr("inspection.party_id"), self._id_no),
            scene.row(tr("inspection.witness"), self._witness),
            scene.row(tr("inspection.situation"), self._situation),
        )
        notice = self._card(column, tr("inspection.card_notice"))
        self._cards[-1].body.insertWidget(1, label(tr("inspection.notice_text"), "muted", wrap=True))
        self._cards[-1].body.insertWidget(2, self._shown)
        notice.row(tr("inspection.recusal"), self._recusal, hint=tr("inspection.recusal_hint"))
        column.addStretch(1)
        outer = vbox(self, gap=0)
        middle = QWidget()
        line = hbox(middle)
        line.addStretch(1)
        line.addWidget(inner, 20)
        line.addStretch(1)
        outer.addWidget(scrolled(middle), 1)
        foot = hbox(margin=(Space.PAGE, Space.INSIDE, Space.PAGE, 14))
        foot.addStretch(1)
        self._hint = label("", "secondary")
        foot.addWidget(self._hint)
        self._start = button(tr("inspection.start"), self._go, kind="primary")
        foot.addWidget(self._start)
        outer.addLayout(foot)
        for field in (
            self._place,
            self._name,
            self._post,
            self._id_no,
            self._phone,
            self._witness,
            self._situation,
        ):
            field.textEdited.connect(self._touched)
            self._pause.watch(field)
        for box in (self._first, self._second, self._third, self._recorder):
            box.activated.connect(self._check)
        self._gender.activated.connect(self._at_once)
        self._recusal.activated.connect(self._at_once)
        self._recusal_line.textEdited.connect(self._touched)
        self._recusal.setAccessibleName(tr("inspection.recusal"))
        self._pause.watch(self._recusal_line)
        self._shown.clicked.connect(self._at_once)

    def _card(self, column: Any, title: str) -> Form:
        card = Card(title)
        form = Form()
        card.body.addWidget(form)
        column.addWidget(card)
        self._cards.append(card)
        return form

    def _offer(self, people: tuple[Person, ...]) -> None:
        if self._people != {person.id: person for person in people}:
            self._people = {person.id: person for person in people}
            for box in (self._first, self._second, self._third, self._recorder):
                box.offer(people, today(now()))

    def _set_party(self, party: Party) -> None:
        for field, text in (
            (self._name, party.name),
            (self._post, party.post),
            (self._id_no, party.id_no),
            (self._phone, party.phone),
        ):
            if field.text() != text:
                field.setText(text)
        self._gender.setCurrentIndex(max(0, self._gender.findData(party.gender)))

    def _party(self) -> Party:
        return Party(
            name=self._name.text().strip(),
            gender=str(self._gender.currentData() or ""),
            id_no=self._id_no.text().strip(),
            post=self._post.text().strip(),
            phone=self._phone.text().strip(),
        )

    def _lock_people(self, on: bool) -> None:
        for box in (self._first, self._second, self._third, self._recorder):
            box.setEnabled(not on)
        self._start.setText(tr("inspection.continue") if on else tr("inspection.start"))

    def _inspectors(self) -> tuple[PersonId, ...]:
        chosen = (self._first.person, self._second.person, self._third.person)
        return tuple(dict.fromkeys(person for person in chosen if person))

    def _check(self, *_: object) -> None:
        if self._visit is not None:
            self.show_refusal("")
            self._hint.setText("")
            self._start.setEnabled(True)
            return
        try:
            check_inspectors(self._inspectors(), self._people, today(now()))
            self.show_refusal("")
            self._start.setEnabled(True)
        except Refused as refusal:
            # The same rule as the service's, so that the sentence stands there before anybody presses the button.
            self.show_refusal(sentence(refusal))
            self._start.setEnabled(False)
        self._hint.setText(tr("inspection.start_hint"))

    def _touched(self, *_: object) -> None:
        if self._visit is not None:
            self._pause.touch()

    def _at_once(self, *_: object) -> None:
        self._touched()
        self._pause.flush()

    def _save(self) -> None:
        visit = self._visit
        if visit is None:
            return
        fields: dict[str, Any] = {
            "place": self._place.text().strip(),
            "party": self._party(),
            "witness": self._witness.text().strip(),
            "situation": self._situation.text().strip(),
            "licence_shown": self._shown.isChecked(),
            "recusal_answer": self._recusal.currentText().strip(),
        }
        changed = {name: value for name, value in fields.items() if getattr(visit, name) != value}
        if changed:
            self._visit = replace(visit, **changed)
            self.edited.emit(changed)

    def _go(self) -> None:
        if self._visit is not None:
            self._pause.flush()
            self.continue_wanted.emit()
            return
        if not self._name.text().strip():
            self._name_row.set_error(tr("inspection.party_required"))
            self._name.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._name_row.set_error("")
        self._start.setEnabled(False)
        self.start_wanted.emit(
            {
                "inspectors": self._inspectors(),
                "recorder": self._recorder.person,
                "place": self._place.text().strip(),
                "party": self._party(),
                "licence_shown": self._shown.isChecked(),
                "recusal_answer": self._recusal.currentText().strip(),
                "witness": self._witness.text().strip(),
                "situation": self._situation.text().strip(),
            }
        )

    def allow_start(self) -> None:
        """Let the button be pressed again after a start that failed."""
        self._start.setEnabled(True)
