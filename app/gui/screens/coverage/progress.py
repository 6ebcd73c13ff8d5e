"""Progress: from week to week, and where checks came too soon or too often."""

import datetime as dt

from PySide6.QtWidgets import QStackedWidget

from app.core.coverage import OverCap, Repeat
from app.core.ids import InstitutionId
from app.gui.screen import Context
from app.gui.screens.coverage.chart_place import ChartPlace
from app.gui.screens.coverage.pane import FiguresPane, nothing
from app.gui.screens.coverage.rows import Section, Shown, WeekRow, facts_rows
from app.gui.screens.registers.listing import ListPane, Pills
from app.gui.screens.registers.rows import Column
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, vbox
from app.services.statistics.desk import Overview

KINDS = ("weeks", "repeats", "over")


class ProgressPane(FiguresPane):
    """The growing line above the weeks; behind pills what the lock and the cap have against."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._found: Overview | None = None
        self.place = ChartPlace(context.runner, "LineChart", tr("coverage.chart.progress"))
        self.pills = Pills(tr("coverage.show"), [(key, tr(f"coverage.show.{key}", count=0)) for key in KINDS])
        self.pills.chosen.connect(self._turn)
        self.about = label("", "secondary", wrap=True)
        self.weeks = ListPane(
            _week_columns(),
            lambda one: one.end.isoformat(),
            nothing("weeks"),
            name=tr("coverage.table.weeks"),
        )
        self.repeats = ListPane(
            self._repeat_columns(),
            lambda one: one.again.row,
            nothing("repeats"),
            name=tr("coverage.table.repeats"),
        )
        self.over = ListPane(
            self._over_columns(), lambda one: one.institution, nothing("over"), name=tr("coverage.table.over")
        )
        self._lists = {"weeks": self.weeks, "repeats": self.repeats, "over": self.over}
        self.stack = QStackedWidget()
        for one in self._lists.values():
            one.table.opened.connect(self._opened)
            self.stack.addWidget(one)
        row = hbox(gap=Space.BETWEEN)
        row.addWidget(self.pills)
        row.addWidget(self.about, 1)
        column = vbox(self, gap=Space.BETWEEN)
        column.addWidget(self.place)
        column.addLayout(row)
        column.addWidget(self.stack, 1)

    def put(self, shown: Shown) -> None:
        """Show an overview."""
        self._found, report, points = shown.found, shown.found.report, shown.points
        self.weeks.put(shown.weeks)
        self.repeats.put(report.repeats)
        self.over.put(report.over_cap)
        for key, count in (("repeats", len(report.repeats)), ("over", len(report.over_cap))):
            self.pills.rename(key, tr(f"coverage.show.{key}", count=count))
        wanted = len(report.whole_so_far.objects)
        end = report.groups[0].until if report.groups and report.groups[0].until else report.last
        latest = points[-1] if points else (report.last, 0)
        span = (
            min([report.since, *(day for day, _ in points[:1])]),
            max(end, latest[0], report.since + dt.timedelta(1)),
        )
        said = tr("coverage.chart.progress.words", done=latest[1], objects=wanted)
        line = tr("coverage.chart.objects", count=wanted)
        self._draw(None if points else 0, lambda _, chart: chart.put(points, span, wanted, line, said))
        self._turn(self.pills.value)

    def focus_first(self) -> None:
        """Go to the table."""
        self._lists[self.pills.value].table.setFocus()

    def _turn(self, key: str) -> None:
        self.stack.setCurrentWidget(self._lists[key])
        self.about.setText(tr(f"coverage.show.{key}.about"))

    def _opened(self, row: WeekRow | Repeat | OverCap) -> None:
        found = self._found
        if found is None:
            return
        if isinstance(row, WeekRow):
            title, visits = tr("coverage.week.title", end=row.end.isoformat()), row.visits
        elif isinstance(row, Repeat):
            title, visits = found.name(row.institution), (row.before, row.again)
        else:
            title, visits = found.name(row.institution), row.visits
        rows = facts_rows(found, visits)
        self._trace(title, (Section("visits", tr("coverage.detail.visits", count=len(rows)), rows),))

    def _name(self, institution: InstitutionId) -> str:
        return self._found.name(institution) if self._found is not None else institution

    def _repeat_columns(self) -> tuple[Column[Repeat], ...]:
        return (
            Column(tr("coverage.column.institution"), lambda one: self._name(one.institution), share=4, is_strong=True),
            Column(tr("coverage.column.before"), lambda one: one.before.on_day.isoformat()),
            Column(tr("coverage.column.again"), lambda one: one.again.on_day.isoformat()),
            Column(tr("coverage.column.gap"), lambda one: str(one.days), order=lambda one: one.days, is_number=True),
            Column(tr("coverage.column.grounds"), lambda one: _grounds(one.grounds), mark=lambda one: _mark(bool(one.grounds)), share=2),
        )  # fmt: skip

    def _over_columns(self) -> tuple[Column[OverCap], ...]:
        return (
            Column(tr("coverage.column.institution"), lambda one: self._name(one.institution), share=4, is_strong=True),
            Column(tr("coverage.column.year"), lambda one: str(one.year)),
            Column(tr("coverage.column.times"), lambda one: str(len(one.visits)), order=lambda one: len(one.visits), is_number=True),
            Column(tr("coverage.column.counted"), lambda one: str(one.counted), order=lambda one: one.counted, is_number=True),
            Column(tr("coverage.column.grounds"), lambda one: _grounds(one.grounds), mark=lambda one: _mark(bool(one.grounds)), share=2),
        )  # fmt: skip


def _week_columns() -> tuple[Column[WeekRow], ...]:
    def number(name: str, value: str, *, is_spare: bool = False) -> Column[WeekRow]:
        return Column(
            tr(f"coverage.column.{name}"), lambda one: str(getattr(one, value)), order=lambda one: getattr(one, value),
            is_number=True, is_spare=is_spare,
        )  # fmt: skip

    return (
        Column(tr("coverage.column.week"), lambda one: one.end.isoformat(), is_strong=True, share=2),
        Column(tr("coverage.column.visits"), lambda one: str(len(one.visits)), order=lambda one: len(one.visits), is_number=True),
        number("fresh", "fresh", is_spare=True),
        number("total", "total"),
        Column(
            tr("coverage.column.rate"), lambda one: f"{one.total * 1000 // one.objects / 10}%" if one.objects else "—",
            order=lambda one: one.total, is_number=True,
        ),
        number("problems", "problems"),
    )  # fmt: skip


def _grounds(grounds: tuple[str, ...]) -> str:
    return tr("widgets.and").join(tr(f"coverage.ground.{one}") for one in grounds) or tr("coverage.ground.none")


def _mark(has_ground: bool) -> tuple[str, str]:
    return ("check", "ok") if has_ground else ("warning", "open")
