"""How far something is: a bar of answers, and long work with its way out."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath
from PySide6.QtWidgets import QProgressBar, QWidget

from app.core.clock import monotonic
from app.core.progress import Progress
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import button
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, vbox

SHOW_LEFT_AFTER_S = 2.0
Part = tuple[str, int]


def draw_bar(painter: QPainter, area: QRectF, parts: Sequence[Part], total: int) -> None:
    """Draw a thin bar whose parts are (tone, count) of a total; list delegates share it."""
    colors = current().colors
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shape = QPainterPath()
    shape.addRoundedRect(area, area.height() / 2, area.height() / 2)
    painter.setClipPath(shape)
    painter.fillRect(area, QColor(colors.surface2))
    left = area.x()
    for tone, count in parts:
        width = area.width() * count / total if total > 0 else 0.0
        painter.fillRect(QRectF(left, area.y(), width, area.height()), QColor(colors.tone(tone)))
        left += width
    painter.restore()


class ProgressLine(QWidget):
    """Long work in a page: what, how far, how long, and a button that stops it."""

    def __init__(self, what: str, on_cancel: Callable[[], object] | None = None) -> None:
        super().__init__()
        self._since = monotonic()
        self._on_cancel = on_cancel
        column = vbox(self, gap=Space.HAIR)
        head = hbox()
        self.what = label(what, "strong")
        self.count = label("", "secondary")
        self.left = label("", "secondary")
        head.addWidget(self.what)
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.left)
        column.addLayout(head)
        line = hbox(gap=Space.BETWEEN)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(what)
        line.addWidget(self.bar, 1)
        self.stop = button(tr("widgets.cancel"), self._cancel)
        line.addWidget(self.stop)
        column.addLayout(line)
        self.stop.setVisible(on_cancel is not None)

    def show_progress(self, progress: Progress) -> None:
        """Show how far; the time left appears once it can be told."""
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        if progress.total <= 0:
            self.count.setText(str(progress.done) if progress.done else "")
            return
        self.count.setText(tr("widgets.progress_count", done=progress.done, total=progress.total))
        spent = monotonic() - self._since
        if spent > SHOW_LEFT_AFTER_S and 0 < progress.done < progress.total:
            left = spent / progress.done * (progress.total - progress.done)
            self.left.setText(tr("widgets.progress_left", seconds=max(1, round(left))))
        else:
            self.left.setText("")

    def _cancel(self) -> None:
        self.stop.setEnabled(False)
        self.left.setText(tr("widgets.progress_cancelling"))
        if self._on_cancel is not None:
            self._on_cancel()
