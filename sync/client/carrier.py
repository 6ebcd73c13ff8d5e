"""Requests to one address over connections that are kept, and what goes wrong on the way in sync's words.

This is httpcore with an address; httpx adds cookies, redirects and a command line of its own to every process, five MiB.
"""

import base64
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, quote, unquote, urlsplit

import httpcore

from sync.client.errors import NotNow, NotTheServer, Unreachable, Untrusted

_DATES: Final = (9, 10)  # X.509: not valid yet, not valid any more
_BROKEN: Final = (
    httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, httpcore.TimeoutException, httpcore.UnsupportedProtocol,
)  # fmt: skip
_PATIENCE: Final = ("connect", "read", "write", "pool")
_IN_TARGETS: Final = "/?&=%:+,;@!$'()*~[]"

Trace = Callable[[str, object], None]
"""Hears what the library does with a request, by names such as ``http11.send_request_body.complete``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose body has not been read yet.

    Attributes:
        headers: By their names in lower case.
        pieces: The body as it arrives, whatever its encoding.
    """

    status: int
    headers: Mapping[str, str]
    pieces: Iterable[bytes]


class Carrier:
    """Carry requests to one address. Any thread; closing it cuts those that are under way.

    Args:
        url: Address, with a path that stands before each target; a name and a password in it go as Basic authentication.
        timeout_s: Patience for one step of one request.
        trust: Whom to believe who the server is; the machine's authorities and certifi's if None.
        proxy: Address of an HTTP proxy; the environment is not asked.
    """

    def __init__(
        self,
        url: str,
        timeout_s: float,
        *,
        trust: ssl.SSLContext | None = None,
        proxy: str | None = None,
        connections: int = 1,
        kept_s: float = 5.0,
        socket_options: Sequence[tuple[int, int, int]] = (),
    ) -> None:
        self._url, self._timeout_s = url, timeout_s
        self._pool = httpcore.ConnectionPool(
            trust, None if proxy is None else _proxy(proxy), connections, connections, kept_s, socket_options=socket_options
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    @contextmanager
    def stream(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str],
        content: bytes | Iterator[bytes] = b"",
        timeout_s: float | None = None,
        trace: Trace | None = None,
    ) -> Iterator[Answer]:
        """Send a request and give the answer while its body arrives; what was not read when it ends is cut off."""
        parts = _split(self._url)
        more: dict[str, Any] = {"timeout": dict.fromkeys(_PATIENCE, self._timeout_s if timeout_s is None else timeout_s)}
        if trace is not None:
            more["trace"] = trace
        at = httpcore.URL(
            scheme=parts.scheme.encode(), host=_host(parts), port=parts.port,
            target=quote(parts.path.rstrip("/") + target, _IN_TARGETS).encode(),
        )  # fmt: skip
        body = None if method == "GET" and not content else content
        sent = [*_own(parts).items(), *headers.items()]
        with self._pool.stream(method, at, headers=sent, content=body, extensions=more) as answer:
            said = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
            yield Answer(answer.status, said, answer.iter_stream())


@contextmanager
def translated() -> Iterator[None]:
    """Say in sync's words what goes wrong on the way.

    Raises:
        Unreachable, Untrusted, NotNow: Whatever the library says.
    """
    try:
        yield
    except _BROKEN as problem:
        raise _unreached(problem) from problem


def limited(answer: Answer, limit: int) -> bytes:
    """Read a body that nobody trusts: raw, so that no content encoding can swell it.

    Raises:
        NotTheServer: If it is longer than `limit` bytes.
    """
    data = bytearray()
    for piece in answer.pieces:
        data += piece
        if len(data) > limit:
            raise NotTheServer(status=answer.status, limit=limit)
    return bytes(data)


def _unreached(problem: Exception) -> Unreachable:
    kind, cause = type(problem).__name__, _refused_certificate(problem)
    if cause is None:
        return Unreachable(kind=kind)
    return (NotNow if cause.verify_code in _DATES else Untrusted)(kind=kind)


def _refused_certificate(problem: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while problem is not None and not isinstance(problem, ssl.SSLCertVerificationError):
        problem = problem.__cause__ or problem.__context__
    return problem


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        if parts.port is None or parts.port:
            return parts
    except ValueError as problem:
        raise httpcore.UnsupportedProtocol(str(problem)) from problem
    raise httpcore.UnsupportedProtocol("port 0")


def _host(parts: SplitResult) -> bytes:
    try:
        host = (parts.hostname or "").encode("idna")
    except UnicodeError as problem:
        raise httpcore.UnsupportedProtocol(str(problem)) from problem
    if not host:
        raise httpcore.UnsupportedProtocol("no host")
    return host


def _own(parts: SplitResult) -> dict[str, str]:
    """Return the headers that an address asks for."""
    host = _host(parts).decode()
    named = f"[{host}]" if ":" in host else host
    own = {"Host": named if parts.port is None else f"{named}:{parts.port}"}
    if parts.username is not None:
        known = b":".join(_credentials(parts))
        own["Authorization"] = f"Basic {base64.b64encode(known).decode()}"
    return own


def _credentials(parts: SplitResult) -> tuple[bytes, bytes]:
    return unquote(parts.username or "").encode(), unquote(parts.password or "").encode()


def _proxy(address: str) -> httpcore.Proxy:
    parts = _split(address)
    at = httpcore.URL(scheme=parts.scheme.encode(), host=_host(parts), port=parts.port, target=b"/")
    return httpcore.Proxy(at, None if parts.username is None else _credentials(parts))
