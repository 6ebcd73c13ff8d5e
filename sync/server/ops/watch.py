"""See every request pass: count it, time it, and write one line about it that names nobody."""

import hashlib
import logging
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.protocol.messages import HEADER_DEVICE
from sync.server.ops.metrics import Metrics
from sync.server.world import World

HEADER_REQUEST: Final = "X-Request-Id"
_QUIET: Final = frozenset(("healthz", "readyz", "metrics"))
_log = logging.getLogger("yanfang.requests")


@dataclass(slots=True)
class _Passed:
    status: int = 500
    received: int = 0
    sent: int = 0


class Watch:
    """Stand before the application."""

    def __init__(self, inner: ASGIApp, metrics: Metrics, world: World) -> None:
        self._inner, self._metrics, self._world = inner, metrics, world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        passed, name, begun = _Passed(), self._world.random_bytes(6).hex(), self._world.ticks_s()

        async def receiving() -> Message:
            message = await receive()
            passed.received += len(message.get("body", b""))
            return message

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                passed.status = message["status"]
                MutableHeaders(scope=message).append(HEADER_REQUEST, name)
            passed.sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._inner(scope, receiving, sending)
        finally:
            self._note(scope, name, passed, self._world.ticks_s() - begun)

    def _note(self, scope: Scope, name: str, passed: _Passed, seconds: float) -> None:
        # The function's name, not the path: a path may say which file somebody asked for.
        endpoint = getattr(scope.get("endpoint"), "__name__", "unknown")
        self._metrics.answered(endpoint, passed.status, seconds, passed.received, passed.sent)
        if endpoint in _QUIET and passed.status < 400:
            return
        device = Headers(scope=scope).get(HEADER_DEVICE)
        said: dict[str, str | int | float | None] = {
            "request": name, "endpoint": endpoint, "status": passed.status, "ms": round(seconds * 1000, 1),
            "received": passed.received, "sent": passed.sent,
            "device": None if device is None else hashlib.sha256(device.encode()).hexdigest()[:8],
        }  # fmt: skip
        _log.info("request", extra={"said": said})
