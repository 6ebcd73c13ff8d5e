"""What is said of a relay: one laptop of a team listens for a while, the others come to it."""

import datetime as dt
from dataclasses import dataclass

from app.core.packets import Imported


@dataclass(frozen=True, slots=True)
class Visitor:
    """A team-mate who came to this relay.

    Attributes:
        lines, files: What he brought that was new here.
        files_fetched: Files that he came for.
        problem: Code of why the newest thing of his was not taken or written, or empty.
    """

    device: str
    name: str
    lines: int
    files: int
    files_fetched: int
    problem: str
    is_busy: bool


@dataclass(frozen=True, slots=True)
class RelayStatus:
    """An open relay.

    Attributes:
        addresses: As others type them in, with the port; the likeliest first.
        code: Eight signs; to be shown as two groups of four.
        until: When it closes by itself.
        is_busy: Whether something is on the line, or being taken in or written.
    """

    addresses: tuple[str, ...]
    code: str
    until: dt.datetime
    visitors: tuple[Visitor, ...]
    is_busy: bool = False

    @property
    def invitation(self) -> str:
        """Address and code in one text, for a QR code; `meet` takes it as the address, with an empty code."""
        return f"http://{self.addresses[0]}#{self.code}"


@dataclass(frozen=True, slots=True)
class Met:
    """What a visit brought.

    Attributes:
        relay: Name of the laptop that listens.
        imported: What became of each packet fetched.
        lines, files, size_bytes: What was sent.
        files_left: Files too large for a packet.
        damaged: Files that could not be read here.
    """

    relay: str
    imported: tuple[Imported, ...]
    lines: int
    files: int
    size_bytes: int
    files_left: int
    damaged: int
