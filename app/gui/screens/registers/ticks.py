"""A list whose rows can be ticked: by click, by Space, or not at all."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QModelIndex, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.gui import icons
from app.gui.screens.registers.rows import Column, Index, RowsModel
from app.gui.screens.registers.table import TableView
from app.gui.theme import current

R = TypeVar("R")


class TickModel(RowsModel[R]):
    """Rows with a tick in the first column; ticks stay with a row's key while rows are narrowed or renewed."""

    ticked_changed = Signal()

    def __init__(
        self,
        columns: Sequence[Column[R]],
        key: Callable[[R], str],
        decorate: Callable[[str, str], tuple[object, object]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, key, decorate, parent)
        self._ticked: dict[str, None] = {}

    @property
    def ticked(self) -> tuple[str, ...]:
        """Keys of the ticked rows, in the order they were ticked."""
        return tuple(self._ticked)

    def tick(self, keys: Iterable[str]) -> None:
        """Tick exactly these keys."""
        self._ticked = dict.fromkeys(keys)
        self._tell()

    def toggle(self, row: int) -> None:
        """Turn the tick of a row."""
        key = self.key_at(row)
        if key is None:
            return
        if key in self._ticked:
            del self._ticked[key]
        else:
            self._ticked[key] = None
        self._tell()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell says; the first column carries the tick."""
        if role == Qt.ItemDataRole.CheckStateRole and index.isValid() and index.column() == 0:
            is_on = self.key_at(index.row()) in self._ticked
            return Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked
        return super().data(index, role)

    def _tell(self) -> None:
        if self.rowCount():
            last = self.index(self.rowCount() - 1, 0)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.CheckStateRole])
        self.ticked_changed.emit()


class TickView(TableView):
    """A table whose rows are ticked by a click anywhere on them or by Space."""

    def __init__(self, model: TickModel[Any], name: str, parent: QWidget | None = None) -> None:
        super().__init__(model, name, parent)
        self._ticks = model
        self.horizontalHeader().hide()
        self.setSelectionMode(TableView.SelectionMode.SingleSelection)
        self.setProperty("kind", "bare")
        self.takes_first = False
        self.setItemDelegate(_TickCell(self))
        self.clicked.connect(self._clicked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick with Space."""
        if event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            self._ticks.toggle(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def _clicked(self, index: QModelIndex) -> None:
        self._ticks.toggle(index.row())


class _TickCell(QStyledItemDelegate):
    """Draws the tick as a box of the theme, not of the style."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Put a drawn box where the style would draw its own."""
        super().initStyleOption(option, index)
        feature = QStyleOptionViewItem.ViewItemFeature
        if option.features & feature.HasCheckIndicator:
            option.features &= ~feature.HasCheckIndicator
            option.features |= feature.HasDecoration
            option.icon = _box(is_on=option.checkState is Qt.CheckState.Checked)


def _box(*, is_on: bool) -> QIcon:
    theme = current()
    edge = theme.px(16)
    drawn = QPixmap(edge, edge)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colors = theme.colors
    painter.setPen(QPen(QColor(colors.accent if is_on else colors.text3), 1.2))
    painter.setBrush(QColor(colors.accent if is_on else colors.surface1))
    painter.drawRoundedRect(QRectF(0.8, 0.8, edge - 1.6, edge - 1.6), theme.px(3), theme.px(3))
    if is_on:
        icons.icon("check", "on_accent").paint(painter, drawn.rect().adjusted(2, 2, -2, -2))
    painter.end()
    return QIcon(drawn)
