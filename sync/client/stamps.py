"""Asking a time-stamp service (RFC 3161 over HTTP), and fetching what an office's own certificates are judged by."""

from collections.abc import Mapping
from contextlib import closing
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from sync.client.carrier import Carrier, limited, translated
from sync.client.errors import NotTheServer, Unreachable

_TIMEOUT_S: Final = 8.0
_MOST_BYTES: Final = 4 << 20
STAMP_PATH: Final = "/v1/tsa"
ROOT_PATH: Final = "/v1/ca/root.cer"
LIST_PATH: Final = "/v1/ca/root.crl"


def ask_stamp(url: str, request: bytes, *, timeout_s: float = _TIMEOUT_S) -> bytes:
    """Carry a request to a service and return its answer.

    Raises:
        Unreachable: If nobody answers in time.
        NotTheServer: If something else answers.
    """
    kind = {"content-type": "application/timestamp-query", "accept": "application/timestamp-reply"}
    return _send("POST", url, request, kind, timeout_s)


def fetch(url: str, *, timeout_s: float = _TIMEOUT_S) -> bytes:
    """Return what lies at an address.

    Raises:
        Unreachable, NotTheServer: As `ask_stamp`.
    """
    return _send("GET", url, b"", {}, timeout_s)


def _send(method: str, url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> bytes:
    site, target = _apart(url)
    with (
        translated(),
        closing(Carrier(site, timeout_s)) as carrier,
        carrier.stream(method, target, headers={**headers, "Accept-Encoding": "identity"}, content=body) as answer,
    ):
        if answer.status != 200:
            raise NotTheServer(status=answer.status)
        return limited(answer, _MOST_BYTES)


def _apart(url: str) -> tuple[str, str]:
    """Return the site of an address, and what is asked of it."""
    try:
        parts = urlsplit(url)
    except ValueError as problem:
        raise Unreachable(kind=type(problem).__name__) from problem
    return urlunsplit((*parts[:2], "", "", "")), urlunsplit(("", "", parts.path or "/", parts.query, ""))
