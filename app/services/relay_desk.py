"""The desk of an open relay: notes what visitors bring and ask for, and does it one after the other."""

import logging
import shutil
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import AppError
from app.core.ids import unguessable_id
from app.core.progress import Cancelled, CancelToken
from app.core.relay import Visitor
from app.services.packets import Packets
from app.services.relay_visit import Listener, held_files, mate_card
from app.services.store import Store
from sync.client.errors import Refused as NoEntry
from sync.client.relay import Have, Hello, Parcel, Waiting
from sync.client.relay_shelf import Limits, Shelf
from sync.protocol.errors import SyncError
from sync.protocol.packets import Packet, look
from sync.protocol.packets_keys import Card

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Guest:
    """What the desk knows of one visitor."""

    card: Card
    have: frozenset[str]
    parcels: tuple[Parcel, ...] = ()
    upto: int = 0
    refused: str = ""
    lines: int = 0
    files: int = 0
    fetched: int = 0


@dataclass(slots=True)
class _Ready:
    """A packet that lies ready: whose, with how many files, and whether he came for it."""

    path: Path
    guest: _Guest
    files: int
    is_fetched: bool = False


class Desk:
    """Implements `Host`: notes what visitors want, and does it one after the other on the relay's own thread."""

    def __init__(
        self, store: Store, packets: Packets, folder: Path, volume_bytes: int, limits: Limits, tell: Listener
    ) -> None:
        self._store, self._packets, self._volume, self._tell = store, packets, volume_bytes, tell
        self._folder = folder
        self._session, self.stopped = unguessable_id(), CancelToken()
        self._guests: dict[str, _Guest] = {}
        self._ready: dict[str, _Ready] = {}
        self._jobs: deque[tuple[str, Packet | None]] = deque()
        self._doing = ""
        self._brought = 0
        self._turn = threading.Condition()
        self.device = packets.card().device
        shutil.rmtree(folder, ignore_errors=True)
        self.shelf = Shelf(folder / "in", limits)

    def hello(self) -> Hello:
        """Say who is here."""
        return Hello(self._session, self.device)

    def have(self, theirs: Have) -> Have:
        """Take up what a visitor has and say what is here.

        Raises:
            NoEntry: If he is nobody of the team.
        """
        card = mate_card(self._store, theirs.device)
        if card is None:
            raise NoEntry("relay.unknown_guest", 403, {})
        theirs.check(self._session, card.sign_key)
        with self._turn:
            guest = self._guests.setdefault(card.device, _Guest(card, frozenset()))
            guest.have, guest.refused = frozenset(theirs.digests), ""
        return Have.of(self.device, self._session, held_files(self._store), self._store.db.writer.key)

    def arrived(self, packet: Packet) -> None:
        """Take in a packet that is whole, later."""
        self._add(packet.header.sender, packet)

    def ask(self, device: str) -> None:
        """Write a packet for a visitor, later.

        Raises:
            NoEntry: If he did not say what he has.
        """
        if device not in self._guests:
            raise NoEntry("relay.request", 409, {})
        with self._turn:
            if (device, None) in self._jobs:
                return
        self._add(device, None)

    def waiting(self, device: str) -> Waiting:
        """Say how things stand."""
        with self._turn:
            guest = self._guests.get(device)
            if guest is None:
                return Waiting(self._is_busy(device), self._brought, 0)
            return Waiting(self._is_busy(device), self._brought, guest.upto, guest.parcels, guest.refused)

    def parcel(self, digest: str) -> Path | None:
        """Return a packet that lies ready."""
        found = self._ready.get(digest)
        if found is None:
            return None
        with self._turn:
            found.guest.fetched += 0 if found.is_fetched else found.files
            found.is_fetched = True
        return found.path

    def visitors(self) -> tuple[Visitor, ...]:
        """Return who came, in the order of their coming."""
        with self._turn:
            return tuple(
                Visitor(device, one.card.name, one.lines, one.files, one.fetched, one.refused, self._is_busy(device))
                for device, one in self._guests.items()
            )

    def work(self) -> None:
        """Do what there is to do until `stop` is called."""
        while True:
            with self._turn:
                while not self._jobs and not self.stopped.is_cancelled:
                    self._turn.wait()
                if self.stopped.is_cancelled:
                    return
                self._doing, packet = self._jobs.popleft()
            try:
                refused = self._take(packet) if packet is not None else self._write(self._doing)
            except Cancelled:
                return
            except (AppError, SyncError) as error:
                log.warning("relay.job code=%s", error.code)
                refused = error.code
            with self._turn:
                guest = self._guests.get(self._doing)
                if guest is not None and refused:
                    guest.refused = refused
                self._doing = ""

    def stop(self) -> None:
        """Make `work` return soon."""
        self.stopped.cancel()
        with self._turn:
            self._turn.notify_all()

    def clear(self) -> None:
        """Take all packets away."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _add(self, device: str, packet: Packet | None) -> None:
        with self._turn:
            self._jobs.append((device, packet))
            self._turn.notify_all()

    def _is_busy(self, device: str) -> bool:
        return self._doing == device or any(whose == device for whose, _ in self._jobs)

    def _take(self, packet: Packet) -> str:
        try:
            done = self._packets.take([packet.path], cancel=self.stopped)
        finally:
            self.shelf.drop(packet.path.stem)
        self.stopped.check()
        (found,) = done.value
        with self._turn:
            self._brought += not found.code or bool(found.sender)
            guest = self._guests.get(packet.header.sender)
            if guest is not None:
                guest.lines, guest.files = guest.lines + found.lines, guest.files + found.files
        self._tell(done.changed)
        return found.code

    def _write(self, device: str) -> str:
        with self._turn:
            guest, upto = self._guests[device], self._brought
            old, guest.parcels = guest.parcels, ()
        for one in old:
            with suppress(OSError):  # somebody still reads it
                self._ready.pop(one.digest).path.unlink()
        folder = self._folder / "out"
        done = self._packets.export_to_mate(device, folder, self._volume, cancel=self.stopped, but=guest.have).value
        packets = [look(path) for path in done.paths]
        for place, made in enumerate(packets):  # volumes of one packet: its files are counted with the first
            self._ready[made.digest] = _Ready(made.path, guest, 0 if place else done.files)
        with self._turn:
            guest.parcels = tuple(Parcel(one.digest, one.path.stat().st_size) for one in packets)
            guest.upto = upto
        return ""
