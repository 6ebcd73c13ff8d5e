"""What the server puts together beside its requests, done when the seed says so, or left undone because the server stopped."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from sync.protocol.files import SMALL_BYTES
from sync.server.assembly import Beat, Job
from sync.server.routes import Office
from tests.sim.fate import Crash, Fate


class Bench:
    """Stands in the place of the server's pool of one thread."""

    def __init__(self, fate: Fate) -> None:
        self._fate = fate
        self._waiting: list[tuple[Future[None], Callable[[], None]]] = []

    def serve(self, office: Office) -> None:
        """Work for a server that has just started: what another one had to do is forgotten."""
        self._waiting.clear()
        office.blobs.at_once_bytes = SMALL_BYTES
        assembly: Any = office.blobs._assembly
        assembly._pool = self
        right = assembly._beat

        def beat(job: Job) -> Beat:
            if self._fate.strikes("server crash while it puts a file together", 0.2):
                raise Crash()
            goes_on: Beat = right(job)
            return goes_on

        assembly._beat = beat

    def submit(self, work: Callable[[Job], None], job: Job) -> Future[None]:
        """Take work in."""
        done: Future[None] = Future()
        self._waiting.append((done, lambda: work(job)))
        return done

    def turn(self) -> bool:
        """Do some of what waits, and return whether anything was done.

        Raises:
            Crash: If the server stopped.
        """
        count = len(self._waiting)
        while self._waiting and not self._fate.strikes("file waits to be put together", 0.4):
            done, work = self._waiting.pop(0)
            self._fate.seen["file put together beside the requests"] += 1
            work()
            done.set_result(None)
        return len(self._waiting) != count
