"""Servers for the tests of sync."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Postgres
from tests.s3 import S3
from tests.unit.sync.kit import ServerProcess

BOTH = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    """Give a running S3."""
    server = S3()
    yield server
    server.stop()


def address(request: pytest.FixtureRequest) -> str | None:
    """Return a new database's address for "postgresql", nothing for "sqlite"."""
    if request.param == "sqlite":
        return None
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()


@pytest.fixture(scope="session", params=BOTH)
def shared_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    """Give one running server to every test that does not hurt it; each test takes a scope of its own."""
    server = ServerProcess(tmp_path_factory.mktemp("server"), address(request))
    yield server
    server.kill()


@pytest.fixture(params=BOTH)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerProcess]:
    """Give a server that the test may kill."""
    server = ServerProcess(tmp_path / "server", address(request))
    yield server
    server.kill()
