import datetime as dt
import unicodedata

import pytest

from app.core.errors import Refused
from app.core.ids import PersonId
from app.core.interviews import Interview, Subject
from app.services.demo import cast
from tests.e2e.conftest import Clock
from tests.unit.services.desks import Desk

WHO = Subject("林若溪", gender="女", post="店员")


def start(desk: Desk, asker: int = 0, recorder: int = 1, who: Subject = WHO) -> Interview:
    return desk.services.interviews.start(
        desk.inspection, subject=who, place="", asker=desk.inspectors[asker], recorder=desk.inspectors[recorder]
    ).value


def answered(desk: Desk, asked: Interview) -> None:
    for turn in desk.services.interviews.view(asked.id).interview.turns:
        if not turn.answer:
            desk.services.interviews.answer(turn.id, "听明白了。")


def fixed(desk: Desk, asked: Interview) -> list[str]:
    return [turn.fixed for turn in desk.services.interviews.view(asked.id).interview.turns]


def test_the_prescribed_questions_come_first_and_last_whatever_is_asked(visit: Desk) -> None:
    asked = start(visit)
    for number in range(12):
        visit.services.interviews.ask(asked.id, f"第{number}问？")
    assert fixed(visit, asked) == ["licence", "truth", "rights", *[""] * 12, "addition", "checked"]
    turns = visit.services.interviews.view(asked.id).interview.turns
    assert [turn.question for turn in turns[3:-2]] == [f"第{number}问？" for number in range(12)]
    for part in (cast.PEOPLE[0].licence_no, cast.PEOPLE[1].licence_no, cast.PEOPLE[0].name, cast.PEOPLE[1].name):
        assert part in turns[0].question


def test_prescribed_questions_are_neither_changed_nor_removed(visit: Desk) -> None:
    asked = start(visit)
    for turn in asked.turns:
        with pytest.raises(Refused, match="fixed_question"):
            visit.services.interviews.edit_question(turn.id, "改")
        with pytest.raises(Refused, match="fixed_question"):
            visit.services.interviews.remove_turn(turn.id)


def test_one_asks_and_another_writes_both_with_valid_licences(visit: Desk) -> None:
    for asker, recorder, code in ((0, 0, "two_officers"), (0, 3, "licence_invalid"), (4, 1, "licence_invalid")):
        with pytest.raises(Refused, match=code):
            start(visit, asker, recorder)
    with pytest.raises(Refused, match="subject_missing"):
        start(visit, who=Subject("  "))
    with pytest.raises(Refused, match=r"person\.unknown"):
        visit.services.interviews.start(
            visit.inspection, subject=WHO, place="", asker=PersonId("nobody"), recorder=visit.inspectors[0]
        )


@pytest.mark.parametrize(("asker", "recorder"), [(0, 2), (2, 0), (1, 2), (2, 1)])
def test_an_officer_is_in_one_interview_at_a_time(visit: Desk, asker: int, recorder: int) -> None:
    start(visit, 0, 1)
    with pytest.raises(Refused, match="officer_busy") as refused:
        start(visit, asker, recorder, Subject("另一人"))
    assert refused.value.params["subject"] == "林若溪"


def test_an_officer_busy_at_another_visit_is_busy(visit: Desk) -> None:
    start(visit, 0, 1)
    other = visit.services.inspections.start(
        visit.tasks[2], inspectors=visit.inspectors[1:3], recorder=visit.inspectors[1], place=""
    ).value
    with pytest.raises(Refused, match="officer_busy"):
        visit.services.interviews.start(
            other, subject=Subject("别店的人"), place="", asker=visit.inspectors[2], recorder=visit.inspectors[1]
        )


def test_an_officer_is_free_again_when_the_interview_has_ended(visit: Desk) -> None:
    asked = start(visit)
    answered(visit, asked)
    visit.services.interviews.finish(asked.id)
    assert start(visit, 1, 0, Subject("另一人")).ended_at is None


def test_an_unanswered_question_keeps_the_interview_open(visit: Desk) -> None:
    asked = start(visit)
    visit.services.interviews.ask(asked.id, "为什么？")
    with pytest.raises(Refused, match="unanswered") as refused:
        visit.services.interviews.finish(asked.id)
    assert refused.value.params["count"] == 6
    answered(visit, asked)
    turn = visit.services.interviews.view(asked.id).interview.turns[3]
    visit.services.interviews.answer(turn.id, "   ")
    with pytest.raises(Refused, match="unanswered"):
        visit.services.interviews.finish(asked.id)


def test_a_finished_interview_takes_nothing(visit: Desk) -> None:
    asked = start(visit)
    turn = visit.services.interviews.ask(asked.id, "为什么？").value
    answered(visit, asked)
    visit.services.interviews.finish(asked.id)
    for attempt in (
        lambda: visit.services.interviews.ask(asked.id, "还有呢？"),
        lambda: visit.services.interviews.answer(turn.id, "改口"),
        lambda: visit.services.interviews.edit_question(turn.id, "改问"),
        lambda: visit.services.interviews.remove_turn(turn.id),
        lambda: visit.services.interviews.finish(asked.id),
    ):
        with pytest.raises(Refused, match=r"interview\.finished"):
            attempt()


def test_running_and_unsigned_interviews_block_the_record_and_not_the_work(visit: Desk) -> None:
    asked = start(visit)

    def blocks() -> set[str]:
        return {one.code for one in visit.services.inspections.blockers(visit.inspection) if one.severity == "block"}

    assert blocks() == {"interview_running"}
    visit.services.inspections.answer(visit.inspection, "SGF", "SGF-1.01", state="na", note="无")
    answered(visit, asked)
    visit.services.interviews.finish(asked.id)
    assert blocks() == {"interview_unsigned"}
    visit.services.documents.freeze_interview(asked.id)
    assert blocks() == {"interview_unsigned"}
    with pytest.raises(Refused, match=r"document\.blocked"):
        visit.services.documents.freeze_record(visit.inspection)


def test_a_running_interview_is_not_frozen(visit: Desk) -> None:
    asked = start(visit)
    with pytest.raises(Refused, match="not_finished"):
        visit.services.documents.freeze_interview(asked.id)


def test_times_are_kept_to_the_minute(visit: Desk, clock: Clock) -> None:
    asked = start(visit)
    clock.ahead += dt.timedelta(minutes=7)
    answered(visit, asked)
    ended = visit.services.interviews.finish(asked.id).value
    assert ended.ended_at is not None
    assert (asked.started_at.second, ended.ended_at.second, ended.ended_at.microsecond) == (0, 0, 0)
    assert dt.timedelta(minutes=6) < ended.ended_at - asked.started_at <= dt.timedelta(minutes=8)


def test_a_clock_put_back_does_not_end_an_interview_before_it_began(visit: Desk, clock: Clock) -> None:
    asked = start(visit)
    answered(visit, asked)
    clock.ahead -= dt.timedelta(hours=3)
    ended = visit.services.interviews.finish(asked.id).value
    assert ended.ended_at == asked.started_at


@pytest.mark.parametrize("said", ["😀", "\u202eabc", "a\u0301", "第一行\r\n第二行", "𠮷" * 1000])
def test_what_was_said_is_kept_as_it_was_said(visit: Desk, said: str) -> None:
    asked = start(visit)
    turn = visit.services.interviews.ask(asked.id, "请说。").value
    visit.services.interviews.answer(turn.id, said)
    kept = visit.services.interviews.view(asked.id).interview.turns[3].answer
    assert kept == unicodedata.normalize("NFC", said.replace("\r\n", "\n"))


def test_an_interview_taken_back_before_anybody_signed_can_be_corrected(visit: Desk) -> None:
    asked = start(visit)
    turn = visit.services.interviews.ask(asked.id, "为什么？").value
    answered(visit, asked)
    visit.services.interviews.finish(asked.id)
    document = visit.services.documents.freeze_interview(asked.id).value
    visit.services.documents.discard(document.id)
    visit.services.interviews.answer(turn.id, "更正：当时不在店里。")
    visit.services.interviews.finish(asked.id)
    again = visit.services.documents.freeze_interview(asked.id).value
    assert again.number == document.number
