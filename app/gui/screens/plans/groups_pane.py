"""The division of labour (分工表): a line for each group, and beside it the form of the one that is chosen."""

import dataclasses
from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from app.core.ids import RowId
from app.core.places import Person
from app.core.plan_counts import GroupCount
from app.core.plans import Group, Plan
from app.gui.screens.plans.group_form import GroupForm
from app.gui.screens.registers.listing import Decorations, on_key
from app.gui.screens.registers.rows import Column, RowsModel
from app.gui.screens.registers.table import TableView
from app.gui.texts import tr
from app.gui.theme import Space, current
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.layout import hbox, sized, vbox
from app.services import plan_words
from checklists.schema import Template

_SIDE, _BOTH, _PARTS = 380, 800, (63, 37)


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """A line of the table."""

    n: int
    group: Group
    count: GroupCount | None
    names: str


class GroupsPane(QWidget):
    """Alt+Up and Alt+Down move the line, Ctrl+Ins adds one, Ctrl+Del takes it out; Enter goes into the form."""

    changed = Signal()

    def __init__(self, new_id: Callable[[], RowId]) -> None:
        super().__init__()
        self._new_id = new_id
        self._groups: list[Group] = []
        self._counts: Sequence[GroupCount] = ()
        self._titles: dict[str, str] = {}
        self._lock_days = 0
        self._is_showing = False
        columns: tuple[Column[Line], ...] = (
            Column(
                tr("plans.group.title"), lambda one: f"{one.n}　{one.group.title}", share=5, is_strong=True
            ),
            Column(tr("plans.group.objects"), lambda one: plan_words.objects(one.group.objects), share=6),
            Column(tr("plans.group.contents"), lambda one: one.names, share=3, is_spare=True),
            Column(tr("plans.group.coverage"), lambda one: plan_words.coverage_mark(one.group)),
            Column(tr("plans.group.count"), _count_words, is_number=True),
            Column(tr("plans.group.owner"), lambda one: one.group.owner, share=3),
        )
        self.model: RowsModel[Line] = RowsModel(columns, lambda one: one.group.id, Decorations(), self)
        self.table = TableView(self.model, tr("plans.tab.groups"), is_tall=True)
        self.table.setSortingEnabled(False)
        self.form = GroupForm()
        self.empty = EmptyState(
            "plan",
            tr("plans.groups.empty"),
            tr("plans.groups.empty.text"),
            action=tr("plans.groups.add"),
            on_action=self.add,
        )
        self.add_button = button(tr("plans.groups.add"), self.add, icon="add")
        self.up_button, self.down_button = (
            button(tr("plans.groups.up"), self.up, kind="quiet"),
            button(tr("plans.groups.down"), self.down, kind="quiet"),
        )
        self.drop_button = button(tr("plans.groups.drop"), self.drop, kind="quiet")
        self.left = left = Card(margin=Space.BETWEEN)
        left.body.addWidget(self.table, 1)
        left.body.addWidget(self.empty, 1)
        bar = hbox(gap=Space.INSIDE)
        for one in (self.add_button, self.up_button, self.down_button, self.drop_button):
            bar.addWidget(one)
        bar.addStretch(1)
        left.body.addLayout(bar)
        self.side = sized(Card(margin=Space.BETWEEN), min_width=_SIDE)
        self.back_button = button(tr("plans.groups.back"), self.show_table, kind="link", icon="back")
        self.side.body.addWidget(self.back_button)
        self.side.body.addWidget(self.form, 1)
        self._is_narrow = self._is_inside = False
        self.split = QSplitter()
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(left)
        self.split.addWidget(self.side)
        self.split.setStretchFactor(0, 5)
        self.split.setStretchFactor(1, 4)
        vbox(self).addWidget(self.split)
        self.table.picked.connect(self._picked)
        self.table.opened.connect(self._enter)
        self.form.changed.connect(self._form_changed)
        for keys, call in (
            ("Ctrl+Ins", self.add),
            ("Ctrl+Del", self.drop),
            ("Alt+Up", self.up),
            ("Alt+Down", self.down),
        ):
            on_key(self, keys, call)

    def offer(self, templates: Sequence[Template], people: Sequence[Person]) -> None:
        """Say which checklists and people there are."""
        self._titles = {one.id: one.subject or one.title for one in templates}
        self.form.offer(templates, people)
        self._renew()

    def put(self, plan: Plan) -> None:
        """Show the groups of a plan."""
        is_new = [one.id for one in plan.groups] != [one.id for one in self._groups]
        self._groups, self._lock_days = list(plan.groups), plan.lock_days
        if is_new:
            self._counts = ()
        self._renew()
        self._show_current()

    def put_counts(self, counts: Sequence[GroupCount]) -> None:
        """Show what the groups mean in the register."""
        self._counts = counts
        self._renew()
        self._show_count()

    def apply(self, plan: Plan) -> Plan:
        """Return the plan with the groups as they stand here."""
        return dataclasses.replace(plan, groups=tuple(self._groups))

    def lock(self, is_open: bool) -> None:
        """Let the groups be changed, or only read."""
        self.form.form.setEnabled(is_open)
        for one in (self.add_button, self.up_button, self.down_button, self.drop_button):
            one.setEnabled(is_open)
            one.setVisible(is_open)

    def choose(self, place: int) -> None:
        """Choose the line at a place."""
        if 0 <= place < len(self._groups):
            self.table.choose(self._groups[place].id)

    def add(self) -> None:
        """Add an empty line below and go into it."""
        if not self.add_button.isEnabled():
            return
        place = self._place() + 1 if self._groups else 0
        self._groups.insert(place, Group(self._new_id(), tr("plans.groups.new", n=len(self._groups) + 1)))
        self._moved(place)
        QTimer.singleShot(0, self, self._enter)

    def drop(self) -> None:
        """Take the line out; the journal keeps it."""
        place = self._place()
        if self.drop_button.isEnabled() and 0 <= place < len(self._groups):
            del self._groups[place]
            self._moved(min(place, len(self._groups) - 1))

    def up(self) -> None:
        """Move the line up."""
        self._move(-1)

    def down(self) -> None:
        """Move the line down."""
        self._move(1)

    def _move(self, by: int) -> None:
        place = self._place()
        if self.up_button.isEnabled() and place >= 0 and 0 <= place + by < len(self._groups):
            self._groups.insert(place + by, self._groups.pop(place))
            self._moved(place + by)

    def _moved(self, place: int) -> None:
        self._counts = ()
        self._renew()
        self.choose(place)
        self._show_current()
        self.changed.emit()

    def _place(self) -> int:
        line = self.table.current()
        return line.n - 1 if line is not None else -1

    def _renew(self) -> None:
        self._is_showing = True
        counts = self._counts if len(self._counts) == len(self._groups) else [None] * len(self._groups)
        self.model.put([
            Line(n, group, count, "、".join(self._titles.get(one.template, one.template) for one in group.contents))
            for n, (group, count) in enumerate(zip(self._groups, counts, strict=True), 1)
        ])  # fmt: skip
        self._is_showing = False
        self.table.setVisible(bool(self._groups))
        self.empty.setVisible(not self._groups)
        self._arrange()

    def _picked(self, _line: object) -> None:
        if not self._is_showing:
            self._show_current()

    def _show_current(self) -> None:
        place = self._place()
        if 0 <= place < len(self._groups):
            self.form.put(self._groups[place])
        self._show_count()

    def _show_count(self) -> None:
        place = self._place()
        self.form.show_count(self._counts[place] if 0 <= place < len(self._counts) else None, self._lock_days)

    def show_table(self) -> None:
        """Where there is no room for both, go back from the form to the table."""
        self._is_inside = False
        self._arrange()
        self.table.setFocus()

    def step_out(self) -> bool:
        """Do so, and return whether the form was in front."""
        was_inside = self._is_narrow and self._is_inside
        if was_inside:
            self.show_table()
        return was_inside

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show table and form beside one another where there is room, else one of them."""
        super().resizeEvent(event)
        if not self._is_narrow and event.oldSize().width() != event.size().width():
            self.split.setSizes([event.size().width() * part for part in _PARTS])
        self._is_narrow = event.size().width() < current().px(_BOTH)
        self._arrange()

    def _arrange(self) -> None:
        is_inside = self._is_inside and bool(self._groups)
        self.left.setVisible(not (self._is_narrow and is_inside))
        self.side.setVisible(bool(self._groups) and (is_inside or not self._is_narrow))
        self.back_button.setVisible(self._is_narrow)

    def _enter(self, _line: object = None) -> None:
        self._is_inside = True
        self._arrange()
        self.form.title.setFocus()
        self.form.title.selectAll()

    def _form_changed(self) -> None:
        value, place = self.form.value(), self._place()
        for at, one in enumerate(
            self._groups
        ):  # the field that was left may be that of the line chosen before
            if value is not None and one.id == value.id and one != value:
                self._groups[at] = value
                self.form.put(value) if at == place else None
                self._renew()
                self.changed.emit()


def _count_words(line: Line) -> str:
    return f"{line.count.size}/{line.count.objects}" if line.count is not None else "…"
