"""The receipt wall: every record and every file, where it is proven to be, what waits and why."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from app.core.clock import local
from app.core.outcome import Outcome
from app.core.syncing import Receipt, RecordReceipt
from app.gui.runner import Work
from app.gui.screen import Context
from app.gui.screens.registers.listing import ListPane, Pills, on_key
from app.gui.screens.sync.columns import file_columns, one_columns, record_columns
from app.gui.screens.sync.words import one_title, one_words, receipt_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.flow import Flow
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import hbox, sized, vbox
from app.gui.widgets.search import SearchBox

VIEWS = ("records", "files")
ONLY = ("all", "unsafe", "trouble")
DETAIL = "detail"
_PACKETS = 2
Row = RecordReceipt | Receipt


class ReceiptsPane(QWidget):
    """Records or files in one table; Enter shows every line and file of a record, Esc comes back.

    Rows are read, sought and filtered on a reader's thread: 20,000 files never hold the window up.
    """

    opened = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._view, self._inspection, self._title = VIEWS[0], "", ""
        self.search = sized(SearchBox(tr("sync.receipts.search")), min_width=130, max_width=320)
        self.view = Pills(tr("sync.receipts.view"), [(key, tr(f"sync.receipts.view.{key}")) for key in VIEWS])
        self.only = Pills(tr("sync.receipts.only.name"), [(key, tr(f"sync.receipts.only.{key}")) for key in ONLY])
        self.back = button(tr("sync.receipts.back"), self.close_detail, icon="back")
        self.heading = ElidedLabel("", "strong")
        self.visit = button(tr("sync.files.open"), self._visit)
        self.export_button = button(tr("sync.receipts.export"), self.export, icon="export")
        self.lists = {
            "records": self._list(record_columns(), lambda one: one.inspection, "records"),
            "files": self._list(file_columns(), lambda one: one.id, "files"),
            DETAIL: self._list(one_columns(), lambda one: one.id, "detail"),
        }
        self._pages = QStackedWidget()
        for pane in self.lists.values():
            self._pages.addWidget(pane)
        self._build()
        self.lists["records"].table.opened.connect(self._open_record)
        self.lists["files"].table.opened.connect(self._open_file)
        self.lists[DETAIL].table.opened.connect(self._open_file)
        self.search.wanted.connect(self.read)
        self.only.chosen.connect(self.read)
        self.view.chosen.connect(self._turn)
        on_key(self, "Ctrl+F", self._seek)
        on_key(self, "Ctrl+E", self.export)
        self._dress()

    @property
    def records(self) -> ListPane:
        """The table of records."""
        return self.lists["records"]

    @property
    def files(self) -> ListPane:
        """The table of all files."""
        return self.lists["files"]

    @property
    def detail(self) -> ListPane:
        """The table of one record's lines and files."""
        return self.lists[DETAIL]

    def read(self, _why: str = "") -> None:
        """Read what is in front anew."""
        sync, view, inspection = self._context.services.sync, self._view, self._inspection
        words, only = self.search.text().strip(), self.only.value

        def rows() -> tuple[str, tuple[Row, ...], bool]:
            found: tuple[Row, ...]
            if view == "records":
                found = sync.receipts()
            elif view == "files":
                found = sync.files()
            else:
                found = (*sync.files(inspection), *sync.lines(inspection))
            shown = narrowed(found, words, only)
            return view, shown, len(shown) < len(found)

        self._context.runner.run_read(rows, self._show, owner=self, key="wall")

    def open_detail(self, inspection: str, title: str) -> None:
        """Show every line and every file of one record."""
        self._view, self._inspection, self._title = DETAIL, inspection, title
        self.lists[DETAIL].put(())
        self._dress()
        self.read()
        self.lists[DETAIL].table.setFocus()

    def close_detail(self) -> bool:
        """Come back to the list; False where it is in front."""
        if self._view != DETAIL:
            return False
        self._turn(self.view.value)
        self.lists[self._view].table.setFocus()
        return True

    def export(self) -> None:
        """Ask where to, and write every line and file with hashes and receipt numbers."""
        name = tr("sync.receipts.file", day=f"{local(self._context.services.clock()):%Y-%m-%d}")
        path, _ = QFileDialog.getSaveFileName(self, tr("sync.receipts.export"), name, "CSV (*.csv);;JSON (*.json)")
        if path:
            self.export_to(Path(path))

    def export_to(self, path: Path) -> None:
        """Write the log to a file in the background."""
        target = path if path.suffix in (".csv", ".json") else path.with_suffix(".csv")
        log = self._context.services.receipt_log
        self.export_button.setEnabled(False)

        def work(long: Work) -> Outcome[int]:
            outcome: Outcome[int] = log.export(target, long.report, long.token)
            return outcome

        self._context.runner.run_long(work, self._exported, self._not_exported, owner=self)

    def _exported(self, outcome: Outcome[int]) -> None:
        self.export_button.setEnabled(True)
        self._context.notices.toast(tr("sync.receipts.exported", count=f"{outcome.value:,}"))

    def _not_exported(self, error: BaseException) -> None:
        self.export_button.setEnabled(True)
        self._context.notices.error(error)

    def _build(self) -> None:
        column = vbox(self, gap=Space.BETWEEN)
        bar = hbox(gap=Space.BETWEEN)
        filters = Flow(gap=Space.BETWEEN)
        for part in (self.back, self.view, self.only):
            filters.add(part)
        bar.addWidget(filters)
        bar.addWidget(self.heading, 6)
        bar.addStretch(1)
        bar.addWidget(self.search, 2)
        bar.addWidget(self.visit)
        bar.addWidget(self.export_button)
        column.addLayout(bar)
        column.addWidget(self._pages, 1)
        column.addWidget(label(tr("sync.receipts.note"), "hint", wrap=True))

    def _list(self, columns: Any, key: Callable[[Any], str], name: str) -> ListPane:
        empty = EmptyState("receipt", tr(f"sync.receipts.empty.{name}"), tr("sync.receipts.empty.text"))
        made = ListPane(
            columns, key, empty, name=tr(f"sync.receipts.list.{name}"), prefs=self._context.prefs, memory=f"wall-{name}"
        )
        made.cleared.connect(self._all)
        return made

    def _show(self, found: tuple[str, tuple[Row, ...], bool]) -> None:
        view, rows, is_narrowed = found
        if view != self._view:
            return
        pane = self.lists[view]
        if not pane.table.isColumnHidden(_PACKETS) and not any(one.packets for one in rows):
            pane.table.setColumnHidden(_PACKETS, True)
        elif any(one.packets for one in rows):
            pane.table.setColumnHidden(_PACKETS, False)
        pane.put(rows, is_narrowed=is_narrowed)

    def _turn(self, view: str) -> None:
        self._view, self._inspection = view, ""
        self._dress()
        self.read()

    def _dress(self) -> None:
        is_detail = self._view == DETAIL
        for part in (self.back, self.heading, self.visit):
            part.setVisible(is_detail)
        for other in (self.view, self.export_button):
            other.setVisible(not is_detail)
        self.heading.setText(self._title)
        self._pages.setCurrentWidget(self.lists[self._view])

    def _open_record(self, receipt: Any) -> None:
        self.open_detail(receipt.inspection, receipt.title)

    def _open_file(self, one: Any) -> None:
        """Fetch a file that is not here before all others; else go to its record."""
        if one.is_file and not one.has_here:
            ask = self._context.services.sync.ask_for
            self._context.runner.run_write(lambda: ask(one.id), self._asked, owner=self)
        elif self._view != DETAIL and one.inspection:
            self.open_detail(one.inspection, one.record)

    def _asked(self, _outcome: object) -> None:
        self._context.services.sync_loop.now()
        self._context.notices.toast(tr("sync.files.asked"))

    def _visit(self) -> None:
        if self._inspection:
            self.opened.emit(self._inspection)

    def _all(self) -> None:
        self.search.clear()
        self.only.choose("all")
        self.read()

    def _seek(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()


def narrowed(rows: Iterable[Row], words: str, only: str) -> tuple[Row, ...]:
    """Return the rows that hold every word and are what is asked for: `unsafe`, `trouble` (needs a person), or all."""
    parts = words.casefold().split()
    return tuple(
        one for one in rows if _is_asked(one, only) and (not parts or all(part in _text(one) for part in parts))
    )


def _is_asked(one: Row, only: str) -> bool:
    if only == "unsafe":
        return not one.is_safe
    if only == "trouble":
        waits = one.waits if isinstance(one, RecordReceipt) else (one.wait,)
        refused = bool(one.refused) if isinstance(one, RecordReceipt) else one.reason is not None
        return refused or any(wait in ("missing", "damaged", "server") for wait in waits)
    return True


def _text(one: Row) -> str:
    if isinstance(one, RecordReceipt):
        return f"{one.title} {receipt_words(one)}".casefold()
    return f"{one_title(one)} {one.record} {one.digest} {one_words(one)} {one.receipt or ''}".casefold()
