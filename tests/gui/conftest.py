"""What every window test needs: an offscreen platform, the theme, a runner and preferences of its own."""

import gc
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.gui import texts
from app.gui.bus import Bus
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.shell import MainWindow
from app.gui.theme import Theme, install
from tests.gui.registers_office import Desk, sit
from tests.gui.rehearsal import Rehearsal, rehearse
from tests.gui.shell_office import Seat, specs


@pytest.fixture(scope="session")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """An office with one visit under way, to be copied."""
    return rehearse(tmp_path_factory.mktemp("rehearsal") / "home")


@pytest.fixture(autouse=True)
def garbage_dies_here() -> Iterator[None]:
    """Collect on this thread only, as the program does (`app.gui.garbage`): a widget freed on another one ends the run."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The theme at 100 %, light, whatever the test before left."""
    made = install(qapp, "light", 1.0)
    yield made
    if made.mode != "light" or made.scale != 1.0:
        made.apply("light", 1.0)


@pytest.fixture
def english() -> Iterator[None]:
    """English words until the test is over."""
    texts.set_language("en")
    yield
    texts.set_language("zh_cn")


@pytest.fixture
def bus(qapp: QApplication) -> Bus:
    """A bus of its own."""
    return Bus()


@pytest.fixture
def runner(bus: Bus, qtbot: QtBot) -> Iterator[Runner]:
    """A real runner with its threads; wait for results with `qtbot.waitUntil(lambda: runner.is_idle)`."""
    made = Runner(bus)
    yield made
    made.close()


@pytest.fixture
def prefs(tmp_path: Path) -> Prefs:
    """Preferences in a file of the test."""
    return Prefs(tmp_path / "window.ini")


@pytest.fixture
def seat(qtbot: QtBot, theme: Theme, runner: Runner, bus: Bus, prefs: Prefs) -> Seat:
    """A window with plain screens, shown."""
    made = MainWindow(runner, bus, prefs, find_screens=specs)
    qtbot.addWidget(made)
    made.show()
    return Seat(made, runner, qtbot)


@pytest.fixture
def desk(tmp_path: Path, runner: Runner, bus: Bus, prefs: Prefs, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    """A desk of an office of its own."""
    yield from sit(tmp_path, runner, bus, prefs, qtbot)
