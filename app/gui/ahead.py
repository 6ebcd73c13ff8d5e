"""Make screens before they are asked for, while nobody is at work."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

STEP_MS = 40
QUIET_S = 0.3


class Ahead(QObject):
    """Takes one step after the other, each in a turn of the event loop of its own, as long as it is quiet.

    Quiet is: no key and no pointer for a moment, nothing read or written, no dialog open.
    """

    def __init__(
        self,
        parent: QObject,
        steps: Iterator[None],
        *,
        quiet_s: Callable[[], float],
        is_idle: Callable[[], bool],
    ) -> None:
        super().__init__(parent)
        self._steps, self._quiet_s, self._is_idle = steps, quiet_s, is_idle
        self.is_done = False
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self._step)

    def start(self) -> None:
        """Go on, as after unlocking."""
        if not self.is_done:
            self._timer.start()

    def stop(self) -> None:
        """Rest until `start`."""
        self._timer.stop()

    def _step(self) -> None:
        if self._quiet_s() < QUIET_S or not self._is_idle() or QApplication.activeModalWidget() is not None:
            return
        if next(self._steps, self) is self:
            self.is_done = True
            self.stop()
