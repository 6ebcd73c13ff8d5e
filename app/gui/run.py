"""Start the window: paint first, open the services then."""

import logging
import pkgutil
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTimer, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.core.clock import Now, now
from app.core.turns import QUICK_S
from app.gui import texts
from app.gui.bus import Bus
from app.gui.garbage import GuiGarbage
from app.gui.messages import BUG, sentence_of
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.shell import MainWindow
from app.gui.theme import install

NETWORK_AFTER_MS = 1_500
log = logging.getLogger(__name__)


def run(
    open_services: Callable[[], Any],
    argv: Sequence[str],
    *,
    prefs_file: Path | None = None,
    find_screens: Callable[[], Any] | None = None,
    first_page: Callable[[Any, Runner, str], Any] | None = None,
    load_rest: Callable[[], None] | None = None,
) -> int:
    """Show the window until it is closed; return the exit code.

    Args:
        open_services: Called once off the GUI thread, after the first paint; returns the services bundle.
        prefs_file: Where window preferences lie; the user's settings folder where None.
        find_screens: Which screens there are; all of an office where None.
        first_page: Makes the page of the first start.
        load_rest: Loads what the services need later; called off the GUI thread, behind the screens.
    """
    app = application(argv)
    prefs = Prefs(prefs_file)
    window, runner = build(app, prefs, find_screens=find_screens, first_page=first_page)
    _tell_of_bugs(window)
    # What is typed is saved at once and the store stands being killed: Ctrl+C in a terminal just ends the program.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    made: list[Any] = []

    def open_once() -> Any:
        services = open_services()
        made.append(services)
        # Not beside it: the secret is asked for when the services are there, and two that load take turns.
        threading.Thread(target=load_screens, args=(load_rest,), name="load-screens", daemon=True).start()
        return services

    window.painted.connect(lambda: _behind_the_picture(app, window, open_once))
    window.show()
    garbage = GuiGarbage(app)
    window.unlocked.connect(garbage.keep)
    window.unlocked.connect(lambda: _watch_network(window))
    try:
        return app.exec()
    finally:
        runner.close()
        garbage.stop()
        for services in made:
            services.close()


def application(argv: Sequence[str]) -> QApplication:
    """Return the application with its names and fractional scaling; one that runs already is kept."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    if sys.platform == "win32":
        import ctypes

        # Else Windows groups the window under the Python interpreter and shows its icon.
        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID("Yanfang.Window")
    # Painting gives Python's lock back at every call into Qt; where a reader computes, each return waits this long.
    sys.setswitchinterval(QUICK_S)
    app = QApplication(list(argv) or ["yanfang"])
    app.setApplicationName("yanfang")
    app.setApplicationDisplayName(texts.tr("shell.app"))
    app.setDesktopFileName("yanfang")
    app.setOrganizationName("Yanfang")
    return app


def build(
    app: QApplication,
    prefs: Prefs,
    *,
    now: Now = now,
    find_screens: Callable[[], Any] | None = None,
    first_page: Callable[[Any, Runner, str], Any] | None = None,
) -> tuple[MainWindow, Runner]:
    """Return the window and its runner, themed by the preferences; tests and screenshots use this as well."""
    language = prefs.text("language", "zh_cn")
    texts.set_language(language if language in texts.LANGUAGES else "zh_cn")
    install(app, prefs.text("theme", "light"), prefs.number("scale", 1.0))
    _translate_qt(app)
    bus = Bus(app)
    runner = Runner(bus, app)
    window = MainWindow(
        runner, bus, prefs, find_screens=find_screens or _find_screens, first_page=first_page, now=now
    )
    return window, runner


def _behind_the_picture(app: QApplication, window: MainWindow, open_services: Callable[[], Any]) -> None:
    window.open_with(open_services)
    from app.gui.mark import app_icon

    app.setWindowIcon(app_icon())


def load_screens(load_rest: Callable[[], None] | None = None) -> None:
    """Import every screen and its words off the GUI thread, while the secret is being typed, then the rest.

    What the first page needs comes first.
    """
    for name in ("app.gui.frame", "app.gui.screens.home.view", "qtawesome"):
        import_module(name)
    with suppress(ImportError):  # No camera then.
        from PySide6 import QtMultimedia, QtMultimediaWidgets  # noqa: F401

    for name in ("app.gui.screens", f"app.gui.texts.{texts.language()}"):
        for module in pkgutil.walk_packages(import_module(name).__path__, f"{name}."):
            import_module(module.name)
    _find_screens()
    if load_rest is not None:
        load_rest()


def _watch_network(window: MainWindow) -> None:
    """Tell the loop of the network, once the first page is there: asking the system takes some milliseconds."""
    from app.gui.network import NetworkWatch

    watch = window.findChild(NetworkWatch) or NetworkWatch(window)
    QTimer.singleShot(NETWORK_AFTER_MS, watch, lambda: watch.attend(getattr(window.services, "sync_loop", None)))


def _find_screens() -> Any:
    from app.gui.catalogue import find_screens

    return find_screens()


def _translate_qt(app: QApplication) -> None:
    """Load Qt's own words (file dialogs, context menus) where they are installed."""
    if texts.language() != "zh_cn":
        return
    translator = QTranslator(app)
    if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)


def _tell_of_bugs(window: MainWindow) -> None:
    """Log what nothing else caught and tell the user, instead of vanishing."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.error("window.bug", exc_info=(kind, error, trace))
        if window.frame is not None and not window.is_locked:
            window.frame.banner(sentence_of(BUG, {}))

    sys.excepthook = hook
