"""Receipts: per record what the server has, and beside it per file."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from app.core.evidence import Evidence
from app.core.ids import InspectionId
from app.core.syncing import RecordReceipt
from app.gui.screen import Context
from app.gui.screens.registers.listing import ListPane, Pills
from app.gui.screens.registers.rows import Column
from app.gui.screens.sync.words import (
    file_mark,
    file_words,
    is_whole,
    of_words,
    receipt_mark,
    receipt_words,
    size_words,
)
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.labels import ElidedLabel
from app.gui.widgets.layout import hbox, sized, vbox

ONLY = ("all", "missing", "refused")


class ReceiptsPane(QWidget):
    """Records at the left, the originals of the current one at the right."""

    opened = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._receipts: tuple[RecordReceipt, ...] = ()
        self._inspection = ""
        self.records = ListPane(
            _record_columns(), lambda one: one.inspection,
            EmptyState("receipt", tr("sync.receipts.empty.title"), tr("sync.receipts.empty.text")),
            name=tr("sync.receipts.list"), search=tr("sync.receipts.search"), prefs=context.prefs, memory="receipts",
        )  # fmt: skip
        self.only = Pills(
            tr("sync.receipts.only.name"), [(key, tr(f"sync.receipts.only.{key}")) for key in ONLY]
        )
        self.records.bar.addWidget(self.only)
        self.records.bar.addStretch(1)
        self.only.chosen.connect(self._filter)
        self.records.cleared.connect(self._all)
        self.records.table.picked.connect(self._picked)
        self.records.table.opened.connect(self._open)
        self.files = ListPane(
            _file_columns(), lambda one: one.id, EmptyState("evidence", tr("sync.files.empty")),
            name=tr("sync.files.list"),
        )  # fmt: skip
        self.none = EmptyState("evidence", tr("sync.files.title"), tr("sync.files.pick"))
        self._side = QStackedWidget()
        self._side.addWidget(self.none)
        self._side.addWidget(self._files_page())
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        left = QWidget()
        vbox(left, margin=(0, 0, 12, 0)).addWidget(self.records)
        right = QWidget()
        vbox(right, margin=(12, 0, 0, 0)).addWidget(self._side)
        split.addWidget(sized(left, min_width=280))
        split.addWidget(sized(right, min_width=260))
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([600, 400])
        vbox(self).addWidget(split)

    def put(self, receipts: tuple[RecordReceipt, ...]) -> None:
        """Show receipts."""
        self._receipts = receipts
        self._filter(self.only.value)

    def _files_page(self) -> QWidget:
        page = QWidget()
        column = vbox(page, gap=Space.BETWEEN)
        head = hbox()
        self._heading = ElidedLabel("", "strong")
        head.addWidget(self._heading, 1)
        head.addWidget(button(tr("sync.files.open"), self._open_current))
        column.addLayout(head)
        column.addWidget(self.files, 1)
        return page

    def _filter(self, only: str) -> None:
        shown = [
            one
            for one in self._receipts
            if only == "all"
            or (only == "refused" and one.refused)
            or (only == "missing" and not is_whole(one))
        ]
        self.records.put(shown, is_narrowed=len(shown) < len(self._receipts))

    def _all(self) -> None:
        self.only.choose("all")

    def _picked(self, receipt: object) -> None:
        self._side.setCurrentIndex(0 if receipt is None else 1)
        if not isinstance(receipt, RecordReceipt):
            self._inspection = ""
            return
        self._inspection = receipt.inspection
        self._heading.setText(tr("sync.files.of", record=receipt.title))
        of, inspection = self._context.services.evidence.of, InspectionId(receipt.inspection)
        self._context.runner.run_read(lambda: of(inspection), self._show_files, owner=self, key="files")

    def _show_files(self, pieces: tuple[Evidence, ...]) -> None:
        self.files.put(pieces)

    def _open(self, receipt: Any) -> None:
        self.opened.emit(receipt.inspection)

    def _open_current(self) -> None:
        if self._inspection:
            self.opened.emit(self._inspection)


def _record_columns() -> tuple[Column[RecordReceipt], ...]:
    return (
        Column(tr("sync.receipts.record"), lambda one: one.title, share=1, is_strong=True),
        Column(
            tr("sync.receipts.lines"), lambda one: of_words(one.receipted, one.lines),
            order=lambda one: one.receipted - one.lines, is_number=True,
        ),
        Column(
            tr("sync.receipts.files"), lambda one: of_words(one.files_receipted, one.files),
            order=lambda one: one.files_receipted - one.files, is_number=True,
        ),
        Column(
            tr("sync.receipts.state"), receipt_words, order=lambda one: (is_whole(one), -one.refused), mark=receipt_mark
        ),
    )  # fmt: skip


def _file_columns() -> tuple[Column[Evidence], ...]:
    return (
        Column(tr("sync.files.number"), lambda one: str(one.number), order=lambda one: one.number, is_number=True),
        Column(tr("sync.files.name"), lambda one: one.caption or one.file_name, share=1),
        Column(
            tr("sync.files.size"), lambda one: size_words(one.size_bytes), order=lambda one: one.size_bytes,
            is_number=True,
        ),
        Column(tr("sync.files.state"), file_words, mark=file_mark),
    )  # fmt: skip
