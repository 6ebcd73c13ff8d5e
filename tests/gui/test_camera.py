"""Taking photos: a session of the test feeds real JPEG bytes; Qt's own session is built without a camera."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.gui.theme import Theme
from app.gui.widgets.camera import CameraButton, CameraDialog, file_name
from app.gui.widgets.camera_devices import (
    CameraChoice,
    CameraListener,
    CameraTrouble,
    QtCapture,
    cameras,
    watch,
)
from app.gui.widgets.layout import vbox

FRONT, REAR = CameraChoice("front", "前置摄像头"), CameraChoice("rear", "后置摄像头")
INSTANT = dt.datetime(2026, 11, 22, 6, 32, 7, tzinfo=dt.UTC)


def jpeg(color: Qt.GlobalColor = Qt.GlobalColor.darkGreen, width: int = 640, height: int = 480) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(color)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, "JPEG", 95)
    return bytes(content.data())


class Plugs(QObject):
    """What is plugged in, as the test says."""

    changed = Signal()

    def __init__(self, *choices: CameraChoice) -> None:
        super().__init__()
        self.choices = choices

    def plug(self, *choices: CameraChoice) -> None:
        self.choices = choices
        self.changed.emit()


class FedSession:
    """A camera that gives what it is fed, when the test says so."""

    def __init__(self, listener: CameraListener) -> None:
        self.listener = listener
        self.view: QWidget = QLabel("live")
        self.running: CameraChoice | None = None
        self.asked = 0

    def start(self, choice: CameraChoice) -> None:
        self.running = choice

    def shoot(self) -> None:
        self.asked += 1

    def stop(self) -> None:
        self.running = None


class Desk:
    """The dialog over a fed session, with what it handed over."""

    def __init__(self, qtbot: QtBot, *choices: CameraChoice, ready: bool = True) -> None:
        self.qtbot, self.plugs = qtbot, Plugs(*choices)
        self.sessions: list[FedSession] = []
        self.taken: list[tuple[str, bytes]] = []
        self.parent = QWidget()
        qtbot.addWidget(self.parent)
        self.parent.show()
        self.gone = False
        self.dialog = CameraDialog(
            self.parent, make_session=self._make, watched=self.plugs, now=lambda: INSTANT
        )
        self.dialog.taken.connect(lambda name, content: self.taken.append((name, content)))
        self.dialog.destroyed.connect(self._end)
        self.dialog.open()
        self.dialog.activateWindow()
        qtbot.waitUntil(self.dialog.isActiveWindow, timeout=3000)
        if ready and choices:
            self.session.listener.camera_ready(True)

    def _make(self, listener: CameraListener) -> FedSession:
        self.sessions.append(FedSession(listener))
        return self.sessions[-1]

    def _end(self) -> None:
        self.gone = True

    @property
    def session(self) -> FedSession:
        return self.sessions[-1]

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.dialog.focusWidget() or self.dialog, key)

    def wait_gone(self) -> None:
        self.qtbot.waitUntil(lambda: self.gone, timeout=2000)


def test_space_and_enter_take_photos_one_after_another(theme: Theme, qtbot: QtBot) -> None:
    desk = Desk(qtbot, FRONT)
    first, second = jpeg(), jpeg(Qt.GlobalColor.darkRed)
    desk.press(Qt.Key.Key_Space)
    desk.session.listener.camera_shot(first)
    desk.press(Qt.Key.Key_Return)
    desk.session.listener.camera_shot(second)
    assert desk.taken == [("拍照-20261122-143207.jpg", first), ("拍照-20261122-143207-2.jpg", second)]
    assert desk.dialog.strip.names == ("拍照-20261122-143207.jpg", "拍照-20261122-143207-2.jpg")
    assert "已拍 2 张" in desk.dialog.state.text()
    assert desk.dialog.isVisible()


def test_a_shot_under_way_is_not_doubled_by_another_press(theme: Theme, qtbot: QtBot) -> None:
    desk = Desk(qtbot, FRONT)
    desk.press(Qt.Key.Key_Space)
    desk.press(Qt.Key.Key_Space)
    desk.press(Qt.Key.Key_Enter)
    assert desk.session.asked == 1


def test_a_held_key_takes_one_photo(theme: Theme, qtbot: QtBot) -> None:
    desk = Desk(qtbot, FRONT)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        for target in (desk.dialog, desk.dialog.shutter):
            held = QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", True)
            QApplication.sendEvent(target, held)
    assert desk.session.asked == 0


def test_space_while_the_camera_opens_closes_nothing(theme: Theme, qtbot: QtBot) -> None:
    desk = Desk(qtbot, FRONT, REAR, ready=False)
    desk.press(Qt.Key.Key_Space)
    desk.press(Qt.Key.Key_Return)
    assert desk.dialog.isVisible()
    assert desk.session.asked == 0
    assert "正在打开" in desk.dialog.message.text()


def test_escape_closes_and_lets_the_camera_go(theme: Theme, qtbot: QtBot) -> None:
    desk = Desk(qtbot, FRONT)
    assert desk.session.running == FRONT
    desk.press(Qt.Key.Key_Escape)
    assert desk.session.running is None
    desk.wait_gone()


@pytest.mark.parametrize("way", ["close", "reject"])
def test_closing_during_a_shot_keeps_the_shot(theme: Theme, qtbot: QtBot, way: str) -> None:
    desk = Desk(qtbot, FRONT)
    desk.dialog.shoot()
    getattr(desk.dialog, way)()
    assert not desk.dialog.isVisible()
    assert desk.session.running == FRONT
    content = jpeg()
    desk.session.listener.camera_shot(content)
    assert [one for _, one in desk.taken] == [content]
    assert desk.session.running is None
    desk.wait_gone()


def test_the_shutter_is_as_tall_as_a_finger(theme: Theme, qtbot: QtBot) -> None:
    desk = Desk(qtbot, FRONT)
    assert desk.dialog.shutter.height() >= theme.px(44)
    assert desk.dialog.shutter.hasFocus()


def test_another_camera_can_be_chosen(theme: Theme, qtbot: QtBot) -> None:
    desk = Desk(qtbot, FRONT, REAR)
    assert desk.dialog.which.isVisible()
    assert desk.session.running == FRONT
    desk.dialog.which.setCurrentIndex(1)
    desk.dialog.which.activated.emit(1)
    assert desk.session.running == REAR
    assert not desk.dialog.shutter.isEnabled()
    desk.session.listener.camera_ready(True)
    assert desk.dialog.shutter.isEnabled()


def test_one_camera_needs_no_choice(theme: Theme, qtbot: QtBot) -> None:
    assert not Desk(qtbot, FRONT).dialog.which.isVisible()


@pytest.mark.parametrize(
    ("trouble", "words"), [(CameraTrouble.BUSY, "其他程序"), (CameraTrouble.DENIED, "隐私设置")]
)
def test_a_camera_that_does_not_open_says_why_and_opens_again(
    theme: Theme, qtbot: QtBot, trouble: CameraTrouble, words: str
) -> None:
    desk = Desk(qtbot, FRONT)
    desk.session.listener.camera_trouble(trouble)
    assert words in desk.dialog.message.text()
    assert desk.dialog.message.isVisible()
    assert not desk.dialog.shutter.isEnabled()
    assert desk.session.running is None
    desk.press(Qt.Key.Key_Return)
    assert desk.session.running == FRONT


def test_an_unplugged_camera_opens_by_itself_when_it_is_back(theme: Theme, qtbot: QtBot) -> None:
    desk = Desk(qtbot, FRONT)
    desk.plugs.plug()
    assert "已断开" in desk.dialog.message.text()
    assert desk.session.running is None
    desk.plugs.plug(FRONT)
    assert desk.session.running == FRONT
    desk.session.listener.camera_ready(True)
    assert desk.session.view.isVisible()


def test_an_unplugged_camera_leaves_the_other_one_to_choose(theme: Theme, qtbot: QtBot) -> None:
    desk = Desk(qtbot, FRONT, REAR)
    desk.plugs.plug(REAR)
    assert desk.session.running is None
    desk.dialog.retry.click()
    assert desk.session.running == REAR


def test_a_camera_that_stays_silent_counts_as_busy(theme: Theme, qtbot: QtBot) -> None:
    desk = Desk(qtbot, FRONT, ready=False)
    desk.dialog._patience.start(1)
    qtbot.waitUntil(lambda: "其他程序" in desk.dialog.message.text(), timeout=2000)


def test_a_failed_shot_says_so_and_the_next_one_counts(theme: Theme, qtbot: QtBot) -> None:
    desk = Desk(qtbot, FRONT)
    desk.dialog.shoot()
    desk.session.listener.camera_trouble(CameraTrouble.SHOT)
    desk.session.listener.camera_ready(True)
    assert "没有拍成" in desk.dialog.state.text()
    assert desk.taken == []
    desk.dialog.shoot()
    content = jpeg()
    desk.session.listener.camera_shot(content)
    assert [one for _, one in desk.taken] == [content]


def test_a_shot_that_never_comes_is_given_up_and_not_taken_late(theme: Theme, qtbot: QtBot) -> None:
    desk = Desk(qtbot, FRONT)
    desk.dialog.shoot()
    desk.dialog._patience.start(1)
    qtbot.waitUntil(lambda: "没有拍成" in desk.dialog.state.text(), timeout=2000)
    desk.session.listener.camera_shot(jpeg())
    assert desk.taken == []


def test_without_a_camera_the_sheet_says_so_and_waits(theme: Theme, qtbot: QtBot) -> None:
    desk = Desk(qtbot)
    assert "没有找到摄像头" in desk.dialog.message.text()
    desk.plugs.plug(FRONT)
    assert desk.session.running == FRONT


def test_the_button_comes_and_goes_with_the_camera(theme: Theme, qtbot: QtBot) -> None:
    plugs, page, asked = Plugs(), QWidget(), list[bool]()
    made = CameraButton(lambda: asked.append(True), watched=plugs)
    vbox(page).addWidget(made)
    qtbot.addWidget(page)
    page.show()
    assert not made.isVisible()
    plugs.plug(FRONT)
    assert made.isVisible()
    made.click()
    assert asked == [True]
    plugs.plug()
    assert not made.isVisible()


def test_a_name_is_of_chinas_time() -> None:
    assert file_name(dt.datetime(2026, 12, 31, 16, 0, 5, tzinfo=dt.UTC)) == "拍照-20270101-000005.jpg"


def test_the_watch_is_one_for_the_whole_program(qapp: QApplication) -> None:
    assert watch() is watch()
    assert all(isinstance(one, CameraChoice) for one in cameras())


def test_where_qt_has_no_multimedia_there_is_no_camera() -> None:
    code = (
        "import os,sys; os.environ['QT_QPA_PLATFORM']='offscreen'\n"
        "sys.modules['PySide6.QtMultimedia']=None\n"
        "from PySide6.QtWidgets import QApplication\napp=QApplication([])\n"
        "from app.gui.widgets.camera_devices import cameras\nprint(cameras())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "()\n", done.stderr


def test_importing_the_camera_loads_no_multimedia() -> None:
    code = (
        "import sys\nimport app.gui.widgets.camera\n"
        "print([name for name in sys.modules if 'QtMultimedia' in name])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "[]\n", done.stderr


class Told:
    """What a session told."""

    def __init__(self) -> None:
        self.shots: list[bytes] = []
        self.troubles: list[CameraTrouble] = []
        self.ready: list[bool] = []

    def camera_ready(self, ready: bool) -> None:
        self.ready.append(ready)

    def camera_shot(self, content: bytes) -> None:
        self.shots.append(content)

    def camera_trouble(self, trouble: CameraTrouble) -> None:
        self.troubles.append(trouble)


@pytest.fixture
def told(qapp: QApplication) -> Told:
    pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
    return Told()


def test_qt_says_gone_for_a_camera_that_is_not_there(told: Told, qtbot: QtBot) -> None:
    session = QtCapture(told)
    qtbot.addWidget(session.view)
    session.start(CameraChoice("none", "none"))
    assert told.troubles == [CameraTrouble.GONE]
    session.stop()


def test_qt_says_that_a_shot_without_a_camera_was_not_taken(told: Told, qtbot: QtBot) -> None:
    session = QtCapture(told)
    qtbot.addWidget(session.view)
    session.shoot()
    assert told.troubles == [CameraTrouble.SHOT]


def test_bytes_that_qt_wrote_are_handed_over_unchanged_and_leave_no_file(
    told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    session = QtCapture(told)
    qtbot.addWidget(session.view)
    content, late = jpeg(), tmp_path / "late.jpg"
    late.write_bytes(content)
    session._capture.imageSaved.emit(1, str(late))
    assert told.shots == []
    assert not late.exists()
    session._awaited = tmp_path / "7.jpg"
    session._awaited.write_bytes(content)
    session._capture.imageSaved.emit(7, str(session._awaited))
    assert told.shots == [content]
    assert list(tmp_path.iterdir()) == []


def test_the_sheet_over_qts_own_session_opens_and_closes_without_a_camera(
    told: Told, theme: Theme, qtbot: QtBot
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = CameraDialog(parent, watched=Plugs())
    ended: list[bool] = []
    dialog.destroyed.connect(lambda: ended.append(True))
    dialog.open()
    qtbot.waitExposed(dialog)
    dialog.shoot()
    assert "没有找到摄像头" in dialog.message.text()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: bool(ended), timeout=2000)
