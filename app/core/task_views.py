"""Tasks as screens, sheets and the calendar show them: what is known beforehand, recusals, who is free, a period's days."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from app.core.ids import PersonId, TaskId
from app.core.tasks import Known, Task, TaskState


class RecusalGround(StrEnum):
    """Why somebody must not inspect there (回避). Source: 行政处罚法 43; 医疗保障行政执法人员回避规定."""

    INTEREST = "interest"
    RELATIVE = "relative"
    FORMER_POST = "former_post"
    PARTY_ASKED = "party_asked"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Recusal:
    """A conflict of interest declared on the spot, and who came instead.

    Attributes:
        role: `leader`, `inspector` or `expert`.
        replaced_by: None while nobody has come; the team may then be too small to begin.
        source: `draw` where the reserve list of the draw named the replacement, `hand` where a person did.
        position: In the reserve list; 0 by hand.
        reason: Why by hand, or what is said to the ground.
    """

    id: str
    task: TaskId
    person: PersonId
    name: str
    ground: RecusalGround
    role: str
    declared_at: dt.datetime
    replaced_by: PersonId | None = None
    replaced_by_name: str = ""
    source: str = ""
    position: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may replace a recused person.

    Attributes:
        position: In the reserve list of the draw; 0 where there is none and a person is named by hand.
        against: Why he cannot come, as a code of the catalogue (`absent`, `interest`, `licence`, `recused`, `member`); empty
            if nothing speaks against it.
    """

    person: PersonId
    name: str
    position: int = 0
    against: str = ""


@dataclass(frozen=True, slots=True)
class TaskWarning:
    """Something that stands against the team as planned: a code of the catalogue with its parameters."""

    code: str
    name: str
    day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class PastTask:
    """A former check of the same institution. `outcome`: findings and papers in words, as they are on record."""

    on_day: dt.date
    title: str
    number: str = ""
    by_whom: str = ""
    findings: tuple[str, ...] = ()
    amount_fen: int = 0
    papers: tuple[str, ...] = ()
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class TaskView:
    """All that is known of a task before the visit."""

    task: Task
    institution_name: str
    address: str
    contact: str
    plan_title: str
    draw_number: str
    lead_number: str
    review_number: str
    names: tuple[str, ...]
    leader_name: str
    expert_names: tuple[str, ...]
    templates: tuple[str, ...]
    discipline: tuple[str, ...]
    history: tuple[PastTask, ...]
    recusals: tuple[Recusal, ...]
    warnings: tuple[TaskWarning, ...]
    self_check: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True)
class FromDraw:
    """What became of a draw's picks.

    Attributes:
        known: How many tasks were there before.
        cancelled: How many were taken back because another institution stepped in.
        without_team: Those made now for which too few people could be drawn.
    """

    made: tuple[TaskId, ...]
    known: int
    cancelled: int
    without_team: tuple[TaskId, ...] = ()


@dataclass(frozen=True, slots=True)
class WaitingDraw:
    """A draw with `missing` institutions that have no task yet, and `replaced` ones whose task is to be taken back."""

    id: str
    number: str
    plan_title: str
    missing: int
    replaced: int = 0


class Entry(StrEnum):
    """What stands on a day of the calendar."""

    VISIT = "visit"
    DUE = "due"
    LEAD_CHECK = "lead_check"
    LEAD_ANSWER = "lead_answer"


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One line of a day. `task` is None for a lead."""

    day: dt.date
    entry: Entry
    title: str
    number: str
    team: tuple[str, ...] = ()
    task: TaskId | None = None
    lead: str = ""
    state: TaskState | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """How much somebody has to do in a period: planned visits, open tasks due, and days with more than one visit."""

    person: PersonId
    name: str
    visits: int
    due: int
    crowded: tuple[dt.date, ...] = ()


@dataclass(frozen=True, slots=True)
class Agenda:
    """A period of the calendar.

    Attributes:
        off: Days of the period that are not worked.
        unplanned: Open tasks without a planned day.
    """

    first: dt.date
    last: dt.date
    items: tuple[AgendaItem, ...]
    loads: tuple[Load, ...]
    off: frozenset[dt.date]
    unplanned: int
