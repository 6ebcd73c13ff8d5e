"""A place where long work shows how far it is, and which is not there otherwise."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.progress import Progress
from app.gui.theme import Space
from app.gui.widgets.layout import emptied, vbox
from app.gui.widgets.progress import ProgressLine


class UnderWay(QWidget):
    """Shows one piece of long work. `cancel_wanted` fires when somebody stops it."""

    cancel_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._column = vbox(self, margin=(Space.CARD, Space.INSIDE))
        self.line: ProgressLine | None = None
        self.hide()

    @property
    def is_busy(self) -> bool:
        """Whether something is shown."""
        return self.line is not None

    def begin(self, what: str) -> None:
        """Show a new piece of work."""
        self.end()
        self.line = ProgressLine(what, self.cancel_wanted.emit)
        self._column.addWidget(self.line)
        self.show()

    def tell(self, progress: Progress) -> None:
        """Show how far it is."""
        if self.line is not None:
            self.line.show_progress(progress)

    def end(self) -> None:
        """Take it away."""
        emptied(self._column)
        self.line = None
        self.hide()
