"""The table of all lists here: columns share the width there is, and what was current stays current."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.gui.prefs import Prefs
from app.gui.screens.registers.rows import Column, Index, RowsModel
from app.gui.theme import current
from app.gui.widgets import views

_SAMPLE = 60
_LEAST_SHARE = 88
# Units for the name, for other words, and for columns without a share (dates and numbers, which say nothing when cut):
# first gently, then as far as it goes; last of all, for states, whose shape and colour stay.
_LEAST_PRESSED = ((160, 128, 128), (128, 72, 112), (128, 72, 72), (88, 64, 64))
_LEAST_STATE = 112
_LEAST_NAME = 190
_NAME, _WORDS = 240, 128  # what a name and other words with a share are promised, where they need as much
_MOST = 300
_TALL = 52
_AIR = 24
_STRONG = 1.1


class TableView(views.TableView):
    """A table of a `RowsModel`; the first row is current until another is.

    `picked` carries None where no row is left. Hidden columns are remembered by place. `is_tall` gives each row two
    lines of words, for names and sentences that seldom fit into one.
    """

    def __init__(
        self,
        model: RowsModel[Any],
        name: str,
        parent: QWidget | None = None,
        *,
        prefs: Prefs | None = None,
        memory: str = "",
        is_tall: bool = False,
    ) -> None:
        self._is_tall = is_tall
        super().__init__(name)
        if parent is not None:
            self.setParent(parent)
        self._rows, self._kept = model, None
        self._left_out: set[int] = set()
        self._wanted: set[int] = set()
        self._shown_prefs, self._shown_memory = prefs, memory
        self.setItemDelegate(_Cell(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(is_tall)
        header = self.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSortIndicatorClearable(True)
        self.setModel(model)
        if prefs is not None:
            extra = ",".join(str(place) for place, one in enumerate(model.columns) if one.is_extra)
            for place in prefs.text(f"hidden/{memory}", extra).split(","):
                if place.isdigit() and 0 < int(place) < len(model.columns):
                    self.setColumnHidden(int(place), True)
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._recall)

    _kept: str | None
    takes_first = True
    _is_choosing = False

    @property
    def columns(self) -> tuple[Column[Any], ...]:
        """What the columns are."""
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
        """Copy the shown columns of the selected rows, or of all where none is selected, as a spreadsheet takes them."""
        header, columns = self.horizontalHeader(), self._rows.columns
        order = [header.logicalIndex(place) for place in range(header.count())]
        shown = [columns[place] for place in order if place in self._left_out or not self.isColumnHidden(place)]
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        values = [self._rows.at(row) for row in rows or range(self._rows.rowCount())]
        lines = [[column.title for column in shown]]
        lines += [[spreadsheet_cell(column.full(value)) for column in shown] for value in values]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))

    def fit_columns(self) -> None:
        """Leave the columns to `fit`, which knows the width there is."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out anew."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Give columns what their words need and the rest to those with a share; leave out what can be spared."""
        px = current().px
        shown = self._choose_shown()
        for place, column in shown:
            if not column.share:
                self.setColumnWidth(place, min(self._needed(place), px(_MOST)))
        free = max(self.viewport().width() - sum(self.columnWidth(place) for place, one in shown if not one.share), 0)
        for place, width in self._shared_out(free, {place: one for place, one in shown if one.share}).items():
            self.setColumnWidth(place, width)
        if shown and not any(one.share for _, one in shown):
            last, _ = shown[-1]
            self.setColumnWidth(last, self.columnWidth(last) + free)
        self._press({place: column for place, column in shown if not column.is_number})

    def _shared_out(self, free: int, columns: Mapping[int, Column[Any]]) -> dict[int, int]:
        """Return the width of each column by its share; what one does not need goes to those that need more."""
        needed = {place: self._needed(place) for place in columns}
        shares = sum(one.share for one in columns.values())
        spare = free - sum(needed.values())
        if spare >= 0:
            return {place: needed[place] + spare * one.share // shares for place, one in columns.items()}
        px = current().px
        promised = {place: min(needed[place], self._promise(one)) for place, one in columns.items()}
        widths: dict[int, int] = {}
        left = dict(columns)
        while left:
            shares = sum(one.share for one in left.values())
            parts = {place: free * one.share // shares for place, one in left.items()}
            # First those that need less than their part, then those whose part is less than they were promised.
            fixed = {place: needed[place] for place in left if needed[place] <= parts[place]}
            fixed = fixed or {place: promised[place] for place in left if parts[place] < promised[place]} or parts
            widths |= fixed
            free = max(free - sum(fixed.values()), 0)
            left = {place: one for place, one in left.items() if place not in fixed}
        least = {place: px(_LEAST_NAME if one.is_strong else _LEAST_SHARE) for place, one in columns.items()}
        return {place: max(width, min(needed[place], least[place])) for place, width in widths.items()}

    def _promise(self, column: Column[Any]) -> int:
        return current().px(_NAME if column.is_strong else _WORDS)

    def _fit(self) -> None:
        super()._fit()
        if self._is_tall:
            self.verticalHeader().setDefaultSectionSize(current().px(_TALL))

    def _choose_shown(self) -> list[tuple[int, Column[Any]]]:
        """Return the columns with their places after those were hidden for which there is no room."""
        px, room = current().px, self.viewport().width()
        self._is_choosing = True  # what is hidden and shown here is nobody's wish
        for place in self._left_out:
            self.setColumnHidden(place, False)
        self._left_out = set()
        shown = {place: one for place, one in enumerate(self._rows.columns) if not self.isColumnHidden(place)}
        widths = {
            place: min(self._needed(place), self._promise(one) if one.share else px(_MOST))
            for place, one in shown.items()
        }
        spare = [place for place, one in shown.items() if one.is_spare and place not in self._wanted]
        while spare and sum(widths.values()) > room > 0:
            place = spare.pop()
            self._left_out.add(place)
            self.setColumnHidden(place, True)
            del shown[place], widths[place]
        self._is_choosing = False
        return list(shown.items())

    def _press(self, columns: Mapping[int, Column[Any]]) -> None:
        """Cut the widest columns of words where that makes sideways scrolling needless; their whole text is a tooltip."""
        over = self.horizontalHeader().length() - self.viewport().width()
        if over <= 0:
            return
        px, words = current().px, {place: one for place, one in columns.items() if one.mark is None}
        tries = [
            {place: px(strong if one.is_strong else other if one.share else whole) for place, one in words.items()}
            for strong, other, whole in _LEAST_PRESSED
        ]
        tries.append(tries[-1] | {place: px(_LEAST_STATE) for place in columns.keys() - words.keys()})
        for least in tries:
            spare = {place: max(self.columnWidth(place) - units, 0) for place, units in least.items()}
            if over <= sum(spare.values()):
                break
        else:
            return
        for _ in range(over):
            spare[max(spare, key=lambda place: spare[place])] -= 1
        for place, left in spare.items():
            self.setColumnWidth(place, min(self.columnWidth(place), least[place] + left))

    def _needed(self, place: int) -> int:
        column = self._rows.columns[place]
        metrics = self.fontMetrics()
        values = (self._rows.at(row) for row in range(min(self._rows.rowCount(), _SAMPLE)))
        texts = [column.text(value) for value in values if value is not None]
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
        widest = round(widest * _STRONG) if column.is_strong else widest
        shape = metrics.height() * 1.5 if column.mark is not None else 0
        title = metrics.horizontalAdvance(column.title) + metrics.height()
        return round(max(widest + shape, title)) + current().px(_AIR)

    def _remember(self, *_: int) -> None:
        if self._is_choosing:
            return
        asked = {place for place in self._left_out if not self.isColumnHidden(place)}
        self._wanted |= asked
        self._left_out -= asked
        if self._shown_prefs is not None and self._shown_memory and self.isVisible():
            hidden = [
                str(place) for place in range(len(self._rows.columns))
                if self.isColumnHidden(place) and place not in self._left_out
            ]  # fmt: skip
            self._shown_prefs.set(f"hidden/{self._shown_memory}", ",".join(hidden))

    def _keep(self) -> None:
        self._kept = self._rows.key_at(self.currentIndex().row())

    def _recall(self) -> None:
        self.fit()
        if self._kept is not None and self.choose(self._kept):
            return
        first = self._rows.key_at(0) if self.takes_first else None
        if first is None or not self.choose(first):
            self.picked.emit(None)


def spreadsheet_cell(text: str) -> str:
    """Return one line of text in which no spreadsheet sees a formula."""
    line = " ".join(text.split())
    is_formula = line[:1] in ("=", "+", "@") or (line[:1] == "-" and not line[1:2].isdigit())
    return f"'{line}" if is_formula else line


class _Cell(QStyledItemDelegate):
    """Makes the strong columns strong, and cuts words where they say least."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Set weight and cut of the cell."""
        super().initStyleOption(option, index)
        table = self.parent()
        if not isinstance(table, TableView):
            return
        column = table.columns[index.column()]
        # Names and numbers of one office differ at their ends; what a sentence is about stands at its beginning.
        is_sentence = table.wordWrap() or ((column.share or column.mark is not None) and not column.is_strong)
        option.textElideMode = Qt.TextElideMode.ElideRight if is_sentence else Qt.TextElideMode.ElideMiddle
        if column.is_strong:
            font = option.font
            font.setWeight(font.Weight.DemiBold)
            option.font = font
