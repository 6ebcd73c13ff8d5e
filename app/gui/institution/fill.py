"""Filling a self-check in: the list, the anomalies, the refunds, the report and the file that goes back."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QStackedWidget

from app.core.ids import SelfCheckId
from app.gui.institution.anomalies import AnomaliesPane
from app.gui.institution.promises import PromisesPane
from app.gui.institution.report import ReportPane
from app.gui.screen import Context, Screen
from app.gui.screens.inspection.check import CheckPane
from app.gui.screens.inspection.session import Session
from app.gui.screens.registers.listing import Pills
from app.gui.screens.selfcheck import words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.labels import badge, label, set_tone
from app.gui.widgets.layout import hbox, vbox

if TYPE_CHECKING:
    from app.core.outcome import Change

STEPS = ("items", "anomalies", "promises", "report")
TABLES = {"self_check", "self_check_anomaly", "refund_promise", "answer", "answer_row", "evidence", "evidence_link"}


class FillScreen(Screen):
    """Four steps behind pills. Everything is saved as it is typed."""

    def __init__(self, context: Context, package: Path) -> None:
        super().__init__(context)
        self._package = package
        self.id: SelfCheckId | None = None
        self.session = Session(context, self)
        self.check = CheckPane(context, self.session, plain=True)
        self.session.loaded.connect(self._loaded)
        self.anomalies, self.promises, self.report = AnomaliesPane(context), PromisesPane(context), ReportPane(context)
        self.pills = Pills(tr("institution.steps"), [(one, tr(f"institution.step.{one}")) for one in STEPS])
        self.pills.chosen.connect(self._turn)
        column = vbox(self, gap=0)
        bar = hbox(margin=(16, 8, 16, 8), gap=Space.INSIDE)
        bar.addWidget(self.pills)
        bar.addStretch(1)
        self.progress = label("", "secondary")
        self.due = badge("")
        bar.addWidget(self.progress)
        bar.addWidget(self.due)
        column.addLayout(bar)
        self.stack = QStackedWidget()
        for pane in (self.check, self.anomalies, self.promises, self.report):
            self.stack.addWidget(pane)
        column.addWidget(self.stack, 1)

    def open(self, **_params: Any) -> None:
        """Take the package in, if it is new, and show it."""
        self.set_heading(tr("institution.title"))
        if self.id is None:
            filling, package = self.context.services.filling, self._package
            self.context.runner.run_write(lambda: filling.take_in(package), self._taken, self._not_taken, owner=self)
        else:
            self._read()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Read again what changed."""
        self.session.refresh(changes)
        if self.id is not None and (not changes or any(change.table in TABLES for change in changes)):
            self._read()

    def leave(self) -> bool:
        """Hand over everything typed."""
        self._flush()
        return True

    def escape(self) -> bool:
        """Close what is open over the list."""
        return self.pills.value == "items" and self.check.escape()

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        names = (("1 2 3 4", "answer"), ("↑ ↓ J K", "move"), ("Enter", "next"), ("Space", "detail"), ("P / Ctrl+P", "photos"),
                 ("N", "note"), ("Z", "undo"), ("/", "search"), ("Tab", "cells"), ("Ctrl+V", "paste"))  # fmt: skip
        return tuple((keys, tr(f"inspection.key_{name}")) for keys, name in names)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give letters that no field wanted to the list."""
        if self.pills.value == "items" and not self.check.list.hasFocus() and event.text().strip():
            self.check.list.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Hand over everything typed when the screen goes, also when the program locks."""
        self._flush()
        super().hideEvent(event)

    def _flush(self) -> None:
        self.check.flush()
        self.anomalies.flush()
        self.promises.flush()
        self.report.flush()

    def _taken(self, outcome: Any) -> None:
        self.id = outcome.value
        self._read()

    def _not_taken(self, error: BaseException) -> None:
        self.context.notices.error(error, self.open)

    def _read(self) -> None:
        check_id, filling = self.id, self.context.services.filling
        if check_id is not None:
            self.context.runner.run_read(
                lambda: (filling.view(check_id), filling.missing(check_id)), self._show, owner=self, key="view"
            )

    def _show(self, found: Any) -> None:
        view, missing = found
        package = view.package
        self.set_heading(package.title, f"{package.office} · {package.place.name}")
        self.progress.setText(
            tr("institution.progress", done=view.assessed, all=view.items, failed=view.failed, amount=words.money(view.declared_cny))
        )
        days = (view.check.due_on - words.today()).days
        self.due.setText(tr("selfcheck.overdue", days=-days) if view.is_late else tr("selfcheck.waiting", days=days))
        set_tone(self.due, "bad" if view.is_late else "open" if days <= 3 else "none")
        replied = sum(one.reply != "open" for one in view.anomalies)
        self.pills.rename("items", tr("institution.step_count", name=tr("institution.step.items"), done=view.assessed, all=view.items))
        self.pills.rename(
            "anomalies", tr("institution.step_count", name=tr("institution.step.anomalies"), done=replied, all=len(view.anomalies))
        )
        if self.session.id is None:
            self.session.open(view.visit)
        self.anomalies.put(view)
        self.promises.put(view)
        self.report.put(view, missing)

    def _loaded(self) -> None:
        self.check.show_session()

    def _turn(self, step: str) -> None:
        self._flush()
        self.stack.setCurrentIndex(STEPS.index(step))
