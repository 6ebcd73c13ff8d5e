"""Team-mates on site: meet directly over cable or hot spot, or exchange through a stick, and who is of the team."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.core.outcome import Outcome
from app.core.packets import Imported, Peer
from app.core.progress import Cancelled
from app.core.relay import Met, RelayStatus
from app.gui.messages import sentence
from app.gui.pulse import SyncPulse
from app.gui.runner import Work
from app.gui.screen import Context, Screen
from app.gui.screens.sync.errand import EitherToken, Errand
from app.gui.screens.sync.packets_people import MatesCard
from app.gui.screens.sync.packets_places import PlaceChoice, VolumeChoice
from app.gui.screens.sync.packets_words import imported_words
from app.gui.screens.sync.team_relay import OpenRelay, TwoWays
from app.gui.screens.sync.team_words import is_alone, left_words, met_words
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, scrolled, vbox

LOOK_MS = 1000
STAY_S = 3600.0
_MEMORY = "team.address"


@dataclass(frozen=True, slots=True)
class _Picture:
    mates: tuple[Peer, ...]
    own: Peer
    own_text: str
    unconfirmed: int
    relay: RelayStatus | None


class TeamPane(QWidget):
    """Everything for a team without a network. `read_wanted` tells that what the page shows has changed."""

    read_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        services = context.services
        self._context, self._packets, self._relay = context, services.packets, services.relay
        self._open: RelayStatus | None = None
        self._is_closing = self._is_held = self._stays = self._can_ask = self._has_mates = False
        self._ending: EitherToken | None = None
        self.ways, self.relay, self.mates = TwoWays(), OpenRelay(), MatesCard()
        self.visit, self.trade, self.asking = Errand(context), Errand(context), Errand(context)
        self.first = label(tr("sync_team.first"), tone="open", wrap=True)
        self.place = PlaceChoice(context)
        self.exchange_button = button(tr("sync_packets.exchange"), self.exchange, icon="sync")
        self.ways.address.setText(context.prefs.text(_MEMORY))
        self._build()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self.heard = SyncPulse(self._relay, self)
        self.heard.beat.connect(self._came_in)
        self.ways.open_wanted.connect(self.open_relay)
        self.ways.visit_wanted.connect(self.meet)
        self.relay.close_wanted.connect(self.close_relay)
        for one in (self.visit, self.trade):
            one.turned.connect(self._turned)
        self.mates.intro.looked.connect(self._look_at)
        self.mates.intro.agreed.connect(self._add_mate)
        self.mates.refresh_wanted.connect(self._refresh_mates)
        self.mates.removed.connect(self._remove_mate)

    def read(self, *, can_ask: bool | None = None) -> None:
        """Read everything anew; `can_ask` says whether there is a server to be reached over a network."""
        if can_ask is not None:
            self._can_ask = can_ask
        packets, relay = self._packets, self._relay

        def picture() -> _Picture:
            return _Picture(
                packets.mates(), packets.card(), packets.card_text(), packets.status().unconfirmed, relay.status()
            )

        self._context.runner.run_read(picture, self._show, owner=self, key="team")

    def open_relay(self) -> None:
        """Let team-mates come here."""
        opened = self._relay.open
        self.ways.open.setEnabled(False)
        self._context.runner.run_long(lambda _: opened(), self._opened, self._not_opened, owner=self)

    def close_relay(self) -> None:
        """Let nobody come any more."""
        relay, self._is_closing = self._relay, True
        self.relay.close_button.setEnabled(False)

        def work(_long: Work) -> RelayStatus | None:
            last: RelayStatus | None = relay.status()
            relay.close()
            return last

        self._context.runner.run_long(work, self._closed, owner=self)

    def meet(self, address: str, code: str, stays: bool) -> None:
        """Go to a team-mate's relay."""
        call, self._stays = self._relay.meet, stays

        def work(long: Work) -> Outcome[Met] | None:
            self._ending = EitherToken(long.token)
            try:
                met: Outcome[Met] = call(address, code, long.report, self._ending, stay_s=STAY_S if stays else 0.0)
            except Cancelled:
                long.token.check()
                return None
            return met

        self._context.prefs.set(_MEMORY, address)
        self.visit.begin(tr("sync_team.visiting"), work, self._met, self._not_met, end=self._end_visit)
        if self.visit.progress is not None:
            self.visit.progress.stop.setFocus(Qt.FocusReason.OtherFocusReason)

    def exchange(self) -> None:
        """Read what team-mates left in the folder and write to each of them."""
        folder, volume = self.place.ask(tr("sync_packets.exchange")), VolumeChoice(self._context.prefs).size_bytes
        if folder is not None:
            call = self._packets.exchange
            self.trade.begin(
                tr("sync_packets.exchanging"),
                lambda long: call(folder, volume, long.report, long.token), self._exchanged,
            )  # fmt: skip

    def showEvent(self, event: QShowEvent) -> None:
        """Look at once how a relay stands that was left open."""
        super().showEvent(event)
        self._look()

    def _build(self) -> None:
        inner = QWidget()
        column = self._column = vbox(inner, gap=Space.BETWEEN)
        direct = Card(tr("sync_team.direct.title"), gap=Space.BETWEEN)
        direct.body.addWidget(label(tr("sync_team.direct.text"), "muted", wrap=True))
        for one in (self.first, self.ways, self.relay, self.visit):
            direct.body.addWidget(one)
        self.relay.hide()
        self.ways.hide()
        self.mates.body.addWidget(self.asking)
        stick = Card(tr("sync_team.stick.title"), gap=Space.BETWEEN)
        stick.body.addWidget(label(tr("sync_team.stick.text"), "muted", wrap=True))
        where = hbox(gap=Space.BETWEEN)
        words = label(tr("sync_packets.place"), "secondary")
        words.setBuddy(self.place)
        where.addWidget(words)
        where.addWidget(self.place, 1)
        where.addWidget(self.exchange_button)
        stick.body.addLayout(where)
        stick.body.addWidget(self.trade)
        for card in (direct, self.mates, stick):
            column.addWidget(card)
        column.addStretch(1)
        self._scroll = scrolled(inner)
        vbox(self).addWidget(self._scroll)

    def _show(self, now: _Picture) -> None:
        self.mates.put(now.mates, now.own, now.own_text, now.unconfirmed, self._can_ask)
        self._has_mates = bool(now.mates)
        self._follow(now.relay)
        self.exchange_button.setEnabled(self._has_mates and not self.trade.is_working)

    def _dress(self) -> None:
        """Show one way or the other, both where neither is taken, and first of all how team-mates become known."""
        self.relay.setVisible(self._open is not None)
        is_free = self._open is None and not self.visit.is_working
        self.ways.setVisible(is_free and self._has_mates)
        self.first.setVisible(is_free and not self._has_mates)

    def _turned(self) -> None:
        is_visiting = self.visit.is_working
        self._dress()
        QTimer.singleShot(0, self, self._show_visit)
        self.exchange_button.setEnabled(self._has_mates and not self.trade.is_working)
        self.place.rests = self.trade.is_working
        self.place.setEnabled(not self.trade.is_working)
        if not is_visiting and not self.trade.is_working:
            self.read_wanted.emit()

    def _show_visit(self) -> None:
        self._column.activate()  # what was shown or hidden just now has its place then
        self._scroll.ensureWidgetVisible(self.visit)

    def _look(self) -> None:
        """Follow an open relay, and go away from another one when the window is locked."""
        if self.visit.rests and self._is_covered:
            self._end_visit()
        if self._open is not None and not self._is_closing:
            self._context.runner.run_read(self._relay.status, self._follow, owner=self, key="relay")

    @property
    def _is_covered(self) -> bool:
        """Whether the window is locked, whichever page was in front."""
        above: QWidget | None = self
        while above is not None and not isinstance(above, Screen):
            above = above.parentWidget()
        pages = above.parentWidget() if above is not None else None
        return pages is not None and not pages.isVisible()

    def _hold(self) -> None:
        """Let a lock for want of hands wait until nothing is on the line, as it waits for a sync."""
        if not self._is_held and not self._is_covered:
            rest, self._is_held = self._relay.rest, True
            self._context.runner.run_long(lambda long: rest(long.token), self._held, owner=self)

    def _held(self, _nothing: object) -> None:
        self._is_held = False

    def _follow(self, now: RelayStatus | None) -> None:
        """Show how the relay stands, and once it is over what came of it."""
        before, self._open = self._open, now
        if now is not None:
            self.relay.put(now)
            if now.is_busy:
                self._hold()
        elif before is not None:
            self._sum_up(before, "sync_team.closed" if self._is_closing else "sync_team.closed.itself")
            self._is_closing = self._is_held = False
        self._dress()

    def _sum_up(self, relay: RelayStatus, key: str) -> None:
        came = [tr("sync_team.visitor.line", name=one.name, words=left_words(one)) for one in relay.visitors]
        self.visit.say([tr(key), *(came or [tr("sync_team.closed.nobody")])])
        QTimer.singleShot(0, self, self._show_visit)

    def _opened(self, now: RelayStatus) -> None:
        self.visit.say(())
        self.ways.open.setEnabled(True)
        self._follow(now)
        self.relay.close_button.setEnabled(True)
        (self.relay.close_button if is_alone(now) else self.relay.copy).setFocus()

    def _not_opened(self, error: BaseException) -> None:
        self.ways.open.setEnabled(True)
        self._context.notices.error(error, self.open_relay)

    def _closed(self, last: RelayStatus | None) -> None:
        self._open = last or self._open
        self._follow(None)
        self.ways.open.setEnabled(True)
        self.ways.open.setFocus()
        self.read_wanted.emit()

    def _came_in(self, changes: Any) -> None:
        """Tell every page of what a team-mate's packet changed."""
        self._context.bus.publish(Outcome(None, changes))
        self._look()

    def _end_visit(self) -> None:
        if self._ending is not None:
            self._ending.cancel()

    def _met(self, outcome: Outcome[Met] | None) -> None:
        if outcome is None:
            self.visit.say([tr("sync_team.stopped")])
        else:
            self.visit.say(met_words(outcome.value, stayed=self._stays))
        self._turned()
        self.ways.visit.setFocus()

    def _not_met(self, error: BaseException) -> None:
        code, retryable = getattr(error, "code", ""), bool(getattr(error, "retryable", False))
        self._turned()
        if code == "relay.code":
            self.ways.refused(self.ways.code_row, sentence(error))
        elif code in ("relay.address", "relay.self"):
            self.ways.refused(self.ways.address_row, sentence(error))
        else:
            self._context.notices.error(error, self.ways.go if retryable else None)
            self.ways.visit.setFocus()

    def _exchanged(self, outcome: Outcome[tuple[Imported, ...]]) -> None:
        self.trade.say([*(imported_words(one, "") for one in outcome.value), tr("sync_packets.exchanged")])

    def _look_at(self, text: str) -> None:
        look_at = self._packets.look_at
        self._context.runner.run_read(
            lambda: (text, look_at(text)), self._seen, self._context.notices.error, owner=self
        )

    def _seen(self, found: tuple[str, Peer]) -> None:
        text, peer = found
        if peer.is_server:
            self.asking.say([tr("sync_packets.intro.wrong.mate")])
        else:
            self.mates.intro.show_peer(text, peer)

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
        self.asking.begin(tr("sync_packets.refreshing"), lambda _: refresh(), self._refreshed)

    def _refreshed(self, outcome: Outcome[tuple[Peer, ...]]) -> None:
        self.asking.say([tr("sync_packets.refreshed", count=len(outcome.value))])
        self.read()
