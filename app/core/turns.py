"""How long a thread that wants to go on waits for one that computes."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

QUICK_S: Final = 0.001 if sys.platform == "win32" else 0.0001  # Windows rounds what is less to nothing, and spins.


@contextmanager
def quick_turns() -> Iterator[None]:
    """Let threads take turns soon: one that comes back from a library often would stand still most of the time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, QUICK_S))
    try:
        yield
    finally:
        sys.setswitchinterval(before)
