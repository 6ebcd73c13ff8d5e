"""The wall of a task: its papers in legal order, counted, filtered, each with its next step."""

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QWidget

from app.gui.models.tuples import ROW, TupleListModel
from app.gui.screens.papers.delegate import WallDelegate, button_area
from app.gui.screens.papers.detail import LineDetail
from app.gui.screens.papers.lines import Line, Stage, Step, Wall
from app.gui.screens.papers.under_way import UnderWay
from app.gui.screens.papers.words import spoken, step_words
from app.gui.screens.registers.listing import Pills, on_key
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import Button, button
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.labels import ElidedLabel
from app.gui.widgets.layout import hbox, rule, sized, vbox
from app.gui.widgets.views import RowsView

GROUPS = ("all", "missing", "draft", "sign", "serve", "done", "maybe")
ROOM_FOR_DETAIL = 960
DETAIL = 300


class _WallView(RowsView):
    """Rows whose button is pressed with the mouse too."""

    pressed_step = Signal(object)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the next step where its button was pressed."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        button = button_area(QRectF(self.visualRect(index)))
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and button.contains(event.position()):
            self.pressed_step.emit(index.data(ROW))


class WallPane(QWidget):
    """Shows a wall. `acted` carries (action, line): a step, or one of `more_of`."""

    acted = Signal(str, object)
    new_wanted = Signal()
    back_wanted = Signal()
    case_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._wall: Wall | None = None
        column = vbox(self, gap=0)
        bar = hbox(margin=(Space.CARD, 6, Space.CARD, 6), gap=Space.INSIDE)
        bar.addWidget(button(tr("papers.all_tasks"), self.back_wanted.emit, kind="quiet", icon="back"))
        self.pills = Pills(tr("papers.filter"), [(one, tr(f"papers.group.{one}")) for one in GROUPS])
        self.pills.chosen.connect(self._filter)
        bar.addWidget(self.pills)
        bar.addStretch(1)
        column.addLayout(bar)
        column.addWidget(rule())
        self.under_way = UnderWay()
        column.addWidget(self.under_way)
        middle = hbox(gap=0)
        self._model: TupleListModel[Line] = TupleListModel(spoken, lambda line: line.key, self)
        self.list = _WallView(tr("papers.list"), WallDelegate(), bare=True)
        self.list.setUniformItemSizes(True)
        self.list.setModel(self._model)
        self.list.opened.connect(self._step)
        self.list.pressed_step.connect(self._step)
        self.list.picked.connect(self._picked)
        self._empty = EmptyState("check", tr("papers.none_title"), tr("papers.none_text"))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        middle.addWidget(self._stack, 1)
        self._detail_rule = rule(vertical=True)
        middle.addWidget(self._detail_rule)
        self.detail = sized(LineDetail(), width=DETAIL)
        middle.addWidget(self.detail)
        column.addLayout(middle, 1)
        column.addWidget(rule())
        column.addLayout(self._foot())
        on_key(self, "N", self.new_wanted.emit)

    @property
    def line(self) -> Line | None:
        """The line that is current."""
        return self._model.row_at(self.list.currentIndex())

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that are shown."""
        return self._model.rows

    def show_wall(self, wall: Wall) -> None:
        """Show a wall; the current line stays where it is still there."""
        fresh = self._wall is None or self._wall.task.id != wall.task.id
        self._wall = wall
        for group in GROUPS:
            count = len(wall.lines) if group == "all" else wall.count(group)
            self.pills.rename(group, f"{tr(f'papers.group.{group}')} {count}" if count else tr(f"papers.group.{group}"))
        if fresh:
            self.pills.choose("all")
        self._filter(self.pills.value)
        self.case.setEnabled(wall.inspection is not None)
        if fresh:
            first = next((one for one in self.lines if one.group in ("missing", "draft", "sign", "serve")), None)
            self.list.setCurrentIndex(self._model.index_of(first.key) if first else self._model.index(0, 0))
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, key: str) -> None:
        """Make a line current."""
        index = self._model.index_of(key)
        if index.isValid():
            self.list.setCurrentIndex(index)

    def focus_list(self) -> None:
        """Give the keys to the list."""
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the details out where the list needs the room."""
        super().resizeEvent(event)
        roomy = self.width() >= current().px(ROOM_FOR_DETAIL)
        self.detail.setVisible(roomy)
        self._detail_rule.setVisible(roomy)

    def _foot(self) -> QHBoxLayout:
        foot = hbox(margin=(Space.CARD, Space.INSIDE, Space.CARD, Space.INSIDE), gap=Space.INSIDE)
        self.new = button(tr("papers.new"), self.new_wanted.emit, icon="add")
        self.case = button(tr("papers.case_export"), self.case_wanted.emit, icon="folder")
        self.more = button(tr("papers.more"), self._open_menu, icon="more")
        self.next: Button = button("", self._next, kind="primary")
        self._current = ElidedLabel("", "secondary")
        foot.addWidget(self.new)
        foot.addWidget(self.case)
        foot.addWidget(self._current, 1)
        foot.addWidget(self.more)
        foot.addWidget(self.next)
        return foot

    def _filter(self, group: str) -> None:
        if self._wall is None:
            return
        kept = self.line
        shown = [one for one in self._wall.lines if group in ("all", one.group)]
        self._model.set_rows(shown)
        self._stack.setCurrentWidget(self.list if shown else self._empty)
        if kept is not None and self._model.index_of(kept.key).isValid():
            self.list.setCurrentIndex(self._model.index_of(kept.key))
        elif shown and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self._model.index(0, 0))
        self._picked(self.line)

    def _picked(self, line: object) -> None:
        found = line if isinstance(line, Line) else None
        self.detail.show_line(found)
        self._current.setText(found.title if found else "")
        self.next.setVisible(found is not None and found.step is not Step.NONE)
        self.next.setText(step_words(found) if found else "")
        self.more.setEnabled(found is not None and bool(more_of(found)))

    def _next(self) -> None:
        if self.line is not None:
            self._step(self.line)

    def _step(self, line: Line) -> None:
        if line.step is not Step.NONE:
            self.acted.emit(str(line.step), line)

    def _open_menu(self) -> None:
        line = self.line
        if line is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in more_of(line):
            entry = menu.addAction(tr(f"papers.do.{action}"))
            entry.setData(action)
        menu.triggered.connect(self._chosen)
        menu.popup(self.more.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _chosen(self, entry: QAction) -> None:
        if self.line is not None:
            self.acted.emit(str(entry.data()), self.line)


def more_of(line: Line) -> tuple[str, ...]:
    """Return what else can be done with a line."""
    if line.stage is Stage.MISSING:
        return ()
    if line.stage is Stage.DRAFT:
        return () if line.paper is not None and line.paper.parent else ("discard",)
    found = ["show", "export", "print"]
    if line.stage is Stage.VOID:
        return tuple(found)
    if line.is_signed:
        found.append("certify")
    if line.paper is None:
        return tuple(found)
    if line.need.is_served_kind:
        found.append("serve")
    if line.services:
        found += ["receipt", "unserve"]
    if line.is_interim:
        found.append("number")
    if line.is_signed and line.inspection:
        found.append("amend")
    found.append("again")
    if not line.paper.parent:
        found.append("void")
    return tuple(found)
