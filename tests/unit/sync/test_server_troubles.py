"""What the server says when something breaks that nobody expected."""

import asyncio
import errno
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select

from sync.server import epochs
from sync.server.app import make_app
from sync.server.db import schema
from sync.server.db.problems import NoRoom
from sync.server.ops import backups
from tests.unit.sync.conftest import BOTH, address
from tests.unit.sync.town import Town


@pytest.fixture(params=BOTH)
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "town", address(request))
    yield made
    made.close()


def messages_of(app: Any, path: str, headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """Return everything that the application sends for one GET request, as its web server gets it."""
    sent: list[dict[str, Any]] = []
    lines = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": lines, "client": ("127.0.0.1", 1),
        "server": ("town", 80),
    }  # fmt: skip

    parts = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        for part in parts:
            return part
        return await asyncio.get_running_loop().create_future()  # the browser waits

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


def test_a_bug_in_the_middle_of_an_answer_cuts_it_off(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    box = town.device("u", "s:office")
    name = box.put("s:office", b"whole file")

    def broken(sha256: str, start: int = 0) -> Iterator[bytes]:
        yield b"whole"
        raise ZeroDivisionError

    monkeypatch.setattr(town.office.blobs.store, "read", broken)
    target = f"/v1/blobs/{name}"
    sent = messages_of(make_app(town.office), target, box.headers("GET", target))
    assert [one["type"] for one in sent] == ["http.response.start", "http.response.body"]
    assert (sent[0]["status"], sent[1]["body"], sent[1]["more_body"]) == (200, b"whole", True)


def test_a_full_disk_is_answered_as_one_and_nothing_of_the_work_is_kept(tmp_path: Path) -> None:
    made = Town(tmp_path / "town")
    try:
        with made.office.database.write() as unit:
            pages = unit.exec_driver_sql("PRAGMA page_count").scalar_one()
            unit.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(NoRoom), made.office.database.write() as unit:
            for at in range(400):
                unit.execute(
                    insert(schema.admin_act).values(
                        act=f"a{at}", step=0, at_ms=0, outcome="x" * 200, by="", address="", what="", subject="", detail="y" * 200
                    )
                )
        with made.office.database.read() as unit:
            assert unit.execute(select(func.count()).select_from(schema.admin_act)).scalar() == 0
    finally:
        made.close()


def test_a_file_that_found_no_room_is_answered_as_a_full_disk(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(unit: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(epochs, "current", full)
    sent = messages_of(make_app(town.office), "/v1/hello")
    assert (sent[0]["status"], json.loads(sent[1]["body"])["code"]) == (507, "server.no_space")


def test_a_backup_that_could_not_be_finished_leaves_nothing_in_its_folder(town: Town, tmp_path: Path) -> None:
    target = tmp_path / "backups"
    done = backups.make(town.office, target)
    with pytest.raises(OSError):
        backups.make(town.office, target)  # the clock stands still: that name is taken
    assert [one.name for one in target.iterdir()] == [done.name]
