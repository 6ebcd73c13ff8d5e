"""What is said of courier packets and of team-mates' laptops."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Peer:
    """The server or a laptop that packets may go to and come from; the fingerprint is compared by eye."""

    device: str
    name: str
    fingerprint: str
    is_server: bool


@dataclass(frozen=True, slots=True)
class Exported:
    """Packets written for one receiver.

    Attributes:
        files_left: Files that do not fit into one volume and must go another way, or a larger volume.
        damaged: Files that could not be read here.
    """

    to: str
    n: int
    paths: tuple[Path, ...]
    lines: int
    files: int
    size_bytes: int
    files_left: int = 0
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one packet file; `code` says why nothing of it was taken, with its parameters.

    Attributes:
        lines: Lines that were new here.
        receipts: Own lines and files that the server has receipted by it.
        problem: Code of what the server did not take of an earlier packet of this laptop.
        is_stale: Nothing of it was needed any more; harmless.
    """

    path: Path
    sender: str = ""
    n: int = 0
    lines: int = 0
    receipts: int = 0
    files: int = 0
    problem: str = ""
    is_stale: bool = False
    code: str = ""
    params: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class OutPacket:
    """One export: its newest packet waits for a reply until `answered_at`."""

    n: int
    to: str
    name: str
    made_at: dt.datetime
    volumes: int
    lines: int
    files: int
    answered_at: dt.datetime | None
    problem: str


@dataclass(frozen=True, slots=True)
class PacketStatus:
    """Counts for the page and the command.

    Attributes:
        waiting_since: When the oldest export without a reply was made; None when none waits.
        waiting: Its number.
        unconfirmed: Lines of team-mates that the server has not numbered yet.
        unconfirmed_rows: Their rows, as (table, row).
    """

    peers: tuple[Peer, ...]
    out: tuple[OutPacket, ...]
    waiting: int | None
    waiting_since: dt.datetime | None
    unconfirmed: int
    unconfirmed_rows: tuple[tuple[str, str], ...]
