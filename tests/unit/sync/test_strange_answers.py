"""What stands between a laptop and its server answers in the server's place: portals, proxies, other programs."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sync.client.errors import NotTheServer, Unreachable
from sync.client.http import Credentials, ServerDoor, address
from sync.protocol.chain import DeviceKey
from sync.protocol.messages import SyncRequest
from tests.unit.sync.kit import new_id, wall_ms

PAGE = b"<html>please log in</html>"
WHO = Credentials("d1", DeviceKey.from_seed(b"\1" * 32), "s1")


@contextmanager
def answering(status: str, body: bytes = b"") -> Iterator[ServerDoor]:
    """Give a door to somebody who answers everything in the same way."""
    length = b"" if status.startswith("204") else b"Content-Length: %d\r\n" % len(body)
    said = f"HTTP/1.1 {status}\r\nConnection: close\r\n".encode() + length + b"\r\n" + body
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                line.recv(65_536)
                line.sendall(said)

    threading.Thread(target=answer, daemon=True).start()
    try:
        with ServerDoor(f"http://127.0.0.1:{listener.getsockname()[1]}", wall_ms, new_id, WHO) as door:
            yield door
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.mark.parametrize(
    ("status", "body"),
    [("200 OK", PAGE), ("200 OK", b""), ("204 No Content", b""), ("302 Found", b""), ("511 x", PAGE)],
)
def test_whatever_somebody_else_answers_is_told_as_somebody_elses_and_tried_again(
    status: str, body: bytes
) -> None:
    with answering(status, body) as door:
        for ask in (
            door.hello,
            door.me,
            door.logout,
            lambda: door.sync(SyncRequest("e", ())),
            lambda: door.put_chunk("0" * 64, 0, b"x"),
        ):
            with pytest.raises(NotTheServer) as told:
                ask()
            assert told.value.retryable


@pytest.mark.parametrize("status", ["502 Bad Gateway", "503 Service Unavailable", "504 Gateway Time-out"])
def test_a_server_that_is_down_behind_its_proxy_is_one_that_cannot_be_reached(status: str) -> None:
    with answering(status, PAGE) as door, pytest.raises(Unreachable):
        door.hello()


def test_an_address_is_encrypted_unless_it_says_otherwise() -> None:
    assert address(" sync.example.internal:8765/ ") == "https://sync.example.internal:8765"
    assert address("http://10.0.0.3:8765") == "http://10.0.0.3:8765"


def test_an_address_that_is_none_is_one_that_cannot_be_reached() -> None:
    with ServerDoor("https://[::1", wall_ms, new_id) as door, pytest.raises(Unreachable):
        door.hello()
