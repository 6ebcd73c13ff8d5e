"""The pictures of one item: a strip that shows them and takes new ones."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import QFileDialog, QFrame, QStyleOptionViewItem

from app.core.evidence import Evidence
from app.core.ids import EvidenceId, InspectionId
from app.core.progress import Progress
from app.gui.models.tuples import Index, TupleListModel
from app.gui.runner import Job
from app.gui.screen import Context
from app.gui.screens.inspection import ops
from app.gui.screens.inspection.ledger import Key
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import button
from app.gui.widgets.camera import CameraButton, CameraDialog
from app.gui.widgets.delegates import ThumbLook, ThumbnailDelegate
from app.gui.widgets.drop import local_paths
from app.gui.widgets.flow import Flow
from app.gui.widgets.labels import label
from app.gui.widgets.layout import restyle, vbox
from app.gui.widgets.views import GridView

PHOTOS = "*.jpg *.jpeg *.png *.heic *.heif *.webp *.tif *.tiff"
THUMB = (58, 44)


class _Thumbs(ThumbnailDelegate):
    """Small pictures without a caption line."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """One small cell."""
        theme = current()
        return QSize(theme.px(THUMB[0] + 12), theme.px(THUMB[1] + 12))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Begin where the buttons below begin; one unit is left for the frame."""
        moved = QStyleOptionViewItem(option)
        moved.rect.translate(-current().px(5), 0)
        super().paint(painter, moved, index)


class _Grid(GridView):
    """Two rows of thumbnails at most; more scroll."""

    def sizeHint(self) -> QSize:
        """As tall as what is there."""
        theme, model = current(), self.model()
        count = model.rowCount() if model is not None else 0
        across = max(1, (self.width() - theme.px(14)) // theme.px(THUMB[0] + 12))
        lines = min(2, -(-count // across))
        return QSize(theme.px(200), lines * theme.px(THUMB[1] + 12) + 2)

    def minimumSizeHint(self) -> QSize:
        """Never less tall."""
        return QSize(current().px(60), self.sizeHint().height())


class EvidenceStrip(QFrame):
    """Evidence of the current item. Files come by button, key, or drag and drop; `opened` carries one piece."""

    opened = Signal(object)
    taken = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._inspection: InspectionId | None = None
        self._key: Key | None = None
        self._images: dict[EvidenceId, QImage] = {}
        self._job: Job[Any] | None = None
        self.setAcceptDrops(True)
        self._model: TupleListModel[Evidence] = TupleListModel(_spoken, lambda one: one.id)
        self._model.setParent(self)
        self._grid = _Grid(
            tr("inspection.evidence"),
            _Thumbs(self._look, self._ask, width=THUMB[0], height=THUMB[1]),
        )
        self._grid.setModel(self._model)
        self._grid.opened.connect(self.opened)
        self._state = label("", "secondary", wrap=True)
        self._state.hide()
        column = vbox(self, gap=Space.INSIDE)
        column.addWidget(self._grid)
        line = Flow()
        self._photos = button(tr("inspection.add_photos"), self.choose_photos, icon="add")
        self._files = button(tr("inspection.add_files"), self.choose_files, icon="attach")
        self._camera = CameraButton(self.open_camera)
        for one in (self._photos, self._files, self._camera):
            line.add(one)
        column.addWidget(line)
        column.addWidget(self._state)
        self._grid.hide()

    @property
    def count(self) -> int:
        """How many pieces are shown."""
        return self._model.rowCount()

    def show_item(self, inspection: InspectionId, key: Key | None, *, locked: bool) -> None:
        """Show what is linked to an item."""
        same = (inspection, key) == (self._inspection, self._key)
        self._inspection, self._key = inspection, key
        for part in (self._photos, self._files, self._camera):
            part.setEnabled(key is not None and not locked)
        self.setAcceptDrops(key is not None and not locked)
        if not same:
            self._show(())
            self._state.hide()
        self.reload()

    def reload(self) -> None:
        """Read the list again."""
        inspection, key = self._inspection, self._key
        if inspection is None or key is None:
            return
        services = self._context.services
        self._context.runner.run_read(
            lambda: ops.evidence_of(services, inspection, key), self._show, owner=self, key="evidence"
        )

    def choose_photos(self) -> None:
        """Ask for photos."""
        self._choose(f"{tr('inspection.photos')} ({PHOTOS})")

    def choose_files(self) -> None:
        """Ask for any files."""
        self._choose("")

    def open_camera(self) -> None:
        """Take photos of the item; the sheet keeps the item from changing meanwhile."""
        dialog = CameraDialog(self)
        dialog.taken.connect(self.take_shot)
        dialog.open()

    def take_shot(self, name: str, content: bytes) -> None:
        """Bring a photo just taken in as evidence of the item."""
        inspection, key = self._inspection, self._key
        if inspection is None or key is None:
            return
        services, links = self._context.services, (ops.link_to(key),)
        # No handler of its own for errors: the window's offers to try again, and the photo exists nowhere else.
        self._context.runner.run_write(
            lambda: services.evidence.take(inspection, [(name, content)], links=links), self._show_taken, owner=self
        )

    def take(self, paths: tuple[Path, ...]) -> None:
        """Bring files in as evidence of the item."""
        inspection, key = self._inspection, self._key
        if inspection is None or key is None or not paths:
            return
        services = self._context.services
        self._say(tr("inspection.taking", done=0, total=len(paths)))
        self._job = self._context.runner.run_long(
            lambda work: ops.take(services, inspection, paths, key, work),
            self._took,
            self._failed,
            on_progress=self._progress,
            owner=self,
            writes=True,
        )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept local files."""
        if local_paths(event):
            event.acceptProposedAction()
            self.setProperty("kind", "drop")
            restyle(self, hot=True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """Look idle again."""
        self.setProperty("kind", "")
        restyle(self, hot=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        self.setProperty("kind", "")
        restyle(self, hot=False)
        event.acceptProposedAction()
        self.take(local_paths(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Stop a running intake with Esc."""
        if event.key() == Qt.Key.Key_Escape and self._job is not None:
            self._job.cancel()
            self._say(tr("inspection.taking_stopped"))
        else:
            super().keyPressEvent(event)

    def _choose(self, filters: str) -> None:
        if not self._photos.isEnabled():
            return
        names, _ = QFileDialog.getOpenFileNames(self, tr("inspection.choose_files"), "", filters)
        self.take(tuple(Path(name) for name in names))

    def _show(self, pieces: tuple[Evidence, ...]) -> None:
        self._model.set_rows(pieces)
        self._grid.setVisible(bool(pieces))
        self._grid.updateGeometry()

    def _look(self, piece: Evidence) -> ThumbLook:
        mark = tr(f"inspection.evidence_{piece.status}") if piece.status != "ok" else "" if piece.is_stored else tr("evidence.not_come")
        return ThumbLook(
            piece.sha256, self._images.get(piece.id), f"{piece.number:02d}", mark=mark, mark_tone="none"
        )

    def _ask(self, piece: Evidence) -> None:
        services, found = self._context.services, piece.id

        def read() -> tuple[EvidenceId, QImage]:
            content = services.evidence.thumbnail(found)
            return found, QImage.fromData(content) if content else QImage()

        self._context.runner.run_read(read, self._painted, self._unpainted, owner=self)

    def _painted(self, result: tuple[EvidenceId, QImage]) -> None:
        if not result[1].isNull():
            self._images[result[0]] = result[1]
            self._grid.viewport().update()

    def _unpainted(self, _error: BaseException) -> None:
        # A thumbnail that cannot be made leaves its frame and its name; the file itself is kept.
        self._grid.viewport().update()

    def _progress(self, progress: Progress) -> None:
        self._say(tr("inspection.taking", done=progress.done, total=progress.total))

    def _took(self, outcome: Any) -> None:
        self._job = None
        self._show_taken(outcome)

    def _show_taken(self, outcome: Any) -> None:
        refused = [result for result in outcome.value if result.evidence is None]
        if refused:
            names = "、".join(result.file_name for result in refused[:3])
            self._say(tr("inspection.taken_refused", count=len(refused), names=names))
        else:
            self._state.hide()
        self.reload()
        self.taken.emit()

    def _failed(self, error: BaseException) -> None:
        self._job = None
        self._state.hide()
        self.reload()
        self._context.notices.error(error)

    def _say(self, text: str) -> None:
        self._state.setText(text)
        self._state.show()


def _spoken(piece: Evidence) -> str:
    return tr("inspection.evidence_spoken", number=piece.number, name=piece.caption or piece.file_name)
