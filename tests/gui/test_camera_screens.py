"""Photos of a camera on the two pages that take evidence: real services, real JPEG bytes, no camera."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.bootstrap import Services
from app.core.evidence import Link, TargetKind
from app.core.ids import InspectionId
from app.gui.bus import Bus
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screen import Context
from app.gui.screens.evidence.view import EvidenceScreen
from app.gui.screens.inspection.evidence_strip import EvidenceStrip
from app.gui.theme import Theme
from app.gui.widgets.camera import CameraButton, CameraDialog
from app.gui.widgets.camera_devices import CameraChoice, CameraWatch, watch
from tests.gui.rehearsal import Rehearsal
from tests.gui.stand_in import StandIn

CAMERA = CameraChoice("front", "前置摄像头")
ITEM = ("SGF", "SGF-2.03")
NAME = "拍照-20261122-143207.jpg"


def jpeg() -> bytes:
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkBlue)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, "JPEG", 95)
    return bytes(content.data())


@dataclass
class Visit:
    """The rehearsal office with one visit."""

    services: Services
    inspection: InspectionId
    context: Context
    heard: StandIn
    qtbot: QtBot

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.context.runner.is_idle, timeout=20000)
            self.qtbot.wait(10)

    def show(self, page: QWidget) -> None:
        self.qtbot.addWidget(page)
        page.show()
        page.activateWindow()
        self.qtbot.waitUntil(page.isActiveWindow, timeout=3000)

    def newest(self) -> tuple[str, bytes, tuple[Link, ...]]:
        piece = self.services.evidence.of(self.inspection)[-1]
        return piece.file_name, b"".join(self.services.evidence.original(piece.id)), piece.links


@pytest.fixture
def visit(
    tmp_path: Path, rehearsal: Rehearsal, runner: Runner, bus: Bus, prefs: Prefs, theme: Theme, qtbot: QtBot
) -> Iterator[Visit]:
    services, inspection = rehearsal.copied(tmp_path / "home"), rehearsal.inspection
    heard = StandIn()

    def stay(*_: Any, **__: Any) -> None: ...

    context = Context(services, runner, bus, stay, stay, heard, prefs)
    made = Visit(services, inspection, context, heard, qtbot)
    yield made
    made.settle()
    services.close()


@pytest.fixture
def watched(qapp: QApplication) -> Iterator[CameraWatch]:
    """The program's watch, which the test tells of cameras; afterwards it knows those there are."""
    made = watch()
    before = made._choices
    yield made
    made._choices = before
    made.changed.emit()


def plug(watched: CameraWatch, *choices: CameraChoice) -> None:
    watched._choices = choices
    watched.changed.emit()


def camera_button(page: QWidget) -> CameraButton:
    found = page.findChild(CameraButton)
    assert found is not None
    return found


def offered(screen: EvidenceScreen) -> dict[str, str]:
    """What the page's keys do, and the keys."""
    known = screen.keys()
    return {text: keys for keys, text in known}


def test_the_wall_offers_the_camera_only_while_there_is_one(visit: Visit, watched: CameraWatch) -> None:
    plug(watched)
    screen = EvidenceScreen(visit.context)
    visit.show(screen)
    assert not camera_button(screen).isVisible()
    assert "拍照" not in offered(screen)
    plug(watched, CAMERA)
    assert camera_button(screen).isVisible()
    assert offered(screen)["拍照"] == "Ctrl+Shift+P"


def test_a_photo_taken_on_the_wall_is_kept_byte_for_byte(visit: Visit, watched: CameraWatch) -> None:
    plug(watched, CAMERA)
    screen = EvidenceScreen(visit.context)
    visit.show(screen)
    screen.open(inspection=visit.inspection, item=ITEM)
    visit.settle()
    QTest.keyClick(
        screen.gallery.wall, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    visit.qtbot.waitUntil(lambda: screen.findChild(CameraDialog) is not None, timeout=3000)
    dialog = screen.findChild(CameraDialog)
    assert dialog is not None
    assert dialog.isVisible()
    content = jpeg()
    dialog.taken.emit(NAME, content)
    visit.settle()
    assert visit.newest() == (NAME, content, (Link(TargetKind.ITEM, "/".join(ITEM)),))
    assert [*visit.heard.toasts, *visit.heard.banners] == []
    dialog.reject()


def test_a_composed_record_takes_no_photo(visit: Visit, watched: CameraWatch) -> None:
    plug(watched, CAMERA)
    visit.services.documents.freeze_record(visit.inspection)
    screen = EvidenceScreen(visit.context)
    visit.show(screen)
    screen.open(inspection=visit.inspection)
    visit.settle()
    assert not camera_button(screen).isEnabled()


def test_a_photo_taken_at_an_item_belongs_to_it(visit: Visit, watched: CameraWatch) -> None:
    plug(watched, CAMERA)
    strip = EvidenceStrip(visit.context)
    visit.show(strip)
    strip.show_item(visit.inspection, ITEM, locked=False)
    visit.settle()
    before = strip.count
    camera_button(strip).click()
    dialog = strip.findChild(CameraDialog)
    assert dialog is not None
    content = jpeg()
    dialog.taken.emit(NAME, content)
    visit.settle()
    assert visit.newest() == (NAME, content, (Link(TargetKind.ITEM, "/".join(ITEM)),))
    assert strip.count == before + 1
    dialog.reject()


def test_without_a_camera_an_item_offers_none(visit: Visit, watched: CameraWatch) -> None:
    plug(watched)
    strip = EvidenceStrip(visit.context)
    visit.show(strip)
    assert not camera_button(strip).isVisible()
