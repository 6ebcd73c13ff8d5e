"""The memory that the C library keeps for threads."""

import ctypes
import sys
from contextlib import suppress
from typing import Final

_M_ARENA_MAX: Final = -8


def share_heaps(heaps: int) -> None:
    """Let all threads share so many heaps, before there are any: else each keeps what it once needed, and no other may use it."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # a C library that has no such heaps
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, heaps)
