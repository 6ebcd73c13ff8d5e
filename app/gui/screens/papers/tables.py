"""Small tables inside a form: rows are added, removed and pasted; columns of money are summed."""

from decimal import Decimal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCompleter,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.gui.models.tuples import Index
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets import parsing
from app.gui.widgets.buttons import button
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, vbox

ROW_UNITS = 34
MOST_ROWS_SHOWN = 12
NUMERIC = ("money", "number")
Rows = tuple[tuple[str, ...], ...]


class _Cells(QStyledItemDelegate):
    """Edits a cell without a frame; a column of names offers those that are known."""

    def __init__(self, parent: QWidget, names: tuple[str, ...] = ()) -> None:
        super().__init__(parent)
        self._names = list(names)

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return a line that fills the cell."""
        line = QLineEdit(parent)
        line.setProperty("kind", "cell")
        line.setStyleSheet("min-height: 0; border-radius: 0; padding: 0 4px;")
        line.setAccessibleName(str(index.model().headerData(index.column(), Qt.Orientation.Horizontal) or ""))
        if self._names and index.column() == 0:
            completer = QCompleter(self._names, line)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            line.setCompleter(completer)
        return line


class Grid(QTableWidget):
    """As tall as its rows. Enter opens a cell, Ctrl+Enter adds a row, Ctrl+Delete removes one, Ctrl+V takes cells."""

    more_wanted = Signal()
    less_wanted = Signal()
    pasted = Signal(object)

    def __init__(self, name: str, titles: tuple[str, ...], names: tuple[str, ...] = ()) -> None:
        super().__init__(0, len(titles))
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(titles))
        self.setItemDelegate(_Cells(self, names))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        current().changed.connect(self.fit)
        self.fit()

    def sizeHint(self) -> QSize:
        """As tall as the rows, up to a dozen."""
        shown = min(max(self.rowCount(), 1), MOST_ROWS_SHOWN)
        rows = shown * current().px(ROW_UNITS) + 2 * self.frameWidth() + 2
        return QSize(current().px(200), self.horizontalHeader().height() + rows)

    def fit(self) -> None:
        """Take the height the rows need."""
        self.horizontalHeader().setFixedHeight(current().px(ROW_UNITS))
        self.verticalHeader().setMinimumSectionSize(current().px(ROW_UNITS))
        self.verticalHeader().setDefaultSectionSize(current().px(ROW_UNITS))
        policy = Qt.ScrollBarPolicy
        is_long = self.rowCount() > MOST_ROWS_SHOWN
        self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if is_long else policy.ScrollBarAlwaysOff)
        self.setFixedHeight(self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Work like a small spreadsheet."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        key, is_enter = Qt.Key(event.key()), event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.matches(QKeySequence.StandardKey.Paste):
            lines = QGuiApplication.clipboard().text().splitlines()
            self.pasted.emit([line.split("\t") for line in lines if line.strip()])
        elif control and is_enter:
            self.more_wanted.emit()
        elif control and key == Qt.Key.Key_Delete:
            self.less_wanted.emit()
        elif is_enter and self.currentItem() is not None:
            self.editItem(self.currentItem())
        elif key == Qt.Key.Key_Delete and self.currentItem() is not None:
            self.currentItem().setText("")
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab walk the cells and leave the table at its ends."""
        place = self.currentRow() * self.columnCount() + self.currentColumn() + (1 if forward else -1)
        if self.state() != QAbstractItemView.State.EditingState and 0 <= place < self.rowCount() * self.columnCount():
            self.setCurrentCell(*divmod(place, self.columnCount()))
            return True
        return bool(super().focusNextPrevChild(forward))


class RowsTable(QWidget):
    """A table with its buttons and totals. `changed` fires after each change of what stands in it."""

    changed = Signal()

    def __init__(self, name: str, columns: tuple[tuple[str, str], ...], names: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._columns = columns
        self._is_showing = False
        column = vbox(self, gap=Space.HAIR)
        self.grid = Grid(name, tuple(title for title, _ in columns), names)
        column.addWidget(self.grid)
        foot = hbox(gap=Space.INSIDE)
        self.add = button(tr("papers.row_add"), self._add, kind="quiet", icon="add")
        self.add.setToolTip("Ctrl+Enter")
        self.remove = button(tr("papers.row_remove"), self._remove, kind="quiet", icon="delete")
        self.remove.setToolTip("Ctrl+Delete")
        self.totals = label("", "strong")
        foot.addWidget(self.add)
        foot.addWidget(self.remove)
        foot.addStretch(1)
        foot.addWidget(self.totals)
        column.addLayout(foot)
        self.setFocusProxy(self.grid)
        self.grid.itemChanged.connect(self._edited)
        self.grid.more_wanted.connect(self._add)
        self.grid.less_wanted.connect(self._remove)
        self.grid.pasted.connect(self._paste)
        self._sum()

    def rows(self) -> Rows:
        """Return the rows that are not empty."""
        found = tuple(
            tuple(self._cell(row, column) for column in range(len(self._columns))) for row in range(self.grid.rowCount())
        )
        return tuple(row for row in found if any(row))

    def show_rows(self, rows: Rows) -> None:
        """Show what is stored; an empty row that somebody has just added stays."""
        if rows == self.rows():
            return
        self._is_showing = True
        self.grid.setRowCount(len(rows))
        for at, row in enumerate(rows):
            for column, text in enumerate(row[: len(self._columns)]):
                self._set(at, column, text)
        self._is_showing = False
        self._after()

    def _cell(self, row: int, column: int) -> str:
        item = self.grid.item(row, column)
        return item.text().strip() if item is not None else ""

    def _set(self, row: int, column: int, text: str) -> None:
        item = QTableWidgetItem(text)
        if self._columns[column][1] in NUMERIC:
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setToolTip(text)
        self.grid.setItem(row, column, item)

    def _add(self) -> None:
        at = self.grid.rowCount()
        self._is_showing = True
        self.grid.setRowCount(at + 1)
        for column in range(len(self._columns)):
            self._set(at, column, "")
        self._is_showing = False
        self._after()
        self.grid.setCurrentCell(at, 0)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        first = self.grid.item(at, 0)
        if first is not None:
            self.grid.editItem(first)

    def _remove(self) -> None:
        at = self.grid.currentRow()
        if at < 0:
            return
        before = self.rows()
        self.grid.removeRow(at)
        self._after()
        if self.rows() != before:
            self.changed.emit()

    def _paste(self, block: list[list[str]]) -> None:
        first_row, first = max(self.grid.currentRow(), 0), max(self.grid.currentColumn(), 0)
        self._is_showing = True
        self.grid.setRowCount(max(self.grid.rowCount(), first_row + len(block)))
        for down, cells in enumerate(block):
            for across, text in enumerate(cells[: len(self._columns) - first]):
                self._set(first_row + down, first + across, self._tidy(first + across, text.strip()))
        self._is_showing = False
        self._after()
        self.changed.emit()

    def _edited(self, item: QTableWidgetItem) -> None:
        if self._is_showing:
            return
        tidy = self._tidy(item.column(), item.text().strip())
        self._is_showing = True
        if tidy != item.text():
            item.setText(tidy)
        self.complete(item.row(), item.column(), tidy)
        self._is_showing = False
        self._sum()
        self.changed.emit()

    def complete(self, row: int, column: int, text: str) -> None:
        """Fill cells beside one that was typed; a plain table knows nothing to add."""

    def _tidy(self, column: int, text: str) -> str:
        if self._columns[column][1] != "money" or not text:
            return text
        try:
            return f"{parsing.money(text):.2f}"
        except parsing.NotUnderstood:
            return text

    def _after(self) -> None:
        self.grid.fit()
        self.remove.setEnabled(self.grid.rowCount() > 0)
        self._sum()

    def _sum(self) -> None:
        found = []
        for at, (title, kind) in enumerate(self._columns):
            if kind == "money":
                found.append(f"{title} {parsing.money_text(self._total(at))}")
        self.totals.setText(tr("papers.totals", sums="　".join(found)) if found else "")
        self.remove.setEnabled(self.grid.rowCount() > 0)

    def _total(self, column: int) -> Decimal:
        total = Decimal(0)
        for row in self.rows():
            try:
                total += parsing.money(row[column]) if row[column] else Decimal(0)
            except parsing.NotUnderstood:
                continue
        return total


class PeopleTable(RowsTable):
    """Names with licence numbers."""

    def __init__(self, name: str, people: tuple[tuple[str, str], ...]) -> None:
        self._known = dict(people)
        titles = ((tr("papers.person"), "text"), (tr("papers.licence"), "text"))
        super().__init__(name, titles, tuple(self._known))

    def complete(self, row: int, column: int, text: str) -> None:
        """Bring the licence number of a known name."""
        if column == 0 and text in self._known and not self._cell(row, 1):
            self._set(row, 1, self._known[text])
