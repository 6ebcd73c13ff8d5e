"""Team-mates meet directly: one laptop opens a relay for a while, the others visit it; what travels are packets."""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from app.core.clock import monotonic
from app.core.errors import Refused, Unavailable
from app.core.ids import random_bytes
from app.core.outcome import Change, Outcome
from app.core.progress import CancelToken, Report, silent
from app.core.relay import Met, RelayStatus
from app.services.packets import Packets
from app.services.relay_desk import Desk
from app.services.relay_visit import Listener, Visit
from app.services.store import Store
from app.settings.profile import Profile
from sync.client.relay import CODE_BYTES, PORT, make_code, read_address, read_code
from sync.client.relay_http import RelayDoor
from sync.client.relay_server import RelayServer, addresses
from sync.client.relay_shelf import Limits
from sync.protocol.packets_disk import MOST_VOLUME

log = logging.getLogger(__name__)
_ANYWHERE: Final = "0.0.0.0"
_QUIET_S: Final = 5


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
                desk = Desk(self._store, self._packets, self._folder / "desk", volume_bytes, limits or Limits(), self._tell)
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

    def rest(self, cancel: CancelToken) -> None:
        """Return once nothing was on the line for some seconds, or nothing is open any more."""
        quiet = 0
        while quiet < _QUIET_S and not cancel.is_cancelled and (now := self.status()) is not None:
            quiet = 0 if now.is_busy else quiet + 1
            time.sleep(1.0)

    def listen(self, call: Listener) -> Callable[[], None]:
        """Tell somebody, on a thread of the relay or of the visit, whenever a team-mate's packet was taken in; return what ends that."""
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
            Refused: `relay.code`, `relay.address`, `relay.self`, `relay.busy` where a visit is under way,
                `relay.unknown_host` where this laptop does not know the other.
            Unavailable: `relay.unreachable`, also where it closed meanwhile; `packet.folder`.
            Cancelled: If it was stopped; what was taken in by then stays.
            SyncError: What the relay does not take, as `relay.full`, `relay.unknown_guest`.
        """
        plain, _, given = address.partition("#")
        url = read_address(plain)
        if not self._visiting.acquire(blocking=False):
            raise Refused("relay.busy")
        try:
            with RelayDoor(url, read_code(code or given)) as door:
                folder = self._folder / "visit"
                visit = Visit(self._store, self._packets, folder, door, volume_bytes, report, cancel, self._tell)
                return visit.run(stay_s, self._clock)
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


class _Session:
    """A relay from its opening to its end, with the threads that work for it.

    Raises:
        OSError: If nothing can be listened at.
    """

    def __init__(self, desk: Desk, seconds: float, until: dt.datetime, address: tuple[str, int]) -> None:
        self._desk, self._until = desk, until
        self._code = make_code(random_bytes(CODE_BYTES))
        self._server = RelayServer(address, self._code, desk, desk.shelf)
        self._host = address[0]
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
        """Return how it stands, with the addresses of now: a cable may be put in while it is open."""
        here = addresses() if self._host == _ANYWHERE else (self._host,)
        visitors = self._desk.visitors()
        is_busy = self._server.is_moving or any(one.is_busy for one in visitors)
        return RelayStatus(tuple(f"{one}:{self._server.port}" for one in here), self._code, self._until, visitors, is_busy)

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
