"""A list whose rows come found and sorted: fifty thousand of them are shown without going through them here."""

from PySide6.QtCore import Qt, Signal

from app.gui.screens.registers.rows import R, RowsModel


class FoundModel(RowsModel[R]):
    """Rows in the order they came; sorting by a header asks for another order."""

    order_wanted = Signal(int, bool)

    def narrow(self, text: str) -> None:
        """Leave narrowing to whoever finds."""

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for the rows by a column, below 0 for the order of names; the flag says whether the last come first."""
        self.order_wanted.emit(column, order is Qt.SortOrder.DescendingOrder)

    def _renew(self) -> None:
        self.beginResetModel()
        self._shown = list(self._all)
        self.endResetModel()
