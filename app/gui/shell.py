"""The main window: opening, lock, frame; idle lock; geometry."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QStackedWidget, QWidget

from app.core.clock import Now, monotonic, now
from app.gui.bus import Bus
from app.gui.contracts import VaultState
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screen import ScreenSpec
from app.gui.texts import tr
from app.gui.theme import current
from app.gui.widgets.gate import OpeningPage

IDLE_S = 300.0
CHECK_MS = 5_000
FACTS_MS = 60_000
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
        self, parent: QObject, seconds: float = IDLE_S, clock: Callable[[], float] = monotonic
    ) -> None:
        super().__init__(parent)
        self.seconds = seconds
        self._clock = clock
        self._last = clock()
        self._timer = QTimer(self)
        self._timer.setInterval(CHECK_MS)
        self._timer.timeout.connect(self.check)
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def start(self) -> None:
        """Watch from now on."""
        self._last = self._clock()
        self._timer.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()

    def check(self) -> None:
        """Fire if it was quiet for long enough; a laptop that slept is caught by the first tick after it."""
        if self._clock() - self._last >= self.seconds:
            self.stop()
            self.idle.emit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note that somebody is there."""
        if event.type() in _TOUCHED:
            self._last = self._clock()
        return False


class MainWindow(QMainWindow):
    """One window with one page at a time: opening, first run, lock, trouble, or the frame.

    `painted` fires once, after the first paint: services are opened then, never before. `unlocked` fires each time the
    frame comes to the front.
    """

    painted = Signal()
    unlocked = Signal()

    def __init__(
        self,
        runner: Runner,
        bus: Bus,
        prefs: Prefs,
        *,
        find_screens: Callable[[], tuple[ScreenSpec, ...]],
        now: Now = now,
        idle_s: float = IDLE_S,
    ) -> None:
        super().__init__()
        self._runner, self._bus, self._prefs = runner, bus, prefs
        self._find_screens, self._now = find_screens, now
        self._services: Any = None
        self._open_services: Callable[[], Any] | None = None
        self._was_painted = False
        self._needs = "pin"
        self._frame: QWidget | None = None
        self._locked = True
        self.setWindowTitle(tr("shell.app"))
        self.setMinimumSize(QSize(960, 600))
        self._pages = QStackedWidget()
        self.setCentralWidget(self._pages)
        self._show_page(OpeningPage())
        self.idle = IdleWatch(self, idle_s)
        self.idle.idle.connect(self._lock_idle)
        self._facts = QTimer(self)
        self._facts.setInterval(FACTS_MS)
        self._facts.timeout.connect(self._refresh_facts)
        for keys, slot in (("Ctrl+L", self.lock), ("F1", self._help)):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)
        for number in range(1, 10):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{number}"), self)
            shortcut.setProperty("place", number - 1)
            shortcut.activated.connect(self._go_number)
        self._restore_geometry()

    @property
    def frame(self) -> Any:
        """The `Frame`, or None before the first unlocking."""
        return self._frame

    @property
    def services(self) -> Any:
        """The services bundle, or None while it is not open."""
        return self._services

    @property
    def page(self) -> QWidget:
        """The page in front."""
        return self._pages.currentWidget()

    @property
    def is_locked(self) -> bool:
        """Whether the frame is hidden."""
        return self._locked

    def open_with(self, open_services: Callable[[], Any]) -> None:
        """Open the services off the GUI thread, then ask for the secret or begin the first run."""
        current().finish()
        self._open_services = open_services
        self._runner.run_write(
            lambda: _opened(open_services()), self._show_state, self._show_trouble, owner=self
        )

    def lock(self) -> None:
        """Close the store and cover everything."""
        self._lock_because(tr("gate.locked"))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the geometry; everything else is saved already."""
        self._prefs.set("geometry", self.saveGeometry())
        super().closeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tell of the first paint, once."""
        done = super().event(event)
        if event.type() == QEvent.Type.Paint and not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)
        return done

    def _show_state(self, found: tuple[Any, VaultState]) -> None:
        self._services, state = found
        self._needs = state.needs
        if state.exists:
            self._show_lock(state)
        else:
            from app.gui.screens.first_run import FirstRunPage

            page = FirstRunPage(self._services.vault, self._runner, needs=state.needs)
            page.finished.connect(self._enter)
            page.failed.connect(self._show_trouble)
            self._show_page(page)

    def _show_lock(self, state: VaultState, why: str = "") -> None:
        from app.gui.screens.lock import LockPage

        page = LockPage(
            self._services.vault, self._runner, needs=state.needs, wait_s=state.retry_after_s, why=why
        )
        page.unlocked.connect(self._enter)
        page.failed.connect(self._show_trouble)
        self._show_page(page)

    def _show_trouble(self, error: BaseException) -> None:
        from app.gui.widgets.trouble import TroublePage

        vault = getattr(self._services, "vault", None)
        profile = getattr(self._services, "profile", None)
        page = TroublePage(
            error,
            self._runner,
            needs=self._needs,
            restore=getattr(vault, "restore_last_good", None),
            folder=str(getattr(profile, "home", "")),
        )
        page.retried.connect(self._again)
        page.restored.connect(self._enter)
        self._show_page(page)

    def _again(self) -> None:
        self._show_page(OpeningPage())
        if self._services is not None:
            services = self._services
            self._runner.run_write(
                lambda: _opened(services), self._show_state, self._show_trouble, owner=self
            )
        elif self._open_services is not None:
            self.open_with(self._open_services)

    def _enter(self) -> None:
        from app.gui.frame import Frame

        self._locked = False
        if self._frame is None:
            frame = Frame(
                self._services, self._runner, self._bus, self._prefs, self._find_screens(), self._now
            )
            frame.lock_wanted.connect(self.lock)
            self._frame = frame
            self._pages.addWidget(frame)
            self._show_page(frame)
            if frame.place_names:
                frame.go(frame.place_names[0])
            frame.refresh_facts()
        else:
            self._show_page(self._frame)
            self.frame.refresh_all()
        self.idle.start()
        self._facts.start()
        self.unlocked.emit()

    def _show_page(self, page: QWidget) -> None:
        before = self._pages.currentWidget()
        if self._pages.indexOf(page) < 0:
            self._pages.addWidget(page)
        current().refit(page)
        self._pages.setCurrentWidget(page)
        if before is not None and before is not page and before is not self._frame:
            self._pages.removeWidget(before)
            before.deleteLater()

    def _lock_idle(self) -> None:
        self._lock_because(tr("gate.locked_idle", minutes=max(1, round(self.idle.seconds / 60))))

    def _lock_because(self, why: str) -> None:
        if self._locked or self._services is None:
            return
        self._locked = True
        self.idle.stop()
        self._facts.stop()
        for window in QApplication.topLevelWidgets():
            if isinstance(window, QDialog) and window.isVisible():
                window.reject()
        self._show_page(OpeningPage())
        self._runner.run_write(
            lambda: (why, _locked(self._services)), self._show_locked, self._show_trouble, owner=self
        )

    def _show_locked(self, found: tuple[str, VaultState]) -> None:
        why, state = found
        self._show_lock(state, why)

    def _refresh_facts(self) -> None:
        if self._frame is not None and not self._locked:
            self.frame.refresh_facts()

    def _help(self) -> None:
        if self._frame is not None and not self._locked:
            self.frame.show_help()

    def _go_number(self) -> None:
        number = self.sender().property("place")
        if self._frame is not None and not self._locked and number < len(self.frame.place_names):
            self.frame.go(self.frame.place_names[number])

    def _restore_geometry(self) -> None:
        stored = self._prefs.blob("geometry")
        if stored is None or not self.restoreGeometry(stored):
            room = self.screen().availableGeometry()
            self.resize(min(1366, room.width()), min(768, room.height()))
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowFullScreen)


def _opened(services: Any) -> tuple[Any, VaultState]:
    return services, services.vault.state()


def _locked(services: Any) -> VaultState:
    services.vault.lock()
    state: VaultState = services.vault.state()
    return state
