"""Templates and their answers: everything escaped, nothing from outside, nothing kept in a browser's cache."""

import hashlib
import unicodedata
from collections.abc import Mapping
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from starlette.responses import Response

from sync.server import words

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE: Final = "sync.server.admin"
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


class Pages:
    """Turn values into pages."""

    def __init__(self) -> None:
        self._style = resources.files(_HERE).joinpath("static", "admin.css").read_bytes()

    @cached_property
    def _templates(self) -> "Environment":
        from jinja2 import Environment, FunctionLoader, StrictUndefined

        made = Environment(
            loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined, finalize=_visible,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        made.filters.update(
            moment=words.moment, size=words.size, ago=words.ago, outcome=words.outcome,
            role=lambda one: words.ROLES.get(one, str(one)), reason=lambda one: words.REASONS.get(one, one),
            alarm=lambda one: words.ALARMS.get(one, one), act=lambda one: words.ACTS.get(one, one),
            level=lambda one: words.LEVELS.get(one, one), table=lambda one: words.TABLES.get(one, one),
            kind=lambda one: words.KINDS.get(one, one),
        )  # fmt: skip
        # A new style sheet has a new address: an old one in a browser's cache does no harm.
        made.globals.update(style=hashlib.sha256(self._style).hexdigest()[:12], roles=words.ROLES, stays=words.STAYS)
        return made

    def page(self, name: str, values: Mapping[str, object], status: int = 200) -> Response:
        """Return a page made from a template of this package."""
        text = self._templates.get_template(f"{name}.html").render(values)
        return Response(text, status, dict(_HEADERS), "text/html")

    def style(self) -> Response:
        """Return the style sheet."""
        headers = {**_HEADERS, "Cache-Control": "public, max-age=86400"}
        return Response(self._style, 200, headers, "text/css")


def _source(name: str) -> str:
    return resources.files(_HERE).joinpath("templates", name).read_text("utf-8")


def _visible(value: object) -> object:
    """Show characters that steer the display (line breaks, right-to-left marks) as a sign: a name must not pretend."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "".join("\ufffd" if unicodedata.category(one) in ("Cc", "Cf", "Cs") else one for one in value)
