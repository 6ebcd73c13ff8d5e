"""Packets: deliver without a network, take in replies, exchange on site, and see what waits since when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.core.outcome import Outcome
from app.core.packets import Exported, Imported, PacketStatus, Peer
from app.core.progress import Progress
from app.gui import icons
from app.gui.runner import Job, Work
from app.gui.screen import Context
from app.gui.screens.sync.packets_out import OutList
from app.gui.screens.sync.packets_people import SERVER, Introduction, MatesCard
from app.gui.screens.sync.packets_places import PlaceChoice, Stick, sticks
from app.gui.screens.sync.packets_words import (
    exported_words,
    imported_words,
    waiting_words,
)
from app.gui.screens.sync.words import size_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.labels import ElidedLabel, label, selectable
from app.gui.widgets.layout import emptied, hbox, scrolled, sized, vbox
from app.gui.widgets.progress import ProgressLine
from app.services.packets import VOLUMES

STICKS_MS = 4000
LEAST = 110
_KIB = 1024
_MEMORY = "packets.volume"


@dataclass(frozen=True, slots=True)
class _Picture:
    status: PacketStatus
    server: Peer | None
    mates: tuple[Peer, ...]
    own: Peer
    own_text: str


class PacketsPane(QWidget):
    """Three buttons for the server, one for team-mates. One thing at a time; each can be stopped.

    `read_wanted` tells that what the page shows has changed.
    """

    read_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context, self._packets = context, context.services.packets
        self._job: Job[Any] | None = None
        self._progress: ProgressLine | None = None
        self._server: Peer | None = None
        self._can_ask = False
        self.place = PlaceChoice(context.prefs)
        self.volume = _volumes(context.prefs.text(_MEMORY))
        self.export_button = button(tr("sync_packets.export"), self.export, icon="export")
        self.import_button = button(tr("sync_packets.import"), self.take, icon="download")
        self.status_button = button(tr("sync_packets.status"), self.open_status, icon="time")
        self.join, self.mates = Introduction(SERVER), MatesCard()
        self.state = label("", "strong", wrap=True)
        self._shape, self.known = QLabel(), ElidedLabel("", "secondary")
        self._said: QVBoxLayout = vbox(gap=Space.HAIR)
        self.out = OutList(self.close_status)
        self._pages = sized(QStackedWidget(), min_height=LEAST)
        self._build()
        self._timer = QTimer(self)
        self._timer.setInterval(STICKS_MS)
        self._timer.timeout.connect(self._look_for_sticks)
        self.volume.activated.connect(self._keep_volume)
        self.join.looked.connect(self._look_server)
        self.join.agreed.connect(self._join)
        self.mates.intro.looked.connect(self._look_mate)
        self.mates.intro.agreed.connect(self._add_mate)
        self.mates.exchange_wanted.connect(self.exchange)
        self.mates.refresh_wanted.connect(self._refresh_mates)
        self.mates.removed.connect(self._remove_mate)

    @property
    def is_working(self) -> bool:
        """Whether something is under way."""
        return self._job is not None

    def read(self, *, can_ask: bool | None = None) -> None:
        """Read everything anew; `can_ask` says whether there is a server to be reached over a network."""
        if can_ask is not None:
            self._can_ask = can_ask
        packets = self._packets
        self._context.runner.run_read(
            lambda: _Picture(packets.status(), packets.server(), packets.mates(), packets.card(), packets.card_text()),
            self._show, owner=self, key="packets",
        )  # fmt: skip

    def export(self) -> None:
        """Write a packet for the server, or say how one becomes known."""
        if self._server is None:
            self._say([tr("sync_packets.no_server")])
            self.join.paste.setFocus()
            return
        folder, volume = self.place.ask(tr("sync_packets.export")), int(self.volume.currentData())
        if folder is not None:
            call = self._packets.export
            self._begin(
                tr("sync_packets.exporting"),
                lambda long: call(folder, volume, long.report, long.token), self._exported,
            )  # fmt: skip

    def take(self) -> None:
        """Take in what lies in the folder: replies of the server, packets of team-mates."""
        folder = self.place.ask(tr("sync_packets.import"))
        if folder is not None:
            call = self._packets.take
            self._begin(tr("sync_packets.importing"), lambda long: call([folder], long.report, long.token), self._taken)

    def exchange(self) -> None:
        """Read what team-mates left in the folder and write to each of them."""
        folder, volume = self.place.ask(tr("sync_packets.exchange")), int(self.volume.currentData())
        if folder is not None:
            call = self._packets.exchange
            self._begin(
                tr("sync_packets.exchanging"),
                lambda long: call(folder, volume, long.report, long.token), self._exchanged,
            )  # fmt: skip

    def stop(self) -> None:
        """Stop what is under way; nothing half is left behind."""
        if self._job is not None:
            self._job.cancel()
            self._end()
            self._say([tr("sync_packets.stopped")])

    def open_status(self) -> None:
        """Show every export and what became of it."""
        self._pages.setCurrentIndex(1)
        self.out.list.table.setFocus()

    def close_status(self) -> bool:
        """Come back; False where the buttons are in front."""
        if self._pages.currentIndex() == 0:
            return False
        self._pages.setCurrentIndex(0)
        self.status_button.setFocus()
        return True

    def showEvent(self, event: QShowEvent) -> None:
        """Look for sticks while this is seen."""
        super().showEvent(event)
        self._look_for_sticks()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Look no more."""
        self._timer.stop()
        super().hideEvent(event)

    def _build(self) -> None:
        inner = QWidget()
        column = vbox(inner, margin=(0, 0, 8, 0), gap=Space.BETWEEN)
        card = Card(tr("sync_packets.server.title"), gap=Space.BETWEEN)
        head = hbox(gap=Space.INSIDE)
        head.addWidget(self._shape)
        head.addWidget(self.state, 1)
        card.body.addLayout(head)
        card.body.addWidget(self.known)
        card.body.addWidget(self.join)
        where = hbox(gap=Space.BETWEEN)
        for name, control, share in (("place", self.place, 3), ("volume", self.volume, 1)):
            words = label(tr(f"sync_packets.{name}"), "secondary")
            words.setBuddy(control)
            where.addWidget(words)
            where.addWidget(control, share)
        card.body.addLayout(where)
        bar = hbox(gap=Space.INSIDE)
        for one in (self.export_button, self.import_button, self.status_button):
            bar.addWidget(one)
        bar.addStretch(1)
        card.body.addLayout(bar)
        self._line = vbox(gap=0)
        card.body.addLayout(self._line)
        card.body.addLayout(self._said)
        column.addWidget(card)
        column.addWidget(self.mates)
        column.addStretch(1)
        vbox(self).addWidget(self._pages)
        self._pages.addWidget(scrolled(inner))
        self._pages.addWidget(self.out)

    def _show(self, now: _Picture) -> None:
        self._server = now.server
        mark, words = waiting_words(now.status, self._context.services.clock(), now.server is not None)
        self._shape.setPixmap(icons.pixmap(*mark, 18))
        self.state.setText(words)
        self.known.setVisible(now.server is not None)
        if now.server is not None:
            self.known.setText(tr("sync_packets.server.known", name=now.server.name, fingerprint=now.server.fingerprint))
        self.join.setVisible(now.server is None)
        self.out.put(now.status.out, now.server.device if now.server else "", self._context.services.clock())
        self.mates.put(now.mates, now.own, now.own_text, now.status.unconfirmed, self._can_ask)

    def _begin(self, words: str, work: Callable[[Work], Any], done: Callable[[Any], None]) -> None:
        if self._job is not None:
            return
        self._enable(False)
        self._say([])
        self._progress = ProgressLine(words, self.stop)
        self._line.addWidget(self._progress)
        self._job = self._context.runner.run_long(
            work, done, self._failed, on_progress=self._show_progress, owner=self
        )

    def _show_progress(self, progress: Progress) -> None:
        if self._progress is None:
            return
        if progress.what == "packet.write":  # bytes: more than a bar's whole numbers hold
            self._progress.show_progress(Progress(progress.what, progress.done // _KIB, progress.total // _KIB))
            self._progress.count.setText(
                tr("sync_packets.progress.size", done=size_words(progress.done), all=size_words(progress.total))
            )
        else:
            self._progress.show_progress(progress)

    def _end(self) -> None:
        self._job = None
        self._enable(True)
        emptied(self._line)
        self._progress = None
        self.read_wanted.emit()

    def _failed(self, error: BaseException) -> None:
        self._end()
        self._context.notices.error(error)

    def _exported(self, outcome: Outcome[Exported]) -> None:
        self._say(exported_words(outcome.value))
        self._end()

    def _taken(self, outcome: Outcome[tuple[Imported, ...]]) -> None:
        self._say(self._imported(outcome.value) or [tr("sync_packets.imported.none")])
        self._end()

    def _exchanged(self, outcome: Outcome[tuple[Imported, ...]]) -> None:
        self._say([*self._imported(outcome.value), tr("sync_packets.exchanged")])
        self._end()

    def _imported(self, found: tuple[Imported, ...]) -> list[str]:
        server = self._server.name if self._server is not None else ""
        return [imported_words(one, server) for one in found]

    def _say(self, lines: "tuple[str, ...] | list[str]") -> None:
        emptied(self._said)
        for words in lines:
            self._said.addWidget(selectable(words))

    def _enable(self, on: bool) -> None:
        for one in (self.export_button, self.import_button, self.place, self.volume, self.mates):
            one.setEnabled(on)

    def _look_for_sticks(self) -> None:
        if self._job is None and not self.place.view().isVisible():
            self._context.runner.run_read(sticks, self._put_sticks, self._no_sticks, owner=self, key="sticks")

    def _put_sticks(self, found: tuple[Stick, ...]) -> None:
        if not self.place.view().isVisible():
            self.place.put(found)

    def _no_sticks(self, _error: BaseException) -> None:
        """Do without: a folder can be chosen all the same."""

    def _keep_volume(self) -> None:
        self._context.prefs.set(_MEMORY, str(self.volume.currentData()))

    def _look_server(self, text: str) -> None:
        self._look(text, self._seen_server)

    def _look_mate(self, text: str) -> None:
        self._look(text, self._seen_mate)

    def _look(self, text: str, seen: Callable[[tuple[str, Peer]], None]) -> None:
        look_at = self._packets.look_at
        self._context.runner.run_read(lambda: (text, look_at(text)), seen, self._context.notices.error, owner=self)

    def _seen_server(self, found: tuple[str, Peer]) -> None:
        self._seen(self.join, *found, is_right=found[1].is_server)

    def _seen_mate(self, found: tuple[str, Peer]) -> None:
        self._seen(self.mates.intro, *found, is_right=not found[1].is_server)

    def _seen(self, intro: Introduction, text: str, peer: Peer, *, is_right: bool) -> None:
        if is_right:
            intro.show_peer(text, peer)
        else:
            self._say([tr(f"sync_packets.intro.wrong.{intro.kind}")])

    def _join(self, text: str) -> None:
        join = self._packets.join
        self._context.runner.run_write(lambda: join(text), self._joined, owner=self)

    def _joined(self, outcome: Outcome[Peer]) -> None:
        self.join.clear()
        self._say([tr("sync_packets.joined", name=outcome.value.name)])
        self.read_wanted.emit()

    def _add_mate(self, text: str) -> None:
        add = self._packets.add_mate
        self._context.runner.run_write(lambda: add(text), self._mate_added, owner=self)

    def _mate_added(self, outcome: Outcome[Peer]) -> None:
        self.mates.added()
        self._context.notices.toast(tr("sync_packets.mate.added", name=outcome.value.name))
        self.read()

    def _remove_mate(self, device: str) -> None:
        remove = self._packets.remove_mate
        self._context.runner.run_write(lambda: remove(device), self._mate_removed, owner=self)

    def _mate_removed(self, _outcome: object) -> None:
        self._context.notices.toast(tr("sync_packets.mate.removed"))
        self.read()

    def _refresh_mates(self) -> None:
        refresh = self._packets.refresh_mates
        self._begin(tr("sync_packets.refreshing"), lambda _: refresh(), self._refreshed)

    def _refreshed(self, outcome: Outcome[tuple[Peer, ...]]) -> None:
        self._say([tr("sync_packets.refreshed", count=len(outcome.value))])
        self._end()


def _volumes(remembered: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(tr("sync_packets.volume"))
    for size, name in zip(VOLUMES, ("small", "disc", "usual", "most"), strict=True):
        made.addItem(tr(f"sync_packets.volume.{name}"), size)
    usual = made.findData(int(remembered)) if remembered.isdigit() else -1
    made.setCurrentIndex(usual if usual >= 0 else 2)
    return made
