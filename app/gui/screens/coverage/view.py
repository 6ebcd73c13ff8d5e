"""Coverage and reports: one choice of plan and period above, five tabs below, and the rows behind every figure."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from app.core.clock import now, today
from app.core.ids import PlanId
from app.core.plan_dates import Every
from app.core.plans import Plan
from app.core.reports import DueReport
from app.core.tallies import period
from app.gui.screen import Context, Screen
from app.gui.screens.coverage.cover import CoverPane
from app.gui.screens.coverage.detail import DetailPane
from app.gui.screens.coverage.pane import FiguresPane
from app.gui.screens.coverage.past import PastPane
from app.gui.screens.coverage.progress import ProgressPane
from app.gui.screens.coverage.ranks import RanksPane
from app.gui.screens.coverage.reports import ReportsPane
from app.gui.screens.coverage.rows import Shown, shown
from app.gui.screens.registers.listing import Pills, on_key
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.edits import DateEdit
from app.gui.widgets.flow import Flow
from app.gui.widgets.forms import named
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox
from app.services.statistics.desk import Overview

if TYPE_CHECKING:
    from app.core.outcome import Change

PERIODS = (Every.ONCE, Every.WEEK, Every.MONTH, Every.QUARTER, Every.HALF_YEAR)
TABLES = {
    "institution", "task", "inspection", "finding", "paper", "paper_void", "past_check", "plan", "plan_group",
    "plan_report", "plan_exemption", "draw", "draw_pick", "self_check", "refund_promise", "sync",
}  # fmt: skip
_MAKERS: Final[Mapping[str, Callable[[Context], FiguresPane]]] = {
    "cover": CoverPane,
    "progress": ProgressPane,
    "reports": ReportsPane,
    "ranks": RanksPane,
    "past": PastPane,
}
TABS: Final = tuple(_MAKERS)


class CoverageScreen(Screen):
    """Ctrl+1 to Ctrl+9 belong to the rail: the tabs turn with Ctrl+Tab, the period with Alt+Page keys."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._plans: tuple[Plan, ...] = ()
        self._wanted_plan = ""
        self._shown: Shown | None = None
        self.panes: dict[str, FiguresPane] = {}
        self.pills = Pills(tr("coverage.title"), [(key, tr(f"coverage.tab.{key}")) for key in TABS])
        self.tabs = QStackedWidget()
        figures = QWidget()
        column = vbox(figures, gap=Space.BETWEEN)
        column.addWidget(self._choices())
        row = hbox(gap=Space.BETWEEN)
        row.addWidget(self.pills)
        self.span = label("", "secondary")
        row.addStretch(1)
        row.addWidget(self.span)
        column.addLayout(row)
        column.addWidget(self.tabs, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(figures)
        vbox(self, margin=Space.PAGE).addWidget(self.stack)
        self.pills.chosen.connect(self._turn)
        on_key(self, "Ctrl+Tab", self._next_tab)
        on_key(self, "Alt+PgUp", self.before)
        on_key(self, "Alt+PgDown", self.after)

    def open(self, **params: Any) -> None:
        """Show figures; `plan`, `every` and `until` choose them, `tab` is one of `TABS`."""
        self.set_heading(tr("coverage.title"))
        self._untrace()
        if params.get("tab") in TABS:
            self.pills.choose(str(params["tab"]))
        if params.get("plan") is not None:
            self._wanted_plan = str(params["plan"])
        if params.get("every") is not None:
            self._choose_every(Every(params["every"]))
        if isinstance(params.get("until"), dt.date):
            self._set_day(params["until"])
        statistics = self.context.services.statistics
        self.context.runner.run_read(statistics.plans, self._show_plans, owner=self, key="plans")

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Count again if something that is counted changed."""
        tables = {one.table for one in changes}
        if not tables or "plan" in tables:
            statistics = self.context.services.statistics
            self.context.runner.run_read(statistics.plans, self._show_plans, owner=self, key="plans")
        elif tables & TABLES:
            self._read()

    def escape(self) -> bool:
        """Go back from the rows behind a figure."""
        if self.stack.currentIndex():
            self._untrace()
            return True
        return False

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        names = (
            ("Enter", "trace"),
            ("Ctrl+Tab", "tab"),
            ("Alt+PgUp Alt+PgDn", "period"),
            ("Ctrl+S", "pdf"),
            ("Ctrl+E", "book"),
        )
        return tuple((keys, tr(f"coverage.key.{name}")) for keys, name in (*names, ("Ctrl+C", "copy")))

    @property
    def found(self) -> Overview | None:
        """What is shown."""
        return self._shown.found if self._shown is not None else None

    @property
    def every(self) -> Every:
        """The kind of period that is chosen."""
        return Every(str(self.period.currentData()))

    def before(self) -> None:
        """Turn to the period before."""
        self._set_day(self._bounds()[0] - dt.timedelta(1))
        self._read()

    def after(self) -> None:
        """Turn to the period after."""
        self._set_day(self._bounds()[1] + dt.timedelta(1))
        self._read()

    def _choices(self) -> Flow:
        self.plan = QComboBox()
        self.plan.setAccessibleName(tr("coverage.plan"))
        self.plan.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        sized(self.plan, min_width=260)
        self.period = QComboBox()
        self.period.setAccessibleName(tr("coverage.period"))
        for every in PERIODS:
            self.period.addItem(tr(f"coverage.every.{every}"), str(every))
        self.until = DateEdit(tr("coverage.until"), lambda: today(now()))
        self.until.set_value(today(now()))
        self.earlier = _arrow("previous", tr("coverage.before"), self.before)
        self.later = _arrow("next", tr("coverage.after"), self.after)
        self.plan.currentIndexChanged.connect(self._chosen)
        self.period.currentIndexChanged.connect(self._chosen)
        self.until.editingFinished.connect(self._chosen)
        line = Flow(gap=Space.BETWEEN)
        line.add(named(tr("coverage.plan"), self.plan), grows=True)
        line.add(named(tr("coverage.period"), self.period))
        line.add(named(tr("coverage.until"), self.until, self.earlier, self.later))
        return line

    def _bounds(self) -> tuple[dt.date, dt.date]:
        """Return the period that is shown; the whole of a plan moves by days."""
        if self.found is not None and self.every is not Every.ONCE:
            return self.found.report.first, self.found.report.last
        return period(self.every, self._day())

    def _day(self) -> dt.date:
        return self.until.value() or today(now())

    def _set_day(self, day: dt.date) -> None:
        self.until.set_value(day)

    def _choose_every(self, every: Every) -> None:
        place = self.period.findData(str(every))
        if place >= 0:
            self.period.blockSignals(True)
            self.period.setCurrentIndex(place)
            self.period.blockSignals(False)

    def _show_plans(self, plans: tuple[Plan, ...]) -> None:
        first = not self._plans and not self.plan.count()
        self._plans = plans
        wanted = (
            self._wanted_plan
            or str(self.plan.currentData() or "")
            or (plans[0].id if first and plans else "")
        )
        self._wanted_plan = ""
        self.plan.blockSignals(True)
        self.plan.clear()
        self.plan.addItem(tr("coverage.all_work"), "")
        for one in plans:
            self.plan.addItem(one.title, one.id)
        self.plan.setCurrentIndex(max(0, self.plan.findData(wanted)))
        self.plan.blockSignals(False)
        self._read()

    def _chosen(self, _value: object = None) -> None:
        self._read()

    def _read(self) -> None:
        statistics, every, day = self.context.services.statistics, self.every, self._day()
        plan = PlanId(str(self.plan.currentData())) if self.plan.currentData() else None
        self.context.runner.run_read(
            lambda: shown(statistics.overview(every, day, plan)),
            self._show,
            self.context.notices.error,
            owner=self,
            key="overview",
        )

    def _show(self, made: Shown) -> None:
        self._shown, found = made, made.found
        self.span.setText(
            tr("coverage.span", first=found.report.first.isoformat(), last=found.report.last.isoformat())
        )
        self._turn(self.pills.value)

    @property
    def detail(self) -> DetailPane:
        """The rows behind a figure; made when they are first asked for."""
        made = self.stack.widget(1)
        if not isinstance(made, DetailPane):
            made = DetailPane(self.context)
            made.closed.connect(self._untrace)
            self.stack.addWidget(made)
        return made

    def _pane(self, key: str) -> FiguresPane:
        """Return a tab; made when it is first turned to, so that the page is there at once."""
        if key not in self.panes:
            pane = self.panes[key] = _MAKERS[key](self.context)
            pane.traced.connect(self._trace)
            if isinstance(pane, ReportsPane):
                pane.chosen.connect(self._turn_to_due)
            self.tabs.addWidget(pane)
        return self.panes[key]

    def _turn(self, key: str) -> None:
        pane = self._pane(key)
        self.tabs.setCurrentWidget(pane)
        if self._shown is not None:
            pane.put(self._shown)

    def _next_tab(self) -> None:
        self.pills.choose(TABS[(TABS.index(self.pills.value) + 1) % len(TABS)])
        self._pane(self.pills.value).focus_first()

    def _trace(self, title: str, sections: Any) -> None:
        self.detail.put(title, sections)
        self.stack.setCurrentWidget(self.detail)
        self.detail.list.table.setFocus()
        self.set_heading(tr("coverage.title"), title)

    def _untrace(self) -> None:
        if self.stack.currentIndex():
            self.stack.setCurrentIndex(0)
            self.set_heading(tr("coverage.title"))
            self._pane(self.pills.value).focus_first()

    def _turn_to_due(self, due: DueReport) -> None:
        reports = self._pane("reports")
        if isinstance(reports, ReportsPane):
            reports.want(due.report.paper)
        self._wanted_plan = due.plan.id
        self._choose_every(due.report.rule.every if due.report.rule.every in PERIODS else Every.ONCE)
        self._set_day(min(due.due.on, today(now())) if due.report.rule.every is Every.ONCE else due.due.on)
        self._show_plans(self._plans)


def _arrow(icon: str, name: str, call: Any) -> Any:
    made = button("", call, icon=icon)
    made.setAccessibleName(name)
    made.setToolTip(name)
    return made
