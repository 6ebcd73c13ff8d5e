"""Where evidence comes from: files, a folder, the clipboard, a camera."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.clock import local, now
from app.gui.screen import Notices
from app.gui.screens.evidence.ops import Source
from app.gui.texts import tr
from app.gui.widgets.camera import CameraDialog


class Sources(QObject):
    """Asks for sources over a window. `chosen` carries a list of `Source`, `photographed` name and bytes of one photo."""

    chosen = Signal(object)
    photographed = Signal(str, object)

    def __init__(self, window: QWidget, notices: Notices) -> None:
        super().__init__(window)
        self._window, self._notices = window, notices

    def choose_files(self) -> None:
        """Ask for files."""
        names, _ = QFileDialog.getOpenFileNames(self._window, tr("evidence.add_files"))
        self.chosen.emit([Path(name) for name in names])

    def choose_folder(self) -> None:
        """Ask for a folder."""
        name = QFileDialog.getExistingDirectory(self._window, tr("evidence.add_folder"))
        if name:
            self.chosen.emit([Path(name)])

    def paste(self) -> None:
        """Take files or a picture from the clipboard."""
        found = from_clipboard(QGuiApplication.clipboard().mimeData())
        if found:
            self.chosen.emit(found)
        else:
            self._notices.toast(tr("evidence.clipboard_empty"))

    def open_camera(self) -> None:
        """Take photos, as many as wanted."""
        dialog = CameraDialog(self._window)
        dialog.taken.connect(self.photographed)
        dialog.open()


def from_clipboard(data: QMimeData) -> list[Source]:
    """Return files or a picture of the clipboard as sources."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if paths:
        return list(paths)
    image = data.imageData()
    if isinstance(image, QImage) and not image.isNull():
        stamp = local(now()).strftime("%Y%m%d-%H%M%S")
        return [(tr("evidence.clipboard_name", stamp=stamp), png(image))]
    return []


def png(image: QImage) -> bytes:
    """Return a picture as PNG bytes, losing nothing."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    buffer.close()
    return bytes(content.data())
