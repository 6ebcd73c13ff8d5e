"""The list where the work is: cards to answer by key, click or touch, and the editor inside the current card."""

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from app.gui.checklist.editor import Editor
from app.gui.models.tuples import Index
from app.gui.screens.inspection.cards import ItemDelegate
from app.gui.screens.inspection.ledger import Key
from app.gui.screens.inspection.models import LINE, STATES, ItemsModel
from app.gui.screens.inspection.picture import Line
from app.gui.texts import tr
from app.gui.theme import current

_ANSWER_KEYS = {Qt.Key.Key_1: 0, Qt.Key.Key_2: 1, Qt.Key.Key_3: 2, Qt.Key.Key_4: 3}


class ItemList(QListView):
    """Items as cards. Emits what a person wants; saves nothing."""

    answered = Signal(object, str)
    current_changed = Signal(object)
    key_wanted = Signal(str)

    def __init__(self, model: ItemsModel) -> None:
        super().__init__()
        self._items = model
        self._cards = ItemDelegate(self)
        self._editor: Editor | None = None
        self._editor_key: Key | None = None
        self._room: tuple[Key | None, int] | None = None
        self.setItemDelegate(self._cards)
        self.setModel(model)
        self.setProperty("kind", "bare")
        self.setAccessibleName(tr("inspection.items"))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.verticalScrollBar().valueChanged.connect(self._place)
        model.rowsRemoved.connect(self._place_soon)
        model.rowsInserted.connect(self._place_soon)
        model.dataChanged.connect(self._place_soon)
        current().changed.connect(self._rescale)

    @property
    def line(self) -> Line | None:
        """The current item."""
        found: Line | None = self.currentIndex().data(LINE)
        return found

    def set_locked(self, on: bool) -> None:
        """Show answers only, or let them be given."""
        self._cards.is_locked = on
        self.viewport().update()

    def go_to(self, key: Key) -> bool:
        """Make an item the current one and bring it into sight; False where it is not listed."""
        row = self._items.row_of(key)
        if row is None:
            return False
        self.go_to_row(row)
        return True

    def go_to_row(self, row: int) -> None:
        """Make a row the current one, with its neighbours in sight."""
        index = self._items.index(row, 0)
        self.setCurrentIndex(index)
        self._show_around(index)

    def set_editor(self, editor: Editor | None, key: Key | None) -> None:
        """Put an editor into the card of an item, or take it out; the old one is flushed and deleted."""
        if self._editor is not None:
            self._editor.flush()
            self._editor.hide()
            self._editor.deleteLater()
        self._editor, self._editor_key = editor, key
        self._cards.current = key
        if editor is not None:
            editor.setParent(self.viewport())
            editor.height_changed.connect(self._editor_resized)
            editor.left.connect(self._take_focus_back)
            editor.show()
        self._editor_resized()

    @property
    def editor(self) -> Editor | None:
        """The editor in the current card."""
        return self._editor

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer with 1 to 4, move with arrows or J and K; other letters are asked of the screen."""
        key = Qt.Key(event.key())
        plain = not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        if plain and key in _ANSWER_KEYS and self.line is not None:
            self.answered.emit(self.line.key, STATES[_ANSWER_KEYS[key]])
        elif plain and key in (Qt.Key.Key_J, Qt.Key.Key_Down):
            self._step(1)
        elif plain and key in (Qt.Key.Key_K, Qt.Key.Key_Up):
            self._step(-1)
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.key_wanted.emit("next")
        elif plain and key == Qt.Key.Key_Space:
            self.key_wanted.emit("detail")
        elif plain and key in (Qt.Key.Key_P, Qt.Key.Key_F, Qt.Key.Key_N, Qt.Key.Key_Z, Qt.Key.Key_Slash):
            self.key_wanted.emit({"/": "search"}.get(chr(key), chr(key).lower()))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Answer with a click on a segment; a click elsewhere makes the item current."""
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        line: Line = index.data(LINE)
        state = self._state_at(index, event.position().toPoint())
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.setCurrentIndex(index)
        if state is not None:
            self.answered.emit(line.key, state)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what a click would answer."""
        index = self.indexAt(event.position().toPoint())
        state = self._state_at(index, event.position().toPoint()) if index.isValid() else None
        self._set_hot((index.data(LINE).key, state) if state is not None else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Show nothing as hot."""
        self._set_hot(None)
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Do nothing: the press did it all."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take a quick second click as a click."""
        self.mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin with the first item."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._items.rowCount():
            self.go_to_row(0)

    def currentChanged(self, now: Index, before: Index) -> None:
        """Tell which item is current, before Qt scrolls to it: with its editor in it the list is laid out once."""
        self.current_changed.emit(now.data(LINE))
        super().currentChanged(now, before)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay cards out again at the new width."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()
        self._place_soon()

    def doItemsLayout(self) -> None:
        """Keep the editor in its card."""
        super().doItemsLayout()
        self._place()

    def _state_at(self, index: QModelIndex, point: QPoint) -> str | None:
        rect = self.visualRect(index)
        line: Line = index.data(LINE)
        return (
            None
            if self._cards.is_locked
            else self._cards.state_at(line, rect.width(), point - rect.topLeft())
        )

    def _set_hot(self, hot: tuple[Key, str] | None) -> None:
        if hot != self._cards.hot:
            self._cards.hot = hot
            self.viewport().setCursor(
                Qt.CursorShape.PointingHandCursor if hot else Qt.CursorShape.ArrowCursor
            )
            self.viewport().update()

    def _step(self, by: int) -> None:
        row = self.currentIndex().row() + by
        if 0 <= row < self._items.rowCount():
            self.go_to_row(row)

    def _show_around(self, index: QModelIndex) -> None:
        self.executeDelayedItemsLayout()
        rect = self.visualRect(index)
        room = self.viewport().height()
        bar, margin = self.verticalScrollBar(), min(current().px(72), room // 6)
        if rect.top() < margin:
            bar.setValue(bar.value() + rect.top() - margin)
        elif rect.bottom() > room - margin:
            bar.setValue(bar.value() + min(rect.bottom() - room + margin, rect.top() - current().px(8)))

    def _take_focus_back(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _rescale(self) -> None:
        self._cards.forget()
        self.scheduleDelayedItemsLayout()
        self._editor_resized()

    def _editor_resized(self) -> None:
        height = 0
        if self._editor is not None:
            self._editor.ensurePolished()
            height = self._editor.sizeHint().height()
        room = (self._editor_key, height) if height else None
        if room != self._room:
            self._room, self._cards.editor_height = room, height
            self.scheduleDelayedItemsLayout()
        self._place_soon()
        self.viewport().update()

    def _place_soon(self, *_: object) -> None:
        QTimer.singleShot(0, self, self._place)

    def _place(self, *_: object) -> None:
        if self._editor is None or self._editor_key is None:
            return
        row = self._items.row_of(self._editor_key)
        if row is None:
            self._editor.hide()
            return
        rect = self.visualRect(self._items.index(row, 0))
        area = self._cards.card(self._items.rows[row], rect.width()).editor
        self._editor.setGeometry(QRect(rect.topLeft() + area.topLeft(), area.size()))
        self._editor.show()
