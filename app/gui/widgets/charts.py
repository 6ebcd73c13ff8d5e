"""Charts, and the one door to pyqtgraph. Importing it takes long: do it off the GUI thread.

A chart shows what a table beside it says in full: it takes no focus and no mouse, and is read aloud as one sentence.
"""

import datetime as dt
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame

from app.gui.theme import Type, current
from app.gui.widgets.layout import vbox

LABEL_WIDTH = 168
_THICK = 0.58
_STEPS = 4
_DATES = 6
_ROOM_ABOVE = 1.24


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `value` in the tone, before a pale one of what it is compared with; `words` stand behind it."""

    label: str
    value: float
    of: float = 0
    words: str = ""
    tone: str = "accent"


class _Chart(QFrame):
    """A plot without anything to grab, in the colours and fonts of the theme."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._name = name
        self.plot: Any = pg.PlotWidget()
        self.plot.setMenuEnabled(False)
        self.plot.setMouseEnabled(False, False)
        self.plot.hideButtons()
        self.plot.setMinimumSize(0, 0)
        self.plot.setFrameShape(QFrame.Shape.NoFrame)
        self.plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for widget in (self, self.plot):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        vbox(self, margin=8).addWidget(self.plot)
        current().changed.connect(self._redraw)

    def _say(self, summary: str) -> None:
        self.setAccessibleName(f"{self._name}：{summary}" if summary else self._name)
        self.setToolTip(summary)

    def _redraw(self) -> None:
        theme = current()
        self.plot.clear()
        self.plot.setBackground(theme.color("surface1"))
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(theme.color("line"))
            axis.setTextPen(theme.color("text2"))
            axis.setTickFont(theme.font(Type.SECONDARY))
            axis.setStyle(tickLength=0, tickTextOffset=theme.px(6))
        self._draw()

    @abstractmethod
    def _draw(self) -> None:
        """Draw what is to be seen, in the colours of now."""

    def _words(self, text: str, token: str, x: float, y: float, anchor: tuple[float, float]) -> None:
        theme = current()
        item = pg.TextItem(text, color=theme.color(token), anchor=anchor)
        item.setFont(theme.font(Type.SECONDARY))
        item.setPos(x, y)
        self.plot.addItem(item, ignoreBounds=True)


class BarChart(_Chart):
    """Lying bars, one below the other."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.bars: tuple[Bar, ...] = ()
        self.plot.getPlotItem().hideAxis("bottom")
        self.plot.invertY(True)

    def put(self, bars: Sequence[Bar], summary: str) -> None:
        """Show bars; `summary` is what is read aloud."""
        self.bars = tuple(bars)
        self._say(summary)
        self._redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words behind the bars the room they need."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width() and self.bars:
            self._redraw()

    def _draw(self) -> None:
        theme, bars = current(), self.bars
        longest = max((max(one.value, one.of) for one in bars), default=0) or 1
        metrics = QFontMetrics(theme.font(Type.SECONDARY))
        cut = [
            metrics.elidedText(one.label, Qt.TextElideMode.ElideMiddle, theme.px(LABEL_WIDTH)) for one in bars
        ]
        axis = self.plot.getAxis("left")
        axis.setTicks([list(enumerate(cut))])
        axis.setWidth(max(map(metrics.horizontalAdvance, cut), default=0) + theme.px(14))
        rows = list(range(len(bars)))
        pale = [one.of for one in bars]
        self._add(rows, pale, "surface2")
        for tone in dict.fromkeys(one.tone for one in bars):
            chosen = [n for n in rows if bars[n].tone == tone]
            self._add(chosen, [bars[n].value for n in chosen], tone)
        for row, one in enumerate(bars):
            self._words(f" {one.words or f'{one.value:g}'}", "text1", max(one.value, one.of), row, (0, 0.5))
        words = max(
            (metrics.horizontalAdvance(one.words or f"{one.value:g}") for one in bars), default=0
        ) + theme.px(24)
        free = max(self.plot.width() - axis.width(), 2 * words)
        self.plot.setXRange(0, longest * free / (free - words), padding=0)
        self.plot.setYRange(-0.6, max(len(bars), 1) - 0.4, padding=0)

    def _add(self, rows: Sequence[int], widths: Sequence[float], token: str) -> None:
        """Add the bars that have a length; one without would be painted as a line."""
        shown = [(row, width) for row, width in zip(rows, widths, strict=True) if width]
        rows, widths = [row for row, _ in shown], [width for _, width in shown]
        color = current().color(token)
        made = pg.BarGraphItem(
            x0=[0] * len(rows), y=list(rows), width=list(widths), height=_THICK, brush=color, pen=color
        )
        self.plot.addItem(made)


class LineChart(_Chart):
    """A number that grows from day to day, against what is wanted in the end."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.points: tuple[tuple[dt.date, int], ...] = ()
        self._span: tuple[dt.date, dt.date] | None = None
        self._wanted, self._wanted_words = 0, ""

    def put(
        self, points: Sequence[tuple[dt.date, int]], span: tuple[dt.date, dt.date], wanted: int, wanted_words: str, summary: str
    ) -> None:  # fmt: skip
        """Show points from the first to the last day; the number stays until the next point, `wanted` is a line across."""
        self.points, self._span = tuple(points), span
        self._wanted, self._wanted_words = wanted, wanted_words
        self._say(summary)
        self._redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words above the line across the room they need."""
        super().resizeEvent(event)
        if event.size().height() != event.oldSize().height():
            self._redraw()

    def _draw(self) -> None:
        if self._span is None:
            return
        theme = current()
        first, last = (day.toordinal() for day in self._span)
        xs, ys = [float(first)], [0.0]
        for day, value in self.points:
            at = float(day.toordinal())
            xs += [at, at]
            ys += [ys[-1], float(value)]
        xs.append(max(xs[-1], float(min(last, self.points[-1][0].toordinal() if self.points else first))))
        ys.append(ys[-1])
        top = max(*ys, self._wanted, 1)
        self.plot.plot(
            xs,
            ys,
            pen=pg.mkPen(theme.color("accent"), width=theme.px(2)),
            fillLevel=0,
            brush=theme.color("accent_soft"),
        )
        if self._wanted:
            pen = pg.mkPen(theme.color("open"), width=theme.px(1), style=Qt.PenStyle.DashLine)
            self.plot.addItem(pg.InfiniteLine(self._wanted, angle=0, pen=pen))
            self._words(self._wanted_words, "open", first, self._wanted, (0, 1))
        words = QFontMetrics(theme.font(Type.SECONDARY)).height() + theme.px(8)
        high = max(self.plot.height() - self.plot.getAxis("bottom").height(), 2 * words)
        self.plot.setYRange(0, top * max(_ROOM_ABOVE, high / (high - words)), padding=0)
        step = max(1, -(-int(top) // max(1, min(_STEPS, int(high // words) - 1))))
        self.plot.getAxis("left").setTicks([[(n, str(n)) for n in range(0, int(top) + 1, step)]])
        days = sorted({round(first + (last - first) * n / (_DATES - 1)) for n in range(_DATES)})
        named = [(day, "{0.month}-{0.day:02}".format(dt.date.fromordinal(day))) for day in days]
        self.plot.getAxis("bottom").setTicks([named])
        self.plot.setXRange(first, max(last, first + 1), padding=0.02)
