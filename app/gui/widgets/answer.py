"""The four answers: 符合 1, 不符合 2, 不适用 3, 未检查 4. A shape and a word each, never colour alone."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF

from app.gui.texts import language, tr
from app.gui.theme import Space, Theme, Type, current

STATES = ("conform", "fail", "none", "open")
TONES = {"conform": "ok", "fail": "bad", "none": "none", "open": "open"}
_KEYS = {Qt.Key.Key_1: "conform", Qt.Key.Key_2: "fail", Qt.Key.Key_3: "none", Qt.Key.Key_4: "open"}


def draw_mark(painter: QPainter, state: str, box: QRectF, color: QColor) -> None:
    """Draw the shape of an answer (check, cross, dash, ring) into a square; for delegates as well."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(color, max(1.5, box.width() / 8.0))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    x, y, w, h = box.x(), box.y(), box.width(), box.height()
    if state == "conform":
        points = [
            QPointF(x + 0.12 * w, y + 0.55 * h),
            QPointF(x + 0.4 * w, y + 0.82 * h),
            QPointF(x + 0.9 * w, y + 0.2 * h),
        ]
        painter.drawPolyline(QPolygonF(points))
    elif state == "fail":
        painter.drawLine(QPointF(x + 0.18 * w, y + 0.18 * h), QPointF(x + 0.82 * w, y + 0.82 * h))
        painter.drawLine(QPointF(x + 0.82 * w, y + 0.18 * h), QPointF(x + 0.18 * w, y + 0.82 * h))
    elif state == "none":
        painter.drawLine(QPointF(x + 0.15 * w, y + 0.5 * h), QPointF(x + 0.85 * w, y + 0.5 * h))
    else:
        painter.drawEllipse(box.adjusted(0.1 * w, 0.1 * h, -0.1 * w, -0.1 * h))
    painter.restore()


def segment_width(theme: Theme) -> int:
    """Return the pixels of one of the four segments."""
    return _segment_width(theme.scale, language())


@lru_cache(maxsize=8)
def _segment_width(_scale: float, _language: str) -> int:
    theme = current()
    return max(theme.px(88), max(_text_width(theme, state) for state in STATES) + theme.px(46))


def _text_width(theme: Theme, state: str) -> int:
    return QFontMetrics(theme.font(Type.BODY, bold=True)).horizontalAdvance(tr(f"widgets.answer_{state}"))


def draw_segments(
    painter: QPainter, area: QRectF, chosen: str | None, *, enabled: bool = True, hot: str | None = None
) -> None:
    """Draw the four segments into an area; the control and list delegates share it."""
    theme = current()
    for state, box in zip(STATES, segment_boxes(area, theme), strict=True):
        _draw_segment(painter, theme, box, state, chosen=state == chosen, live=enabled, hot=state == hot)


def segment_boxes(area: QRectF, theme: Theme) -> list[QRectF]:
    """Return where the four segments lie, for hit tests; two by two where the area is too narrow for a line."""
    width, gap = segment_width(theme), theme.px(6)
    across = len(STATES) if area.width() >= segments_width(theme) - 1 else 2
    down = len(STATES) // across
    height = min((area.height() - gap * (down - 1)) / down, float(theme.px(Space.ANSWER)))
    return [
        QRectF(area.x() + at % across * (width + gap), area.y() + at // across * (height + gap), width, height)
        for at in range(len(STATES))
    ]


def segments_width(theme: Theme) -> int:
    """Return the pixels of all four segments in one line."""
    return len(STATES) * segment_width(theme) + (len(STATES) - 1) * theme.px(6)


def _draw_segment(
    painter: QPainter, theme: Theme, box: QRectF, state: str, *, chosen: bool, live: bool, hot: bool
) -> None:
    colors = theme.colors
    tone = TONES[state]
    ink = QColor(colors.tone(tone) if chosen else colors.text2 if live else colors.text3)
    fill = colors.soft(tone) if chosen else colors.surface2 if hot and live else colors.surface1
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colors.tone(tone) if chosen else colors.line), 1))
    painter.setBrush(QColor(fill))
    radius = theme.px(Space.RADIUS)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    font = theme.font(Type.BODY, bold=chosen)
    text = tr(f"widgets.answer_{state}")
    mark, gap = theme.px(12), theme.px(6)
    width = mark + gap + QFontMetrics(font).horizontalAdvance(text)
    left = box.center().x() - width / 2
    draw_mark(painter, state, QRectF(left, box.center().y() - mark / 2, mark, mark), ink)
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(
        QRectF(left + mark + gap, box.y(), width, box.height()), int(Qt.AlignmentFlag.AlignVCenter), text
    )
    painter.restore()
