"""The photos just taken, in one row below the live picture."""

from PySide6.QtCore import QBuffer, QSize, Qt
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtWidgets import QListView, QStyleOptionViewItem

from app.gui.models.tuples import Index, TupleListModel
from app.gui.texts import tr
from app.gui.theme import current
from app.gui.widgets.delegates import ThumbLook, ThumbnailDelegate
from app.gui.widgets.layout import sized
from app.gui.widgets.views import GridView

THUMB = (96, 72)
_Shot = tuple[str, QImage]


class _Thumbs(ThumbnailDelegate):
    """Small pictures without a caption line."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """One small cell."""
        return QSize(current().px(THUMB[0] + 12), current().px(THUMB[1] + 12))


class ShotStrip(GridView):
    """Small pictures of what was taken, the last in sight. Not in the way of the keys that take photos."""

    def __init__(self) -> None:
        super().__init__(tr("camera.shots"), _Thumbs(_look, width=THUMB[0], height=THUMB[1]))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        sized(self, height=THUMB[1] + 18)
        self._shots: TupleListModel[_Shot] = TupleListModel(lambda shot: shot[0], lambda shot: shot[0])
        self._shots.setParent(self)
        self.setModel(self._shots)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the shots in their order."""
        return tuple(name for name, _ in self._shots.rows)

    def add(self, name: str, content: bytes) -> None:
        """Show one more; where its bytes are no picture only its frame."""
        self._shots.set_rows([*self._shots.rows, (name, _small(content))])
        self.scrollToBottom()


def _small(content: bytes) -> QImage:
    buffer = QBuffer()
    buffer.setData(content)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    # A JPEG is decoded to the small size at once, in a fraction of the time.
    room = QSize(THUMB[0], THUMB[1]) * 2
    reader.setScaledSize(reader.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    return reader.read()


def _look(shot: _Shot) -> ThumbLook:
    return ThumbLook(shot[0], shot[1])
