"""What a laptop does beside taking an answer in, done in an order that the seed decides, so that it is the same trace."""

from collections.abc import Callable
from typing import TypeVar

from sync.client.runs import Beside, Work
from sync.protocol.errors import SyncError

T = TypeVar("T")


def _told() -> None:
    """Hear that a request is on its way."""


def at_once(work: Work[T], /) -> Callable[[], T]:
    """Do it now, before the answer is taken in; the machine may stop on the way, refusals are heard later."""
    try:
        result = work(_told)
    except SyncError as error:
        problem = error

        def fail() -> T:
            raise problem

        return fail
    return lambda: result


def overtaken(is_slow: Callable[[], bool]) -> Beside:
    """Return what does some of the work at once, and some only when its result is asked for: what was begun later came before it."""

    def begin(work: Work[T], /) -> Callable[[], T]:
        return (lambda: work(_told)) if is_slow() else at_once(work)

    return begin
