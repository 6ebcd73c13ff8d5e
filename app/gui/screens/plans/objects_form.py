"""Whom a line of the plan is about (检查对象): one or more descriptions, names left out, the first by payment."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QWidget

from app.core.places import InstitutionKind
from app.core.plan_objects import BELOW_SECOND, Clause, ObjectFilter
from app.gui.screens.plans.fields import LineField, TextField, Ticks, choice, choose
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import Button, button
from app.gui.widgets.card import inset
from app.gui.widgets.edits import NumberEdit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, vbox

_LEVELS = ("三级", "二级", *BELOW_SECOND)
_SPLIT = str.maketrans("，；、,;", "     ")


class ClauseForm(QFrame):
    """One description. The seldom-used conditions open by a button, or where one of them is set."""

    changed = Signal()
    dropped = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "inset")
        column = vbox(self, margin=Space.BETWEEN, gap=Space.INSIDE)
        head = hbox()
        self.title = label("", "strong")
        head.addWidget(self.title)
        head.addStretch(1)
        self.more_button = button(tr("plans.objects.more"), self._open_more, kind="link")
        self.drop_button = button(tr("plans.objects.drop"), self._drop, kind="link")
        head.addWidget(self.more_button)
        head.addWidget(self.drop_button)
        column.addLayout(head)
        self.kinds = Ticks(
            tr("plans.objects.kinds"), [(str(one), tr(f"registers.kind.{one}")) for one in InstitutionKind], 2
        )
        self.levels = Ticks(tr("plans.objects.levels"), [(one, one) for one in _LEVELS], 4)
        self.ownerships = Ticks(
            tr("plans.objects.ownership"),
            [(one, tr(f"registers.ownership.{one}")) for one in ("public", "private", "")],
            3,
        )
        self.pooling = choice(
            tr("plans.objects.pooling"), [(one, tr(f"plans.pooling.{one}")) for one in ("", "open", "closed")]
        )
        for name, field in (
            ("kinds", self.kinds), ("levels", self.levels), ("ownership", self.ownerships), ("pooling", self.pooling),
        ):  # fmt: skip
            column.addWidget(FormRow(tr(f"plans.objects.{name}"), field))
        self.more = QWidget()
        rest = vbox(self.more, gap=Space.INSIDE)
        self.joint = choice(
            tr("plans.objects.joint"), [(one, tr(f"plans.joint.{one}")) for one in ("", "yes", "no")]
        )
        self.grades = Ticks(tr("plans.objects.grades"), [(one, one) for one in "ABCD"], 4)
        self.complaints, self.violations = (
            NumberEdit(tr(f"plans.objects.{one}")) for one in ("complaints", "violations")
        )
        self.divisions = LineField(tr("plans.objects.divisions"), tr("plans.objects.divisions.hint"))
        self.chains = LineField(tr("plans.objects.chains"))
        self.named = TextField(tr("plans.objects.named"), hint=tr("plans.objects.named.hint"))
        rest.addWidget(FormRow(tr("plans.objects.named"), self.named))
        pair = hbox(gap=Space.BETWEEN)
        pair.addWidget(FormRow(tr("plans.objects.joint"), self.joint), 1)
        pair.addWidget(FormRow(tr("plans.objects.grades"), self.grades), 1)
        rest.addLayout(pair)
        numbers = hbox(gap=Space.BETWEEN)
        numbers.addWidget(FormRow(tr("plans.objects.complaints"), self.complaints), 1)
        numbers.addWidget(FormRow(tr("plans.objects.violations"), self.violations), 1)
        rest.addLayout(numbers)
        rest.addWidget(FormRow(tr("plans.objects.divisions"), self.divisions))
        rest.addWidget(FormRow(tr("plans.objects.chains"), self.chains))
        column.addWidget(self.more)
        self.more.hide()
        for ticks in (self.kinds, self.levels, self.ownerships, self.grades):
            ticks.changed.connect(self.changed)
        for box in (self.pooling, self.joint):
            box.activated.connect(self._told)
        for number in (self.complaints, self.violations):
            number.committed.connect(self.changed)
        for line in (self.divisions, self.chains, self.named):
            line.left.connect(self.changed)

    def put(self, clause: Clause, *, n: int, is_only: bool) -> None:
        """Show a description; `n` counts from 1."""
        self.title.setText(
            tr("plans.objects.which")
            if is_only
            else tr("plans.objects.or", n=n)
            if n > 1
            else tr("plans.objects.first")
        )
        self.drop_button.setVisible(not is_only)
        self.kinds.put(map(str, clause.kinds))
        self.levels.put(clause.levels)
        self.ownerships.put(clause.ownerships)
        choose(self.pooling, clause.pooling)
        choose(self.joint, {None: "", True: "yes", False: "no"}[clause.joint])
        self.grades.put(clause.grades)
        self.complaints.set_value(clause.complaints or None)
        self.violations.set_value(clause.violations or None)
        self.divisions.put(" ".join(clause.divisions))
        self.chains.put("；".join(clause.chains))
        self.named.put("\n".join(clause.named))
        rest = (
            clause.joint,
            clause.grades,
            clause.complaints,
            clause.violations,
            clause.divisions,
            clause.chains,
            clause.named,
        )
        is_used = clause.joint is not None or any(rest[1:])
        self.more.setVisible(is_used or self.more.isVisibleTo(self))
        self.more_button.setVisible(not self.more.isVisibleTo(self))

    def value(self) -> Clause:
        """Return what is described."""
        return Clause(
            kinds=tuple(InstitutionKind(one) for one in self.kinds.value()),
            levels=self.levels.value(),
            ownerships=self.ownerships.value(),
            pooling=self.pooling.currentData(),
            divisions=tuple(self.divisions.value().translate(_SPLIT).split()),
            chains=tuple(
                one.strip() for one in self.chains.value().replace(";", "；").split("；") if one.strip()
            ),
            joint={"": None, "yes": True, "no": False}[self.joint.currentData()],
            grades=self.grades.value(),
            complaints=int(self.complaints.value() or 0),
            violations=int(self.violations.value() or 0),
            named=self.named.lines(),
        )

    def _told(self, _place: int) -> None:
        self.changed.emit()

    def _open_more(self) -> None:
        self.more.show()
        self.more_button.hide()
        self.named.setFocus()

    def _drop(self) -> None:
        self.dropped.emit(self)


class ObjectsForm(QWidget):
    """All descriptions of a line; `changed` fires for each change of a value."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = vbox(self, gap=Space.INSIDE)
        self._list = vbox(gap=Space.INSIDE)
        column.addLayout(self._list)
        self.add_button: Button = button(tr("plans.objects.add"), self._add, kind="link", icon="add")
        column.addWidget(self.add_button)
        rest = inset()
        inner = vbox(rest, margin=Space.BETWEEN, gap=Space.INSIDE)
        line = hbox(gap=Space.BETWEEN)
        self.top = NumberEdit(tr("plans.objects.top"))
        self.top_year = NumberEdit(tr("plans.objects.top_year"))
        line.addWidget(FormRow(tr("plans.objects.top"), self.top), 1)
        line.addWidget(FormRow(tr("plans.objects.top_year"), self.top_year), 1)
        inner.addLayout(line)
        self.top_each = QCheckBox(tr("plans.objects.top_each"))
        inner.addWidget(self.top_each)
        self.excluded = TextField(
            tr("plans.objects.excluded"), height=56, hint=tr("plans.objects.named.hint")
        )
        inner.addWidget(FormRow(tr("plans.objects.excluded"), self.excluded))
        column.addWidget(rest)
        self._clauses: list[ClauseForm] = []
        self.top.committed.connect(self.changed)
        self.top_year.committed.connect(self.changed)
        self.top_each.clicked.connect(self.changed)
        self.excluded.left.connect(self.changed)

    @property
    def clauses(self) -> tuple[ClauseForm, ...]:
        """The descriptions shown."""
        return tuple(self._clauses)

    def put(self, wanted: ObjectFilter) -> None:
        """Show whom a line is about."""
        clauses = wanted.clauses or (Clause(),)
        while len(self._clauses) > len(clauses):
            gone = self._clauses.pop()
            self._list.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        while len(self._clauses) < len(clauses):
            made = ClauseForm()
            made.changed.connect(self.changed)
            made.dropped.connect(self._drop)
            self._clauses.append(made)
            self._list.addWidget(made)
        for n, (form, clause) in enumerate(zip(self._clauses, clauses, strict=True), 1):
            form.put(clause, n=n, is_only=len(clauses) == 1)
        self.top.set_value(wanted.top or None)
        self.top_year.set_value(wanted.top_year or None)
        self.top_each.setChecked(wanted.top_each)
        self.excluded.put("\n".join(wanted.excluded))

    def value(self) -> ObjectFilter:
        """Return whom it is about; one empty description means everybody."""
        clauses = tuple(one.value() for one in self._clauses)
        return ObjectFilter(
            clauses=() if clauses == (Clause(),) else clauses,
            excluded=self.excluded.lines(),
            top=int(self.top.value() or 0),
            top_year=int(self.top_year.value() or 0),
            top_each=self.top_each.isChecked(),
        )

    def _add(self) -> None:
        value = self.value()
        self.put(
            ObjectFilter(
                (*(value.clauses or (Clause(),)), Clause()),
                value.excluded,
                value.top,
                value.top_year,
                value.top_each,
            )
        )
        self._clauses[-1].kinds.box(str(InstitutionKind.HOSPITAL)).setFocus()
        self.changed.emit()

    def _drop(self, form: Any) -> None:
        value = self.value()
        left = tuple(one.value() for one in self._clauses if one is not form)
        self.put(ObjectFilter(left, value.excluded, value.top, value.top_year, value.top_each))
        self.changed.emit()
