"""How far something is: a bar of answers, and long work with its way out."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QDialog, QProgressBar, QSizePolicy, QWidget

from app.core.clock import monotonic
from app.core.progress import Progress
from app.gui.runner import Job
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import button
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox

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


class AnswerBar(QWidget):
    """Answered items as a bar: parts are (tone, count); the rest of the total is not assessed."""

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self._name = name
        self._parts: tuple[Part, ...] = ()
        self._total = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: Sequence[Part], total: int) -> None:
        """Show counts."""
        self._parts, self._total = tuple(parts), total
        done = sum(count for _, count in parts)
        self.setAccessibleName(f"{self._name} {done} / {total}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        """A thin line."""
        return QSize(current().px(120), current().px(6))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bar."""
        draw_bar(QPainter(self), QRectF(self.rect()), self._parts, self._total)


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


class ProgressDialog(QDialog):
    """Long work that the page must wait for. Give it the job; it closes itself when told by `finish`."""

    def __init__(self, parent: QWidget, title: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._job: Job[Any] | None = None
        column = vbox(self, margin=Space.PAGE)
        self.line = ProgressLine(title, self.reject)
        column.addWidget(self.line)
        sized(self, min_width=440)

    def follow(self, job: Job[Any]) -> None:
        """Cancel this job when the user stops."""
        self._job = job

    def show_progress(self, progress: Progress) -> None:
        """Pass this as `on_progress`."""
        self.line.show_progress(progress)

    def finish(self, _result: object = None) -> None:
        """Close; pass this as, or call it from, `on_done` and `on_error`."""
        self._job = None
        self.accept()

    def reject(self) -> None:
        """Stop the work and close."""
        if self._job is not None:
            self._job.cancel()
        super().reject()
