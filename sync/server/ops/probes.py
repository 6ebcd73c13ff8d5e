"""What monitors ask: whether the process answers, whether it can do its work, and its figures."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.protocol.errors import SyncError
from sync.server.ops.metrics import CONTENT_TYPE, Metrics
from sync.server.routes import Office

_JSON = "application/json"


class Probes:
    """Answer monitors; none of it says anything about a person."""

    def __init__(self, office: Office, metrics: Metrics) -> None:
        self._office, self._metrics = office, metrics

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [Route("/readyz", self.readyz), Route("/metrics", self.metrics)]

    async def readyz(self, request: Request) -> Response:
        """Say whether database and store of files can be used: 200 or 503."""
        said = await run_in_threadpool(self._look)
        body = b",".join(b'"%s":%s' % (name.encode(), b"true" if fit else b"false") for name, fit in said.items())
        return Response(b"{" + body + b"}", 200 if all(said.values()) else 503, media_type=_JSON)

    async def metrics(self, request: Request) -> Response:
        """Give the figures."""
        return Response(await run_in_threadpool(self._metrics.text), media_type=CONTENT_TYPE)

    def _look(self) -> dict[str, bool]:
        return {"database": _works(self._office.database.check), "blobs": _works(self._office.blobs.store.check)}


def _works(check: Callable[[], None]) -> bool:
    try:
        check()
    except (SyncError, OSError):
        return False
    return True
