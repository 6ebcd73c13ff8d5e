"""Conflicts of interest declared on the spot (回避): who comes instead, from the draw's reserve list or named by hand."""

import datetime as dt
from dataclasses import replace
from typing import Final

from app.core.clock import to_ms, today
from app.core.errors import Refused
from app.core.ids import PersonId, TaskId
from app.core.outcome import Outcome
from app.core.task_views import Candidate, Recusal, RecusalGround
from app.core.tasks import Task, TaskState
from app.db.repos import inspections, registers, staff, tasks
from app.db.repos import task_views as views
from app.db.repos.values import texts
from app.db.unit import ReadUnit, WriteUnit
from app.services import task_draws
from app.services.store import Store

_OPEN: Final = (TaskState.ASSIGNED, TaskState.IN_PROGRESS)
DRAW, HAND = "draw", "hand"
EXPERT, LEADER, INSPECTOR = "expert", "leader", "inspector"


def candidates(unit: ReadUnit, task: Task, person: PersonId, day: dt.date) -> tuple[Candidate, ...]:
    """Return who may replace somebody: the reserve list of the draw in its order, then everybody else by name."""
    role = role_of(task, person)
    people, listed = registers.people(unit), task_draws.reserves(unit, task, role)
    out = staff.staff(unit)
    place, gone = registers.institution(unit, task.institution), views.recused(unit, task.id)

    def against(one: PersonId) -> str:
        who = people.get(one)
        if who is None or not who.is_active:
            return "inactive"
        if one in gone:
            return "recused"
        if one in task.people:
            return "member"
        if role != EXPERT and who.organisation:
            return "third_party"
        if role != EXPERT and not who.may_inspect_on(day):
            return "licence"
        if out.interest(one, place, day) is not None:
            return "interest"
        return "absent" if out.away(one, day) is not None else ""

    found = [Candidate(one, people[one].name, at, against(one)) for one, at in listed if one in people]
    known = {one.person for one in found}
    rest = [
        Candidate(PersonId(key), who.name, 0, against(PersonId(key)))
        for key, who in people.items()
        if who.is_active and key not in known and key not in task.people
    ]
    return (*found, *sorted(rest, key=lambda one: (bool(one.against), one.name)))


def role_of(task: Task, person: PersonId) -> str:
    """Return in what capacity somebody goes.

    Raises:
        Refused: `recusal.not_in_team`.
    """
    if person in task.experts:
        return EXPERT
    if person not in task.members:
        raise Refused("recusal.not_in_team")
    return LEADER if task.leader == person else INSPECTOR


def recuse(
    store: Store,
    task_id: TaskId,
    person: PersonId,
    ground: RecusalGround | str,
    replacement: PersonId | None,
    reason: str,
    *,
    is_nobody: bool,
) -> Outcome[Recusal]:
    """Take somebody out of a task and put another one in his place; see `Tasks.recuse`."""
    now = store.now()
    with store.db.write() as unit:
        task = tasks.get(unit, task_id)
        if task.state not in _OPEN:
            raise Refused("task.closed", number=task.number)
        role = role_of(task, person)
        day = max(task.planned_on or today(now), today(now))
        chosen = None if is_nobody else _chosen(unit, task, person, replacement, reason, day)
        if is_nobody and not reason.strip():
            raise Refused("recusal.reason_missing")
        people = registers.people(unit)
        made = Recusal(
            store.new_id(), task_id, person, people[person].name, RecusalGround(ground), role, now,
            chosen.person if chosen else None, chosen.name if chosen else "", _source(chosen), chosen.position if chosen else 0,
            reason.strip(),
        )  # fmt: skip
        unit.append("task_recusal", made.id, views.recusal_fields(made, store.me, to_ms(now)))
        unit.put("task", task_id, tasks.fields(_without(task, person, made.replaced_by)))
        _in_visit(unit, task_id, person, made.replaced_by)
        return Outcome(made, unit.changed)


def _chosen(
    unit: ReadUnit, task: Task, person: PersonId, wanted: PersonId | None, reason: str, day: dt.date
) -> Candidate:
    offered = candidates(unit, task, person, day)
    first = next((one for one in offered if one.position and not one.against), None)
    if wanted is None:
        if first is None:
            raise Refused("recusal.reserve_empty" if task.draw else "recusal.replacement_missing")
        return first
    if first is not None and wanted == first.person:
        return first
    found = next((one for one in offered if one.person == wanted), None)
    if found is None or found.against:
        raise Refused("recusal.cannot_come", name=found.name if found else "—")
    if not reason.strip():
        raise Refused("recusal.reason_missing")
    return replace(found, position=0)  # out of turn: named by a person, who says why


def _source(chosen: Candidate | None) -> str:
    if chosen is None:
        return ""
    return DRAW if chosen.position else HAND


def _without(task: Task, person: PersonId, instead: PersonId | None) -> Task:
    members = tuple(one for old in task.members if (one := instead if old == person else old) is not None)
    experts = tuple(one for old in task.experts if (one := instead if old == person else old) is not None)
    leader = (instead or next(iter(members), None)) if task.leader == person else task.leader
    return replace(task, members=members, experts=experts, leader=leader)


def _in_visit(unit: WriteUnit, task: TaskId, person: PersonId, instead: PersonId | None) -> None:
    """Let the replacement go on with a visit that has begun; once somebody has signed, its row is locked and refuses."""
    for visit_id in inspections.of_task(unit, task):
        visit = inspections.get(unit, visit_id)
        if visit.ended_at is not None or person not in (*visit.inspectors, visit.recorder):
            continue
        acting = tuple(one for old in visit.inspectors if (one := instead if old == person else old) is not None)
        recorder = (instead or next(iter(acting), None)) if visit.recorder == person else visit.recorder
        unit.put("inspection", visit_id, {"inspectors": texts(dict.fromkeys(acting)), "recorder": recorder})
