"""The pages of a document as small pictures, each marked with what the signer still has to do there."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.core.documents import DocumentView, SignerLine
from app.gui import icons
from app.gui.models.tuples import ROW, Index, TupleListModel
from app.gui.screens.documents.pages import Key, PageStore
from app.gui.texts import tr
from app.gui.theme import Type, current
from app.gui.widgets.delegates import draw_text
from app.gui.widgets.layout import sized
from app.gui.widgets.views import RowsView

WIDTH, HEIGHT = 64, 90
_SHAPES = {"done": ("check", "ok"), "due": ("sign", "open")}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page for the strip; `mark` is `done`, `due` or empty where the signer has nothing to do."""

    number: int
    of: int
    mark: str
    key: Key


class _Look(QStyledItemDelegate):
    def __init__(self, store: PageStore) -> None:
        super().__init__()
        self._store = store

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """One page and its number."""
        return QSize(current().px(WIDTH + 24), current().px(HEIGHT + 34))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint picture, number and mark."""
        leaf: Leaf = index.data(ROW)
        theme = current()
        cell = QRectF(option.rect)
        box = QRectF(
            cell.center().x() - theme.px(WIDTH) / 2, cell.y() + theme.px(8), theme.px(WIDTH), theme.px(HEIGHT)
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(box, QColor(theme.colors.paper))
        image = self._store.get(leaf.key)
        if image is not None:
            painter.drawImage(box, image)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(QPen(theme.color("accent" if chosen else "line"), 2 if chosen else 1))
        painter.drawRect(box)
        below = QRectF(cell.x(), box.bottom() + theme.px(2), cell.width(), theme.px(20))
        words = f"{leaf.number} / {leaf.of}"
        painter.setFont(theme.font(Type.SECONDARY))
        color = theme.colors.accent if chosen else theme.colors.text2
        center = int(Qt.AlignmentFlag.AlignCenter)
        if leaf.mark:
            name, tone = _SHAPES[leaf.mark]
            edge = theme.px(14)
            left = below.center().x() - theme.px(28)
            painter.drawPixmap(
                int(left), int(below.center().y() - edge / 2), icons.icon(name, tone).pixmap(edge, edge)
            )
            below = below.adjusted(theme.px(16), 0, 0, 0)
        draw_text(painter, below, words, color, Type.SECONDARY, bold=chosen, flags=center)
        painter.restore()


class Strip(RowsView):
    """The pages at the left; picking one shows it."""

    page_wanted = Signal(int)

    def __init__(self, store: PageStore) -> None:
        super().__init__(tr("documents.strip"), _Look(store), bare=True)
        self._store = store
        self._rows: TupleListModel[Leaf] = TupleListModel(_spoken, lambda leaf: leaf.number, self)
        self._is_filling = False
        self.setModel(self._rows)
        self.setUniformItemSizes(True)
        sized(self, width=104)
        self.picked.connect(self._picked)
        store.arrived.connect(self._arrived)

    def show_pages(self, view: DocumentView, signer: SignerLine | None, page: int) -> None:
        """Show the pages as they concern one signer."""
        document = view.document
        # Twice the width on the glass is enough for every screen and keeps one picture for all scales.
        leaves = [
            Leaf(
                one.number,
                one.of,
                _mark(signer, one.number),
                self._store.key(document, one.number, 2 * WIDTH),
            )
            for one in document.pages
        ]
        self._is_filling = True
        self._rows.set_rows(leaves)
        index = self._rows.index_of(page)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self._is_filling = False

    def _picked(self, leaf: Leaf) -> None:
        if not self._is_filling:
            self.page_wanted.emit(leaf.number)

    def _arrived(self, key: Key) -> None:
        if key.width == 2 * WIDTH:
            self.viewport().update()


def _mark(signer: SignerLine | None, page: int) -> str:
    if signer is None or page not in signer.pages:
        return ""
    return "done" if page in signer.signed else "due"


def _spoken(leaf: Leaf) -> str:
    words = tr("documents.page_of", page=leaf.number, all=leaf.of)
    return f"{words} {tr(f'documents.mark.{leaf.mark}')}" if leaf.mark else words
