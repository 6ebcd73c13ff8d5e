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
        self._kept = False
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

    def keep(self) -> None:
        """Leave what is there by now (modules, the store, the frame) out of every later collection, the first time.

        A full one would stop the window for a tenth of a second.
        """
        if not self._kept:
            self._kept = True
            gc.freeze()

    def stop(self) -> None:
        """Give collecting back."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
