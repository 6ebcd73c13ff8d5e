"""What a plan's visits begin with on paper."""

import datetime as dt

import pytest

from app.core.errors import Refused
from app.core.ids import PlanId, TaskId
from app.core.progress import Cancelled, CancelToken
from tests.unit.services.desks import Desk
from tests.unit.services.drawn import DRAW, PLAN, draw

BEFORE = ["inspection_approval", "inspection_plan", "inspection_notice"]


def drawn(office: Desk) -> list[TaskId]:
    draw(office)
    with office.services.plans._store.db.write() as unit:
        unit.put("plan", PLAN, {
            "year": 2026, "goal": "维护基金安全", "approval_no": "批〔2026〕3号", "data_from": "2025-01-01", "data_to": "2025-12-31",
        })  # fmt: skip
    made: tuple[TaskId, ...] = office.services.tasks.from_draw(DRAW).value.made
    return list(made)


def test_every_task_of_a_plan_gets_its_approval_sheet_scheme_and_notice_once(office: Desk) -> None:
    tasks = drawn(office)
    first = office.services.plan_papers.draft(PlanId(PLAN)).value
    assert (first.tasks, first.papers) == (3, 9)
    assert [one.kind for one in office.services.papers.of_task(tasks[0])] == BEFORE
    assert office.services.plan_papers.draft(PlanId(PLAN)).value.papers == 0


def test_they_say_what_the_plan_says(office: Desk) -> None:
    task = drawn(office)[0]
    office.services.plan_papers.draft(PlanId(PLAN))
    scheme = next(one for one in office.services.papers.of_task(task) if one.kind == "inspection_plan")
    values = {one.id: one.value for one in office.services.papers.view(scheme.id).fields}
    assert values["aim"] == "维护基金安全"
    assert values["data_period"] == "2025-01-01至2025-12-31"
    assert str(values["course"]).splitlines()[1].startswith("巡查整治（")
    assert str(values["discipline"]).splitlines() == ["不得跑风漏气。", "不接受宴请。"]
    assert office.services.tasks.get(task).approval_no == "批〔2026〕3号"


def test_a_task_without_a_plan_leaves_those_fields_to_a_person(office: Desk) -> None:
    scheme = office.services.papers.draft("inspection_plan", office.tasks[0]).value
    values = {one.id: one.value for one in office.services.papers.view(scheme.id).fields}
    assert (values["aim"], values["course"], values["discipline"]) == (None, None, None)


def test_a_plan_without_tasks_says_so(office: Desk) -> None:
    plan = office.services.plans.create("SSJ").value
    with pytest.raises(Refused, match=r"plan\.no_tasks"):
        office.services.plan_papers.draft(plan.id)


def test_drafting_can_be_stopped_and_goes_on_later(office: Desk) -> None:
    drawn(office)
    token = CancelToken()
    with pytest.raises(Cancelled):
        office.services.plan_papers.draft(PlanId(PLAN), progress=lambda _: token.cancel(), cancel=token)
    assert office.services.plan_papers.draft(PlanId(PLAN)).value.papers == 6


def test_a_plan_says_itself_what_happened_when(office: Desk) -> None:
    plan = office.services.plans.create("SSJ").value
    office.services.plans.submit(plan.id)
    approved = office.services.plans.approve(plan.id, by="赵局长", approval_no="1号").value
    assert approved.approved_at is not None
    assert abs(approved.approved_at - office.services.clock()) < dt.timedelta(minutes=1)
