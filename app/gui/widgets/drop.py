"""What a drop of files from the desktop carries."""

from pathlib import Path

from PySide6.QtGui import QDropEvent


def local_paths(event: QDropEvent) -> tuple[Path, ...]:
    """Return the local files and folders of a drop."""
    return tuple(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())
