"""What the plans' pages ask the services for (reader threads)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.ids import PlanId
from app.core.places import Person
from app.core.plan_checks import Remark
from app.core.plan_counts import GroupCount
from app.core.plan_dates import Due
from app.core.plans import Plan, Report
from app.gui.screens.draw import words
from checklists.plan_templates import PlanTemplate
from checklists.schema import Template


@dataclass(frozen=True, slots=True)
class Opened:
    """A plan, what it can be made of, and the template it was made from.

    Attributes:
        places: Names of the institutions that are exempted.
        draws: How often it was announced, taken back and drawn again.
    """

    plan: Plan
    templates: tuple[Template, ...]
    people: tuple[Person, ...]
    template: PlanTemplate | None
    places: Mapping[str, str]
    draws: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a plan means now: in the register, in the calendar, before the law."""

    counts: tuple[GroupCount, ...]
    dues: tuple[tuple[Report, Due | None], ...]
    remarks: tuple[Remark, ...]
    open_tasks: int


def opened(services: Any, plan_id: PlanId) -> Opened:
    """Read a plan."""
    plan: Plan = services.plans.get(plan_id)
    origin = plan.origin.partition("@")[0]
    template = next((one for one in services.plans.templates() if one.id == origin), None)
    places = {str(one.institution): services.institutions.get(one.institution).name for one in plan.exemptions if one.institution}
    draws = words.counted(services.draws.of_plan(plan_id))
    return Opened(plan, services.checklists.all(), services.people.find(), template, places, draws)


def standing(services: Any, plan: Plan) -> Standing:
    """Judge a plan as it stands on the page."""
    plans = services.plans
    return Standing(plans.counts(plan), plans.due(plan), plans.remarks(plan), plans.open_tasks(plan.id))
