"""Tasks and the lines of their list."""

import datetime as dt
import json
from collections.abc import Mapping

from sqlalchemy import Row

from app.core.errors import Refused
from app.core.ids import InspectionId, InstitutionId, PersonId, TaskId
from app.core.tasks import Known, Nature, Task, TaskBrief, TaskKind, TaskLine, TaskState
from app.db import tables
from app.db.repos.values import day, packed, read_day, read_texts, texts
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar

_T = tables.task.c

_LINES = f"""
SELECT t.*, i.name AS institution_name, i.kind AS institution_kind, v.id AS visit,
  p.title AS plan_title, l.number AS lead_number,
  (SELECT count(*) FROM answer a WHERE a.inspection = v.id AND a._deleted = 0 AND a.state <> 'open') AS assessed,
  (SELECT count(*) FROM answer a WHERE a.inspection = v.id AND a._deleted = 0 AND a.state = 'fail') AS failed,
  (SELECT group_concat(s.template || ':' || s.version) FROM sheet s WHERE s.inspection = v.id AND s._deleted = 0) AS sheets,
  coalesce(o.n, 0) AS unsynced
FROM task t JOIN institution i ON i.id = t.institution
LEFT JOIN plan p ON p.id = t.plan
LEFT JOIN lead l ON l.id = t.lead
LEFT JOIN inspection v ON v.id = (SELECT id FROM inspection x WHERE x.task = t.id AND x._deleted = 0
                                  ORDER BY x.started_at DESC, x.id DESC LIMIT 1)
LEFT JOIN (SELECT owner, count(*) AS n FROM sync_op WHERE {tables.OPEN} GROUP BY owner) o ON o.owner = v.id
WHERE t._deleted = 0
ORDER BY t.due_on IS NULL, t.due_on, t.number, t.id
"""


def get(unit: ReadUnit, task_id: TaskId) -> Task:
    """Return one task, or raise `Refused("task.unknown")`."""
    rows = unit.sql("SELECT * FROM task WHERE id = ? AND _deleted = 0", (task_id,))
    if not rows:
        raise Refused("task.unknown")
    return _task(rows[0])


def lines(
    unit: ReadUnit, names: Mapping[str, str], today: dt.date, item_counts: Mapping[str, int]
) -> tuple[TaskLine, ...]:
    """Return every task as the list shows it, those due first at the top.

    Args:
        names: Person id → name.
        item_counts: `template:version` → number of items.
    """
    return tuple(_line(row, names, today, item_counts) for row in unit.sql(_LINES))


def of_same_number(unit: ReadUnit, task: Task) -> tuple[str, ...]:
    """Return the institutions of other tasks that bear a task's number, as two laptops without a server may give it."""
    rows = unit.sql(
        "SELECT i.name FROM task t JOIN institution i ON i.id = t.institution"
        " WHERE t.number = ? AND t.id <> ? AND t._deleted = 0 ORDER BY t.id",
        (task.number, task.id),
    )
    return tuple(row.name or "" for row in rows)


def fields(task: Task) -> dict[str, Scalar]:
    """Return what is stored of a task."""
    return {
        "number": task.number, "title": task.title, "nature": str(task.nature), "kind": str(task.kind),
        "institution": task.institution, "templates": texts(task.templates), "members": texts(task.members),
        "due_on": day(task.due_on), "basis": task.basis, "approval_no": task.approval_no, "state": str(task.state),
        "experts": texts(task.experts) if task.experts else None, "leader": task.leader, "plan": task.plan or None,
        "plan_group": task.group or None, "draw": task.draw or None, "lead": task.lead or None,
        "planned_on": day(task.planned_on), "review_of": task.review_of,
        "brief": _packed_brief(task.brief) if task.brief != TaskBrief() else None, "interim": task.interim or None,
    }  # fmt: skip


def _task(row: Row[tuple[object, ...]]) -> Task:
    return Task(
        id=TaskId(row.id), number=row.number or "", title=row.title or "", nature=Nature(row.nature),
        kind=TaskKind(row.kind), institution=InstitutionId(row.institution), templates=read_texts(row.templates),
        members=tuple(PersonId(one) for one in read_texts(row.members)), due_on=read_day(row.due_on),
        basis=row.basis or "", approval_no=row.approval_no or "", state=TaskState(row.state),
        experts=tuple(PersonId(one) for one in read_texts(row.experts)),
        leader=PersonId(row.leader) if row.leader else None, plan=row.plan or "", group=row.plan_group or "",
        draw=row.draw or "", lead=row.lead or "", planned_on=read_day(row.planned_on),
        review_of=TaskId(row.review_of) if row.review_of else None, brief=_brief(row.brief),
        interim=row.interim or "",
    )  # fmt: skip


def _line(
    row: Row[tuple[object, ...]], names: Mapping[str, str], today: dt.date, item_counts: Mapping[str, int]
) -> TaskLine:
    task = _task(row)
    total = sum(item_counts.get(sheet, 0) for sheet in (row.sheets or "").split(","))
    return TaskLine(
        task=task,
        institution_name=row.institution_name or "",
        institution_kind=row.institution_kind or "",
        member_names=tuple(names.get(one, "") for one in task.members),
        inspection=InspectionId(row.visit) if row.visit else None,
        progress=(row.assessed, total) if row.visit else None,
        failed=row.failed,
        days_left=(task.due_on - today).days if task.due_on else None,
        unsynced=row.unsynced,
        plan_title=row.plan_title or "",
        lead_number=row.lead_number or "",
    )


def _packed_brief(brief: TaskBrief) -> str:
    tree = {
        "known": [[one.text, one.source] for one in brief.known], "discipline": list(brief.discipline),
        "origin": brief.origin, "note": brief.note,
    }  # fmt: skip
    return packed({name: value for name, value in tree.items() if value})


def _brief(text: str | None) -> TaskBrief:
    tree = json.loads(text) if text else {}
    return TaskBrief(
        tuple(Known(said, source) for said, source in tree.get("known", ())), tuple(tree.get("discipline", ())),
        tree.get("origin", ""), tree.get("note", ""),
    )
