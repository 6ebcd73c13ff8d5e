"""What a run costs that has nothing to do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from sync.client.http import ServerDoor
from tests.e2e.two_laptops import Pair, two_laptops
from tests.unit.sync.kit import ServerProcess


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    server = ServerProcess(tmp_path / "server")
    with two_laptops(server, tmp_path) as made:
        yield made
    server.kill()


def test_a_run_with_nothing_to_do_is_one_request(pair: Pair) -> None:
    pair.meet()
    asked: list[str] = []
    right = ServerDoor._send

    def told(door: ServerDoor, method: str, target: str, *args: Any, **named: Any) -> bytes:
        asked.append(target)
        return right(door, method, target, *args, **named)

    with mock.patch.object(ServerDoor, "_send", told):
        assert pair.a.sync.run().value.is_complete
    assert asked == ["/v1/sync"]
