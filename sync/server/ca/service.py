"""The addresses of certificates and time-stamps; anybody may ask, nothing here says anything about a person."""

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.protocol.framing import TooLarge
from sync.server.ca.authority import CRL_PATH
from sync.server.ca.place import Place
from sync.server.ca.stamping import MOST_REQUEST, Stamping
from sync.server.world import World


class CaPages:
    """Give out root and list, and stamp."""

    def __init__(self, folder: Path, world: World) -> None:
        self._place = Place(folder)
        self._stamping = Stamping(self._place, world)

    def routes(self) -> list[Route]:
        """Return the addresses; they stand in certificates and do not change."""
        return [
            Route("/v1/ca/root.cer", self.root),
            Route(CRL_PATH, self.revoked),
            Route("/v1/tsa", self.stamp, methods=["POST"]),
        ]

    async def root(self, request: Request) -> Response:
        """Give out the root's certificate (DER)."""
        return Response(await run_in_threadpool(self._file, "root.cer"), media_type="application/pkix-cert")

    async def revoked(self, request: Request) -> Response:
        """Give out the newest list of revoked certificates (DER)."""
        return Response(await run_in_threadpool(self._file, "root.crl"), media_type="application/pkix-crl")

    async def stamp(self, request: Request) -> Response:
        """Answer a time-stamp request."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_REQUEST:
                raise TooLarge(limit=MOST_REQUEST)
        said = await run_in_threadpool(self._stamping.answer, body)
        return Response(said, media_type="application/timestamp-reply")

    def _file(self, name: str) -> bytes:
        self._place.require()
        return self._place.read(name)
