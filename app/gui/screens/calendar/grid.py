"""Days as a grid: a month of whole weeks or one week; each cell says what stands on its day."""

import datetime as dt
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from app.core.task_views import Agenda, AgendaItem, Entry
from app.gui.models.tuples import NOWHERE, Index
from app.gui.signs import seen
from app.gui.texts import tr
from app.gui.theme import Type, current
from app.gui.widgets.delegates import broken, draw_text

WEEK = 7
DAY = dt.timedelta(1)
CELL = Qt.ItemDataRole.UserRole + 21
_TONES = {Entry.VISIT: "accent", Entry.DUE: "open", Entry.LEAD_CHECK: "open", Entry.LEAD_ANSWER: "open"}
_LINE, _GAP = 18, 6


def span(day: dt.date, *, is_month: bool) -> tuple[dt.date, dt.date]:
    """Return the first and last day shown around a day: whole weeks from Monday."""
    first = day.replace(day=1) if is_month else day
    last = (first.replace(day=28) + 4 * DAY).replace(day=1) - DAY if is_month else day
    return first - first.weekday() * DAY, last + (WEEK - 1 - last.weekday()) * DAY


def words_of(item: AgendaItem) -> str:
    """Return an entry in a few words."""
    return tr(f"calendar.entry.{item.entry}", title=item.title)


def tone_of(item: AgendaItem) -> str:
    """Return the colour of an entry; what is late is never said by colour alone."""
    return "bad" if item.is_late else _TONES[item.entry]


class DaysModel(QAbstractTableModel):
    """Seven days a row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.first, self._weeks, self._month, self._today = dt.date(2026, 1, 5), 0, 0, dt.date(2026, 1, 5)
        self._items: dict[dt.date, tuple[AgendaItem, ...]] = {}
        self._off: frozenset[dt.date] = frozenset()

    def put(self, agenda: Agenda, today: dt.date, month: int) -> None:
        """Show a period; days outside the month are quieter, 0 for none."""
        self.beginResetModel()
        self.first, self._weeks = agenda.first, ((agenda.last - agenda.first).days + 1) // WEEK
        self._month, self._today, self._off = month, today, agenda.off
        self._items = {}
        for item in agenda.items:
            self._items[item.day] = (*self._items.get(item.day, ()), item)
        self.endResetModel()

    def day_at(self, index: Index) -> dt.date:
        """Return the day of a cell."""
        return self.first + (index.row() * WEEK + index.column()) * DAY

    def index_of(self, day: dt.date) -> QModelIndex:
        """Return the cell of a day, invalid outside."""
        place = (day - self.first).days
        return self.index(place // WEEK, place % WEEK) if 0 <= place < self._weeks * WEEK else QModelIndex()

    def items_on(self, day: dt.date) -> tuple[AgendaItem, ...]:
        """Return what stands on a day."""
        return self._items.get(day, ())

    def is_off(self, day: dt.date) -> bool:
        """Return whether a day is not worked."""
        return day in self._off

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return how many weeks are shown."""
        return 0 if parent.isValid() else self._weeks

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Return seven."""
        return 0 if parent.isValid() else WEEK

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the name of a weekday."""
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return tr(f"calendar.weekday.{section + 1}")
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the day of a cell and how it is read aloud."""
        if not index.isValid():
            return None
        day = self.day_at(index)
        items = self.items_on(day)
        if role == CELL:
            is_other = bool(self._month) and day.month != self._month
            return day, items, is_other, day in self._off, day == self._today
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return "\n".join((day.isoformat(), *map(words_of, items))) if items else day.isoformat()
        return None


class _DayCell(QStyledItemDelegate):
    """Paints a day: its number, and as many entries as there is room for, whole where there is room for that."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        day, items, is_other, is_off, is_today = index.data(CELL)
        theme = current()
        colors, area = theme.colors, QRectF(option.rect)
        painter.save()
        painter.fillRect(area, QColor(colors.surface2 if is_off or is_other else colors.surface1))
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(colors.accent_soft))
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.drawRect(area)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(colors.accent), 2))
            painter.drawRect(area.adjusted(1, 1, -2, -2))
        inner = area.adjusted(theme.px(6), theme.px(4), -theme.px(6), -theme.px(4))
        line = theme.px(_LINE)
        head = QRectF(inner.x(), inner.y(), inner.width(), line)
        number = tr("calendar.today", day=day.day) if is_today else str(day.day)
        tone = colors.accent if is_today else colors.text3 if is_other else colors.text1
        draw_text(painter, head, number, tone, Type.SECONDARY, bold=is_today)
        self._paint_items(painter, head, max(int((inner.height() - line) // line), 0), items)
        painter.restore()

    def _paint_items(self, painter: QPainter, head: QRectF, room: int, items: tuple[AgendaItem, ...]) -> None:
        """Paint entries in the `room` lines below the number of a day; what lines they leave are shared out among them."""
        theme, line = current(), head.height()
        shown = items if len(items) <= room else items[: max(room - 1, 0)]
        texts = [(_cell_words(item), theme.colors.tone(tone_of(item))) for item in shown]
        if more := len(items) - len(shown):
            texts.append((tr("calendar.more" if shown else "calendar.count", count=more), theme.colors.text2))
        spare, parts = max(room - len(texts), 0), []
        for words, tone in texts:
            parts.append((broken(words, theme.font(Type.SECONDARY), head.width(), most=1 + spare), tone))
            spare -= len(parts[-1][0]) - 1
        gap = min(theme.px(_GAP), spare * line / max(len(parts), 1))
        row = head.translated(0, line)
        for lines, tone in parts:
            for one in lines:
                draw_text(painter, row, one, tone, Type.SECONDARY)
                row.translate(0, line)
            row.translate(0, gap)


def _cell_words(item: AgendaItem) -> str:
    words = tr(f"calendar.cell.{item.entry}", title=item.title)
    return seen(tr("calendar.late", words=words) if item.is_late else words)


class DaysView(QTableView):
    """The grid; arrow keys move by days and weeks."""

    def __init__(self, model: DaysModel) -> None:
        super().__init__()
        self.setAccessibleName(tr("calendar.grid"))
        self.setModel(model)
        self.setItemDelegate(_DayCell(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
            header.setMinimumSectionSize(8)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.horizontalHeader().setHighlightSections(False)

    def choose(self, day: dt.date) -> None:
        """Make a day the current one."""
        model = self.model()
        assert isinstance(model, DaysModel)
        index = model.index_of(day)
        if index.isValid():
            self.setCurrentIndex(index)


def moved(day: dt.date, months: int) -> dt.date:
    """Return the same day of another month, or its last."""
    place = day.year * 12 + day.month - 1 + months
    first = dt.date(place // 12, place % 12 + 1, 1)
    last = (first.replace(day=28) + 4 * DAY).replace(day=1) - DAY
    return min(first + (day.day - 1) * DAY, last)
