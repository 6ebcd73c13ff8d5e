"""Packets: deliver to the server without a network, take in replies, and see what waits since when."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from app.core.outcome import Outcome
from app.core.packets import Exported, Imported, PacketStatus, Peer
from app.gui import icons
from app.gui.screen import Context
from app.gui.screens.sync.errand import Errand
from app.gui.screens.sync.packets_out import OutList
from app.gui.screens.sync.packets_people import SERVER, Introduction
from app.gui.screens.sync.packets_places import PlaceChoice, VolumeChoice
from app.gui.screens.sync.packets_words import exported_words, imported_words, waiting_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.flow import Flow
from app.gui.widgets.forms import named
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import hbox, scrolled, sized, vbox

LEAST = 110


@dataclass(frozen=True, slots=True)
class _Picture:
    status: PacketStatus
    server: Peer | None


class PacketsPane(QWidget):
    """Three buttons; one thing at a time, and each can be stopped.

    `read_wanted` tells that what the page shows has changed.
    """

    read_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context, self._packets = context, context.services.packets
        self._server: Peer | None = None
        self.errand = Errand(context)
        self.place = PlaceChoice(context)
        self.volume = VolumeChoice(context.prefs)
        self.export_button = button(tr("sync_packets.export"), self.export, icon="export")
        self.import_button = button(tr("sync_packets.import"), self.take, icon="download")
        self.status_button = button(tr("sync_packets.status"), self.open_status, icon="time")
        self.join = Introduction(SERVER)
        self.state = label("", "strong", wrap=True)
        self._shape, self.known = QLabel(), ElidedLabel("", "secondary")
        self.out = OutList(self.close_status)
        self._pages = sized(QStackedWidget(), min_height=LEAST)
        self._build()
        self.errand.turned.connect(self._turned)
        self.join.looked.connect(self._look_at)
        self.join.agreed.connect(self._join)

    @property
    def is_working(self) -> bool:
        """Whether something is under way."""
        return self.errand.is_working

    def read(self) -> None:
        """Read everything anew."""
        packets = self._packets
        self._context.runner.run_read(
            lambda: _Picture(packets.status(), packets.server()), self._show, owner=self, key="packets"
        )

    def export(self) -> None:
        """Write a packet for the server, or say how one becomes known."""
        if self._server is None:
            self.errand.say([tr("sync_packets.no_server")])
            self.join.paste.setFocus()
            return
        folder, volume = self.place.ask(tr("sync_packets.export")), self.volume.size_bytes
        if folder is not None:
            call = self._packets.export
            self.errand.begin(
                tr("sync_packets.exporting"),
                lambda long: call(folder, volume, long.report, long.token), self._exported,
            )  # fmt: skip

    def take(self) -> None:
        """Take in what lies in the folder: replies of the server, packets of team-mates."""
        folder = self.place.ask(tr("sync_packets.import"))
        if folder is not None:
            call = self._packets.take
            self.errand.begin(tr("sync_packets.importing"), lambda long: call([folder], long.report, long.token), self._taken)

    def stop(self) -> None:
        """Stop what is under way; nothing half is left behind."""
        self.errand.stop()

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

    def _build(self) -> None:
        inner = QWidget()
        column = vbox(inner, gap=Space.BETWEEN)
        card = Card(tr("sync_packets.server.title"), gap=Space.BETWEEN)
        head = hbox(gap=Space.INSIDE)
        head.addWidget(self._shape)
        head.addWidget(self.state, 1)
        card.body.addLayout(head)
        card.body.addWidget(self.known)
        card.body.addWidget(self.join)
        where = Flow(gap=Space.BETWEEN)
        where.add(named(tr("sync_packets.place"), self.place), grows=True)
        where.add(named(tr("sync_packets.volume"), self.volume))
        card.body.addWidget(where)
        bar = hbox(gap=Space.INSIDE)
        for one in (self.export_button, self.import_button, self.status_button):
            bar.addWidget(one)
        bar.addStretch(1)
        card.body.addLayout(bar)
        card.body.addWidget(self.errand)
        column.addWidget(card)
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

    def _turned(self) -> None:
        for one in (self.export_button, self.import_button, self.place, self.volume):
            one.setEnabled(not self.is_working)
        self.place.rests = self.is_working
        if not self.is_working:
            self.read_wanted.emit()

    def _exported(self, outcome: Outcome[Exported]) -> None:
        self.errand.say(exported_words(outcome.value))

    def _taken(self, outcome: Outcome[tuple[Imported, ...]]) -> None:
        self.errand.say(self._imported(outcome.value) or [tr("sync_packets.imported.none")])

    def _imported(self, found: tuple[Imported, ...]) -> list[str]:
        server = self._server.name if self._server is not None else ""
        return [imported_words(one, server) for one in found]

    def _look_at(self, text: str) -> None:
        look_at = self._packets.look_at
        self._context.runner.run_read(
            lambda: (text, look_at(text)), self._seen, self._context.notices.error, owner=self
        )

    def _seen(self, found: tuple[str, Peer]) -> None:
        text, peer = found
        if peer.is_server:
            self.join.show_peer(text, peer)
        else:
            self.errand.say([tr("sync_packets.intro.wrong.server")])

    def _join(self, text: str) -> None:
        join = self._packets.join
        self._context.runner.run_write(lambda: join(text), self._joined, owner=self)

    def _joined(self, outcome: Outcome[Peer]) -> None:
        self.join.clear()
        self.errand.say([tr("sync_packets.joined", name=outcome.value.name)])
        self.read_wanted.emit()
