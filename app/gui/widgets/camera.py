"""Taking photos: a button that is there only where a camera is, and the sheet it opens."""

import datetime as dt
from collections.abc import Callable, Collection

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QComboBox, QDialog, QStackedWidget, QWidget

from app.core.clock import Now, local, now
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import Button, button
from app.gui.widgets.camera_devices import (
    CameraChoice,
    CameraListener,
    CameraTrouble,
    CameraWatch,
    CaptureSession,
    MakeSession,
    QtCapture,
    cameras,
    watch,
)
from app.gui.widgets.camera_strip import ShotStrip
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, restyle, sized, vbox

KEYS = "Ctrl+Shift+P"
# A camera that another program holds often says nothing at all.
PATIENCE_MS = 8000
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TAKES = (Qt.Key.Key_Space, *_ENTER)
_ENDS_VIEW = (CameraTrouble.DENIED, CameraTrouble.BUSY, CameraTrouble.GONE)


class CameraButton(Button):
    """Opens the camera; hidden while there is none. It comes and goes as cameras are plugged in and pulled out."""

    def __init__(self, on_click: Callable[[], object], *, watched: CameraWatch | None = None) -> None:
        super().__init__(tr("camera.take"), icon="camera", shortcut=KEYS)
        self._watched = watched or watch()
        self.clicked.connect(on_click)
        self._watched.changed.connect(self._look)
        # Only ever hidden here: shown before it lies in a layout it would be a window of its own.
        if not self._watched.choices:
            self.hide()

    def _look(self) -> None:
        self.setVisible(bool(self._watched.choices))


class CameraDialog(QDialog):
    """A live picture and a shutter; `taken` carries name and JPEG bytes of each shot, as the camera's writer made them.

    It stays open for more. Closed while a shot is under way it is gone from sight at once and ends when the shot came.
    Show it with `open()`.
    """

    taken = Signal(str, object)

    def __init__(
        self,
        parent: QWidget | None,
        *,
        make_session: MakeSession | None = None,
        watched: CameraWatch | None = None,
        now: Now = now,
    ) -> None:
        super().__init__(parent)
        self._now, self._watched = now, watched or watch()
        self._running: CameraChoice | None = None
        self._wanted: CameraChoice | None = None
        self._ready = self._leaving = False
        self._pending = ""
        self._names: set[str] = set()
        self.setWindowTitle(tr("camera.title"))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        sized(self, min_width=320, min_height=260)
        room = self.screen().availableSize() * 0.9
        self.resize(QSize(current().px(760), current().px(640)).boundedTo(room))
        self._session = make_session(self) if make_session is not None else self._of_qt(self)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._waited)
        self._build()
        self._watched.changed.connect(self._plugged)
        self._plugged()

    def camera_ready(self, ready: bool) -> None:
        """Show the picture."""
        if self._running is None:
            return
        self._ready = ready
        # Cameras are not ready for a moment around each shot; only the first time is news.
        if ready and self._stage.currentWidget() is self.message:
            self._patience.stop()
            self._stage.setCurrentWidget(self._session.view)
            self.retry.hide()
            self.shutter.setEnabled(True)
            self.shutter.setFocus(Qt.FocusReason.OtherFocusReason)
            self._tell()

    def camera_shot(self, content: bytes) -> None:
        """Hand a shot over and show it in the strip."""
        name, self._pending = self._pending, ""
        self._patience.stop()
        if not name:
            return
        self.taken.emit(name, content)
        self.strip.show()
        self.strip.add(name, content)
        self._tell()
        self._leave()

    def camera_trouble(self, trouble: CameraTrouble) -> None:
        """Say what is wrong and what helps."""
        self._pending = ""
        self._patience.stop()
        words = tr(f"camera.trouble_{trouble}")
        if trouble in _ENDS_VIEW:
            self._end_view(words)
            self._offer_again()
            self._tell()
        else:
            self._say(words, "bad")
        self._leave()

    def shoot(self) -> None:
        """Take a photo, unless one is under way."""
        if self._pending or self._stage.currentWidget() is self.message:
            return
        if not self._ready:
            self._say(tr("camera.wait"))
            return
        self._pending = self._name()
        self._patience.start()
        self._session.shoot()

    def reject(self) -> None:
        """Close, but wait out of sight for a shot that is under way."""
        if self._pending:
            self._leaving = True
            self.hide()
            return
        super().reject()

    def done(self, result: int) -> None:
        """Let the camera go."""
        self._running = None
        self._patience.stop()
        self._session.stop()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close as Esc does."""
        event.ignore()
        self.reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a photo with Space or Enter, once for each press however long the key is held."""
        if event.key() in _TAKES:
            if not event.isAutoRepeat():
                self.shoot()
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        column = vbox(self, margin=Space.CARD, gap=Space.BETWEEN)
        self._stage = QStackedWidget()
        self.message = label(tr("camera.starting"), "muted", wrap=True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._session.view.setAccessibleName(tr("camera.view"))
        self._session.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._stage.addWidget(self.message)
        self._stage.addWidget(self._session.view)
        column.addWidget(self._stage, 1)
        self.strip = ShotStrip()
        self.strip.hide()
        column.addWidget(self.strip)
        self.state = label(tr("camera.hint"), "secondary", wrap=True)
        column.addWidget(self.state)
        line = hbox(gap=Space.INSIDE)
        self.which = QComboBox()
        self.which.setAccessibleName(tr("camera.which"))
        self.which.activated.connect(self._chosen)
        line.addWidget(self.which)
        line.addStretch(1)
        self.retry = button(tr("camera.retry"), self._again)
        self.close_button = button(tr("widgets.close"), self.reject)
        self.shutter = _Shutter(tr("camera.shutter"), "primary", icon="camera")
        self.shutter.clicked.connect(self.shoot)
        self.shutter.setDefault(True)
        for one in (self.retry, self.close_button, self.shutter):
            line.addWidget(one)
        column.addLayout(line)

    def _of_qt(self, listener: CameraListener) -> CaptureSession:
        return QtCapture(listener, self)

    def _plugged(self) -> None:
        """Follow what is plugged in: keep the running camera, else open one that is there."""
        if self._leaving:
            return
        choices = self._watched.choices
        self.which.clear()
        for one in choices:
            self.which.addItem(one.name)
        self.which.setVisible(len(choices) > 1)
        if self._running in choices:
            self.which.setCurrentIndex(choices.index(self._running))
        elif self._running is not None:
            self.camera_trouble(CameraTrouble.GONE)
        elif not choices:
            self._end_view(tr("camera.none"))
        elif self._wanted is None or self._wanted in choices:
            self._start(self._wanted or choices[0])
        else:
            self._offer_again()

    def _start(self, choice: CameraChoice) -> None:
        self._end_view(tr("camera.starting"))
        self._running = self._wanted = choice
        self.which.setCurrentIndex(self._watched.choices.index(choice))
        self._tell()
        self._patience.start()
        self._session.start(choice)

    def _end_view(self, words: str) -> None:
        self._session.stop()
        self._patience.stop()
        self._running, self._ready = None, False
        self.message.setText(words)
        self._stage.setCurrentWidget(self.message)
        # Else the focus would go on to the button that closes, and the next Space would press that.
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.shutter.setEnabled(False)
        self.retry.hide()

    def _offer_again(self) -> None:
        if self._watched.choices:
            self.retry.show()
            self.retry.setFocus(Qt.FocusReason.OtherFocusReason)

    def _chosen(self, row: int) -> None:
        choice = self._watched.choices[row]
        if self._pending:
            self.which.setCurrentIndex(self._watched.choices.index(self._running or choice))
        elif choice != self._running:
            self._start(choice)

    def _again(self) -> None:
        choices = self._watched.choices
        if choices:
            self._start(choices[max(0, self.which.currentIndex())])

    def _waited(self) -> None:
        self.camera_trouble(CameraTrouble.SHOT if self._pending else CameraTrouble.BUSY)

    def _leave(self) -> None:
        if self._leaving:
            super().reject()

    def _name(self) -> str:
        name = file_name(self._now(), self._names)
        self._names.add(name)
        return name

    def _tell(self) -> None:
        names = self.strip.names
        self._say(tr("camera.counted", count=len(names), name=names[-1]) if names else tr("camera.hint"))

    def _say(self, words: str, tone: str = "") -> None:
        self.state.setText(words)
        restyle(self.state, tone=tone)


class _Shutter(Button):
    """Large enough for a thumb; a held key presses it once."""

    def sizeHint(self) -> QSize:
        """Higher and wider than other buttons."""
        return super().sizeHint().expandedTo(QSize(current().px(180), current().px(Space.HEADER)))

    def minimumSizeHint(self) -> QSize:
        """Never lower."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take no notice of repeats."""
        if not (event.isAutoRepeat() and event.key() in _TAKES):
            super().keyPressEvent(event)


def file_name(instant: dt.datetime, used: Collection[str] = ()) -> str:
    """Return the name of a photo taken at an instant, by China's time; a second one of the same second is numbered."""
    stamp = local(instant).strftime("%Y%m%d-%H%M%S")
    name, number = tr("camera.file_name", stamp=stamp), 1
    while name in used:
        number += 1
        name = tr("camera.file_name", stamp=f"{stamp}-{number}")
    return name


__all__ = ["KEYS", "CameraButton", "CameraDialog", "CameraTrouble", "cameras", "file_name"]
