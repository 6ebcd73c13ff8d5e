"""One fenced process and its pipe: started when first asked, replaced after a death, killed when late."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, Final

import app
from app.media.errors import LookFailed
from app.media.look import DECODER_ABSENT, DECODER_TIMEOUT, Frame, receive, send_head

_ANSWER_BYTES_AT_MOST: Final = 128 << 20
_LAST_BREATH_S: Final = 5.0


def worker_command() -> list[str]:
    """Return how this very program is started as a worker, from source and frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--media-worker"]
    return [sys.executable, "-m", "app.media.worker"]


class WorkerProcess:
    """Hold one worker; for one thread at a time."""

    def __init__(self, command: list[str], timeout_s: float) -> None:
        self._command = command
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Return the number of the process, if one was started."""
        process = self._process
        return process.pid if process else None

    def ask(self, head: dict[str, Any], size_bytes: int, chunks: Iterable[bytes]) -> Frame:
        """Send one question and its bytes, and wait for the answer.

        Raises:
            EOFError, OSError, BadFrame: If the process died or spoke nonsense; the next question finds a new one.
            LookFailed: If it took too long, or cannot be started.
        """
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
            answer = receive(stdout, body_bytes_at_most=_ANSWER_BYTES_AT_MOST)
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

    def close(self) -> None:
        """End the process; the next question starts a new one."""
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
