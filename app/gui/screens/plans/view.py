"""Plans: the list, a new one from a template, the editor."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication, QFileDialog, QStackedWidget, QWidget

from app.core import clock
from app.core.outcome import Outcome
from app.core.plans import Plan
from app.gui.screen import Context, Screen
from app.gui.screens.plans.editor import PlanPage
from app.gui.screens.plans.listing import plan_list
from app.gui.screens.plans.making import NewPlan
from app.gui.screens.registers.listing import on_key
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.layout import vbox
from app.services.plan_shelf import PlanLine

if TYPE_CHECKING:
    from app.core.outcome import Change

_TABLES = frozenset({"plan", "plan_stage", "plan_group", "plan_report", "plan_exemption", "task"})


class PlansScreen(Screen):
    """Ctrl+N makes a plan; Enter opens one; Esc goes back to the list."""

    made_later = ("making", "page")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._office = ""
        self.list = plan_list(self.new, context.prefs, lambda: self._office)
        self.import_button = button(tr("plans.import"), self.take, icon="download")
        self.new_button = button(tr("plans.new"), self.new, kind="primary", icon="add")
        self.list.bar.addStretch(1)
        self.list.bar.addWidget(self.import_button)
        self.list.bar.addWidget(self.new_button)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        vbox(self, margin=Space.PAGE).addWidget(self.stack)
        self.list.table.opened.connect(self._open_line)
        on_key(self, "Ctrl+N", self.new)
        on_key(self, "Ctrl+PgDown", self._next_tab)
        on_key(self, "Ctrl+PgUp", self._former_tab)

    @cached_property
    def making(self) -> NewPlan:
        """What begins a plan."""
        made = NewPlan()
        made.wanted.connect(self._make)
        made.given_up.connect(self.show_list)
        self.stack.addWidget(made)
        return made

    @cached_property
    def page(self) -> PlanPage:
        """The plan that is open."""
        made = PlanPage(self.context)
        made.titled.connect(self._title)
        made.other.connect(self._open_plan)
        self.stack.addWidget(made)
        return made

    def open(self, **params: Any) -> None:
        """Show the list; `plan` opens one, `tab` its page, `new` begins one."""
        if params.get("plan"):
            self._open_plan(str(params["plan"]))
            if params.get("tab"):
                self.page.turn(params["tab"])
        elif params.get("new"):
            self.new()
        else:
            self.show_list()

    def refresh(self, changes: "tuple[Change, ...]") -> None:
        """Reload what changed."""
        if changes and not {change.table for change in changes} & _TABLES:
            return
        self._read()
        if isinstance(shown := self.stack.currentWidget(), PlanPage):
            shown.reload()

    def leave(self) -> bool:
        """Store what is being written, then go."""
        self._store_written()
        return True

    def escape(self) -> bool:
        """Go back to the list."""
        if self.stack.currentWidget() is self.list:
            return False
        if isinstance(shown := self.stack.currentWidget(), PlanPage) and shown.step_out():
            return True
        self.show_list()
        return True

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the keys of this page."""
        names = (
            ("Ctrl+N", "new"), ("Enter", "open"), ("Ctrl+PgDn", "tab"), ("Ctrl+Ins", "add"), ("Ctrl+Del", "drop"),
            ("Alt+↑ / Alt+↓", "move"), ("Ctrl+Enter", "make"),
        )  # fmt: skip
        return tuple((keys, tr(f"plans.key.{name}")) for keys, name in names)

    def show_list(self) -> None:
        """Show the list."""
        self._store_written()
        self._front(self.list)
        self.set_heading(tr("plans.title"))
        self._read()

    def new(self) -> None:
        """Begin a plan."""
        if isinstance(self.stack.currentWidget(), NewPlan):
            return
        self._front(self.making)
        self.set_heading(tr("plans.new"))
        services = self.context.services
        year = clock.local(clock.now()).year
        self.making.begin(services.plans.templates(), services.office.get().name, year)

    def take(self) -> None:
        """Ask for a plan's file and make a draft of it."""
        place, _ = QFileDialog.getOpenFileName(self, tr("plans.import"), "", "JSON (*.json)")
        if place:
            plans = self.context.services.plans
            self.context.runner.run_write(lambda: plans.take_file(Path(place)), self._made, owner=self)

    def _read(self) -> None:
        services = self.context.services
        self.context.runner.run_read(
            lambda: (services.plans.lines(), services.office.get().name), self._listed, owner=self, key="plans"
        )

    def _listed(self, found: tuple[tuple[PlanLine, ...], str]) -> None:
        lines, self._office = found
        self.list.put(lines)
        self.new_button.setVisible(bool(lines))  # an empty list has its own

    def _open_line(self, line: PlanLine) -> None:
        self._open_plan(line.plan.id)

    def _open_plan(self, plan_id: str) -> None:
        self._front(self.page)
        self.page.open(plan_id)

    def _make(self, template: str, title: str, year: int) -> None:
        plans = self.context.services.plans
        self.context.runner.run_write(
            lambda: plans.create(template, title=title, year=year), self._made, owner=self
        )

    def _made(self, outcome: Outcome[Plan]) -> None:
        self.context.notices.toast(tr("plans.made"))
        self._open_plan(outcome.value.id)

    def _title(self, title: str, detail: str) -> None:
        if self.stack.currentWidget() is self.page:
            self.set_heading(title, detail)

    def _front(self, page: QWidget) -> None:
        self.stack.setCurrentWidget(page)

    def _store_written(self) -> None:
        """Leave the field that is being filled in: that stores it."""
        focus = QApplication.focusWidget()
        shown = self.stack.currentWidget()
        if focus is not None and isinstance(shown, PlanPage) and shown.isAncestorOf(focus):
            focus.clearFocus()

    def _next_tab(self) -> None:
        self.page.tab_by(1)

    def _former_tab(self) -> None:
        self.page.tab_by(-1)
