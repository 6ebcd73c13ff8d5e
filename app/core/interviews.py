"""Interview records (询问笔录)."""

import datetime as dt
from dataclasses import dataclass

from app.core.ids import InspectionId, InterviewId, PersonId, TurnId


@dataclass(frozen=True, slots=True)
class Subject:
    """The person who is asked (被询问人). `relation` is the relation to the case."""

    name: str
    gender: str = ""
    birth: str = ""
    id_no: str = ""
    phone: str = ""
    post: str = ""
    address: str = ""
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with its answer. `fixed` marks the prescribed first and last questions, which cannot be removed."""

    id: TurnId
    question: str
    answer: str
    asked_at: dt.datetime
    fixed: str = ""


@dataclass(frozen=True, slots=True)
class Interview:
    """One interview; individual, to the minute, two officers.

    Attributes:
        rights_acknowledged: The notice was read and understood (the answer to the fixed first question is on record).
        ended_at: None while it lasts; a finished interview takes no turn.
    """

    id: InterviewId
    inspection: InspectionId
    subject: Subject
    place: str
    asker: PersonId
    recorder: PersonId
    started_at: dt.datetime
    ended_at: dt.datetime | None = None
    rights_acknowledged: bool = False
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """A prepared question of a template. `items` are the failing items it is about; `asked` whether it is already in the record."""

    text: str
    template: str
    items: tuple[str, ...]
    is_relevant: bool
    is_asked: bool


@dataclass(frozen=True, slots=True)
class InterviewView:
    """All that the interview screen shows. `names` maps person ids to `name（licence number）`."""

    interview: Interview
    institution_name: str
    task_number: str
    names: dict[str, str]
    bank: tuple[BankQuestion, ...]
    is_locked: bool
    rehearsal: bool
