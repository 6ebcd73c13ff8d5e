"""The state card of synchronisation: what is not there yet, the button, the progress, last success and clock."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout

from app.core.progress import Progress
from app.core.syncing import SyncStatus
from app.gui import icons
from app.gui.screens.sync.words import Mark, is_clock_doubtful, moment_words, offset_words, size_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import emptied, grid, hbox, vbox
from app.gui.widgets.progress import ProgressLine

CHUNK = "blobs.chunk"


class StateCard(Card):
    """Shows a `SyncStatus` and runs on one button; `wanted` asks for a run, `stopped` for its end."""

    wanted = Signal()
    stopped = Signal()

    def __init__(self) -> None:
        super().__init__(gap=Space.BETWEEN)
        across = hbox(gap=Space.CARD)
        self._lines: QVBoxLayout = vbox(gap=6)
        across.addLayout(self._lines, 1)
        self.run = button(tr("sync.run"), self.wanted.emit, kind="primary", icon="sync")
        across.addWidget(self.run)
        self.body.addLayout(across)
        self._progress: ProgressLine | None = None
        self.outcome = label("", "muted", wrap=True)
        self.outcome.hide()
        self.body.addWidget(self.outcome)
        facts = grid(gap=Space.INSIDE)
        self._facts: dict[str, QLabel] = {}
        for place, name in enumerate(("server", "device", "last", "offset")):
            words = label(tr(f"sync.fact.{name}"), "secondary")
            self._facts[name] = ElidedLabel("")
            words.setBuddy(self._facts[name])
            cell = vbox(gap=0)
            cell.addWidget(words)
            cell.addWidget(self._facts[name])
            facts.addLayout(cell, 0, place)
            facts.setColumnStretch(place, 3 if name == "server" else 2)
        self.body.addLayout(facts)
        self._clock = label(tr("sync.fact.offset.bad"), "secondary", tone="bad", wrap=True)
        self.body.addWidget(self._clock)

    def put(self, status: SyncStatus, reason: str) -> None:
        """Show a status; `reason` is the sentence of the last error, or empty."""
        emptied(self._lines)
        for mark, words in _lines(status, reason):
            row = hbox(gap=Space.INSIDE)
            shape = QLabel()
            shape.setPixmap(icons.pixmap(*mark, 18))
            row.addWidget(shape)
            row.addWidget(label(words, "strong" if mark[1] != "none" else "muted", wrap=True), 1)
            self._lines.addLayout(row)
        enrolment = status.enrolment
        self._facts["server"].setText(enrolment.server if enrolment else "")
        self._facts["device"].setText(enrolment.device[:8].upper() if enrolment else "")
        last = status.last_success_at
        self._facts["last"].setText(moment_words(last) if last else tr("sync.fact.never"))
        self._facts["offset"].setText(offset_words(status.offset_ms))
        self._clock.setVisible(is_clock_doubtful(status.offset_ms))

    def begin(self) -> None:
        """Show that a run is under way."""
        self.run.setEnabled(False)
        self.outcome.hide()
        self._progress = ProgressLine(tr("sync.running"), self.stopped.emit)
        self.body.insertWidget(1, self._progress)

    def show_progress(self, progress: Progress) -> None:
        """Show how far the run is."""
        if self._progress is not None and progress.what == CHUNK:
            self._progress.left.setText(
                tr("sync.step.chunk", percent=100 * progress.done // max(progress.total, 1))
            )
        elif self._progress is not None:
            try:
                step = tr(f"sync.step.{progress.what}")
            except KeyError:
                step = tr("sync.step.any")
            self._progress.what.setText(step)
            self._progress.show_progress(progress)

    def finish(self, words: str) -> None:
        """Show what came of the run; the sentence stays until the next one."""
        if self._progress is not None:
            self.body.removeWidget(self._progress)
            self._progress.deleteLater()
            self._progress = None
        self.run.setEnabled(True)
        self.outcome.setText(words)
        self.outcome.setVisible(bool(words))


def _lines(status: SyncStatus, reason: str) -> list[tuple[Mark, str]]:
    lines: list[tuple[Mark, str]] = []
    if status.conflicts:
        lines.append((("warning", "bad"), tr("sync.state.conflicts", count=status.conflicts)))
    if status.refused:
        lines.append((("warning", "bad"), tr("sync.state.refused", count=status.refused)))
    if status.pending or status.files_pending:
        size = size_words(status.files_pending_bytes)
        words = tr("sync.state.pending", lines=status.pending, files=status.files_pending, size=size)
        lines.append((("upload", "open"), words))
    elif not lines:
        lines.append((("cloud-ok", "ok"), tr("sync.state.clean")))
    if reason:
        lines.append((("offline", "none"), tr("sync.last_error", reason=reason)))
    return lines
