"""The hybrid logical clock: one integer, ``milliseconds << 16 | counter``, that sorts as it happened.

Every function is pure; wall time comes in as milliseconds since 1970, UTC.
"""

import re
from collections.abc import Iterable
from typing import Final

from sync.protocol.errors import SyncError

COUNTER_BITS: Final = 16
MAX_HLC: Final = (1 << 63) - 1
# The year 4199: whoever says that it is later is wrong or wants clocks to run out of room, after which nothing more can be written.
_LATEST_MS: Final = 1 << 46
_PRINTED: Final = re.compile(r"([0-9a-f]{12})-([0-9a-f]{4})")


class BadClock(SyncError):
    """Say that a text is no printed clock value."""

    code = "hlc.invalid"


def tick(last: int, wall_ms: int, offset_ms: int = 0) -> int:
    """Return the clock value of a new local line, always above `last`.

    Args:
        last: The greatest value this installation has made or seen; 0 at first.
        wall_ms: The machine's own clock.
        offset_ms: Server minus local, as last measured.
    """
    return max(min(max(wall_ms + offset_ms, 0), _LATEST_MS) << COUNTER_BITS, last + 1)


def observe(last: int, seen: int) -> int:
    """Return the value to keep after a line with the effective clock `seen` was received; one beyond belief is not taken up."""
    return max(last, seen) if seen >> COUNTER_BITS <= _LATEST_MS else last


def effective(hlc: int, server_ms: int, bases: Iterable[int] = ()) -> int:
    """Return the clock value that decides, fixed once by the server and sent to everybody.

    A clock in the future cannot poison a cell, and a clock in 1970 cannot lose against what its author had seen.

    Args:
        hlc: What the author's clock said.
        server_ms: The server's wall clock at acceptance.
        bases: Effective values of the lines that this line names as its bases.
    """
    # Up to the end of the millisecond: cutting at its beginning would make ties of what the counter had ordered.
    value = min(hlc, (server_ms + 1 << COUNTER_BITS) - 1)
    for base in bases:
        value = max(value, base + 1)
    return value


def wall_ms(hlc: int) -> int:
    """Return the milliseconds inside a clock value."""
    return hlc >> COUNTER_BITS


def to_text(hlc: int) -> str:
    """Print a clock value as ``0198f3a2b4c1-0003``; the texts sort as the numbers do.

    Raises:
        BadClock: If the value is negative or wider than 63 bits.
    """
    if not 0 <= hlc <= MAX_HLC:
        raise BadClock(value=str(hlc))
    return f"{hlc >> COUNTER_BITS:012x}-{hlc & 0xFFFF:04x}"


def from_text(text: str) -> int:
    """Read a printed clock value.

    Raises:
        BadClock: If the text is anything but twelve and four lower-case hexadecimal digits, or above 63 bits.
    """
    match = _PRINTED.fullmatch(text)
    if match is None:
        raise BadClock(value=text[:40])
    value = int(match[1], 16) << COUNTER_BITS | int(match[2], 16)
    if value > MAX_HLC:
        raise BadClock(value=text)
    return value
