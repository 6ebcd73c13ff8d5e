"""The program's window for measuring its start: `python -m bench.real_window HOME`.

Prints PAINTED when the first paint is over and HOME when, after unlocking, the first screen shows its content. The
start itself is the program's own (`app.gui.run.run`); only what follows the first paint is driven.
"""

import os
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Open the window over a profile, and end; with `--until-home` unlock it first."""
    from app.gui.run import run

    home = Path(sys.argv[1])
    until_home = "--until-home" in sys.argv
    raise SystemExit(run(lambda: _opened(home, until_home), [], prefs_file=home / "window.ini"))


def _opened(home: Path, until_home: bool) -> Any:
    # Called by the program right after its first paint, in a thread of its own.
    print("PAINTED", flush=True)
    if not until_home:
        os._exit(0)  # Nothing was opened yet, so nothing has to be closed.
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from bench.office import services_at

    app = QApplication.instance()
    assert app is not None
    services = services_at(home)
    QTimer.singleShot(0, app, _unlock)
    return services


def _unlock() -> None:
    """Type the secret as soon as the lock page is there, and tell when the frame's first screen has settled."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from app.gui.screens.lock import LockPage
    from app.gui.shell import MainWindow
    from app.services.demo import cast

    window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
    if isinstance(window.page, LockPage):
        window.page.secret.edit.setText(cast.SECRET)
        window.unlocked.connect(lambda: _settled(window))
        window.page.submit()
    else:
        QTimer.singleShot(1, _unlock)


def _settled(window: Any) -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    if window._runner.is_idle:
        window.repaint()
        print("HOME", flush=True)
        QApplication.quit()
    else:
        QTimer.singleShot(1, lambda: _settled(window))


if __name__ == "__main__":
    main()
