"""All open conflicts between sources, one below the other; keys 1 and 2 decide and go on to the next."""

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.outcome import Outcome
from app.core.registers import INSTITUTION, PERSON, Conflict, Fact
from app.gui.screen import Context, Screen
from app.gui.screens.registers.fields import name_of, value_words
from app.gui.screens.registers.listing import ListPane, Pills, on_key
from app.gui.screens.registers.rows import Column
from app.gui.screens.registers.sides import Sides
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.card import Card
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.labels import label
from app.gui.widgets.layout import scrolled, sized, vbox

if TYPE_CHECKING:
    from app.core.outcome import Change

LIST_HEIGHT, LEAST_ROWS = 136, 60
_TABLES = frozenset({"register_fact", "institution", "person"})


class ConflictsScreen(Screen):
    """A list of conflicts above the two sides of the current one."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        page = QWidget()
        vbox(self).addWidget(scrolled(page))
        column = vbox(page, margin=Space.PAGE, gap=Space.BETWEEN)
        self.about = Pills(
            tr("registers.conflict.title"),
            [(INSTITUTION, tr("registers.tab.institutions")), (PERSON, tr("registers.tab.people"))],
        )
        column.addWidget(label(tr("registers.conflict.text"), "secondary", wrap=True))
        columns: tuple[Column[Conflict], ...] = (
            Column(tr("registers.field.name"), lambda one: one.name, share=2, is_strong=True),
            Column(tr("registers.conflict.field"), lambda one: name_of(one.fact.field, one.fact.about)),
            Column(
                tr("registers.conflict.standing"),
                lambda one: value_words(one.fact.field, one.standing),
                share=1,
            ),
            Column(
                tr("registers.conflict.value"),
                lambda one: value_words(one.fact.field, one.fact.value),
                share=1,
            ),
            Column(tr("registers.field.source"), lambda one: one.fact.source, is_spare=True),
            Column(tr("registers.field.stated_on"), lambda one: str(one.fact.stated_on or ""), is_spare=True),
        )
        self.list = ListPane(
            columns, lambda one: one.fact.id,
            EmptyState("check", tr("registers.conflict.empty.title"), tr("registers.conflict.empty.text")),
            name=tr("registers.conflict.title"), search=tr("registers.conflict.search"),
            prefs=context.prefs, memory="conflicts", least=LEAST_ROWS,
        )  # fmt: skip
        self.list.bar.insertWidget(0, self.about)
        self.list.bar.addWidget(self.list.count)
        self.list.bar.addStretch(1)
        self.list.bar.addWidget(button(tr("registers.back"), self._back, icon="back"))
        # As low as it may be before the page scrolls: below it stands what is to be decided.
        self.list.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        column.addWidget(sized(self.list, min_height=LIST_HEIGHT), 1)
        self.card = Card(gap=Space.INSIDE)
        self.sides = Sides(keys=True)
        self.card.body.addWidget(self.sides)
        column.addWidget(self.card)
        self.card.hide()
        self.about.chosen.connect(self._turned)
        self.list.table.picked.connect(self._picked)
        self.list.model.modelReset.connect(self._count)
        self.sides.decided.connect(self._decide)
        on_key(self.list.table, "1", self._keep)
        on_key(self.list.table, "2", self._take)

    def open(self, **params: Any) -> None:
        """Show the conflicts of a register; `about` is `institution` or `person`."""
        self.set_heading(tr("registers.conflict.title"))
        if params.get("about") in (INSTITUTION, PERSON):
            self.about.choose(params["about"])
        self._read()
        self.list.table.setFocus()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Read again when a register or what is said of it changed."""
        if not changes or {change.table for change in changes} & _TABLES:
            self._read()

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        return (("1", tr("registers.conflict.keep")), ("2", tr("registers.conflict.take")))

    def _read(self) -> None:
        registers, about = self.context.services.registers, self.about.value
        self.context.runner.run_read(
            lambda: registers.conflicts(about), self._show, owner=self, key="conflicts"
        )

    def _turned(self, _key: str) -> None:
        self._read()

    def _show(self, found: tuple[Conflict, ...]) -> None:
        row = self.list.table.currentIndex().row()
        self.list.put(found)
        left = self.list.model.key_at(min(max(row, 0), self.list.model.rowCount() - 1))
        if left is not None and self.list.table.current() is not None:
            self.list.table.choose(left)

    def _picked(self, conflict: Conflict | None) -> None:
        self.card.setVisible(conflict is not None)
        if conflict is not None:
            self.sides.put(conflict, conflict.name)

    def _keep(self) -> None:
        self.sides.choose(take=False)

    def _take(self) -> None:
        self.sides.choose(take=True)

    def _decide(self, conflict: Conflict, take: bool) -> None:
        decide, fact = self.context.services.registers.decide, conflict.fact.id
        self.context.runner.run_write(
            lambda: decide(fact, take=take), self._decided, self.context.notices.error, owner=self
        )

    def _decided(self, outcome: Outcome[Fact]) -> None:
        key = "registers.conflict.taken" if outcome.value.state == "taken" else "registers.conflict.kept"
        self.context.notices.toast(tr(key))

    def _count(self) -> None:
        shown = self.list.model.rowCount()
        self.list.count.setText(tr("registers.conflict.count", shown=shown))

    def _back(self) -> None:
        self.context.back()
