"""A list beside what is known of the row chosen in it; the parts that all registers share."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from app.core.outcome import Outcome
from app.gui.screen import Context
from app.gui.screens.registers.listing import ListPane
from app.gui.screens.registers.record_form import RecordForm
from app.gui.texts import tr
from app.gui.widgets.layout import sized, vbox

WIDEST = 460
BESIDE = 36  # percent of the width


class RegisterPane(QWidget):
    """A list and the form of its current row; a form with unsaved words is never replaced behind one's back."""

    def __init__(
        self,
        context: Context,
        listing: ListPane,
        form: RecordForm[Any],
        detail: QWidget | None = None,
    ) -> None:
        """Build the pane.

        Args:
            detail: What stands beside the list where that is more than the form; it holds the form.
        """
        super().__init__()
        self._context, self.list, self.form = context, listing, form
        self._wanted: str | None = None
        self._was_shown = False
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        left = QWidget()
        column = vbox(left, margin=(0, 0, 12, 0))
        column.addWidget(listing, 1)
        column.addWidget(listing.count)
        self.split.addWidget(left)
        right = QWidget()
        side = vbox(right, margin=(12, 0, 0, 0))
        side.addWidget(detail or form)
        self.split.addWidget(right)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        sized(left, min_width=212)
        sized(right, min_width=340, max_width=WIDEST)
        vbox(self).addWidget(self.split)
        right.hide()
        self._right = right
        listing.table.picked.connect(self._picked)
        listing.table.opened.connect(self._edit)
        listing.model.modelReset.connect(self._count)
        listing.empty.wanted.connect(self.new)
        form.wanted.connect(self._save)
        form.given_up.connect(self._back)

    @abstractmethod
    def read(self, wanted: str | None = None) -> None:
        """Read the rows anew."""

    @abstractmethod
    def count_words(self, shown: int) -> str:
        """Return how many rows are shown, in words."""

    @abstractmethod
    def saver(self) -> Callable[[Any], Outcome[Any]]:
        """Return the use case that saves."""

    def show_more(self, entry: Any) -> None:
        """Show what is known of a row beside its form; None for a new one."""

    def new(self) -> None:
        """Begin a new entry."""
        self.form.put(self.form.empty)
        self.show_more(None)
        self._reveal(True)
        self.form.focus_first()

    def give_up(self) -> bool:
        """Show what is stored again; False where nothing was changed."""
        if self._is_busy:
            self.form.discard()
            return True
        return False

    def show_rows(self, rows: tuple[Any, ...], *, is_narrowed: bool) -> None:
        """Show rows and choose the one that was asked for."""
        self.list.put(rows, is_narrowed=is_narrowed)
        if self._wanted and self.list.table.choose(self._wanted):
            self._wanted = None

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter leaves rows out."""
        return bool(self.list.search.text().strip())

    @property
    def _is_busy(self) -> bool:
        return self._right.isVisible() and (self.form.is_changed or not self.form.shown.id)

    def _picked(self, entry: Any) -> None:
        if self._is_busy:
            return
        self._reveal(entry is not None)
        if entry is not None:
            self.form.put(entry)
            self.show_more(entry)

    def _edit(self, entry: Any) -> None:
        if not self._is_busy:
            self.form.put(entry)
            self.show_more(entry)
            self._reveal(True)
        self.form.focus_first()

    def _reveal(self, on: bool) -> None:
        """Show what is beside the list; at first it takes as little as it needs."""
        is_first = on and not self._right.isVisible() and not self._was_shown and self.width() > 0
        self._right.setVisible(on)
        if is_first:
            self._was_shown = True
            beside = max(self._right.minimumWidth(), self.width() * BESIDE // 100)
            self.split.setSizes([self.width() - beside, beside])

    def _back(self) -> None:
        self._right.hide()
        self._picked(self.list.table.current())
        self.list.table.setFocus()

    def _save(self, entry: Any) -> None:
        save = self.saver()
        self._context.runner.run_write(
            lambda: save(entry), self._saved, self._context.notices.error, owner=self
        )

    def _saved(self, outcome: Outcome[Any]) -> None:
        self._wanted = outcome.value.id
        self.form.put(outcome.value)
        self.show_more(outcome.value)
        self._context.notices.toast(tr("registers.saved", name=outcome.value.name))
        self.read(self._wanted)

    def _count(self) -> None:
        self.list.count.setText(self.count_words(self.list.model.rowCount()))
