"""Ask fenced processes to look at files, several at a time."""

import queue
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Final

from app.media.errors import LookFailed, PageUnreadable
from app.media.look import (
    DAMAGED,
    DECODER_DIED,
    OUT_OF_MEMORY,
    SECONDS_AT_MOST,
    BadFrame,
    Frame,
    Look,
    PagePicture,
    from_frame,
)
from app.media.worker_process import WorkerProcess, worker_command

_PIECE_BYTES: Final = 1 << 20
_WORKERS: Final = 2
# The worker may be taken over by what it opens; no answer of it is longer than this.
_CODES: Final = 400
_CODE_CHARACTERS: Final = 100


class Decoder:
    """Look at files through up to `workers` kept processes; safe for any number of threads.

    The one used last is taken first: who asks from one thread only ever starts one process.
    """

    def __init__(
        self,
        command: list[str] | None = None,
        *,
        timeout_s: float = SECONDS_AT_MOST,
        workers: int = _WORKERS,
    ) -> None:
        self._all = [WorkerProcess(command or worker_command(), timeout_s) for _ in range(workers)]
        self._idle: queue.LifoQueue[WorkerProcess] = queue.LifoQueue()
        for worker in self._all:
            self._idle.put(worker)

    def __enter__(self) -> "Decoder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def workers(self) -> int:
        """Return how many files can be looked at at the same time."""
        return len(self._all)

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the numbers of the processes started so far."""
        return tuple(pid for worker in self._all if (pid := worker.pid))

    def held(self) -> tuple[str, ...]:
        """Return which limits hold in the worker on this system, for the self-check.

        Raises:
            LookFailed: If no worker can be started.
        """
        return tuple(map(str, self._ask({"op": "ping"}, 0, lambda: ()).head.get("held", ())))

    def look(self, mime: str, size_bytes: int, chunks: Callable[[], Iterable[bytes]]) -> Look:
        """Send a file's bytes and return what is seen; `chunks` is called again when the worker had died.

        Raises:
            LookFailed: If the file killed the worker or took too long, or no worker can be started.
        """
        try:
            return from_frame(self._ask({"op": "look", "mime": mime}, size_bytes, chunks))
        except BadFrame as error:
            raise LookFailed(DAMAGED) from error

    def codes(self, mime: str, size_bytes: int, chunks: Callable[[], Iterable[bytes]]) -> tuple[str, ...]:
        """Return the texts of the QR codes in a file, as the file says them; none where it cannot be read.

        Raises:
            LookFailed: If the file killed the worker or took too long, or no worker can be started.
        """
        told = self._ask({"op": "codes", "mime": mime}, size_bytes, chunks).head.get("codes")
        return tuple(str(one)[:_CODE_CHARACTERS] for one in told[:_CODES]) if isinstance(told, list) else ()

    def page_count(self, pdf: bytes) -> int:
        """Return the number of pages of a PDF from outside.

        Raises:
            PageUnreadable: If it does not open.
            LookFailed: If it killed the worker or took too long.
        """
        return int(self._ask_page({"op": "pages"}, pdf, 0).head["pages"])

    def render_page(self, pdf: bytes, number: int, scale: float) -> PagePicture:
        """Draw one page of a PDF from outside; like `app.media.preview.render_page`.

        Raises:
            PageUnreadable: If there is no such page or it cannot be drawn.
            LookFailed: If it killed the worker or took too long.
        """
        answer = self._ask_page({"op": "page", "number": number, "scale": scale}, pdf, number)
        return PagePicture(int(answer.head["width"]), int(answer.head["height"]), answer.body)

    def close(self) -> None:
        """End the processes; not while another thread asks. A later question starts a new one."""
        for worker in self._all:
            worker.close()

    def _ask_page(self, head: dict[str, Any], pdf: bytes, number: int) -> Frame:
        pieces = [pdf[at : at + _PIECE_BYTES] for at in range(0, len(pdf), _PIECE_BYTES)]
        answer = self._ask(head, len(pdf), lambda: pieces)
        if answer.head.get("reason"):
            raise PageUnreadable(number)
        return answer

    def _ask(self, head: dict[str, Any], size_bytes: int, chunks: Callable[[], Iterable[bytes]]) -> Frame:
        worker = self._idle.get()
        try:
            return _ask_twice(worker, head, size_bytes, chunks)
        finally:
            self._idle.put(worker)


def _ask_twice(
    worker: WorkerProcess, head: dict[str, Any], size_bytes: int, chunks: Callable[[], Iterable[bytes]]
) -> Frame:
    """Ask again once after a death: it may have come from outside, as when the whole machine lacks memory."""
    try:
        answer = worker.ask(head, size_bytes, chunks())
    except (EOFError, OSError, BadFrame):
        try:
            answer = worker.ask(head, size_bytes, chunks())
        except (EOFError, OSError, BadFrame) as error:
            raise LookFailed(DECODER_DIED) from error
    if answer.head.get("reason") == OUT_OF_MEMORY:
        # What is left of its memory may be in pieces.
        worker.close()
    return answer
