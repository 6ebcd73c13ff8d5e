"""The connection is cut at many places of a run; what comes out afterwards is as if it had not been."""

import random
import socket
import threading
import uuid
from contextlib import suppress
from urllib.parse import urlsplit

from tests.unit.sync.kit import ServerProcess


class Scissors:
    """Pass bytes to and fro until `budget` of them went by, then close both connections."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self.target = (parts.hostname, parts.port)
        self.budget = 0
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.target)
                for one, other in ((near, far), (far, near)):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, source: socket.socket, drain: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                passed, self.budget = data[: self.budget], self.budget - len(data)
                drain.sendall(passed)
                if self.budget <= 0:
                    self.cuts += 1
                    break
        for one in (source, drain):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def test_a_run_cut_anywhere_is_simply_run_again(shared_server: ServerProcess) -> None:
    scope = f"s:{uuid.uuid4().hex[:12]}"
    laptop, reader = shared_server.laptop(scope), shared_server.laptop(scope)
    wire = Scissors(shared_server.url)
    chance = random.Random(11)
    written, ends = 0, set()
    try:
        for turn in range(40):
            for number in range(3):
                laptop.store.write("answer", f"r{number}", value=f"{turn}")
                written += 1
            if turn % 5 == 0:
                laptop.photo(chance.randbytes(1_100_000))
                written += 1
            wire.budget = chance.choice([chance.randint(1, 9_000), chance.randint(1, 1_500_000)])
            laptop.door.url = wire.url
            result = laptop.sync()
            ends.add(result.reached)
            assert result.failure is None or result.failure.code == "http.unreachable"
            assert not result.file_failures
    finally:
        wire.close()
    laptop.door.url = shared_server.url
    assert laptop.sync().is_complete
    assert laptop.store.states() == {"done"}
    assert wire.cuts > 20
    assert {"push", "blobs"} <= ends
    assert reader.sync().lines_pulled == written
    assert reader.vault.kept == laptop.vault.kept
    assert reader.store.confirmed.dump() == laptop.store.confirmed.dump()
    assert laptop.store.confirmed.conflicts == {}
    assert len(laptop.store.replicas) == 1
