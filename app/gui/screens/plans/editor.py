"""One plan: its four pages and the steps it can take. What is changed is stored when a field is left."""

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QStackedWidget, QWidget

from app.core import clock
from app.core.ids import PlanId, RowId
from app.core.outcome import Outcome
from app.core.plan_checks import Weight
from app.core.plans import Exemption, Ground, Plan, PlanState
from app.core.progress import Progress
from app.gui.screen import Context
from app.gui.screens.plans.approval_pane import ApprovalPane
from app.gui.screens.plans.basics_pane import BasicsPane
from app.gui.screens.plans.groups_pane import GroupsPane
from app.gui.screens.plans.ops import Opened, Standing, opened, standing
from app.gui.screens.plans.stages_pane import StagesPane
from app.gui.screens.plans.steps import ApprovalQuestion, ExemptionQuestion
from app.gui.screens.registers.listing import Pills
from app.gui.texts import tr
from app.gui.theme import Space
from app.gui.widgets.buttons import button
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.labels import ElidedLabel, badge, set_tone
from app.gui.widgets.layout import hbox, restyle, vbox
from checklists.plan_templates import PlanTemplate

TONES = {
    PlanState.DRAFT: "none", PlanState.SUBMITTED: "open", PlanState.APPROVED: "ok", PlanState.RUNNING: "accent",
    PlanState.CLOSED: "none", PlanState.CANCELLED: "bad",
}  # fmt: skip
TABS = ("groups", "basics", "stages", "approval")
_NEXT = {
    PlanState.DRAFT: "submit", PlanState.SUBMITTED: "approve", PlanState.APPROVED: "start", PlanState.RUNNING: "close",
}  # fmt: skip


class PlanPage(QWidget):
    """The editor. `titled` carries the plan's title and state for the header; `left` asks for the list."""

    titled = Signal(str, str)
    other = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._plans = context.services.plans
        self._plan: Plan | None = None
        self._stored: Plan | None = None
        self._writing = 0
        self._done: list[Callable[..., None]] = []
        self._template: PlanTemplate | None = None
        self._places: Mapping[str, str] = {}
        self._draws = ""
        self._standing = Standing((), (), (), 0)
        column = vbox(self, gap=Space.BETWEEN)
        head = hbox(gap=Space.INSIDE)
        self.pills = Pills(tr("plans.title"), [(one, tr(f"plans.tab.{one}")) for one in TABS])
        self.state = badge("")
        self.told = ElidedLabel("", "secondary")
        head.addWidget(self.pills)
        head.addWidget(self.state)
        head.addWidget(self.told, 1)
        self.more_button = button(tr("plans.more"), icon="more")
        self._menu = QMenu(self.more_button)
        self.actions_by_name = {
            name: self._menu.addAction(tr(f"plans.step.{name}"), call)
            for name, call in (
                ("print", self.print), ("export", self.export), ("copy", self.copy), ("send_back", self.send_back),
                ("tasks", self.tasks),
                ("papers", self.papers), ("cancel", self.cancel),
            )
        }  # fmt: skip
        self.more_button.setMenu(self._menu)
        self.draw_button = button(tr("plans.step.draw"), self.draw)
        self.step_button = button("", self.step, kind="primary")
        for one in (self.more_button, self.draw_button, self.step_button):
            head.addWidget(one)
        column.addLayout(head)
        self.groups = GroupsPane(self._new_id)
        self.basics = BasicsPane(_today)
        self.stages = StagesPane(self._new_id, _today)
        self.approval = ApprovalPane()
        self.panes: dict[str, GroupsPane | BasicsPane | StagesPane | ApprovalPane] = {
            "groups": self.groups,
            "basics": self.basics,
            "stages": self.stages,
            "approval": self.approval,
        }
        self._stack = QStackedWidget()
        for pane in self.panes.values():
            self._stack.addWidget(pane)
        for changed in (self.groups.changed, self.basics.changed, self.stages.changed, self.approval.changed):
            changed.connect(self._changed)
        column.addWidget(self._stack, 1)
        self.pills.chosen.connect(self._turn)
        self.approval.exempt_wanted.connect(self.exempt)
        self._count_soon = QTimer(self)
        self._count_soon.setSingleShot(True)
        self._count_soon.setInterval(150)
        self._count_soon.timeout.connect(self._judge)

    @property
    def plan(self) -> Plan | None:
        """The plan as it stands here."""
        return self._plan

    def open(self, plan_id: str) -> None:
        """Show a plan."""
        if self._plan is not None and self._plan.id != plan_id:
            self._plan = self._stored = None
        services = self._context.services
        self._context.runner.run_read(
            lambda: opened(services, PlanId(plan_id)), self._opened, owner=self, key="plan"
        )

    def turn(self, tab: str) -> None:
        """Show one of the four pages."""
        self.pills.choose(tab)

    def tab_by(self, step: int) -> None:
        """Go to the next or the former page."""
        self.pills.choose(TABS[(TABS.index(self.pills.value) + step) % len(TABS)])

    def step_out(self) -> bool:
        """Leave the form of a group for the table where only one of them is shown; False where there is nothing to leave."""
        return self.groups.isVisible() and self.groups.step_out()

    def reload(self) -> None:
        """Show what others changed; what is being changed here goes first."""
        if self._plan is not None and not self._writing:
            self.open(self._plan.id)

    def _opened(self, found: Opened) -> None:
        if self._writing:
            return
        is_other = self._stored is None or self._stored.id != found.plan.id
        self.groups.offer(found.templates, found.people)
        is_new = (found.places, found.draws) != (self._places, self._draws)
        self._template, self._places, self._draws = found.template, found.places, found.draws
        if found.plan != self._plan or is_new:
            self._plan = self._stored = found.plan
            self._show()
        if is_other:
            self.groups.choose(0)
        self._judge()

    def _show(self) -> None:
        plan = self._plan
        assert plan is not None
        self.groups.put(plan)
        self.basics.put(plan)
        self.stages.put(plan)
        self.approval.put(plan, self._template, self._places, self._draws)
        is_draft = plan.state is PlanState.DRAFT
        is_ended = plan.state in (PlanState.CLOSED, PlanState.CANCELLED)
        self.groups.lock(is_draft)
        self.basics.lock(is_draft)
        self.stages.lock(is_draft)
        self.approval.lock(is_draft, is_ended=is_ended)
        self.state.setText(tr(f"plans.state.{plan.state}"))
        set_tone(self.state, TONES[plan.state])
        step = _NEXT.get(plan.state)
        self.step_button.setVisible(step is not None)
        if step:
            self.step_button.setText(tr(f"plans.step.{step}"))
        is_running = plan.state is PlanState.RUNNING
        restyle(self.step_button, kind="plain" if is_running else "primary")
        restyle(self.draw_button, kind="primary" if is_running else "plain")
        self.draw_button.setVisible(plan.state in (PlanState.APPROVED, PlanState.RUNNING))
        for name in ("tasks", "papers"):
            self.actions_by_name[name].setVisible(plan.state in (PlanState.APPROVED, PlanState.RUNNING))
        self.actions_by_name["send_back"].setVisible(plan.state is PlanState.SUBMITTED)
        self.actions_by_name["cancel"].setVisible(not is_ended)
        self.titled.emit(plan.title, plan.number)

    def _changed(self) -> None:
        plan = self._plan
        if plan is None:
            return
        for pane in self.panes.values():
            plan = pane.apply(plan)
        if plan == self._plan:
            return
        self._plan = plan
        self.titled.emit(plan.title, plan.number)
        self._write(lambda: self._plans.edit(plan), self._edited)

    def _edited(self, outcome: Outcome[Plan]) -> None:
        self._stored = outcome.value
        if not self._writing:
            self._plan = outcome.value
        self._count_soon.start()

    def _judge(self) -> None:
        plan, services = self._plan, self._context.services
        if plan is not None:
            self._context.runner.run_read(
                lambda: standing(services, plan), self._judged, owner=self, key="standing"
            )

    def _judged(self, found: Standing) -> None:
        self._standing = found
        self.groups.put_counts(found.counts)
        self.stages.put_dues(found.dues)
        self.approval.put_remarks(found.remarks)
        counted = {weight: sum(one.weight is weight for one in found.remarks) for weight in Weight}
        said = [
            tr(f"plans.told.{weight}", count=n)
            for weight, n in counted.items()
            if n and weight is not Weight.HINT
        ]
        self.told.setText("　".join(said))
        is_draft = self._plan is not None and self._plan.state is PlanState.DRAFT
        self.pills.rename(
            "approval",
            tr("plans.tab.approval")
            + (f" {counted[Weight.BLOCK]}" if is_draft and counted[Weight.BLOCK] else ""),
        )

    def step(self) -> None:
        """Take the plan's next step."""
        plan = self._plan
        if plan is None:
            return
        match plan.state:
            case PlanState.DRAFT:
                if any(one.weight is Weight.BLOCK for one in self._standing.remarks):
                    self.turn("approval")
                self._turn_state(lambda: self._plans.submit(plan.id))
            case PlanState.SUBMITTED:
                self._ask_approval(plan)
            case PlanState.APPROVED:
                self._turn_state(lambda: self._plans.start(plan.id))
            case PlanState.RUNNING:
                self._ask_reason("close", self._close)

    def send_back(self) -> None:
        """Give the plan back to be changed."""
        self._ask_reason("send_back", self._sent_back)

    def cancel(self) -> None:
        """Cancel the plan."""
        self._ask_reason("cancel", self._cancelled)

    def exempt(self) -> None:
        """Ask why the cap does not hold."""
        self._question = ExemptionQuestion(self, self._context, self._context.services.plans.cap_exemptions())
        self._question.accepted.connect(self._exempted)
        self._question.open()

    def copy(self) -> None:
        """Make a new draft like this one."""
        plan = self._plan
        if plan is not None:
            self._write(lambda: self._plans.copy(plan.id), self._copied)

    def export(self) -> None:
        """Ask for a place and write the plan there."""
        plan = self._plan
        if plan is None:
            return
        place, _ = QFileDialog.getSaveFileName(
            self, tr("plans.step.export"), f"{plan.title}.json", "JSON (*.json)"
        )
        if place:
            self._write(lambda: Outcome(self._plans.export_to(plan.id, Path(place))), self._exported)

    def print(self) -> None:
        """Ask for a place and write the plan there as pages."""
        plan = self._plan
        if plan is None:
            return
        place, _ = QFileDialog.getSaveFileName(
            self, tr("plans.step.print"), f"{plan.title}.pdf", "PDF (*.pdf)"
        )
        if place:
            self._write(lambda: Outcome(self._plans.print_to(plan.id, Path(place))), self._exported)

    def draw(self) -> None:
        """Go to the draw of this plan."""
        if self._plan is not None:
            self._context.go("draw", plan=self._plan.id)

    def tasks(self) -> None:
        """Go to the tasks of this plan."""
        if self._plan is not None:
            self._context.go("tasks", text=self._plan.title)

    def papers(self) -> None:
        """Draft what the plan's visits begin with."""
        plan, services = self._plan, self._context.services
        if plan is not None:
            self._context.runner.run_long(
                lambda work: services.plan_papers.draft(plan.id, progress=work.report, cancel=work.token),
                self._drafted, self._context.notices.error, on_progress=self._drafting, owner=self, writes=True,
            )  # fmt: skip

    def _drafting(self, progress: Progress) -> None:
        self.told.setText(f"{tr('plans.step.papers')} {progress.done}/{progress.total}")

    def _drafted(self, outcome: Outcome[Any]) -> None:
        made = outcome.value
        self._judge()
        self._context.notices.toast(tr("plans.papers.made", tasks=made.tasks, papers=made.papers))

    def _ask_approval(self, plan: Plan) -> None:
        self._approval_question = ApprovalQuestion(self, plan.number)
        self._approval_question.accepted.connect(self._approved)
        self._approval_question.open()

    def _approved(self) -> None:
        plan, asked = self._plan, self._approval_question
        if plan is not None:
            by, no, number = asked.by.value(), asked.approval_no.value(), asked.number.value()
            self._turn_state(lambda: self._plans.approve(plan.id, by=by, approval_no=no, number=number))

    def _exempted(self) -> None:
        plan, asked = self._plan, self._question
        if plan is not None:
            place = asked.place.value
            given = Exemption(RowId(""), Ground(asked.ground.currentData()), asked.note.value(), place)
            self._turn_state(lambda: self._plans.exempt(plan.id, given))

    def _ask_reason(self, step: str, done: Callable[[], None]) -> None:
        if self._plan is None:
            return
        self._reason = ConfirmDialog(
            self, tr(f"plans.{step}.title"), tr(f"plans.{step}.text"), tr(f"plans.step.{step}"), danger=step == "cancel",
            ask_reason="" if step == "close" and not self._has_open_tasks() else tr("plans.reason.ask"),
        )  # fmt: skip
        self._reason.accepted.connect(done)
        self._reason.open()

    def _has_open_tasks(self) -> bool:
        return self._standing.open_tasks > 0

    def _close(self) -> None:
        plan, reason = self._plan, self._reason.reason
        if plan is not None:
            self._turn_state(lambda: self._plans.close(plan.id, reason))

    def _sent_back(self) -> None:
        plan, reason = self._plan, self._reason.reason
        if plan is not None:
            self._turn_state(lambda: self._plans.send_back(plan.id, reason))

    def _cancelled(self) -> None:
        plan, reason = self._plan, self._reason.reason
        if plan is not None:
            self._turn_state(lambda: self._plans.cancel(plan.id, reason))

    def _turn_state(self, call: Callable[[], Outcome[Plan]]) -> None:
        self._write(call, self._turned)

    def _turned(self, outcome: Outcome[Plan]) -> None:
        self._plan = self._stored = outcome.value
        self._show()
        self._judge()

    def _copied(self, outcome: Outcome[Plan]) -> None:
        self._context.notices.toast(tr("plans.copied"))
        self.other.emit(outcome.value.id)

    def _exported(self, outcome: Outcome[Path]) -> None:
        self._context.notices.toast(tr("plans.exported", file=outcome.value.name))

    def _write(self, call: Callable[[], object], done: Callable[..., None]) -> None:
        self._writing += 1
        self._done.append(done)
        self._context.runner.run_write(call, self._written, self._refused, owner=self)

    def _written(self, outcome: object) -> None:
        self._writing -= 1
        self._done.pop(0)(outcome)

    def _refused(self, error: BaseException) -> None:
        self._writing -= 1
        self._done.pop(0)
        self._context.notices.error(error)
        if self._stored is not None and not self._writing:
            self._plan = self._stored
            self._show()

    def _turn(self, tab: str) -> None:
        self._stack.setCurrentWidget(self.panes[tab])

    def _new_id(self) -> RowId:
        made: RowId = self._plans.new_id()
        return made


def _today() -> dt.date:
    return clock.today(clock.now())
