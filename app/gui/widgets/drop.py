"""A place to drop files on, which is a button as well."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFileDialog, QFrame

from app.gui import icons
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, restyle, sized


class DropArea(QFrame):
    """Takes files and folders by drag and drop, click, Enter or Space; `dropped` carries a tuple of paths."""

    dropped = Signal(object)

    def __init__(self, text: str = "", *, filters: str = "") -> None:
        super().__init__()
        self.setProperty("kind", "drop")
        self._filters = filters
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        words = text or tr("widgets.drop_files")
        self.setAccessibleName(words)
        line = hbox(self, margin=Space.CARD, gap=Space.INSIDE)
        line.addStretch(1)
        self._picture = label()
        line.addWidget(self._picture)
        line.addWidget(label(words, "muted"))
        line.addStretch(1)
        sized(self, min_height=64)
        current().changed.connect(self._dress)
        self._dress()

    def choose(self) -> None:
        """Ask for files."""
        names, _ = QFileDialog.getOpenFileNames(self, tr("widgets.drop_choose"), "", self._filters)
        if names:
            self.dropped.emit(tuple(Path(name) for name in names))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept local files only."""
        if local_paths(event):
            event.acceptProposedAction()
            restyle(self, hot=True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """Look idle again."""
        restyle(self, hot=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand over the paths."""
        restyle(self, hot=False)
        paths = local_paths(event)
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ask for files on a click."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask for files on Enter or Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.choose()
        else:
            super().keyPressEvent(event)

    def _dress(self) -> None:
        self._picture.setPixmap(icons.pixmap("upload", "text2", 20))


def local_paths(event: QDropEvent) -> tuple[Path, ...]:
    """Return the local files and folders of a drop; a whole page that takes drops uses this too."""
    return tuple(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())
