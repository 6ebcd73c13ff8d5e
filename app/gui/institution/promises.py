"""Promised refunds: typed into a table, each row saved when it is whole."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QWidget

from app.core.ids import RowId
from app.core.inspections import DetailRow
from app.gui.checklist.rows_editor import RowsEditor
from app.gui.checklist.rows_model import RowsModel
from app.gui.checklist.values import wrong
from app.gui.screen import Context
from app.gui.screens.selfcheck import words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.card import Card
from app.gui.widgets.labels import label
from app.gui.widgets.layout import vbox
from app.services.selfcheck.filling import FillingView
from checklists.schema import AnswerKind, Column, ColumnKind, Item

_NEW = "new-"


class PromisesPane(QWidget):
    """Amount, day, note. A row without amount or day stays here, marked, until it is whole."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._view: FillingView | None = None
        self._unfinished: dict[RowId, Mapping[str, str]] = {}
        self._made = 0
        columns = (
            Column("by", tr("selfcheck.column.by"), ColumnKind.DATE, required=True),
            Column("amount", tr("selfcheck.column.promised"), ColumnKind.MONEY, required=True, total=True),
            Column("note", tr("selfcheck.column.note"), ColumnKind.TEXT),
        )
        self.columns = columns
        item = Item("", "", "", "", AnswerKind.ROWS, "", (), (), "", columns=columns)
        self.model = RowsModel(item)
        self.model.setParent(self)
        self.table = RowsEditor(self.model, tr("institution.step.promises"))
        self.model.save_wanted.connect(self._keep)
        self.model.remove_wanted.connect(self._drop)
        column = vbox(self, margin=Space.PAGE, gap=Space.BETWEEN)
        card = Card(tr("institution.step.promises"))
        card.body.addWidget(label(tr("institution.promises_about"), "muted", wrap=True))
        card.body.addWidget(self.table)
        self.sums = label("", "secondary")
        card.body.addWidget(self.sums)
        column.addWidget(card)
        column.addStretch(1)

    def put(self, view: FillingView) -> None:
        """Show the promises; rows that are not whole stay."""
        self._view = view
        promised = sum((one.amount_cny for one in view.promises), Decimal(0))
        self.sums.setText(tr("institution.promised", declared=words.money(view.declared_cny), promised=words.money(promised)))
        self._adopt()

    def flush(self) -> None:
        """Hand over at once what was typed."""
        self.table.commit()

    def _adopt(self) -> None:
        view = self._view
        stored = [
            DetailRow(RowId(one.id), {"amount": f"{one.amount_cny:f}", "by": one.by_on.isoformat(), "note": one.note})
            for one in (view.promises if view is not None else ())
            if one.id not in self._unfinished
        ]
        self.model.adopt((*stored, *(DetailRow(key, cells) for key, cells in self._unfinished.items())))

    def _keep(self, row: RowId | None, cells: dict[str, str]) -> None:
        if row is None:
            self._made += 1
            row = RowId(f"{_NEW}{self._made}")
        if not cells.get("amount") or not cells.get("by") or any(wrong(one, cells.get(one.name, "")) for one in self.columns):
            self._unfinished[row] = cells
            self._adopt()
            return
        self._unfinished.pop(row, None)
        view, filling = self._view, self._context.services.filling
        if view is None:
            return
        amount, day = Decimal(cells["amount"]), dt.date.fromisoformat(cells["by"])
        known = "" if row.startswith(_NEW) else row
        self._adopt()
        self._run(lambda: filling.promise(view.check.id, amount, day, cells.get("note", ""), known))

    def _drop(self, row: RowId) -> None:
        if self._unfinished.pop(row, None) is not None and row.startswith(_NEW):
            return
        view, filling = self._view, self._context.services.filling
        if view is not None:
            self._run(lambda: filling.withdraw(view.check.id, row))

    def _run(self, write: Any) -> None:
        self._context.runner.run_write(write, None, self._context.notices.error, owner=self)
