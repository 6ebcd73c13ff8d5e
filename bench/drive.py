"""Drive the real window through the main operations and print, for each, its longest stall as a line of JSON.

`python -m bench.drive PLAN`, PLAN being a JSON file: home, inspection, ready, photos, out.
"""

import dataclasses
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.bootstrap import load_rest
from app.core.documents import SignerRole
from app.core.ids import InspectionId
from app.gui.garbage import GuiGarbage
from app.gui.prefs import Prefs
from app.gui.run import application, build, load_screens
from app.services.demo import cast
from app.services.demo.play import handwriting
from bench.office import services_at
from bench.stall_watch import StallWatch

_QUIET_MS = 120
_MOST_S = 60.0
Operation = tuple[str, Callable[[], object]]


class Drive:
    """Do one operation after the other, each until the window has come to rest."""

    def __init__(self, plan: dict[str, Any], app: QApplication) -> None:
        self._plan, self._home = plan, Path(plan["home"])
        self._visit, self._ready = InspectionId(plan["inspection"]), InspectionId(plan["ready"])
        self._window, self._runner = build(app, Prefs(self._home / "window.ini"))
        self._watch = StallWatch(app)
        self._garbage = GuiGarbage(app)
        self._window.unlocked.connect(self._garbage.keep)
        self._loading = threading.Thread(target=load_screens, args=(load_rest,), name="load-screens", daemon=True)
        self._document: Any = None
        self._busy_until, self._is_typing = 0.0, False

    def run(self) -> Iterator[dict[str, Any]]:
        """Give name and stall of each operation."""
        for name, work in self._operations():
            self._watch.begin()
            QTimer.singleShot(0, self._window, work)
            self._rest()
            if "at rest" in name:
                while not self._window.is_prepared:
                    self._rest()
            yield {"name": name, **dataclasses.asdict(self._watch.end())}

    def close(self) -> None:
        """End threads and services."""
        self._runner.close()
        self._garbage.stop()
        self._window.services.close()

    @property
    def _frame(self) -> Any:
        return self._window.frame

    @property
    def _services(self) -> Any:
        return self._window.services

    @property
    def _check(self) -> Any:
        return self._frame.screen_now.check

    def _operations(self) -> Iterator[Operation]:
        yield "show the window", self._window.show
        yield "open the services", lambda: self._window.open_with(self._open_services)
        yield "unlock, first screen", self._unlock
        yield "tasks (1,000)", lambda: self._frame.go("tasks")
        yield "make the other screens, at rest", lambda: None
        yield "open the inspection (300 items)", lambda: self._frame.go("inspection", inspection=self._visit)
        yield "answer 20 items", lambda: self._keys("1j2j3j1j1j" * 2)
        yield "walk through 60 items", lambda: self._keys("j" * 60)
        yield "type a note", lambda: self._keys("nseen on site")
        yield "open a finding", lambda: self._check.do("f")
        yield "close it", lambda: self._check.escape()
        yield "take 12 photos in", self._take
        yield "review", lambda: self._frame.screen_now.show_step("review")
        yield "evidence wall", lambda: self._frame.go("evidence", inspection=self._visit)
        yield "compose a record", self._compose
        yield "show its pages", self._show_document
        yield "sign it (party)", self._sign
        yield "export it", self._export
        yield "registers", lambda: self._frame.go("registers")
        yield "sync page", lambda: self._frame.go("sync")
        yield "settings", lambda: self._frame.go("settings")
        yield "tasks, again", lambda: self._frame.go("tasks")
        yield "registers, again", lambda: self._frame.go("registers")
        yield "the inspection, again", lambda: self._frame.go("inspection", inspection=self._visit)
        yield "home, again", lambda: self._frame.go("home")
        yield "lock", self._window.lock

    def _open_services(self) -> Any:
        services = services_at(self._home)
        self._loading.start()
        return services

    def _unlock(self) -> None:
        page: Any = self._window.page
        page.secret.edit.setText(cast.SECRET)
        page.submit()

    def _keys(self, text: str) -> None:
        """Type letter by letter, as a hand does: each in its own turn of the event loop."""
        for number, letter in enumerate(text):
            QTimer.singleShot(number * 60, self._window, lambda one=letter: self._key(one))
        QTimer.singleShot(len(text) * 60, self._window, lambda: None)
        self._is_typing = False
        self._busy_until = time.perf_counter() + len(text) * 0.06

    def _key(self, letter: str) -> None:
        # The list takes the keys of an inspection; a note is typed into the field that `n` gave the focus to.
        target = self._window.focusWidget() if self._is_typing else self._check.list
        QTest.keyClicks(target or self._check.list, letter, Qt.KeyboardModifier.NoModifier)
        self._is_typing = self._is_typing or letter == "n"

    def _take(self) -> None:
        photos = tuple(sorted(Path(self._plan["photos"]).iterdir()))
        self._check.detail.strip.take(photos)

    def _compose(self) -> None:
        self._frame.go("documents", inspection=self._ready)
        services = self._services
        self._runner.run_long(
            lambda _: services.documents.freeze_record(self._ready), self._composed, writes=True
        )

    def _composed(self, outcome: Any) -> None:
        self._document = outcome.value

    def _show_document(self) -> None:
        self._frame.go("documents", inspection=self._ready, document=self._document.id)

    def _sign(self) -> None:
        services, document = self._services, self._document
        pages = tuple(page.number for page in document.pages)
        self._runner.run_write(
            lambda: services.documents.sign(document.id, SignerRole.PARTY, pages, handwriting("周其真"))
        )

    def _export(self) -> None:
        services, document = self._services, self._document
        self._runner.run_write(lambda: services.documents.export(document.id, Path(self._plan["out"])))

    def _rest(self) -> None:
        """Let the window work until it has been idle for a while."""
        loop, quiet_since, end = QEventLoop(), time.perf_counter(), time.perf_counter() + _MOST_S
        self._busy_until = 0.0

        def look() -> None:
            nonlocal quiet_since
            now = time.perf_counter()
            if not self._runner.is_idle or now < self._busy_until or self._loading.is_alive():
                quiet_since = now
            if now > end:
                raise TimeoutError("the window does not come to rest")
            if now - quiet_since > _QUIET_MS / 1000:
                loop.quit()

        timer = QTimer()
        timer.timeout.connect(look)
        timer.start(20)
        loop.exec()
        timer.stop()


def main() -> None:
    """Drive and print."""
    app = application([])
    drive = Drive(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), app)
    for found in drive.run():
        print(json.dumps(found, ensure_ascii=False), flush=True)
    drive.close()


if __name__ == "__main__":
    main()
