"""The question which kind of paper to draft: all kinds, found by a few characters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.gui.models.tuples import TupleListModel
from app.gui.texts import tr
from app.gui.widgets.asked import Asked
from app.gui.widgets.buttons import button
from app.gui.widgets.delegates import RowDelegate, RowLook
from app.gui.widgets.layout import sized
from app.gui.widgets.search import SearchBox
from app.gui.widgets.views import RowsView

_LEVELS = ("required", "conditional", "extra", "")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind that can be drafted. `level` as the task's path has it, or empty; `when` why or in which case."""

    id: str
    title: str
    level: str = ""
    when: str = ""


class KindDialog(Asked):
    """Typing narrows, arrows move, Enter drafts. `chosen` carries the id of a kind."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget, kinds: Sequence[Kind]) -> None:
        super().__init__(parent, tr("papers.new_title"), 520, 480)
        self._kinds = tuple(kinds)
        column = self.column
        self.search = SearchBox(tr("papers.new_search"))
        self.search.wanted.connect(self._narrow)
        self.search.textChanged.connect(self._narrow)
        self.search.installEventFilter(self)
        column.addWidget(self.search)
        self._model: TupleListModel[Kind] = TupleListModel(lambda kind: kind.title, lambda kind: kind.id, self)
        self.list = RowsView(tr("papers.new_title"), RowDelegate(_look))
        self.list.setModel(self._model)
        self.list.opened.connect(self._take)
        column.addWidget(sized(self.list, min_height=120), 1)
        self.yes = button(tr("papers.step.draft"), self._take_current, kind="primary")
        self.answer(button(tr("widgets.cancel"), self.reject), self.yes)
        self._narrow("")
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give arrows and Enter of the search to the list."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._move(1 if key == Qt.Key.Key_Down else -1)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._narrow(self.search.text())
                self._take_current()
                return True
        return super().eventFilter(watched, event)

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        self._model.set_rows([one for one in self._kinds if all(word in one.title for word in words)])
        if not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self._model.index(0, 0))
        self.yes.setEnabled(self._model.rowCount() > 0)

    def _move(self, by: int) -> None:
        at = min(max(self.list.currentIndex().row() + by, 0), self._model.rowCount() - 1)
        self.list.setCurrentIndex(self._model.index(at, 0) if at >= 0 else QModelIndex())

    def _take_current(self) -> None:
        kind = self._model.row_at(self.list.currentIndex())
        if kind is not None:
            self._take(kind)

    def _take(self, kind: Kind) -> None:
        self.accept()
        self.chosen.emit(kind.id)


def offered(kinds: Sequence[tuple[str, str]], needs: Mapping[str, tuple[str, str]]) -> tuple[Kind, ...]:
    """Return the kinds as they are offered, those that the work asks for first; `needs` is level and case by kind."""
    found = [Kind(one, title, *needs.get(one, ("", ""))) for one, title in kinds]
    return tuple(sorted(found, key=lambda kind: _LEVELS.index(kind.level) if kind.level in _LEVELS else len(_LEVELS)))


def _look(kind: Kind) -> RowLook:
    words = tr(f"papers.level.{kind.level}") if kind.level else ""
    tone = {"required": "accent", "forbidden": "bad"}.get(kind.level, "none")
    return RowLook(kind.title, detail=kind.when, badge=words, badge_tone=tone)
