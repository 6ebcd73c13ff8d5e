"""The papers of one inspection: what can be composed now, what stops it, what waits for a signature."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from app.core.documents import DocumentState
from app.core.inspections import Blocker, InspectionState
from app.core.progress import Progress
from app.gui import icons
from app.gui.models.tuples import TupleListModel
from app.gui.screens.documents.blockers import BlockerDelegate, spoken
from app.gui.screens.documents.entries import Entry, entries, may_close
from app.gui.screens.documents.ops import CaseFile
from app.gui.screens.documents.touch import TouchButton, touch
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.card import Card
from app.gui.widgets.labels import ElidedLabel, badge, label
from app.gui.widgets.layout import emptied, hbox, rule, scrolled, vbox
from app.gui.widgets.notices import Note
from app.gui.widgets.progress import ProgressLine
from app.gui.widgets.steps import Steps
from app.gui.widgets.views import RowsView

ABOVE = 190
LEAST_STOPS = 150
STEPS = ("prepare", "check", "interview", "review", "sign", "deliver")
_BADGES = {"blocked": "bad", "ready": "accent", "running": "open", "frozen": "open", "signing": "accent"}


class EntryRow(QFrame):
    """One paper. `acted` carries (action, entry); the action may be `discard` besides the entry's own."""

    acted = Signal(str, object)

    def __init__(self, entry: Entry, *, is_first: bool) -> None:
        super().__init__()
        self.entry = entry
        row = hbox(self, margin=(Space.CARD, Space.BETWEEN), gap=Space.BETWEEN)
        self._picture = label()
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignVCenter)
        words = vbox(gap=2)
        head = hbox(gap=Space.INSIDE)
        title = ElidedLabel(entry.title, "strong")
        title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        head.addWidget(title)
        state = tr(f"documents.state.{entry.state}")
        head.addWidget(badge(state, _BADGES.get(entry.state, "ok")))
        head.addStretch(1)
        words.addLayout(head)
        words.addWidget(ElidedLabel(entry.detail, "secondary"))
        row.addLayout(words, 1)
        if entry.state == DocumentState.FROZEN:
            row.addWidget(touch(tr("documents.discard"), self._discard))
        self.action: TouchButton | None = None
        if entry.action:
            kind = "primary" if is_first else "plain"
            self.action = touch(tr(f"documents.do_{entry.action}"), self._act, kind=kind)
            self.action.setAccessibleName(f"{self.action.text()} {entry.title}")
            row.addWidget(self.action)
        self.setAccessibleName(f"{entry.title} {state} {entry.detail}")
        current().changed.connect(self._dress)
        self._dress()

    def _act(self) -> None:
        self.acted.emit(self.entry.action, self.entry)

    def _discard(self) -> None:
        self.acted.emit("discard", self.entry)

    def _dress(self) -> None:
        name, tone = self.entry.mark
        self._picture.setPixmap(icons.pixmap(name, tone, 22))


class CasePane(QWidget):
    """Everything of one inspection that becomes paper."""

    acted = Signal(str, object)
    step_wanted = Signal(str)
    jump_wanted = Signal(object)
    close_wanted = Signal()
    sync_wanted = Signal()
    cancel_wanted = Signal()
    list_wanted = Signal()
    papers_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[EntryRow] = []
        column = vbox(self, gap=0)
        bar = hbox(margin=(Space.CARD, 6, Space.CARD, 6), gap=Space.INSIDE)
        self.back = touch(tr("documents.back_to_list"), self.list_wanted.emit, kind="quiet", icon="back")
        bar.addWidget(self.back)
        self.steps = Steps([(one, tr(f"documents.step.{one}")) for one in STEPS])
        self.steps.chosen.connect(self.step_wanted)
        bar.addWidget(self.steps, 1)
        self.papers = touch(tr("papers.title"), self.papers_wanted.emit, icon="task")
        bar.addWidget(self.papers)
        column.addLayout(bar)
        column.addWidget(rule())
        body = vbox(margin=(Space.PAGE, Space.CARD), gap=Space.BETWEEN)
        column.addLayout(body, 1)
        self.note = Note("", "ok")
        body.addWidget(self.note)
        self.progress_place = vbox()
        self.progress: ProgressLine | None = None
        body.addLayout(self.progress_place)
        body.addWidget(self._papers())
        body.addWidget(self._stops(), 1)
        self._spare = QWidget()
        body.addWidget(self._spare, 1)
        current().changed.connect(self._fit)

    def show_file(self, file: CaseFile) -> None:
        """Show the file of an inspection."""
        found = entries(file)
        first = next((one for one in found if one.needs_somebody), None)
        had_focus = any(row.action is not None and row.action.hasFocus() for row in self.rows)
        emptied(self._list)
        self.rows.clear()
        for at, entry in enumerate(found):
            if at:
                self._list.addWidget(rule())
            row = EntryRow(entry, is_first=entry is first)
            row.acted.connect(self.acted)
            self._list.addWidget(row)
            self.rows.append(row)
        self._list.addStretch(1)
        unsigned = file.inspection.state in (InspectionState.OPEN, InspectionState.FROZEN)
        self._blockers.set_rows(tuple(enumerate(file.blockers)) if unsigned else ())
        self.stops.setVisible(unsigned and bool(file.blockers))
        key = "documents.stops" if file.blocking else "documents.warnings"
        self.stops.title.setText(tr(key, count=file.blocking or len(file.blockers)))
        self._spare.setVisible(self.stops.isHidden())
        self._fit()
        self.close_case.setVisible(may_close(file))
        closed = file.inspection.state is InspectionState.CLOSED
        self.to_sync.setVisible(closed)
        self.note.setVisible(closed or may_close(file))
        self.note.say(tr("documents.note_closed" if closed else "documents.note_signed"))
        signed = file.inspection.state in (InspectionState.SIGNED, InspectionState.CLOSED)
        if had_focus:
            self.focus_first()
        self.steps.show_state("sign", _done(file, signed=signed))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height out anew."""
        super().resizeEvent(event)
        self._fit()

    def begin_progress(self, what: str) -> None:
        """Show long work."""
        self.end_progress()
        self.progress = ProgressLine(what, self.cancel_wanted.emit)
        self.progress_place.addWidget(self.progress)
        for row in self.rows:
            if row.action is not None:
                row.action.setEnabled(False)

    def show_progress(self, progress: Progress) -> None:
        """Show how far it is."""
        if self.progress is not None:
            self.progress.show_progress(progress)

    def end_progress(self) -> None:
        """Take the progress away."""
        emptied(self.progress_place)
        self.progress = None
        for row in self.rows:
            if row.action is not None:
                row.action.setEnabled(True)

    def focus_first(self) -> None:
        """Go to what is to be done next."""
        wanted = next((row.action for row in self.rows if row.entry.needs_somebody and row.action), None)
        if wanted is not None:
            wanted.setFocus(Qt.FocusReason.OtherFocusReason)

    def _papers(self) -> Card:
        card = Card(tr("documents.papers"), margin=0, gap=0)
        # Card puts the title line into the body; with no margin of its own it needs one here.
        current().lay(card.head, (Space.CARD, 10, Space.BETWEEN, 6), Space.INSIDE)
        self.close_case = touch(tr("documents.close"), self.close_wanted.emit, kind="primary", icon="check")
        self.to_sync = touch(tr("documents.to_sync"), self.sync_wanted.emit, icon="sync")
        card.head.addWidget(self.to_sync)
        card.head.addWidget(self.close_case)
        inner = QWidget()
        self._list = vbox(inner, gap=0)
        card.body.addWidget(rule())
        self._paper_area = scrolled(inner)
        card.body.addWidget(self._paper_area)
        return card

    def _fit(self) -> None:
        """Give the papers the room they need and the rest to what stops them."""
        px = current().px
        needed = sum(row.sizeHint().height() + 1 for row in self.rows)
        room = self.height() - px(ABOVE if self.stops.isHidden() else ABOVE + LEAST_STOPS)
        self._paper_area.setMinimumHeight(min(needed, max(room, px(120))))
        self._paper_area.setMaximumHeight(needed)

    def _stops(self) -> Card:
        self.stops = Card(tr("documents.stops", count=0), margin=0, gap=0)
        current().lay(self.stops.head, (Space.CARD, 10, Space.CARD, 6), Space.INSIDE)
        self._blockers: TupleListModel[tuple[int, Blocker]] = TupleListModel(spoken, lambda row: row[0], self)
        self.blockers = RowsView(tr("documents.stops_list"), BlockerDelegate(), bare=True)
        self.blockers.setResizeMode(RowsView.ResizeMode.Adjust)
        self.blockers.setModel(self._blockers)
        self.blockers.opened.connect(self._jump)
        self.blockers.clicked.connect(self._clicked)
        self.stops.body.addWidget(rule())
        self.stops.body.addWidget(self.blockers, 1)
        return self.stops

    def _clicked(self, index: QModelIndex) -> None:
        row = self._blockers.row_at(index)
        if row is not None:
            self._jump(row)

    def _jump(self, row: tuple[int, Blocker]) -> None:
        self.jump_wanted.emit(row[1])


def _done(file: CaseFile, *, signed: bool) -> list[str]:
    """Return the steps that lie behind, as the inspection screen counts them."""
    done = ["prepare"]
    # Nobody composes a record before all is checked and reviewed; single items left open are named among the blockers.
    done += ["check", "review"] if signed or file.inspection.state is not InspectionState.OPEN else []
    held = [one.ended_at is not None for one in file.interviews]
    done += ["interview"] if held and all(held) else []
    done += ["deliver"] if file.inspection.state is InspectionState.CLOSED else []
    return done
