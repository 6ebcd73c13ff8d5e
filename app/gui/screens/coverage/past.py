"""Past checks: the list, a form for one, and taking a table."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QSplitter, QWidget

from app.core.clock import now, today
from app.core.coverage import PastCheck
from app.core.ids import PastCheckId
from app.core.outcome import Outcome
from app.gui.messages import sentence_of
from app.gui.screen import Context
from app.gui.screens.coverage.pane import FiguresPane, nothing
from app.gui.screens.coverage.rows import Shown
from app.gui.screens.registers.listing import ListPane
from app.gui.screens.registers.rows import Column
from app.gui.screens.tasks.pickers import InstitutionPicker
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import DateEdit, line_edit
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, scrolled, sized, vbox
from app.services.past_check_files import ImportedChecks
from app.services.statistics.desk import Overview

TOLD = 3


class PastPane(FiguresPane):
    """The checks entered as past beside the form for a new one; Delete takes the current one back."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._found: Overview | None = None
        self.list = ListPane(
            self._columns(), lambda one: one.id, nothing("past"), name=tr("coverage.table.past"),
            search=tr("coverage.detail.search"), prefs=context.prefs, memory="past_checks",
        )  # fmt: skip
        self.list.bar.addStretch(1)
        self.import_button = button(tr("coverage.past.import"), self.ask_file, icon="upload")
        self.remove_button = button(tr("coverage.past.remove"), self.remove, icon="undo")
        self.list.bar.addWidget(self.remove_button)
        self.list.bar.addWidget(self.import_button)
        self.list.table.picked.connect(self._picked)
        self.form = PastForm(context, self._save)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        left, right = QWidget(), QWidget()
        vbox(left, margin=(0, 0, 12, 0)).addWidget(self.list)
        vbox(right, margin=(12, 0, 0, 0)).addWidget(self.form)
        split.addWidget(sized(left, min_width=260))
        split.addWidget(sized(right, min_width=300, max_width=420))
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([600, 400])
        vbox(self).addWidget(split)
        self._picked(None)

    def put(self, shown: Shown) -> None:
        """Show the past checks with the names of an overview."""
        self._found = shown.found
        checks = self._context.services.past_checks
        self._context.runner.run_read(checks.of, self._show, owner=self, key="past")

    def focus_first(self) -> None:
        """Go to the list, or to the form where it is empty."""
        if self.list.model.rowCount():
            self.list.table.setFocus()
        else:
            self.form.place.search.setFocus()

    def ask_file(self) -> None:
        """Ask for a table and take its checks."""
        path, _ = QFileDialog.getOpenFileName(self, tr("coverage.past.import"), "", tr("coverage.past.files"))
        if path:
            self.take_file(Path(path))

    def take_file(self, path: Path) -> None:
        """Take the checks of a table."""
        services, by_whom = self._context.services, self.form.by_whom.text()
        self._context.runner.run_write(
            lambda: services.past_checks.import_file(path, by_whom=by_whom), self._imported,
            self._context.notices.error, owner=self,
        )  # fmt: skip

    def remove(self) -> None:
        """Take the current one back."""
        current = self.list.table.current()
        if isinstance(current, PastCheck):
            services = self._context.services
            self._context.runner.run_write(
                lambda: services.past_checks.remove(current.id),
                self._removed,
                self._context.notices.error,
                owner=self,
            )

    def _save(self, check: PastCheck) -> None:
        services = self._context.services
        self._context.runner.run_write(
            lambda: services.past_checks.save(check), self._saved, self._context.notices.error, owner=self
        )

    def _saved(self, outcome: Outcome[PastCheck]) -> None:
        self._context.notices.toast(tr("coverage.past.saved", day=outcome.value.on_day.isoformat()))
        self.form.begin()

    def _removed(self, _outcome: Outcome[None]) -> None:
        self._context.notices.toast(tr("coverage.past.removed"))

    def _imported(self, outcome: Outcome[ImportedChecks]) -> None:
        told = outcome.value
        words = tr("coverage.past.imported", read=told.read, new=told.imported, known=told.known)
        if not told.rejected:
            self._context.notices.toast(words)
            return
        reasons = [
            tr(
                "coverage.past.row",
                row=one.row,
                reason=sentence_of(one.code, {"text": one.text, "day": one.text}),
            )
            for one in told.rejected[:TOLD]
        ]
        left = tr("coverage.past.rejected", count=len(told.rejected))
        self._context.notices.banner("\n".join((words, left, *reasons)), tone="open")

    def _show(self, checks: tuple[PastCheck, ...]) -> None:
        self.list.put(checks)

    def _picked(self, check: object) -> None:
        self.remove_button.setEnabled(check is not None)

    def _name(self, institution: Any) -> str:
        return self._found.name(institution) if self._found is not None else str(institution)

    def _columns(self) -> tuple[Column[PastCheck], ...]:
        return (
            Column(tr("coverage.column.day"), lambda one: one.on_day.isoformat()),
            Column(
                tr("coverage.column.institution"),
                lambda one: self._name(one.institution),
                share=4,
                is_strong=True,
            ),
            Column(tr("coverage.column.by_whom"), lambda one: one.by_whom, share=2),
            Column(tr("coverage.column.plan"), lambda one: one.plan, share=2, is_spare=True),
            Column(tr("coverage.column.outcome"), lambda one: one.outcome, share=2, is_spare=True),
        )


class PastForm(Card):
    """Who was checked when, by whom, for which plan, with which result."""

    def __init__(self, context: Context, save: Any) -> None:
        super().__init__(tr("coverage.past.new"), gap=Space.INSIDE)
        self._save = save
        inner = QWidget()
        column = vbox(inner, margin=(2, 0, 10, 0))
        self._form = Form()
        self.place = InstitutionPicker(context)
        self.on_day = DateEdit(tr("coverage.column.day"), lambda: today(now()))
        self.by_whom = line_edit(tr("coverage.column.by_whom"))
        self.plan = line_edit(tr("coverage.column.plan"), hint=tr("coverage.past.plan_hint"))
        self.outcome = line_edit(tr("coverage.column.outcome"))
        self.source = line_edit(tr("coverage.past.source"))
        self._place_row = self._form.row(tr("coverage.column.institution"), self.place, required=True)
        self._day_row = self._form.row(tr("coverage.column.day"), self.on_day, required=True)
        self._whom_row = self._form.row(tr("coverage.column.by_whom"), self.by_whom, required=True)
        self._form.row(tr("coverage.column.plan"), self.plan)
        self._form.row(tr("coverage.column.outcome"), self.outcome)
        self._form.row(tr("coverage.past.source"), self.source)
        column.addWidget(self._form)
        column.addStretch(1)
        self.body.addWidget(scrolled(inner), 1)
        row = hbox(gap=Space.INSIDE)
        row.addWidget(label("", "hint"), 1)
        self.save_button = button(tr("coverage.past.save"), self.save, kind="primary")
        row.addWidget(self.save_button)
        self.body.addLayout(row)
        self.place.look("")

    def begin(self) -> None:
        """Begin another one; who checked and for which plan mostly stays the same."""
        self.place.begin()
        self.on_day.set_value(None)
        self.outcome.clear()

    def save(self) -> None:
        """Check what is needed and hand it on."""
        place, day, whom = self.place.value, self.on_day.value(), self.by_whom.text().strip()
        self._place_row.set_error("" if place else tr("coverage.past.no_place"))
        self._day_row.set_error("" if day else self.on_day.check() or tr("coverage.past.no_day"))
        self._whom_row.set_error("" if whom else tr("coverage.past.no_whom"))
        if place is not None and day is not None and whom:
            self._save(PastCheck(
                PastCheckId(""), place.id, day, whom, self.plan.text(), self.outcome.text(), self.source.text()
            ))  # fmt: skip
