"""The rows behind a figure: which visits, problems, papers, institutions; Enter goes there."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.gui.screen import Context
from app.gui.screens.coverage.pane import nothing
from app.gui.screens.coverage.rows import DetailRow, Section
from app.gui.screens.registers.listing import ListPane
from app.gui.screens.registers.rows import Column
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import Button, button
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import emptied, hbox, vbox

PER_ROW = 5


class DetailPane(QWidget):
    """The figures of one row side by side, and below them what the chosen one is made of."""

    closed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._sections: tuple[Section, ...] = ()
        self.title = ElidedLabel("", "section")
        self.back = button(tr("coverage.detail.back"), self.closed.emit, icon="back")
        self._pills = QWidget()
        self._rows = vbox(self._pills, gap=6)
        self.buttons: list[Button] = []
        self.list = ListPane(
            _columns(), lambda one: one.key, nothing("detail"), name=tr("coverage.table.detail"),
            search=tr("coverage.detail.search"),
        )  # fmt: skip
        self.list.bar.addStretch(1)
        self.list.bar.addWidget(self.list.count)
        self.list.table.opened.connect(self._opened)
        self.list.model.modelReset.connect(self._count)
        head = hbox(gap=Space.BETWEEN)
        head.addWidget(self.back)
        head.addWidget(self.title, 1)
        column = vbox(self, gap=Space.BETWEEN)
        column.addLayout(head)
        column.addWidget(self._pills)
        column.addWidget(self.list, 1)
        column.addWidget(label(tr("coverage.detail.hint"), "hint"))

    def put(self, title: str, sections: Sequence[Section]) -> None:
        """Show the sections of a row, the first one with its rows."""
        self._sections = tuple(sections)
        self.title.setText(title)
        emptied(self._rows)
        self.buttons = []
        row = hbox(gap=6)
        for place, one in enumerate(self._sections):
            if place % PER_ROW == 0:
                row = hbox(gap=6)
                row.addStretch(1)
                self._rows.addLayout(row)
            made = button(one.title, kind="pill")
            made.setCheckable(True)
            made.setAutoExclusive(True)
            made.setProperty("section", place)
            made.toggled.connect(self._turned)
            row.insertWidget(row.count() - 1, made)
            self.buttons.append(made)
        if self.buttons:
            self.buttons[0].setChecked(True)
        self.list.table.setFocus()

    def _turned(self, on: bool) -> None:
        sender = self.sender()
        if on and sender is not None:
            self.list.put(self._sections[int(sender.property("section"))].rows)

    def _opened(self, row: DetailRow) -> None:
        if row.target is not None:
            name, params = row.target
            self._context.go(name, **dict(params))

    def _count(self) -> None:
        self.list.count.setText(tr("coverage.rows", count=self.list.model.rowCount()))


def _columns() -> tuple[Column[DetailRow], ...]:
    return (
        Column(tr("coverage.column.day"), lambda one: one.day),
        Column(tr("coverage.column.institution"), lambda one: one.name, share=4, is_strong=True),
        Column(tr("coverage.column.what"), lambda one: one.what, is_spare=True),
        Column(tr("coverage.column.words"), lambda one: one.words, share=4),
        Column(tr("coverage.column.amount"), lambda one: one.amount, is_number=True, is_spare=True),
    )
