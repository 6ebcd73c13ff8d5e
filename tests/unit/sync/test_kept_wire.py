"""The connection outlives the run: nothing to do is one round trip, and one that died meanwhile costs no run."""

import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from sync.client.errors import Unreachable
from sync.client.wire import KEPT_MS, Wire
from sync.protocol.admission import LoginRequest
from sync.server.cli import _KEEP_ALIVE_S
from tests.unit.sync.kit import Laptop, ServerProcess, wall_ms


class Exchange:
    """Pass connections on to a server, count them, and let them die as lines do."""

    def __init__(self, url: str) -> None:
        self.to = urlsplit(url).netloc.split(":")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.opened = 0
        self.silent: set[socket.socket] = set()
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # whoever waits in `accept` would take one more
        self.listener.close()
        self.hang_up()

    def hang_up(self) -> None:
        """Close every connection, as a server that restarts does."""
        for one in (one for pair in self.pairs for one in pair):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.pairs.clear()

    def fall_silent(self) -> None:
        """Let those that are open neither answer nor end, as after a change of network; new ones work."""
        self.silent = {near for near, _ in self.pairs}

    def deafen_answers(self) -> None:
        """Let what is asked arrive, and no answer come back, over those that are open."""
        self.silent = {far for _, far in self.pairs}

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                self.opened += 1
                far = socket.create_connection((self.to[0], int(self.to[1])))
                self.pairs.append((near, far))
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, source: socket.socket, drain: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if source not in self.silent:
                    drain.sendall(data)
            drain.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def laptop(shared_server: ServerProcess) -> Laptop:
    made = shared_server.laptop(f"s:{uuid.uuid4().hex[:12]}")
    made.store.write("a", "r", x=1)
    assert made.sync().is_complete
    return made


@pytest.fixture
def exchange(shared_server: ServerProcess, laptop: Laptop) -> Iterator[Exchange]:
    """Let the laptop reach its server by an exchange, over a wire that is kept."""
    made = Exchange(shared_server.url)
    laptop.door.wire = Wire(made.url, wall_ms, timeout_s=0.5)
    yield made
    laptop.door.wire.close()
    made.close()


def test_many_runs_go_over_one_connection(laptop: Laptop, exchange: Exchange) -> None:
    for number in range(4):
        laptop.store.write("a", "r", x=number)
        assert laptop.sync().lines_sent == 1
        assert laptop.sync().is_complete
    assert exchange.opened == 1


def test_a_connection_that_ended_while_it_rested_is_opened_anew(laptop: Laptop, exchange: Exchange) -> None:
    assert laptop.sync().is_complete
    exchange.hang_up()
    laptop.store.write("a", "r", x=2)
    assert laptop.sync().lines_sent == 1
    assert exchange.opened == 2


def test_a_connection_that_died_without_a_word_costs_time_but_no_run_and_doubles_nothing(
    laptop: Laptop, exchange: Exchange, shared_server: ServerProcess
) -> None:
    assert laptop.sync().is_complete
    exchange.fall_silent()
    laptop.store.write("a", "r", x=2)
    result = laptop.sync()
    assert (result.is_complete, result.lines_sent, exchange.opened) == (True, 1, 2)
    assert laptop.store.states() == {"done"}
    assert shared_server.laptop(laptop.store.scope).sync().lines_pulled == 2


def test_a_server_that_took_the_lines_and_whose_answer_is_lost_is_told_again_and_takes_them_once(
    laptop: Laptop, exchange: Exchange, shared_server: ServerProcess
) -> None:
    assert laptop.sync().is_complete
    exchange.deafen_answers()
    laptop.store.write("a", "r", x=2)
    result = laptop.sync()
    assert (result.is_complete, result.lines_sent, exchange.opened) == (True, 1, 2)
    assert shared_server.laptop(laptop.store.scope).sync().lines_pulled == 2


def test_a_server_out_of_reach_is_said_at_once_and_not_asked_twice(laptop: Laptop, exchange: Exchange) -> None:
    assert laptop.sync().is_complete
    exchange.close()
    result = laptop.sync()
    assert result.failure is not None
    assert result.failure.code == "http.unreachable"


def test_a_connection_that_breaks_in_a_run_is_not_mended_in_secret(laptop: Laptop, exchange: Exchange) -> None:
    laptop.door.me()
    exchange.fall_silent()
    with pytest.raises(Unreachable):
        laptop.door.me()
    assert exchange.opened == 1


def test_what_may_not_happen_twice_is_not_repeated(laptop: Laptop, exchange: Exchange) -> None:
    assert laptop.sync().is_complete
    exchange.fall_silent()
    with pytest.raises(Unreachable):
        laptop.door.login(LoginRequest("u", "p"))
    assert exchange.opened == 1


def test_a_connection_that_rested_too_long_is_not_trusted(laptop: Laptop, exchange: Exchange) -> None:
    clock = [wall_ms()]
    laptop.door.wire = wire = Wire(exchange.url, lambda: clock[0], timeout_s=0.5)
    for rested_ms, opened in ((KEPT_MS - 1, 1), (KEPT_MS, 2), (-1, 3)):
        assert laptop.sync().is_complete
        clock[0] += rested_ms
        assert laptop.sync().is_complete
        assert exchange.opened == opened
    wire.close()


def test_files_have_connections_of_their_own_that_end_with_the_run(laptop: Laptop, exchange: Exchange) -> None:
    laptop.door.streams = 2
    names = {laptop.photo(bytes([number]) * 1_500_000) for number in range(5)}
    assert laptop.sync().is_complete
    assert laptop.store.file_receipts == names
    assert exchange.opened == 3
    assert laptop.sync().is_complete
    assert exchange.opened == 3


def test_the_server_keeps_a_connection_longer_than_laptops_rest_between_runs() -> None:
    assert _KEEP_ALIVE_S * 1000 >= KEPT_MS
