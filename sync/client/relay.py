"""What a relay and its visitors say to each other: one laptop of a team listens for a while, the others come to it.

    GET  /v1/relay                    Hello
    POST /v1/relay/have               Have, signed by the visitor; the answer is the relay's own (both zstd)
    GET  /v1/relay/parts/<digest>     Offset: how much of a packet is there
    PUT  /v1/relay/parts/<digest>     the next part of it
    POST /v1/relay/ask/<device>       a packet for this visitor, please
    GET  /v1/relay/waiting/<device>   Waiting
    GET  /v1/relay/packets/<digest>   a packet, from any byte on

Everything asks for the pairing code. What travels are packets, sealed to one laptop and signed by the other: neither the
line nor the code has to be secret. See docs/decisions/packets-relay.md.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from sync.client.errors import Refused
from sync.protocol.chain import DeviceKey, verified

PORT: Final = 8766
ROOT: Final = "/v1/relay"
HEADER_CODE: Final = "Yanfang-Code"
HEADER_OFFSET: Final = "Yanfang-Offset"
HEADER_SIZE: Final = "Yanfang-Size"
PART_BYTES: Final = 4 << 20
MAX_DIGESTS: Final = 20_000
CODE_BYTES: Final = 5
_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is read for something else
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Hello:
    """Who listens; `session` is new each time a relay opens."""

    session: str
    device: str


@dataclass(frozen=True, slots=True)
class Have:
    """Digests of files that a laptop has, so that nobody sends them; signed, and good for one session."""

    device: str
    session: str
    digests: tuple[str, ...]
    sig: str

    @classmethod
    def of(cls, device: str, session: str, digests: Iterable[str], key: DeviceKey) -> Self:
        """Say what is here; those beyond `MAX_DIGESTS` are left out and merely sent again."""
        some = tuple(digests)[:MAX_DIGESTS]
        return cls(device, session, some, key.sign(_said(device, session, some)))

    def check(self, session: str, sign_key: str) -> None:
        """Require that this device says so of this session.

        Raises:
            Refused: `relay.have`.
        """
        fits = self.session == session and len(self.digests) <= MAX_DIGESTS and all(map(is_digest, self.digests))
        if not fits or not verified(sign_key, _said(self.device, session, self.digests), self.sig):
            raise Refused("relay.have", 403, {})


@dataclass(frozen=True, slots=True)
class Offset:
    """How many leading bytes of a packet are there."""

    offset: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """A packet that lies ready."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How things stand for one visitor.

    Attributes:
        is_busy: Whether something that he brought or asked for is still being worked on.
        brought: How many packets the relay has taken in from anybody.
        upto: Of these, how many were in when the parcels were written.
        refused: Code of why the newest thing of his was not taken or written, or empty.
    """

    is_busy: bool
    brought: int
    upto: int
    parcels: tuple[Parcel, ...] = ()
    refused: str = ""


def make_code(chance: bytes) -> str:
    """Return `CODE_BYTES` bytes as eight signs that people read out."""
    number = int.from_bytes(chance[:CODE_BYTES])
    return "".join(_SIGNS[number >> (5 * place) & 31] for place in reversed(range(8)))


def read_code(text: str) -> str:
    """Return a code as it was typed in, full-width signs, spaces and hyphens among it."""
    return "".join(one for one in unicodedata.normalize("NFKC", text).upper() if one.isalnum())


def read_address(text: str) -> str:
    """Return the URL of an address as people type it: ``192.168.1.5``, with a port or without.

    Raises:
        Refused: `relay.address`.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    try:
        parts = urlsplit(plain if "://" in plain else f"http://{plain}")
        host, port = parts.hostname, parts.port or PORT
    except ValueError:
        host, port = None, PORT
    if not host or not host.isascii() or parts.scheme != "http" or parts.username or parts.path.strip("/") or parts.query:
        raise Refused("relay.address", 400, {"address": plain[:100]})
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_digest(text: str) -> bool:
    """Return whether a text may name a packet or a file."""
    return _DIGEST.fullmatch(text) is not None


def _said(device: str, session: str, digests: tuple[str, ...]) -> bytes:
    return "\n".join(("yanfang.relay.have.v1", device, session, *digests)).encode()
