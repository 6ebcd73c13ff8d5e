"""How long a body may take: a place at the server is not held by somebody who sends nothing.

A proxy reads bodies before it passes them on; without one each slow body would take one of the few places. Only waiting
counts, not what the server does meanwhile.
"""

import asyncio
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.protocol.errors import SyncError

GRACE_S: Final = 30.0
SILENCE_S: Final = 120.0
LEAST_BYTES_PER_S: Final = 1024  # a tenth of the weakest line that sync is made for, which several requests may share


class TooSlow(SyncError):
    """Say that the body came too slowly."""

    code = "body.slow"
    retryable = True


class Patience:
    """Wait for a body: half a minute, and as long as what came would take on a very weak line."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; what waits for its body gets `TooSlow`."""
        came, waited, is_whole, is_over = 0, 0.0, False, False
        now = asyncio.get_running_loop().time

        async def patient() -> Message:
            nonlocal came, waited, is_whole, is_over
            if is_whole:  # what comes now is that the other end goes away
                return await receive()
            began = now()
            try:
                async with asyncio.timeout(min(SILENCE_S, GRACE_S + came / LEAST_BYTES_PER_S - waited)):
                    message = await receive()
            except TimeoutError as problem:
                is_over = True
                raise TooSlow() from problem
            waited += now() - began
            came += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            return message

        async def sending(message: Message) -> None:
            if is_over and message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"  # nobody waits for the rest
            await send(message)

        await self._inner(scope, patient, sending)
