"""What an institution declared beside what a visit found."""

import datetime as dt

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from app.core.clock import local
from app.core.errors import Refused
from app.core.ids import InspectionId
from app.core.self_checks import Comparison
from app.gui.messages import sentence
from app.gui.screens.selfcheck import tables, words
from app.gui.screens.selfcheck.tables import Listed
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, vbox


class ComparedPane(QWidget):
    """The comparison with one visit, and what the rules may mean for it."""

    chosen = Signal(object)
    marked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._visits: tuple[InspectionId, ...] = ()
        self._is_back = False
        column = vbox(self, gap=Space.INSIDE)
        line = hbox(gap=Space.INSIDE)
        line.addWidget(label(tr("selfcheck.visit"), "secondary"))
        self.visit = QComboBox()
        self.visit.setAccessibleName(tr("selfcheck.visit"))
        self.visit.activated.connect(self.begin)
        line.addWidget(self.visit)
        self.sums = label("", "strong")
        line.addWidget(self.sums, 1)
        self.mark = button(tr("selfcheck.mark"), self._mark, icon="check")
        line.addWidget(self.mark)
        column.addLayout(line)
        self.hints = label("", "secondary", tone="open", wrap=True)
        self.list = Listed(
            tables.comparison(), lambda one: f"{one.item}/{one.title}", tr("selfcheck.part.compare"), tr("selfcheck.no_visit")
        )
        column.addWidget(self.list, 1)
        column.addWidget(self.hints)

    def put(self, visits: tuple[tuple[InspectionId, dt.datetime], ...], compared_with: str, *, is_back: bool) -> None:
        """Offer visits, the one compared last first."""
        kept = self.visit.currentData() or compared_with
        self._is_back, self._visits = is_back, tuple(one for one, _ in visits)
        self.visit.clear()
        for visit, at in visits:
            self.visit.addItem(f"{local(at):%Y-%m-%d %H:%M}", visit)
        if kept in self._visits:
            self.visit.setCurrentIndex(self._visits.index(kept))
        self.begin()

    def begin(self) -> None:
        """Compare with the visit that is chosen."""
        can = self._is_back and bool(self._visits)
        for one in (self.visit, self.mark):
            one.setEnabled(can)
        if can and self.isVisible():
            self.chosen.emit(self.visit.currentData())
        elif not can:
            self.sums.setText("")
            self.hints.hide()
            self.list.none.setText(tr("selfcheck.no_visit" if self._is_back else "selfcheck.nothing_returned"))
            self.list.put(())

    def show_comparison(self, found: Comparison) -> None:
        """Show declared beside found."""
        self.sums.setText(tr("selfcheck.sums", declared=words.money(found.declared_cny), found=words.money(found.found_cny)))
        told = [tr("selfcheck.hint", text=one.text, clause=one.clause) for one in found.hints]
        self.hints.setText("\n".join(told))
        self.hints.setVisible(bool(told))
        self.list.put(found.lines)

    def say(self, error: Refused) -> None:
        """Say why there is nothing to compare."""
        self.list.none.setText(sentence(error))
        self.list.put(())

    def _mark(self) -> None:
        if self.visit.currentData() is not None:
            self.marked.emit(self.visit.currentData())
