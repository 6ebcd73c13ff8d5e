"""The big picture: fitted, zoomed, dragged; keys + - 0 and the arrows."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsPixmapItem, QGraphicsScene, QGraphicsView, QWidget

from app.core.evidence import Evidence
from app.gui.screens.evidence import words
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import button, icon_button
from app.gui.widgets.labels import ElidedLabel, label
from app.gui.widgets.layout import hbox, vbox

STEP = 1.25
MOST = 8.0
NO_PICTURE = ("ok", "unreadable", "refused", "attachment")


class Picture(QGraphicsView):
    """One picture on a quiet ground. `stepped` carries -1 or 1; `zoomed` the scale in percent."""

    stepped = Signal(int)
    zoomed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("kind", "bare")
        self.setAccessibleName(tr("evidence.preview"))
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self._scene = QGraphicsScene(self)
        self._item = QGraphicsPixmapItem()
        self._item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._scene.addItem(self._item)
        self.setScene(self._scene)
        self._is_fitted = True
        current().changed.connect(self._dress)
        self._dress()

    @property
    def scale_now(self) -> float:
        """Pixels of the window per pixel of the picture."""
        return self.transform().m11()

    def show_image(self, image: QImage) -> None:
        """Show a picture, fitted."""
        self._item.setPixmap(QPixmap.fromImage(image))
        self._scene.setSceneRect(self._item.boundingRect())
        self.fit()

    def fit(self) -> None:
        """Show all of it."""
        self._is_fitted = True
        if not self._item.pixmap().isNull():
            self.fitInView(self._item, Qt.AspectRatioMode.KeepAspectRatio)
            if self.scale_now > 1.0:
                self.resetTransform()
        self.zoomed.emit(round(self.scale_now * 100))

    def zoom(self, factor: float) -> None:
        """Come nearer or go further away."""
        wanted = self.scale_now * factor
        if self._item.pixmap().isNull() or not 0.05 <= wanted <= MOST:
            return
        self._is_fitted = False
        self.scale(factor, factor)
        self.zoomed.emit(round(self.scale_now * 100))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with the wheel."""
        self.zoom(STEP if event.angleDelta().y() > 0 else 1 / STEP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay fitted."""
        super().resizeEvent(event)
        if self._is_fitted:
            self.fit()

    def _dress(self) -> None:
        self.setBackgroundBrush(current().color("surface2"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom with + - 0; turn pages with the arrows while the picture is fitted."""
        key = event.key()
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(key))
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif step is not None and (self._is_fitted or key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)):
            self.stepped.emit(step)
        else:
            super().keyPressEvent(event)


class Preview(QWidget):
    """The picture with its bar. `closed` returns to the wall."""

    closed = Signal()
    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.picture = Picture()
        column = vbox(self, gap=Space.INSIDE)
        bar = hbox(gap=Space.INSIDE)
        self.back = button(tr("evidence.to_wall"), self.closed.emit, icon="back")
        bar.addWidget(self.back)
        self.name = ElidedLabel("", "strong")
        bar.addWidget(self.name, 1)
        self.percent = label("", "secondary")
        bar.addWidget(self.percent)
        for icon, name, call in (
            ("dash", "zoom_out", self._out), ("add", "zoom_in", self._in), ("search", "zoom_fit", self.picture.fit),
            ("previous", "previous", self._previous), ("next", "next", self._next),
        ):  # fmt: skip
            bar.addWidget(icon_button(icon, tr(f"evidence.{name}"), call))
        column.addLayout(bar)
        column.addWidget(self.picture, 1)
        self.none = label("", "muted", wrap=True)
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.none, 1)
        self.picture.stepped.connect(self.stepped)
        self.picture.zoomed.connect(self._zoomed)

    def show_piece(self, piece: Evidence) -> None:
        """Name the piece; its picture follows by `show_image`."""
        self.name.setText(f"{tr('evidence.number', number=piece.number)}　{piece.caption or piece.file_name}")
        self.picture.show_image(QImage())
        self.picture.setVisible(True)
        self.none.hide()

    def show_image(self, piece: Evidence, image: QImage) -> None:
        """Show the picture, or say why there is none."""
        there = not image.isNull()
        self.picture.setVisible(there)
        self.none.setVisible(not there)
        if there:
            self.picture.show_image(image)
            self.picture.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            why = words.oddities(piece) if piece.status != "attachment" else []
            self.none.setText("\n".join([tr(f"evidence.no_picture_{piece.status if piece.status in NO_PICTURE else NO_PICTURE[0]}"), *why]))
            self.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _zoomed(self, percent: int) -> None:
        self.percent.setText(f"{percent}%")

    def _in(self) -> None:
        self.picture.zoom(STEP)

    def _out(self) -> None:
        self.picture.zoom(1 / STEP)

    def _previous(self) -> None:
        self.stepped.emit(-1)

    def _next(self) -> None:
        self.stepped.emit(1)
