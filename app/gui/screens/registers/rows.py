"""A list as a model over a tuple: filter, sort and copy live here, the widget that shows it in `table`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QCollator,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from app.gui.models.tuples import ROW
from app.gui.signs import seen

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column of a list.

    Attributes:
        text: What the cell says.
        whole: What is filtered, copied and said in the tooltip where the cell says less of it.
        order: What it sorts by where that is not its text; values of one column must compare with one another.
        mark: Shape and colour of a state, as `(icon, token)`; the words stay in `text`.
        share: Part of the free width; 0 takes what the words need.
        is_extra: Hidden until somebody asks for it by the columns' menu.
        is_spare: Left out where the others would have no room beside it, the last one first; copied all the same.
    """

    title: str
    text: Callable[[R], str]
    order: Callable[[R], Any] | None = None
    mark: Callable[[R], tuple[str, str] | None] | None = None
    share: int = 0
    is_number: bool = False
    is_strong: bool = False
    is_extra: bool = False
    is_spare: bool = False
    whole: Callable[[R], str] | None = None

    def full(self, value: R) -> str:
        """Return the whole words of a cell."""
        return (self.whole or self.text)(value)


class RowsModel(QAbstractTableModel, Generic[R]):
    """A tuple of frozen values as a table; what is filtered out is not in it."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        key: Callable[[R], str],
        decorate: Callable[[str, str], tuple[object, object]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._key = key
        self._decorate = decorate
        self._all: tuple[R, ...] = ()
        self._shown: list[R] = []
        self._words: tuple[str, ...] = ()
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None
        self._collator = QCollator(QLocale("zh_CN"))
        self._collator.setNumericMode(True)

    def put(self, rows: Sequence[R]) -> None:
        """Show these rows instead, filtered and sorted as before."""
        self._all = tuple(rows)
        self._renew()

    def narrow(self, text: str) -> None:
        """Keep the rows that contain every word of the text in some column."""
        words = tuple(text.casefold().split())
        if words != self._words:
            self._words = words
            self._renew()

    @property
    def total(self) -> int:
        """How many rows there are before narrowing."""
        return len(self._all)

    def at(self, row: int) -> R | None:
        """Return the value shown in a row, or None outside."""
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def find(self, key: str) -> int:
        """Return the row that shows the value with this key, or -1."""
        return next((row for row, value in enumerate(self._shown) if self._key(value) == key), -1)

    def key_at(self, row: int) -> str | None:
        """Return the key of a row, or None outside."""
        value = self.at(row)
        return None if value is None else self._key(value)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self.columns[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell says, how it is marked and how it is read aloud."""
        value = self.at(index.row())
        if value is None or not index.isValid():
            return None
        if role == ROW:
            return value
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return seen(column.text(value))
        if role == Qt.ItemDataRole.ToolTipRole:
            return seen(column.full(value))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title} {column.full(value)}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if (
            role in (Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.ForegroundRole)
            and column.mark is not None
        ):
            mark = column.mark(value)
            if mark is not None:
                return self._decorate(*mark)[0 if role == Qt.ItemDataRole.DecorationRole else 1]
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; a column below 0 gives the order the rows came in."""
        self._sorted_by = (column, order) if 0 <= column < len(self.columns) else None
        self._renew()

    def _renew(self) -> None:
        self.beginResetModel()
        shown = [value for value in self._all if self._is_wanted(value)]
        if self._sorted_by is not None:
            column = self.columns[self._sorted_by[0]]
            order = column.order or (lambda value: self._collator.sortKey(column.text(value)))
            shown.sort(key=order, reverse=self._sorted_by[1] is Qt.SortOrder.DescendingOrder)
        self._shown = shown
        self.endResetModel()

    def _is_wanted(self, value: R) -> bool:
        if not self._words:
            return True
        text = "\n".join(column.full(value) for column in self.columns).casefold()
        return all(word in text for word in self._words)


def _alignment(column: Column[Any]) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
