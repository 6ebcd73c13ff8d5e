"""Stages with days or 待定, and reports with what is due next."""

import dataclasses
import datetime as dt
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.core.ids import RowId
from app.core.plan_dates import Due, Every, ReportRule
from app.core.plans import Plan, Report, Stage
from app.gui.screens.plans.fields import Columns, LineField, TextField, choice, choose
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button, icon_button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import DateEdit, NumberEdit
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, scrolled, sized, vbox
from app.services import plan_words

P = TypeVar("P", bound=Stage | Report)
Today = Callable[[], dt.date]


class PartLine(QFrame, Generic[P]):
    """One part of a plan, which can be dropped."""

    changed = Signal()
    dropped = Signal(object)
    title: LineField

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "inset")

    @abstractmethod
    def put(self, part: P) -> None:
        """Show a part."""

    @abstractmethod
    def value(self) -> P:
        """Return the part as it stands."""

    @abstractmethod
    def lock(self, is_open: bool) -> None:
        """Let it be changed, or only its days."""

    def _drop(self) -> None:
        self.dropped.emit(self)


class StageLine(PartLine[Stage]):
    """One stage."""

    def __init__(self, today: Today) -> None:
        super().__init__()
        self._stage: Stage | None = None
        column = vbox(self, margin=Space.BETWEEN, gap=Space.INSIDE)
        line = hbox(gap=Space.INSIDE)
        self.title = LineField(tr("plans.stage.title"), tr("plans.stage.title"))
        self.first, self.last = (DateEdit(tr(f"plans.stage.{one}"), today) for one in ("from_on", "to_on"))
        self.drop_button = icon_button("delete", tr("plans.stage.drop"), self._drop)
        for edit in (self.first, self.last):
            sized(edit, min_width=116, max_width=116)
            edit.setPlaceholderText(plan_words.UNDECIDED)
        line.addWidget(self.title, 1)
        line.addWidget(self.drop_button)
        column.addLayout(line)
        days = hbox(gap=Space.INSIDE)
        days.addWidget(self.first)
        days.addWidget(label(tr("plans.stage.until"), "secondary"))
        days.addWidget(self.last)
        days.addStretch(1)
        column.addLayout(days)
        self.words = TextField(tr("plans.stage.words"), height=64, hint=tr("plans.stage.words"))
        column.addWidget(self.words)
        self.title.left.connect(self.changed)
        self.words.left.connect(self.changed)
        for edit in (self.first, self.last):
            edit.committed.connect(self.changed)

    def put(self, part: Stage) -> None:
        """Show a stage."""
        self._stage = part
        self.title.put(part.title)
        self.words.put(part.words)
        self.first.set_value(part.from_on)
        self.last.set_value(part.to_on)

    def value(self) -> Stage:
        """Return the stage as it stands; a day that is wrong stays as it was."""
        assert self._stage is not None
        return dataclasses.replace(
            self._stage, title=self.title.value(), words=self.words.value(),
            from_on=self._stage.from_on if self.first.check() else self.first.value(),
            to_on=self._stage.to_on if self.last.check() else self.last.value(),
        )  # fmt: skip

    def lock(self, is_open: bool) -> None:
        """Let it be changed, or only its days."""
        self.title.setReadOnly(not is_open)
        self.words.setReadOnly(not is_open)
        self.drop_button.setEnabled(is_open)


class ReportLine(PartLine[Report]):
    """One report: what, to whom, when, and the day it is due next."""

    def __init__(self, today: Today) -> None:
        super().__init__()
        self._report: Report | None = None
        column = vbox(self, margin=Space.BETWEEN, gap=Space.INSIDE)
        first, second = hbox(gap=Space.INSIDE), hbox(gap=Space.INSIDE)
        self.title = LineField(tr("plans.report.title"), tr("plans.report.title"))
        self.recipient = LineField(tr("plans.report.recipient"), tr("plans.report.recipient"))
        self.drop_button = icon_button("delete", tr("plans.report.drop"), self._drop)
        first.addWidget(self.title, 2)
        first.addWidget(self.recipient, 1)
        first.addWidget(self.drop_button)
        self.every = choice(tr("plans.report.every"), [(str(one), tr(f"plans.every.{one}")) for one in Every])
        self.weekday = choice(
            tr("plans.report.weekday"), [(str(n), tr(f"plans.weekday.{n}")) for n in range(1, 8)]
        )
        self.month = choice(
            tr("plans.report.month"),
            [
                (str(n), tr("plans.report.month.n", n=n) if n else tr("plans.report.month.last"))
                for n in range(0, 13)
            ],
        )
        self.day = NumberEdit(tr("plans.report.day"))
        self.day.setPlaceholderText(tr("plans.report.day.last"))
        self.working = choice(
            tr("plans.report.working"),
            [("", tr("plans.report.any_day")), ("yes", tr("plans.report.working_day"))],
        )
        self.on = DateEdit(tr("plans.report.on"), today)
        sized(self.on, min_width=116, max_width=116).setPlaceholderText(plan_words.UNDECIDED)
        self.at = sized(LineField(tr("plans.report.at"), tr("plans.report.at")), width=76)
        for field in (
            self.every,
            self.weekday,
            self.month,
            sized(self.day, width=72),
            self.working,
            self.on,
            self.at,
        ):
            second.addWidget(field)
        second.addStretch(1)
        column.addLayout(first)
        column.addLayout(second)
        self.due = label("", "secondary", wrap=True)
        column.addWidget(self.due)
        for line in (self.title, self.recipient, self.at):
            line.left.connect(self.changed)
        for edit in (self.day, self.on):
            edit.committed.connect(self.changed)
        for box in (self.every, self.weekday, self.month, self.working):
            box.activated.connect(self._told)

    def put(self, part: Report) -> None:
        """Show a report."""
        self._report, rule = part, part.rule
        self.title.put(part.title)
        self.recipient.put(part.recipient)
        choose(self.every, str(rule.every))
        choose(self.weekday, str(rule.weekday or 4))
        choose(self.month, str(rule.month))
        self.day.set_value(rule.day or None)
        choose(self.working, "yes" if rule.working else "")
        self.on.set_value(rule.on)
        self.at.put(rule.at)
        self._dress()

    def put_due(self, rule: ReportRule, due: Due | None) -> None:
        """Show when it is due next by a rule."""
        words = plan_words.when(rule)
        self.due.setText(tr("plans.report.next", rule=words, due=plan_words.due(due)) if due else words)

    def value(self) -> Report:
        """Return the report as it stands; a rule that does not fit together stays as it was."""
        assert self._report is not None
        return dataclasses.replace(
            self._report,
            title=self.title.value(),
            recipient=self.recipient.value(),
            rule=self._rule(self._report.rule),
        )

    def lock(self, is_open: bool) -> None:
        """Let it be changed, or only its single day."""
        for field in (self.title, self.recipient, self.at):
            field.setReadOnly(not is_open)
        for box in (self.every, self.weekday, self.month, self.day, self.working, self.drop_button):
            box.setEnabled(is_open)

    def _rule(self, old: ReportRule) -> ReportRule:
        every = Every(self.every.currentData())
        is_in_month = every not in (Every.ONCE, Every.WEEK)
        try:
            return ReportRule(
                every,
                weekday=int(self.weekday.currentData()) if every is Every.WEEK else 0,
                month=int(self.month.currentData()) if is_in_month and every is not Every.MONTH else 0,
                day=int(self.day.value() or 0) if is_in_month else 0,
                working=is_in_month and self.working.currentData() == "yes",
                at=self.at.value().replace("：", ":"),
                on=self.on.value() if every is Every.ONCE else None,
            )
        except ValueError:
            return old

    def _told(self, _place: int) -> None:
        self._dress()
        self.changed.emit()

    def _dress(self) -> None:
        every = Every(self.every.currentData())
        self.weekday.setVisible(every is Every.WEEK)
        self.on.setVisible(every is Every.ONCE)
        self.day.setVisible(every not in (Every.ONCE, Every.WEEK))
        self.working.setVisible(every not in (Every.ONCE, Every.WEEK))
        self.month.setVisible(every in (Every.QUARTER, Every.HALF_YEAR, Every.YEAR))


class _Lines(Card, Generic[P]):
    """Lines of one kind below one another, with a button that adds one."""

    changed = Signal()

    def __init__(
        self, title: str, add: str, make: Callable[[], PartLine[P]], new: Callable[[], P]
    ) -> None:
        super().__init__(title)
        self._make, self._new = make, new
        self.lines: list[PartLine[P]] = []
        self._is_open = True
        self._list = vbox(gap=Space.INSIDE)
        self.body.addLayout(self._list)
        self.add_button = button(add, self._add, icon="add")
        self.body.addWidget(self.add_button)
        self.body.addStretch(1)

    def put(self, parts: Sequence[P]) -> None:
        """Show these parts."""
        while len(self.lines) > len(parts):
            gone = self.lines.pop()
            self._list.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        while len(self.lines) < len(parts):
            made = self._make()
            made.changed.connect(self.changed)
            made.dropped.connect(self._drop)
            self.lines.append(made)
            self._list.addWidget(made)
        for line, part in zip(self.lines, parts, strict=True):
            line.put(part)
            line.lock(self._is_open)

    def values(self) -> tuple[P, ...]:
        """Return the parts as they stand."""
        return tuple(one.value() for one in self.lines)

    def lock(self, is_open: bool) -> None:
        """Let the lines be changed, or only their days."""
        self._is_open = is_open
        self.add_button.setEnabled(is_open)
        for one in self.lines:
            one.lock(is_open)

    def _add(self) -> None:
        self.put([*self.values(), self._new()])
        self.lines[-1].title.setFocus()
        self.lines[-1].title.selectAll()
        self.changed.emit()

    def _drop(self, line: object) -> None:
        self.put([one.value() for one in self.lines if one is not line])
        self.changed.emit()


class StagesPane(QWidget):
    """Stages at the left, reports at the right."""

    changed = Signal()

    def __init__(self, new_id: Callable[[], RowId], today: Today) -> None:
        super().__init__()
        inner = Columns()
        self.stages: _Lines[Stage] = _Lines(
            tr("plans.stages"),
            tr("plans.stages.add"),
            lambda: StageLine(today),
            lambda: Stage(new_id(), tr("plans.stages.new")),
        )
        self.reports: _Lines[Report] = _Lines(
            tr("plans.reports"), tr("plans.reports.add"), lambda: ReportLine(today),
            lambda: Report(new_id(), tr("plans.reports.new"), ReportRule(Every.ONCE)),
        )  # fmt: skip
        for card, column in ((self.stages, inner.left), (self.reports, inner.right)):
            column.addWidget(card)
            card.changed.connect(self.changed)
        vbox(self).addWidget(scrolled(inner))

    def put(self, plan: Plan) -> None:
        """Show the stages and reports of a plan."""
        self.stages.put(plan.stages)
        self.reports.put(plan.reports)

    def put_dues(self, dues: Sequence[tuple[Report, Due | None]]) -> None:
        """Show when each report is due next."""
        for line, (report, due) in zip(self.reports.lines, dues, strict=False):
            assert isinstance(line, ReportLine)
            line.put_due(report.rule, due)

    def apply(self, plan: Plan) -> Plan:
        """Return the plan with stages and reports as they stand here."""
        return dataclasses.replace(plan, stages=self.stages.values(), reports=self.reports.values())

    def lock(self, is_open: bool) -> None:
        """Let everything be changed, or only days."""
        self.stages.lock(is_open)
        self.reports.lock(is_open)
