"""The page of volumes and verifying."""

from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from app.gui.screen import Context, Screen
from app.gui.screens.archive.binding import BindCard
from app.gui.screens.archive.checking import CheckCard
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.drop import local_paths
from app.gui.widgets.layout import scrolled, vbox

if TYPE_CHECKING:
    from app.core.outcome import Change


class ArchiveScreen(Screen):
    """Binds a month's documents; says of any file whether it is as it was signed."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.binding, self.checking = BindCard(context), CheckCard(context)
        inner = QWidget()
        column = vbox(inner, margin=Space.PAGE, gap=Space.CARD)
        column.addWidget(self.binding)
        column.addWidget(self.checking)
        column.addStretch(1)
        vbox(self).addWidget(scrolled(inner))
        self.setAcceptDrops(True)

    def open(self, **params: Any) -> None:
        """Show the page."""
        self.set_heading(tr("archive.title"))
        self.binding.read()
        self.binding.do.setFocus()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Count again if documents may have changed."""
        if not changes or any(one.table in ("document", "signature", "sync") for one in changes):
            self.binding.read()

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        return (("Ctrl+O", tr("archive.key.open")), ("Alt+← / →", tr("archive.key.month")))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere."""
        if local_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Check what was dropped."""
        self.checking.check(local_paths(event))
