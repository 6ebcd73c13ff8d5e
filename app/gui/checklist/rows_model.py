"""The detail table of an item: typed columns, computed columns, an empty row to go on, and totals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal

from app.core.ids import RowId
from app.core.inspections import DetailRow
from app.gui.checklist.values import NUMERIC, kept_cell, shown_cell, wrong
from app.gui.models.tuples import NOWHERE, Index
from app.gui.signs import seen
from app.gui.texts import tr
from checklists import tables
from checklists.schema import Column, Given, Item

INVALID = Qt.ItemDataRole.UserRole + 1
TOTALS = Qt.ItemDataRole.UserRole + 2
HINT = Qt.ItemDataRole.UserRole + 3


@dataclass(slots=True)
class _Row:
    cells: dict[str, str] = field(default_factory=dict)
    id: RowId | None = None
    is_new: bool = False
    is_dirty: bool = False


class RowsModel(QAbstractTableModel):
    """The rows of one item.

    `save_wanted` asks for one row to be kept: its id (None for a new one) and its typed cells. A new row that is on its
    way and changes again is asked for again once its id has come; `remove_wanted` names a row to be taken out.
    """

    save_wanted = Signal(object, object)
    remove_wanted = Signal(object)

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item
        self.columns = item.columns
        self._rows: list[_Row] = []
        self._read_only = False

    @property
    def has_totals(self) -> bool:
        """Whether any column is summed."""
        return any(column.total for column in self.columns)

    @property
    def entry_row(self) -> int:
        """Place of the empty row."""
        return len(self._rows)

    def set_read_only(self, on: bool) -> None:
        """Lock or unlock the cells."""
        if on != self._read_only:
            self.beginResetModel()
            self._read_only = on
            self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return the rows, the empty one and the totals."""
        if parent.isValid():
            return 0
        return len(self._rows) + (0 if self._read_only else 1) + (1 if self.has_totals else 0)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return column titles; numbers are headed on the right."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column) | int(Qt.TextFlag.TextWordWrap)
        if role == Qt.ItemDataRole.ToolTipRole:
            return getattr(column, "hint", "") or None
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return editable for cells that are typed, selectable for the others."""
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self._is_totals(index.row()):
            return Qt.ItemFlag.ItemIsEnabled
        if self._read_only or self.columns[index.column()].formula is not None:
            return base
        return base | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return shown texts, kept texts for editing, and what a cell is."""
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if self._is_totals(index.row()):
            return self._total(index.column(), role)
        cells = self._rows[index.row()].cells if index.row() < len(self._rows) else {}
        text = cells.get(column.name, "")
        if role == Qt.ItemDataRole.DisplayRole:
            return seen(shown_cell(column, text))
        if role == Qt.ItemDataRole.EditRole:
            return text
        if role == INVALID:
            is_missing = column.required and column.formula is None and not text
            return bool(cells) and (bool(wrong(column, text)) or is_missing)
        if role == Qt.ItemDataRole.ToolTipRole:
            return wrong(column, text) or seen(text) or None
        if role == HINT:
            return tr("inspection.rows_hint") if not cells and index.column() == 0 else ""
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title} {shown_cell(column, text)}"
        return None

    def _total(self, place: int, role: int) -> Any:
        column = self.columns[place]
        if role == TOTALS:
            return True
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if column.total:
            found = tables.totals(self.item, Given(rows=tuple(row.cells for row in self._rows)))[column.name]
            return "—" if found is None else shown_cell(column, f"{found:f}")
        return tr("inspection.rows_total") if place == 0 else ""

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Keep a typed cell and ask for its row to be saved."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid() or self._is_totals(index.row()):
            return False
        column = self.columns[index.column()]
        text = kept_cell(column, str(value))
        if index.row() == self.entry_row:
            if not text:
                return False
            self._append({column.name: text})
        elif self._rows[index.row()].cells.get(column.name, "") == text:
            return True
        else:
            self._rows[index.row()].cells[column.name] = text
        self._keep(min(index.row(), len(self._rows) - 1))
        return True

    def insert_block(self, first: int, block: Sequence[Mapping[str, str]]) -> None:
        """Lay pasted rows over the rows from `first` on, adding rows at the end as needed."""
        for offset, cells in enumerate(block):
            place = first + offset
            if place >= len(self._rows):
                self._append(dict(cells))
                place = len(self._rows) - 1
            else:
                self._rows[place].cells.update(cells)
            self._keep(place)

    def remove(self, place: int) -> None:
        """Take a row away."""
        if not 0 <= place < len(self._rows):
            return
        self.beginRemoveRows(QModelIndex(), place, place)
        row = self._rows.pop(place)
        self.endRemoveRows()
        if row.id is not None:
            self.remove_wanted.emit(row.id)
        else:
            # Its id has not come yet: once it does, `adopt` finds a row nobody holds and shows it again.
            row.is_dirty = False
        self._totals_changed()

    def adopt(self, rows: tuple[DetailRow, ...]) -> None:
        """Take the rows the store holds; rows typed here and still on their way stay."""
        known = {row.id for row in self._rows if row.id is not None}
        fresh = [row for row in rows if row.id not in known]
        waiting = [row for row in self._rows if row.is_new and row.id is None]
        for ours, theirs in zip(waiting, fresh, strict=False):
            ours.id, ours.is_new = theirs.id, False
        by_id = {row.id: row for row in self._rows if row.id is not None}
        wanted = [by_id.get(row.id) or _Row(self._computed(row.cells), row.id) for row in rows]
        for mine, stored in zip(wanted, rows, strict=True):
            if not mine.is_dirty:
                mine.cells = self._computed(stored.cells)
        wanted += [row for row in self._rows if row.id is None]
        if [id(row) for row in wanted] == [id(row) for row in self._rows]:
            self._all_changed()
        else:
            self.beginResetModel()
            self._rows = wanted
            self.endResetModel()
        for place, row in enumerate(self._rows):
            if row.is_dirty and row.id is not None:
                self._keep(place)

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """All rows as shown, for copying."""
        return tuple(
            tuple(shown_cell(column, row.cells.get(column.name, "")) for column in self.columns)
            for row in self._rows
        )

    def _append(self, cells: dict[str, str]) -> None:
        # The empty row becomes the new one and another empty row comes below it, so that the cursor stays where it is.
        place = len(self._rows) + 1
        self.beginInsertRows(QModelIndex(), place, place)
        row = _Row()
        self._rows.append(row)
        self.endInsertRows()
        row.cells = cells

    def _keep(self, place: int) -> None:
        row = self._rows[place]
        row.cells = self._computed(row.cells)
        if row.is_new and row.id is None:
            row.is_dirty = True
        else:
            row.is_new, row.is_dirty = row.id is None, False
            self.save_wanted.emit(
                row.id, {c.name: row.cells.get(c.name, "") for c in self.columns if c.formula is None}
            )
        self.dataChanged.emit(self.index(place, 0), self.index(place, len(self.columns) - 1))
        self._totals_changed()

    def _computed(self, cells: Mapping[str, str]) -> dict[str, str]:
        return dict(tables.computed_rows(self.item, Given(rows=(cells,)))[0])

    def _totals_changed(self) -> None:
        if self.has_totals:
            last = self.rowCount() - 1
            self.dataChanged.emit(self.index(last, 0), self.index(last, len(self.columns) - 1))

    def _all_changed(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(self.columns) - 1))

    def _is_totals(self, place: int) -> bool:
        return self.has_totals and place == self.rowCount() - 1


def _alignment(column: Column) -> int:
    side = Qt.AlignmentFlag.AlignRight if column.kind in NUMERIC else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
