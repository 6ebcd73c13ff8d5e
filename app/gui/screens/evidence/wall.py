"""The wall itself: a grid of thumbnails that says of each piece what state it is in."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.core.evidence import Evidence
from app.core.ids import EvidenceId
from app.gui import icons
from app.gui.models.tuples import ROW, Index
from app.gui.screens.evidence import words
from app.gui.screens.evidence.model import MIME
from app.gui.texts import tr
from app.gui.theme import Palette, Space, Theme, Type, current
from app.gui.widgets.delegates import draw_text
from app.gui.widgets.drop import local_paths
from app.gui.widgets.views import GridView

PICTURE = (164, 122)
CELL = (PICTURE[0] + 12, PICTURE[1] + 56)
_CENTER = int(Qt.AlignmentFlag.AlignCenter)
_ICONS = {"pdf": "pdf", "audio": "read-aloud", "video": "camera", "photo": "evidence"}


class WallDelegate(QStyledItemDelegate):
    """Paints picture, number, server mark, caption and items; voided pieces are struck through."""

    def __init__(self, picture: Callable[[Evidence], QImage | None]) -> None:
        super().__init__()
        self._picture = picture
        self._signs: dict[tuple[str, str, int, str], QPixmap] = {}

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        """One cell, the same for all; as many in a line as fit, the line filled."""
        theme, view = current(), option.widget
        width = theme.px(CELL[0])
        if isinstance(view, WallView):
            room = view.viewport().width() - 1
            width = room // max(1, room // width)
        return QSize(width, theme.px(CELL[1]) + round((width - theme.px(CELL[0])) * PICTURE[1] / PICTURE[0]))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one piece."""
        piece = index.data(ROW)
        if not isinstance(piece, Evidence):
            return
        theme = current()
        colors, cell = theme.colors, QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        frame = cell.adjusted(2, 2, -2, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.accent_soft if chosen else colors.surface1))
        painter.drawRoundedRect(frame, theme.px(Space.RADIUS), theme.px(Space.RADIUS))
        box = QRectF(cell.x() + theme.px(6), cell.y() + theme.px(6), cell.width() - theme.px(12), cell.height() - theme.px(56))
        self._paint_picture(painter, theme, piece, box)
        self._paint_words(painter, theme, piece, box)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colors.accent if chosen or focused else colors.line), 2 if focused else 1))
        painter.drawRoundedRect(frame, theme.px(Space.RADIUS), theme.px(Space.RADIUS))
        painter.restore()

    def _paint_picture(self, painter: QPainter, theme: Theme, piece: Evidence, box: QRectF) -> None:
        colors = theme.colors
        painter.fillRect(box, QColor(colors.surface2))
        image = self._picture(piece)
        if image is not None and not image.isNull():
            painter.save()
            painter.setClipRect(box)
            if piece.voided_reason is not None:
                painter.setOpacity(0.35)
            painter.drawImage(_covering(image, box), image)
            painter.restore()
        elif image is not None:
            edge = theme.px(36)
            sign = self._sign(_ICONS.get(piece.kind, "file"), "text2", edge)
            painter.drawPixmap(QPoint(int(box.center().x() - edge / 2), int(box.center().y() - edge / 2)), sign)
        _plate(painter, theme, box, f"{piece.number}", "ink", at_left=True)
        if piece.voided_reason is not None:
            _plate(painter, theme, box, tr("evidence.voided"), "bad", at_left=False)
            painter.setPen(QPen(QColor(colors.bad), theme.px(2)))
            painter.drawLine(box.bottomLeft(), box.topRight())
        elif piece.status in ("unreadable", "refused"):
            _plate(painter, theme, box, tr(f"evidence.status_{piece.status}"), "open", at_left=False)
        elif not piece.is_stored:
            seen = image is not None and not image.isNull()
            _plate(painter, theme, box, tr("evidence.preview_only" if seen else "evidence.not_come"), "open", at_left=False)

    def _paint_words(self, painter: QPainter, theme: Theme, piece: Evidence, box: QRectF) -> None:
        colors = theme.colors
        line = QRectF(box.x(), box.bottom() + theme.px(3), box.width(), theme.px(20))
        name = piece.caption or piece.file_name
        voided = piece.voided_reason is not None
        color = colors.text2 if voided or not piece.caption else colors.text1
        width = draw_text(painter, line, name, color, Type.SECONDARY)
        if voided:
            painter.setPen(QPen(QColor(colors.text2), 1))
            middle = line.center().y()
            painter.drawLine(QPointF(line.x(), middle), QPointF(line.x() + width, middle))
        below = QRectF(box.x(), line.bottom(), box.width(), theme.px(20))
        edge = theme.px(14)
        there = piece.is_on_server
        sign = self._sign("cloud-ok" if there else "cloud", "ok" if there else "text2", edge)
        right = QPoint(int(below.right() - edge), int(below.center().y() - edge / 2))
        painter.drawPixmap(right, sign)
        codes = words.item_codes(piece)
        linked, tone = _link_words(piece, codes, colors)
        draw_text(painter, below.adjusted(0, 0, -edge - theme.px(4), 0), linked, tone, Type.SECONDARY)

    def _sign(self, name: str, token: str, edge: int) -> QPixmap:
        key = (name, token, edge, current().colors.name)
        if key not in self._signs:
            self._signs[key] = icons.icon(name, token).pixmap(QSize(edge, edge))
        return self._signs[key]


class WallView(GridView):
    """The grid. `moved` carries a piece's id and its new number; `files_dropped` carries paths."""

    moved = Signal(str, int)
    stepped = Signal(int)
    files_dropped = Signal(object)

    def __init__(self, delegate: WallDelegate) -> None:
        super().__init__(tr("evidence.wall"), delegate)
        self.may_move = True
        self._at: QRectF | None = None
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.viewport().setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setLayoutMode(GridView.LayoutMode.SinglePass)
        self.verticalScrollBar().setSingleStep(24)

    def chosen(self) -> tuple[Evidence, ...]:
        """Return the selected pieces in order."""
        rows = sorted(self.selectedIndexes(), key=lambda index: index.row())
        return tuple(index.data(ROW) for index in rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the current piece with Alt and the arrows."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))  # Alt+Left goes back
        if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.stepped.emit(step)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the lines anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files from outside, and pieces of this wall."""
        if local_paths(event) or (event.mimeData().hasFormat(MIME) and self.may_move):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the piece would go."""
        if event.mimeData().hasFormat(MIME):
            index = self.indexAt(event.position().toPoint())
            self._at = QRectF(self.visualRect(index)) if index.isValid() else None
            self.viewport().update()
        event.acceptProposedAction()

    def dragLeaveEvent(self, _event: object) -> None:
        """Forget the place."""
        self._at = None
        self.viewport().update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take files, or move a piece before the one it was dropped on."""
        self._at = None
        self.viewport().update()
        paths = local_paths(event)
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)
        elif event.mimeData().hasFormat(MIME) and self.may_move:
            # The view must not remove the row it thinks was moved away: the new order comes from the store.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.drop_piece(EvidenceId(bytes(event.mimeData().data(MIME).data()).decode()), event.position().toPoint())

    def drop_piece(self, piece: EvidenceId, at: QPoint) -> None:
        """Ask for a piece to be moved to where it was dropped; beside all others means last."""
        index = self.indexAt(at)
        model = self.model()
        target = index.data(ROW) if index.isValid() else model.index(model.rowCount() - 1, 0).data(ROW)
        if isinstance(target, Evidence) and target.id != piece:
            self.moved.emit(piece, target.number)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pieces, and the place of a drop."""
        super().paintEvent(event)
        if self._at is not None:
            painter = QPainter(self.viewport())
            painter.fillRect(QRectF(self._at.x(), self._at.y(), current().px(3), self._at.height()), current().color("accent"))


def _link_words(piece: Evidence, codes: str, colors: Palette) -> tuple[str, str]:
    if codes:
        return codes, colors.text2
    if piece.links:
        return tr("evidence.linked_other"), colors.text2
    return ("", colors.text2) if piece.voided_reason is not None else (tr("evidence.unlinked"), colors.open)


def _covering(image: QImage, box: QRectF) -> QRectF:
    """Return where an image is painted to fill a box; what stands over is clipped."""
    factor = max(box.width() / image.width(), box.height() / image.height())
    width, height = image.width() * factor, image.height() * factor
    return QRectF(box.center().x() - width / 2, box.center().y() - height / 2, width, height)


def _plate(painter: QPainter, theme: Theme, box: QRectF, text: str, tone: str, *, at_left: bool) -> None:
    font = theme.font(Type.SECONDARY, bold=True)
    width = QFontMetrics(font).horizontalAdvance(text) + theme.px(10)
    left = box.x() + theme.px(4) if at_left else box.right() - width - theme.px(4)
    plate = QRectF(left, box.y() + theme.px(4), width, theme.px(20))
    painter.setPen(Qt.PenStyle.NoPen)
    on_ink = tone == "ink"
    painter.setBrush(theme.color("ink") if on_ink else QColor(theme.colors.soft(tone)))
    painter.drawRoundedRect(plate, theme.px(4), theme.px(4))
    painter.setFont(font)
    painter.setPen(theme.color("paper") if on_ink else theme.color(tone))
    painter.drawText(plate, _CENTER, text)
