"""The relay's ear: a few requests over plain HTTP, each with the pairing code; nothing else of the laptop can be reached."""

import contextlib
import hmac
import logging
import os
import re
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, Protocol

from sync.client.errors import Refused
from sync.client.relay import (
    HEADER_CODE,
    HEADER_OFFSET,
    HEADER_SIZE,
    PART_BYTES,
    ROOT,
    Have,
    Hello,
    Offset,
    Waiting,
    is_digest,
)
from sync.client.relay_shelf import Shelf
from sync.protocol import codec, framing
from sync.protocol.errors import SyncError
from sync.protocol.lines import is_id
from sync.protocol.messages import HEADER_PROTO, PROTO, Problem
from sync.protocol.packets import Packet

log = logging.getLogger(__name__)
_PIECE: Final = 256 << 10
_MOST_CONNECTIONS: Final = 16
_WRONG_CODE_S: Final = 0.5
_LINGER_S: Final = 2.0
_RANGE: Final = re.compile(r"bytes=(\d{1,12})-")
_NUMBER: Final = re.compile(r"\d{1,12}")
_TARGET: Final = re.compile(rf"{ROOT}(?:/(have|ask|waiting|parts|packets)(?:/([A-Za-z0-9_.:-]{{1,100}}))?)?")


class Host(Protocol):
    """What the relay does for its visitors; called on several threads."""

    def hello(self) -> Hello:
        """Say who is here."""

    def have(self, theirs: Have) -> Have:
        """Take up what a visitor has and say what is here.

        Raises:
            SyncError: If he is nobody of the team.
        """

    def arrived(self, packet: Packet) -> None:
        """Take in a packet that is whole, later."""

    def ask(self, device: str) -> None:
        """Write a packet for a visitor, later.

        Raises:
            SyncError: If he did not say what he has.
        """

    def waiting(self, device: str) -> Waiting:
        """Say how things stand."""

    def parcel(self, digest: str) -> Path | None:
        """Return a packet that lies ready."""


class RelayServer(ThreadingHTTPServer):
    """Listens from `start` to `stop`.

    Args:
        address: Host and port; the next free port where that one is taken, any where it is 0.

    Raises:
        OSError: If nothing can be listened at.
    """

    daemon_threads = False  # `stop` waits for them: they read the store
    allow_reuse_address = os.name != "nt"  # there it would let another program listen at the same port

    def __init__(self, address: tuple[str, int], code: str, host: Host, shelf: Shelf) -> None:
        self.code, self.host, self.shelf = code, host, shelf
        self._lines: set[socket.socket] = set()
        self._turn = threading.Lock()
        self._is_stopped = False
        self._moving = 0
        try:
            super().__init__(address, _Visit)
        except OSError:
            super().__init__((address[0], 0), _Visit)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.1,), name="yf-relay-http", daemon=True)

    def server_bind(self) -> None:
        """Take the port; the library would ask the network for this laptop's name as well, and wait."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "", int(self.server_address[1])

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server_port

    @property
    def is_moving(self) -> bool:
        """Whether a packet is on the line."""
        return self._moving > 0

    @contextlib.contextmanager
    def moving(self) -> Iterator[None]:
        """Count a packet that is on the line."""
        with self._turn:
            self._moving += 1
        try:
            yield
        finally:
            with self._turn:
                self._moving -= 1

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more and cut what is on the line; once more does nothing."""
        with self._turn:
            if self._is_stopped:
                return
            self._is_stopped = True
        self.shutdown()
        with self._turn:
            for line in self._lines:
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Refuse more connections than a team has laptops."""
        with self._turn:
            if self._is_stopped or len(self._lines) >= _MOST_CONNECTIONS:
                return False
            self._lines.add(request)
            return True

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that ended."""
        with self._turn:
            self._lines.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Note what went wrong with one connection; the others go on."""
        log.warning("relay.connection", exc_info=True)


class _Visit(BaseHTTPRequestHandler):
    """One connection of one visitor."""

    protocol_version = "HTTP/1.1"
    server_version = "yanfang"
    sys_version = ""
    timeout = 20
    disable_nagle_algorithm = True
    server: RelayServer

    def do_GET(self) -> None:
        """Answer a question."""
        self._answer()

    def do_POST(self) -> None:
        """Take up a message."""
        self._answer()

    def do_PUT(self) -> None:
        """Take in a part of a packet."""
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep addresses out of the log."""

    def _answer(self) -> None:
        try:
            self._route()
        except SyncError as refused:
            log.info("relay.refused code=%s", refused.code)
            self.close_connection = True  # the body of the request may still be on the line
            status = refused.status if isinstance(refused, Refused) else 400
            self._send(codec.dump(Problem(refused.code, refused.params)), status)
            self._linger()
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except OSError as error:
            log.warning("relay.disk errno=%s", error.errno)
            self.close_connection = True
            self._send(codec.dump(Problem("relay.full", {})), 507)
            self._linger()

    def _route(self) -> None:
        if not hmac.compare_digest(self.headers.get(HEADER_CODE, "").encode(), self.server.code.encode()):
            time.sleep(_WRONG_CODE_S)
            raise Refused("relay.code", 403, {})
        found = _TARGET.fullmatch(self.path)
        what, name = found.groups() if found else ("?", None)
        host = self.server.host
        match self.command, what, name:
            case "GET", None, None:
                self._send(codec.dump(host.hello()))
            case "POST", "have", None:
                theirs = codec.load(Have, framing.unpack(self._body()))
                self._send(framing.pack(codec.dump(host.have(theirs))))
            case "POST", "ask", str(device) if is_id(device):
                host.ask(device)
                self._send(b"{}")
            case "GET", "waiting", str(device) if is_id(device):
                self._send(codec.dump(host.waiting(device)))
            case "GET", "parts", str(digest) if is_digest(digest):
                self._send(codec.dump(Offset(self.server.shelf.offset(digest))))
            case "PUT", "parts", str(digest) if is_digest(digest):
                with self.server.moving():
                    self._take(digest)
            case "GET", "packets", str(digest) if is_digest(digest):
                with self.server.moving():
                    self._give(digest)
            case _:
                raise Refused("relay.request", 404, {})

    def _take(self, digest: str) -> None:
        packet = self.server.shelf.append(
            digest, self._number(HEADER_OFFSET), self._number(HEADER_SIZE), self._number("Content-Length"), self.rfile.read1
        )
        if packet is not None:
            self.server.host.arrived(packet)
        self._send(b"{}")

    def _give(self, digest: str) -> None:
        path = self.server.host.parcel(digest)
        asked = _RANGE.fullmatch(self.headers.get("Range", "bytes=0-"))
        if path is None or asked is None:
            raise Refused("relay.request", 404, {})
        with path.open("rb") as source:
            size = os.fstat(source.fileno()).st_size
            at = source.seek(min(int(asked[1]), size))
            self._head(206, size - at)
            for data in _pieces(source, size - at):
                self.wfile.write(data)

    def _body(self) -> bytes:
        length = self._number("Content-Length")
        if length > framing.MAX_PACKED_BYTES:
            raise framing.TooLarge(limit=framing.MAX_PACKED_BYTES)
        return self.rfile.read(length)

    def _linger(self) -> None:
        """Read what is still being sent: closing at once would tear the answer off the line too."""
        left = PART_BYTES if self.command == "PUT" else 0
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_LINGER_S)
            while left > 0 and (data := self.connection.recv(_PIECE)):
                left -= len(data)

    def _number(self, header: str) -> int:
        given = self.headers.get(header, "")
        if _NUMBER.fullmatch(given) is None:
            raise Refused("relay.request", 400, {})
        return int(given)

    def _send(self, data: bytes, status: int = 200) -> None:
        self._head(status, len(data))
        self.wfile.write(data)

    def _head(self, status: int, length: int) -> None:
        self.send_response(status)
        self.send_header(HEADER_PROTO, str(PROTO))
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(length))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()


def addresses() -> tuple[str, ...]:
    """Return this laptop's IPv4 addresses, the one that leads out first; nothing is sent."""
    found: list[str] = []
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("10.255.255.255", 9))
        found.append(probe.getsockname()[0])
    with contextlib.suppress(OSError):
        found += socket.gethostbyname_ex(socket.gethostname())[2]
    outside = [one for one in dict.fromkeys(found) if not one.startswith("127.") and one != "0.0.0.0"]
    return tuple(outside) or ("127.0.0.1",)


def _pieces(source: Any, left: int) -> Iterator[bytes]:
    while left > 0 and (data := source.read(min(_PIECE, left))):
        left -= len(data)
        yield data
