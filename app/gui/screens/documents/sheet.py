"""One page at reading size: fits the width there is, zooms, turns."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScroller, QSizePolicy, QWidget

from app.core.documents import Document
from app.gui.messages import sentence
from app.gui.screens.documents.pages import Key, PageStore
from app.gui.texts import tr
from app.gui.theme import Space, current

ZOOMS = (0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
ASPECT = 841.89 / 595.28
READING = 760


class _Paper(QWidget):
    """The page itself, white in both modes, as paper is."""

    def __init__(self) -> None:
        super().__init__()
        self.image: QImage | None = None
        self.trouble = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the page, or an empty sheet while it is being drawn."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        theme = current()
        area = self.rect().adjusted(0, 0, -1, -1)
        painter.fillRect(area, QColor(theme.colors.paper))
        if self.image is not None:
            painter.drawImage(QRect(self.rect()), self.image)
        else:
            painter.setFont(theme.font())
            painter.setPen(QColor("#8792A0"))
            words = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
            inner = area.adjusted(theme.px(48), theme.px(120), -theme.px(48), 0)
            painter.drawText(inner, words, self.trouble or tr("documents.page_loading"))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawRect(area)


class SheetView(QScrollArea):
    """Shows a page of a document. `turned` asks for another page: -1, +1, or 0 for the first and 999999 for the last."""

    turned = Signal(int)

    def __init__(self, store: PageStore) -> None:
        super().__init__()
        self._store = store
        self._document: Document | None = None
        self._page = 1
        self._zoom = 1.0
        self._most = READING
        self._paper = _Paper()
        self.setWidget(self._paper)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("documents.page_view"))
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        store.arrived.connect(self._arrived)
        store.failed.connect(self._failed)
        current().changed.connect(self._again)

    @property
    def zoom(self) -> float:
        """1 fits the width, up to a comfortable reading size."""
        return self._zoom

    @property
    def has_picture(self) -> bool:
        """Whether the page is drawn."""
        return self._paper.image is not None

    def set_most(self, units: int) -> None:
        """Set how wide a page may grow at zoom 1."""
        self._most = units

    def show_page(self, document: Document, page: int) -> None:
        """Show a page from its top; the same page with new ink stays where it is."""
        same = self._document is not None and (self._document.id, self._page) == (document.id, page)
        self._document, self._page = document, page
        self._again(keep=same)
        if not same:
            self.verticalScrollBar().setValue(0)
        name = tr("documents.page_of", page=page, all=len(document.pages))
        self.setAccessibleName(f"{document.title} {name}")

    def set_zoom(self, zoom: float) -> None:
        """Zoom; what is in the middle stays there."""
        self._zoom = min(ZOOMS[-1], max(ZOOMS[0], zoom))
        self._again()

    def zoom_by(self, steps: int) -> None:
        """Zoom in or out by steps."""
        near = min(range(len(ZOOMS)), key=lambda at: abs(ZOOMS[at] - self._zoom))
        self.set_zoom(ZOOMS[min(len(ZOOMS) - 1, max(0, near + steps))])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn pages where scrolling ends; Home and End go to the first and the last page."""
        bar = self.verticalScrollBar()
        key, step = event.key(), bar.singleStep() * 3
        if key == Qt.Key.Key_Down:
            bar.setValue(bar.value() + step)
        elif key == Qt.Key.Key_Up:
            bar.setValue(bar.value() - step)
        elif key == Qt.Key.Key_Space:
            if bar.value() >= bar.maximum():
                self.turned.emit(1)
            else:
                bar.setValue(bar.value() + bar.pageStep())
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.turned.emit(0 if key == Qt.Key.Key_Home else 999_999)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the width anew."""
        super().resizeEvent(event)
        self._again()

    def _again(self, keep: bool = True) -> None:
        if self._document is None:
            return
        size = self._size()
        self._paper.setFixedSize(size)
        image = self._store.get(self._key(self._document, self._page))
        if image is not None or not keep:
            self._paper.image = image
            self._paper.trouble = ""
        self._paper.update()
        if image is not None and self._page < len(self._document.pages):
            self._store.get(self._key(self._document, self._page + 1))

    def _size(self) -> QSize:
        theme = current()
        # The bar's room is always left free: the page must not jump when a bar comes or goes.
        room = self.width() - self.verticalScrollBar().sizeHint().width() - 2 * theme.px(Space.BETWEEN)
        width = round(max(theme.px(240), min(room, theme.px(self._most))) * self._zoom)
        return QSize(width, round(width * ASPECT))

    def _key(self, document: Document, page: int) -> Key:
        width = round(self._size().width() * self.devicePixelRatioF())
        return self._store.key(document, page, width)

    def _failed(self, key: Key, error: BaseException) -> None:
        if self._document is not None and key == self._key(self._document, self._page):
            self._paper.image, self._paper.trouble = None, sentence(error)
            self._paper.update()

    def _arrived(self, key: Key) -> None:
        if self._document is not None and key == self._key(self._document, self._page):
            self._again()
