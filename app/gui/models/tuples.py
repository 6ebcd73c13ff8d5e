"""Models over tuples of frozen dataclasses. An update moves, adds, removes and repaints only what changed."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.gui.signs import seen

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
ROW = int(Qt.ItemDataRole.UserRole)
SORT = ROW + 1
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


# Without slots: Python 3.11 cannot make `Column[Row](...)` of a frozen slotted generic.
@dataclass(frozen=True)
class Column(Generic[R]):
    """One column: its title, the text of a row, and what to sort by (the text where None).

    Attributes:
        is_number: Right-aligned, tabular.
        tip: Text of the tooltip.
    """

    title: str
    text: Callable[[R], str]
    sort: Callable[[R], Any] | None = None
    is_number: bool = False
    tip: Callable[[R], str] | None = None


class TupleTableModel(QAbstractTableModel, Generic[R]):
    """Rows of a table. `key` names a row across updates; the row itself is data(index, ROW), its sort value SORT."""

    def __init__(
        self, columns: Sequence[Column[R]], key: Callable[[R], Hashable], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._key = key
        self._rows: list[R] = []

    @property
    def rows(self) -> tuple[R, ...]:
        """All rows in their order."""
        return tuple(self._rows)

    def row_at(self, index: Index) -> R | None:
        """Return the row of an index of this model, or None."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def index_of(self, key: Hashable) -> QModelIndex:
        """Return the first cell of the row with a key, invalid if there is none."""
        found = next((i for i, row in enumerate(self._rows) if self._key(row) == key), -1)
        return self.index(found, 0) if found >= 0 else QModelIndex()

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show these rows, keeping selection, scroll and persistent indexes of those that stay.

        Raises:
            ValueError: If two rows have the same key.
        """
        wanted = list(rows)
        keys = [self._key(row) for row in wanted]
        if len(set(keys)) != len(keys):
            raise ValueError("two rows with one key")
        self._remove_missing(set(keys))
        held = [self._key(row) for row in self._rows]
        kept = set(held)
        if held != [key for key in keys if key in kept]:
            self._reorder(keys)
        self._insert_new(wanted, keys)
        self._repaint(wanted)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return text, alignment, tooltip, the row (ROW) or its sort value (SORT)."""
        row = self.row_at(index)
        if row is None:
            return None
        column = self._columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return seen(column.text(row))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.is_number else LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return seen(column.tip(row)) if column.tip is not None else None
        if role == ROW:
            return row
        if role == SORT:
            return column.sort(row) if column.sort is not None else column.text(row)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the titles of the columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self._columns[section].is_number else LEFT
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort in place by a column; stable, so that the order before shines through."""
        if not 0 <= column < len(self._columns):
            return
        chosen = self._columns[column]
        value = chosen.sort or chosen.text
        ordered = sorted(self._rows, key=value, reverse=order == Qt.SortOrder.DescendingOrder)
        self._reorder([self._key(row) for row in ordered])

    def _remove_missing(self, keep: set[Hashable]) -> None:
        last = len(self._rows) - 1
        while last >= 0:
            if self._key(self._rows[last]) in keep:
                last -= 1
                continue
            first = last
            while first > 0 and self._key(self._rows[first - 1]) not in keep:
                first -= 1
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()
            last = first - 1

    def _reorder(self, keys: Sequence[Hashable]) -> None:
        place = {key: i for i, key in enumerate(keys)}
        before = [self._key(row) for row in self._rows]
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        self._rows.sort(key=lambda row: place[self._key(row)])
        now = {self._key(row): i for i, row in enumerate(self._rows)}
        moved = [self.index(now[before[i.row()]], i.column()) for i in old]
        self.changePersistentIndexList(old, moved)
        self.layoutChanged.emit()

    def _insert_new(self, wanted: Sequence[R], keys: Sequence[Hashable]) -> None:
        have = {self._key(row) for row in self._rows}
        at = 0
        while at < len(wanted):
            if keys[at] in have:
                at += 1
                continue
            end = at
            while end + 1 < len(wanted) and keys[end + 1] not in have:
                end += 1
            self.beginInsertRows(QModelIndex(), at, end)
            self._rows[at:at] = wanted[at : end + 1]
            self.endInsertRows()
            at = end + 1

    def _repaint(self, wanted: Sequence[R]) -> None:
        for at, row in enumerate(wanted):
            if self._rows[at] != row:
                self._rows[at] = row
                self.dataChanged.emit(self.index(at, 0), self.index(at, len(self._columns) - 1))


class TupleListModel(TupleTableModel[R]):
    """Rows of a list, for a delegate that paints the row itself; `text` is what a screen reader says."""

    def __init__(
        self, text: Callable[[R], str], key: Callable[[R], Hashable], parent: QObject | None = None
    ) -> None:
        super().__init__((Column("", text),), key, parent)
