"""Coverage: how many of whom were checked, by group of the plan, kind, level or district."""

from fractions import Fraction
from typing import Any

from app.gui.screen import Context
from app.gui.screens.coverage.chart_place import ChartPlace
from app.gui.screens.coverage.pane import FiguresPane, nothing
from app.gui.screens.coverage.rows import DIMENSIONS, CoverRow, Shown, percent, sections
from app.gui.screens.registers.listing import ListPane, Pills
from app.gui.screens.registers.rows import Column
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.labels import label
from app.gui.widgets.layout import vbox

SHOWN_BARS = 6
SOON = 14


class CoverPane(FiguresPane):
    """A chart of the first rows above the table of all; Enter shows the rows behind."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._shown: Shown | None = None
        self.whole = label("", "strong", wrap=True)
        self.place = ChartPlace(context.runner, "BarChart", tr("coverage.chart.cover"))
        self.list = ListPane(
            _columns(), lambda one: one.key, nothing("cover"), name=tr("coverage.table.cover"), prefs=context.prefs,
            memory="coverage",
        )  # fmt: skip
        self.pills = Pills(tr("coverage.by"), [(key, tr(f"coverage.by.{key}")) for key in DIMENSIONS])
        self.pills.chosen.connect(self._show)
        self.list.bar.addWidget(self.pills)
        self.list.bar.addStretch(1)
        self.list.bar.addWidget(self.list.count)
        self.list.table.opened.connect(self._opened)
        column = vbox(self, gap=Space.BETWEEN)
        for one in (self.whole, self.place):
            column.addWidget(one)
        column.addWidget(self.list, 1)

    def put(self, shown: Shown) -> None:
        """Show an overview; without a plan there are no groups."""
        has_plan = shown.found.report.plan is not None
        is_new = self._shown is None or (self._shown.found.report.plan is None) == has_plan
        self._shown = shown
        self.pills.hide_one("groups", not has_plan)
        if is_new or (not has_plan and self.pills.value == "groups"):
            self.pills.choose("groups" if has_plan else "kinds")
        self._show()

    def focus_first(self) -> None:
        """Go to the table."""
        self.list.table.setFocus()

    def _show(self, _key: str = "") -> None:
        if self._shown is None:
            return
        rows, report, done = self._shown.cover[self.pills.value], self._shown.found.report, self._shown.done
        objects = len(report.whole_so_far.objects)
        self.whole.setText(tr(
            "coverage.whole", since=report.since.isoformat(), last=report.last.isoformat(), objects=objects, done=done,
            share=percent(Fraction(done, objects or 1)),
        ))  # fmt: skip
        self.whole.setVisible(bool(objects))
        self.list.put(rows)
        self.list.count.setText(tr("coverage.rows", count=len(rows)))
        first = [one for one in rows if one.wanted][:SHOWN_BARS]
        self._draw(
            len(first), lambda charts, chart: chart.put([_bar(charts, one) for one in first], _aloud(first))
        )

    def _opened(self, row: CoverRow) -> None:
        if self._shown is not None:
            self._trace(row.title, sections(self._shown.found, row))


def _bar(charts: Any, row: CoverRow) -> Any:
    done = min(len(row.done), row.wanted)
    words = tr("coverage.bar", done=len(row.done), wanted=row.wanted, share=percent(row.fulfilled))
    return charts.Bar(row.title, done, row.wanted, words, "accent" if row.missing else "ok")


def _aloud(rows: list[CoverRow]) -> str:
    return "；".join(
        f"{one.title} {tr('coverage.bar', done=len(one.done), wanted=one.wanted, share=percent(one.fulfilled))}"
        for one in rows
    )


def _columns() -> tuple[Column[CoverRow], ...]:
    def number(name: str, value: Any, **more: Any) -> Column[CoverRow]:
        return Column(
            tr(f"coverage.column.{name}"), lambda one: str(value(one)), order=value, is_number=True, **more
        )

    return (
        Column(tr("coverage.column.title"), lambda one: one.title, share=4, is_strong=True),
        number("objects", lambda one: len(one.objects), is_spare=True),
        number("wanted", lambda one: one.wanted),
        Column(
            tr("coverage.column.chosen"), lambda one: "" if one.chosen is None else str(len(one.chosen)),
            order=lambda one: len(one.chosen or ()), is_number=True, is_spare=True,
        ),
        number("done", lambda one: len(one.done)),
        Column(
            tr("coverage.column.share"), lambda one: percent(one.fulfilled), order=lambda one: one.fulfilled,
            mark=lambda one: None if one.missing else ("check", "ok"), is_number=True,
        ),
        number("missing", lambda one: one.missing),
        Column(
            tr("coverage.column.visits"),
            lambda one: f"{len(one.checks)} / {one.visits_wanted}" if one.visits_wanted else str(len(one.checks)),
            order=lambda one: len(one.checks), is_number=True, is_spare=True,
        ),
        Column(
            tr("coverage.column.days"), _days, order=lambda one: 10**6 if one.days_left is None else one.days_left,
            mark=_days_mark, is_spare=True,
        ),
        Column(tr("coverage.column.owner"), lambda one: one.owner, is_spare=True),
    )  # fmt: skip


def _days(one: CoverRow) -> str:
    if one.days_left is None:
        return ""
    return (
        tr("coverage.days.over", days=-one.days_left)
        if one.days_left < 0
        else tr("coverage.days", days=one.days_left)
    )


def _days_mark(one: CoverRow) -> tuple[str, str] | None:
    if one.days_left is None or not one.missing or one.days_left > SOON:
        return None
    return ("warning", "bad") if one.days_left < 0 else ("time", "open")
