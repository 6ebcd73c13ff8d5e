"""The state card of synchronisation: what is not there yet, the buttons, the progress, and a clock that is wrong."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.core.progress import Progress
from app.core.syncing import SyncStatus
from app.gui import icons
from app.gui.screens.sync.words import Mark, is_clock_doubtful, moment_words, size_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.labels import label
from app.gui.widgets.layout import emptied, hbox, vbox
from app.gui.widgets.progress import ProgressLine

CHUNK = "blobs.chunk"
LOGIN = "auth.login_needed"


class StateCard(Card):
    """Shows a `SyncStatus`; `wanted` asks for a run, `stopped` for its end, `paused` for a pause or its end.

    Brief, it says in one line what waits and why; what needs a person stands in the tabs with its count then.
    `led` carries where a line that needs a person leads: `conflicts`, `troubles` or `lost`.
    """

    wanted = Signal()
    stopped = Signal()
    paused = Signal(bool)
    led = Signal(str)

    def __init__(self) -> None:
        super().__init__(gap=Space.BETWEEN)
        self._is_paused = self._is_brief = False
        self._given: tuple[SyncStatus, str] | None = None
        across = hbox(gap=Space.BETWEEN)
        self._lines: QVBoxLayout = vbox(gap=6)
        across.addLayout(self._lines, 1)
        self.pause = button(tr("sync.pause"), self._turn_pause)
        across.addWidget(self.pause, 0, Qt.AlignmentFlag.AlignTop)
        self.run = button(tr("sync.run"), self.wanted.emit, kind="primary", icon="sync")
        across.addWidget(self.run, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(across)
        self._progress: ProgressLine | None = None
        self.outcome = label("", "muted", wrap=True)
        self.outcome.hide()
        self.body.addWidget(self.outcome)
        self._clock = label(tr("sync.fact.offset.bad"), "secondary", tone="bad", wrap=True)
        self.body.addWidget(self._clock)

    def put(self, status: SyncStatus, reason: str) -> None:
        """Show a status; `reason` is the sentence of the last error, or empty."""
        self._given = (status, reason)
        emptied(self._lines)
        led, lines = leads(status), state_lines(status, reason)
        if self._is_brief:
            led, lines = [], lines[len(led) :][:1] or lines[:1]
        if len(lines) == 1:
            self._lines.addStretch(1)
        for place, (mark, words) in enumerate(lines):
            row = hbox(gap=Space.INSIDE)
            shape = QLabel()
            shape.setPixmap(icons.pixmap(*mark, 18))
            row.addWidget(shape)
            is_led = place < len(led)
            row.addWidget(label(words, "strong" if mark[1] != "none" else "muted", wrap=not is_led), not is_led)
            if is_led:
                row.addWidget(self._link(led[place], words))
                row.addStretch(1)
            self._lines.addLayout(row)
        self._lines.addStretch(1)
        self._clock.setVisible(is_clock_doubtful(status.offset_ms))
        has_way = status.enrolment is not None  # otherwise packets are the only one
        self.run.setVisible(has_way)
        self.pause.setVisible(has_way)
        self._is_paused = status.policy.is_paused
        self.pause.setText(tr("sync.resume" if self._is_paused else "sync.pause"))

    def set_brief(self, brief: bool) -> None:
        """Say it in one line, or everything."""
        if brief != self._is_brief:
            self._is_brief = brief
            if self._given is not None:
                self.put(*self._given)

    def begin(self) -> None:
        """Show that a run is under way; once more changes nothing."""
        self.run.setEnabled(False)
        self.outcome.hide()
        if self._progress is None:
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
            self._progress.hide()
            self._progress.deleteLater()
            self._progress = None
        self.run.setEnabled(True)
        self.outcome.setText(words)
        self.outcome.setVisible(bool(words))

    def _link(self, lead: str, words: str) -> QWidget:
        made = button(tr("sync.state.look"), self._lead, kind="link")
        made.setProperty("lead", lead)
        made.setAccessibleName(f"{tr('sync.state.look')} {words}")
        return made

    def _lead(self) -> None:
        self.led.emit(str(self.sender().property("lead")))

    def _turn_pause(self) -> None:
        self.paused.emit(not self._is_paused)


def leads(status: SyncStatus) -> list[str]:
    """Return where the first lines lead, those that need a person."""
    counts = (("conflicts", status.conflicts), ("troubles", status.refused), ("lost", status.files_lost))
    return [name for name, count in counts if count]


def _pending_words(status: SyncStatus) -> str:
    size = size_words(status.files_pending_bytes)
    parts = [tr("sync.state.pending.lines", lines=f"{status.pending:,}")] if status.pending else []
    if status.files_pending:
        parts.append(tr("sync.state.pending.files", files=f"{status.files_pending:,}", size=size))
    return tr("sync.state.pending", what=tr("widgets.and").join(parts))


def state_lines(status: SyncStatus, reason: str) -> list[tuple[Mark, str]]:
    """Return what stands first: what needs a person, what waits and why, or that all is there."""
    lines: list[tuple[Mark, str]] = []
    for name, count in (("conflicts", status.conflicts), ("refused", status.refused), ("lost", status.files_lost)):
        if count:
            lines.append((("warning", "bad"), tr(f"sync.state.{name}", count=count)))
    if status.stuck == LOGIN:
        lines.append((("key", "open"), tr("sync.state.login")))
    elif status.stuck is not None:
        lines.append((("warning", "bad"), tr("sync.state.stuck", reason=reason)))
    if status.pending or status.files_pending:
        lines.append((("upload", "open"), _pending_words(status)))
    elif not lines:
        lines.append((("cloud-ok", "ok"), tr("sync.state.clean")))
    if status.files_held:
        lines.append((("time", "none"), tr("sync.state.held", files=status.files_held)))
    if status.files_absent:
        lines.append((("download", "none"), tr("sync.state.absent", files=status.files_absent)))
    if status.policy.is_paused:
        lines.append((("offline", "open"), tr("sync.state.paused")))
    elif status.offline_since is not None:
        since = moment_words(status.offline_since)
        lines.append((("offline", "none"), tr("sync.state.offline", since=since, reason=reason)))
    elif reason and status.stuck is None:
        lines.append((("offline", "none"), tr("sync.last_error", reason=reason)))
    return lines
