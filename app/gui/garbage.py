"""Collect garbage on the GUI thread only: Python would do it on whatever thread allocates, and a widget freed there ends
the program."""

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 2_000


class GuiGarbage(QObject):
    """Takes over collecting from Python until `stop`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.check)
        self._timer.start()

    def check(self) -> None:
        """Collect the generations that are due, as Python itself would."""
        limits = gc.get_threshold()
        for generation in (0, 1, 2):
            if gc.get_count()[generation] <= limits[generation]:
                break
            gc.collect(generation)

    def stop(self) -> None:
        """Give collecting back."""
        self._timer.stop()
        gc.enable()
