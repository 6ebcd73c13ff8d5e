"""What a team is told of its task: the institution's history, what is known, who is in the way, the briefing sheet."""

import datetime as dt
import tomllib
from functools import lru_cache

import resources
from app.core.clock import local
from app.core.ids import TaskId
from app.core.task_views import TaskView, TaskWarning
from app.core.tasks import Known, Task
from app.core.visits import MINIMUM_INSPECTORS
from app.db.repos import registers, staff, tasks
from app.db.repos import task_views as views
from app.db.unit import ReadUnit
from app.services.checklists import Checklists
from app.services.papers.sources import NATURES, TASK_SOURCES
from app.services.selfcheck import briefing as self_checks
from app.services.task_recusals import EXPERT, role_of
from forms.model import BriefingPast, BriefingSheet

_MOST_HISTORY = 8


def view(unit: ReadUnit, checklists: Checklists, task_id: TaskId, day: dt.date) -> TaskView:
    """Return all that is known of a task."""
    task = tasks.get(unit, task_id)
    place, people = registers.institution(unit, task.institution), registers.people(unit)

    def name(table: str, row: str | None, field: str) -> str:
        return views.names(unit, table, (row,), field).get(row, "") if row else ""

    return TaskView(
        task=task,
        institution_name=place.name,
        address=place.address,
        contact=" ".join(one for one in (place.head or place.legal_rep, place.phone) if one),
        plan_title=name("plan", task.plan, "title"),
        draw_number=name("draw", task.draw, "number"),
        lead_number=name("lead", task.lead, "number"),
        review_number=name("task", task.review_of, "number"),
        names=tuple(people[one].name for one in task.members if one in people),
        leader_name=people[task.leader].name if task.leader in people else "",
        expert_names=tuple(people[one].name for one in task.experts if one in people),
        templates=tuple(checklists.template(one).title for one in task.templates),
        discipline=task.brief.discipline or usual_discipline(day),
        history=views.history(unit, task.institution, task.id),
        recusals=views.recusals(unit, task.id),
        warnings=warnings(unit, task, day),
        self_check=self_checks.known_of(unit, checklists, task.institution, day),
    )


def warnings(unit: ReadUnit, task: Task, day: dt.date) -> tuple[TaskWarning, ...]:
    """Return what stands against the team on the planned day, or today where none is planned."""
    people, out = registers.people(unit), staff.staff(unit)
    place, on = registers.institution(unit, task.institution), max(task.planned_on or day, day)
    found, able = [], 0
    for one in task.people:
        who = people.get(one)
        if who is None:
            continue
        if out.interest(one, place, on) is not None:
            found.append(TaskWarning("interest", who.name))
        if out.away(one, on) is not None:
            found.append(TaskWarning("absent", who.name, on))
        if role_of(task, one) != EXPERT:
            if who.may_inspect_on(on):
                able += 1
            elif who.licence_no.strip():
                found.append(TaskWarning("licence", who.name, on))
        for row in unit.sql(
            "SELECT number FROM task WHERE planned_on = ? AND id <> ? AND state = 'assigned' AND _deleted = 0"
            " AND instr(coalesce(members, '') || coalesce(experts, ''), ?) > 0",
            (task.planned_on.isoformat() if task.planned_on else "", task.id, one),
        ):
            found.append(TaskWarning("busy", f"{who.name}（{row.number}）", on))
    found += (TaskWarning("number_twice", name) for name in tasks.of_same_number(unit, task))
    if able < MINIMUM_INSPECTORS:
        found.append(TaskWarning("too_few", str(able)))
    if task.planned_on is not None and task.due_on is not None and task.planned_on > task.due_on:
        found.append(TaskWarning("after_due", "", task.due_on))
    return tuple(found)


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[dt.date, str], ...]:
    tree = tomllib.loads(resources.path("law/discipline.toml").read_text(encoding="utf-8"))
    return tuple((one["from"], one["text"]) for one in tree["rule"])


def usual_discipline(day: dt.date) -> tuple[str, ...]:
    """Return the discipline of a check where the plan says none."""
    return tuple(text for since, text in _rules() if since <= day)


def known_of(unit: ReadUnit, checklists: Checklists, former: TaskId) -> tuple[Known, ...]:
    """Return what did not comply at a former task, as known leads of the one that looks back at it."""
    number = tasks.get(unit, former).number
    found = []
    for template, version, item, noted in views.failed_items(unit, former):
        question = checklists.question(template, version, item)
        found.append(Known("：".join(one for one in (question or item, noted) if one), f"{number} {item}"))
    return tuple(found)


def sheet(seen: TaskView, now: dt.datetime) -> BriefingSheet:
    """Return the briefing sheet (检查任务单) of a task; nothing of a reporter is known here."""
    task = seen.task
    return BriefingSheet(
        title=task.title,
        kind=TASK_SOURCES[task.kind],
        nature=NATURES[task.nature],
        basis=task.basis,
        source="　".join(one for one in (seen.plan_title, seen.draw_number, seen.lead_number, task.brief.origin) if one),
        institution=seen.institution_name,
        address=seen.address,
        contact=seen.contact,
        planned_on=task.planned_on,
        due_on=task.due_on,
        leader=seen.leader_name,
        members=seen.names,
        experts=seen.expert_names,
        checklists=seen.templates,
        known=tuple((one.text, one.source) for one in (*task.brief.known, *seen.self_check)),
        past=tuple(
            BriefingPast(one.on_day, one.title or one.by_whom, one.number, one.findings, one.amount_fen,
                         one.papers or ((one.outcome,) if one.outcome else ()))
            for one in seen.history[:_MOST_HISTORY]
        ),
        recusals=tuple(
            f"{one.name}回避" + (f"，{one.replaced_by_name}接替" if one.replaced_by_name else "，尚无人接替")
            for one in seen.recusals
        ),
        discipline=seen.discipline,
        note=task.brief.note,
        made_on=local(now).date(),
    )  # fmt: skip
