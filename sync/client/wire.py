"""The connection to one server, which may be kept from one run to the next."""

import socket
import ssl
import threading
from collections.abc import Callable
from typing import Final

from sync.client.carrier import Carrier
from sync.protocol.messages import MAX_UNDER_WAY

KEPT_MS: Final = 15 * 60_000
STREAMS: Final = 2
LANES: Final = max(STREAMS, MAX_UNDER_WAY)
# The system asks an idle connection whether it still stands, so that a dead one is noticed before it is used.
_ASK_AFTER_S, _ASK_EVERY_S, _ASK_TIMES = 60, 20, 3


class Wire:
    """Hold the connection to one address; one that fails after a rest was dead, and a new one is opened.

    Any thread. Closing it cuts the requests that are under way.

    Args:
        wall_ms: This machine's clock, which goes on while the machine sleeps.
        timeout_s: Patience for one step of one request, not for the whole transfer.
        proxy: Proxy address; the environment is not asked.
        verify: Path of a PEM file with the certificate authorities to trust, or True for the machine's own.
    """

    def __init__(
        self,
        url: str,
        wall_ms: Callable[[], int],
        *,
        timeout_s: float = 20.0,
        proxy: str | None = None,
        verify: str | bool = True,
    ) -> None:
        self.url, self._wall_ms = url, wall_ms
        self._timeout_s, self._proxy, self._verify = timeout_s, proxy, verify
        self._turn = threading.Lock()
        self._client: Carrier | None = None
        self._lanes: Carrier | None = None
        self._rests_since: int | None = None

    @property
    def is_rested(self) -> bool:
        """Whether nothing was heard over this connection since its rest: it may be dead without anybody's knowing."""
        return self._rests_since is not None

    def client(self) -> Carrier:
        """Return what carries requests one by one; a connection that rested too long is opened anew."""
        with self._turn:
            rested = self._rests_since
            if rested is not None and not 0 <= self._wall_ms() - rested < KEPT_MS:
                self._drop()
            if self._client is None:
                self._client = self._opened(1)
            return self._client

    def lanes(self) -> Carrier:
        """Return what carries files beside them, as many as `LANES` at a time; it does not outlive a run."""
        with self._turn:
            if self._lanes is None:
                self._lanes = self._opened(LANES)
            return self._lanes

    def heard(self) -> None:
        """Note that an answer came: the connection stands."""
        self._rests_since = None

    def rest(self) -> None:
        """Keep the connection for the next run."""
        with self._turn:
            lanes, self._lanes = self._lanes, None
            if lanes is not None:
                lanes.close()
            if self._client is not None and self._rests_since is None:
                self._rests_since = self._wall_ms()

    def close(self) -> None:
        """Close the connection; the next request opens a new one."""
        with self._turn:
            self._drop()

    def _drop(self) -> None:
        open_ones = [one for one in (self._client, self._lanes) if one is not None]
        self._client = self._lanes = self._rests_since = None
        for one in open_ones:
            one.close()

    def _opened(self, connections: int) -> Carrier:
        return opened(self.url, self._timeout_s, self._proxy, self._verify, connections)


def opened(url: str, timeout_s: float, proxy: str | None, verify: str | bool, connections: int) -> Carrier:
    """Return what carries requests to one address over so many connections."""
    return Carrier(
        url, timeout_s, trust=_trust(url, verify), proxy=proxy, connections=connections, kept_s=KEPT_MS / 1000,
        socket_options=_asking(),
    )  # fmt: skip


def _asking() -> list[tuple[int, int, int]]:
    wanted = (("TCP_KEEPIDLE", _ASK_AFTER_S), ("TCP_KEEPINTVL", _ASK_EVERY_S), ("TCP_KEEPCNT", _ASK_TIMES))
    known = [(socket.IPPROTO_TCP, getattr(socket, name), value) for name, value in wanted if hasattr(socket, name)]
    return [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *known]


def _trust(url: str, verify: str | bool) -> ssl.SSLContext | None:
    if url.startswith("http://"):
        return None  # nothing to verify, and reading the authorities costs more than a whole run
    if isinstance(verify, str):
        return ssl.create_default_context(cafile=verify)
    # The machine's own authorities, so that a bureau's is trusted once it is installed; certifi's only where it has none.
    context = ssl.create_default_context()
    if not context.get_ca_certs() and not ssl.get_default_verify_paths().capath:
        return None
    return context
