"""A wire that is cut so many bytes after a request of one kind began."""

import re
import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

_PATIENCE_S = 20


class Scissors:
    """Pass bytes to and fro; once a request begins as told, only `budget` more of them, both ways together.

    Attributes:
        cuts: How often the wire was cut.
        passed: Bytes that went by since the request began.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.target = (parts.hostname or "", parts.port or 80)
        self.cuts = 0
        self.passed = 0
        self._begins: re.Pattern[bytes] | None = None
        self._budget = 0
        self._is_counting = False
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, begins: str, budget: int) -> None:
        """Cut once, `budget` bytes after the next request begins whose first line looks so (a regular expression)."""
        with self._lock:
            self._begins, self._budget, self._is_counting, self.passed = re.compile(begins.encode()), budget, False, 0

    def disarm(self) -> None:
        """Cut no more."""
        with self._lock:
            self._begins, self._is_counting = None, False

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self.target, timeout=_PATIENCE_S)
                for one in (near, far):
                    one.settimeout(_PATIENCE_S)
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for source, drain, is_request in ((near, far, True), (far, near, False)):
                    threading.Thread(target=self._pump, args=(source, drain, is_request), daemon=True).start()

    def _pump(self, source: socket.socket, drain: socket.socket, is_request: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                passed, is_cut = self._allow(data, is_request)
                drain.sendall(passed)
                if is_cut:
                    break
        for one in (source, drain):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _allow(self, data: bytes, is_request: bool) -> tuple[bytes, bool]:
        with self._lock:
            if is_request and self._begins is not None and self._begins.match(data):
                self._is_counting = True
            if not self._is_counting:
                return data, False
            passed = data[: self._budget]
            self._budget -= len(passed)
            self.passed += len(passed)
            is_cut = self._budget == 0
            if is_cut:
                self.cuts += 1
                self._begins, self._is_counting = None, False
            return passed, is_cut
