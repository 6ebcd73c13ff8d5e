"""Ranking of districts by the share of their institutions that was checked."""

from app.core.money import format_cny, from_fen
from app.core.tallies import Figure, Rank
from app.gui.screen import Context
from app.gui.screens.coverage.chart_place import ChartPlace
from app.gui.screens.coverage.pane import LIST_HEIGHT, FiguresPane, nothing
from app.gui.screens.coverage.rows import CoverRow, cover_rows, percent, sections
from app.gui.screens.registers.listing import ListPane
from app.gui.screens.registers.rows import Column
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.labels import label
from app.gui.widgets.layout import sized, vbox
from app.services.statistics.desk import Overview

SHOWN_BARS = 8


class RanksPane(FiguresPane):
    """Bars of the first districts above the table of all."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._found: Overview | None = None
        self.rule = label(tr("coverage.ranks.rule"), "secondary", wrap=True)
        self.place = ChartPlace(context.runner, "BarChart", tr("coverage.chart.ranks"))
        self.list = ListPane(
            self._columns(),
            lambda one: one.line.key or "—",
            nothing("ranks"),
            name=tr("coverage.table.ranks"),
        )
        sized(self.list, min_height=LIST_HEIGHT)
        self.list.table.opened.connect(self._opened)
        column = vbox(self, gap=Space.BETWEEN)
        for one in (self.rule, self.place):
            column.addWidget(one)
        column.addWidget(self.list, 1)

    def put(self, found: Overview) -> None:
        """Show an overview."""
        self._found = found
        ranks = found.report.districts
        self.list.put(ranks)
        shown = [(found.district(one.line.key), one.line.rate) for one in ranks if one.line.rate is not None][
            :SHOWN_BARS
        ]
        said = "；".join(f"{name} {percent(rate)}" for name, rate in shown)
        self._draw(len(shown), lambda charts, chart: chart.put(
            [charts.Bar(name, float(rate), 1, percent(rate)) for name, rate in shown], said
        ))  # fmt: skip

    def focus_first(self) -> None:
        """Go to the table."""
        self.list.table.setFocus()

    def _opened(self, rank: Rank) -> None:
        if self._found is not None:
            row: CoverRow = next(
                one for one in cover_rows(self._found, "districts") if one.key == rank.line.key
            )
            self._trace(row.title, sections(self._found, row))

    def _district(self, code: str) -> str:
        return self._found.district(code) if self._found is not None else code

    def _columns(self) -> tuple[Column[Rank], ...]:
        def number(figure: Figure, *, spare: bool = False) -> Column[Rank]:
            return Column(
                tr(f"coverage.figure.{figure}"), lambda one: str(one.line.value(figure)),
                order=lambda one: one.line.value(figure), is_number=True, is_spare=spare,
            )  # fmt: skip

        return (
            Column(
                tr("coverage.column.place"), lambda one: str(one.place) if one.place else "—",
                order=lambda one: one.place or 10**6, is_number=True,
            ),
            Column(tr("coverage.column.district"), lambda one: self._district(one.line.key), share=3, is_strong=True),
            number(Figure.OBJECTS),
            number(Figure.CHECKED),
            Column(
                tr("coverage.column.rate"), lambda one: "—" if one.line.rate is None else percent(one.line.rate),
                order=lambda one: -1 if one.line.rate is None else one.line.rate, is_number=True,
            ),
            number(Figure.VISITS, spare=True),
            number(Figure.PROBLEMS, spare=True),
            Column(
                tr("coverage.figure.returned"), lambda one: format_cny(from_fen(one.line.value(Figure.RETURNED))),
                order=lambda one: one.line.value(Figure.RETURNED), is_number=True, is_spare=True,
            ),
        )  # fmt: skip
