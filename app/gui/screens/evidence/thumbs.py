"""Small pictures, read when they come into sight: the newest wish first, few at a time, the least used forgotten."""

from collections import OrderedDict
from typing import Any

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from app.core.evidence import Evidence
from app.core.ids import EvidenceId
from app.gui.runner import Runner

KEPT = 480
AT_ONCE = 2
WAITING = 96
EDGE = QSize(320, 240)


class Thumbs(QObject):
    """An LRU cache over the reader threads. `came` carries the id of a picture that can be painted now."""

    came = Signal(str)

    def __init__(self, services: Any, runner: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._runner = services, runner
        self._kept: OrderedDict[EvidenceId, QImage] = OrderedDict()
        self._waiting: OrderedDict[EvidenceId, None] = OrderedDict()
        self._running: set[EvidenceId] = set()

    @property
    def kept(self) -> int:
        """How many pictures are in memory."""
        return len(self._kept)

    def picture(self, piece: Evidence) -> QImage | None:
        """Return the picture, null where there is none, or None while it is being read."""
        found = self._kept.get(piece.id)
        if found is not None:
            self._kept.move_to_end(piece.id)
            return found
        if piece.id not in self._running:
            self._waiting[piece.id] = None
            self._waiting.move_to_end(piece.id)
            while len(self._waiting) > WAITING:
                # What was scrolled past long ago is asked for again when it comes back into sight.
                self._waiting.popitem(last=False)
            self._next()
        return None

    def forget(self) -> None:
        """Drop everything, as when another inspection is shown."""
        self._kept.clear()
        self._waiting.clear()

    def try_again(self) -> None:
        """Ask once more for the pictures that were not there; one may have come from another laptop."""
        self._kept = OrderedDict((piece, image) for piece, image in self._kept.items() if not image.isNull())

    def _next(self) -> None:
        while self._waiting and len(self._running) < AT_ONCE:
            wanted, _ = self._waiting.popitem(last=True)
            self._running.add(wanted)
            self._read(wanted)

    def _read(self, wanted: EvidenceId) -> None:
        services = self._services

        def read() -> tuple[EvidenceId, QImage]:
            return wanted, decoded(services.evidence.thumbnail(wanted))

        def lost(_error: BaseException) -> None:
            # A picture that cannot be had leaves its frame and its name; the preview says why.
            self._came((wanted, QImage()))

        self._runner.run_read(read, self._came, lost, owner=self)

    def _came(self, result: tuple[EvidenceId, QImage]) -> None:
        piece, image = result
        self._running.discard(piece)
        self._kept[piece] = image
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.came.emit(piece)
        self._next()


def decoded(content: bytes | None) -> QImage:
    """Return a picture small enough to be kept by the hundred (any thread)."""
    image = QImage.fromData(content) if content else QImage()
    if not image.isNull() and (image.width() > EDGE.width() or image.height() > EDGE.height()):
        image = image.scaled(EDGE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return image
