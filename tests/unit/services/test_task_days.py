"""The days of a task: none that is set may be over already, by the store's own clock."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from app.core.clock import today
from app.core.errors import Refused
from app.core.tasks import Task
from tests.e2e.conftest import Clock
from tests.unit.services.desks import Desk


def _made(office: Desk, **more: Any) -> Task:
    return office.services.tasks.create(
        title="日常检查", nature="administrative", kind="routine",
        institution=office.services.institutions.find("康宁")[0].id, templates=("SGF",), members=office.inspectors[:2], **more,
    ).value  # fmt: skip


@pytest.mark.parametrize(("field", "code"), [("due_on", "task.due_past"), ("planned_on", "task.planned_past")])
def test_a_task_is_not_made_with_a_day_that_is_over_and_today_is_not_over(
    office: Desk, clock: Clock, field: str, code: str
) -> None:
    day = today(clock())
    before = len(office.services.tasks.lines())
    with pytest.raises(Refused) as refused:
        _made(office, **{field: day - dt.timedelta(1)})
    assert (refused.value.code, refused.value.params) == (code, {"day": (day - dt.timedelta(1)).isoformat()})
    assert len(office.services.tasks.lines()) == before
    assert getattr(_made(office, **{field: day}), field) == day


def test_a_due_day_that_is_over_is_kept_where_it_is_meant(office: Desk, clock: Clock) -> None:
    late = today(clock()) - dt.timedelta(300)
    assert _made(office, due_on=late, is_late=True).due_on == late


def test_an_overdue_task_is_edited_and_gets_no_other_day_that_is_over(office: Desk, clock: Clock) -> None:
    tasks, day = office.services.tasks, today(clock())
    late = _made(office, due_on=day - dt.timedelta(3), is_late=True)
    assert tasks.edit(dataclasses.replace(late, title="改了名称")).value.due_on == day - dt.timedelta(3)
    with pytest.raises(Refused, match=r"task\.due_past"):
        tasks.edit(dataclasses.replace(late, due_on=day - dt.timedelta(2)))
    with pytest.raises(Refused, match=r"task\.planned_past"):
        tasks.edit(dataclasses.replace(late, planned_on=day - dt.timedelta(1)))
    assert tasks.edit(dataclasses.replace(late, due_on=day)).value.due_on == day


def test_the_task_of_a_lead_whose_check_is_overdue_keeps_that_day_and_takes_no_other_one_that_is_over(
    office: Desk, clock: Clock
) -> None:
    leads, place = office.services.leads, office.services.institutions.find("康宁")[0]
    lead = leads.add(channel="phone", content="反映该店连续刷卡。", institution=place.id).value
    due = leads.line(lead).lead.due_on
    assert due is not None
    clock.ahead = dt.timedelta(60)
    given: dict[str, Any] = {"templates": ("SGF",), "members": office.inspectors[:2]}
    with pytest.raises(Refused, match=r"task\.due_past"):
        leads.task(lead, due_on=due + dt.timedelta(1), **given)
    assert leads.task(lead, **given).value.due_on == due
