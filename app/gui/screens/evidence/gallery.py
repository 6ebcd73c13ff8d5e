"""The pieces of one inspection: as a wall of thumbnails, or one of them as a big picture."""

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.evidence import Evidence
from app.core.ids import EvidenceId
from app.gui.screen import Context
from app.gui.screens.evidence.model import Filter, WallModel
from app.gui.screens.evidence.ops import Wall
from app.gui.screens.evidence.preview import Preview
from app.gui.screens.evidence.thumbs import Thumbs
from app.gui.screens.evidence.wall import WallDelegate, WallView
from app.gui.texts import tr
from app.gui.widgets.empty import EmptyState


class Gallery(QStackedWidget):
    """`turned` tells that another piece is current, or more or fewer are chosen; `moved` carries a piece's id and its new
    number; `files_dropped` carries paths."""

    turned = Signal()
    moved = Signal(str, int)
    files_dropped = Signal(object)

    def __init__(self, context: Context, add_files: Callable[[], object], to_tasks: Callable[[], object]) -> None:
        super().__init__()
        self._context = context
        self.content: Wall | None = None
        self._current: EvidenceId | None = None
        self.thumbs = Thumbs(context.services, context.runner, self)
        self.model = WallModel(self)
        self.wall = WallView(WallDelegate(self.thumbs.picture))
        self.wall.setModel(self.model)
        self.preview = Preview()
        self._empty = EmptyState(
            "evidence", tr("evidence.empty"), tr("evidence.empty_detail"), action=tr("evidence.add_files"), on_action=add_files
        )
        self._narrowed = EmptyState("filter", tr("evidence.narrowed"), tr("evidence.narrowed_detail"))
        self.nothing = EmptyState(
            "evidence", tr("evidence.none"), tr("evidence.none_detail"), action=tr("evidence.to_tasks"), on_action=to_tasks
        )
        for page in (self.wall, self.preview, self._empty, self._narrowed, self.nothing):
            self.addWidget(page)
        self.thumbs.came.connect(self._came)
        self.wall.picked.connect(self._picked)
        self.wall.opened.connect(self.open_preview)
        self.wall.moved.connect(self.moved)
        self.wall.stepped.connect(self._move_by)
        self.wall.files_dropped.connect(self.files_dropped)
        self.wall.selectionModel().selectionChanged.connect(self._chose)
        self.preview.closed.connect(self.show_wall)
        self.preview.stepped.connect(self._step)
        self._show_page(self.nothing)

    @property
    def current_piece(self) -> Evidence | None:
        """The piece that everything else on the page is about."""
        pieces = self.content.pieces if self.content is not None else ()
        return next((one for one in pieces if one.id == self._current), None)

    @property
    def is_preview(self) -> bool:
        """Whether one piece is shown big."""
        return self.currentWidget() is self.preview

    def chosen(self) -> tuple[Evidence, ...]:
        """Return the pieces that what is done next is done with."""
        piece = self.current_piece
        current = (piece,) if piece is not None else ()
        return current if self.is_preview else self.wall.chosen() or current

    def clear(self) -> None:
        """Show no piece; those of another inspection are coming."""
        self.content, self._current = None, None
        self.thumbs.forget()
        self.model.show_pieces(())

    def show_content(self, content: Wall) -> None:
        """Hold what was read; `narrow` shows it."""
        self.content = content
        self.wall.may_move = not content.is_locked

    def narrow(self, wanted: Filter) -> None:
        """Show the pieces that match; a picture shown big stays while any do."""
        pieces = self.content.pieces if self.content is not None else ()
        shown = [piece for piece in pieces if wanted.matches(piece)]
        self.model.show_pieces(shown)
        if not self.is_preview or not shown:
            self._show_page(self.wall if shown else self._narrowed if pieces else self._empty)
        if shown and not self.model.index_of(self._current).isValid():
            self.select(shown[0].id)
        self.turned.emit()

    def show_wall(self) -> None:
        """Show all that match."""
        self._show_page(self.wall)

    def show_nothing(self) -> None:
        """Say that there is no inspection yet."""
        self._show_page(self.nothing)

    def select(self, piece: EvidenceId) -> None:
        """Make a piece that is shown the current one."""
        index = self.model.index_of(piece)
        if index.isValid():
            self._current = piece
            self.wall.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.wall.scrollTo(index)
            self.turned.emit()

    def open_preview(self, piece: Evidence) -> None:
        """Show one piece big."""
        self._current = piece.id
        self.preview.show_piece(piece)
        self._show_page(self.preview)
        services, wanted = self._context.services, piece.id

        def read() -> tuple[EvidenceId, QImage]:
            content = services.evidence.rendition(wanted)
            return wanted, QImage.fromData(content) if content else QImage()

        self._context.runner.run_read(read, self._show_big, self._no_big, owner=self, key="rendition")

    def _show_page(self, page: QWidget) -> None:
        self.setCurrentWidget(page)
        if page is self.wall and self.isVisible():
            self.wall.setFocus(Qt.FocusReason.OtherFocusReason)

    def _chose(self, *_: object) -> None:
        self.turned.emit()

    def _picked(self, piece: Evidence) -> None:
        self._current = piece.id
        self.turned.emit()

    def _came(self, piece: str) -> None:
        index = self.model.index_of(EvidenceId(piece))
        if index.isValid():
            self.wall.update(index)

    def _show_big(self, result: tuple[EvidenceId, QImage]) -> None:
        piece = self.current_piece
        if piece is not None and piece.id == result[0]:
            self.preview.show_image(piece, result[1])

    def _no_big(self, error: BaseException) -> None:
        piece = self.current_piece
        if piece is not None:
            self.preview.show_image(piece, QImage())
        self._context.notices.error(error)

    def _step(self, step: int) -> None:
        row = self.model.index_of(self._current).row() + step
        if 0 <= row < self.model.rowCount():
            piece = self.model.rows[row]
            self.select(piece.id)
            self.open_preview(piece)

    def _move_by(self, step: int) -> None:
        row = self.model.index_of(self._current).row()
        if self._current is not None and 0 <= row + step < self.model.rowCount() and self.wall.may_move:
            self.moved.emit(self._current, self.model.rows[row + step].number)
