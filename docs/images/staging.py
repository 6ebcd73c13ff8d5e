"""What every set of pictures stands on: a clock that stands still, a rehearsal office, the real window, a real server."""

import argparse
import datetime as dt
import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

LIMIT = 250_000
START = dt.datetime(2026, 11, 18, 1, 12, tzinfo=dt.UTC)


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> dt.datetime:
        return self.at

    def go_on(self, **by: float) -> None:
        """Let some time pass."""
        self.at += dt.timedelta(**by)


@dataclass
class Studio:
    """Where one set is taken: what was asked for, the moment, and a folder that is gone afterwards."""

    wish: argparse.Namespace
    folder: Path
    clock: Clock

    @cached_property
    def prefs(self) -> Any:
        """The window as it was asked for."""
        from app.gui.prefs import Prefs

        prefs = Prefs(self.folder / "window.ini")
        for name in ("language", "scale", "theme"):
            prefs.set(name, getattr(self.wish, name))
        return prefs

    @cached_property
    def app(self) -> Any:
        """The one application of this process."""
        from app.gui.run import application

        gc.disable()  # a widget must not die on the thread that happens to collect it
        return application(["yanfang"])

    def wants(self, *names: str) -> bool:
        """Return whether one of these pictures is to be taken."""
        return not self.wish.only or self.wish.only in names

    @contextmanager
    def opened(self, services: Any = None, **kind: Any) -> "Iterator[Camera]":
        """Show a window over services, which are closed with it; `kind` goes to the one that builds it."""
        from PySide6.QtCore import QEvent

        from app.gui.run import build

        window, runner = build(self.app, self.prefs, now=self.clock, **kind)
        window.resize(*self.wish.size)
        window.show()
        camera = Camera(self, window, runner)
        if services is not None:
            window.open_with(lambda: services)
            camera.settle()
        yield camera
        window.close()
        runner.close()
        window.deleteLater()
        self.app.sendPostedEvents(window, QEvent.Type.DeferredDelete)
        gc.collect()
        if services is not None:
            services.close()

    def services(self, name: str) -> Any:
        """Return services of a profile that is not set up."""
        from app.bootstrap import open_services
        from app.settings.key_slots import Argon2, Costs

        return open_services(self.folder / name, clock=self.clock, costs=Costs(Argon2(64, 1, 1), Argon2(64, 1, 1)))

    def empty_office(self, name: str = "office", person: int = 0) -> Any:
        """Make a rehearsal office of one of its people."""
        from app.services.demo import cast

        services, own = self.services(name), cast.PEOPLE[person]
        services.vault.setup(
            cast.OFFICE, own.name, own.licence_no, cast.SECRET, True, code=cast.CODE, short_name=cast.SHORT_NAME
        )
        return services

    def office(self, name: str = "office") -> tuple[Any, Any]:
        """Make a rehearsal office with registers and tasks; return it with what was made."""
        from app.services.demo.furnish import furnish

        services = self.empty_office(name)
        return services, furnish(services, self.clock())

    @contextmanager
    def server(self) -> "Iterator[Server]":
        """Run the real server in a process of its own, at one moment."""
        data = self.folder / "server"
        command = [sys.executable, str(Path(__file__).with_name("take.py")), "--serve", str(data)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            yield Server(json.loads(process.stdout.readline())["url"], data)
        finally:
            process.terminate()
            process.wait(10)


@dataclass(frozen=True)
class Server:
    """A server that runs, and its data."""

    url: str
    data: Path

    @contextmanager
    def office(self) -> Iterator[Any]:
        """Open its data beside it, as an administrator at its command line does."""
        from sync.server.app import open_office

        office = open_office(self.data, _still_world())
        try:
            yield office
        finally:
            office.database.close()

    def code(self) -> str:
        """Return a code to enrol a laptop with."""
        from sync.server.devices import DEFAULT_GRANTS

        with self.office() as office:
            return str(office.devices.issue_code("inspector", DEFAULT_GRANTS, 3_600_000 * 48).code)


class Camera:
    """Works the window like a person and takes its picture when nothing moves any more."""

    def __init__(self, studio: Studio, window: Any, runner: Any) -> None:
        self.app, self.wish, self.studio = studio.app, studio.wish, studio
        self.window, self.runner = window, runner
        self.front: Any = None

    def has(self, name: str) -> bool:
        """Return whether there is such a screen."""
        return name in self.window.frame._specs

    def go(self, name: str, **params: Any) -> Any:
        """Open a screen and return it."""
        self.window.frame.go(name, **params)
        self.settle()
        return self.window.frame.screen_now

    def settle(self) -> None:
        """Wait until nothing is under way."""
        import time

        quiet = 0
        for _ in range(2000):
            self.app.processEvents()
            time.sleep(0.01)
            quiet = quiet + 1 if self.runner.is_idle else 0
            if quiet > 40:
                return
        raise TimeoutError("the window does not come to rest")

    def key(self, *keys: Any) -> None:
        """Press keys where the focus is."""
        from PySide6.QtTest import QTest

        for one in keys:
            QTest.keyClick(self.app.focusWidget() or self.window, one)
        self.settle()

    def over(self, dialog: Any) -> None:
        """Show a dialog in the next picture: what stands before a window is not part of it."""
        self.front = dialog
        self.settle()

    def _lay(self, picture: Any) -> None:
        from PySide6.QtGui import QColor, QPainter

        above, ratio = self.front.grab(), picture.devicePixelRatio()
        painter = QPainter(picture)
        painter.fillRect(0, 0, picture.width(), picture.height(), QColor(20, 30, 40, 90))
        painter.drawPixmap(
            int((picture.width() / ratio - above.width() / ratio) / 2), int((picture.height() / ratio - above.height() / ratio) / 2), above
        )
        painter.end()

    def take(self, name: str, theme: str = "") -> None:
        """Save the window as a small PNG, for a moment in another theme if asked; nothing where it is not asked for."""
        if not self.studio.wants(name):
            self.settle()
            return
        from app.gui.theme import current

        usual = current().mode
        if theme:
            current().apply(theme)
        self.settle()
        target = self.wish.out / f"{name}.png"
        picture = self.window.grab()
        if self.front is not None and self.front.isVisible():
            self._lay(picture)
            self.front.close()
            self.front = None
        picture.save(str(target))
        if theme:
            current().apply(usual)
        shrink(target)


def shrink(target: Path) -> None:
    """Save a picture anew, in few colours where it is large, and say its size."""
    from PIL import Image

    picture = Image.open(target).convert("RGB")
    picture.save(target, optimize=True)
    if target.stat().st_size > LIMIT:
        picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(target, optimize=True)
    print(target.name, target.stat().st_size // 1024, "KiB")


def _still_world() -> Any:
    from sync.server.world import real_world

    at = int((START + dt.timedelta(minutes=20)).timestamp() * 1000)
    return replace(real_world(), now_ms=lambda: at)


def serve(data: Path) -> None:
    """Be the server, at one moment."""
    from sync.server import cli, terminal

    terminal.real_world = _still_world
    cli.cli(["serve", "--data", str(data), "--port", "0", "--json"])
