"""What the first page says: which visits wait, what ends when, what has to be signed and what the server has."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.documents import DocumentState, DocumentView
from app.core.places import Person, Role
from app.core.reports import DueReport
from app.core.syncing import SyncStatus
from app.core.tasks import TaskLine, TaskState
from app.gui.screens.tasks.due import Due, Urgency, due

LICENCE_NOTICE_DAYS = 60
REPORT_NOTICE_DAYS = 7
SHOWN_TASKS = 5
SHOWN_DEADLINES = 6
_WAITING = (TaskState.ASSIGNED, TaskState.IN_PROGRESS)


class Action(StrEnum):
    """What a visit waits for."""

    CONTINUE = "continue"
    START = "start"


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to be made or finished."""

    line: TaskLine
    action: Action
    due: Due


class DeadlineKind(StrEnum):
    """What ends on a day."""

    TASK = "task"
    LICENCE = "licence"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that ends on a day. `name` is the institution, the person or the report; `id` the task, the person or the
    plan."""

    kind: DeadlineKind
    name: str
    due: Due
    id: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the server has, in lines and files, and what only this laptop has. `attention` needs a person."""

    lines: int
    files: int
    lines_here: int
    files_here: int
    attention: int


@dataclass(frozen=True, slots=True)
class Digest:
    """Everything on the first page, read in one go. `visits` begin with the one to go on with."""

    visits: tuple[Visit, ...]
    to_sign: tuple[DocumentView, ...]
    deadlines: tuple[Deadline, ...]
    delivery: Delivery
    status: SyncStatus


def compose(
    lines: Sequence[TaskLine],
    documents: Sequence[DocumentView],
    people: Sequence[Person],
    today: dt.date,
    reports: Sequence[DueReport] = (),
) -> tuple[tuple[Visit, ...], tuple[DocumentView, ...], tuple[Deadline, ...]]:
    """Return visits (the newest begun one first, then by day), documents nobody has finished signing, and deadlines."""
    visits = tuple(
        Visit(
            line, Action.CONTINUE if line.inspection else Action.START, due(line.task.due_on, line.days_left)
        )
        for line in sorted(lines, key=_by_wait)
        if line.task.state in _WAITING
    )
    to_sign = tuple(
        view
        for view in documents
        if view.next_role is not None and view.document.state in (DocumentState.FROZEN, DocumentState.SIGNING)
    )
    ends = [
        Deadline(DeadlineKind.TASK, visit.line.institution_name, visit.due, visit.line.task.id)
        for visit in visits
        if visit.due.urgency is not Urgency.NONE
    ]
    ends += [
        Deadline(DeadlineKind.LICENCE, person.name, end, person.id) for person, end in expiring(people, today)
    ]
    ends += [
        Deadline(
            DeadlineKind.REPORT, one.report.title, due(one.due.on, (one.due.on - today).days), one.plan.id
        )
        for one in reports
        if not one.handed_in and (one.due.on - today).days <= REPORT_NOTICE_DAYS
    ]
    return visits, to_sign, tuple(sorted(ends, key=_by_day))


def expiring(people: Sequence[Person], today: dt.date) -> tuple[tuple[Person, Due], ...]:
    """Return active inspectors whose licence has ended or ends soon."""
    found = []
    for person in people:
        if person.is_active and person.role is Role.INSPECTOR and person.licence_to is not None:
            days = (person.licence_to - today).days
            if days <= LICENCE_NOTICE_DAYS:
                found.append((person, due(person.licence_to, days)))
    return tuple(found)


def delivery(delivered: tuple[int, int], status: SyncStatus) -> Delivery:
    """Return what the server has (`delivered`: lines and files) and what it has not."""
    lines, files = delivered
    return Delivery(
        lines=lines,
        files=files,
        lines_here=status.pending + status.refused,
        files_here=status.files_pending,
        attention=status.refused + status.conflicts + status.files_lost + (status.stuck is not None),
    )


def _by_wait(line: TaskLine) -> tuple[bool, tuple[int, ...], dt.date, str]:
    newest_first = tuple(-ord(char) for char in line.inspection or "")
    return (line.inspection is None, newest_first, line.task.due_on or dt.date.max, line.task.number)


def _by_day(deadline: Deadline) -> tuple[dt.date, str]:
    return (deadline.due.on or dt.date.max, deadline.name)
