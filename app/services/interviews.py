"""Interviews (询问笔录): individual, two licensed officers, to the minute."""

import dataclasses
from collections.abc import Mapping

from app.core.clock import to_ms, today
from app.core.documents import SignerRole
from app.core.errors import Refused
from app.core.ids import InspectionId, InterviewId, PersonId, TurnId
from app.core.interviews import BankQuestion, Interview, InterviewView, Subject, Turn
from app.core.outcome import Outcome
from app.core.places import Person
from app.core.readings import Heard, Reading
from app.core.visits import check_inspectors
from app.db.repos import inspections, interviews, registers, tasks
from app.db.repos import readings as told
from app.db.repos.task_views import recused
from app.db.repos.values import packed
from app.db.unit import ReadUnit, WriteUnit
from app.services import interview_wording as wording
from app.services import paper as printed
from app.services import readings
from app.services.checklists import Checklists
from app.services.store import Store


class Interviews:
    """Start, ask, answer and finish interviews."""

    def __init__(self, store: Store, checklists: Checklists) -> None:
        self._store, self._checklists = store, checklists

    def start(
        self, inspection: InspectionId, *, subject: Subject, place: str, asker: PersonId, recorder: PersonId
    ) -> Outcome[Interview]:
        """Begin an interview now, with the prescribed first and last questions in place.

        Raises:
            Refused: `interview.two_officers`, `inspection.licence_invalid`, `interview.officer_busy`,
                `interview.subject_missing`, `task.recused`, `record.locked`.

        Source: domain report 4.0: one asks, one writes; two interviews cannot overlap for the same officer.
        """
        if not subject.name.strip():
            raise Refused("interview.subject_missing")
        if asker == recorder:
            raise Refused("interview.two_officers")
        now = self._store.minute()
        with self._store.db.write() as unit:
            visit = inspections.get(unit, inspection)
            people = registers.people(unit)
            check_inspectors((asker, recorder), people, today(now))
            gone = recused(unit, visit.task)
            for officer in (asker, recorder):
                if officer in gone:
                    raise Refused("task.recused", name=people[officer].name)
                for running in self._running(unit, people, officer):
                    raise Refused(
                        "interview.officer_busy", name=people[officer].name, subject=running.subject.name
                    )
            interview = Interview(
                id=InterviewId(self._store.new_id()),
                inspection=inspection,
                subject=subject,
                place=place.strip() or visit.place,
                asker=asker,
                recorder=recorder,
                started_at=now,
            )
            inspections.must_be_unsigned(unit, inspection, "interview")
            unit.put("interview", interview.id, interviews.fields(interview))
            self._lay_fixed(unit, interview, (people[asker], people[recorder]))
            return Outcome(interviews.get(unit, interview.id), unit.changed)

    def of(self, inspection: InspectionId) -> tuple[Interview, ...]:
        """Return the interviews of an inspection in the order they began."""
        with self._store.db.read() as unit:
            return interviews.of(unit, inspection)

    def view(self, interview_id: InterviewId) -> InterviewView:
        """Return all that the interview screen shows.

        Raises:
            Refused: `interview.unknown`.
        """
        with self._store.db.read() as unit:
            interview = interviews.get(unit, interview_id)
            visit = inspections.get(unit, interview.inspection)
            place = registers.institution(unit, visit.institution)
            people = registers.people(unit)
            return InterviewView(
                interview=interview,
                institution_name=place.name,
                task_number=tasks.get(unit, visit.task).number,
                names={key: f"{one.name}（{one.licence_no or '—'}）" for key, one in people.items()},
                bank=self._bank(unit, interview),
                is_locked=interviews.is_locked(unit, interview_id),
                rehearsal=place.rehearsal or registers.office(unit).rehearsal,
                readings=tuple(one for one in told.of(unit, interview.inspection) if one.interview == interview_id),
            )

    def ask(self, interview_id: InterviewId, question: str) -> Outcome[Turn]:
        """Add a question before the prescribed last ones.

        Raises:
            Refused: `interview.finished`, `interview.question_missing`, `record.locked`.
        """
        if not question.strip():
            raise Refused("interview.question_missing")
        with self._store.db.write() as unit:
            interview = self._open(unit, interview_id)
            last = unit.sql(
                "SELECT coalesce(max(position), 0) AS n FROM turn WHERE interview = ? AND position < ?",
                (interview_id, wording.CLOSING_AT),
            )[0].n
            turn = Turn(TurnId(self._store.new_id()), question.strip(), "", self._store.now())
            self._put_turn(unit, interview, turn, last + wording.OPENING_STEP)
            return Outcome(turn, unit.changed)

    def answer(self, turn_id: TurnId, text: str) -> Outcome[Turn]:
        """Write what was answered, in the person's own words.

        Raises:
            Refused: `interview.finished`, `interview.unknown_turn`, `record.locked`.
        """
        with self._store.db.write() as unit:
            interview, turn = self._turn(unit, turn_id)
            unit.put("turn", turn_id, {"answer": text.strip()})
            if turn.fixed == "rights":
                unit.put("interview", interview.id, {"rights_acknowledged": bool(text.strip())})
            return Outcome(dataclasses.replace(turn, answer=text.strip()), unit.changed)

    def edit_question(self, turn_id: TurnId, text: str) -> Outcome[Turn]:
        """Change a question that is not prescribed.

        Raises:
            Refused: `interview.fixed_question`, `interview.question_missing`, `interview.finished`.
        """
        if not text.strip():
            raise Refused("interview.question_missing")
        with self._store.db.write() as unit:
            _, turn = self._turn(unit, turn_id)
            if turn.fixed:
                raise Refused("interview.fixed_question")
            unit.put("turn", turn_id, {"question": text.strip()})
            return Outcome(dataclasses.replace(turn, question=text.strip()), unit.changed)

    def remove_turn(self, turn_id: TurnId) -> Outcome[None]:
        """Take out a question that is not prescribed; one that was read out stays in the record, struck.

        Raises:
            Refused: `interview.fixed_question`, `interview.finished`.
        """
        with self._store.db.write() as unit:
            _, turn = self._turn(unit, turn_id)
            if turn.fixed:
                raise Refused("interview.fixed_question")
            unit.delete("turn", turn_id)
            return Outcome(None, unit.changed)

    def set_subject(self, interview_id: InterviewId, subject: Subject) -> Outcome[Interview]:
        """Change who is asked.

        Raises:
            Refused: `interview.subject_missing`, `record.locked`.
        """
        if not subject.name.strip():
            raise Refused("interview.subject_missing")
        with self._store.db.write() as unit:
            interview = interviews.get(unit, interview_id)
            unit.put("interview", interview_id, {"subject": packed(dataclasses.asdict(subject))})
            return Outcome(dataclasses.replace(interview, subject=subject), unit.changed)

    def read_out(self, interview_id: InterviewId, heard: Heard) -> Outcome[Reading]:
        """Note that the person was read what is written so far, or read it; what is changed from now on stays visible.

        Raises:
            Refused: `interview.finished`, `interview.unknown`.
        """
        with self._store.db.write() as unit:
            asked = self._open(unit, interview_id)
            noted = readings.note(
                unit, self._store, asked.inspection, (SignerRole.SUBJECT, asked.subject.name), heard,
                printed.words_asked(asked), interview=interview_id,
            )  # fmt: skip
            return Outcome(noted, unit.changed)

    def finish(self, interview_id: InterviewId) -> Outcome[Interview]:
        """End the interview now; every question must have an answer.

        Raises:
            Refused: `interview.unanswered` with their number, `interview.finished`.
        """
        with self._store.db.write() as unit:
            interview = self._open(unit, interview_id)
            unanswered = sum(1 for turn in interview.turns if not turn.is_answered)
            if unanswered:
                raise Refused("interview.unanswered", count=unanswered)
            ended_at = max(self._store.minute(), interview.started_at)  # a clock put back ends nothing before it began
            unit.put("interview", interview_id, {"ended_at": to_ms(ended_at)})
            return Outcome(dataclasses.replace(interview, ended_at=ended_at), unit.changed)

    def _running(self, unit: ReadUnit, people: Mapping[str, Person], officer: PersonId) -> list[Interview]:
        """Return the unfinished interviews of an officer, under whatever row their licence is on record."""
        licence = people[officer].licence_no
        same = [one.id for one in people.values() if one.licence_no == licence]
        return [running for one in same for running in interviews.running_of(unit, one)]

    def _open(self, unit: ReadUnit, interview_id: InterviewId) -> Interview:
        interview = interviews.get(unit, interview_id)
        if interview.ended_at is not None:
            raise Refused("interview.finished")
        return interview

    def _turn(self, unit: ReadUnit, turn_id: TurnId) -> tuple[Interview, Turn]:
        interview, turn = interviews.of_turn(unit, turn_id)
        if interview.ended_at is not None:
            raise Refused("interview.finished")
        return interview, turn

    def _lay_fixed(self, unit: WriteUnit, interview: Interview, officers: tuple[Person, Person]) -> None:
        asker, recorder = officers
        place = registers.institution(unit, inspections.get(unit, interview.inspection).institution)
        named = ((asker.name, asker.licence_no), (recorder.name, recorder.licence_no))
        laid = (
            (wording.OPENING_STEP, wording.opening(registers.office(unit).name, named, place.name)),
            (wording.CLOSING_AT, wording.closing()),
        )
        for start, questions in laid:
            for index, question in enumerate(questions):
                turn = Turn(TurnId(self._store.new_id()), question.text, "", self._store.now(), question.name)
                self._put_turn(unit, interview, turn, start + index * wording.OPENING_STEP)

    def _put_turn(self, unit: WriteUnit, interview: Interview, turn: Turn, position: int) -> None:
        unit.put(
            "turn",
            turn.id,
            {
                "inspection": interview.inspection,
                "interview": interview.id,
                "question": turn.question,
                "answer": turn.answer,
                "fixed": turn.fixed,
                "asked_at": to_ms(turn.asked_at),
                "position": position,
            },
        )

    def _bank(self, unit: ReadUnit, interview: Interview) -> tuple[BankQuestion, ...]:
        asked = {turn.question for turn in interview.turns}
        bank = []
        for sheet in inspections.sheets(unit, interview.inspection):
            failed = {code for code, answer in sheet.answers.items() if answer.state == "fail"}
            for question in self._checklists.pinned(sheet.ref).questions:
                bank.append(
                    BankQuestion(
                        question.text, sheet.ref.template, question.items,
                        bool(failed & set(question.items)), question.text in asked,
                    )
                )  # fmt: skip
        return tuple(sorted(bank, key=lambda one: not one.is_relevant))
