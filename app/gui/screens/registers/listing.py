"""A list with its search, its filters, its count and what it says when it is empty."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QWidget

from app.gui import icons
from app.gui.prefs import Prefs
from app.gui.screens.registers.rows import Column, RowsModel
from app.gui.screens.registers.table import TableView
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import button
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.flow import Flow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox
from app.gui.widgets.pages import Pages
from app.gui.widgets.search import PAUSE_MS, SearchBox

LEAST_LIST = 148  # a head and three rows


class Decorations:
    """Icons and colours of marks, made once per mode."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str, str], tuple[object, object]] = {}

    def __call__(self, name: str, token: str) -> tuple[object, object]:
        """Return the icon and the colour of a mark in the colours of now."""
        key = (name, token, current().colors.name)
        if key not in self._made:
            self._made[key] = (icons.icon(name, token), current().color(token))
        return self._made[key]


def on_key(owner: QWidget, keys: str, call: Callable[[], object]) -> None:
    """Call something when keys are pressed anywhere below a widget."""
    shortcut = QShortcut(QKeySequence(keys), owner)
    shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    shortcut.activated.connect(call)


class Pills(Flow):
    """A choice of one among few, side by side and in a second line where they must; arrow keys move."""

    chosen = Signal(str)

    def __init__(self, name: str, options: Sequence[tuple[str, str]]) -> None:
        super().__init__(gap=6)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._keys = [key for key, _ in options]
        for place, (_, text) in enumerate(options):
            made = button(text, kind="pill")
            made.setCheckable(True)
            made.setChecked(place == 0)
            made.setAccessibleName(f"{name} {text}")
            self._group.addButton(made, place)
            self.add(made)
        self._group.idToggled.connect(self._toggled)

    @property
    def value(self) -> str:
        """The key that is chosen."""
        return self._keys[max(self._group.checkedId(), 0)]

    def choose(self, key: str) -> None:
        """Choose by key."""
        self._group.button(self._keys.index(key)).setChecked(True)

    def rename(self, key: str, text: str) -> None:
        """Show other words for one choice."""
        self._group.button(self._keys.index(key)).setText(text)

    def hide_one(self, key: str, is_hidden: bool) -> None:
        """Hide one choice, or show it again."""
        self._group.button(self._keys.index(key)).setHidden(is_hidden)

    def _toggled(self, place: int, on: bool) -> None:
        if on:
            self.chosen.emit(self._keys[place])


class ListPane(QWidget):
    """A table with a bar above it. `asked` fires when the search wants other rows than the model can give."""

    asked = Signal(str)
    cleared = Signal()

    def __init__(
        self,
        columns: Sequence[Column[Any]],
        key: Callable[[Any], str],
        empty: EmptyState,
        *,
        name: str,
        search: str = "",
        model: RowsModel[Any] | None = None,
        asks: bool = False,
        pause_ms: int = PAUSE_MS,
        prefs: Prefs | None = None,
        memory: str = "",
        is_tall: bool = False,
        least: int = LEAST_LIST,
    ) -> None:
        super().__init__()
        self.model: RowsModel[Any] = model or RowsModel(columns, key, Decorations(), self)
        self.table = TableView(self.model, name, prefs=prefs, memory=memory, is_tall=is_tall)
        self._asks = asks
        self.column = vbox(self, gap=Space.BETWEEN)
        self.bar = hbox(gap=Space.INSIDE)
        self.search = sized(SearchBox(search, pause_ms), min_width=120, max_width=380)
        self.search.wanted.connect(self._wanted)
        self.bar.addWidget(self.search, 1)
        self.column.addLayout(self.bar)
        self.search.setVisible(bool(search))
        self._stack = Pages(least)
        self.empty = empty
        self.not_found = EmptyState(
            "search", tr("registers.found.title"), tr("registers.found.text"),
            action=tr("registers.found.clear"), on_action=self.clear,
        )  # fmt: skip
        for page in (self.table, self.empty, self.not_found):
            self._stack.addWidget(page)
        self.column.addWidget(self._stack, 1)
        self.count = label("", "secondary")
        self._is_narrowed = False
        copy = QAction(tr("widgets.copy"), self.table)
        copy.triggered.connect(self.table.copy)
        self.table.addAction(copy)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        if search:
            on_key(self, "Ctrl+F", self.focus_search)
        current().changed.connect(self._recolour)
        self.model.modelReset.connect(self._choose_page)
        self._choose_page()

    def put(self, rows: Sequence[Any], *, is_narrowed: bool = False) -> None:
        """Show rows; `is_narrowed` says that a filter outside left some out."""
        self._is_narrowed = is_narrowed
        self.model.put(rows)

    def clear(self) -> None:
        """Take the search and, by `cleared`, every filter away."""
        self.search.clear()
        self._wanted("")
        self.cleared.emit()

    def focus_search(self) -> None:
        """Go to the search."""
        self.search.setFocus()
        self.search.selectAll()

    def _wanted(self, text: str) -> None:
        if self._asks:
            self.asked.emit(text)
        else:
            self.model.narrow(text)

    def _choose_page(self) -> None:
        if self.model.rowCount():
            page: QWidget = self.table
        elif self.model.total or self._is_narrowed or self.search.text().strip():
            page = self.not_found
        else:
            page = self.empty
        self._stack.setCurrentWidget(page)

    def _recolour(self) -> None:
        self.table.fit()
        self.table.viewport().update()
