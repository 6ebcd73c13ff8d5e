"""A real PostgreSQL for the tests of load."""

from collections.abc import Iterator

import pytest

from tests.postgres import NoPostgres, Postgres


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    try:
        server = Postgres()
    except NoPostgres as why:
        pytest.skip(f"no PostgreSQL can run here: {why}")
    yield server
    server.stop()
