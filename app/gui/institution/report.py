"""The last step: who is responsible, how it was done, the report to print and seal, and the file that goes back."""

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QLineEdit, QPlainTextEdit, QWidget

from app.core.clock import local
from app.core.self_checks import Statement
from app.gui.checklist.pause import Pause
from app.gui.screen import Context
from app.gui.screens.inspection.evidence_strip import EvidenceStrip
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.edits import line_edit
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import label, selectable
from app.gui.widgets.layout import hbox, scrolled, sized, vbox
from app.services.selfcheck.filling import SEAL_KEY, FillingView

LINES = ("responsible", "post", "phone", "period")
TEXTS = ("course", "measures")


class ReportPane(QWidget):
    """Fields save as they are left; the two buttons write the report and the return."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._view: FillingView | None = None
        self._missing: tuple[str, ...] = ()
        self.lines: dict[str, QLineEdit] = {name: line_edit(tr(f"selfcheck.statement.{name}")) for name in LINES}
        self.texts: dict[str, QPlainTextEdit] = {}
        self._pause = Pause(self, self._save)
        inner = QWidget()
        page = hbox(inner, margin=Space.PAGE, gap=Space.CARD)
        page.addWidget(self._statement(), 3)
        side = vbox(gap=Space.CARD)
        side.addWidget(self._sealing())
        side.addWidget(self._sending())
        side.addStretch(1)
        page.addLayout(side, 2)
        vbox(self).addWidget(scrolled(inner))

    def put(self, view: FillingView, missing: tuple[str, ...]) -> None:
        """Show what is stored; what is being typed stays."""
        is_first, self._view, self._missing = self._view is None, view, missing
        if not self._pause.is_due:
            said = view.check.statement
            for name, field in self.lines.items():
                if field.text() != getattr(said, name) and not field.hasFocus():
                    field.setText(getattr(said, name))
            for name, area in self.texts.items():
                if area.toPlainText().strip() != getattr(said, name) and not area.hasFocus():
                    area.setPlainText(getattr(said, name))
        if is_first:
            self.strip.show_item(view.visit, SEAL_KEY, locked=False)
        told = [tr(f"institution.missing.{name}") for name in missing]
        self.missing.setText("\n".join(f"· {one}" for one in told) or tr("institution.nothing_missing"))
        self.mark.setText(tr("institution.mark", mark=view.office_print))
        at = "" if view.exported_at is None else f"{local(view.exported_at):%Y-%m-%d %H:%M}"
        self.sent.setText(tr("institution.written", at=at) if at else "")

    def flush(self) -> None:
        """Hand over at once what was typed."""
        self._pause.flush()

    def save_report(self) -> None:
        """Write the report as a PDF."""
        self._write("report", tr("institution.report_name"), "save_report")

    def export(self) -> None:
        """Write the return, after asking where something is missing."""
        self.flush()
        if self._missing and "responsible" not in self._missing:
            dialog = ConfirmDialog(
                self, tr("institution.send_ask"), "\n".join(tr(f"institution.missing.{one}") for one in self._missing),
                tr("institution.send"),
            )  # fmt: skip
            dialog.accepted.connect(self._export)
            dialog.open()
        else:
            self._export()

    def _export(self) -> None:
        self._write("return", tr("institution.return_name"), "export")

    def _statement(self) -> Card:
        card = Card(tr("institution.statement"), gap=Space.BETWEEN)
        for pair in (LINES[:2], LINES[2:]):
            row = hbox(gap=Space.BETWEEN)
            for name in pair:
                row.addWidget(FormRow(tr(f"selfcheck.statement.{name}"), self.lines[name], required=name == "responsible"), 1)
            card.body.addLayout(row)
        for name in TEXTS:
            area = sized(QPlainTextEdit(), height=120)
            area.setTabChangesFocus(True)
            area.setAccessibleName(tr(f"selfcheck.statement.{name}"))
            area.setPlaceholderText(tr(f"institution.hint.{name}"))
            self.texts[name] = area
            card.body.addWidget(FormRow(tr(f"selfcheck.statement.{name}"), area))
        for field in self.lines.values():
            field.textEdited.connect(self._pause.touch)
        for area in self.texts.values():
            area.textChanged.connect(self._typed)
        self._pause.watch(*self.lines.values(), *self.texts.values())
        return card

    def _sealing(self) -> Card:
        card = Card(tr("institution.seal"), gap=Space.BETWEEN)
        card.body.addWidget(label(tr("institution.seal_about"), "muted", wrap=True))
        card.body.addWidget(button(tr("institution.save_report"), self.save_report, icon="pdf"))
        self.strip = EvidenceStrip(self._context)
        card.body.addWidget(self.strip)
        return card

    def _sending(self) -> Card:
        card = Card(tr("institution.sending"), gap=Space.BETWEEN)
        self.missing = label("", "secondary", wrap=True)
        card.body.addWidget(self.missing)
        self.send_button = button(tr("institution.send"), self.export, kind="primary", icon="export")
        card.body.addWidget(self.send_button)
        self.sent = label("", "secondary", tone="ok", wrap=True)
        self.mark = selectable("", "hint")
        card.body.addWidget(self.sent)
        card.body.addWidget(self.mark)
        return card

    def _typed(self) -> None:
        said = self._view.check.statement if self._view is not None else Statement()
        if any(area.toPlainText().strip() != getattr(said, name) for name, area in self.texts.items()):
            self._pause.touch()

    def _save(self) -> None:
        view, filling = self._view, self._context.services.filling
        if view is None:
            return
        said = {name: field.text().strip() for name, field in self.lines.items()}
        said |= {name: area.toPlainText().strip() for name, area in self.texts.items()}
        changed = {name: text for name, text in said.items() if text != getattr(view.check.statement, name)}
        if changed:
            self._context.runner.run_write(
                lambda: filling.say(view.check.id, **changed), None, self._context.notices.error, owner=self
            )

    def _write(self, what: str, suggested: str, method: str) -> None:
        self.flush()
        view, filling = self._view, self._context.services.filling
        if view is None:
            return
        name, _ = QFileDialog.getSaveFileName(self, tr(f"institution.save_{what}_as"), suggested)
        if name:
            write = getattr(filling, method)
            self._context.runner.run_write(
                lambda: (write(view.check.id, Path(name)), name)[0], self._written, self._context.notices.error, owner=self
            )

    def _written(self, _outcome: Any) -> None:
        self._context.notices.toast(tr("institution.saved"))
