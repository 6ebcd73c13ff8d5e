"""Tasks of a draw: one for each institution that was drawn, with its team, however often they are asked for."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from app.core.errors import Refused
from app.core.ids import PersonId, TaskId, derived_id
from app.core.places import Institution
from app.core.task_views import WaitingDraw
from app.core.tasks import Nature, Task, TaskBrief, TaskKind, TaskState
from app.db.repos import registers
from app.db.repos import task_views as views
from app.db.repos.task_views import Drawn, Seat
from app.db.repos.values import read_day, read_texts
from app.db.unit import ReadUnit, WriteUnit

# The stage in which is visited, by what plans call it; the others prepare, sum up or dispose.
_VISITING = re.compile("实地|现场|抽查|稽核|检查|督查|巡查|整治|核查")
_NOT_VISITING = re.compile("自查|准备|部署|总结|上报|处理|处置|分析")
_DRAWN = "drawn"
_REPLACED, _REDRAWN = "抽取的机构由备选替补", "抽取已作废，重新抽取"


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of the plan says of its tasks."""

    templates: tuple[str, ...]
    nature: Nature
    title: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """What a draw says of its tasks."""

    draw: str
    number: str
    plan: str
    title: str
    basis: str
    approval_no: str
    kind: TaskKind
    due_on: dt.date | None
    discipline: tuple[str, ...]
    lines: dict[str, Line]
    picks: tuple[Drawn, ...]
    gone: frozenset[str]
    seats: tuple[Seat, ...]


def campaign(unit: ReadUnit, draw: str, day: dt.date) -> Campaign:
    """Read all that the tasks of a draw are made of.

    Raises:
        Refused: `draw.unknown`, `draw.not_drawn`, `draw.no_plan`.
    """
    rows = unit.sql("SELECT * FROM draw WHERE id = ? AND _deleted = 0", (draw,))
    if not rows:
        raise Refused("draw.unknown")
    if rows[0].state != _DRAWN:
        raise Refused("draw.not_drawn")
    plans = unit.sql("SELECT * FROM plan WHERE id = ? AND _deleted = 0", (rows[0].plan,))
    if not plans:
        raise Refused("draw.no_plan")
    plan = plans[0]
    nature = Nature(plan.nature or Nature.ADMINISTRATIVE)
    lines = {
        row.id: Line(read_texts(row.contents), Nature(row.nature) if row.nature else nature, row.title or "")
        for row in unit.sql("SELECT * FROM plan_group WHERE plan = ? AND _deleted = 0", (plan.id,))
    }
    picks, gone = views.picks(unit, draw)
    basis = "；".join(
        one for one in (plan.basis or "", f"抽取编号{rows[0].number}" if rows[0].number else "") if one
    )
    return Campaign(
        draw, rows[0].number or "", plan.id, plan.title or "", basis, plan.approval_no or "", TaskKind.RANDOM,
        due_of(unit, plan.id, day) or read_day(plan.period_to),
        read_texts(plan.discipline), lines, picks, gone, views.seats(unit, draw),
    )  # fmt: skip


def due_of(unit: ReadUnit, plan: str, day: dt.date) -> dt.date | None:
    """Return the end of the stage in which is visited: the one under way, else the next; None where it is not decided."""
    rows = unit.sql("SELECT * FROM plan_stage WHERE plan = ? AND _deleted = 0 ORDER BY position, id", (plan,))
    ends = [
        (end, bool(_VISITING.search(row.title or "")) and not _NOT_VISITING.search(row.title or ""))
        for row in rows
        if (end := read_day(row.to_on)) is not None and end >= day
    ]
    visiting = [end for end, is_visiting in ends if is_visiting]
    return min(visiting) if visiting else max((end for end, _ in ends), default=None)


def task_id(draw: str, pick: str) -> TaskId:
    """Return the id of a pick's task: the same on every laptop and however often it is made."""
    return TaskId(derived_id("task", draw, pick))


def task_of(unit: ReadUnit, told: Campaign, pick: Drawn, fits: Callable[[str, Institution], bool]) -> Task:
    """Return the task of one pick, with those checklists of its lines that are made for such an institution.

    Its number follows from the draw, so that two laptops that make it apart give it the same one. Where too few people could
    be drawn it has no team yet, and somebody names one.

    Raises:
        Refused: `draw.group_empty` where the plan's line names no checklist.
    """
    line = told.lines.get(pick.group)
    if line is None or not line.templates:
        raise Refused("draw.group_empty", title=line.title if line else "—")
    also = [told.lines[one.group].templates for one in told.picks if one.joined == pick.id and one.group in told.lines]
    asked = tuple(dict.fromkeys(one for templates in (line.templates, *also) for one in templates))
    team = [
        one for one in told.seats
        if pick.team is not None and not one.is_reserve and one.group in ("", pick.group) and one.team == pick.team
    ]  # fmt: skip
    members = tuple(dict.fromkeys(one.person for one in team if one.role in ("leader", "inspector")))
    place = registers.institution(unit, pick.institution)
    return Task(
        id=task_id(told.draw, pick.id), number=f"{told.number.removesuffix('号')}-{pick.serial}号",
        title=f"{told.title}：{place.name}" if told.title else place.name,
        nature=line.nature, kind=told.kind, institution=pick.institution, members=members,
        templates=tuple(one for one in asked if fits(one, place)) or asked,
        due_on=told.due_on, basis=told.basis, approval_no=told.approval_no, plan=told.plan, group=pick.group, draw=told.draw,
        experts=tuple(dict.fromkeys(one.person for one in team if one.person not in members)),
        leader=next((one.person for one in team if one.role == "leader"), next(iter(members), None)),
        brief=TaskBrief(discipline=told.discipline),
    )  # fmt: skip


def is_as_drawn(old: Task, new: Task) -> bool:
    """Return whether an edit leaves alone what the draw decided: where, for which plan, and who; people change by `recuse`.

    Where too few people could be drawn, somebody names them.
    """
    fixed = (old.institution, old.draw, old.plan, old.group, old.kind) == (new.institution, new.draw, new.plan, new.group, new.kind)
    return fixed and (not old.members or (set(old.members) == set(new.members) and set(old.experts) <= set(new.experts)))


def waiting(unit: ReadUnit) -> tuple[WaitingDraw, ...]:
    """Return the draws for which `from_draw` would make or take back tasks; what was cancelled by hand waits for nothing."""
    found = []
    for draw, number, title in views.standing_draws(unit):
        states, (picks, gone) = views.states_of_draw(unit, draw), views.picks(unit, draw)
        missing = sum(not one.joined and task_id(draw, one.id) not in states for one in picks)
        replaced = sum(states.get(task_id(draw, one)) == TaskState.ASSIGNED for one in gone)
        if missing or replaced:
            found.append(WaitingDraw(draw, number, title, missing, replaced))
    return tuple(found)


def take_back(unit: WriteUnit, told: Campaign) -> int:
    """Cancel tasks that no longer stand, unless they have begun; return how many.

    Those are tasks of institutions that another one replaced, and of the plan's draws that were drawn anew.
    """
    gone = {task_id(told.draw, pick): _REPLACED for pick in sorted(told.gone)}
    rows = unit.sql(
        "SELECT t.id FROM task t JOIN draw d ON d.id = t.draw WHERE d.plan = ? AND d.state = 'void' AND t._deleted = 0",
        (told.plan,),
    )
    gone |= {TaskId(row.id): _REDRAWN for row in rows}
    return sum(
        unit.put("task", one, {"state": str(TaskState.CANCELLED), "reason": reason})
        for one, reason in gone.items()
        if (unit.current("task", one) or {}).get("state") == TaskState.ASSIGNED
    )


def reserves(unit: ReadUnit, task: Task, role: str) -> tuple[tuple[PersonId, int], ...]:
    """Return the reserve list of a task's draw for a role, in the order of the draw."""
    if not task.draw:
        return ()
    wanted = ("leader", "inspector") if role in ("leader", "inspector") else (role,)
    return tuple(
        (one.person, at)
        for at, one in enumerate(
            (seat for seat in views.seats(unit, task.draw)
             if seat.is_reserve and seat.role in wanted and seat.group in ("", task.group)), 1
        )
    )  # fmt: skip
