"""Reading a document aloud (宣读): the page as large as the window allows, nothing else in sight."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.core.documents import DocumentView
from app.core.readings import Heard
from app.gui.screens.documents.pages import PageStore
from app.gui.screens.documents.sheet import SheetView
from app.gui.screens.documents.toolbar import PageBar
from app.gui.screens.documents.touch import touch
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.labels import label
from app.gui.widgets.layout import hbox, rule, vbox

LARGE = 1400


class AloudPane(QWidget):
    """Large text, one page at a time. `finished` carries how everything was read (`Heard`), None where it was not."""

    finished = Signal(object)

    def __init__(self, store: PageStore) -> None:
        super().__init__()
        self._view: DocumentView | None = None
        self._page = 1
        self._seen: set[int] = set()
        self._listener = ""
        self.sheet = SheetView(store)
        self.sheet.set_most(LARGE)
        self.sheet.turned.connect(self.turn)
        self.bar = PageBar(tr("documents.aloud_back"))
        self.bar.back.connect(self.stop)
        self.bar.turned.connect(self.turn)
        self.bar.zoomed.connect(self._zoomed)
        self.told = label("", wrap=True)
        self.done = touch(tr("documents.aloud_done"), self._done, kind="primary", icon="read-aloud")
        self.own = touch(tr("documents.aloud_own"), self._read_by_themselves)
        column = vbox(self, gap=0)
        column.addWidget(self.bar)
        column.addWidget(rule())
        column.addWidget(self.sheet, 1)
        column.addWidget(rule())
        foot = QFrame()
        foot.setProperty("kind", "surface")
        line = hbox(foot, margin=(Space.CARD, Space.INSIDE), gap=Space.CARD)
        line.addWidget(self.told, 1)
        line.addWidget(self.own)
        line.addWidget(self.done)
        column.addWidget(foot)

    def begin(self, view: DocumentView, listener: str) -> None:
        """Read a document to somebody, from its first page."""
        self._view, self._seen = view, set()
        self._listener = listener
        self._show(1)
        self.sheet.setFocus()

    def turn(self, by: int) -> None:
        """Go to another page."""
        if self._view is not None:
            self._show(turned(self._page, by, len(self._view.document.pages)))

    def stop(self) -> None:
        """Leave without having read everything."""
        self.finished.emit(None)

    def _show(self, page: int) -> None:
        if self._view is not None:
            self._page = page
            self._seen.add(page)
            whole = len(self._view.document.pages)
            self.told.setText(
                tr("documents.aloud_about", who=self._listener, seen=len(self._seen), all=whole)
            )
            # Whoever says that all was read aloud must at least have had all of it before the eyes.
            for one in (self.done, self.own):
                one.setEnabled(len(self._seen) == whole)
            self.sheet.show_page(self._view.document, page)
            self.bar.show_page(self._view.document, page, self.sheet.zoom)

    def _zoomed(self, steps: int) -> None:
        self.sheet.zoom_by(steps) if steps else self.sheet.set_zoom(1.0)
        self._show(self._page)

    def _done(self) -> None:
        self.finished.emit(Heard.ALOUD)

    def _read_by_themselves(self) -> None:
        self.finished.emit(Heard.SELF)


def turned(page: int, by: int, last: int) -> int:
    """Return the page that a turn leads to; 0 is the first, a large number the last."""
    return 1 if by == 0 else min(last, max(1, page + by))
