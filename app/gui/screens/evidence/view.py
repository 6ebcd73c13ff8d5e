"""The evidence screen: wall or big picture at the left, what is known and can be done at the right."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter

from app.core.evidence import Link, TargetKind
from app.core.ids import EvidenceId, InspectionId
from app.gui.screen import Context, Screen
from app.gui.screens.evidence import ops
from app.gui.screens.evidence.acting import Acting
from app.gui.screens.evidence.detail import Detail
from app.gui.screens.evidence.filters import FilterBar
from app.gui.screens.evidence.gallery import Gallery
from app.gui.screens.evidence.intake import IntakeBar
from app.gui.screens.evidence.model import Filter, Only
from app.gui.screens.evidence.ops import Source, Target, Wall
from app.gui.screens.evidence.sources import Sources
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.camera import KEYS as CAMERA_KEYS
from app.gui.widgets.camera_devices import cameras
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
        self._targets: dict[Link, Target] = {}
        self._wanted: EvidenceId | None = None
        self._wants_newest = False
        self.bar, self.intake = FilterBar(), IntakeBar(context)
        self.sources = Sources(self, context.notices)
        self.gallery = Gallery(context, self.sources.choose_files, self._to_tasks)
        self.detail = Detail()
        self.acting = Acting(context, self.gallery, self)
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
            self.gallery.show_wall()
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
        if self.gallery.is_preview:
            self.gallery.show_wall()
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

    def take(self, sources: list[Source]) -> None:
        """Bring files in; those of a wall narrowed to an item are linked to it."""
        content, inspection = self.gallery.content, self._inspection
        if inspection is None or content is None:
            return
        if content.is_locked:
            self.context.notices.banner(tr(f"inspection.locked_{content.view.state}"), tone="open")
            return
        self.intake.take(inspection, sources, self._links())

    def _build(self) -> None:
        column = vbox(self, margin=(16, 12, 16, 12), gap=Space.INSIDE)
        column.addWidget(self.bar)
        self._note = Note("", "open")
        self._note.hide()
        column.addWidget(self._note)
        column.addWidget(self.intake)
        panes = QSplitter(Qt.Orientation.Horizontal)
        panes.setChildrenCollapsible(False)
        panes.addWidget(self.gallery)
        panes.addWidget(sized(self.detail, min_width=290))
        panes.setStretchFactor(0, 1)
        panes.setSizes([current().px(820), current().px(DETAIL_UNITS)])
        column.addWidget(panes, 1)
        self.detail.hide()

    def _wire(self) -> None:
        self.bar.visit_chosen.connect(self._visit_chosen)
        self.bar.changed.connect(self._filtered)
        self.bar.files_wanted.connect(self.sources.choose_files)
        self.bar.folder_wanted.connect(self.sources.choose_folder)
        self.bar.paste_wanted.connect(self.sources.paste)
        self.bar.camera_wanted.connect(self.sources.open_camera)
        self.sources.chosen.connect(self.take)
        self.sources.photographed.connect(self._take_photo)
        self.intake.done.connect(self._took)
        self.gallery.turned.connect(self._show_detail)
        self.gallery.moved.connect(self.acting.move)
        self.gallery.files_dropped.connect(self._dropped)
        self.detail.captioned.connect(self.acting.caption)
        self.detail.unlinked.connect(self.acting.unlink)
        self.detail.link_wanted.connect(self.acting.ask_link)
        self.detail.void_wanted.connect(self.acting.ask_void)
        self.detail.export_wanted.connect(self.acting.ask_export)
        self.detail.stamp_wanted.connect(self.acting.ask_stamp)
        self.detail.copied.connect(self._copied)
        self.setAcceptDrops(True)
        pairs = (
            ("Ctrl+O", self.sources.choose_files), ("F2", self._focus_caption), ("Ctrl+J", self.acting.ask_link),
            ("Delete", self.acting.ask_void), ("Ctrl+E", self.acting.ask_export),
        )  # fmt: skip
        for keys, call in pairs:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self.gallery.wall)
        paste.setContext(Qt.ShortcutContext.WidgetShortcut)
        paste.activated.connect(self.sources.paste)

    def dragEnterEvent(self, event: Any) -> None:
        """Accept files anywhere on the page."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: Any) -> None:
        """Take what was dropped."""
        event.acceptProposedAction()
        self._dropped(tuple(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()))

    def _dropped(self, paths: tuple[Path, ...]) -> None:
        self.take(list(paths))

    def _take_photo(self, name: str, content: bytes) -> None:
        if self._inspection is not None:
            self.intake.take_photo(self._inspection, name, content, self._links())

    def _links(self) -> tuple[Link, ...]:
        item = self.bar.filter.item
        return (item,) if item is not None else ()

    def _took(self, results: tuple[Any, ...]) -> None:
        self._wants_newest = any(one.evidence is not None and one.status != "duplicate" for one in results)
        if self._wants_newest and self.bar.filter.only is not Only.ALL:
            self.bar.choose(Only.ALL)
        self._read()

    def _choose(self, inspection: InspectionId) -> None:
        if inspection == self._inspection:
            return
        self.detail.flush()
        self._inspection = inspection
        self.gallery.clear()
        self.bar.reset()
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
            self.gallery.show_nothing()
        self.bar.setVisible(bool(visits))

    def _read(self) -> None:
        inspection, services = self._inspection, self.context.services
        if inspection is not None:
            self.context.runner.run_read(
                lambda: ops.read(services, inspection), self._arrived, self._not_read, owner=self, key="wall"
            )

    def _arrived(self, content: Wall) -> None:
        self.gallery.thumbs.try_again()
        self._show(content)
        self._read_owed()

    def _not_read(self, error: BaseException) -> None:
        self.context.notices.error(error, self._read if getattr(error, "retryable", False) else None)
        self._read_owed()

    def _read_owed(self) -> None:
        if self._owes_visits:
            self._owes_visits = False
            self._read_visits()

    def _show(self, content: Wall) -> None:
        view = content.view
        if view.inspection.id != self._inspection:
            return
        first = self.gallery.content is None
        self._targets = {one.link: one for one in content.targets}
        self.gallery.show_content(content)
        self.set_heading(
            view.institution_name, tr("evidence.heading", number=view.task_number, count=len(content.pieces))
        )
        self._note.setVisible(content.is_locked)
        if content.is_locked:
            self._note.say(tr(f"inspection.locked_{view.state}"))
        titles = {one.link: one.title for one in content.targets}
        self.bar.show_pieces(content.pieces, titles, locked=content.is_locked)
        self._filtered()
        self._select_after_reading(content, first=first)

    def _select_after_reading(self, content: Wall, *, first: bool) -> None:
        gallery = self.gallery
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            gallery.select(wanted)
            piece = gallery.current_piece
            if piece is not None:
                gallery.open_preview(piece)
        elif self._wants_newest and content.pieces:
            self._wants_newest = False
            gallery.select(content.pieces[-1].id)
        elif first and gallery.model.rowCount():
            gallery.select(gallery.model.rows[0].id)
            gallery.wall.setFocus(Qt.FocusReason.OtherFocusReason)

    def _filtered(self) -> None:
        content = self.gallery.content
        if content is not None:
            self.gallery.narrow(self.bar.filter)
            self.bar.count.setText(tr("evidence.count", shown=self.gallery.model.rowCount(), all=len(content.pieces)))

    def _show_detail(self) -> None:
        piece, content = self.gallery.current_piece, self.gallery.content
        there = piece is not None and content is not None and self.gallery.model.rowCount() > 0
        self.detail.setVisible(there)
        if piece is not None and content is not None and there:
            chosen = len(self.gallery.chosen())
            self.detail.show_piece(piece, content.people, self._targets, chosen=chosen, locked=content.is_locked)

    def _copied(self) -> None:
        self.context.notices.toast(tr("widgets.copied"))

    def _focus_caption(self) -> None:
        self.detail.caption.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.detail.caption.selectAll()

    def _to_tasks(self) -> None:
        self.context.go("tasks")
