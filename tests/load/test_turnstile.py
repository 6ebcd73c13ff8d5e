"""More requests at once than a server takes: the others hear in its own words that they shall come again."""

import asyncio
from typing import Any

from starlette.types import Receive, Scope, Send

from sync.protocol import codec
from sync.protocol.messages import HEADER_PROTO, Problem
from sync.server.app import Turnstile


async def _asked(door: Turnstile) -> dict[str, Any]:
    said: dict[str, Any] = {}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.update(message)

    await door({"type": "http", "method": "GET", "path": "/"}, receive, send)
    return said


def test_one_too_many_is_asked_to_come_again_and_the_next_is_let_in() -> None:
    async def play() -> tuple[dict[str, Any], ...]:
        open_up = asyncio.Event()

        async def slow(_scope: Scope, _receive: Receive, send: Send) -> None:
            await open_up.wait()
            await send({"status": 204})

        door = Turnstile(slow, 2)
        inside = [asyncio.create_task(_asked(door)) for _ in range(2)]
        await asyncio.sleep(0)
        refused = await _asked(door)
        open_up.set()
        return (refused, *[await one for one in inside], await _asked(door))

    refused, *served = asyncio.run(play())
    assert refused["status"] == 503
    assert codec.load(Problem, refused["body"]).code == "server.busy"
    assert HEADER_PROTO.lower().encode() in dict(refused["headers"])
    assert [one["status"] for one in served] == [204, 204, 204]
