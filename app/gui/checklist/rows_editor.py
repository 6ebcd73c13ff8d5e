"""The table in which detail rows are typed or pasted; as tall as its rows, so that the list scrolls and not the table."""

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.gui.checklist.rows_model import HINT, INVALID, TOTALS, RowsModel
from app.gui.checklist.values import NUMERIC, laid_on, pasted
from app.gui.models.tuples import Index
from app.gui.texts import tr
from app.gui.theme import Type, current
from app.gui.widgets.delegates import broken
from checklists.schema import ColumnKind

ROW_UNITS, TALL_UNITS = 32, 52
HEAD_UNITS = 30
LEAST_UNITS = {ColumnKind.TEXT: 80, ColumnKind.DATE: 104, ColumnKind.MONEY: 84}
PRESSED_UNITS = 60  # of a column of words whose cells take two lines


class _CellDelegate(QStyledItemDelegate):
    """Paints cells in the theme's quiet way and edits them without a frame."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, rect = current(), option.rect
        view = self.parent()
        is_total = bool(index.data(TOTALS))
        painter.save()
        if isinstance(view, QTableView) and view.currentIndex() == index and view.hasFocus():
            painter.fillRect(rect, theme.color("accent_soft"))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        text = index.data() or ""
        token = "text1"
        if index.data(INVALID):
            token = "bad"
            text = text or tr("inspection.rows_missing")
        elif not text and index.data(HINT):
            token, text = "text2", index.data(HINT)
        painter.setPen(theme.color(token))
        painter.setFont(theme.font(bold=is_total))
        inner = rect.adjusted(theme.px(10), 0, -theme.px(10), 0)
        align = int(index.data(Qt.ItemDataRole.TextAlignmentRole))
        metrics = painter.fontMetrics()
        if index.data(HINT) and not index.data():
            # The row is empty: its hint may run across the cells beside it.
            inner.setWidth(painter.viewport().width())
        most = 2 if isinstance(view, RowsEditor) and view.is_tall else 1
        *lines, last = broken(text, painter.font(), inner.width(), most=most) or [""]
        last = metrics.elidedText(last, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, align, "\n".join([*lines, last]))
        painter.restore()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        model = index.model()
        assert isinstance(model, RowsModel)
        column = model.columns[index.column()]
        choices = getattr(column, "choices", ())
        if choices:
            box = QComboBox(parent)
            box.addItems(["", *choices])
            box.setEditable(False)
            box.setAccessibleName(column.title)
            return box
        line = QLineEdit(parent)
        line.setAccessibleName(column.title)
        line.setPlaceholderText(getattr(column, "hint", ""))
        line.setStyleSheet("min-height: 0; border-radius: 0; padding: 0;")
        if column.kind in NUMERIC:
            line.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return line

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        text = index.data(Qt.ItemDataRole.EditRole) or ""
        if isinstance(editor, QComboBox):
            editor.setCurrentText(text)
        elif isinstance(editor, QLineEdit) and not editor.isModified():
            # A save that comes back must not overwrite what is being typed.
            editor.setText(text)

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        assert isinstance(model, RowsModel)
        text = editor.currentText() if isinstance(editor, QComboBox) else ""
        model.setData(index, editor.text() if isinstance(editor, QLineEdit) else text)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        editor.setGeometry(option.rect)


class RowsEditor(QTableView):
    """Detail rows: Tab goes on, Enter goes down, typing in the last line adds a row, Ctrl+V takes spreadsheet cells."""

    height_changed = Signal()
    left = Signal()

    def __init__(self, model: RowsModel, name: str) -> None:
        super().__init__()
        self._model = model
        self._told = 0
        self.is_tall = self._is_wide = False
        self.setModel(model)
        self.setItemDelegate(_CellDelegate(self))
        self.setAccessibleName(name)
        self.setProperty("kind", "bare")
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.setTabKeyNavigation(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(theme_px(32))
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset, model.dataChanged):
            signal.connect(self._refit)
        current().changed.connect(self._refit)
        self._refit()

    def sizeHint(self) -> QSize:
        """As tall as the rows."""
        theme = current()
        bar = self.horizontalScrollBar().sizeHint().height() if self._is_wide else 0
        rows = self._model.rowCount() * theme.px(TALL_UNITS if self.is_tall else ROW_UNITS)
        return QSize(theme.px(320), self.horizontalHeader().height() + rows + bar + 2)

    def minimumSizeHint(self) -> QSize:
        """Never less tall."""
        return QSize(theme_px(120), self.sizeHint().height())

    def commit(self) -> None:
        """Keep the cell that is being edited."""
        if self.state() != QAbstractItemView.State.EditingState:
            return
        editor = QGuiApplication.focusObject()
        if isinstance(editor, (QLineEdit, QComboBox)) and self.isAncestorOf(editor):
            self.commitData(editor)

    def paste(self) -> None:
        """Take cells copied from a spreadsheet, from the current cell on."""
        block = pasted(QGuiApplication.clipboard().text())
        index = self.currentIndex()
        first = index.row() if index.isValid() else self._model.entry_row
        self._model.insert_block(
            min(first, self._model.entry_row),
            laid_on(self._model.columns, block, max(index.column(), 0)),
        )

    def copy(self) -> None:
        """Copy the selected rows, with titles, for a spreadsheet."""
        places = sorted({index.row() for index in self.selectedIndexes()})
        lines = [tuple(column.title for column in self._model.columns)]
        lines += [self._model.texts[place] for place in places if place < self._model.entry_row]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move like a spreadsheet; Esc gives the keys back to the list."""
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif key == Qt.Key.Key_Delete and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._model.remove(self.currentIndex().row())
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            for index in self.selectedIndexes():
                if index.row() < self._model.entry_row and index.flags() & Qt.ItemFlag.ItemIsEditable:
                    self._model.setData(index, "")
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            if self.currentIndex().flags() & Qt.ItemFlag.ItemIsEditable:
                self.edit(self.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab walk the cells, and leave the table at its ends."""
        step = self._step(self.currentIndex(), 1 if forward else -1)
        if step is None or self.state() == QAbstractItemView.State.EditingState:
            return bool(super().focusNextPrevChild(forward))
        self.setCurrentIndex(step)
        return True

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Go on typing: Tab opens the next typed cell, Enter the first cell of the next row."""
        index = self.currentIndex()
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        ends = QAbstractItemDelegate.EndEditHint
        target: QModelIndex | None = None
        if hint == ends.EditNextItem:
            target = self._step(index, 1)
        elif hint == ends.EditPreviousItem:
            target = self._step(index, -1)
        elif hint == ends.SubmitModelCache and index.row() < self._model.entry_row:
            target = self._model.index(index.row() + 1, self._first_typed())
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if target is not None and target.isValid():
            self.setCurrentIndex(target)
            if hint != ends.SubmitModelCache:
                self.edit(target)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the empty row."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self._model.index(self._model.entry_row, self._first_typed()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._refit()

    def _first_typed(self) -> int:
        return next((place for place, column in enumerate(self._model.columns) if column.formula is None), 0)

    def _step(self, index: Index, by: int) -> QModelIndex | None:
        columns = self._model.columns
        row, place = index.row(), index.column() + by
        while True:
            if place >= len(columns):
                row, place = row + 1, 0
            elif place < 0:
                row, place = row - 1, len(columns) - 1
            if not 0 <= row <= self._model.entry_row or (
                index.row() == self._model.entry_row and row > index.row()
            ):
                return None
            if columns[place].formula is None:
                return self._model.index(row, place)
            place += by

    def _contents(self) -> list[int]:
        """Return how wide the widest cell of each column is."""
        metrics, shown = QFontMetrics(current().font(bold=True)), self._model.rowCount()
        return [
            max((metrics.horizontalAdvance(str(self._model.index(row, place).data() or "")) for row in range(shown)[-60:]), default=0)
            + theme_px(22)
            for place in range(len(self._model.columns))
        ]

    def _wanted(self, lines: int, contents: list[int]) -> list[int]:
        """Return the width each column wants when its title may take this many lines."""
        theme = current()
        title = QFontMetrics(theme.font(Type.SECONDARY))
        wanted = []
        for column, content in zip(self._model.columns, contents, strict=True):
            letters = -(-len(column.title) // lines)
            heading = title.horizontalAdvance("字" * letters if lines > 1 else column.title)
            least = theme.px(LEAST_UNITS.get(column.kind, 52) - (0 if lines == 1 else 16))
            most = theme.px(1000 if column.kind in NUMERIC else 180 if lines == 1 else 110)
            wanted.append(max(least, heading + theme.px(28 if lines == 1 else 22), min(most, content)))
        return wanted

    def _pressed(self, wanted: list[int], over: int) -> list[int]:
        """Return the widths with columns of words made narrower, the widest first; as they were where that is not enough."""
        widths, least = list(wanted), theme_px(PRESSED_UNITS)
        words = self._words()
        if sum(max(widths[place] - least, 0) for place in words) < over:
            return wanted
        for _ in range(over):
            widths[max(words, key=lambda place: widths[place])] -= 1
        return widths

    def _words(self) -> list[int]:
        return [place for place, column in enumerate(self._model.columns) if column.kind is ColumnKind.TEXT]

    def _share(self) -> None:
        room, contents, words = max(self.viewport().width(), theme_px(200)), self._contents(), self._words()
        lines, widths = 1, self._wanted(1, contents)
        if sum(widths) > room:
            lines, widths = 2, self._wanted(2, contents)
        widths = self._pressed(widths, sum(widths) - room)
        self._is_wide = sum(widths) > room
        takers = words or list(range(len(widths)))
        spare = max(0, room - sum(widths)) // len(takers)
        widths = [width + (spare if place in takers else 0) for place, width in enumerate(widths)]
        self.is_tall = lines > 1 and any(widths[place] < contents[place] for place in words)
        self.horizontalHeader().setFixedHeight(theme_px(HEAD_UNITS if lines == 1 else 2 * HEAD_UNITS - 14))
        for place, width in enumerate(widths):
            self.setColumnWidth(place, width)

    def _refit(self, *_: object) -> None:
        theme = current()
        before = self.sizeHint().height()
        self._share()
        self.verticalHeader().setDefaultSectionSize(theme.px(TALL_UNITS if self.is_tall else ROW_UNITS))
        self.updateGeometry()
        if self.sizeHint().height() != before or before != self._told:
            self._told = self.sizeHint().height()
            self.height_changed.emit()


def theme_px(units: float) -> int:
    """Return pixels of grid units."""
    return current().px(units)
