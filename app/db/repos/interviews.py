"""Interviews and their turns."""

import dataclasses
import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from app.core.clock import from_ms
from app.core.errors import Refused
from app.core.ids import InspectionId, InterviewId, PersonId, TurnId
from app.core.interviews import Interview, Subject, Turn
from app.core.readings import about_answer, about_question, changes, versions
from app.db.repos import readings
from app.db.repos.values import instant, packed, read_instant
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar


def of(unit: ReadUnit, inspection_id: InspectionId) -> tuple[Interview, ...]:
    """Return the interviews of an inspection in the order they began."""
    turns: dict[str, list[Turn]] = defaultdict(list)
    read = versions(readings.of(unit, inspection_id))
    for row in unit.sql("SELECT * FROM turn WHERE inspection = ? ORDER BY position, id", (inspection_id,)):
        if not row._deleted or about_question(row.id) in read:
            turns[row.interview].append(_turn(row, read))
    rows = unit.sql(
        "SELECT * FROM interview WHERE inspection = ? AND _deleted = 0 ORDER BY started_at, id", (inspection_id,)
    )
    return tuple(_interview(row, tuple(turns[row.id])) for row in rows)


def get(unit: ReadUnit, interview_id: InterviewId) -> Interview:
    """Return one interview, or raise `Refused("interview.unknown")`."""
    owner = unit.sql("SELECT inspection FROM interview WHERE id = ? AND _deleted = 0", (interview_id,))
    for one in of(unit, InspectionId(owner[0].inspection)) if owner else ():
        if one.id == interview_id:
            return one
    raise Refused("interview.unknown")


def is_locked(unit: ReadUnit, interview_id: InterviewId) -> bool:
    """Return whether somebody has signed it."""
    return bool(unit.sql("SELECT 1 FROM interview WHERE id = ? AND _locked IS NOT NULL", (interview_id,)))


def running_of(unit: ReadUnit, person: PersonId) -> tuple[Interview, ...]:
    """Return the unfinished interviews in which this officer asks or records."""
    rows = unit.sql(
        "SELECT * FROM interview WHERE (asker = ?1 OR recorder = ?1) AND ended_at IS NULL AND _deleted = 0", (person,)
    )
    return tuple(_interview(row, ()) for row in rows)


def of_turn(unit: ReadUnit, turn_id: TurnId) -> tuple[Interview, Turn]:
    """Return a turn and its interview, or raise `Refused("interview.unknown_turn")`."""
    owner = unit.sql("SELECT interview FROM turn WHERE id = ? AND _deleted = 0", (turn_id,))
    if owner:
        interview = get(unit, InterviewId(owner[0].interview))
        for turn in interview.turns:
            if turn.id == turn_id:
                return interview, turn
    raise Refused("interview.unknown_turn")


def fields(value: Interview) -> dict[str, Scalar]:
    """Return what is stored of an interview without its turns."""
    return {
        "inspection": value.inspection, "subject": packed(dataclasses.asdict(value.subject)), "place": value.place,
        "asker": value.asker, "recorder": value.recorder, "started_at": instant(value.started_at),
        "ended_at": instant(value.ended_at), "rights_acknowledged": value.rights_acknowledged,
    }  # fmt: skip


def _turn(row: Row[Any], read: Mapping[str, tuple[str, ...]]) -> Turn:
    question, answer = ("", "") if row._deleted else (row.question or "", row.answer or "")
    return Turn(
        TurnId(row.id), question, answer, from_ms(row.asked_at), row.fixed or "", bool(row._deleted),
        changes((*read.get(about_question(row.id), ()), question)),
        changes((*read.get(about_answer(row.id), ()), answer)),
    )  # fmt: skip


def _interview(row: Row[Any], turns: tuple[Turn, ...]) -> Interview:
    return Interview(
        id=InterviewId(row.id), inspection=InspectionId(row.inspection), subject=Subject(**json.loads(row.subject)),
        place=row.place or "", asker=PersonId(row.asker), recorder=PersonId(row.recorder),
        started_at=from_ms(row.started_at), ended_at=read_instant(row.ended_at),
        rights_acknowledged=bool(row.rights_acknowledged), turns=turns,
    )  # fmt: skip
