"""What a laptop does beside taking an answer in, done in one order so that the same seed is the same trace."""

from collections.abc import Callable
from typing import TypeVar

from sync.protocol.errors import SyncError

T = TypeVar("T")


def at_once(work: Callable[[], T], /) -> Callable[[], T]:
    """Do it now, before the answer is taken in; the machine may stop on the way, refusals are heard later."""
    try:
        result = work()
    except SyncError as error:
        problem = error

        def fail() -> T:
            raise problem

        return fail
    return lambda: result
