"""What the interview screen asks of the services, as calls for the runner; nothing here touches a widget."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.clock import now, today
from app.core.documents import Document
from app.core.ids import InspectionId, InterviewId, PersonId, TurnId
from app.core.inspections import InspectionView
from app.core.interviews import Interview, InterviewView, Subject, Turn
from app.core.outcome import Change, Outcome
from app.core.places import Person
from app.core.readings import Heard, Reading
from app.core.tasks import TaskState


@dataclass(frozen=True, slots=True)
class Busy:
    """An officer in an interview that still lasts. `place` is the institution's name."""

    interview: InterviewId
    officer: PersonId
    subject: str
    place: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What is needed to begin an interview, and those that are there.

    Attributes:
        officers: People with a licence valid today, those of the visit first.
        unlicensed: Inspectors who cannot take part today.
    """

    visit: InspectionView
    interviews: tuple[Interview, ...]
    officers: tuple[Person, ...]
    unlicensed: tuple[Person, ...]
    busy: tuple[Busy, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """One interview with its neighbours and who is busy elsewhere."""

    view: InterviewView
    busy: tuple[Busy, ...]
    people: Mapping[str, str]


def overview(services: Any, inspection: InspectionId) -> Overview:
    """Read what the start page shows (reader thread)."""
    view: InspectionView = services.inspections.view(inspection)
    people: tuple[Person, ...] = tuple(one for one in services.people.find() if one.is_active)
    day = today(now())
    first = {officer: place for place, officer in enumerate(view.inspection.inspectors)}
    able = sorted((one for one in people if one.may_inspect_on(day)), key=lambda one: first.get(one.id, len(first)))
    others = tuple(one for one in people if one.role == "inspector" and not one.may_inspect_on(day))
    return Overview(view, services.interviews.of(inspection), tuple(able), others, running(services))


def running(services: Any) -> tuple[Busy, ...]:
    """Return every officer of an interview that still lasts, in any visit under way."""
    found: list[Busy] = []
    for line in services.tasks.lines(TaskState.IN_PROGRESS):
        if line.inspection is None:
            continue
        for one in services.interviews.of(line.inspection):
            if one.ended_at is None:
                found += [
                    Busy(one.id, officer, one.subject.name, line.institution_name)
                    for officer in (one.asker, one.recorder)
                ]
    return tuple(found)


def read(services: Any, interview: InterviewId, known: Opened | None = None) -> Opened:
    """Read one interview (reader thread); who is busy elsewhere is taken from `known` where it is given."""
    view: InterviewView = services.interviews.view(interview)
    if known is not None:
        return dataclasses.replace(known, view=view)
    people = {one.id: one.name for one in services.people.find()}
    return Opened(view, tuple(one for one in running(services) if one.interview != interview), people)


def start(
    services: Any, inspection: InspectionId, subject: Subject, place: str, asker: PersonId, recorder: PersonId
) -> Outcome[Interview]:
    """Begin an interview now."""
    begun: Outcome[Interview] = services.interviews.start(
        inspection, subject=subject, place=place, asker=asker, recorder=recorder
    )
    return begun


def ask(services: Any, interview: InterviewId, question: str, answer: str = "") -> Outcome[Turn]:
    """Add a question, perhaps with the answer it had before it was taken out."""
    asked: Outcome[Turn] = services.interviews.ask(interview, question)
    if not answer:
        return asked
    answered: Outcome[Turn] = services.interviews.answer(asked.value.id, answer)
    return Outcome(answered.value, asked.changed | answered.changed)


def saving(services: Any, turn: TurnId, part: str, text: str) -> Callable[[], Outcome[Turn]]:
    """Return the write of a question or an answer."""
    if part == "question":
        return lambda: services.interviews.edit_question(turn, text)
    return lambda: services.interviews.answer(turn, text)


def remove(services: Any, turn: TurnId) -> Outcome[None]:
    """Take a question out."""
    done: Outcome[None] = services.interviews.remove_turn(turn)
    return done


def set_subject(services: Any, interview: InterviewId, subject: Subject) -> Outcome[Interview]:
    """Change who is asked."""
    done: Outcome[Interview] = services.interviews.set_subject(interview, subject)
    return done


def read_out(services: Any, interview: InterviewId, heard: Heard) -> Outcome[Reading]:
    """Note that the person was read what is written, or read it: from now on corrections leave a trace."""
    done: Outcome[Reading] = services.interviews.read_out(interview, heard)
    return done


def finish(services: Any, interview: InterviewId) -> Outcome[Document]:
    """End the interview and compose its pages for signing."""
    ended = services.interviews.finish(interview)
    frozen: Outcome[Document] = services.documents.freeze_interview(interview)
    return Outcome(frozen.value, ended.changed | frozen.changed)


def freeze(services: Any, interview: InterviewId) -> Outcome[Document]:
    """Compose the pages of a finished interview."""
    frozen: Outcome[Document] = services.documents.freeze_interview(interview)
    return frozen


def document_of(services: Any, one: Interview) -> str | None:
    """Return the newest document of an interview, if pages were made."""
    made = [doc for doc in services.documents.of(one.inspection) if doc.interview == one.id]
    return str(made[-1].id) if made else None


def touches(changes: tuple[Change, ...], inspection: InspectionId) -> bool:
    """Return whether changes concern the interviews of an inspection or the people."""
    return not changes or any(
        inspection in (change.owner, change.id) or change.table in ("person", "interview") for change in changes
    )
