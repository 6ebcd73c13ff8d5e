"""The camera, where Qt was installed with its multimedia part; without it there is no button."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QWidget

from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox

MULTIMEDIA = ("PySide6.QtMultimedia", "PySide6.QtMultimediaWidgets")


def has_camera_support() -> bool:
    """Return whether Qt's multimedia modules are installed."""
    return all(find_spec(name) is not None for name in MULTIMEDIA)


class CameraDialog(QDialog):
    """A live picture and a button. `taken` carries each `QImage`; the dialog stays open for more."""

    taken = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        media, widgets = (import_module(name) for name in MULTIMEDIA)
        self.setWindowTitle(tr("evidence.camera"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sized(self, min_width=640, min_height=520)
        column = vbox(self, margin=Space.CARD)
        self._session: Any = media.QMediaCaptureSession(self)
        self._capture: Any = media.QImageCapture(self)
        self._camera: Any = None
        device = media.QMediaDevices.defaultVideoInput()
        if device.isNull():
            column.addWidget(label(tr("evidence.camera_none"), "muted", wrap=True), 1)
        else:
            shown = widgets.QVideoWidget()
            column.addWidget(shown, 1)
            self._camera = media.QCamera(device, self)
            self._session.setCamera(self._camera)
            self._session.setImageCapture(self._capture)
            self._session.setVideoOutput(shown)
            self._capture.imageCaptured.connect(self._captured)
            self._camera.start()
        line = hbox()
        line.addStretch(1)
        line.addWidget(button(tr("widgets.close"), self.reject))
        self.shoot = button(tr("evidence.camera_shoot"), self._shoot, kind="primary", icon="camera")
        self.shoot.setEnabled(self._camera is not None)
        line.addWidget(self.shoot)
        column.addLayout(line)

    def done(self, result: int) -> None:
        """Let the camera go."""
        if self._camera is not None:
            self._camera.stop()
        super().done(result)

    def _shoot(self) -> None:
        self._capture.capture()

    def _captured(self, _number: int, image: QImage) -> None:
        self.taken.emit(image)
