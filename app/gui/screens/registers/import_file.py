"""The first step of an import: what kind of rows, which file, where it comes from; and the imports made before."""

import datetime as dt
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QWidget

from app.core.clock import local
from app.core.registers import Batch, BatchState, ImportKind
from app.gui.prefs import Prefs
from app.gui.screens.registers.listing import ListPane, Pills
from app.gui.screens.registers.rows import Column
from app.gui.screens.registers.today import today
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.edits import DateEdit, line_edit
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.forms import Form
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, restyle, scrolled, vbox

PATTERNS = "*.xlsx *.xlsm *.xls *.csv *.tsv *.txt *.json"


class FilePage(QWidget):
    """Asks for a file. `chosen` carries its path, `undo_wanted` a batch."""

    chosen = Signal(object)
    undo_wanted = Signal(object)

    def __init__(self, prefs: Prefs) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        outer = hbox(self, gap=Space.CARD)
        card = Card(gap=Space.BETWEEN)
        outer.addWidget(scrolled(card), 2)
        self.kind = Pills(
            tr("registers.import.kind"),
            [(str(one), tr(f"registers.import.kind.{one}")) for one in ImportKind],
        )
        line = hbox()
        line.addWidget(self.kind)
        line.addStretch(1)
        card.body.addLayout(line)
        form = Form()
        self.source = line_edit(tr("registers.import.source"), hint=tr("registers.import.source_hint"))
        self.stated = DateEdit(tr("registers.import.stated"), today)
        form.row(tr("registers.import.source"), self.source)
        form.row(tr("registers.import.stated"), self.stated, hint=tr("registers.import.stated_hint"))
        card.body.addWidget(form)
        self._drop: QFrame = QFrame()
        self._drop.setProperty("kind", "drop")
        inside = vbox(self._drop, margin=Space.BETWEEN, gap=Space.INSIDE)
        inside.addStretch(1)
        self.choose_button = button(
            tr("registers.import.choose"), self._choose, kind="primary", icon="folder-open"
        )
        row = hbox()
        row.addStretch(1)
        row.addWidget(self.choose_button)
        row.addStretch(1)
        inside.addLayout(row)
        words = label(tr("registers.import.formats"), "secondary", wrap=True)
        inside.addWidget(words)
        inside.addStretch(1)
        card.body.addWidget(self._drop, 1)
        columns: tuple[Column[Batch], ...] = (
            Column(tr("registers.import.file"), lambda one: one.file, share=2, is_strong=True),
            Column(tr("registers.import.at"), _when, order=lambda one: one.at),
            Column(tr("registers.import.count.read"), lambda one: str(one.read), is_number=True, is_extra=True),
            Column(tr("registers.import.count.imported"), lambda one: str(one.imported), is_number=True),
            Column(tr("registers.import.count.merged"), lambda one: str(one.merged), is_number=True),
            Column(tr("registers.import.count.rejected"), lambda one: str(one.rejected), is_number=True),
            Column(
                tr("registers.import.state"), lambda one: tr(f"registers.import.state.{one.state}"),
                mark=lambda one: ("check", "ok") if one.state is BatchState.DONE else ("undo", "none"),
            ),
            Column(tr("registers.field.source"), lambda one: one.source, is_extra=True),
        )  # fmt: skip
        before = Card(tr("registers.import.before"), gap=Space.INSIDE)
        outer.addWidget(before, 3)
        self.batches = ListPane(
            columns, lambda one: one.id,
            EmptyState("download", tr("registers.import.none.title"), tr("registers.import.none.text")),
            name=tr("registers.import.before"), prefs=prefs, memory="imports",
        )  # fmt: skip
        before.body.addWidget(self.batches, 1)
        self.undo_button = button(tr("registers.import.undo"), self._undo, icon="undo")
        foot = hbox()
        foot.addWidget(label(tr("registers.import.undo_text"), "secondary", wrap=True), 1)
        foot.addWidget(self.undo_button)
        before.body.addLayout(foot)
        self.batches.table.picked.connect(self._picked)
        self._picked(None)

    @property
    def wanted_kind(self) -> ImportKind:
        """What the rows are."""
        return ImportKind(self.kind.value)

    @property
    def stated_on(self) -> dt.date | None:
        """Of which day the list is."""
        return self.stated.value()

    def show_batches(self, found: tuple[Batch, ...]) -> None:
        """Show the imports made before."""
        self.batches.put(found)
        self._picked(self.batches.table.current())

    def dragEnterEvent(self, event: Any) -> None:
        """Accept one file."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            restyle(self._drop, hot=True)

    def dragLeaveEvent(self, event: Any) -> None:
        """Look as before."""
        restyle(self._drop, hot=False)

    def dropEvent(self, event: Any) -> None:
        """Take what was dropped."""
        restyle(self._drop, hot=False)
        event.acceptProposedAction()
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.chosen.emit(paths[0])

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, tr("registers.import.choose"), "", f"{tr('registers.import.tables')} ({PATTERNS})"
        )
        if name:
            self.chosen.emit(Path(name))

    def _picked(self, batch: Batch | None) -> None:
        self.undo_button.setEnabled(batch is not None and batch.state is BatchState.DONE)

    def _undo(self) -> None:
        batch = self.batches.table.current()
        if batch is not None:
            self.undo_wanted.emit(batch)


def _when(batch: Batch) -> str:
    return f"{local(batch.at):%Y-%m-%d %H:%M}"
