"""What is done with pieces of evidence, with the questions that come first."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.evidence import Evidence, Link
from app.core.ids import EvidenceId
from app.core.outcome import Outcome
from app.gui.screen import Context
from app.gui.screens.evidence import ops
from app.gui.screens.evidence.gallery import Gallery
from app.gui.screens.evidence.link_dialog import LinkDialog
from app.gui.screens.evidence.ops import Target
from app.gui.texts import tr
from app.gui.widgets.confirm import ConfirmDialog


class Acting(QObject):
    """Acts on what is chosen in the gallery."""

    def __init__(self, context: Context, gallery: Gallery, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._gallery, self._window = context, gallery, window

    def ask_link(self) -> None:
        """Ask what the chosen pieces prove."""
        pieces, content = self._gallery.chosen(), self._gallery.content
        if pieces and content is not None and not content.is_locked:
            dialog = LinkDialog(self._window, content.targets, len(pieces))
            dialog.chosen.connect(self._link)
            dialog.open()

    def ask_void(self) -> None:
        """Ask why the chosen pieces are void."""
        pieces, content = self._valid(), self._gallery.content
        if not pieces or content is None or content.is_locked:
            return
        numbers = "、".join(str(one.number) for one in pieces)
        self.asking = ConfirmDialog(
            self._window, tr("evidence.void_title", numbers=numbers), tr("evidence.void_text"), tr("evidence.void"),
            danger=True, ask_reason=tr("evidence.void_reason"),
        )  # fmt: skip
        self.asking.accepted.connect(self._void)
        self.asking.open()

    def ask_export(self) -> None:
        """Ask where the original of the current piece goes."""
        piece = self._gallery.current_piece
        if piece is not None and piece.is_stored:
            name, _ = QFileDialog.getSaveFileName(self._window, tr("evidence.export"), piece.file_name)
            if name:
                self.export_to(Path(name))

    def ask_stamp(self) -> None:
        """Ask where the stamped copy of the current piece goes."""
        piece = self._gallery.current_piece
        if piece is not None:
            name, _ = QFileDialog.getSaveFileName(
                self._window, tr("evidence.stamp"), tr("evidence.stamp_name", number=piece.number), "JPEG (*.jpg)"
            )
            if name:
                self.stamp_to(Path(name))

    def export_to(self, to: Path) -> None:
        """Write the original of the current piece."""
        piece, services = self._gallery.current_piece, self._context.services
        if piece is not None:
            wanted = piece.id
            self._context.runner.run_long(lambda _: ops.export(services, wanted, to), self._exported, owner=self)

    def stamp_to(self, to: Path) -> None:
        """Write the stamped copy of the current piece."""
        piece, services = self._gallery.current_piece, self._context.services
        if piece is not None:
            wanted = piece.id
            self._context.runner.run_read(lambda: ops.save_stamped(services, wanted, to), self._stamped, owner=self)

    def move(self, piece: str, number: int) -> None:
        """Give a piece another place."""
        services = self._context.services
        self._context.runner.run_write(lambda: ops.move(services, EvidenceId(piece), number), None, owner=self)

    def caption(self, piece: str, text: str) -> None:
        """Save what a piece shows."""
        services = self._context.services
        self._context.runner.run_write(lambda: ops.caption(services, EvidenceId(piece), text), None, owner=self)

    def unlink(self, target: Link) -> None:
        """Take a link away from the current piece."""
        piece, services = self._gallery.current_piece, self._context.services
        if piece is not None:
            wanted = piece.id
            self._context.runner.run_write(lambda: ops.link(services, [wanted], target, on=False), None, owner=self)

    def _valid(self) -> tuple[Evidence, ...]:
        return tuple(one for one in self._gallery.chosen() if one.voided_reason is None)

    def _link(self, target: Target) -> None:
        services, pieces = self._context.services, [one.id for one in self._valid()]
        self._context.runner.run_write(lambda: ops.link(services, pieces, target.link, on=True), None, owner=self)

    def _void(self) -> None:
        services, pieces, reason = self._context.services, [one.id for one in self._valid()], self.asking.reason
        self._context.runner.run_write(lambda: ops.void(services, pieces, reason), None, owner=self)

    def _exported(self, outcome: Outcome[Path]) -> None:
        self._context.notices.toast(tr("evidence.exported", name=outcome.value.name))

    def _stamped(self, to: Path) -> None:
        self._context.notices.toast(tr("evidence.stamped", name=to.name))
