"""Pictures of pages: asked for once, drawn off the GUI thread, kept while they can still be true."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.core.documents import Document, PageImage
from app.core.ids import DocumentId
from app.gui.runner import Runner
from app.gui.screens.documents import ops

if TYPE_CHECKING:
    from app.gui.screens.documents.ops import Desk

POINTS = 595.28
KEPT = 24
KEPT_SMALL = 400
SMALL = 240


@dataclass(frozen=True, slots=True)
class Key:
    """What a picture shows: a page as wide as `width` pixels, with the signatures it carries."""

    document: DocumentId
    page: int
    width: int
    ink: tuple[str, ...]


class PageStore(QObject):
    """Gives pictures of pages. `arrived` carries the key of one that was asked for and is there now; `failed` a key and
    the error why it will not be; it is not asked for again before `forget`.

    A picture stays true as long as nobody else signs its page, so that turning pages asks for nothing twice.
    """

    arrived = Signal(object)
    failed = Signal(object, object)

    def __init__(self, desk: "Desk", runner: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._runner = desk, runner
        self._kept: dict[Key, QImage] = {}
        self._asked: set[Key] = set()

    def key(self, document: Document, page: int, width: int) -> Key:
        """Return the name of a picture as the document stands."""
        ink = tuple(str(one.id) for one in document.signatures if one.page == page) if width > SMALL else ()
        return Key(document.id, page, width, ink)

    def get(self, key: Key) -> QImage | None:
        """Return a picture that is there; asks for it where it is not."""
        found = self._kept.get(key)
        if found is not None:
            self._kept[key] = self._kept.pop(key)
            return found
        if key not in self._asked:
            self._asked.add(key)
            desk = self._desk
            self._runner.run_read(
                lambda: (key, _picture(desk, key)), self._take, self._missed(key), owner=self
            )
        return None

    def forget(self) -> None:
        """Drop everything, as when the program locks."""
        self._kept.clear()
        self._asked.clear()

    def _take(self, found: tuple[Key, QImage]) -> None:
        key, image = found
        self._asked.discard(key)
        self._kept[key] = image
        for small, most in ((True, KEPT_SMALL), (False, KEPT)):
            alike = [one for one in self._kept if (one.width <= SMALL) is small]
            for old in alike[:-most]:
                del self._kept[old]
        self.arrived.emit(key)

    def _missed(self, key: Key) -> "_Miss":
        return _Miss(self, key)

    def give_up(self, key: Key, error: BaseException) -> None:
        """Tell that a picture cannot be had."""
        self.failed.emit(key, error)


class _Miss:
    """Called where a picture cannot be made; knows which."""

    def __init__(self, store: PageStore, key: Key) -> None:
        self._store, self._key = store, key

    def __call__(self, error: BaseException) -> None:
        self._store.give_up(self._key, error)


def _picture(desk: "Desk", key: Key) -> QImage:
    return as_image(ops.page_image(desk, key.document, key.page, key.width / POINTS))


def as_image(page: PageImage) -> QImage:
    """Return a picture of its own memory."""
    view = QImage(page.rgb, page.width, page.height, 3 * page.width, QImage.Format.Format_RGB888)
    return view.copy()
