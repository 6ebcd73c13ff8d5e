"""The list of plans: what is planned, how far it is, what is due next."""

from collections.abc import Callable

from app.core.plans import PlanState
from app.gui.prefs import Prefs
from app.gui.screens.registers.listing import ListPane
from app.gui.screens.registers.rows import Column
from app.gui.texts import tr
from app.gui.widgets.empty import EmptyState
from app.services import plan_words
from app.services.plan_shelf import PlanLine

MARKS = {
    PlanState.DRAFT: ("edit", "text2"),
    PlanState.SUBMITTED: ("time", "open"),
    PlanState.APPROVED: ("check", "ok"),
    PlanState.RUNNING: ("next", "accent"),
    PlanState.CLOSED: ("lock", "text2"),
    PlanState.CANCELLED: ("void", "text3"),
}


def plan_list(new: Callable[[], object], prefs: Prefs, office: Callable[[], str]) -> ListPane:
    """Return the list of `PlanLine`s; the office's own name, with which its plans begin, is left out."""
    columns: tuple[Column[PlanLine], ...] = (
        Column(
            tr("plans.field.title"),
            lambda one: one.plan.title.removeprefix(office()) or one.plan.title,
            whole=lambda one: one.plan.title,
            share=4,
            is_strong=True,
        ),
        Column(
            tr("plans.field.state"),
            lambda one: tr(f"plans.state.{one.plan.state}"),
            mark=lambda one: MARKS[one.plan.state],
        ),
        Column(tr("plans.field.nature"), lambda one: tr(f"plans.nature.{one.plan.nature}"), is_spare=True),
        Column(
            tr("plans.field.year"),
            lambda one: str(one.plan.year),
            order=lambda one: one.plan.year,
            is_number=True,
            is_spare=True,
        ),
        Column(
            tr("plans.field.until"),
            lambda one: one.plan.period_to.isoformat() if one.plan.period_to else plan_words.UNDECIDED,
        ),
        Column(
            tr("plans.field.next"),
            _next,
            order=lambda one: one.report[1].on.isoformat() if one.report else "9",
            share=3,
        ),
        Column(tr("plans.field.tasks"), _tasks, order=lambda one: one.tasks[1], is_number=True),
        Column(tr("plans.field.number"), lambda one: one.plan.number, is_spare=True, is_extra=True),
    )
    empty = EmptyState(
        "plan", tr("plans.empty"), tr("plans.empty.text"), action=tr("plans.new"), on_action=new
    )
    return ListPane(
        columns,
        lambda one: one.plan.id,
        empty,
        name=tr("plans.title"),
        search=tr("plans.search"),
        prefs=prefs,
        memory="plans",
        is_tall=True,
    )


def _next(line: PlanLine) -> str:
    return f"{plan_words.due(line.report[1])} {line.report[0].title}" if line.report else ""


def _tasks(line: PlanLine) -> str:
    return f"{line.tasks[0]}/{line.tasks[1]}" if line.tasks[1] else ""
