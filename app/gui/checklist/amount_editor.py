"""Besides the state: in how many cases, what sum, and in words what was seen."""

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from app.core.inspections import Answer
from app.gui.checklist.editor import Editor
from app.gui.checklist.pause import Pause
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.edits import MoneyEdit, NumberEdit
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, sized, vbox
from checklists.schema import Item


class AmountEditor(Editor):
    """Number of cases, amount and details of a four-state item."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self._count = sized(NumberEdit(tr("inspection.count")), width=88)
        self._amount = sized(MoneyEdit(tr("inspection.amount")), width=150)
        self._detail = QLineEdit()
        self._detail.setAccessibleName(tr("inspection.detail"))
        self._detail.setPlaceholderText(tr("inspection.detail_hint"))
        self._pause = Pause(self, self._save_detail)
        self._pause.watch(self._detail)
        self._detail.textEdited.connect(self._pause.touch)
        self._money_pause = Pause(self, self._save_figures)
        self._money_pause.watch(self._count, self._amount)
        self._problem = label("", "error")
        self._problem.hide()
        column = vbox(self, gap=Space.HAIR)
        line = hbox(gap=Space.INSIDE)
        for name, field in ((tr("inspection.count"), self._count), (tr("inspection.amount"), self._amount)):
            line.addWidget(label(name, "secondary"))
            line.addWidget(field)
            field.textEdited.connect(self._money_pause.touch)
            field.problem_changed.connect(self._say)
        line.addWidget(self._detail, 1)
        column.addLayout(line)
        column.addWidget(self._problem)
        self._shown: tuple[int | None, Decimal | None] = (None, None)

    def show_answer(self, answer: Answer) -> None:
        self._shown = (answer.count, answer.amount_cny)
        if not self._money_pause.is_due and not self._count.problem and not self._amount.problem:
            if not self._count.hasFocus():
                self._count.set_value(answer.count)
            if not self._amount.hasFocus():
                self._amount.set_value(answer.amount_cny)
        if not self._pause.is_due:
            _show_line(self._detail, answer.detail)

    def flush(self) -> None:
        self._pause.flush()
        self._money_pause.flush()

    def take_focus(self) -> None:
        self._count.setFocus(Qt.FocusReason.TabFocusReason)

    def _save_detail(self) -> None:
        self.edited.emit({"detail": self._detail.text().strip()})

    def _save_figures(self) -> None:
        if self._count.check() or self._amount.check():
            return
        count = self._count.value()
        figures = (None if count is None else int(count), self._amount.value())
        if figures != self._shown:
            self._shown = figures
            self.edited.emit({"count": figures[0], "amount_cny": figures[1]})

    def _say(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.height_changed.emit()


def _show_line(field: QLineEdit, text: str) -> None:
    if field.text() != text and not field.hasFocus():
        field.setText(text)
        field.setCursorPosition(0)
