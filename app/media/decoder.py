"""Ask the fenced process to look at files: started when first needed, kept, and replaced when it dies."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final

import app
from app.media.errors import LookFailed, PageUnreadable
from app.media.look import (
    DAMAGED,
    DECODER_ABSENT,
    DECODER_DIED,
    DECODER_TIMEOUT,
    OUT_OF_MEMORY,
    SECONDS_AT_MOST,
    BadFrame,
    Frame,
    Look,
    PagePicture,
    from_frame,
    receive,
    send_head,
)

_PAGE_BYTES_AT_MOST: Final = 128 << 20
_PIECE_BYTES: Final = 1 << 20
_LAST_BREATH_S: Final = 5.0


def worker_command() -> list[str]:
    """Return how this very program is started as a worker, from source and frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--media-worker"]
    return [sys.executable, "-m", "app.media.worker"]


class Decoder:
    """Look at files through one worker process; safe for several threads, which take turns."""

    def __init__(self, command: list[str] | None = None, *, timeout_s: float = SECONDS_AT_MOST) -> None:
        self._command = command or worker_command()
        self._timeout_s = timeout_s
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Decoder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Return the number of the living worker process, if there is one."""
        return self._process.pid if self._process else None

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
            look = from_frame(self._ask({"op": "look", "mime": mime}, size_bytes, chunks))
        except BadFrame as error:
            self.close()
            raise LookFailed(DAMAGED) from error
        if look.reason == OUT_OF_MEMORY:
            self.close()
        return look

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
        """End the worker; the next question starts a new one."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                # Unsent bytes to a dead worker: nothing to save.
                continue
        try:
            process.wait(_LAST_BREATH_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _ask_page(self, head: dict[str, Any], pdf: bytes, number: int) -> Frame:
        pieces = [pdf[at : at + _PIECE_BYTES] for at in range(0, len(pdf), _PIECE_BYTES)]
        answer = self._ask(head, len(pdf), lambda: pieces)
        if answer.head.get("reason"):
            raise PageUnreadable(number)
        return answer

    def _ask(self, head: dict[str, Any], size_bytes: int, chunks: Callable[[], Iterable[bytes]]) -> Frame:
        with self._turn:
            for is_second in (False, True):
                try:
                    return self._ask_once(head, size_bytes, chunks())
                except (EOFError, BadFrame, OSError) as error:
                    # It may have died of something else (memory of the whole machine): one more try.
                    if is_second:
                        raise LookFailed(DECODER_DIED) from error
            raise AssertionError

    def _ask_once(self, head: dict[str, Any], size_bytes: int, chunks: Iterable[bytes]) -> Frame:
        process = self._running()
        late, is_answered = threading.Event(), False
        timer = threading.Timer(self._timeout_s, _end, (process, late))
        timer.start()
        try:
            stdin, stdout = _pipes(process)
            send_head(stdin, head, size_bytes)
            for piece in chunks:
                stdin.write(piece)
            stdin.flush()
            answer = receive(stdout, body_bytes_at_most=_PAGE_BYTES_AT_MOST)
            is_answered = True
            return answer
        except (EOFError, OSError) as error:
            if late.is_set():
                raise LookFailed(DECODER_TIMEOUT) from error
            raise
        finally:
            timer.cancel()
            if not is_answered:
                # Half a message lies in the pipe: this worker can serve no more.
                process.kill()
                self.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            try:
                self._process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=_environment(),
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            except OSError as error:
                raise LookFailed(DECODER_ABSENT) from error
        return self._process


def _end(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _pipes(process: subprocess.Popen[bytes]) -> tuple[BinaryIO, BinaryIO]:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    return process.stdin, process.stdout  # type: ignore[return-value]


def _environment() -> dict[str, str]:
    """Return this environment without the program's own variables, which may hold a PIN."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("YANFANG")}
    source_root = str(Path(app.__file__ or "").resolve().parents[1])
    return kept | {"PYTHONPATH": source_root, "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
