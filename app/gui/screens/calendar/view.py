"""The calendar: a month or a week of planned visits and deadlines, what stands on the chosen day, who has how much."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from app.core.clock import today
from app.core.task_views import Agenda, AgendaItem, Load
from app.gui.screen import Context, Screen
from app.gui.screens.calendar.grid import WEEK, DaysModel, DaysView, moved, span, tone_of, words_of
from app.gui.screens.registers.listing import Decorations, Pills, on_key
from app.gui.screens.registers.rows import Column, RowsModel
from app.gui.screens.registers.table import TableView
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button, icon_button
from app.gui.widgets.card import Card
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import beside_or_below, hbox, scrolled, sized, vbox

if TYPE_CHECKING:
    from app.core.outcome import Change

TABLES = {"task", "lead", "person", "institution", "sync"}
MODES = ("month", "week")
SIDE_BY_SIDE = 900
GRID_HEIGHT, LIST_HEIGHT = 280, 110


class CalendarScreen(Screen):
    """Month or week; Enter on a day goes to its entries, Enter on an entry to its task or lead."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._day = self._today()
        self.modes = Pills(tr("calendar.mode"), [(one, tr(f"calendar.mode.{one}")) for one in MODES])
        self.modes.chosen.connect(self._mode_chosen)
        self.period = label("", "section")
        self.unplanned = ElidedLabel("", "secondary")
        bar = hbox(gap=Space.INSIDE)
        bar.addWidget(icon_button("previous", tr("calendar.previous"), self.previous))
        bar.addWidget(self.period)
        bar.addWidget(icon_button("next", tr("calendar.next"), self.following))
        bar.addWidget(button(tr("calendar.now"), self.now, kind="quiet"))
        bar.addWidget(self.unplanned, 1)
        bar.addWidget(self.modes)
        self.days = DaysModel(self)
        self.grid = DaysView(self.days)
        self.grid.selectionModel().currentChanged.connect(self._day_chosen)
        self.grid.activated.connect(self._enter_day)
        self.entries: RowsModel[AgendaItem] = RowsModel(_entry_columns(), _key, Decorations(), self)
        self.list = TableView(self.entries, tr("calendar.entries"))
        self.list.opened.connect(self._open)
        self.loads: RowsModel[Load] = RowsModel(_load_columns(), lambda one: one.person, Decorations(), self)
        self.load_table = TableView(self.loads, tr("calendar.loads"))
        self._day_card, load_card = Card(tr("calendar.entries")), Card(tr("calendar.loads"))
        self.nothing = label(tr("calendar.nothing"), "muted")
        self._day_card.body.addWidget(self.nothing)
        self._day_card.body.addWidget(self.list, 1)
        load_card.body.addWidget(self.load_table, 1)
        side = QWidget()
        column = vbox(side, gap=Space.BETWEEN)
        column.addWidget(self._day_card, 3)
        column.addWidget(load_card, 2)
        self._side = sized(side, min_width=280)
        for one, height in ((self.grid, GRID_HEIGHT), (self.list, LIST_HEIGHT), (self.load_table, LIST_HEIGHT)):
            sized(one, min_height=height)
        page = QWidget()
        outer = vbox(page, margin=Space.PAGE, gap=Space.BETWEEN)
        vbox(self).addWidget(scrolled(page))
        outer.addLayout(bar)
        self._parts: QBoxLayout = hbox(gap=Space.CARD)
        self._parts.addWidget(self.grid, 5)
        self._parts.addWidget(self._side, 3)
        outer.addLayout(self._parts, 1)
        for keys, call in (
            ("PgUp", self.previous), ("PgDown", self.following), ("Home", self.now), ("M", self._month), ("W", self._week),
        ):  # fmt: skip
            on_key(self, keys, call)

    @property
    def is_month(self) -> bool:
        """Whether a month is shown, not a week."""
        return self.modes.value == "month"

    def open(self, **params: Any) -> None:
        """Show the period around today, or around `day` (ISO)."""
        self.set_heading(tr("calendar.title"))
        self._day = dt.date.fromisoformat(params["day"]) if params.get("day") else self._today()
        self._read()
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Reload where tasks, leads or people changed."""
        if not changes or any(change.table in TABLES for change in changes):
            self._read()

    def escape(self) -> bool:
        """Go from the entries back to the days."""
        if self.list.hasFocus():
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        names = (("←→↑↓", "move"), ("PgUp PgDn", "page"), ("Home", "today"), ("M W", "mode"), ("Enter", "open"))
        return tuple((keys, tr(f"calendar.key.{name}")) for keys, name in names)

    def previous(self) -> None:
        """Show the month or week before."""
        self._move(-1)

    def following(self) -> None:
        """Show the month or week after."""
        self._move(1)

    def now(self) -> None:
        """Show today."""
        self._go(self._today())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the side below the days where the window is narrow."""
        super().resizeEvent(event)
        beside_or_below(self._parts, event.size().width(), SIDE_BY_SIDE)

    def _today(self) -> dt.date:
        return today(self.context.services.clock())

    def _move(self, step: int) -> None:
        self._go(moved(self._day, step) if self.is_month else self._day + dt.timedelta(WEEK * step))

    def _go(self, day: dt.date) -> None:
        self._day = day
        self._read()

    def _month(self) -> None:
        self.modes.choose("month")

    def _week(self) -> None:
        self.modes.choose("week")

    def _mode_chosen(self, _mode: str) -> None:
        self._read()

    def _read(self) -> None:
        first, last = span(self._day, is_month=self.is_month)
        agenda = self.context.services.tasks.agenda
        self.context.runner.run_read(lambda: agenda(first, last), self._show, owner=self, key="agenda")

    def _show(self, agenda: Agenda) -> None:
        self.days.put(agenda, self._today(), self._day.month if self.is_month else 0)
        key = "calendar.period.month" if self.is_month else "calendar.period.week"
        self.period.setText(tr(key, year=self._day.year, month=self._day.month, first=agenda.first, last=agenda.last))
        self.unplanned.setText(tr("calendar.unplanned", count=agenda.unplanned) if agenda.unplanned else "")
        self.loads.put(agenda.loads)
        self.grid.choose(self._day)
        self._show_day()

    def _day_chosen(self, index: QModelIndex, _old: QModelIndex) -> None:
        if index.isValid():
            self._day = self.days.day_at(index)
            self._show_day()

    def _show_day(self) -> None:
        items = self.days.items_on(self._day)
        off = tr("calendar.off") if self.days.is_off(self._day) else ""
        self._day_card.title.setText(tr("calendar.day", day=self._day.isoformat(), count=len(items), off=off))
        self.entries.put(items)
        self.list.setVisible(bool(items))
        self.nothing.setVisible(not items)

    def _enter_day(self, _index: QModelIndex) -> None:
        if self.entries.rowCount():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            self.list.selectRow(0)

    def _open(self, item: AgendaItem) -> None:
        if item.task is not None:
            self.context.go("tasks", task=item.task, brief=True)
        else:
            self.context.go("leads", lead=item.lead)


def _entry_columns() -> tuple[Column[AgendaItem], ...]:
    return (
        Column(
            tr("calendar.column.entry"), lambda one: words_of(one), share=3, is_strong=True,
            mark=lambda one: ("warning" if one.is_late else "calendar" if one.entry == "visit" else "time", tone_of(one)),
        ),
        Column(tr("calendar.column.team"), lambda one: tr("widgets.and").join(one.team), share=2, is_spare=True),
        Column(tr("calendar.column.number"), lambda one: one.number, is_spare=True),
    )  # fmt: skip


def _load_columns() -> tuple[Column[Load], ...]:
    return (
        Column(tr("calendar.column.person"), lambda one: one.name, share=1),
        Column(tr("calendar.column.visits"), lambda one: str(one.visits), order=lambda one: one.visits, is_number=True),
        Column(tr("calendar.column.due"), lambda one: str(one.due), order=lambda one: one.due, is_number=True),
        Column(
            tr("calendar.column.crowded"), lambda one: str(len(one.crowded)) if one.crowded else "",
            order=lambda one: len(one.crowded), is_number=True, is_spare=True,
        ),
    )  # fmt: skip


def _key(item: AgendaItem) -> str:
    return f"{item.entry}:{item.task or item.lead}"
