"""How often somebody may knock: requests that cost work before it is known who asks are counted by address."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from sync.protocol.errors import SyncError
from sync.server.world import World

_WINDOW_MS: Final = 60_000
_REMEMBERED: Final = 10_000


class TooManyRequests(SyncError):
    """Say that somebody asks too often: again in `wait_s` seconds."""

    code = "admin.too_many"
    retryable = True


@dataclass(frozen=True, slots=True)
class Rate:
    """How many requests of a kind one address may send in a minute."""

    kind: str
    limit: int


class Knocks:
    """Count requests by address, in this process."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._window = 0
        self._counts: dict[tuple[str, str], int] = {}

    def check(self, rate: Rate, address: str) -> None:
        """Count one request; from the event loop only.

        Raises:
            TooManyRequests: If it is one too many, or too many addresses came in this minute.
        """
        now = self._world.now_ms()
        window, passed = divmod(now, _WINDOW_MS)
        if window != self._window:
            self._window, self._counts = window, {}
        key = (rate.kind, address)
        count = self._counts.get(key, 0) + 1
        if count > rate.limit or len(self._counts) > _REMEMBERED:
            raise TooManyRequests(wait_s=-(-(_WINDOW_MS - passed) // 1000))
        self._counts[key] = count


def address(request: Request) -> str:
    """Return where a request came from, as far as the server can tell."""
    return "" if request.client is None else request.client.host
