"""Servers for the tests of sync."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.sync.kit import ServerProcess


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Give one running server to every test that does not hurt it; each test takes a scope of its own."""
    server = ServerProcess(tmp_path_factory.mktemp("server"))
    yield server
    server.kill()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """Give a server that the test may kill."""
    server = ServerProcess(tmp_path / "server")
    yield server
    server.kill()
