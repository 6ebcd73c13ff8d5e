"""What the pages of figures have in common: they show an overview, and ask for the rows behind a figure."""

from abc import abstractmethod
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.gui.screens.coverage.chart_place import ChartPlace, Put
from app.gui.screens.coverage.rows import Section, Shown
from app.gui.texts import tr
from app.gui.theme import current
from app.gui.widgets.empty import EmptyState

LOWEST = 300  # units of height below which a tab shows its table only
LINE_HEIGHT, BAR_ROOM, AROUND = 176, 34, 26


class FiguresPane(QWidget):
    """One tab; `traced` carries a title and the sections behind a row. A chart gives way where the tab is low."""

    traced = Signal(str, object)
    place: ChartPlace | None = None
    _has_chart = False

    @abstractmethod
    def put(self, shown: Shown) -> None:
        """Show an overview."""

    @abstractmethod
    def focus_first(self) -> None:
        """Go to the table."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the chart only where the table beside it has room."""
        super().resizeEvent(event)
        self._fit_chart()

    def _draw(self, rows: int | None, put: Put) -> None:
        """Show a chart of so many bars, or of the usual height where None; 0 shows none."""
        self._has_chart = rows != 0
        if self.place is not None and self._has_chart:
            self.place.show_chart(LINE_HEIGHT if rows is None else rows * BAR_ROOM + AROUND, put)
        self._fit_chart()

    def _fit_chart(self) -> None:
        if self.place is not None:
            self.place.setVisible(self._has_chart and self.height() >= current().px(LOWEST))

    def _trace(self, title: str, sections: tuple[Section, ...]) -> None:
        self.traced.emit(title, sections)


def nothing(name: str, **more: Any) -> EmptyState:
    """Return what an empty table of figures says."""
    return EmptyState("chart", tr(f"coverage.empty.{name}.title"), tr(f"coverage.empty.{name}.text"), **more)
