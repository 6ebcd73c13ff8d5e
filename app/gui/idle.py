"""Notice when nobody is there."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

from app.core.clock import monotonic, now

IDLE_MINUTES = 10.0
CHECK_MS = 5_000
_TOUCHED = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
    }
)


class IdleWatch(QObject):
    """Fires `idle` after some seconds without a key, a pointer or a pen anywhere in the program."""

    idle = Signal()

    def __init__(
        self, parent: QObject, seconds: float = IDLE_MINUTES * 60, clock: Callable[[], float] = monotonic
    ) -> None:
        super().__init__(parent)
        self.seconds = seconds
        self._clock = clock
        self._wall = _wall
        self._last, self._last_wall = clock(), self._wall()
        self._timer = QTimer(self)
        self._timer.setInterval(CHECK_MS)
        self._timer.timeout.connect(self.check)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._attend)

    def start(self) -> None:
        """Watch from now on."""
        self._note()
        self._attend_all()
        self._timer.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()

    @property
    def quiet_s(self) -> float:
        """How long nobody has touched anything."""
        return self._clock() - self._last

    def check(self) -> None:
        """Fire if it was quiet for long enough; a laptop that slept is caught by the first tick after it."""
        self._attend_all()
        # The clock that never goes back stands still while a Linux laptop sleeps; the wall clock does not.
        quiet = max(self._clock() - self._last, self._wall() - self._last_wall)
        if quiet >= self.seconds:
            self.stop()
            self.idle.emit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note that somebody is there."""
        if event.type() in _TOUCHED:
            self._note()
        return False

    def _attend(self, window: QWindow | None) -> None:
        # Windows of the system only, which input comes to first: a filter on the application would run for each event
        # of each widget, and building a page is thousands of those.
        if window is not None:
            window.installEventFilter(self)  # Once only: installed again, a filter takes the place of itself.

    def _attend_all(self) -> None:
        for window in QGuiApplication.topLevelWindows():
            self._attend(window)

    def _note(self) -> None:
        self._last, self._last_wall = self._clock(), self._wall()


def _wall() -> float:
    return now().timestamp()
