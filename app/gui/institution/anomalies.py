"""Replying to known anomalies: 属实 with nature and amount, 不属实 with grounds and proof."""

from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QStackedWidget, QWidget

from app.core.self_checks import Anomaly, Reply
from app.gui.checklist.pause import Pause
from app.gui.screen import Context
from app.gui.screens.inspection.evidence_strip import EvidenceStrip
from app.gui.screens.registers.listing import Decorations, Pills
from app.gui.screens.registers.rows import Column, RowsModel
from app.gui.screens.registers.table import TableView
from app.gui.screens.selfcheck import words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.edits import MoneyEdit, line_edit
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import hbox, scrolled, sized, vbox
from app.services.selfcheck.filling import FillingView, anomaly_key


class AnomaliesPane(QWidget):
    """A list at the left, the reply at the right; saved as it is typed."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._view: FillingView | None = None
        self._shown: Anomaly | None = None
        self.empty = EmptyState("check", tr("institution.no_anomalies"), tr("institution.no_anomalies_text"))
        columns: tuple[Column[Anomaly], ...] = (
            Column(tr("selfcheck.column.anomaly"), lambda one: one.question, share=1, is_strong=True),
            Column(tr("selfcheck.column.at_issue"), lambda one: words.money(one.amount_cny), is_number=True,
                   is_spare=True, order=lambda one: one.amount_cny or Decimal(0)),
            Column(tr("selfcheck.column.reply"), words.reply_words, mark=words.reply_mark),
        )  # fmt: skip
        self.model: RowsModel[Anomaly] = RowsModel(columns, lambda one: one.id, Decorations(), self)
        self.table = TableView(self.model, tr("institution.step.anomalies"))
        self.table.picked.connect(self._picked)
        inner = QWidget()
        line = hbox(inner, margin=Space.PAGE, gap=Space.CARD)
        line.addWidget(self.table, 1)
        line.addWidget(scrolled(self._form()), 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(inner)
        vbox(self).addWidget(self.stack)

    def put(self, view: FillingView) -> None:
        """Show the anomalies; what is being typed stays."""
        self._view = view
        self.stack.setCurrentIndex(1 if view.anomalies else 0)
        kept = self._shown.id if self._shown is not None else None
        self.model.put(view.anomalies)
        if kept is not None:
            self.table.choose(kept)
        current = next((one for one in view.anomalies if one.id == kept), view.anomalies[0] if view.anomalies else None)
        self._show(current)

    def flush(self) -> None:
        """Hand over at once what was typed."""
        self._pause.flush()

    def _form(self) -> QWidget:
        page = QWidget()
        column = vbox(page, gap=Space.BETWEEN)
        self.question, self.facts = selectable("", "strong"), label("", "secondary", wrap=True)
        column.addWidget(self.question)
        column.addWidget(self.facts)
        self.reply = Pills(tr("selfcheck.column.reply"), [(str(one), tr(f"selfcheck.reply.{one}")) for one in Reply])
        row = hbox()
        row.addWidget(self.reply)
        row.addStretch(1)
        column.addLayout(row)
        self.nature = line_edit(tr("institution.nature"), hint=tr("institution.nature_hint"))
        self.amount = MoneyEdit(tr("institution.amount"))
        self.grounds = sized(QPlainTextEdit(), height=110)
        self.grounds.setTabChangesFocus(True)
        self.grounds.setAccessibleName(tr("institution.grounds"))
        self.nature_row = FormRow(tr("institution.nature"), self.nature)
        self.amount_row = FormRow(tr("institution.amount"), self.amount, required=True)
        self.grounds_row = FormRow(tr("institution.grounds"), self.grounds, hint=tr("institution.grounds_hint"))
        for one in (self.nature_row, self.amount_row, self.grounds_row):
            column.addWidget(one)
        column.addWidget(label(tr("institution.proofs"), "secondary"))
        self.strip = EvidenceStrip(self._context)
        column.addWidget(self.strip)
        column.addStretch(1)
        self._pause = Pause(self, self._save)
        self._pause.watch(self.nature, self.amount, self.grounds)
        self.nature.textEdited.connect(self._pause.touch)
        self.amount.textEdited.connect(self._pause.touch)
        self.grounds.textChanged.connect(self._typed)
        self.reply.chosen.connect(self._replied)
        return page

    def _picked(self, one: object) -> None:
        if isinstance(one, Anomaly) and (self._shown is None or one.id != self._shown.id):
            self._pause.flush()
            self._show(one)

    def _show(self, one: Anomaly | None) -> None:
        if one is None or self._view is None:
            return
        moved = self._shown is None or one.id != self._shown.id
        if self._pause.is_due and not moved:
            return
        self._shown = None  # what is shown now was not typed
        self.question.setText(one.question)
        facts = (one.item, one.period, tr("institution.at_issue", amount=words.money(one.amount_cny)) if one.amount_cny else "", one.source)
        self.facts.setText(" · ".join(part for part in facts if part))
        self.reply.choose(str(one.reply))
        if moved or not self.nature.hasFocus():
            self.nature.setText(one.nature)
        if moved or not self.amount.hasFocus():
            self.amount.set_value(one.declared_cny)
        if self.grounds.toPlainText().strip() != one.grounds and (moved or not self.grounds.hasFocus()):
            self.grounds.setPlainText(one.grounds)
        self._shown = one
        self._fit(str(one.reply))
        if moved:
            place = next(n for n, known in enumerate(self._view.anomalies) if known.id == one.id)
            self.strip.show_item(self._view.visit, anomaly_key(place), locked=False)

    def _fit(self, reply: str) -> None:
        is_true = reply == Reply.CONFIRMED
        self.nature_row.setVisible(is_true)
        self.amount_row.setVisible(is_true)

    def _typed(self) -> None:
        if self._shown is not None and self.grounds.toPlainText().strip() != self._shown.grounds:
            self._pause.touch()

    def _replied(self, reply: str) -> None:
        self._fit(reply)
        if self._shown is not None and reply != self._shown.reply:
            self._pause.touch()
            self._pause.flush()
            field: QWidget = self.amount if reply == Reply.CONFIRMED else self.grounds
            field.setFocus(Qt.FocusReason.TabFocusReason)

    def _save(self) -> None:
        one, view = self._shown, self._view
        if one is None or view is None or self.amount.check():
            return
        filling, check_id, reply = self._context.services.filling, view.check.id, self.reply.value
        given: dict[str, Any] = {
            "nature": self.nature.text().strip(), "declared_cny": self.amount.value(), "grounds": self.grounds.toPlainText().strip(),
        }  # fmt: skip
        self._context.runner.run_write(
            lambda: filling.reply(check_id, one.id, reply, **given), None, self._context.notices.error, owner=self
        )
