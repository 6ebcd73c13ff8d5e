"""Choose what evidence proves: an item, a finding or an interview."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.gui.models.tuples import TupleListModel
from app.gui.screens.evidence.ops import Target
from app.gui.texts import tr
from app.gui.widgets.asked import Asked
from app.gui.widgets.buttons import button
from app.gui.widgets.delegates import RowDelegate, RowLook
from app.gui.widgets.layout import sized
from app.gui.widgets.search import SearchBox
from app.gui.widgets.views import RowsView


class LinkDialog(Asked):
    """A list with a search; `chosen` carries the target. Show it with `open()`."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, targets: Sequence[Target], count: int) -> None:
        super().__init__(parent, tr("evidence.link_about", count=count), 560, 480)
        self._targets = tuple(targets)
        column = self.column
        self.search = SearchBox(tr("evidence.link_search"))
        self.search.wanted.connect(self._filter)
        column.addWidget(self.search)
        self._model: TupleListModel[Target] = TupleListModel(_spoken, lambda one: one.link)
        self._model.setParent(self)
        self.list = RowsView(tr("evidence.link_title"), RowDelegate(_look))
        self.list.setModel(self._model)
        self.list.opened.connect(self._choose)
        column.addWidget(sized(self.list, min_height=120), 1)
        self.yes = button(tr("evidence.link"), self._choose_current, kind="primary")
        self.answer(button(tr("widgets.cancel"), self.reject), self.yes)
        self._filter("")
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _filter(self, text: str) -> None:
        wanted = text.casefold()
        self._model.set_rows([one for one in self._targets if wanted in f"{one.code} {one.title}".casefold()])
        if self._model.rowCount():
            self.list.setCurrentIndex(self._model.index(0, 0))
        self.yes.setEnabled(self._model.rowCount() > 0)

    def _choose_current(self) -> None:
        one = self._model.row_at(self.list.currentIndex())
        if one is not None:
            self._choose(one)

    def _choose(self, one: Target) -> None:
        self.accept()
        self.chosen.emit(one)


def _look(one: Target) -> RowLook:
    return RowLook(one.code, one.title, badge=tr(f"evidence.target_{one.link.target_kind}"))


def _spoken(one: Target) -> str:
    return f"{tr(f'evidence.target_{one.link.target_kind}')} {one.code} {one.title}"
