"""What was drawn: institutions, teams, who stands by, who was left out."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.draws import DrawSheet, DrawState, PickLine
from app.gui.screens.draw.tables import (
    earlier_table,
    fill,
    left_out_table,
    missing_table,
    picks_table,
    standby_table,
    strata_table,
    teams_table,
    twice_table,
)
from app.gui.screens.registers.listing import Pills
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.layout import hbox, vbox

PAGES = ("picks", "teams", "standby", "missing", "left_out", "strata", "twice", "earlier")
_SELDOM = ("twice", "earlier")  # shown where there are any


class ResultPane(QWidget):
    """One table at a time. `replace_wanted` carries the institution for which another one shall step in."""

    replace_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.pills = Pills(tr("draws.result"), [(name, _title(name)) for name in PAGES])
        self.stack = QStackedWidget()
        self.picks, self.teams, self.standby = picks_table(self), teams_table(self), standby_table(self)
        self.missing, self.left_out, self.strata = missing_table(self), left_out_table(self), strata_table(self)
        self.replace_button = button(tr("draws.replace"), self._replace, icon="sync")
        self.twice, self.earlier = twice_table(self), earlier_table(self)
        for table in (getattr(self, name) for name in PAGES):
            self.stack.addWidget(table)
        bar = hbox(gap=Space.INSIDE)
        bar.addWidget(self.pills)
        bar.addStretch(1)
        foot = hbox(gap=Space.INSIDE)
        foot.addStretch(1)
        foot.addWidget(self.replace_button)
        column = vbox(self, gap=Space.INSIDE)
        column.addLayout(bar)
        column.addWidget(self.stack, 1)
        column.addLayout(foot)
        self.pills.chosen.connect(self._turn)
        self.picks.picked.connect(self._picked)
        self._is_open = False

    def put(self, shown: DrawSheet) -> None:
        """Show what was drawn."""
        self._is_open = shown.draw.state is DrawState.DRAWN
        rows = {
            "picks": shown.picks, "teams": shown.teams, "standby": tuple(enumerate(shown.standby, 1)),
            "missing": tuple(enumerate(shown.missing)), "left_out": tuple(enumerate(shown.left_out)), "strata": shown.strata,
            "twice": tuple(enumerate(shown.twice)),
            "earlier": (*shown.before.earlier, *shown.before.like, *shown.since),
        }  # fmt: skip
        for name in PAGES:
            fill(getattr(self, name), rows[name])
            self.pills.rename(name, f"{_title(name)} {len(rows[name])}")
        for name in _SELDOM:
            self.pills.hide_one(name, not rows[name])
            if self.pills.value == name and not rows[name]:
                self.pills.choose("picks")
        self._picked(self.picks.current())

    def _turn(self, name: str) -> None:
        self.stack.setCurrentIndex(PAGES.index(name))
        self._picked(self.picks.current())

    def _picked(self, row: PickLine | None) -> None:
        stands = row is not None and not row.is_gone and (not row.is_reserve or row.is_used)
        self.replace_button.setVisible(self._is_open and self.pills.value == "picks")
        self.replace_button.setEnabled(stands)

    def _replace(self) -> None:
        row = self.picks.current()
        if row is not None:
            self.replace_wanted.emit(row)


def _title(name: str) -> str:
    return tr("draws.earlier.title" if name == "earlier" else f"draws.{name}")
