"""The thin bar above the transcript: who asks, who records, since when, and who is busy elsewhere."""

import datetime as dt

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.core.clock import Now, now
from app.gui.screens.interview import words
from app.gui.screens.interview.ops import Busy, Opened
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import button
from app.gui.widgets.labels import ElidedLabel, badge, label, set_tone
from app.gui.widgets.layout import hbox

TICK_MS = 15_000
ROOMY = 960


class InterviewBar(QWidget):
    """Facts that are always true of a running interview, and how it ends."""

    list_wanted = Signal()
    finish_wanted = Signal()
    unanswered_wanted = Signal()
    documents_wanted = Signal()

    def __init__(self, clock: Now = now) -> None:
        super().__init__()
        self._now = clock
        self._since: dt.datetime | None = None
        self._until: dt.datetime | None = None
        self._list_words = tr("interview.all")
        line = hbox(self, margin=(16, 6, 16, 6), gap=Space.BETWEEN)
        self.list_button = button(tr("interview.all"), self.list_wanted.emit, kind="quiet", icon="menu")
        line.addWidget(self.list_button)
        self.state = badge("", "open")
        line.addWidget(self.state)
        self.time = label("", "strong")
        line.addWidget(self.time)
        self.officers = ElidedLabel("")
        line.addWidget(self.officers, 3)
        self.busy = ElidedLabel("", "secondary")
        line.addWidget(self.busy, 2)
        self.left = button("", self.unanswered_wanted.emit, kind="pill")
        self.left.set_tone("open")
        line.addWidget(self.left)
        self.finish = button(tr("interview.finish"), self.finish_wanted.emit, kind="primary", icon="sign")
        self.finish.setToolTip("Ctrl+Enter")
        line.addWidget(self.finish)
        self.documents = button(tr("interview.to_documents"), self.documents_wanted.emit, kind="primary", icon="sign")
        line.addWidget(self.documents)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def show_opened(self, opened: Opened) -> None:
        """Show one interview."""
        view = opened.view
        one = view.interview
        self._since, self._until = one.started_at, one.ended_at
        for names, show in ((view.names, self.officers.setText), (opened.people, self.officers.set_short)):
            show(tr("interview.bar_officers", asker=names.get(one.asker, "—"), recorder=names.get(one.recorder, "—")))
        words_ = busy_words(opened.busy, opened)
        self.busy.setText(words_)
        self.busy.setVisible(bool(words_))
        over = one.ended_at is not None
        self.state.setText(words.state(one))
        set_tone(self.state, "ok" if over else "open")
        self.finish.setVisible(not over)
        self.documents.setVisible(over)
        self._timer.stop() if over else self._timer.start()
        self._tick()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what the page says elsewhere, so that names and the way on stay whole."""
        super().resizeEvent(event)
        self._fit()

    def show_list_count(self, count: int) -> None:
        """Show how many interviews there are."""
        self._list_words = tr("interview.all_count", count=count)
        self._fit()

    def _fit(self) -> None:
        roomy = self.width() >= current().px(ROOMY)
        self.list_button.setText(self._list_words if roomy else "")
        self.list_button.setToolTip("" if roomy else self._list_words)
        self.list_button.setAccessibleName(self._list_words)
        self.state.setVisible(roomy)

    def show_left(self, count: int) -> None:
        """Show how many questions have no answer."""
        self.left.setVisible(count > 0)
        self.left.setText(tr("interview.left", count=count))

    def _tick(self) -> None:
        if self._since is not None:
            spent = words.elapsed(self._since, self._until or self._now())
            self.time.setText(tr("interview.since", time=words.clock(self._since), spent=spent))


def busy_words(busy: tuple[Busy, ...], opened: Opened) -> str:
    """Return which officers are in another interview, as one sentence."""
    parts = [
        tr("interview.busy", name=opened.people.get(one.officer, "—"), subject=one.subject, place=one.place)
        for one in busy
    ]
    return tr("widgets.semicolon").join(dict.fromkeys(parts))
