"""Ranking of districts by the share of their institutions that was checked."""

from app.core.money import format_cny, from_fen
from app.core.tallies import Figure
from app.gui.screen import Context
from app.gui.screens.coverage.chart_place import ChartPlace
from app.gui.screens.coverage.pane import FiguresPane, nothing
from app.gui.screens.coverage.rows import RankRow, Shown, percent, sections
from app.gui.screens.registers.listing import ListPane
from app.gui.screens.registers.rows import Column
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.labels import label
from app.gui.widgets.layout import vbox

SHOWN_BARS = 8
_LAST = 10**6


class RanksPane(FiguresPane):
    """Bars of the first districts above the table of all."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._shown: Shown | None = None
        self.rule = label(tr("coverage.ranks.rule"), "secondary", wrap=True)
        self.place = ChartPlace(context.runner, "BarChart", tr("coverage.chart.ranks"))
        self.list = ListPane(
            _columns(), lambda one: one.key or "—", nothing("ranks"), name=tr("coverage.table.ranks")
        )
        self.list.table.opened.connect(self._opened)
        column = vbox(self, gap=Space.BETWEEN)
        for one in (self.rule, self.place):
            column.addWidget(one)
        column.addWidget(self.list, 1)

    def put(self, shown: Shown) -> None:
        """Show an overview."""
        self._shown = shown
        self.list.put(shown.ranks)
        first = [(one.name, one.rate) for one in shown.ranks if one.rate is not None][:SHOWN_BARS]
        said = "；".join(f"{name} {percent(rate)}" for name, rate in first)
        self._draw(len(first), lambda charts, chart: chart.put(
            [charts.Bar(name, float(rate), 1, percent(rate)) for name, rate in first], said
        ))  # fmt: skip

    def focus_first(self) -> None:
        """Go to the table."""
        self.list.table.setFocus()

    def _opened(self, row: RankRow) -> None:
        if self._shown is not None:
            chosen = next(one for one in self._shown.cover["districts"] if one.key == row.key)
            self._trace(row.name, sections(self._shown.found, chosen))


def _columns() -> tuple[Column[RankRow], ...]:
    def number(figure: Figure, *, spare: bool = False) -> Column[RankRow]:
        return Column(
            tr(f"coverage.figure.{figure}"), lambda one: str(one.figures[figure]), order=lambda one: one.figures[figure],
            is_number=True, is_spare=spare,
        )  # fmt: skip

    return (
        Column(
            tr("coverage.column.place"), lambda one: str(one.place) if one.place else "—",
            order=lambda one: one.place or _LAST, is_number=True,
        ),
        Column(tr("coverage.column.district"), lambda one: one.name, share=3, is_strong=True),
        number(Figure.OBJECTS),
        number(Figure.CHECKED),
        Column(
            tr("coverage.column.rate"), lambda one: "—" if one.rate is None else percent(one.rate),
            order=lambda one: one.place or _LAST, is_number=True,
        ),
        number(Figure.VISITS, spare=True),
        number(Figure.PROBLEMS, spare=True),
        Column(
            tr("coverage.figure.returned"), lambda one: format_cny(from_fen(one.figures[Figure.RETURNED])),
            order=lambda one: one.figures[Figure.RETURNED], is_number=True, is_spare=True,
        ),
    )  # fmt: skip
