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
from checklists.schema import ColumnKind

ROW_UNITS = 32
HEAD_UNITS = 30
LEAST_UNITS = {ColumnKind.TEXT: 80, ColumnKind.DATE: 104, ColumnKind.MONEY: 84}


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
        painter.drawText(inner, align, metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width()))
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
        bar = self.horizontalScrollBar().sizeHint().height() if self._is_wide() else 0
        return QSize(
            theme.px(320),
            self.horizontalHeader().height() + self._model.rowCount() * theme.px(ROW_UNITS) + bar + 2,
        )

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

    def _wanted(self, lines: int) -> list[int]:
        """Return the width each column wants when its title may take this many lines."""
        theme = current()
        title = QFontMetrics(theme.font(Type.SECONDARY))
        body = QFontMetrics(theme.font(bold=True))
        wanted = []
        for place, column in enumerate(self._model.columns):
            letters = -(-len(column.title) // lines)
            heading = title.horizontalAdvance("字" * letters if lines > 1 else column.title)
            texts = [str(self._model.index(row, place).data() or "") for row in range(self._model.rowCount())]
            content = max((body.horizontalAdvance(text) for text in texts[-60:]), default=0)
            least = theme.px(LEAST_UNITS.get(column.kind, 52) - (0 if lines == 1 else 16))
            most = theme.px(1000 if column.kind in NUMERIC else 180 if lines == 1 else 104)
            wanted.append(max(least, heading + theme.px(28), min(most, content + theme.px(22))))
        return wanted

    def _lines(self) -> int:
        return 1 if sum(self._wanted(1)) <= max(self.viewport().width(), theme_px(200)) else 2

    def _is_wide(self) -> bool:
        return sum(self._wanted(2)) > max(self.viewport().width(), theme_px(200))

    def _share(self) -> None:
        lines = self._lines()
        self.horizontalHeader().setFixedHeight(theme_px(HEAD_UNITS if lines == 1 else 2 * HEAD_UNITS - 14))
        wanted = self._wanted(lines)
        spare = max(0, self.viewport().width() - sum(wanted))
        texts = [place for place, column in enumerate(self._model.columns) if column.kind is ColumnKind.TEXT]
        takers = texts or list(range(len(wanted)))
        for place, width in enumerate(wanted):
            self.setColumnWidth(place, width + (spare // len(takers) if place in takers else 0))

    def _refit(self, *_: object) -> None:
        theme = current()
        before = self.sizeHint().height()
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW_UNITS))
        self._share()
        self.updateGeometry()
        if self.sizeHint().height() != before or before != self._told:
            self._told = self.sizeHint().height()
            self.height_changed.emit()


def theme_px(units: float) -> int:
    """Return pixels of grid units."""
    return current().px(units)
