"""The network: the server's real application, called in this thread, and everything that can happen to a request."""

import hashlib
import re
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from unittest import mock

import httpcore
import starlette.responses
from starlette.types import ASGIApp, Message

import sync.server.app
import sync.server.routes
from app.services.memberships import AttentiveDoor
from sync.client.carrier import Answer
from sync.protocol.messages import HEADER_DEVICE, HEADER_DIGEST, HEADER_NONCE, HEADER_SIGNATURE, HEADER_TIME
from sync.protocol.signing import RequestProof
from tests.sim.fate import Crash, Fate

_UNWRITTEN: Final = re.compile(rb'"server\.(busy|no_space)"')
_LIMIT: Final = re.compile(rb'"blob\.(day|unfinished)_limit"')
_ONE_PIECE: Final = re.compile("/v1/blobs/[0-9a-f]{64}")


async def _here(function: Callable[..., Any], *args: Any, **more: Any) -> Any:
    return function(*args, **more)


async def _iterate_here(pieces: Any) -> Any:
    for piece in pieces:
        yield piece


def without_threads() -> ExitStack:
    """Let the server's application run in the caller's thread from its first line to its last, where every body is there."""
    stack = ExitStack()
    stack.enter_context(mock.patch.object(sync.server.routes, "run_in_threadpool", _here))
    stack.enter_context(mock.patch.object(starlette.responses, "iterate_in_threadpool", _iterate_here))
    stack.enter_context(mock.patch.object(sync.server.app, "Patience", lambda inner: inner))
    return stack


@dataclass
class Reply:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def call(
    app: ASGIApp, method: str, target: str, headers: list[tuple[bytes, bytes]], body: bytes | Iterator[bytes]
) -> Reply:
    """Put one request through the application; a body may also come in pieces, and without an end."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(name.lower(), value) for name, value in headers], "client": ("127.0.0.1", 1), "server": ("server", 80),
    }  # fmt: skip
    reply = Reply(0, [], b"")
    pieces: list[bytes] = []

    async def receive() -> Message:
        if isinstance(body, bytes):
            return {"type": "http.request", "body": body, "more_body": False}
        piece = next(body, b"")
        return {"type": "http.request", "body": piece, "more_body": bool(piece)}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            reply.status, reply.headers = message["status"], list(message["headers"])
        else:
            pieces.append(message.get("body", b""))

    running: Coroutine[Any, Any, None] = app(scope, receive, send)
    try:
        running.send(None)
    except StopIteration:
        reply.body = b"".join(pieces)
        return reply
    raise AssertionError("the application waited for something")


@dataclass
class Sent:
    """A request as it went over the wire, and who signed it."""

    door: "WiredDoor"
    method: str
    target: str
    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass
class Wire:
    """Carry requests to the server, or lose, double, delay and cut them.

    Attributes:
        serve: What answers; replaced when the server starts anew.
        is_excused: Whether the server may say now that its database is gone, or its disk full.
        is_narrow: A proxy lets no file pass in one piece.
        late: Requests that are still on their way.
        trace: Hash over every byte that was carried.
    """

    fate: Fate
    serve: Callable[[str, str, list[tuple[bytes, bytes]], bytes], Reply]
    is_excused: Callable[[], bool]
    is_narrow: bool = False
    late: list[Sent] = field(default_factory=list)
    old_answers: dict[tuple[str, str], list[Reply]] = field(default_factory=dict)
    trace: Any = field(default_factory=hashlib.sha256)
    server_errors: list[str] = field(default_factory=list)

    def carry(self, sent: Sent) -> Reply:
        """Carry one request of a client that waits for the answer."""
        fate = self.fate
        if self.is_narrow and sent.method == "PUT" and _ONE_PIECE.fullmatch(sent.target):
            return Reply(413, [], b"")
        if fate.strikes("request lost", 0.09):
            if fate.strikes("request late", 0.5):
                self.late.append(sent)
            raise httpcore.ConnectError("lost")
        if fate.strikes("request doubled", 0.06):
            self.late.append(sent)
        if fate.strikes("clock jumps in a run", 0.01):
            sent.door.jump(fate.chance.choice([-1_000_000, -3600, 3600, 1_000_000]) * 1000)
        reply = self._answer(sent)
        if fate.strikes("answer lost", 0.11):
            raise httpcore.ReadError("cut")
        if fate.strikes("answer cut", 0.02):
            return Reply(reply.status, reply.headers, reply.body[: len(reply.body) // 2])
        who = sent.door.credentials.device if sent.door.credentials else ""
        old = self.old_answers.setdefault((who, sent.target), [])
        if old and fate.strikes("old answer", 0.2):
            return fate.chance.choice(old)
        if len(old) < 12:
            old.append(reply)
        return reply

    def deliver_late(self) -> None:
        """Let one late request arrive: as it was, or signed anew as a courier would bring it."""
        sent = self.late.pop(self.fate.chance.randrange(len(self.late)))
        headers = sent.headers
        if self.fate.chance.random() < 0.5 and sent.door.credentials is not None:
            headers = _signed_anew(sent, self.fate)
        try:
            self._answer(Sent(sent.door, sent.method, sent.target, headers, sent.body))
        except (httpcore.NetworkError, httpcore.ProtocolError):
            self.fate.seen["late request met a crash"] += 1

    def _answer(self, sent: Sent) -> Reply:
        self.trace.update(f"{sent.method} {sent.target} {len(sent.body)}\n".encode() + sent.body)
        try:
            reply = self.serve(sent.method, sent.target, sent.headers, sent.body)
        except Crash:
            self.fate.seen["server crash"] += 1
            raise httpcore.RemoteProtocolError("server gone") from None
        self.trace.update(f"{reply.status}\n".encode() + reply.body)
        if _UNWRITTEN.search(reply.body) and reply.status in (503, 507) and self.is_excused():
            self.fate.seen["server without its database, or without room"] += 1
        elif reply.status >= 500 and not (reply.status == 507 and _LIMIT.search(reply.body)):
            self.server_errors.append(f"{sent.method} {sent.target}: {reply.status} {reply.body[:300]!r}")
        return reply


def _signed_anew(sent: Sent, fate: Fate) -> list[tuple[bytes, bytes]]:
    who = sent.door.credentials
    assert who is not None
    digest = hashlib.sha256(sent.body).hexdigest()
    proof = RequestProof(who.server, who.device, sent.method, sent.target, fate.now_ms, fate.random_id(), digest)
    renewed = {
        HEADER_DEVICE: proof.device, HEADER_TIME: str(proof.time_ms), HEADER_NONCE: proof.nonce,
        HEADER_DIGEST: digest, HEADER_SIGNATURE: who.key.sign(proof.bytes()),
    }  # fmt: skip
    names = {name.lower().encode() for name in renewed}
    kept = [(name, value) for name, value in sent.headers if name.lower() not in names]
    return kept + [(name.encode(), value.encode()) for name, value in renewed.items()]


class Line:
    """What the door asks of its carrier, without pools and addresses."""

    def __init__(self, wire: Wire, door: "WiredDoor") -> None:
        self._wire, self._door = wire, door

    @contextmanager
    def stream(
        self, method: str, target: str, *, headers: dict[str, str], content: bytes | Iterable[bytes] = b"", **_: object
    ) -> Iterator[Answer]:
        """Carry one request."""
        body = content if isinstance(content, bytes) else b"".join(content)
        said = {"Host": "server", "Content-Length": str(len(body)), **headers}
        sent = [(name.encode(), value.encode()) for name, value in said.items()]
        reply = self._wire.carry(Sent(self._door, method, target, sent, body))
        said = {name.decode().lower(): value.decode() for name, value in reply.headers}
        yield Answer(reply.status, said, (reply.body,))


class WiredDoor(AttentiveDoor):
    """The client's own door, whose connection is the wire."""

    __slots__ = ("_line", "jump")

    def wired(self, wire: Wire, jump: Callable[[int], None]) -> "WiredDoor":
        """Connect; `jump` moves this laptop's clock."""
        self.jump = jump
        self._line = Line(wire, self)
        return self

    def close(self) -> None:
        """Keep the connection: a wire costs nothing."""

    def _http(self) -> Any:
        return self._line

    def _lanes(self) -> Any:
        return self._line
