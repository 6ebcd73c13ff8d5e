"""One long piece of work at a time: its progress with a way out, and afterwards its sentences, which stay."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.clock import monotonic
from app.core.progress import CancelToken, Progress
from app.gui.runner import Job, Work
from app.gui.screen import Context
from app.gui.screens.sync.words import size_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.labels import selectable
from app.gui.widgets.layout import emptied, vbox
from app.gui.widgets.progress import SHOW_LEFT_AFTER_S, ProgressLine

RESTING = "relay.stay"
_KIB = 1024
_STEPS = ("packet.write", "packet.read", "relay.send", "relay.fetch", "relay.wait", RESTING)
_IN_BYTES = ("packet.write", "relay.send", "relay.fetch")


class EitherToken(CancelToken):
    """A flag that is also set with the one above it."""

    def __init__(self, above: CancelToken) -> None:
        super().__init__()
        self._above = above
        self._own = CancelToken()

    def cancel(self) -> None:
        """Ask the work to stop at the next item."""
        self._own.cancel()

    @property
    def is_cancelled(self) -> bool:
        """Whether stopping was asked, here or above."""
        return self._own.is_cancelled or self._above.is_cancelled

    def check(self) -> None:
        """Raise `Cancelled` if stopping was asked."""
        self._own.check()
        self._above.check()


class Errand(QWidget):
    """Runs work beside the writer. `turned` tells that it has begun or has come to its end."""

    turned = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._job: Job[Any] | None = None
        self._done: Callable[[Any], object] | None = None
        self._failed: Callable[[BaseException], object] | None = None
        self._end: Callable[[], object] | None = None
        self._step, self._since = "", 0.0
        self._words: tuple[str, ...] = ()
        self.progress: ProgressLine | None = None
        column = vbox(self, gap=Space.HAIR)
        self._line: QVBoxLayout = vbox(gap=0)
        self._said: QVBoxLayout = vbox(gap=Space.HAIR)
        column.addLayout(self._line)
        column.addLayout(self._said)
        self.hide()

    @property
    def is_working(self) -> bool:
        """Whether something is under way."""
        return self._job is not None

    @property
    def said(self) -> tuple[str, ...]:
        """The sentences that stand here."""
        return self._words

    def begin(
        self,
        words: str,
        work: Callable[[Work], Any],
        done: Callable[[Any], object],
        failed: Callable[[BaseException], object] | None = None,
        *,
        end: Callable[[], object] | None = None,
    ) -> None:
        """Run work, then call `done`, or `failed` in place of a banner; does nothing while something is under way.

        Args:
            end: Called when it is stopped, where the work comes to a good end of its own then; else it is dropped.
        """
        if self._job is not None:
            return
        self.say(())
        self._done, self._failed, self._end = done, failed, end
        self._step, self._since = "", monotonic()
        self.progress = ProgressLine(words, self.stop)
        self._line.addWidget(self.progress)
        self.show()
        self._job = self._context.runner.run_long(
            work, self._came, self._went_wrong, on_progress=self._show_progress, owner=self
        )
        self.turned.emit()

    @property
    def rests(self) -> bool:
        """Whether nothing but waiting for others is left to do."""
        return self.is_working and self._step == RESTING

    def stop(self) -> None:
        """Stop what is under way; nothing half is left behind."""
        if self._job is None:
            return
        if self._end is not None:
            self._end()
            return
        self._job.cancel()
        self._over()
        self.say([tr("sync_packets.stopped")])
        self.turned.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Come to an end with work that was dropped when the window was locked."""
        super().showEvent(event)
        if self._job is not None and self._job.token.is_cancelled:
            self._over()
            self.say([tr("sync_packets.stopped")])
            self.turned.emit()

    def say(self, lines: Sequence[str]) -> None:
        """Show sentences in place of those that stand here."""
        self._words = tuple(lines)
        emptied(self._said)
        for words in lines:
            self._said.addWidget(selectable(words))
        self.setVisible(bool(lines) or self.is_working)

    def _came(self, value: Any) -> None:
        done = self._done
        self._over()
        if done is not None:
            done(value)
        self.turned.emit()

    def _went_wrong(self, error: BaseException) -> None:
        failed = self._failed or self._context.notices.error
        self._over()
        failed(error)
        self.turned.emit()

    def _over(self) -> None:
        self._job = self._done = self._failed = self._end = self.progress = None
        emptied(self._line)
        self.setVisible(bool(self.said))

    def _show_progress(self, now: Progress) -> None:
        line = self.progress
        if line is None:
            return
        if now.what != self._step:
            self._step, self._since = now.what, monotonic()
            if now.what in _STEPS:
                line.what.setText(tr(f"sync_packets.step.{now.what}"))
                line.bar.setAccessibleName(line.what.text())
            line.stop.setText(tr("sync_packets.end" if self.rests else "widgets.cancel"))
            line.left.setText("")
            line.count.setText("")
        if self.rests:
            now = Progress(RESTING, 1, 1)  # nothing moves while nothing happens
        if now.what not in _IN_BYTES:
            line.show_progress(now)
            line.count.setVisible(not self.rests)
            return
        line.bar.setRange(0, now.total // _KIB)  # bytes: more than a bar's whole numbers hold
        line.bar.setValue(now.done // _KIB)
        line.count.show()
        line.count.setText(tr("sync_packets.progress.size", done=size_words(now.done), all=size_words(now.total)))
        spent = monotonic() - self._since
        is_told = spent > SHOW_LEFT_AFTER_S and 0 < now.done < now.total
        seconds = max(1, round(spent / now.done * (now.total - now.done))) if is_told else 0
        line.left.setText(tr("widgets.progress_left", seconds=seconds) if is_told else "")
