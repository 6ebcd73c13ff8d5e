"""A heartbeat on the window's thread, and a watcher beside it that sees what the thread does when a beat is late."""

import faulthandler
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 5
_LATE_S = 0.03
_LOOK_S = 0.004
_ROOT = str(Path(__file__).resolve().parents[1] / "app")


@dataclass(frozen=True, slots=True)
class Stall:
    """The longest silence during one operation.

    Attributes:
        cpu_s: How much of it the window's thread was computing; the rest it waited (for a lock, for the processor).
        where: The program's innermost lines seen during it, most frequent first.
    """

    wall_s: float
    cpu_s: float
    where: tuple[str, ...]


class StallWatch(QObject):
    """Beats every few milliseconds; what is longer between two beats, nobody could have clicked."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thread_id = threading.get_ident()
        self._at = self._cpu_at = 0.0
        self._longest = Stall(0.0, 0.0, ())
        self._seen: list[str] = []
        self._is_on = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        threading.Thread(target=self._look, daemon=True, name="stall-watch").start()

    def begin(self) -> None:
        """Forget what was and watch from now on."""
        self._longest, self._seen = Stall(0.0, 0.0, ()), []
        self._at, self._cpu_at = time.perf_counter(), time.thread_time()
        self._is_on = True
        self._timer.start()

    def end(self) -> Stall:
        """Stop and return the longest stall."""
        self._timer.stop()
        self._is_on = False
        return self._longest

    def _beat(self) -> None:
        now, cpu = time.perf_counter(), time.thread_time()
        wall_s = now - self._at - BEAT_MS / 1000
        if wall_s > self._longest.wall_s:
            where = tuple(f"{count}× {line}" for line, count in Counter(self._seen).most_common(4))
            self._longest = Stall(wall_s, cpu - self._cpu_at, where)
        self._at, self._cpu_at, self._seen = now, cpu, []

    def _look(self) -> None:
        # Not by `sys._current_frames`: a frame held here would keep a painter alive beyond its paint event.
        with tempfile.TemporaryFile("w+", encoding="utf-8") as dump:
            while True:
                time.sleep(_LOOK_S)
                if self._is_on and time.perf_counter() - self._at > _LATE_S:
                    dump.seek(0)
                    dump.truncate()
                    faulthandler.dump_traceback(dump, all_threads=True)
                    dump.seek(0)
                    found = self._innermost(dump.read())
                    self._seen += [found] if found else []

    def _innermost(self, dump: str) -> str:
        """Return the innermost line of the program that the window's thread is in."""
        for block in dump.split("\n\n"):
            head, _, lines = block.partition("\n")
            if f"{self._thread_id:x}" in head:
                for line in lines.splitlines():
                    path, _, rest = line.strip().removeprefix('File "').partition('", line ')
                    if path.startswith(_ROOT):
                        return f"app/{Path(path).relative_to(_ROOT)}:{rest.replace(' in ', ' ')}"
        return ""
