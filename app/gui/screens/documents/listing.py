"""All documents: those that wait for a signature first, searchable by institution and number."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.documents import DocumentState
from app.gui.prefs import Prefs
from app.gui.screens.documents.ops import ListLine
from app.gui.screens.documents.touch import touch
from app.gui.screens.documents.words import (
    STATE_MARKS,
    day,
    next_words,
    state_and_progress,
    state_of,
    title_of,
)
from app.gui.screens.registers.listing import ListPane, Pills
from app.gui.screens.registers.rows import Column
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.layout import hbox, vbox

FILTERS: dict[str, tuple[str, ...]] = {
    "to_sign": ("open", DocumentState.FROZEN, DocumentState.SIGNING),
    "signed": (DocumentState.SIGNED, DocumentState.AMENDED),
    "all": ("open", *DocumentState),
}


def columns() -> tuple[Column[ListLine], ...]:
    """Return the columns of the list."""
    order = tuple(STATE_MARKS)
    return (
        Column(tr("documents.column.institution"), lambda line: line.institution, share=5, is_strong=True),
        Column(tr("documents.column.title"), title_of),
        Column(
            tr("documents.column.state"), state_and_progress,
            order=lambda line: order.index(state_of(line)), mark=lambda line: STATE_MARKS[state_of(line)],
        ),
        Column(tr("documents.column.next"), lambda line: next_words(line.view), share=4),
        Column(tr("documents.column.number"), lambda line: line.view.document.number if line.view else line.task),
        Column(
            tr("documents.column.frozen_at"),
            lambda line: day(line.view.document.frozen_at) if line.view else "",
        ),
    )  # fmt: skip


class DocumentList(QWidget):
    """The list with its filter. `opened` carries a line, `case_wanted` the line whose inspection is wanted."""

    opened = Signal(object)
    case_wanted = Signal(object)
    tasks_wanted = Signal()
    papers_wanted = Signal()
    archive_wanted = Signal()

    def __init__(self, prefs: Prefs) -> None:
        super().__init__()
        self._lines: tuple[ListLine, ...] = ()
        empty = EmptyState(
            "document", tr("documents.empty.title"), tr("documents.empty.text"),
            action=tr("documents.empty.do"), on_action=self.tasks_wanted.emit,
        )  # fmt: skip
        self.list = ListPane(
            columns(), lambda line: line.key, empty, name=tr("documents.list"), search=tr("documents.search"),
            prefs=prefs, memory="documents",
        )  # fmt: skip
        self.pills = Pills(
            tr("documents.filter.name"), [(key, tr(f"documents.filter.{key}")) for key in FILTERS]
        )
        self.pills.chosen.connect(self._filter)
        self.list.bar.addWidget(self.pills)
        self.list.bar.addStretch(1)
        self.list.cleared.connect(self._show_all)
        self.list.table.opened.connect(self.opened)
        self.list.table.picked.connect(self._picked)
        self.list.model.modelReset.connect(self._count)
        foot = hbox(gap=Space.INSIDE)
        self.case_button = touch(tr("documents.open_case"), self._case, icon="folder")
        self.open_button = touch(tr("documents.open"), self._open, kind="primary", icon="document")
        foot.addWidget(self.list.count)
        foot.addStretch(1)
        foot.addWidget(touch(tr("documents.archive"), self.archive_wanted.emit, icon="verified"))
        foot.addWidget(touch(tr("papers.title"), self.papers_wanted.emit, icon="task"))
        foot.addWidget(self.case_button)
        foot.addWidget(self.open_button)
        column = vbox(self, margin=Space.PAGE, gap=Space.BETWEEN)
        column.addWidget(self.list, 1)
        column.addLayout(foot)
        self._picked(None)

    def show_lines(self, lines: tuple[ListLine, ...]) -> None:
        """Show these lines."""
        waiting = sum(state_of(line) in FILTERS["to_sign"] for line in lines)
        words = tr("documents.filter.to_sign")
        self.pills.rename("to_sign", f"{words} {waiting}" if waiting else words)
        if not self._lines and lines and not waiting:
            self.pills.choose("all")
        self._lines = lines
        self._filter(self.pills.value)

    def _filter(self, key: str) -> None:
        shown = [line for line in self._lines if state_of(line) in FILTERS[key]]
        self.list.put(shown, is_narrowed=len(shown) < len(self._lines))

    def _count(self) -> None:
        shown, whole = self.list.model.rowCount(), len(self._lines)
        self.list.count.setText(
            tr("documents.count" if shown == whole else "documents.count.of", shown=shown, all=whole)
        )

    def _show_all(self) -> None:
        self.pills.choose("all")

    def _picked(self, line: object) -> None:
        is_line = isinstance(line, ListLine)
        self.case_button.setEnabled(isinstance(line, ListLine) and bool(line.inspection))
        self.open_button.setEnabled(is_line)
        if isinstance(line, ListLine):
            waiting = state_of(line) in FILTERS["to_sign"]
            key = "compose" if line.view is None else "sign" if waiting else "show"
            self.open_button.setText(tr(f"documents.do_{key}"))

    def _open(self) -> None:
        line = self.list.table.current()
        if line is not None:
            self.opened.emit(line)

    def _case(self) -> None:
        line = self.list.table.current()
        if line is not None:
            self.case_wanted.emit(line)
