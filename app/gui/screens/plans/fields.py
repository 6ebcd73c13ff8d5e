"""Fields that tell when they are left: a text of several lines, boxes to tick, a text of a given form."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.gui.theme import Space, current
from app.gui.widgets.edits import TypedEdit
from app.gui.widgets.layout import grid, hbox, sized, vbox

_BESIDE = 760


class Columns(QWidget):
    """Two columns that go below one another where there is no room for both."""

    def __init__(self) -> None:
        super().__init__()
        self._row: QBoxLayout = hbox(self, gap=Space.CARD)
        self.left, self.right = vbox(gap=Space.CARD), vbox(gap=Space.CARD)
        self._row.addLayout(self.left, 1)
        self._row.addLayout(self.right, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the direction."""
        super().resizeEvent(event)
        is_wide = event.size().width() >= current().px(_BESIDE)
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._row.setDirection(direction)


class LineField(QLineEdit):
    """A line of text, whole in its tooltip; `left` fires when it was changed and left."""

    left = Signal()

    def __init__(self, name: str, hint: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self._told = ""
        self.textChanged.connect(self.setToolTip)
        self.editingFinished.connect(self._finish)

    def put(self, text: str) -> None:
        """Show a text; one that is being changed stays."""
        if text != self._told:
            self._told = text
            self.setText(text)
            self.setCursorPosition(0)

    def value(self) -> str:
        """Return the text without surrounding blanks."""
        return self.text().strip()

    def _finish(self) -> None:
        if self.value() != self._told:
            self._told = self.value()
            self.left.emit()


class TextField(QPlainTextEdit):
    """Some lines of text; Tab leaves it, and `left` fires when it was changed."""

    left = Signal()

    def __init__(self, name: str, *, height: int = 72, hint: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self._told = ""
        sized(self, height=height)

    def put(self, text: str) -> None:
        """Show a text; one that is being changed stays."""
        if text != self._told:
            self._told = text
            self.setPlainText(text)

    def value(self) -> str:
        """Return the text without surrounding blanks."""
        return self.toPlainText().strip()

    def lines(self) -> tuple[str, ...]:
        """Return the lines that say something."""
        return tuple(one.strip() for one in self.toPlainText().splitlines() if one.strip())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that it was left."""
        super().focusOutEvent(event)
        if self.value() != self._told:
            self._told = self.value()
            self.left.emit()


class FormedEdit(TypedEdit):
    """A short text of a given form, such as a ratio; full-width signs are taken for narrow ones."""

    def __init__(self, name: str, read: Callable[[str], object], wrong: str, hint: str = "") -> None:
        super().__init__(name)
        self._read, self._wrong = read, wrong
        self.setPlaceholderText(hint)

    def value(self) -> str:
        """Return the text as it should stand, empty where it is empty or wrong."""
        return "" if self.check() else self.tidy()

    def put(self, text: str) -> None:
        """Show a text."""
        self._settle(text)

    def check(self) -> str:
        """Return what is wrong with the text."""
        if not self.text().strip():
            return ""
        try:
            self._read(self.tidy())
        except ValueError:
            return self._wrong
        return ""

    def tidy(self) -> str:
        """Return the text in narrow signs without blanks."""
        return "".join(self.text().translate(_NARROW).split())


_NARROW = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}


class Ticks(QWidget):
    """Boxes to tick, some beside one another; none ticked mostly means all."""

    changed = Signal()

    def __init__(self, name: str, options: Sequence[tuple[str, str]], columns: int = 2) -> None:
        super().__init__()
        self.setAccessibleName(name)
        places = grid(self, gap=6)
        self._boxes: dict[str, QCheckBox] = {}
        for place, (key, text) in enumerate(options):
            box = QCheckBox(text)
            box.setAccessibleName(f"{name} {text}")
            box.clicked.connect(self.changed)
            self._boxes[key] = box
            places.addWidget(box, place // columns, place % columns)
        for column in range(columns):
            places.setColumnStretch(column, 1)

    def value(self) -> tuple[str, ...]:
        """Return the keys of the ticked boxes in the order of the boxes."""
        return tuple(key for key, box in self._boxes.items() if box.isChecked())

    def put(self, keys: Iterable[str]) -> None:
        """Tick exactly these."""
        wanted = set(keys)
        for key, box in self._boxes.items():
            box.setChecked(key in wanted)

    def box(self, key: str) -> QCheckBox:
        """Return the box of a key."""
        return self._boxes[key]


def choice(name: str, options: Sequence[tuple[str, str]]) -> QComboBox:
    """Return a box to choose from; its `currentData` is the key."""
    made = QComboBox()
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(8)
    made.setAccessibleName(name)
    for key, text in options:
        made.addItem(text, key)
    return made


def choose(box: QComboBox, key: str) -> None:
    """Choose by key."""
    box.setCurrentIndex(max(box.findData(key), 0))
