"""Lists and tables, dressed: one look, keyboard, copy to a spreadsheet, remembered columns."""

from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QListView,
    QMenu,
    QStyledItemDelegate,
    QTableView,
)

from app.gui.models.tuples import ROW, Index
from app.gui.prefs import Prefs
from app.gui.theme import Space, current

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class RowsView(QListView):
    """A list of painted rows. `opened` carries the row on Enter or double click, `picked` on every move."""

    opened = Signal(object)
    picked = Signal(object)

    def __init__(self, name: str, delegate: QStyledItemDelegate, *, bare: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._own = delegate
        delegate.setParent(self)
        self.setItemDelegate(delegate)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        if bare:
            self.setProperty("kind", "bare")
        self.activated.connect(self._open)
        current().changed.connect(self.scheduleDelayedItemsLayout)

    def currentChanged(self, now: Index, before: Index) -> None:
        """Tell which row is current."""
        super().currentChanged(now, before)
        if now.isValid():
            self.picked.emit(now.data(ROW))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter, on every platform."""
        if event.key() in _ENTER and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        row = index.data(ROW)
        if row is not None:
            self.opened.emit(row)


class GridView(RowsView):
    """Cells of one size that wrap, for thumbnails."""

    def __init__(self, name: str, delegate: QStyledItemDelegate) -> None:
        super().__init__(name, delegate, bare=True)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(200)


class TableView(QTableView):
    """A table: rows selected whole, sortable, Ctrl+C copies tab-separated, columns chosen by a right click and kept."""

    opened = Signal(object)
    picked = Signal(object)

    def __init__(self, name: str, prefs: Prefs | None = None, memory: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._prefs, self._memory = prefs, memory
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsMovable(True)
        head.setStretchLastSection(True)
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(self._choose_columns)
        head.sectionResized.connect(self._remember)
        head.sectionMoved.connect(self._remember)
        self.activated.connect(self._open)
        current().changed.connect(self._fit)
        self._fit()

    def setModel(self, model: Any) -> None:
        """Show a model and give its columns back their widths."""
        super().setModel(model)
        # No column first: enabling sorting would else reorder the rows as they came.
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        stored = (
            self._prefs.blob(f"columns/{self._memory}") if self._prefs is not None and self._memory else None
        )
        if stored is None or not self.horizontalHeader().restoreState(stored):
            self.fit_columns()

    def fit_columns(self) -> None:
        """Make columns as wide as what they hold, within reason; call it after the first rows came."""
        head = self.horizontalHeader()
        head.resizeSections(QHeaderView.ResizeMode.ResizeToContents)
        for column in range(head.count()):
            head.resizeSection(column, min(head.sectionSize(column), current().px(320)))

    def currentChanged(self, now: Index, before: Index) -> None:
        """Tell which row is current."""
        super().currentChanged(now, before)
        if now.isValid() and now.row() != before.row():
            self.picked.emit(now.data(ROW))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy with Ctrl+C, open with Enter."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in _ENTER and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the selected rows on the clipboard, with titles, as a spreadsheet takes them."""
        model, head = self.model(), self.horizontalHeader()
        order = [
            head.logicalIndex(i)
            for i in range(head.count())
            if not head.isSectionHidden(head.logicalIndex(i))
        ]
        titles = [str(model.headerData(i, Qt.Orientation.Horizontal) or "") for i in order]
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        lines = [[_cell(model.index(row, column).data()) for column in order] for row in rows]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in [titles, *lines]))

    def _open(self, index: QModelIndex) -> None:
        row = index.data(ROW)
        if row is not None:
            self.opened.emit(row)

    def _fit(self) -> None:
        theme = current()
        self.verticalHeader().setDefaultSectionSize(theme.px(Space.HIT))
        self.horizontalHeader().setMinimumSectionSize(theme.px(56))
        self.setIconSize(QSize(theme.px(16), theme.px(16)))

    def _choose_columns(self, at: QPoint) -> None:
        menu, head = QMenu(self), self.horizontalHeader()
        for column in range(1, head.count()):
            title = str(self.model().headerData(column, Qt.Orientation.Horizontal) or "")
            entry = menu.addAction(title)
            entry.setCheckable(True)
            entry.setChecked(not head.isSectionHidden(column))
            entry.setData(column)
        chosen = menu.exec(head.mapToGlobal(at))
        if chosen is not None:
            head.setSectionHidden(int(chosen.data()), not chosen.isChecked())
            self._remember()
        menu.deleteLater()

    def _remember(self, *_: int) -> None:
        if self._prefs is not None and self._memory and self.isVisible():
            self._prefs.set(f"columns/{self._memory}", self.horizontalHeader().saveState())


def _cell(value: object) -> str:
    """Return a cell for a spreadsheet; a leading sign of a formula is disarmed."""
    text = " ".join(str(value if value is not None else "").split())
    return f"'{text}" if text[:1] in "=+@" or (text[:1] == "-" and not text[1:2].isdigit()) else text
