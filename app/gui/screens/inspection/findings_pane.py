"""The findings of an inspection: a list with its total, and the editor of one of them."""

import dataclasses
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.core.findings import Finding
from app.core.ids import FindingId, InspectionId
from app.core.money import format_cny
from app.core.outcome import Outcome
from app.gui.screen import Context
from app.gui.screens.inspection.finding_editor import FindingEditor
from app.gui.screens.inspection.ledger import Key
from app.gui.screens.inspection.models import FindingsModel, amount_text
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button, icon_button
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.delegates import RowDelegate, RowLook
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, scrolled, sized, vbox
from app.gui.widgets.views import RowsView
from checklists.schema import Violation


class FindingsPane(QWidget):
    """List and editor. A draft is saved with the first thing that is typed into it, or by 记入笔录."""

    closed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("kind", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context = context
        self._inspection: InspectionId | None = None
        self._current: Finding | None = None
        self._locked = False
        self._is_creating = False
        self._after_create: Finding | None = None
        self._dialog: ConfirmDialog | None = None
        self._model = FindingsModel()
        self._model.setParent(self)
        self._list = RowsView(tr("inspection.findings"), RowDelegate(_look), bare=True)
        self._list.setModel(self._model)
        self._list.picked.connect(self._pick)
        sized(self._list, max_height=200)
        self._total = label("", "strong")
        self.editor = FindingEditor()
        self.editor.changed.connect(self._save)
        self._keep = button(tr("inspection.finding_keep"), self._keep_draft, kind="primary")
        self._remove = button(tr("inspection.finding_remove"), self._ask_remove, kind="danger", icon="delete")
        self._state = label("", "secondary", wrap=True)
        self._build()

    def load(self, inspection: InspectionId, findings: tuple[Finding, ...], *, locked: bool) -> None:
        """Show the findings of an inspection."""
        if inspection != self._inspection:
            self._current = None
        self._inspection, self._locked = inspection, locked
        self._model.set_rows(findings)
        self._list.setVisible(bool(findings))
        self._list.setFixedHeight(min(3, len(findings)) * self._list.sizeHintForRow(0) + 4 if findings else 0)
        amount = sum((finding.amount_cny or Decimal(0) for finding in findings), Decimal(0))
        self._total.setText(tr("inspection.findings_total", count=len(findings), amount=format_cny(amount)))
        current = self._current
        if current is not None and current.id:
            again = next((finding for finding in findings if finding.id == current.id), None)
            self._show(again)
        self._show_buttons()

    def offer(self, violations: tuple[Violation, ...]) -> None:
        """Offer the violation dictionary."""
        self.editor.offer(violations)

    def open_finding(self, finding: Finding) -> None:
        """Edit one finding, kept or drafted."""
        self.editor.flush()
        self._is_creating, self._after_create = False, None
        self._show(finding)
        index = self._model.index_of(finding.id)
        self._list.blockSignals(True)
        self._list.setCurrentIndex(index)
        self._list.blockSignals(False)
        self.editor.take_focus()

    def draft(self, key: Key) -> None:
        """Draft a finding from an item."""
        inspection, services = self._inspection, self._context.services
        if inspection is not None:
            self._context.runner.run_read(
                lambda: services.findings.draft_from_item(inspection, *key),
                self.open_finding,
                owner=self,
                key="draft",
            )

    def flush(self) -> None:
        """Hand over at once what was typed."""
        self.editor.flush()

    def _build(self) -> None:
        inner = QWidget()
        column = vbox(inner, margin=(Space.CARD, 4, Space.CARD, Space.CARD), gap=Space.BETWEEN)
        column.addWidget(self._list)
        column.addWidget(self.editor)
        column.addWidget(self._state)
        column.addStretch(1)
        outer = vbox(self, gap=0)
        head = hbox(margin=(Space.CARD, Space.INSIDE, Space.INSIDE, 4))
        titles = vbox(gap=0)
        titles.addWidget(label(tr("inspection.findings"), "section"))
        titles.addWidget(self._total)
        head.addLayout(titles, 1)
        head.addWidget(
            icon_button("close", tr("inspection.findings_close"), self._close), 0, Qt.AlignmentFlag.AlignTop
        )
        outer.addLayout(head)
        outer.addWidget(scrolled(inner), 1)
        foot = hbox(margin=(Space.CARD, Space.INSIDE, Space.CARD, 14))
        foot.addWidget(self._remove)
        foot.addStretch(1)
        foot.addWidget(self._keep)
        outer.addLayout(foot)
        self._show(None)

    def _show(self, finding: Finding | None) -> None:
        self._current = finding
        self.editor.setVisible(finding is not None)
        self._state.setText("" if finding is not None else tr("inspection.findings_hint"))
        if finding is not None:
            self.editor.show_finding(finding, locked=self._locked)
        self._show_buttons()

    def _show_buttons(self) -> None:
        finding = self._current
        self._keep.setVisible(finding is not None and not finding.id and not self._locked)
        self._remove.setVisible(finding is not None and bool(finding.id) and not self._locked)

    def _pick(self, finding: Finding) -> None:
        if self._current is None or finding.id != self._current.id:
            self.editor.flush()
            self._show(finding)

    def _keep_draft(self) -> None:
        finding = self.editor.read()
        if finding is not None:
            self._save(finding)

    def _save(self, finding: Finding) -> None:
        if not finding.violation and not finding.title:
            return
        if not finding.id and self._is_creating:
            # The first save is on its way and brings the id; what was typed since follows with it.
            self._after_create = finding
            return
        self._is_creating = not finding.id
        self._current = finding
        services = self._context.services
        self._context.runner.run_write(
            lambda: services.findings.save(finding), self._saved, self._unsaved, owner=self
        )

    def _saved(self, outcome: Outcome[Finding]) -> None:
        saved = outcome.value
        waiting, self._after_create = self._after_create, None
        was_new, self._is_creating = self._is_creating, False
        current = self._current
        if current is None or (current.id not in ("", saved.id)) or (not current.id and not was_new):
            return
        if was_new:
            self.editor.adopt_id(saved.id)
        if waiting is not None:
            self._save(_with_id(waiting, saved.id))
        else:
            self._show(saved)

    def _unsaved(self, error: BaseException) -> None:
        self._is_creating, self._after_create = False, None
        self._context.notices.error(error)

    def _ask_remove(self) -> None:
        finding = self._current
        if finding is None or not finding.id:
            return
        self._dialog = ConfirmDialog(
            self,
            tr("inspection.finding_remove_title", title=finding.title),
            tr("inspection.finding_remove_text"),
            tr("inspection.finding_remove"),
            danger=True,
            ask_reason=tr("inspection.reason"),
        )
        self._dialog.accepted.connect(self._removed_for)
        self._dialog.open()

    def _removed_for(self) -> None:
        finding, dialog, services = self._current, self._dialog, self._context.services
        if finding is None or dialog is None:
            return
        reason, self._dialog = dialog.reason, None
        self._context.runner.run_write(
            lambda: services.findings.remove(finding.id, reason), self._removed, owner=self
        )

    def _removed(self, _outcome: Any) -> None:
        self._show(None)

    def _close(self) -> None:
        self.editor.flush()
        self.closed.emit()


def _with_id(finding: Finding, found: FindingId) -> Finding:
    return dataclasses.replace(finding, id=found)


def _look(finding: Finding) -> RowLook:
    return RowLook(
        finding.title, right=amount_text(finding), second=finding.facts or tr("inspection.facts_missing")
    )
