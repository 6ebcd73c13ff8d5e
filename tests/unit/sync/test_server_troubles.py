"""What the server says when something breaks that nobody expected."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from sync.server.app import make_app
from sync.server.db import schema
from tests.unit.sync.conftest import BOTH, address
from tests.unit.sync.town import Town


@pytest.fixture(params=BOTH)
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "town", address(request))
    yield made
    made.close()


def messages_of(app: Any, path: str) -> list[dict[str, Any]]:
    """Return everything that the application sends for one GET request, as its web server gets it."""
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": [], "client": ("127.0.0.1", 1),
        "server": ("town", 80),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


def test_a_bug_is_answered_once_with_a_code(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    with town.office.database.write() as unit:
        unit.execute(delete(schema.server_self))
    sent = messages_of(make_app(town.office), "/v1/hello")
    assert [one["type"] for one in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 500
    assert json.loads(sent[1]["body"]) == {
        "code": "server.internal", "params": {}, "message": "服务器内部错误，已记入日志。"
    }  # fmt: skip
    assert [one.getMessage() for one in caplog.records if one.exc_info] == ["server.internal"]
