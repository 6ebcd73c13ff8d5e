"""Who stands before the administrators' page: cookies and hidden fields of forms."""

import base64
import hashlib
import hmac
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from sync.protocol.framing import TooLarge
from sync.server.knocks import Rate
from sync.server.people.errors import CsrfRefused
from sync.server.world import World

COOKIE: Final = "yanfang-admin"
LOGIN_COOKIE: Final = "yanfang-admin-form"
CSRF_FIELD: Final = "csrf"
PATH: Final = "/admin"
MAX_FORM_BYTES: Final = 16 << 10
_MAX_FIELDS: Final = 40
LOGIN_RATE: Final = Rate("login", 20)
PAGE_RATE: Final = Rate("page", 300)


async def form(request: Request) -> dict[str, str]:
    """Read a small form; of a field that comes twice the last counts.

    Raises:
        TooLarge: If it is no small form.
    """
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_FORM_BYTES:
            raise TooLarge(limit=MAX_FORM_BYTES)
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError as problem:
        raise TooLarge(limit=MAX_FORM_BYTES) from problem
    return {name: value.replace("\0", "").strip() for name, value in pairs}


def new_token(world: World) -> str:
    """Return an unguessable text for a cookie."""
    return base64.urlsafe_b64encode(world.random_bytes(32)).decode().rstrip("=")


def login_csrf(token: str) -> str:
    """Return the hidden field of the log-in form that belongs to its cookie."""
    return hashlib.sha256(b"yanfang.web-login.v1\0" + token.encode()).hexdigest()


def check_login_csrf(request: Request, given: str) -> None:
    """Require that a log-in form came from this server's own page.

    Raises:
        CsrfRefused: If it did not.
    """
    token = request.cookies.get(LOGIN_COOKIE, "")
    if not token or not hmac.compare_digest(login_csrf(token).encode(), given.encode("utf-8", "replace")):
        raise CsrfRefused()


def give_cookie(request: Request, response: Response, name: str, value: str) -> None:
    """Set a cookie that ends with the browser, is sent to these pages only and is out of reach of scripts."""
    response.set_cookie(
        name, value, path=PATH, secure=request.url.scheme == "https", httponly=True, samesite="strict"
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(
        name, path=PATH, secure=request.url.scheme == "https", httponly=True, samesite="strict"
    )
