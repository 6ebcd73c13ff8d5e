"""Asking a time-stamp service (RFC 3161 over HTTP), and fetching what an office's own certificates are judged by."""

from collections.abc import Mapping
from typing import Final

import httpx

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
    found = b""
    try:
        with (
            httpx.Client(timeout=timeout_s, trust_env=False, follow_redirects=False) as client,
            client.stream(method, url, content=body, headers=dict(headers)) as answer,
        ):
            if answer.status_code != 200:
                raise NotTheServer(status=answer.status_code)
            for chunk in answer.iter_bytes():
                found += chunk
                if len(found) > _MOST_BYTES:
                    raise NotTheServer(status=answer.status_code)
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        raise Unreachable(kind=type(problem).__name__) from problem
    return found
