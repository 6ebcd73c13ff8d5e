"""The main window: opening, lock, frame, closing; geometry."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QStackedWidget, QWidget

from app.core.clock import Now, now
from app.gui import icons
from app.gui.ahead import Ahead
from app.gui.bus import Bus
from app.gui.contracts import VaultState
from app.gui.idle import IDLE_MINUTES, IdleWatch
from app.gui.messages import sentence
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screen import PLACE_KEYS, ScreenSpec
from app.gui.signs import seen
from app.gui.texts import tr
from app.gui.theme import current
from app.gui.widgets.gate import OpeningPage

FACTS_MS = 60_000
BACKUP_AFTER_MS = 3_000
LEAST = QSize(640, 340)  # what Windows leaves of 1366 by 768 at 200 %, whose pages scroll as a whole


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
        first_page: Callable[[Any, Runner, str], Any] | None = None,
        now: Now = now,
    ) -> None:
        super().__init__()
        self._runner, self._bus, self._prefs, self._first_page = runner, bus, prefs, first_page or _first_page
        self._find_screens, self._now = find_screens, now
        self._services: Any = None
        self._open_services: Callable[[], Any] | None = None
        self._was_painted = False
        self._needs = "pin"
        self._frame: QWidget | None = None
        self._ahead: Ahead | None = None
        self._locked = True
        self._closing = False
        self._why = ""
        self.setWindowTitle(tr("shell.app"))
        self.setMinimumSize(LEAST)
        current().dress(self)
        self._pages = QStackedWidget()
        self.setCentralWidget(self._pages)
        self._show_page(OpeningPage())
        self.idle = IdleWatch(self, prefs.number("idle_minutes", IDLE_MINUTES) * 60)
        self.idle.idle.connect(self._lock_idle)
        self._facts = QTimer(self)
        self._facts.setInterval(FACTS_MS)
        self._facts.timeout.connect(self._refresh_facts)
        for keys, slot in (("Ctrl+L", self.lock), ("F1", self._help)):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)
        for place, keys in enumerate(PLACE_KEYS):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setProperty("place", place)
            shortcut.activated.connect(self._go_number)
        self._restore_geometry()

    @property
    def frame(self) -> Any:
        """The `Frame`, or None before the first unlocking."""
        return self._frame

    @property
    def is_prepared(self) -> bool:
        """Whether every screen of the frame is made."""
        return self._ahead is not None and self._ahead.is_done

    @property
    def services(self) -> Any:
        """The services bundle, or None while it is not open."""
        return self._services

    @property
    def page(self) -> QWidget:
        """The page in front."""
        shown = self._pages.currentWidget()
        assert shown is not None  # from the first line of __init__ on there is one
        return shown

    @property
    def is_locked(self) -> bool:
        """Whether the frame is hidden."""
        return self._locked

    def open_with(self, open_services: Callable[[], Any]) -> None:
        """Open the services off the GUI thread, then ask for the secret or begin the first run."""
        self._open_services = open_services
        self._runner.run_write(
            lambda: _opened(open_services()), self._show_state, self._show_trouble, owner=self
        )
        current().finish()

    def lock(self) -> None:
        """Close the store and cover everything."""
        self._runner.drop_reads()
        self._lock_because(tr("gate.locked"))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hand over what was typed and close; with writes under way, close as soon as they are done."""
        if not self._closing:
            self._prefs.set("geometry", self.saveGeometry())
            self._hand_over()
            self._runner.drop_reads()
        if self._runner.is_writing and self.isVisible():
            event.ignore()
            self._show_closing()
        else:
            self.idle.stop()
            self._facts.stop()
            if self._ahead is not None:
                self._ahead.stop()
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
        if state.is_open:
            self._enter()
        elif state.exists:
            self._show_lock(state)
        else:
            page = self._first_page(self._services, self._runner, state.needs)
            page.finished.connect(self._enter)
            page.failed.connect(self._show_trouble)
            self._show_page(page)

    def _show_lock(self, state: VaultState, why: str = "") -> None:
        from app.gui.screens.lock import LockPage

        page = LockPage(
            self._services.vault, self._runner, needs=state.needs, wait_s=state.retry_after_s, why=why
        )
        page.unlocked.connect(self._enter)
        page.recovered.connect(self._ask_new_secret)
        page.failed.connect(self._show_trouble)
        self._show_page(page)
        self._runner.run_read(icons.library, icons.load, owner=self, key="icons")

    def _ask_new_secret(self) -> None:
        from app.gui.screens.new_secret import NewSecretPage

        page = NewSecretPage(self._services.vault, self._runner, needs=self._needs)
        page.finished.connect(self._enter)
        self._locked = False
        self.idle.start()
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
            frame.titled.connect(self._show_title)
            self._frame = frame
            self._pages.addWidget(frame)
            self._show_page(frame)
            if frame.place_names:
                frame.go(frame.place_names[0])
            frame.refresh_facts()
            self._ahead = Ahead(
                self,
                frame.ahead(),
                quiet_s=lambda: self.idle.quiet_s,
                is_idle=lambda: self._is_working and self._runner.is_idle,
            )
        else:
            self._show_page(self._frame)
            self._show_title(self.frame.title)
            self.frame.refresh_all()
        self.idle.start()
        self._facts.start()
        loop = getattr(self._services, "sync_loop", None)
        if loop is not None:
            loop.enable()
        if self._ahead is not None:
            self._ahead.start()
        QTimer.singleShot(BACKUP_AFTER_MS, self, self._back_up)
        self.unlocked.emit()

    def _show_page(self, page: QWidget) -> None:
        before = self._pages.currentWidget()
        if self._pages.indexOf(page) < 0:
            self._pages.addWidget(page)
        current().refit(page)
        self._pages.setCurrentWidget(page)
        # A field that was given the focus before it stood in the window has lost it by now.
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        if before is not None and before is not page and before is not self._frame:
            self._pages.removeWidget(before)
            before.deleteLater()

    def _lock_idle(self) -> None:
        self._lock_because(tr("gate.locked_idle", minutes=max(1, round(self.idle.seconds / 60))))

    def _lock_because(self, why: str) -> None:
        if self._locked or self._services is None:
            return
        self._hand_over()
        self._locked = True
        self.setWindowTitle(tr("gate.title_locked"))
        self.idle.stop()
        self._facts.stop()
        if self._ahead is not None:
            self._ahead.stop()
        for window in QApplication.topLevelWidgets():
            if isinstance(window, QDialog) and window.isVisible():
                window.reject()
        from app.gui.widgets.gate import WaitingPage

        page = WaitingPage("locking")
        page.stop_wanted.connect(self._runner.cancel_all)
        self._show_page(page)
        self._why = why
        # Nobody is there: a sync under way goes on behind the cover, and the store closes after it.
        if self._runner.is_reading_long:
            self._runner.busy.connect(self._lock_when_done)
        else:
            self._lock_store()

    def _lock_when_done(self, busy: bool) -> None:
        if not busy:
            self._runner.busy.disconnect(self._lock_when_done)
            self._lock_store()

    def _lock_store(self) -> None:
        services, why = self._services, self._why
        self._runner.run_write(
            lambda: (why, _locked(services)), self._show_locked, self._show_trouble, owner=self
        )

    def _show_locked(self, found: tuple[str, VaultState]) -> None:
        why, state = found
        self._show_lock(state, why)

    def _back_up(self) -> None:
        # In line with the writers: locking, which wipes the key, comes after it.
        backups = getattr(self._services, "backups", None)
        if backups is not None and not self._locked:
            self._runner.run_write(backups.daily, None, self._not_backed_up, owner=self)

    def _not_backed_up(self, error: BaseException) -> None:
        if self._is_working:
            self.frame.banner(
                tr("gate.backup_failed", reason=sentence(error)),
                action=tr("widgets.retry"),
                on_action=self._back_up,
            )

    def _hand_over(self) -> None:
        """Let fields and the screen in front write what was typed and not yet saved."""
        focused = QApplication.focusWidget()
        if focused is not None:
            focused.clearFocus()
        shown = self.frame.screen_now if self._is_working else None
        if shown is not None:
            shown.leave()

    def _show_closing(self) -> None:
        if self._closing:
            return
        from app.gui.widgets.gate import WaitingPage

        self._closing = True
        page = WaitingPage("closing")
        page.stop_wanted.connect(self._runner.cancel_all)
        self._show_page(page)
        self._runner.busy.connect(self._close_when_done)

    def _close_when_done(self, busy: bool) -> None:
        if not busy:
            self.close()

    @property
    def _is_working(self) -> bool:
        return self._frame is not None and self._pages.currentWidget() is self._frame

    def _show_title(self, title: str) -> None:
        self.setWindowTitle(seen(title) or tr("shell.app"))

    def _refresh_facts(self) -> None:
        if self._is_working:
            self.frame.refresh_facts()

    def _help(self) -> None:
        if self._is_working:
            self.frame.show_help()

    def _go_number(self) -> None:
        number = self.sender().property("place")
        if self._is_working and number < len(self.frame.place_names):
            self.frame.go(self.frame.place_names[number])

    def _restore_geometry(self) -> None:
        stored = self._prefs.blob("geometry")
        if stored is None or not self.restoreGeometry(stored):
            room = self.screen().availableGeometry()
            self.resize(min(1366, room.width()), min(768, room.height()))
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowFullScreen)


def _first_page(services: Any, runner: Runner, needs: str) -> Any:
    from app.gui.screens.first_run import FirstRunPage

    return FirstRunPage(services.vault, runner, needs=needs)


def _opened(services: Any) -> tuple[Any, VaultState]:
    import app.gui.screens.lock  # noqa: F401  # here, off the GUI thread: mostly its page comes next

    return services, services.vault.state()


def _locked(services: Any) -> VaultState:
    services.vault.lock()
    state: VaultState = services.vault.state()
    return state
