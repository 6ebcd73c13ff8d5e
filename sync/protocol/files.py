"""Messages about files: many are announced at once, and each is answered by itself."""

from dataclasses import dataclass
from typing import Final

from sync.protocol.messages import Problem

MAX_OFFERS: Final = 200


@dataclass(frozen=True, slots=True)
class FileOffer:
    """Announce a file; whoever may read `scope` may then fetch it.

    Attributes:
        sm3: SM3 digest, hex, checked before the receipt; empty where the sender has none.
    """

    sha256: str
    scope: str
    size: int
    mime: str
    sm3: str = ""


@dataclass(frozen=True, slots=True)
class FileState:
    """How much of an announced file the server has.

    Attributes:
        missing: Numbers of the chunks still to be sent; empty when complete, ready to commit, or not taken.
        problem: Why the file is not taken.
        later: Whether the same may be taken later.
    """

    sha256: str
    complete: bool
    missing: tuple[int, ...]
    problem: Problem | None = None
    later: bool = False


@dataclass(frozen=True, slots=True)
class OffersRequest:
    """Files to be announced, at most `MAX_OFFERS`."""

    files: tuple[FileOffer, ...]


@dataclass(frozen=True, slots=True)
class OffersAnswer:
    """One state for each file, in the order of the request."""

    files: tuple[FileState, ...]
