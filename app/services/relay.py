"""Team-mates meet directly: one laptop opens a relay for a while, the others visit it; what travels are packets."""

import datetime as dt
import logging
import shutil
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.core.clock import monotonic
from app.core.errors import AppError, Refused, Unavailable
from app.core.ids import random_bytes, unguessable_id
from app.core.outcome import Change, Outcome
from app.core.progress import Cancelled, CancelToken, Report, silent
from app.core.relay import Met, RelayStatus, Visitor
from app.services.packets import Packets
from app.services.relay_visit import Visit, held_files, mate_card
from app.services.store import Store
from app.settings.profile import Profile
from sync.client.errors import Refused as NoEntry
from sync.client.relay import (
    CODE_BYTES,
    PORT,
    Have,
    Hello,
    Parcel,
    Waiting,
    make_code,
    read_address,
    read_code,
)
from sync.client.relay_http import RelayDoor
from sync.client.relay_server import RelayServer, addresses
from sync.client.relay_shelf import Limits, Shelf
from sync.protocol.errors import SyncError
from sync.protocol.packets import Packet, look
from sync.protocol.packets_disk import MOST_VOLUME
from sync.protocol.packets_keys import Card

log = logging.getLogger(__name__)
Listener = Callable[[frozenset[Change]], None]
_ANYWHERE: Final = "0.0.0.0"


class Relay:
    """Opens this laptop to its team-mates, or visits another that is open. Any thread.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, store: Store, profile: Profile, packets: Packets, clock: Callable[[], float] = monotonic) -> None:
        self._store, self._packets, self._clock = store, packets, clock
        self._folder = profile.home / "relay"
        self._turn, self._visiting = threading.Lock(), threading.Lock()
        self._session: _Session | None = None
        self._listeners: list[Listener] = []

    def open(
        self,
        minutes: float = 60,
        *,
        host: str = _ANYWHERE,
        port: int = PORT,
        volume_bytes: int = MOST_VOLUME,
        limits: Limits | None = None,
    ) -> RelayStatus:
        """Listen until `close`, a lock or the end of the time; a relay that is open stays as it is.

        Raises:
            Refused: `vault.locked`.
            Unavailable: `relay.port` where nothing can be listened at.
        """
        with self._turn:
            if self._session is None or self._session.is_over:
                self._end()
                desk = _Desk(self._store, self._packets, self._folder / "desk", volume_bytes, limits or Limits(), self._tell)
                try:
                    until = self._store.now() + dt.timedelta(0, minutes * 60)
                    self._session = _Session(desk, minutes * 60, until, (host, port))
                except OSError as error:
                    raise Unavailable("relay.port", reason=error.strerror or "") from error
                log.info("relay.open minutes=%s", minutes)
            return self._session.status()

    def close(self) -> None:
        """Listen no more; what is on the line is cut. Returns when nothing works in the background any more."""
        with self._turn:
            self._end()

    def status(self) -> RelayStatus | None:
        """Return how the open relay stands, None where none is open."""
        session = self._session
        return None if session is None or session.is_over else session.status()

    def listen(self, call: Listener) -> Callable[[], None]:
        """Tell somebody, on a thread of the relay, whenever a visitor brought something; return what ends that."""
        self._listeners.append(call)
        return lambda: self._listeners.remove(call) if call in self._listeners else None

    def meet(
        self,
        address: str,
        code: str,
        report: Report = silent,
        cancel: CancelToken | None = None,
        *,
        stay_s: float = 0.0,
        volume_bytes: int = MOST_VOLUME,
    ) -> Outcome[Met]:
        """Visit an open relay: bring what it does not have, fetch what it has for this laptop.

        What was cut off goes on where it stopped, in a later visit too while that relay stays open.

        Args:
            address: As the relay shows it, or its `invitation` with an empty code.
            stay_s: So long go on fetching what others bring meanwhile; cancelling in this time is a good end.

        Raises:
            Refused: `relay.code`, `relay.address`, `relay.busy` where a visit is under way, `packet.unknown_mate` where
                one does not know the other.
            Unavailable: `relay.unreachable`, also where it closed meanwhile; `packet.folder`.
            Cancelled: If it was stopped; what was taken in by then stays.
            SyncError: What the relay does not take, as `relay.full`.
        """
        plain, _, given = address.partition("#")
        url = read_address(plain)
        if not self._visiting.acquire(blocking=False):
            raise Refused("relay.busy")
        try:
            with RelayDoor(url, read_code(code or given)) as door:
                folder = self._folder / "visit"
                return Visit(self._store, self._packets, folder, door, volume_bytes, report, cancel).run(stay_s, self._clock)
        except OSError as error:
            raise Unavailable("packet.folder", folder=str(self._folder), reason=error.strerror or "") from error
        finally:
            self._visiting.release()

    def _end(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def _tell(self, changes: frozenset[Change]) -> None:
        for call in tuple(self._listeners):
            call(changes)


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


class _Desk:
    """Implements `Host`: notes what visitors want, and does it one after the other on the relay's own thread."""

    def __init__(
        self, store: Store, packets: Packets, folder: Path, volume_bytes: int, limits: Limits, tell: Listener
    ) -> None:
        self._store, self._packets, self._volume, self._tell = store, packets, volume_bytes, tell
        self._folder = folder
        self._session, self.stopped = unguessable_id(), CancelToken()
        self._guests: dict[str, _Guest] = {}
        self._ready: dict[str, Path] = {}
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
            raise NoEntry("packet.unknown_mate", 403, {"sender": theirs.device})
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
        return self._ready.get(digest)

    def visitors(self) -> tuple[Visitor, ...]:
        """Return who came, in the order of their coming."""
        with self._turn:
            return tuple(
                Visitor(device, one.card.name, one.lines, one.files, one.refused, self._is_busy(device))
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
        done = self._packets.take([packet.path], cancel=self.stopped)
        self.stopped.check()
        self.shelf.drop(packet.path.stem)
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
                self._ready.pop(one.digest).unlink()
        folder = self._folder / "out"
        done = self._packets.export_to_mate(device, folder, self._volume, cancel=self.stopped, but=guest.have).value
        packets = [look(path) for path in done.paths]
        self._ready.update((one.digest, one.path) for one in packets)
        with self._turn:
            guest.parcels = tuple(Parcel(one.digest, one.path.stat().st_size) for one in packets)
            guest.upto = upto
        return ""


class _Session:
    """A relay from its opening to its end, with the threads that work for it.

    Raises:
        OSError: If nothing can be listened at.
    """

    def __init__(self, desk: _Desk, seconds: float, until: dt.datetime, address: tuple[str, int]) -> None:
        self._desk, self._until = desk, until
        self._code = make_code(random_bytes(CODE_BYTES))
        self._server = RelayServer(address, self._code, desk, desk.shelf)
        here = addresses() if address[0] == _ANYWHERE else (address[0],)
        self._addresses = tuple(f"{one}:{self._server.port}" for one in here)
        self._thread = threading.Thread(target=self._live, name="yf-relay", daemon=True)
        self._timer = threading.Timer(seconds, self._stop)
        self._timer.daemon = True
        for one in (self._server, self._thread, self._timer):
            one.start()

    @property
    def is_over(self) -> bool:
        """Whether the time is over, or the relay came to an end by itself."""
        return self._desk.stopped.is_cancelled or not self._thread.is_alive()

    def status(self) -> RelayStatus:
        """Return how it stands."""
        return RelayStatus(self._addresses, self._code, self._until, self._desk.visitors())

    def close(self) -> None:
        """Come to an end and wait for it."""
        self._timer.cancel()
        self._stop()
        self._thread.join()

    def _stop(self) -> None:
        self._desk.stop()
        self._server.stop()

    def _live(self) -> None:
        try:
            self._desk.work()
        finally:
            self._stop()
            self._desk.clear()
