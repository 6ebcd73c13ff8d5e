"""The server's door to clock and chance; everything else gets them as arguments."""

import os
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class World:
    """What is not a function of its input: milliseconds since 1970 UTC, unguessable bytes, seconds of a clock that nobody sets."""

    now_ms: Callable[[], int]
    random_bytes: Callable[[int], bytes]
    ticks_s: Callable[[], float] = time.monotonic

    def new_id(self) -> str:
        """Return a random UUID (version 4): ids made here must not be guessable."""
        return str(uuid.UUID(bytes=self.random_bytes(16), version=4))


def real_world() -> World:
    """Return the machine's own clock and entropy."""
    return World(lambda: time.time_ns() // 1_000_000, os.urandom)
