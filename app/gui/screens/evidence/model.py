"""The pieces shown on the wall, narrowed by filters; an update touches only what changed, also with thousands."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QByteArray, QMimeData, QModelIndex, QObject, Qt

from app.core.evidence import Evidence, Link, TargetKind
from app.core.ids import EvidenceId
from app.gui.models.tuples import NOWHERE, ROW, Index
from app.gui.screens.evidence import words
from app.gui.signs import seen

MIME = "application/x-yanfang-evidence"


class Only(StrEnum):
    """Which pieces the wall is narrowed to."""

    ALL = "all"
    UNLINKED = "unlinked"
    UNREADABLE = "unreadable"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Filter:
    """`kind` empty for all kinds, `item` None for all items."""

    only: Only = Only.ALL
    kind: str = ""
    item: Link | None = None

    def matches(self, piece: Evidence) -> bool:
        """Return whether a piece is shown."""
        if self.only is Only.UNLINKED and (piece.links or piece.voided_reason is not None):
            return False
        if self.only is Only.VOIDED and piece.voided_reason is None:
            return False
        if self.only is Only.UNREADABLE and piece.status in ("ok", "attachment"):
            return False
        return (not self.kind or piece.kind == self.kind) and (self.item is None or self.item in piece.links)


class WallModel(QAbstractListModel):
    """Rows are `Evidence`; data(index, ROW) is the piece."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Evidence] = []

    @property
    def rows(self) -> tuple[Evidence, ...]:
        """What is shown, in order."""
        return tuple(self._rows)

    def show_pieces(self, pieces: Sequence[Evidence]) -> None:
        """Show these pieces, keeping selection and scroll of those that stay."""
        wanted = list(pieces)
        before, after = [one.id for one in self._rows], [one.id for one in wanted]
        if before == after:
            self._repaint(wanted)
        elif after[: len(before)] == before and before:
            self._repaint(wanted[: len(before)])
            self.beginInsertRows(QModelIndex(), len(before), len(after) - 1)
            self._rows = wanted
            self.endInsertRows()
        elif set(before) == set(after):
            self._reorder(wanted)
        else:
            self.beginResetModel()
            self._rows = wanted
            self.endResetModel()

    def index_of(self, piece: EvidenceId | None) -> QModelIndex:
        """Return where a piece is, invalid if it is not shown."""
        row = next((at for at, one in enumerate(self._rows) if one.id == piece), -1)
        return self.index(row, 0) if row >= 0 else QModelIndex()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return how many are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the piece, or what a screen reader and the tooltip say."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        piece = self._rows[index.row()]
        if role == ROW:
            return piece
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return seen(words.spoken(piece))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Pieces can be dragged to another place."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:
        """Name what a drag inside the wall carries."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Carry the id of the first piece."""
        carried = QMimeData()
        if indexes:
            carried.setData(MIME, QByteArray(str(self._rows[indexes[0].row()].id).encode()))
        return carried

    def _repaint(self, wanted: Sequence[Evidence]) -> None:
        for at, piece in enumerate(wanted):
            if self._rows[at] != piece:
                self._rows[at] = piece
                self.dataChanged.emit(self.index(at, 0), self.index(at, 0))

    def _reorder(self, wanted: list[Evidence]) -> None:
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        ids = [self._rows[index.row()].id for index in old]
        self._rows = wanted
        place = {one.id: at for at, one in enumerate(wanted)}
        self.changePersistentIndexList(old, [self.index(place[one], 0) for one in ids])
        self.layoutChanged.emit()


def linked_items(pieces: Sequence[Evidence]) -> dict[Link, int]:
    """Return the items that have evidence, with how many valid pieces."""
    counts: dict[Link, int] = {}
    for piece in pieces:
        for link in piece.links:
            if link.target_kind == TargetKind.ITEM and piece.voided_reason is None:
                counts[link] = counts.get(link, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: pair[0].target))
