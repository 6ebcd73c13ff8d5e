"""What a laptop does beside taking an answer in, done in an order that the seed decides, so that it is the same trace."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from sync.client.runs import Beside, Work, at_once

T = TypeVar("T")


class _Late(Future[T]):
    """Do the work when its result is asked for, and not sooner."""

    def __init__(self, work: Work[T]) -> None:
        super().__init__()
        self._work = work

    def result(self, timeout: float | None = None) -> T:
        return at_once(self._work).result()


def overtaken(is_slow: Callable[[], bool]) -> Beside:
    """Return what does some of the work at once, and some only when its result is asked for: what was begun later came before it."""

    def begin(work: Work[T], /) -> Future[T]:
        return _Late(work) if is_slow() else at_once(work)

    return begin
