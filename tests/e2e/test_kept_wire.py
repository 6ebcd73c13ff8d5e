"""The program keeps its connection to the server between runs, and lets it go when the store is locked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.syncing import SyncPolicy
from sync.client.wire import KEPT_MS
from tests.e2e.two_laptops import Pair
from tests.unit.services.desks import photo
from tests.unit.sync.kit import ServerProcess, until
from tests.unit.sync.test_kept_wire import Exchange


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path / "server")
    yield process
    process.kill()


@pytest.fixture
def exchange(pair: Pair, server: ServerProcess) -> Iterator[Exchange]:
    """Let laptop `a` reach its server by an exchange that counts connections."""
    made = Exchange(server.url)
    with pair.a.sync._store.db.write() as unit:
        unit.local("UPDATE sync_self SET server = ?", (made.url,))
    yield made
    made.close()


def test_runs_with_nothing_to_do_go_over_one_connection(pair: Pair, exchange: Exchange) -> None:
    for _ in range(4):
        assert pair.a.sync.run().value.is_complete
    assert exchange.opened == 1


def test_a_server_that_was_restarted_meanwhile_costs_no_run(pair: Pair, exchange: Exchange) -> None:
    assert pair.a.sync.run().value.is_complete
    exchange.hang_up()
    pair.a.inspections.answer(pair.visit, "SGF", "SGF-1.01", state="pass")
    assert pair.a.sync.run().value.pushed > 0
    assert exchange.opened == 2
    assert pair.b.sync.run().value.is_complete
    assert pair.given(pair.b, "SGF-1.01").state == "pass"


def test_photos_go_by_two_streams_and_arrive(pair: Pair, exchange: Exchange) -> None:
    taken = pair.a.evidence.take(pair.visit, [(f"{number}.jpg", photo(f"图{number}")) for number in range(7)]).value
    assert all(one.evidence is not None for one in taken)
    assert pair.a.sync.run().value.files_sent == 7
    assert exchange.opened == 3
    assert pair.a.sync.run().value.files_sent == 0
    assert exchange.opened == 3
    assert pair.b.sync.run().value.files_received == 7


def test_locking_lets_the_connection_go(pair: Pair, exchange: Exchange) -> None:
    assert pair.a.sync.run().value.is_complete
    near, _ = exchange.pairs[0]
    pair.a.vault.lock()
    until(lambda: near.fileno() == -1 or _is_over(near))


def test_a_connection_is_kept_longer_than_the_program_rests() -> None:
    assert SyncPolicy().every_min * 60_000 < KEPT_MS


def _is_over(near: object) -> bool:
    import socket

    assert isinstance(near, socket.socket)
    near.setblocking(False)
    try:
        return near.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
