"""The documents of a month as one volume."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.clock import now, today
from app.core.outcome import Outcome
from app.gui.runner import Job
from app.gui.screen import Context
from app.gui.screens.registers.listing import on_key
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.asked import save_as
from app.gui.widgets.buttons import button, icon_button
from app.gui.widgets.card import Card
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, vbox
from app.gui.widgets.progress import ProgressLine

if TYPE_CHECKING:
    from app.services.bundles.volume import Bound

FOLDER = "documents/folder"


class BindCard(Card):
    """A month, how much it holds, and the button."""

    def __init__(self, context: Context) -> None:
        super().__init__(tr("archive.bind"), gap=Space.BETWEEN)
        self._context = context
        self.month = today(now()).replace(day=1)
        self._job: Job[Outcome[Bound]] | None = None
        self.progress: ProgressLine | None = None
        self.body.addWidget(label(tr("archive.bind_about"), "muted", wrap=True))
        row = hbox(gap=Space.INSIDE)
        self.earlier = icon_button("previous", tr("archive.earlier"), self._earlier)
        self.later = icon_button("next", tr("archive.later"), self._later)
        self.name = label("", "strong")
        self.count = label("", "secondary", wrap=True)
        self.do = button(tr("archive.bind_do"), self.ask, kind="primary", icon="folder")
        for one in (self.earlier, self.name, self.later):
            row.addWidget(one)
        row.addWidget(self.count, 1)
        row.addWidget(self.do)
        self.body.addLayout(row)
        self._place = vbox()
        self.body.addLayout(self._place)
        on_key(self, "Alt+Left", self._earlier)
        on_key(self, "Alt+Right", self._later)

    @property
    def last(self) -> dt.date:
        """The month's last day."""
        return (self.month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)

    def read(self) -> None:
        """Count the month's documents."""
        first, last, count = self.month, self.last, self._context.services.volumes.count
        self.name.setText(tr("archive.month", year=first.year, month=first.month))
        self._context.runner.run_read(lambda: count(first, last), self._show, owner=self, key="count")

    def ask(self) -> None:
        """Ask where to put the volume."""
        name = tr("archive.file", year=self.month.year, month=self.month.month)
        save_as(self, tr("archive.bind_do"), self._context.prefs.text(FOLDER), name, self._named)

    def bind_to(self, file: Path) -> None:
        """Write the volume."""
        if self._job is not None:
            return
        self._context.prefs.set(FOLDER, str(file.parent))
        bind, first, last = self._context.services.volumes.bind, self.month, self.last
        self.do.setEnabled(False)
        self.progress = ProgressLine(tr("archive.binding"), self.stop)
        self._place.addWidget(self.progress)
        self._job = self._context.runner.run_long(
            lambda work: bind(first, last, file, work.report, work.token), self._bound, self._failed,
            on_progress=self.progress.show_progress, owner=self,
        )  # fmt: skip

    def stop(self) -> None:
        """Stop after the document under way; nothing is left."""
        if self._job is not None:
            self._job.cancel()
            self._end()

    def _named(self, name: str) -> None:
        self.bind_to(Path(name))

    def _show(self, count: int) -> None:
        self.count.setText(tr("archive.count", count=count) if count else tr("archive.none"))
        self.do.setEnabled(bool(count) and self._job is None)

    def _bound(self, outcome: "Outcome[Bound]") -> None:
        self._end()
        made = outcome.value
        self._context.notices.toast(tr("archive.bound", file=made.file.name, documents=made.documents, pages=made.pages))

    def _failed(self, error: BaseException) -> None:
        self._end()
        self._context.notices.error(error)

    def _end(self) -> None:
        self._job = None
        if self.progress is not None:
            self._place.removeWidget(self.progress)
            self.progress.hide()
            self.progress.deleteLater()
            self.progress = None
        self.read()

    def _earlier(self) -> None:
        self._turn((self.month - dt.timedelta(days=1)).replace(day=1))

    def _later(self) -> None:
        self._turn(self.last + dt.timedelta(days=1))

    def _turn(self, month: dt.date) -> None:
        self.month = month
        self.read()
