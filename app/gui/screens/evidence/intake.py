"""Bringing files in: progress with a way out, and afterwards what was not decoded, by name and with the reason."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.evidence import IntakeResult, Link
from app.core.ids import InspectionId
from app.core.outcome import Outcome
from app.core.progress import CancelToken, Progress
from app.gui.models.tuples import TupleListModel
from app.gui.runner import Job
from app.gui.screen import Context
from app.gui.screens.evidence import ops, words
from app.gui.screens.evidence.ops import Source
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.delegates import RowDelegate, RowLook
from app.gui.widgets.labels import label
from app.gui.widgets.layout import sized, vbox
from app.gui.widgets.progress import ProgressLine
from app.gui.widgets.views import RowsView

ROW_UNITS = 66


class IntakeBar(QWidget):
    """Above the wall while files come in, and after. `done` carries the results; one intake at a time, more wait."""

    done = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._waiting: list[tuple[InspectionId, list[Source], tuple[Link, ...]]] = []
        self._stop: CancelToken | None = None
        self._job: Job[Outcome[tuple[IntakeResult, ...]]] | None = None
        self._column = vbox(self, gap=Space.INSIDE)
        self._line: ProgressLine | None = None
        self.results = Card(margin=Space.BETWEEN)
        self.summary = label("", "strong", wrap=True)
        self.results.head.addWidget(self.summary, 1)
        self.close_button = button(tr("widgets.close"), self._dismiss)
        self.results.head.addWidget(self.close_button)
        self.results.body.addLayout(self.results.head)
        self._model: TupleListModel[tuple[int, IntakeResult]] = TupleListModel(_spoken, lambda one: one[0])
        self._model.setParent(self)
        self.list = RowsView(tr("evidence.results"), RowDelegate(_look), bare=True)
        self.list.setModel(self._model)
        self.results.body.addWidget(self.list)
        self._column.addWidget(self.results)
        self.results.hide()
        self.hide()

    @property
    def is_running(self) -> bool:
        """Whether files are coming in."""
        return self._stop is not None and not self._is_dropped

    @property
    def _is_dropped(self) -> bool:
        """Whether locking the program took the intake away; nobody will tell of its end."""
        return self._job is not None and self._job.token.is_cancelled

    def take(self, inspection: InspectionId, sources: Sequence[Source], links: Sequence[Link]) -> None:
        """Bring files in; while others are coming in these wait."""
        if sources:
            self._waiting.append((inspection, list(sources), tuple(links)))
            self._next()

    def take_photo(self, inspection: InspectionId, name: str, content: bytes, links: Sequence[Link]) -> None:
        """Store a photo that exists nowhere else."""
        services = self._context.services
        # Past what waits here, which a lock ends, and with the window's own offer to try again.
        self._context.runner.run_write(
            lambda: services.evidence.take(inspection, [(name, content)], links=links), self._photo_taken, owner=self
        )

    def stop(self) -> None:
        """Stop after the file that is being taken; what was taken stays."""
        self._waiting.clear()
        if self._stop is not None:
            self._stop.cancel()

    def _next(self) -> None:
        if self._is_dropped:
            self._end()
        if self._stop is not None or not self._waiting:
            return
        inspection, sources, links = self._waiting.pop(0)
        stop = self._stop = CancelToken()
        services = self._context.services
        self.results.hide()
        self._line = ProgressLine(tr("evidence.taking", count=len(sources)), self.stop)
        self._column.insertWidget(0, self._line)
        self.show()
        # Not in line with the writers: an answer given meanwhile must not wait for five hundred photos.
        self._job = self._context.runner.run_long(
            lambda work: ops.take(services, inspection, ops.sources_of_all(sources), links, work.report, stop),
            self._took,
            self._failed,
            on_progress=self._progress,
            owner=self,
        )

    def _progress(self, progress: Progress) -> None:
        if self._line is not None:
            self._line.show_progress(progress)

    def _took(self, outcome: Outcome[tuple[IntakeResult, ...]]) -> None:
        stopped = self._stop is not None and self._stop.is_cancelled
        self._end()
        results = outcome.value
        told = words.needs_saying(results)
        kept = sum(one.evidence is not None and one.status != "duplicate" for one in results)
        key = "evidence.taken_stopped" if stopped else "evidence.taken"
        text = tr(key, count=kept)
        if told:
            text += tr("evidence.taken_told", count=len(told))
        self.summary.setText(text)
        self._model.set_rows(list(enumerate(told)))
        self.list.setVisible(bool(told))
        sized(self.list, height=min(3, len(told)) * ROW_UNITS)
        self.results.setVisible(bool(told) or stopped)
        self.setVisible(bool(told) or stopped)
        if not told and not stopped and kept:
            self._context.notices.toast(text)
        self.done.emit(results)
        self._next()

    def _failed(self, error: BaseException) -> None:
        self._end()
        self._waiting.clear()
        self.hide()
        self._context.notices.error(error)
        self.done.emit(())

    def _photo_taken(self, outcome: Outcome[tuple[IntakeResult, ...]]) -> None:
        for result in outcome.value:
            if result.evidence is None:
                self._context.notices.banner(f"{result.file_name} {words.outcome(result)}")
        self.done.emit(outcome.value)

    def _end(self) -> None:
        self._stop, self._job = None, None
        if self._line is not None:
            self._line.hide()
            self._line.deleteLater()
            self._line = None

    def _dismiss(self) -> None:
        self.results.hide()
        self.hide()


def _look(row: tuple[int, IntakeResult]) -> RowLook:
    result: Any = row[1]
    kept = result.evidence is not None
    return RowLook(
        result.file_name,
        second=words.outcome(result),
        badge=tr("evidence.result_kept" if kept else "evidence.result_not_kept"),
        badge_tone="open" if kept else "bad",
    )


def _spoken(row: tuple[int, IntakeResult]) -> str:
    return f"{row[1].file_name} {words.outcome(row[1])}"
