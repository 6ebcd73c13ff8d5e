"""A line in which an institution is chosen from the register by typing a part of it or its initials."""

from typing import Any

from PySide6.QtCore import QModelIndex, QTimer, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLineEdit

from app.core.ids import InstitutionId
from app.core.places import Institution
from app.gui.models.tuples import ROW
from app.gui.screen import Context
from app.gui.texts import tr

OFFERED = 8
PAUSE_MS = 60


class PlaceLine(QLineEdit):
    """Offers what fits below itself; `value` is an id, empty until one is chosen. Emptying the line takes it back."""

    chosen = Signal(object)

    def __init__(self, context: Context, name: str) -> None:
        super().__init__()
        self._context = context
        self.value = InstitutionId("")
        self.setAccessibleName(name)
        self.setPlaceholderText(tr("registers.place.hint"))
        self.setClearButtonEnabled(True)
        self._offers = QStandardItemModel(self)
        self._completer = QCompleter(self._offers, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(OFFERED)
        self._completer.setWidget(self)
        activated: Any = self._completer.activated
        activated[QModelIndex].connect(self._take)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._look)
        self.textEdited.connect(self._typed)

    def put(self, place: InstitutionId, name: str) -> None:
        """Show an institution, or none."""
        self.value = place
        self.setText(name)
        self.setCursorPosition(0)

    @property
    def is_open(self) -> bool:
        """Whether something is typed of which nothing was chosen."""
        return bool(self.text().strip()) and not self.value

    def _typed(self, _text: str) -> None:
        self.value = InstitutionId("")
        self._pause.start()

    def _look(self) -> None:
        text, find = self.text().strip(), self._context.services.institutions.find
        if text:
            self._context.runner.run_read(
                lambda: find(text, limit=OFFERED), self._offer, owner=self, key="offer"
            )

    def _offer(self, found: tuple[Institution, ...]) -> None:
        self._offers.clear()
        for one in found:
            item = QStandardItem(f"{one.name}　{one.address}" if one.address else one.name)
            item.setData(one, ROW)
            self._offers.appendRow(item)
        popup = self._completer.popup()
        if found and self.hasFocus():
            self._completer.complete()
        elif popup is not None:
            popup.hide()

    def _take(self, index: QModelIndex) -> None:
        # Qt writes the offer's words into the line after this.
        QTimer.singleShot(0, self, lambda: self.take(index.data(ROW)))

    def take(self, place: Institution) -> None:
        """Choose an institution."""
        self.put(place.id, place.name)
        self.chosen.emit(place)
