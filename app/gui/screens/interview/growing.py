"""A text field that is as tall as what is written in it: a line of the record, not a box."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QTextOption
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit

from app.gui.checklist.pause import Pause
from app.gui.theme import current


class GrowingEdit(QTextEdit):
    """Plain text that grows. Enter commits and moves on, Shift+Enter makes a line.

    `entered` fires on Enter after the text was handed over; `saved` carries a text that differs from what was set, on
    Enter, after a pause in typing and when the field is left; `moved` carries -1 or 1 for the arrow keys at the ends.
    """

    entered = Signal()
    saved = Signal(str)
    moved = Signal(int)

    def __init__(self, name: str, hint: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self._settled = ""
        self._pause = Pause(self, self._commit)
        self.textChanged.connect(self._typed)
        self.document().documentLayout().documentSizeChanged.connect(self.updateGeometry)
        current().changed.connect(self.updateGeometry)

    @property
    def text(self) -> str:
        """What is written."""
        return self.toPlainText()

    @property
    def is_dirty(self) -> bool:
        """Whether something written was not handed over yet."""
        return self.text.strip() != self._settled.strip()

    def settle(self, text: str) -> None:
        """Show what is stored; what somebody is writing meanwhile stays."""
        if self.is_dirty and text.strip() != self.text.strip():
            return
        self._settled = text
        if self.text.strip() != text.strip():
            self.setPlainText(text)
        self._pause.drop()

    def write(self, text: str) -> None:
        """Replace the text as if it was typed, and hand it over."""
        self.setPlainText(text)
        self.flush()

    def take_back(self, stored: str) -> None:
        """Say that the last text was not saved: it stays, and counts as not handed over."""
        self._settled = stored

    def flush(self) -> None:
        """Hand over what was typed, now."""
        self._pause.drop()
        self._commit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Commit with Enter, leave with the arrows at the first and last line."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.insertPlainText("\n")
            elif not self.isReadOnly():
                self.flush()
                self.entered.emit()
            return
        arrow = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(key), 0)
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if arrow and plain and not self._can_move(up=arrow < 0):
            self.moved.emit(arrow)
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hand over when the field is left."""
        super().focusOutEvent(event)
        self.flush()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew, and take the height that needs."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As tall as the text."""
        theme = current()
        line = self.fontMetrics().lineSpacing()
        around = self.height() - self.viewport().height() if self.isVisible() else theme.px(14)
        return QSize(theme.px(200), max(line, int(self.document().size().height())) + around)

    def minimumSizeHint(self) -> QSize:
        """Never less tall than the text."""
        return QSize(current().px(80), self.sizeHint().height())

    def _can_move(self, *, up: bool) -> bool:
        cursor = self.textCursor()
        move = cursor.MoveOperation.Up if up else cursor.MoveOperation.Down
        return cursor.movePosition(move)

    def _typed(self) -> None:
        if self.is_dirty:
            self._pause.touch()

    def _commit(self) -> None:
        if self.is_dirty and not self.isReadOnly():
            self._settled = self.text
            self.saved.emit(self.text.strip())
