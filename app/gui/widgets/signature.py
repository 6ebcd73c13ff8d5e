"""The signature pad: pen, touch and mouse, kept as vectors with time and pressure."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEventPoint,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.clock import monotonic
from app.gui.texts import tr
from app.gui.theme import Space, Type, current

MOUSE_PRESSURE = 0.5
MIN_STEP = 0.0008


@dataclass(frozen=True, slots=True)
class StrokePoint:
    """One sample. `x` and `y` are shares (0 to 1) of the pad's WIDTH from its upper left, so that shape survives any
    resize; `t_ms` counts from the first touch of the signature; `pressure` is 0 to 1, 0.5 where the device has none."""

    x: float
    y: float
    t_ms: int
    pressure: float


Stroke = tuple[StrokePoint, ...]


class SignaturePad(QWidget):
    """Takes a signature. `changed` fires when a stroke ends, is undone or all are cleared.

    The keyboard cannot write a signature: the caller offers "sign on paper" and "refuses to sign" beside it. Backspace
    undoes a stroke, Delete clears.
    """

    changed = Signal()

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._seconds = seconds
        self._began: float | None = None
        self._strokes: list[Stroke] = []
        self._now: list[StrokePoint] = []
        self._tool = ""
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        current().changed.connect(self.updateGeometry)
        self._announce()

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The finished strokes in the order they were written."""
        return tuple(self._strokes)

    @property
    def aspect(self) -> float:
        """Height over width of the pad; y of a stroke goes from 0 to this."""
        return self.height() / max(1, self.width())

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not self._strokes

    def undo(self) -> None:
        """Take back the last stroke."""
        if self._strokes:
            self._strokes.pop()
            self._tell()

    def clear(self) -> None:
        """Take back everything and start the clock anew."""
        if self._strokes or self._now:
            self._strokes.clear()
            self._now.clear()
            self._began = None
            self._tell()

    def sizeHint(self) -> QSize:
        """Room for a finger: 328 by 180 units."""
        return QSize(current().px(328), current().px(180))

    def minimumSizeHint(self) -> QSize:
        """Not smaller than a name needs."""
        return QSize(current().px(240), current().px(132))

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Take the pen, with its pressure."""
        event.accept()
        kind = event.type()
        if kind == QEvent.Type.TabletPress:
            self._begin("pen", event.position(), event.pressure())
        elif kind == QEvent.Type.TabletMove:
            self._extend("pen", event.position(), event.pressure())
        elif kind == QEvent.Type.TabletRelease:
            self._end("pen")

    def event(self, event: QEvent) -> bool:
        """Take touch: one finger writes, others are ignored (a resting palm)."""
        if isinstance(event, QTouchEvent) and event.type() in (
            QEvent.Type.TouchBegin,
            QEvent.Type.TouchUpdate,
            QEvent.Type.TouchEnd,
            QEvent.Type.TouchCancel,
        ):
            self._touch(event)
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin with the left button."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin("mouse", event.position(), MOUSE_PRESSURE)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on while the button is down."""
        self._extend("mouse", event.position(), MOUSE_PRESSURE)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._end("mouse")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo with Backspace, clear with Delete."""
        if event.key() == Qt.Key.Key_Backspace:
            self.undo()
        elif event.key() == Qt.Key.Key_Delete:
            self.clear()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the sheet (white in both modes, as paper is), the line to sign on, and the ink."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        edge = QPen(theme.color("accent" if focused else "text3"), 2 if focused else 1)
        edge.setStyle(Qt.PenStyle.SolidLine if focused else Qt.PenStyle.DashLine)
        painter.setPen(edge)
        painter.setBrush(QColor(theme.colors.paper))
        radius = theme.px(Space.RADIUS)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        if self.is_empty and not self._now:
            painter.setFont(theme.font(Type.BODY))
            painter.setPen(QColor("#8792A0"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), tr("widgets.sign_here"))
        draw_strokes(
            painter, QRectF(self.rect()), [*self._strokes, tuple(self._now)], QColor(theme.colors.ink)
        )

    def _touch(self, event: QTouchEvent) -> None:
        points = event.points()
        if not points:
            return
        first = points[0]
        if event.type() == QEvent.Type.TouchCancel:
            self._now.clear()
            self._tool = ""
            self.update()
        elif first.state() == QEventPoint.State.Pressed:
            self._begin("touch", first.position(), first.pressure() or MOUSE_PRESSURE)
        elif first.state() == QEventPoint.State.Released:
            self._end("touch")
        else:
            self._extend("touch", first.position(), first.pressure() or MOUSE_PRESSURE)

    def _begin(self, tool: str, at: QPointF, pressure: float) -> None:
        if self._tool:
            return  # A second tool while one writes is a palm or an elbow.
        self._tool = tool
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self._began is None:
            self._began = self._seconds()
        self._now = [self._sample(at, pressure)]
        self.update()

    def _extend(self, tool: str, at: QPointF, pressure: float) -> None:
        if self._tool != tool or not self._now:
            return
        point, last = self._sample(at, pressure), self._now[-1]
        if abs(point.x - last.x) + abs(point.y - last.y) >= MIN_STEP:
            self._now.append(point)
            self.update(self._dirty(last, point))

    def _end(self, tool: str) -> None:
        if self._tool != tool:
            return
        self._tool = ""
        if self._now:
            self._strokes.append(tuple(self._now))
            self._now = []
            self._tell()

    def _sample(self, at: QPointF, pressure: float) -> StrokePoint:
        width = max(1, self.width())
        x = min(max(at.x() / width, 0.0), 1.0)
        y = min(max(at.y() / width, 0.0), self.aspect)
        since = round((self._seconds() - (self._began or 0.0)) * 1000)
        return StrokePoint(round(x, 5), round(y, 5), max(0, since), round(min(max(pressure, 0.0), 1.0), 3))

    def _dirty(self, first: StrokePoint, second: StrokePoint) -> QRect:
        width = self.width()
        box = QRectF(QPointF(first.x, first.y) * width, QPointF(second.x, second.y) * width).normalized()
        room = current().px(8)
        return box.adjusted(-room, -room, room, room).toAlignedRect()

    def _tell(self) -> None:
        self._announce()
        self.update()
        self.changed.emit()

    def _announce(self) -> None:
        count = len(self._strokes)
        self.setAccessibleName(
            tr("widgets.signature_strokes", count=count) if count else tr("widgets.signature")
        )


def draw_strokes(
    painter: QPainter, area: QRectF, strokes: "list[Stroke] | tuple[Stroke, ...]", ink: QColor
) -> None:
    """Draw strokes into an area of the pad's shape; the pen is wider where it was pressed."""
    base = area.width() / 120
    for stroke in strokes:
        for last, point in pairwise(stroke):
            pen = QPen(ink, base * (0.6 + 0.8 * (last.pressure + point.pressure) / 2))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(_at(area, last), _at(area, point))
        if len(stroke) == 1:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawEllipse(_at(area, stroke[0]), base * 0.6, base * 0.6)


def _at(area: QRectF, point: StrokePoint) -> QPointF:
    return QPointF(area.x() + point.x * area.width(), area.y() + point.y * area.width())
