"""What every editor of an answer can do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.core.inspections import Answer


class Editor(QWidget):
    """What an item asks for. `edited` carries the fields of the answer that changed; `show_answer` never undoes typing."""

    edited = Signal(object)
    row_kept = Signal(object, object)
    row_removed = Signal(object)
    height_changed = Signal()
    left = Signal()

    def show_answer(self, answer: Answer) -> None:
        """Show an answer where nothing is being typed."""

    def flush(self) -> None:
        """Hand over at once what was typed."""

    def set_read_only(self, on: bool) -> None:
        """Lock or unlock."""
        self.setEnabled(not on)

    def take_focus(self) -> None:
        """Put the cursor where typing begins."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
