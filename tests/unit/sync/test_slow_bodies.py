"""Bodies that come slowly, to a web server with no proxy before it."""

import contextlib
import hashlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from sync.protocol import codec
from sync.protocol.messages import BlobOffer
from sync.server import patience
from sync.server.app import make_app
from tests.unit.sync.kit import until
from tests.unit.sync.town import Town

MIB = 1 << 20
FEED = "s:610100"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "town")
    yield made
    made.close()


@pytest.fixture
def port(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Serve the town with a hundredth of the patience."""
    monkeypatch.setattr(patience, "GRACE_S", 0.3)
    monkeypatch.setattr(patience, "SILENCE_S", 1.2)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(make_app(town.office), log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    until(lambda: server.started)
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()


def head(method: str, target: str, size: int, headers: dict[str, str] | None = None) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: town", f"Content-Length: {size}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items() if value]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answered(link: socket.socket) -> tuple[int, str]:
    """Return status and code of the answer, and require that the server hangs up after it."""
    link.settimeout(10)
    data = bytearray()
    with contextlib.suppress(ConnectionResetError):  # bytes that nobody reads any more
        while piece := link.recv(65536):
            data += piece
    first, _, rest = bytes(data).partition(b"\r\n")
    return int(first.split()[1]), json.loads(rest.partition(b"\r\n\r\n")[2])["code"]


def test_a_body_that_does_not_come_is_not_waited_for(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.sendall(head("POST", "/v1/enrol", 1000) + b"{")
        began = time.monotonic()
        assert answered(link) == (408, "body.slow")
        assert 0.25 < time.monotonic() - began < 5


def test_a_body_that_drips_is_not_waited_for_either(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.sendall(head("POST", "/v1/admission", 60_000))
        with contextlib.suppress(OSError):
            for _ in range(400):
                link.sendall(b"x")
                time.sleep(0.01)
        assert answered(link) == (408, "body.slow")


def test_a_weak_line_is_waited_for_as_long_as_it_carries(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.sendall(head("POST", "/v1/enrol", 20_000, {"Connection": "close"}))
        for _ in range(200):
            link.sendall(b"x" * 100)
            time.sleep(0.01)
        assert answered(link) == (422, "message.invalid")


def test_of_a_file_that_stopped_coming_what_came_is_kept(town: Town, port: int) -> None:
    box, data = town.device("u", FEED), b"x" * (3 * MIB)
    name = hashlib.sha256(data).hexdigest()
    target = f"/v1/blobs/{name}"
    assert box.call("POST", target, codec.dump(BlobOffer(FEED, len(data), "image/jpeg")))[1]["missing"] == [0, 1, 2]
    with socket.create_connection(("127.0.0.1", port)) as link:
        headers = {**box.headers("PUT", target, data), "Content-Type": "application/octet-stream"}
        link.sendall(head("PUT", target, len(data), headers) + data[: 2 * MIB + 7])
        assert answered(link) == (408, "body.slow")
    assert box.offer(FEED, data)[1]["missing"] == [2]
