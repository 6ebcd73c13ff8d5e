"""A new plan: which template, under what title, for which year."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.gui.screens.plans.fields import LineField
from app.gui.screens.registers.listing import Decorations, on_key
from app.gui.screens.registers.rows import Column, RowsModel
from app.gui.screens.registers.table import TableView
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import NumberEdit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import emptied, hbox, scrolled, vbox
from checklists.plan_templates import PlanTemplate, filled


class NewPlan(QWidget):
    """Templates at the left, what the chosen one says at the right. `wanted` carries template id, title and year."""

    wanted = Signal(str, str, int)
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        columns: tuple[Column[PlanTemplate], ...] = (
            Column(tr("plans.new.template"), lambda one: one.title, share=1, is_strong=True),
            Column(tr("plans.new.id"), lambda one: one.id),
        )
        self.model: RowsModel[PlanTemplate] = RowsModel(
            columns, lambda one: one.id or "-", Decorations(), self
        )
        self.table = TableView(self.model, tr("plans.new.template"), is_tall=True)
        self.table.setSortingEnabled(False)
        self._office = ""
        row = hbox(gap=Space.CARD)
        left = Card(margin=Space.BETWEEN)
        left.body.addWidget(self.table, 1)
        row.addWidget(left, 5)
        right = Card()
        self.name = label("", "section", wrap=True)
        self.summary = label("", "body", wrap=True)
        right.body.addWidget(self.name)
        right.body.addWidget(self.summary)
        self.title = LineField(tr("plans.field.title"))
        self.year = NumberEdit(tr("plans.field.year"))
        line = hbox(gap=Space.BETWEEN)
        self._title_row = FormRow(tr("plans.field.title"), self.title, required=True)
        line.addWidget(self._title_row, 4)
        line.addWidget(FormRow(tr("plans.field.year"), self.year, required=True), 1)
        right.body.addLayout(line)
        inner = QWidget()
        self._quotes = vbox(inner, gap=Space.INSIDE)
        right.body.addWidget(scrolled(inner), 1)
        foot = hbox(gap=Space.INSIDE)
        foot.addStretch(1)
        foot.addWidget(button(tr("plans.new.cancel"), self.given_up.emit))
        self.make_button = button(tr("plans.new.make"), self.make, kind="primary")
        foot.addWidget(self.make_button)
        right.body.addLayout(foot)
        row.addWidget(right, 6)
        column = vbox(self)
        column.addLayout(row, 1)
        self.table.picked.connect(self._picked)
        self.table.opened.connect(self._opened)
        self.year.committed.connect(self._say_title)
        on_key(self, "Ctrl+Return", self.make)

    def begin(self, templates: Sequence[PlanTemplate], office: str, year: int) -> None:
        """Show the templates, an empty plan last."""
        self._office = office
        self.year.set_value(year)
        blank = PlanTemplate(
            "", 1, 99, tr("plans.new.blank"), tr("plans.new.blank.text"), "", (), {"title": ""}
        )
        self.model.put((*templates, blank))
        self.table.selectRow(0)
        self.table.setFocus()
        self._say()

    def make(self) -> None:
        """Ask for the plan."""
        chosen = self.table.current()
        if chosen is None or self.year.value() is None or self.year.check():
            return
        if not self.title.value():
            self._title_row.set_error(tr("plans.new.title_missing"))
            self.title.setFocus()
            return
        self.wanted.emit(chosen.id, self.title.value(), int(self.year.value() or 0))

    def _picked(self, _row: object) -> None:
        self._say()

    def _opened(self, _row: object) -> None:
        self.title.setFocus()
        self.title.selectAll()

    def _say(self) -> None:
        chosen: PlanTemplate | None = self.table.current()
        if chosen is None:
            return
        self.name.setText(chosen.title)
        self.summary.setText(chosen.summary)
        emptied(self._quotes)
        if chosen.source:
            self._quotes.addWidget(
                label(tr("plans.new.source", source=chosen.source), "secondary", wrap=True)
            )
        for quote in chosen.quotes:
            self._quotes.addWidget(label(f"“{quote.says}”", "secondary", wrap=True))
        self._quotes.addStretch(1)
        self._say_title()

    def _say_title(self) -> None:
        chosen: PlanTemplate | None = self.table.current()
        if chosen is not None:
            self._title_row.set_error("")
            self.title.put(str(filled(chosen, int(self.year.value() or 2000), self._office)["title"]))
