"""Inspection tasks (检查任务)."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from app.core.ids import InspectionId, InstitutionId, PersonId, TaskId


class Nature(StrEnum):
    """The legal nature of a visit; forms, signatures and dispositions depend on it. Source: domain report, part 0."""

    ADMINISTRATIVE = "administrative"
    AGREEMENT = "agreement"
    SELF_CHECK = "self_check"
    SUPERVISION = "supervision"


class TaskKind(StrEnum):
    """Where a task comes from (任务来源)."""

    RANDOM = "random"
    ROUTINE = "routine"
    SPECIAL = "special"
    COMPLAINT = "complaint"
    TRANSFER = "transfer"
    DATA = "data"
    REVIEW = "review"


class TaskState(StrEnum):
    """Where a task stands; moves only forward but for `reopen`."""

    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    SIGNED = "signed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Known:
    """Something known before the visit that is to be looked at. `source` names a lead, a former item or a data rule."""

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class TaskBrief:
    """What a team is told of its task beside the task itself.

    Attributes:
        known: Leads to be looked at; nothing of who reported them.
        discipline: As the plan says; the usual one where it is empty.
        origin: The office that handed the task down, or the rule of data that it came from.
    """

    known: tuple[Known, ...] = ()
    discipline: tuple[str, ...] = ()
    origin: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One institution to be inspected by named people until a day.

    Attributes:
        number: As printed, like `医保检任〔2026〕15号`; of a drawn task the draw's with its place, `医保双〔2026〕3-12号`.
        templates: Ids of the checklists to be used, in order; `SGF@2` names a version, else the newest is used.
        basis: Ground of the inspection as printed.
        approval_no: Number of the approval sheet (行政检查审批表), empty while missing.
        experts: People who assist: experts, and those of third parties.
        leader: One of the members, or None.
        plan: Id of the plan; `group` of its line, `draw` of the draw and `lead` of the lead it came from; else empty.
        planned_on: Day of the visit as planned; within the team only until the notice is served.
        review_of: The task that is looked back at (回头看).
        interim: The provisional number with which it was made, also after it has its final one; else empty.
    """

    id: TaskId
    number: str
    title: str
    nature: Nature
    kind: TaskKind
    institution: InstitutionId
    templates: tuple[str, ...]
    members: tuple[PersonId, ...]
    due_on: dt.date | None = None
    basis: str = ""
    approval_no: str = ""
    state: TaskState = TaskState.ASSIGNED
    experts: tuple[PersonId, ...] = ()
    leader: PersonId | None = None
    plan: str = ""
    group: str = ""
    draw: str = ""
    lead: str = ""
    planned_on: dt.date | None = None
    review_of: TaskId | None = None
    brief: TaskBrief = TaskBrief()
    interim: str = ""

    @property
    def is_provisional(self) -> bool:
        """Whether its number is not its final one."""
        return bool(self.interim) and self.number == self.interim

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Everybody who goes."""
        return (*self.members, *self.experts)


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as a list shows it. `progress` is (assessed, all) of its newest inspection, or None before the start."""

    task: Task
    institution_name: str
    institution_kind: str
    member_names: tuple[str, ...]
    inspection: InspectionId | None
    progress: tuple[int, int] | None
    failed: int
    days_left: int | None
    unsynced: int
    plan_title: str = ""
    lead_number: str = ""
