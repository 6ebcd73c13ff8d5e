"""The pages of a draft as they would be printed, drawn off the GUI thread a moment after the last change."""

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from app.core.documents import PageImage
from app.gui.messages import sentence
from app.gui.runner import Runner
from app.gui.screens.documents.pages import POINTS, as_image
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.labels import label
from app.gui.widgets.layout import vbox

WAIT_MS = 350
MOST = 760
Ask = Callable[[float], tuple[PageImage, ...]]


class _Page(QWidget):
    """One page, white in both modes."""

    def __init__(self) -> None:
        super().__init__()
        self.image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def put(self, image: QImage, width: int) -> None:
        """Show a picture at a width."""
        self.image = image
        self.setFixedSize(width, round(width * image.height() / max(image.width(), 1)))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the page and its edge."""
        painter, theme = QPainter(self), current()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(theme.colors.paper))
        if self.image is not None:
            painter.drawImage(QRect(self.rect()), self.image)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class Preview(QScrollArea):
    """Pages below one another. `ask` draws them at a scale, in any thread; the place scrolled to is kept."""

    def __init__(self, runner: Runner) -> None:
        super().__init__()
        self._runner = runner
        self._ask: Ask | None = None
        self._inner = QWidget()
        self._column = vbox(self._inner, margin=Space.BETWEEN, gap=Space.BETWEEN)
        self._trouble = label("", "muted", wrap=True)
        self._trouble.hide()
        self._column.addWidget(self._trouble)
        self._column.addStretch(1)
        self.sheets: list[_Page] = []
        self.setWidget(self._inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("papers.preview"))
        self._is_stale = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._draw)

    @property
    def is_waiting(self) -> bool:
        """Whether newer pages are to come."""
        return self._is_stale

    def show_pages_of(self, ask: Ask, *, fresh: bool) -> None:
        """Draw what `ask` gives; `fresh` says that it is another paper, to be seen at once and from the top."""
        self._ask, self._is_stale = ask, True
        if fresh:
            for page in self.sheets:
                page.hide()
            self.verticalScrollBar().setValue(0)
        if self.isVisible():
            self._timer.start(0 if fresh else WAIT_MS)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what changed while nobody looked."""
        super().showEvent(event)
        if self._is_stale:
            self._timer.start(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pages at once, and draw them sharp a moment later."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            for page in self.sheets:
                if page.image is not None:
                    page.put(page.image, self._width())
            self._is_stale = self._ask is not None
            self._timer.start(WAIT_MS)

    def _width(self) -> int:
        theme = current()
        room = self.width() - self.verticalScrollBar().sizeHint().width() - 2 * theme.px(Space.BETWEEN)
        return max(theme.px(200), min(room, theme.px(MOST)))

    def _draw(self) -> None:
        ask = self._ask
        if ask is not None and self.isVisible():
            scale = self._width() * self.devicePixelRatioF() / POINTS
            self._runner.run_read(
                lambda: tuple(as_image(one) for one in ask(scale)), self._show, self._failed, owner=self, key="preview"
            )

    def _show(self, images: tuple[QImage, ...]) -> None:
        self._is_stale = False
        self._trouble.hide()
        while len(self.sheets) < len(images):
            page = _Page()
            self._column.insertWidget(len(self.sheets) + 1, page, 0, Qt.AlignmentFlag.AlignHCenter)
            self.sheets.append(page)
        for at, page in enumerate(self.sheets):
            page.setVisible(at < len(images))
            if at < len(images):
                page.put(images[at], self._width())
                page.setAccessibleName(tr("documents.page_of", page=at + 1, all=len(images)))

    def _failed(self, error: BaseException) -> None:
        # What a half-filled draft cannot show yet is told where the pages would be; the last ones stay.
        self._is_stale = False
        self._trouble.setText(sentence(error))
        self._trouble.show()
