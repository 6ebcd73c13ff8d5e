"""What became of each row: counts that add up, rejected rows with their reasons, and what is odd."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.registers import Imported, Rejected, RowNote
from app.gui.messages import sentence_of
from app.gui.prefs import Prefs
from app.gui.screens.registers.listing import ListPane, Pills
from app.gui.screens.registers.rows import Column
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card, Fact
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, vbox

Numbered = tuple[int, Rejected]
Noted = tuple[int, RowNote]
_COUNTS = ("read", "imported", "merged", "rejected", "conflicts", "warnings")


class ResultPage(QWidget):
    """Shows a dry run before the import and the result after it."""

    import_wanted = Signal()
    export_wanted = Signal()
    undo_wanted = Signal()
    again_wanted = Signal()
    conflicts_wanted = Signal()
    registers_wanted = Signal()

    def __init__(self, prefs: Prefs) -> None:
        super().__init__()
        column = vbox(self, gap=Space.INSIDE)
        top = Card(margin=Space.INSIDE)
        self.say = label("", "secondary", wrap=True)
        facts = hbox(gap=Space.PAGE)
        self.facts = {name: Fact("0", tr(f"registers.import.count.{name}")) for name in _COUNTS}
        for fact in self.facts.values():
            facts.addWidget(fact)
        facts.addWidget(self.say, 1)
        top.body.addLayout(facts)
        column.addWidget(top)
        line = hbox()
        self.tabs = Pills(
            tr("registers.import.details"),
            [(key, tr(f"registers.import.tab.{key}")) for key in ("rejected", "warnings")],
        )
        line.addWidget(self.tabs)
        line.addStretch(1)
        self.export_button = button(
            tr("registers.import.export_rejected"), self.export_wanted.emit, icon="export"
        )
        line.addWidget(self.export_button)
        column.addLayout(line)
        rejected: tuple[Column[Numbered], ...] = (
            Column(
                tr("registers.import.row"),
                lambda one: _row_words(one[1].note),
                order=lambda one: one[0],
                is_number=True,
            ),
            Column(
                tr("registers.import.reason"), lambda one: note_words(one[1].note), share=1, is_strong=True
            ),
            Column(tr("registers.import.cells"), lambda one: " | ".join(filter(None, one[1].cells)), share=2),
        )
        warnings: tuple[Column[Noted], ...] = (
            Column(
                tr("registers.import.row"),
                lambda one: _row_words(one[1]),
                order=lambda one: one[0],
                is_number=True,
            ),
            Column(tr("registers.import.note"), lambda one: note_words(one[1]), share=1),
        )
        self.rejected = ListPane(
            rejected, lambda one: str(one[0]),
            EmptyState("check", tr("registers.import.all_taken.title"), tr("registers.import.all_taken.text")),
            name=tr("registers.import.tab.rejected"), search=tr("registers.import.search"), prefs=prefs, memory="rejected",
        )  # fmt: skip
        self.warnings = ListPane(
            warnings, lambda one: str(one[0]), EmptyState("check", tr("registers.import.nothing_odd")),
            name=tr("registers.import.tab.warnings"), search=tr("registers.import.search"), prefs=prefs, memory="warnings",
        )  # fmt: skip
        self._stack = QStackedWidget()
        for pane in (self.rejected, self.warnings):
            pane.bar.addStretch(1)
            self._stack.addWidget(pane)
        column.addWidget(self._stack, 1)
        foot = hbox(gap=Space.INSIDE)
        self.undo_button = button(tr("registers.import.undo"), self.undo_wanted.emit, icon="undo")
        self.again_button = button(tr("registers.import.again"), self.again_wanted.emit)
        self.conflicts_button = button(
            tr("registers.import.conflicts"), self.conflicts_wanted.emit, icon="warning"
        )
        self.registers_button = button(
            tr("registers.import.to_registers"), self.registers_wanted.emit, kind="primary"
        )
        self.import_button = button(tr("registers.import.do"), self.import_wanted.emit, kind="primary")
        foot.addWidget(self.undo_button)
        foot.addStretch(1)
        for made in (self.conflicts_button, self.again_button, self.registers_button, self.import_button):
            foot.addWidget(made)
        column.addLayout(foot)
        self.tabs.chosen.connect(self._turn)

    def put(self, result: Imported, *, is_dry: bool) -> None:
        """Show a result; a dry one can still be carried out."""
        counts = {
            "read": result.read, "imported": result.imported, "merged": result.merged, "rejected": len(result.rejected),
            "conflicts": result.conflicts, "warnings": len(result.warnings),
        }  # fmt: skip
        for name, count in counts.items():
            tone = "bad" if name == "rejected" and count else "open" if name == "conflicts" and count else ""
            self.facts[name].show_value(f"{count:,}", tone)
        is_empty = not is_dry and not result.batch
        key = "dry" if is_dry else "unchanged" if is_empty else "done"
        self.say.setText(tr(f"registers.import.say.{key}"))
        self.rejected.put(tuple(enumerate(result.rejected)))
        self.warnings.put(tuple(enumerate(result.warnings)))
        for key, count in (("rejected", len(result.rejected)), ("warnings", len(result.warnings))):
            self.tabs.rename(
                key,
                tr("registers.import.tab_count", name=tr(f"registers.import.tab.{key}"), count=f"{count:,}"),
            )
        self.tabs.choose("rejected" if result.rejected or not result.warnings else "warnings")
        self.export_button.setEnabled(bool(result.rejected))
        self.import_button.setVisible(is_dry)
        self.import_button.setText(
            tr("registers.import.do_count", count=f"{result.imported + result.merged:,}")
        )
        self.undo_button.setVisible(bool(result.batch))
        self.conflicts_button.setVisible(not is_dry and bool(result.conflicts))
        self.registers_button.setVisible(not is_dry)

    def _turn(self, key: str) -> None:
        self._stack.setCurrentWidget(self.rejected if key == "rejected" else self.warnings)


def note_words(note: RowNote) -> str:
    """Return what is said of a row."""
    return sentence_of(note.code, dict(note.params))


def _row_words(note: RowNote) -> str:
    return str(note.row) if note.row else tr("registers.import.whole_file")
