"""Cameras of this computer, behind a small border: what there is, and one that is running.

Qt's multimedia is imported on first use only: it costs time, and on Linux it lacks a system library here and there.
Where it cannot be imported there is no camera.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QCameraPermission, QCoreApplication, QObject, Qt, QTemporaryDir, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QCamera, QCameraDevice, QImageCapture


@dataclass(frozen=True, slots=True)
class CameraChoice:
    """A camera that is plugged in. `key` is its name for the system, `name` the one for people."""

    key: str
    name: str


class CameraTrouble(StrEnum):
    """Why there is no picture or no shot."""

    DENIED = "denied"
    BUSY = "busy"
    GONE = "gone"
    FULL = "full"
    SHOT = "shot"


class CameraListener(Protocol):
    """Who is told what a camera does, on the GUI thread."""

    def camera_ready(self, ready: bool) -> None:
        """A shot can be taken from now on, or not any more."""

    def camera_shot(self, content: bytes) -> None:
        """A shot arrived: the JPEG file as it was written."""

    def camera_trouble(self, trouble: CameraTrouble) -> None:
        """The camera or the shot failed."""


class CaptureSession(Protocol):
    """A running camera. One shot at a time; each ends in one call of the listener."""

    @property
    def view(self) -> QWidget:
        """The live picture."""

    def start(self, choice: CameraChoice) -> None:
        """Run this camera instead of the one before."""

    def shoot(self) -> None:
        """Take a picture."""

    def stop(self) -> None:
        """Let the camera go; nothing is told afterwards."""


MakeSession = Callable[[CameraListener], CaptureSession]


class CameraWatch(QObject):
    """Knows the cameras of this process. `changed` fires when one was plugged in or pulled out."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._devices: QObject | None = None
        self._choices: tuple[CameraChoice, ...] = ()
        try:
            from PySide6 import QtMultimediaWidgets  # noqa: F401 - the picture needs it, so without it there is no button
            from PySide6.QtMultimedia import QMediaDevices
        except ImportError:
            return
        devices = QMediaDevices(self)
        devices.videoInputsChanged.connect(self._look)
        self._devices = devices
        self._choices = _plugged_in()

    @property
    def choices(self) -> tuple[CameraChoice, ...]:
        """The cameras, the system's default first."""
        return self._choices

    def _look(self) -> None:
        self._choices = _plugged_in()
        self.changed.emit()


def watch() -> CameraWatch:
    """Return the one watch of the running application; GUI thread."""
    app = QCoreApplication.instance()
    found = app.findChild(CameraWatch) if app is not None else None
    return found if found is not None else CameraWatch(app)


def cameras() -> tuple[CameraChoice, ...]:
    """Return the cameras there are, the default first; quick, empty where Qt finds none or cannot look."""
    return watch().choices


class QtCapture(QObject):
    """A capture session of Qt. Shots pass through a folder of its own that nobody else can read, one at a time."""

    def __init__(self, listener: CameraListener, parent: QObject | None = None) -> None:
        super().__init__(parent)
        from PySide6.QtMultimedia import QImageCapture, QMediaCaptureSession
        from PySide6.QtMultimediaWidgets import QVideoWidget

        self._listener = listener
        self._choice: CameraChoice | None = None
        self._camera: QCamera | None = None
        self._shots = 0
        self._awaited: Path | None = None
        self._folder = QTemporaryDir()
        self._view = QVideoWidget()
        self._session = QMediaCaptureSession(self)
        self._capture = QImageCapture(self)
        self._capture.setFileFormat(QImageCapture.FileFormat.JPEG)
        self._capture.setQuality(QImageCapture.Quality.VeryHighQuality)
        self._session.setImageCapture(self._capture)
        self._session.setVideoOutput(self._view)
        self._capture.readyForCaptureChanged.connect(self._tell_ready)
        self._capture.imageSaved.connect(self._saved)
        self._capture.errorOccurred.connect(self._not_taken)

    @property
    def view(self) -> QWidget:
        """The live picture."""
        return self._view

    def start(self, choice: CameraChoice) -> None:
        """Run this camera, after asking the system for permission where it wants to be asked."""
        self.stop()
        self._choice = choice
        app, permission = QCoreApplication.instance(), QCameraPermission()
        if app is None or app.checkPermission(permission) is Qt.PermissionStatus.Granted:
            self._run()
        elif app.checkPermission(permission) is Qt.PermissionStatus.Denied:
            self._listener.camera_trouble(CameraTrouble.DENIED)
        else:
            app.requestPermission(permission, self, self._permitted)

    def shoot(self) -> None:
        """Take a picture."""
        from PySide6.QtMultimedia import QImageCapture

        if not self._folder.isValid():
            self._listener.camera_trouble(CameraTrouble.FULL)
            return
        # Each has a name of its own, so that a late one is never taken for the next.
        self._shots += 1
        self._awaited = Path(self._folder.filePath(f"{self._shots}.jpg"))
        if self._capture.captureToFile(str(self._awaited)) < 0 and self._awaited is not None:
            self._not_taken(-1, QImageCapture.Error.NotReadyError, "")

    def stop(self) -> None:
        """Let the camera go."""
        self._choice = self._awaited = None
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.activeChanged.disconnect(self._tell_ready)
            camera.errorOccurred.disconnect(self._failed)
            camera.stop()
            camera.deleteLater()

    def _permitted(self, permission: Any) -> None:
        if self._choice is None:
            return
        if permission.status() is Qt.PermissionStatus.Granted:
            self._run()
        else:
            self._listener.camera_trouble(CameraTrouble.DENIED)

    def _run(self) -> None:
        from PySide6.QtMultimedia import QCamera

        device = next((one for one in _devices() if self._choice == _choice_of(one)), None)
        if device is None:
            self._listener.camera_trouble(CameraTrouble.GONE)
            return
        self._camera = QCamera(device, self)
        self._camera.activeChanged.connect(self._tell_ready)
        self._camera.errorOccurred.connect(self._failed)
        self._session.setCamera(self._camera)
        self._camera.start()

    def _tell_ready(self, *_: object) -> None:
        if self._camera is not None:
            self._listener.camera_ready(self._capture.isReadyForCapture())

    def _failed(self, *_: object) -> None:
        # Qt has one code for all that a camera can fail by; whether it is still plugged in tells two apart.
        gone = self._choice not in [_choice_of(one) for one in _devices()]
        self._listener.camera_trouble(CameraTrouble.GONE if gone else CameraTrouble.BUSY)

    def _saved(self, _number: int, name: str) -> None:
        path = Path(name)
        try:
            content = path.read_bytes()
            path.unlink()
        except OSError:
            content = b""
        if path != self._awaited:
            return
        self._awaited = None
        if content:
            self._listener.camera_shot(content)
        else:
            self._listener.camera_trouble(CameraTrouble.SHOT)

    def _not_taken(self, _number: int, error: "QImageCapture.Error", _words: str) -> None:
        from PySide6.QtMultimedia import QImageCapture

        if self._awaited is None:
            return
        self._awaited = None
        full = error is QImageCapture.Error.OutOfSpaceError
        self._listener.camera_trouble(CameraTrouble.FULL if full else CameraTrouble.SHOT)


def _plugged_in() -> tuple[CameraChoice, ...]:
    return tuple(_choice_of(one) for one in _devices())


def _devices() -> "list[QCameraDevice]":
    from PySide6.QtMultimedia import QMediaDevices

    return sorted(QMediaDevices.videoInputs(), key=lambda one: not one.isDefault())


def _choice_of(device: "QCameraDevice") -> CameraChoice:
    return CameraChoice(bytes(device.id().data()).decode("utf-8", "replace"), device.description())
