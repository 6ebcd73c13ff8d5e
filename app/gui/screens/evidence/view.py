"""The evidence screen: wall or big picture at the left, what is known and can be done at the right."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication, QHideEvent, QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QSplitter, QStackedWidget, QWidget

from app.core.evidence import Evidence, Link, TargetKind
from app.core.ids import EvidenceId, InspectionId
from app.gui.screen import Context, Screen
from app.gui.screens.evidence import ops, words
from app.gui.screens.evidence.detail import Detail
from app.gui.screens.evidence.filters import FilterBar
from app.gui.screens.evidence.intake import IntakeBar, from_clipboard
from app.gui.screens.evidence.link_dialog import LinkDialog
from app.gui.screens.evidence.model import Filter, Only, WallModel
from app.gui.screens.evidence.ops import Source, Target, Wall
from app.gui.screens.evidence.preview import Preview
from app.gui.screens.evidence.thumbs import Thumbs
from app.gui.screens.evidence.wall import WallDelegate, WallView
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.camera import KEYS as CAMERA_KEYS
from app.gui.widgets.camera import CameraDialog
from app.gui.widgets.camera_devices import cameras
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.layout import sized, vbox
from app.gui.widgets.notices import Note

if TYPE_CHECKING:
    from app.core.outcome import Change

DETAIL_UNITS = 330


class EvidenceScreen(Screen):
    """All evidence of one inspection."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._owes_visits = False
        self._inspection: InspectionId | None = None
        self._wall: Wall | None = None
        self._targets: dict[Link, Target] = {}
        self._current: EvidenceId | None = None
        self._wanted: EvidenceId | None = None
        self._wants_newest = False
        self.bar, self.intake = FilterBar(), IntakeBar(context)
        self.thumbs = Thumbs(context.services, context.runner, self)
        self.model = WallModel(self)
        self.wall = WallView(WallDelegate(self.thumbs.picture))
        self.wall.setModel(self.model)
        self.preview, self.detail = Preview(), Detail()
        self._build()
        self._wire()

    def open(self, **params: Any) -> None:
        """Open by `inspection`, perhaps aimed at an `item` (`(template, code)`) or at one piece (`evidence`).

        Without an inspection the one shown before stays, else the newest is chosen.
        """
        inspection = params.get("inspection") or params.get("inspection_id")
        evidence = params.get("evidence")
        self._wanted = EvidenceId(str(evidence)) if evidence else None
        item = params.get("item")
        target = Link(TargetKind.ITEM, item if isinstance(item, str) else "/".join(item)) if item else None
        if inspection is not None:
            self._choose(InspectionId(str(inspection)))
        if target is not None or self._wanted is not None:
            self.bar.reset()
            self.bar.aim(target)
        if self._wanted is None:
            self._show_page(self.wall)
        if self._inspection is None:
            self._read_visits()
        else:
            self._owes_visits = True  # After the wall: the long list is not to be read beside its first painting.
            self._read()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Read again what concerns this inspection."""
        if not changes or any(change.table in ("task", "inspection") for change in changes):
            self._read_visits()
        mine = (self._inspection,)
        if not changes or any(change.owner in mine or change.id in mine for change in changes):
            self._read()

    def leave(self) -> bool:
        """Hand over a caption being written."""
        self.detail.flush()
        return True

    def escape(self) -> bool:
        """Return from the big picture, then from a filter."""
        if self._left.currentWidget() is self.preview:
            self._show_page(self.wall)
            return True
        if self.bar.filter != Filter():
            self.bar.reset()
            return True
        return False

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        names = (
            ("↑ ↓ ← →", "move"), ("Enter", "open"), ("+ − 0", "zoom"), ("Ctrl+O", "add"), ("Ctrl+V", "paste"),
            ("F2", "caption"), ("Ctrl+J", "link"), ("Alt+↑ ↓", "order"), ("Delete", "void"), ("Ctrl+E", "export"),
            ("Esc", "back"),
        )  # fmt: skip
        camera = ((CAMERA_KEYS, tr("camera.take")),) if cameras() else ()
        return (*((keys, tr(f"evidence.key_{name}")) for keys, name in names), *camera)

    def hideEvent(self, event: QHideEvent) -> None:
        """Hand over a caption being written, also when the program locks."""
        self.detail.flush()
        super().hideEvent(event)

    @property
    def current_piece(self) -> Evidence | None:
        """The piece that is shown at the right."""
        wall = self._wall
        return next((one for one in wall.pieces if one.id == self._current), None) if wall is not None else None

    def take(self, sources: list[Source]) -> None:
        """Bring files in; those of a wall narrowed to an item are linked to it."""
        wall, inspection = self._wall, self._inspection
        if inspection is None or wall is None:
            return
        if wall.is_locked:
            self.context.notices.banner(tr(f"inspection.locked_{wall.view.state}"), tone="open")
            return
        item = self.bar.filter.item
        self.intake.take(inspection, sources, (item,) if item is not None else ())

    def export_to(self, to: Path) -> None:
        """Write the original of the current piece."""
        piece, services = self.current_piece, self.context.services
        if piece is not None:
            wanted = piece.id
            self.context.runner.run_long(
                lambda _: ops.export(services, wanted, to), self._exported, owner=self
            )

    def stamp_to(self, to: Path) -> None:
        """Write the stamped copy of the current piece."""
        piece, services = self.current_piece, self.context.services
        if piece is not None:
            wanted = piece.id
            self.context.runner.run_read(lambda: ops.save_stamped(services, wanted, to), self._stamped, owner=self)

    def void_chosen(self, reason: str) -> None:
        """Mark the chosen pieces void."""
        services, pieces = self.context.services, [one.id for one in self._chosen() if one.voided_reason is None]
        self.context.runner.run_write(lambda: ops.void(services, pieces, reason), None, owner=self)

    def link_chosen(self, target: Target) -> None:
        """Link the chosen pieces."""
        services, pieces = self.context.services, [one.id for one in self._chosen() if one.voided_reason is None]
        self.context.runner.run_write(lambda: ops.link(services, pieces, target.link, on=True), None, owner=self)

    def _build(self) -> None:
        column = vbox(self, margin=(16, 12, 16, 12), gap=Space.INSIDE)
        column.addWidget(self.bar)
        self._note = Note("", "open")
        self._note.hide()
        column.addWidget(self._note)
        column.addWidget(self.intake)
        self._left = QStackedWidget()
        self._empty = EmptyState(
            "evidence", tr("evidence.empty"), tr("evidence.empty_detail"),
            action=tr("evidence.add_files"), on_action=self.choose_files,
        )  # fmt: skip
        self._narrowed = EmptyState("filter", tr("evidence.narrowed"), tr("evidence.narrowed_detail"))
        self._nothing = EmptyState(
            "evidence", tr("evidence.none"), tr("evidence.none_detail"),
            action=tr("evidence.to_tasks"), on_action=self._to_tasks,
        )  # fmt: skip
        for page in (self.wall, self.preview, self._empty, self._narrowed, self._nothing):
            self._left.addWidget(page)
        panes = QSplitter(Qt.Orientation.Horizontal)
        panes.setChildrenCollapsible(False)
        panes.addWidget(self._left)
        panes.addWidget(sized(self.detail, min_width=290))
        panes.setStretchFactor(0, 1)
        panes.setSizes([current().px(820), current().px(DETAIL_UNITS)])
        column.addWidget(panes, 1)
        self.detail.hide()
        self._show_page(self._nothing)

    def _wire(self) -> None:
        self.bar.visit_chosen.connect(self._visit_chosen)
        self.bar.changed.connect(self._filtered)
        self.bar.files_wanted.connect(self.choose_files)
        self.bar.folder_wanted.connect(self.choose_folder)
        self.bar.paste_wanted.connect(self.paste)
        self.bar.camera_wanted.connect(self._open_camera)
        self.intake.done.connect(self._took)
        self.thumbs.came.connect(self._came)
        self.wall.picked.connect(self._picked)
        self.wall.opened.connect(self._open_preview)
        self.wall.moved.connect(self._move)
        self.wall.stepped.connect(self._move_by)
        self.wall.files_dropped.connect(self._dropped)
        self.wall.selectionModel().selectionChanged.connect(self._show_detail)
        self.preview.closed.connect(self._close_preview)
        self.preview.stepped.connect(self._step)
        self.detail.captioned.connect(self._caption)
        self.detail.unlinked.connect(self._unlink)
        self.detail.link_wanted.connect(self.ask_link)
        self.detail.void_wanted.connect(self.ask_void)
        self.detail.export_wanted.connect(self._ask_export)
        self.detail.stamp_wanted.connect(self._ask_stamp)
        self.detail.copied.connect(self._copied)
        self.setAcceptDrops(True)
        pairs = (
            ("Ctrl+O", self.choose_files), ("F2", self._focus_caption), ("Ctrl+J", self.ask_link),
            ("Delete", self.ask_void), ("Ctrl+E", self._ask_export),
        )  # fmt: skip
        for keys, call in pairs:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self.wall)
        paste.setContext(Qt.ShortcutContext.WidgetShortcut)
        paste.activated.connect(self.paste)

    def dragEnterEvent(self, event: Any) -> None:
        """Accept files anywhere on the page."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: Any) -> None:
        """Take what was dropped."""
        event.acceptProposedAction()
        self._dropped(tuple(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()))

    def choose_files(self) -> None:
        """Ask for files."""
        names, _ = QFileDialog.getOpenFileNames(self, tr("evidence.add_files"))
        self.take([Path(name) for name in names])

    def choose_folder(self) -> None:
        """Ask for a folder."""
        name = QFileDialog.getExistingDirectory(self, tr("evidence.add_folder"))
        if name:
            self.take([Path(name)])

    def paste(self) -> None:
        """Take files or a picture from the clipboard."""
        found = from_clipboard(QGuiApplication.clipboard().mimeData())
        if found:
            self.take(found)
        else:
            self.context.notices.toast(tr("evidence.clipboard_empty"))

    def ask_link(self) -> None:
        """Ask what the chosen pieces prove."""
        pieces, wall = self._chosen(), self._wall
        if pieces and wall is not None and not wall.is_locked:
            dialog = LinkDialog(self, wall.targets, len(pieces))
            dialog.chosen.connect(self.link_chosen)
            dialog.open()

    def ask_void(self) -> None:
        """Ask why the chosen pieces are void."""
        pieces = [one for one in self._chosen() if one.voided_reason is None]
        wall = self._wall
        if not pieces or wall is None or wall.is_locked:
            return
        numbers = "、".join(str(one.number) for one in pieces)
        self._asking = ConfirmDialog(
            self, tr("evidence.void_title", numbers=numbers), tr("evidence.void_text"), tr("evidence.void"),
            danger=True, ask_reason=tr("evidence.void_reason"),
        )  # fmt: skip
        self._asking.accepted.connect(self._void)
        self._asking.open()

    def _void(self) -> None:
        self.void_chosen(self._asking.reason)

    def _choose(self, inspection: InspectionId) -> None:
        if inspection == self._inspection:
            return
        self.detail.flush()
        self._inspection, self._wall, self._current = inspection, None, None
        self.thumbs.forget()
        self.bar.reset()
        self.model.show_pieces(())
        self.detail.hide()

    def _visit_chosen(self, inspection: str) -> None:
        self._choose(InspectionId(inspection))
        self._read()

    def _read_visits(self) -> None:
        services = self.context.services
        self.context.runner.run_read(lambda: ops.visits(services), self._show_visits, owner=self, key="visits")

    def _show_visits(self, visits: tuple[ops.Visit, ...]) -> None:
        if self._inspection is None and visits:
            self._choose(visits[0].inspection)
            self._read()
        self.bar.show_visits(visits, self._inspection)
        if not visits:
            self.set_heading(tr("evidence.title"))
            self._show_page(self._nothing)
        self.bar.setVisible(bool(visits))

    def _read(self) -> None:
        inspection, services = self._inspection, self.context.services
        if inspection is not None:
            self.context.runner.run_read(
                lambda: ops.read(services, inspection), self._arrived, self._not_read, owner=self, key="wall"
            )

    def _arrived(self, wall: Wall) -> None:
        self.thumbs.try_again()
        self._show(wall)
        self._read_owed()

    def _not_read(self, error: BaseException) -> None:
        self.context.notices.error(error, self._read if getattr(error, "retryable", False) else None)
        self._read_owed()

    def _read_owed(self) -> None:
        if self._owes_visits:
            self._owes_visits = False
            self._read_visits()

    def _show(self, wall: Wall) -> None:
        if wall.view.inspection.id != self._inspection:
            return
        first = self._wall is None
        self._wall = wall
        self._targets = {one.link: one for one in wall.targets}
        self.set_heading(
            wall.view.institution_name, tr("evidence.heading", number=wall.view.task_number, count=len(wall.pieces))
        )
        self._note.setVisible(wall.is_locked)
        if wall.is_locked:
            self._note.say(tr(f"inspection.locked_{wall.view.state}"))
        self.wall.may_move = not wall.is_locked
        titles = {one.link: one.title for one in wall.targets}
        self.bar.show_pieces(wall.pieces, titles, locked=wall.is_locked)
        self._filtered()
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self._select(wanted)
            piece = self.current_piece
            if piece is not None:
                self._open_preview(piece)
        elif self._wants_newest and wall.pieces:
            self._wants_newest = False
            self._select(wall.pieces[-1].id)
        elif first and self.model.rowCount():
            self._select(self.model.rows[0].id)
            self.wall.setFocus(Qt.FocusReason.OtherFocusReason)

    def _filtered(self) -> None:
        wall = self._wall
        if wall is None:
            return
        chosen = self.bar.filter
        shown = [piece for piece in wall.pieces if chosen.matches(piece)]
        self.model.show_pieces(shown)
        self.bar.count.setText(tr("evidence.count", shown=len(shown), all=len(wall.pieces)))
        if self._left.currentWidget() is not self.preview or not shown:
            self._show_page(self.wall if shown else self._narrowed if wall.pieces else self._empty)
        if shown and not self.model.index_of(self._current).isValid():
            self._select(shown[0].id)
        self._show_detail()

    def _show_page(self, page: QWidget) -> None:
        self._left.setCurrentWidget(page)
        if page is self.wall and self.isVisible():
            self.wall.setFocus(Qt.FocusReason.OtherFocusReason)

    def _select(self, piece: EvidenceId) -> None:
        index = self.model.index_of(piece)
        if index.isValid():
            self._current = piece
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.wall.selectionModel().setCurrentIndex(index, flag)
            self.wall.scrollTo(index)
            self._show_detail()

    def _chosen(self) -> tuple[Evidence, ...]:
        piece = self.current_piece
        if self._left.currentWidget() is self.preview:
            return (piece,) if piece is not None else ()
        return self.wall.chosen() or ((piece,) if piece is not None else ())

    def _picked(self, piece: Evidence) -> None:
        self._current = piece.id
        self._show_detail()

    def _show_detail(self, *_: object) -> None:
        piece, wall = self.current_piece, self._wall
        there = piece is not None and wall is not None and self.model.rowCount() > 0
        self.detail.setVisible(there)
        if piece is not None and wall is not None and there:
            chosen = len(self._chosen())
            self.detail.show_piece(piece, wall.people, self._targets, chosen=chosen, locked=wall.is_locked)

    def _came(self, piece: str) -> None:
        index = self.model.index_of(EvidenceId(piece))
        if index.isValid():
            self.wall.update(index)

    def _open_preview(self, piece: Evidence) -> None:
        self._current = piece.id
        self.preview.show_piece(piece)
        self._show_page(self.preview)
        services, wanted = self.context.services, piece.id

        def read() -> tuple[EvidenceId, QImage]:
            content = services.evidence.rendition(wanted)
            return wanted, QImage.fromData(content) if content else QImage()

        self.context.runner.run_read(read, self._show_big, self._no_big, owner=self, key="rendition")

    def _show_big(self, result: tuple[EvidenceId, QImage]) -> None:
        piece = self.current_piece
        if piece is not None and piece.id == result[0]:
            self.preview.show_image(piece, result[1])

    def _no_big(self, error: BaseException) -> None:
        piece = self.current_piece
        if piece is not None:
            self.preview.show_image(piece, QImage())
        self.context.notices.error(error)

    def _close_preview(self) -> None:
        self._show_page(self.wall)

    def _step(self, step: int) -> None:
        row = self.model.index_of(self._current).row() + step
        if 0 <= row < self.model.rowCount():
            piece = self.model.rows[row]
            self._select(piece.id)
            self._open_preview(piece)

    def _move_by(self, step: int) -> None:
        row = self.model.index_of(self._current).row()
        if self._current is not None and 0 <= row + step < self.model.rowCount() and self.wall.may_move:
            self._move(self._current, self.model.rows[row + step].number)

    def _move(self, piece: str, number: int) -> None:
        services = self.context.services
        self.context.runner.run_write(lambda: ops.move(services, EvidenceId(piece), number), None, owner=self)

    def _caption(self, piece: str, text: str) -> None:
        services = self.context.services
        self.context.runner.run_write(lambda: ops.caption(services, EvidenceId(piece), text), None, owner=self)

    def _unlink(self, target: Link) -> None:
        piece, services = self.current_piece, self.context.services
        if piece is not None:
            wanted = piece.id
            self.context.runner.run_write(lambda: ops.link(services, [wanted], target, on=False), None, owner=self)

    def _took(self, results: tuple[Any, ...]) -> None:
        self._wants_newest = any(one.evidence is not None and one.status != "duplicate" for one in results)
        if self._wants_newest and self.bar.filter.only is not Only.ALL:
            self.bar.choose(Only.ALL)
        self._read()

    def _dropped(self, paths: tuple[Path, ...]) -> None:
        self.take(list(paths))

    def _open_camera(self) -> None:
        dialog = CameraDialog(self)
        dialog.taken.connect(self._shot)
        dialog.open()

    def _shot(self, name: str, content: bytes) -> None:
        inspection, services, item = self._inspection, self.context.services, self.bar.filter.item
        if inspection is None:
            return
        links = (item,) if item is not None else ()
        # Past the intake bar, where a lock ends what waits, and with the window's own offer to try again: the photo exists
        # nowhere else.
        self.context.runner.run_write(
            lambda: services.evidence.take(inspection, [(name, content)], links=links), self._shot_taken, owner=self
        )

    def _shot_taken(self, outcome: Any) -> None:
        for result in outcome.value:
            if result.evidence is None:
                self.context.notices.banner(f"{result.file_name} {words.outcome(result)}")
        self._took(outcome.value)

    def _ask_export(self) -> None:
        piece = self.current_piece
        if piece is not None and piece.is_stored:
            name, _ = QFileDialog.getSaveFileName(self, tr("evidence.export"), piece.file_name)
            if name:
                self.export_to(Path(name))

    def _ask_stamp(self) -> None:
        piece = self.current_piece
        if piece is not None:
            name, _ = QFileDialog.getSaveFileName(
                self, tr("evidence.stamp"), tr("evidence.stamp_name", number=piece.number), "JPEG (*.jpg)"
            )
            if name:
                self.stamp_to(Path(name))

    def _exported(self, outcome: Any) -> None:
        self.context.notices.toast(tr("evidence.exported", name=outcome.value.name))

    def _stamped(self, to: Path) -> None:
        self.context.notices.toast(tr("evidence.stamped", name=to.name))

    def _copied(self) -> None:
        self.context.notices.toast(tr("widgets.copied"))

    def _focus_caption(self) -> None:
        self.detail.caption.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.detail.caption.selectAll()

    def _to_tasks(self) -> None:
        self.context.go("tasks")

