"""The calendar: planned visits by team, what is due, who has how much to do."""

import datetime as dt
from collections import Counter
from typing import Final

from app.core.ids import PersonId, TaskId
from app.core.leads import LeadState
from app.core.task_views import Agenda, AgendaItem, Entry, Load
from app.core.tasks import TaskState
from app.db.repos import leads, registers
from app.db.repos.values import read_day, read_texts
from app.db.unit import ReadUnit
from app.services.papers import law

_DAY: Final = dt.timedelta(1)
_OPEN: Final = (str(TaskState.ASSIGNED), str(TaskState.IN_PROGRESS))
_TO_CHECK: Final = (LeadState.REGISTERED, LeadState.ACCEPTED)


def agenda(unit: ReadUnit, first: dt.date, last: dt.date, today: dt.date) -> Agenda:
    """Return a period of the calendar; visits that were not made by their day and what is overdue say so."""
    people = registers.people(unit)
    items: list[AgendaItem] = []
    visits: dict[str, Counter[dt.date]] = {}
    due: Counter[str] = Counter()
    rows = unit.sql(
        "SELECT t.id, t.number, t.state, t.planned_on, t.due_on, t.members, t.leader, i.name FROM task t"
        " JOIN institution i ON i.id = t.institution WHERE t._deleted = 0 AND t.state <> 'cancelled'"
        " AND (t.planned_on BETWEEN ? AND ? OR t.due_on BETWEEN ? AND ?) ORDER BY t.number, t.id",
        (first.isoformat(), last.isoformat()) * 2,
    )
    for row in rows:
        members = read_texts(row.members)
        ordered = sorted(members, key=lambda one: one != row.leader)
        team = tuple(people[one].name for one in ordered if one in people)
        planned, until = read_day(row.planned_on), read_day(row.due_on)
        is_open = row.state in _OPEN
        if planned is not None and first <= planned <= last:
            is_late = row.state == TaskState.ASSIGNED and planned < today
            items.append(AgendaItem(planned, Entry.VISIT, row.name or "", row.number or "", team, TaskId(row.id),
                                    "", TaskState(row.state), is_late))  # fmt: skip
            for one in members:
                visits.setdefault(one, Counter())[planned] += 1
        if until is not None and first <= until <= last and is_open:
            items.append(AgendaItem(until, Entry.DUE, row.name or "", row.number or "", team, TaskId(row.id),
                                    "", TaskState(row.state), until < today))  # fmt: skip
            due.update(members)
    items += _leads(unit, first, last, today)
    loads = [
        Load(
            PersonId(one), people[one].name, sum(visits.get(one, Counter()).values()), due[one],
            tuple(sorted(day for day, count in visits.get(one, Counter()).items() if count > 1)),
        )
        for one in {*visits, *due}
        if one in people
    ]  # fmt: skip
    unplanned = unit.sql(
        "SELECT count(*) AS n FROM task WHERE _deleted = 0 AND state = 'assigned' AND coalesce(planned_on, '') = ''"
    )[0].n
    calendar, days = law.calendar(), (last - first).days + 1
    return Agenda(
        first, last, tuple(sorted(items, key=lambda one: (one.day, tuple(Entry).index(one.entry), one.number))),
        tuple(sorted(loads, key=lambda one: (-one.visits - one.due, one.name))),
        frozenset(day for n in range(days) if not calendar.is_working(day := first + n * _DAY)), unplanned,
    )  # fmt: skip


def _leads(unit: ReadUnit, first: dt.date, last: dt.date, today: dt.date) -> list[AgendaItem]:
    """Return when leads are to be checked and reporters to be told; a lead is named by its number and institution alone."""
    found, office = [], registers.office(unit)
    for lead in leads.every(unit):
        if lead.state in _TO_CHECK and lead.due_on is not None and first <= lead.due_on <= last:
            found.append(
                AgendaItem(lead.due_on, Entry.LEAD_CHECK, lead.named, lead.number, lead=lead.id, is_late=lead.due_on < today)
            )
        if lead.is_real_name and lead.decided_on is not None and lead.replied_on is None:
            tell = law.period("reporter_reply", lead.decided_on, office).due
            if first <= tell <= last:
                found.append(
                    AgendaItem(tell, Entry.LEAD_ANSWER, lead.named, lead.number, lead=lead.id, is_late=tell < today)
                )
    return found
