"""Interview records (询问笔录)."""

import datetime as dt
from dataclasses import dataclass

from app.core.ids import InspectionId, InterviewId, PersonId, TurnId
from app.core.readings import Change, Reading


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
    """One question with its answer. `fixed` marks the prescribed first and last questions, which cannot be removed.

    Attributes:
        is_removed: Taken out after it was read out: nothing of it counts, all of it stays legible.
        answer_changes: What was changed in the answer since it was first read out; likewise of the question.
    """

    id: TurnId
    question: str
    answer: str
    asked_at: dt.datetime
    fixed: str = ""
    is_removed: bool = False
    question_changes: tuple[Change, ...] = ()
    answer_changes: tuple[Change, ...] = ()

    @property
    def is_answered(self) -> bool:
        """Whether there is an answer, or none is waited for any more."""
        return self.is_removed or bool(self.answer.strip())


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
    """All that the interview screen shows. `names` maps person ids to `name（licence number）`.

    Attributes:
        readings: When it was read out to the person or read by them; from then on what is changed stays visible.
    """

    interview: Interview
    institution_name: str
    task_number: str
    names: dict[str, str]
    bank: tuple[BankQuestion, ...]
    is_locked: bool
    rehearsal: bool
    readings: tuple[Reading, ...] = ()
