"""One line of the division of labour: objects, contents, how many, who goes."""

import dataclasses
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from app.core.ids import PersonId
from app.core.places import Person
from app.core.plan_counts import GroupCount
from app.core.plan_objects import ALL, Ratio
from app.core.plans import Content, Frequency, Group, Method, StaffRule, Weights
from app.core.tasks import Nature
from app.gui.screens.plans.fields import FormedEdit, LineField, TextField, Ticks, choice, choose
from app.gui.screens.plans.objects_form import ObjectsForm
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.edits import NumberEdit
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import label
from app.gui.widgets.layout import scrolled, vbox
from checklists.schema import Template

_WEIGHTED = ("even", "weighted", "raised")


class GroupForm(QWidget):
    """Shows a group and gives it back changed; `changed` fires when a field was changed and left."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._group: Group | None = None
        self._people: Mapping[str, Person] = {}
        inner = QWidget()
        column = vbox(inner, margin=(0, 0, Space.INSIDE, 0), gap=Space.BETWEEN)
        self.count = label("", "strong", wrap=True)
        self.shared = label("", "secondary", tone="open", wrap=True)
        self.form = Form()
        column.addWidget(self.count)
        column.addWidget(self.shared)
        column.addWidget(self.form)
        column.addStretch(1)
        vbox(self).addWidget(scrolled(inner))
        self._name_fields()
        self._how_many_fields()
        self._staff_fields()

    def _name_fields(self) -> None:
        row, section = self.form.row, self.form.section
        self.title, self.owner = LineField(tr("plans.group.title")), LineField(tr("plans.group.owner"))
        self.form.beside(
            row(tr("plans.group.title"), self.title, required=True), row(tr("plans.group.owner"), self.owner)
        )
        section(tr("plans.group.objects"))
        self.objects = ObjectsForm()
        self.form.add(self.objects)
        section(tr("plans.group.contents"))
        self.contents = Ticks(tr("plans.group.contents"), [], 2)
        self._contents_row = row(tr("plans.group.checklists"), self.contents, required=True)
        self.words = TextField(tr("plans.group.words"), height=88)
        row(tr("plans.group.words"), self.words)
        for field in (self.title, self.owner, self.words):
            field.left.connect(self.changed)
        self.objects.changed.connect(self.changed)

    def _how_many_fields(self) -> None:
        row, section = self.form.row, self.form.section
        section(tr("plans.group.how_many"))
        self.method = choice(
            tr("plans.group.method"), [(str(one), tr(f"plans.method.{one}")) for one in Method]
        )
        self.nature = choice(
            tr("plans.group.nature"),
            [("", tr("plans.group.nature.same")), *((str(one), tr(f"plans.nature.{one}")) for one in Nature)],
        )
        self.form.beside(
            row(tr("plans.group.method"), self.method), row(tr("plans.group.nature"), self.nature)
        )
        self.ratio = FormedEdit(tr("plans.group.ratio"), Ratio, tr("plans.group.ratio.wrong"), "3%、1/2")
        self.minimum = NumberEdit(tr("plans.group.minimum"))
        self.frequency = FormedEdit(
            tr("plans.group.frequency"), Frequency, tr("plans.group.frequency.wrong"), "1、1.5、4"
        )
        self.form.beside(
            row(tr("plans.group.ratio"), self.ratio), row(tr("plans.group.minimum"), self.minimum),
            row(tr("plans.group.frequency"), self.frequency),
        )  # fmt: skip
        self.weighted = choice(
            tr("plans.group.weights"), [(one, tr(f"plans.weights.{one}")) for one in _WEIGHTED]
        )
        row(tr("plans.group.weights"), self.weighted, hint=tr("plans.group.weights.hint"))
        self.complaint, self.violation, self.credit, self.from_complaints = (
            NumberEdit(tr(f"plans.weights.{one}"))
            for one in ("complaint", "violation", "credit", "complaints")
        )
        self.raised = FormedEdit(tr("plans.weights.raised_ratio"), Ratio, tr("plans.group.ratio.wrong"), "6%")
        self._by_weight = [
            row(tr(f"plans.weights.{name}"), field)
            for name, field in (
                ("complaint", self.complaint),
                ("violation", self.violation),
                ("credit", self.credit),
            )
        ]
        self.form.beside(*self._by_weight)
        self._by_stratum = [
            row(tr("plans.weights.raised_ratio"), self.raised), row(tr("plans.weights.complaints"), self.from_complaints),
        ]  # fmt: skip
        self.form.beside(*self._by_stratum)
        for box in (self.method, self.nature, self.weighted):
            box.activated.connect(self._told)
        for field in (
            self.ratio, self.minimum, self.frequency, self.complaint, self.violation, self.credit, self.from_complaints,
            self.raised,
        ):  # fmt: skip
            field.committed.connect(self._told)

    def _staff_fields(self) -> None:
        row = self.form.row
        self.form.section(tr("plans.group.staff"))
        names = ("inspectors", "experts", "assistants", "teams", "max_load")
        self.numbers = {one: NumberEdit(tr(f"plans.staff.{one}")) for one in names}
        made = {one: row(tr(f"plans.staff.{one}"), self.numbers[one]) for one in names}
        self.form.beside(made["inspectors"], made["experts"], made["assistants"])
        self.form.beside(made["teams"], made["max_load"])
        self.cross, self.rotate = QCheckBox(tr("plans.staff.cross")), QCheckBox(tr("plans.staff.rotate"))
        self.form.add(self.cross)
        self.form.add(self.rotate)
        self.leaders = LineField(tr("plans.staff.leaders"))
        self._leaders_row = row(tr("plans.staff.leaders"), self.leaders, hint=tr("plans.staff.leaders.hint"))
        self.staff_words = LineField(tr("plans.staff.words"))
        row(tr("plans.staff.words"), self.staff_words)
        for number in self.numbers.values():
            number.committed.connect(self.changed)
        for tick in (self.cross, self.rotate):
            tick.clicked.connect(self._told)
        for line in (self.leaders, self.staff_words):
            line.left.connect(self.changed)

    def offer(self, templates: Sequence[Template], people: Sequence[Person]) -> None:
        """Say which checklists and people there are."""
        self._people = {one.id: one for one in people}
        if tuple(one.id for one in templates) == getattr(self, "_offered", ()):
            return
        self._offered = tuple(one.id for one in templates)
        ticks = Ticks(
            tr("plans.group.contents"), [(one.id, one.subject or one.title) for one in templates], 2
        )
        for one in templates:
            ticks.box(one.id).setToolTip(f"{one.id} {one.title}")
        layout = self._contents_row.layout()
        assert layout is not None
        layout.replaceWidget(self.contents, ticks)
        self.contents.deleteLater()
        self.contents = self._contents_row.field = ticks
        ticks.changed.connect(self.changed)
        if self._group is not None:
            ticks.put(one.template for one in self._group.contents)

    def put(self, group: Group) -> None:
        """Show a group."""
        self._group = group
        self.title.put(group.title)
        self.owner.put(group.owner)
        self.objects.put(group.objects)
        self.contents.put(one.template for one in group.contents)
        self.words.put(group.words)
        choose(self.method, str(group.method))
        choose(self.nature, str(group.nature or ""))
        self.ratio.put(group.ratio.text)
        self.minimum.set_value(group.minimum or None)
        self.frequency.put(group.frequency.text)
        weights = group.weights
        is_even = not (weights.complaint or weights.violation or weights.credit)
        choose(self.weighted, "raised" if weights.raised else "even" if is_even else "weighted")
        for field, number in (
            (self.complaint, weights.complaint),
            (self.violation, weights.violation),
            (self.credit, weights.credit),
        ):
            field.set_value(number or None)
        self.from_complaints.set_value(weights.complaints)
        self.raised.put(weights.raised.text if weights.raised else "")
        for name, edit in self.numbers.items():
            edit.set_value(getattr(group.staff, name) or None)
        self.cross.setChecked(group.staff.cross_district)
        self.rotate.setChecked(group.staff.rotate)
        self.leaders.put(
            "、".join(self._people[one].name for one in group.staff.leaders if one in self._people)
        )
        self.staff_words.put(group.staff.words)
        self._dress()

    def show_count(self, count: GroupCount | None, lock_days: int) -> None:
        """Show what the group means in the register of now."""
        if count is None:
            self.count.setText(tr("plans.count.counting"))
            self.shared.hide()
            return
        self.count.setText(tr("plans.count", objects=count.objects, size=count.size, visits=count.visits))
        said = [
            tr(f"plans.count.{name}", count=number, days=lock_days)
            for name, number in (("locked", count.locked), ("capped", count.capped), ("shared", count.shared)) if number
        ]  # fmt: skip
        self.shared.setText("　".join(said))
        self.shared.setVisible(bool(said))

    def value(self) -> Group | None:
        """Return the group as filled in; a field that is wrong gives what stood there. None where none is shown."""
        old = self._group
        if old is None:
            return None
        pinned = {one.template: one for one in old.contents}
        return dataclasses.replace(
            old,
            title=self.title.value(),
            owner=self.owner.value(),
            objects=self.objects.value(),
            contents=tuple(pinned.get(one, Content(one)) for one in self.contents.value()),
            words=self.words.value(),
            method=Method(self.method.currentData()),
            nature=Nature(self.nature.currentData()) if self.nature.currentData() else None,
            ratio=Ratio(self.ratio.value())
            if self.ratio.value()
            else ALL
            if not self.ratio.text()
            else old.ratio,
            minimum=int(self.minimum.value() or 0),
            frequency=old.frequency if self.frequency.check() else Frequency(self.frequency.value()),
            weights=self._weights(old.weights),
            staff=self._staff(old.staff),
        )

    def _weights(self, old: Weights) -> Weights:
        kind = self.weighted.currentData()
        if kind == "raised":
            ratio = self.raised.value() or self.ratio.value() or ALL.text
            return Weights(
                low_grades=old.low_grades,
                raised=Ratio(ratio),
                complaints=int(self.from_complaints.value() or 1),
            )
        if kind == "even":
            return Weights(low_grades=old.low_grades)
        given = [int(one.value() or 0) for one in (self.complaint, self.violation, self.credit)]
        complaint, violation, credit = given if any(given) else (1, 1, 1)
        return Weights(complaint, violation, credit, old.low_grades)

    def _staff(self, old: StaffRule) -> StaffRule:
        numbers = {name: int(edit.value() or 0) for name, edit in self.numbers.items()}
        return StaffRule(
            **numbers, leaders=self._named(old.leaders), cross_district=self.cross.isChecked(),
            rotate=self.rotate.isChecked(), words=self.staff_words.value(),
        )  # fmt: skip

    def _named(self, old: tuple[PersonId, ...]) -> tuple[PersonId, ...]:
        found, wrong = [], []
        for name in _split(self.leaders.value()):
            fitting = [one.id for one in self._people.values() if name in (one.name, one.licence_no)]
            if len(fitting) == 1:
                found.append(fitting[0])
            else:
                wrong.append(name)
        self._leaders_row.set_error(tr("plans.staff.leaders.wrong", names="、".join(wrong)) if wrong else "")
        return old if wrong else tuple(found)

    def _told(self, _place: object = None) -> None:
        self._dress()
        self.changed.emit()

    def _dress(self) -> None:
        """Show only what the choices ask for."""
        method, kind = Method(self.method.currentData()), self.weighted.currentData()
        is_cut = method in (Method.DRAW, Method.TOP)
        self.ratio.setEnabled(is_cut)
        self.minimum.setEnabled(is_cut)
        self.weighted.setEnabled(method is Method.DRAW)
        for one in self._by_weight:
            one.setVisible(kind == "weighted" and method is Method.DRAW)
        for one in self._by_stratum:
            one.setVisible(kind == "raised" and method is Method.DRAW)


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.translate(str.maketrans("，；、,;", "     ")).split())
