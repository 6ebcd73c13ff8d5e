"""Where packets are written and read: sticks first, then the folder used last, then whatever is chosen."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QDir, QStorageInfo, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from app.gui.prefs import Prefs
from app.gui.screen import Context
from app.gui.screens.sync.words import size_words
from app.gui.texts import tr
from app.services.packets import VOLUMES

STICKS_MS = 4000
_REMOVABLE = 2  # DRIVE_REMOVABLE of GetDriveTypeW
_MOUNTS = ("/media/", "/run/media/", "/Volumes/")
_MEMORY = "packets.folder"
_VOLUME = "packets.volume"
_NAMES = ("small", "disc", "usual", "most")
_OTHER = ""


@dataclass(frozen=True, slots=True)
class Stick:
    """A removable drive."""

    root: str
    name: str
    free_bytes: int


def sticks() -> tuple[Stick, ...]:
    """Return the removable drives that can be written to; what the system does not call so is left out."""
    found = []
    for volume in QStorageInfo.mountedVolumes():
        root = volume.rootPath()
        if volume.isValid() and volume.isReady() and not volume.isReadOnly() and is_removable(root):
            found.append(Stick(root, volume.name() or "", volume.bytesAvailable()))
    return tuple(found)


def is_removable(root: str) -> bool:
    """Return whether a drive can be taken away: Windows says so, elsewhere its place tells."""
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.kernel32.GetDriveTypeW(root.replace("/", "\\")) == _REMOVABLE)
    return root.startswith(_MOUNTS)


class PlaceChoice(QComboBox):
    """Choose a folder; `place` is None until there is one. Looks for sticks while it is seen and does not rest.

    `changed` tells that another one was chosen.
    """

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._runner, self._prefs = context.runner, context.prefs
        prefs, self.rests = context.prefs, False
        self._sticks: tuple[Stick, ...] = ()
        self._chosen = prefs.text(_MEMORY)
        self._is_asked = bool(self._chosen)
        self.setAccessibleName(tr("sync_packets.place"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(22)
        self.put(())
        self.activated.connect(self._activated)
        self._timer = QTimer(self)
        self._timer.setInterval(STICKS_MS)
        self._timer.timeout.connect(self._look)

    @property
    def place(self) -> Path | None:
        """The folder that is chosen."""
        value = self.currentData()
        return Path(value) if value else None

    def put(self, found: Sequence[Stick]) -> None:
        """Offer these sticks; a stick that was just put in is chosen until somebody chooses otherwise."""
        fresh = [one.root for one in found if one.root not in {old.root for old in self._sticks}]
        if fresh and not self._is_asked:
            self._chosen = fresh[0]
        self._sticks = tuple(found)
        self._offer()

    def choose(self, folder: str) -> None:
        """Choose a folder, and remember it."""
        self._chosen, self._is_asked = folder, True
        self._prefs.set(_MEMORY, folder)
        self._offer()
        self.changed.emit()

    def ask(self, title: str) -> Path | None:
        """Ask for a folder where none is chosen; None where nobody wants one."""
        if self.place is None:
            self._ask(title)
        return self.place

    def showEvent(self, event: QShowEvent) -> None:
        """Look for sticks while this is seen; the folder may have been chosen elsewhere meanwhile."""
        super().showEvent(event)
        remembered = self._prefs.text(_MEMORY)
        if remembered and remembered != self._chosen:
            self._chosen, self._is_asked = remembered, True
            self._offer()
        self._look()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Look no more."""
        self._timer.stop()
        super().hideEvent(event)

    def _look(self) -> None:
        if not self.rests and not self.view().isVisible():
            self._runner.run_read(sticks, self._came, self._no_sticks, owner=self, key="sticks")

    def _came(self, found: tuple[Stick, ...]) -> None:
        if not self.view().isVisible():
            self.put(found)

    def _no_sticks(self, _error: BaseException) -> None:
        """Do without: a folder can be chosen all the same."""

    def _offer(self) -> None:
        self.clear()
        for one in self._sticks:
            words = tr("sync_packets.stick", root=QDir.toNativeSeparators(one.root), name=one.name, free=size_words(one.free_bytes))
            self.addItem(" ".join(words.split()), one.root)
        roots = [one.root for one in self._sticks]
        if self._chosen and self._chosen not in roots:
            self.addItem(QDir.toNativeSeparators(self._chosen), self._chosen)
        self.addItem(tr("sync_packets.place.other"), _OTHER)
        self.setCurrentIndex(max(self.findData(self._chosen), 0))
        self.setToolTip(self.currentText())

    def _activated(self, row: int) -> None:
        if self.itemData(row) == _OTHER:
            self._ask(tr("sync_packets.place.other"))
        else:
            self.choose(str(self.itemData(row)))

    def _ask(self, title: str) -> None:
        parent = self.window() if isinstance(self.window(), QWidget) else None
        found = QFileDialog.getExistingDirectory(parent, title, self._chosen)
        if found:
            self.choose(found)
        else:
            self._offer()


class VolumeChoice(QComboBox):
    """How large a file of a packet may become; remembered."""

    def __init__(self, prefs: Prefs) -> None:
        super().__init__()
        self._prefs = prefs
        self.setAccessibleName(tr("sync_packets.volume"))
        for size, name in zip(VOLUMES, _NAMES, strict=True):
            self.addItem(tr(f"sync_packets.volume.{name}"), size)
        remembered = prefs.text(_VOLUME)
        usual = self.findData(int(remembered)) if remembered.isdigit() else -1
        self.setCurrentIndex(usual if usual >= 0 else 2)
        self.activated.connect(self._keep)

    @property
    def size_bytes(self) -> int:
        """The size that is chosen."""
        return int(self.currentData())

    def _keep(self) -> None:
        self._prefs.set(_VOLUME, str(self.currentData()))
