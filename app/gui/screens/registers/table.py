"""The table all lists share: keyboard first, sortable, copied as a spreadsheet takes it."""

from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.gui.screens.registers.rows import Column, Index, RowsModel

_SAMPLE = 60
_LEAST_SHARE_UNITS = 14


class TableView(QTableView):
    """A read-only table of a `RowsModel`; Enter or a double click opens a row, Ctrl+C copies the selected ones."""

    opened = Signal(object)
    picked = Signal(object)

    def __init__(self, model: RowsModel[Any], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self.setModel(model)
        self.setAccessibleName(name)
        self.setItemDelegate(_Cell(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._recall)
        self._kept: str | None = None
        self.doubleClicked.connect(self._open_index)

    def model_columns(self) -> tuple[Column[Any], ...]:
        """Return what the columns are."""
        return self._rows.columns

    def current(self) -> Any:
        """Return the value of the current row, or None."""
        return self._rows.at(self.currentIndex().row())

    def choose(self, key: str) -> bool:
        """Make the row with this key the current one; False where it is not shown."""
        row = self._rows.find(key)
        if row < 0:
            return False
        self.selectRow(row)
        self.setCurrentIndex(self._rows.index(row, 0))
        return True

    def copy(self) -> None:
        """Put the selected rows, or all where none is selected, on the clipboard."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        QGuiApplication.clipboard().setText(self._rows.tsv(rows or range(self._rows.rowCount())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Enter, copy on Ctrl+C, leave the rest to the table."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open_index(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Say which row is current now."""
        super().currentChanged(current, previous)
        if current.row() != previous.row() or not previous.isValid():
            self.picked.emit(self._rows.at(current.row()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out anew."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Give columns what their words need and the rest to those with a share."""
        unit = self.fontMetrics().averageCharWidth()
        self.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * 2.1))
        needed, shares = 0, 0
        for place, column in enumerate(self._rows.columns):
            if column.share:
                shares += column.share
                continue
            width = min(self._needed(place), unit * 34)
            self.setColumnWidth(place, width)
            needed += width
        free = max(self.viewport().width() - needed, 0)
        for place, column in enumerate(self._rows.columns):
            if column.share:
                self.setColumnWidth(place, max(free * column.share // shares, unit * _LEAST_SHARE_UNITS))

    def _needed(self, place: int) -> int:
        column = self._rows.columns[place]
        metrics = self.fontMetrics()
        values = (self._rows.at(row) for row in range(min(self._rows.rowCount(), _SAMPLE)))
        texts = [column.text(value) for value in values if value is not None]
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
        shape = metrics.height() * 1.5 if column.mark is not None else 0
        title = metrics.horizontalAdvance(column.title) * 1.1 + metrics.height()
        return round(max(widest + shape, title) + metrics.averageCharWidth() * 4)

    def _open_index(self, index: QModelIndex) -> None:
        value = self._rows.at(index.row())
        if value is not None:
            self.opened.emit(value)

    def _remember(self) -> None:
        self._kept = self._rows.key_at(self.currentIndex().row())

    def _recall(self) -> None:
        self.fit()
        if self._kept is None or not self.choose(self._kept):
            self.picked.emit(None)


class _Cell(QStyledItemDelegate):
    """Draws no dotted focus frame around single cells: a whole row is what is chosen."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Take the focus frame off the cell and make the strong columns strong."""
        super().initStyleOption(option, index)
        table = self.parent()
        if isinstance(table, TableView) and table.model_columns()[index.column()].is_strong:
            font = option.font
            font.setWeight(font.Weight.DemiBold)
            option.font = font
