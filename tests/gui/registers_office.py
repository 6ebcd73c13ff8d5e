"""A desk for the screens of office work: real services over a real encrypted store, and what the window is told."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.bootstrap import Services, open_services
from app.core.ids import InstitutionId, PersonId
from app.core.outcome import Outcome
from app.core.places import Institution, InstitutionKind, Person, Role
from app.core.tasks import Task
from app.gui.bus import Bus
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screen import Context, Screen
from tests.gui.stand_in import StandIn
from tests.unit.services.desks import CHEAP

SECRET = "correct horse battery"
LONG = "江源区" + "正岔街道" * 14 + "药房"


@dataclass
class Desk(StandIn):
    """An open office and everything that was said and asked for."""

    services: Services
    runner: Runner
    bus: Bus
    prefs: Prefs
    qtbot: QtBot

    @property
    def context(self) -> Context:
        return Context(self.services, self.runner, self.bus, self.go, self.back, self, self.prefs)

    def open(self, make: Callable[[Context], Screen], **params: Any) -> Any:
        screen = make(self.context)
        self.qtbot.addWidget(screen)
        self.bus.changed.connect(screen.refresh)
        screen.resize(1190, 696)
        screen.show()
        screen.open(**params)
        self.settle()
        return screen

    @contextmanager
    def one_run(self) -> Iterator[None]:
        """Wait at the end until the sync that was asked for within is over and shown, however short it was."""
        over = threading.Event()
        end = self.services.sync_loop.listen(lambda pulse: over.set() if pulse.outcome or pulse.error else None)
        yield
        self.qtbot.waitUntil(over.is_set, timeout=20_000)
        end()
        self.qtbot.wait(500)
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.runner.is_idle, timeout=20_000)
            QApplication.processEvents()

    def institution(
        self, name: str, kind: InstitutionKind = InstitutionKind.PHARMACY, **more: Any
    ) -> Institution:
        return self.services.institutions.save(Institution(InstitutionId(""), name, kind, **more)).value

    def person(
        self, name: str, number: str, to: dt.date | None = None, role: Role = Role.INSPECTOR
    ) -> Person:
        return self.services.people.save(Person(PersonId(""), name, role, number, licence_to=to)).value

    def task(self, name: str, *, due_on: dt.date | None = None, title: str = "日常检查") -> Task:
        made: Outcome[Task] = self.services.tasks.create(
            title=title, nature="administrative", kind="routine", institution=self.institution(name).id,
            templates=("SGF",), members=(self.services.office.get().me,), due_on=due_on, is_late=True,
        )  # fmt: skip
        return made.value


def sit(tmp_path: Path, runner: Runner, bus: Bus, prefs: Prefs, qtbot: QtBot) -> Iterator[Desk]:
    """Give a desk and clear it afterwards; an error nobody expected fails the test."""
    services = open_services(
        tmp_path / "home", environ={"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}, costs=CHEAP
    )
    services.vault.setup("江源区医疗保障局", "王敏", "22060012", SECRET, True)
    desk = Desk(services, runner, bus, prefs, qtbot)
    runner.failed.connect(desk.failed)
    try:
        yield desk
        desk.settle()
    finally:
        services.close()


def judge_models(screen: QWidget) -> None:
    """Let Qt's own tester judge every model of a screen from now on."""
    for view in screen.findChildren(QAbstractItemView):
        if view.model() is not None and not isinstance(view.parent(), QComboBox):
            QAbstractItemModelTester(view.model(), QAbstractItemModelTester.FailureReportingMode.Fatal, view)


def nameless(screen: QWidget) -> list[str]:
    """Return what can be reached by keyboard and has no name for a screen reader."""
    found = []
    if isinstance(screen, Screen):
        list(screen.ahead())
    for widget in screen.findChildren(QWidget):
        own = isinstance(widget, QAbstractButton | QLineEdit | QComboBox | QAbstractItemView)
        inner = isinstance(widget.parent(), QComboBox | QLineEdit) or widget.objectName().startswith("qt_")
        inside_list = any(isinstance(up, QComboBox) for up in _ancestors(widget))
        if own and not isinstance(widget, QHeaderView) and not inner and not inside_list:
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            if not (widget.accessibleName() or text):
                found.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    return found


def _ancestors(widget: QWidget) -> Iterator[QWidget]:
    up = widget.parentWidget()
    while up is not None:
        yield up
        up = up.parentWidget()
