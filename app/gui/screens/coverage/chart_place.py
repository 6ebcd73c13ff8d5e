"""The room of a chart: empty until the library of charts is loaded, which takes longer than a window may stand still."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLayout, QSizePolicy, QWidget

from app.gui.runner import Runner
from app.gui.theme import current
from app.gui.widgets.layout import vbox

Put = Callable[[Any, Any], object]


class ChartPlace(QWidget):
    """Holds one chart of `app.gui.widgets.charts`; what is to be shown last is shown once it can be.

    It takes the height that was asked for where there is room, and less where there is none: the table goes before it.
    """

    def __init__(self, runner: Runner, kind: str, name: str) -> None:
        super().__init__()
        self._runner, self._kind, self._name = runner, kind, name
        self._wanted: Put | None = None
        self._height = 0
        self._is_asked = False
        self.charts: Any = None
        self.chart: Any = None
        vbox(self).setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        current().changed.connect(self.updateGeometry)

    def show_chart(self, height: int, put: Put) -> None:
        """Let `put(charts, chart)` fill the chart, now or once it is there, in so many units of height."""
        self._wanted, self._height = put, height
        self.updateGeometry()
        if self.chart is not None:
            put(self.charts, self.chart)
        elif not self._is_asked:
            self._is_asked = True
            self._runner.run_read(lambda: import_module("app.gui.widgets.charts"), self._loaded, owner=self)

    def sizeHint(self) -> QSize:
        """Return the height that was asked for."""
        return QSize(current().px(320), current().px(self._height))

    def minimumSizeHint(self) -> QSize:
        """Return nothing: the table goes before."""
        return QSize(0, 0)

    def _loaded(self, charts: Any) -> None:
        self.charts, self.chart = charts, getattr(charts, self._kind)(self._name)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(self.chart)
        if self._wanted is not None:
            self._wanted(self.charts, self.chart)
