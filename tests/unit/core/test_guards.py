"""Legal guards over snapshots: each speaks where the law is broken, and only there."""

import dataclasses
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.case_facts import CaseFacts, FindingFacts, InterviewFacts, Officer, PaperFacts, SignedFacts
from app.core.guard_checks import CHECKS
from app.core.guards import Guard, GuardLevel, Stage, check
from app.core.tasks import Nature
from app.core.workdays import Calendar, CalendarYear, DayKind, deadline

NOW = dt.datetime(2026, 3, 10, 2, 0, tzinfo=dt.UTC)
CALENDAR = Calendar({2026: CalendarYear(frozenset(), frozenset(), "s")})
TWO = (Officer("a", "甲", "1", is_valid=True), Officer("b", "乙", "2", is_valid=True))
KINDS = ("视听资料", "书证")


def at(minutes: int) -> dt.datetime:
    return NOW + dt.timedelta(minutes=minutes)


def asked(name: str, start: int, end: int | None, officers: tuple[str, ...] = ("a", "b"), **more: Any) -> InterviewFacts:
    return InterviewFacts(name, name, officers, at(start), None if end is None else at(end), more.pop("told", True), **more)


def paper(kind: str, **more: Any) -> PaperFacts:
    return PaperFacts(kind, kind, kind, NOW - dt.timedelta(days=1), **more)


def due(day: dt.date) -> Any:
    return dataclasses.replace(deadline(CALENDAR, dt.date(2026, 1, 5), 7, DayKind.WORKING), due=day)


SOUND = CaseFacts(
    nature=Nature.ADMINISTRATIVE, now=NOW, day=NOW.date(), paper="record", officers=TWO, visit="v", licence_shown=True,
    recusal_answered=True, started_at=at(-60), ended_at=at(-20), interviews=(asked("周", -50, -40), asked("吴", -40, -30)),
    signed=(SignedFacts("d", "询问笔录", at(-50), at(-40), at(-39)),),
    findings=(
        FindingFacts("f1", "重复收费", "38", proves_purpose=False, has_amount=True, evidence=KINDS),
        FindingFacts("f2", "虚构服务", "40", proves_purpose=False, has_amount=True, evidence=KINDS),
        FindingFacts("f3", "骗取目的", "40", proves_purpose=True, has_amount=True, evidence=KINDS),
    ),
    papers=(
        paper("inspection_approval", by_head=True), paper("penalty_prior_notice", served_on=dt.date(2026, 2, 1)),
        paper("preservation_decision", due=due(dt.date(2026, 3, 20))),
    ),
    is_numbered=True,
)  # fmt: skip
PARAMS: dict[str, dict[str, str | int]] = {
    "officers_too_few": {"least": 2}, "too_short": {"onsite_minutes": 11, "interview_minutes": 6},
    "finding_without_total": {"families": "38,40,41"}, "fraud_without_purpose": {"family": "40"},
    "evidence_of_one_kind": {"least": 2}, "evidence_kind_unknown": {"kinds": "视听资料,书证"},
    "approval_missing": {"approval": "inspection_approval"}, "approval_late": {"approval": "inspection_approval", "hours": 24},
    "decision_without_notice": {"notice": "penalty_prior_notice"}, "due_soon": {"days": 3},
}  # fmt: skip


def guard(code: str, level: GuardLevel = GuardLevel.BLOCK, **more: Any) -> Guard:
    return Guard(code, level, "依据", dt.date(2021, 1, 1), frozenset(Stage), params=PARAMS.get(code, {}), **more)


ALL = tuple(guard(code) for code in CHECKS)


def found(facts: CaseFacts, code: str) -> list[tuple[str, dict[str, str | int]]]:
    return [(one.about, dict(one.params)) for one in check(facts, [guard(code)], (Stage.SIGN,))]


def but(**changes: Any) -> CaseFacts:
    return dataclasses.replace(SOUND, **changes)


def test_a_sound_case_is_held_against_nobody() -> None:
    assert check(SOUND, ALL, (Stage.SIGN,)) == check(SOUND, ALL, (Stage.ISSUE,)) == ()


BROKEN: list[tuple[str, CaseFacts, int]] = [
    ("officers_too_few", but(officers=TWO[:1]), 1),
    ("officers_too_few", but(officers=(TWO[0], dataclasses.replace(TWO[1], is_valid=False))), 1),
    ("officers_too_few", but(officers=(TWO[0], dataclasses.replace(TWO[1], licence_no="1"))), 1),
    ("recused_takes_part", but(recused=("陆知遥",)), 1),
    ("licence_not_shown", but(licence_shown=False), 1),
    ("recusal_unanswered", but(recusal_answered=False), 1),
    ("rights_not_told", but(interviews=(asked("周", -50, -40, told=False), asked("吴", -40, -30, told=False))), 2),
    ("interview_overlap", but(interviews=(asked("周", -50, -40), asked("吴", -41, -30, ("b", "c")))), 1),
    ("interview_overlap", but(interviews=(asked("周", -50, None), asked("吴", -41, -30))), 1),
    ("interview_overlap", but(interviews=(asked("周", -50, -40), asked("外", -45, None, is_elsewhere=True))), 1),
    ("interview_outside", but(interviews=(asked("周", -61, -40),)), 1),
    ("ends_before_start", but(ended_at=at(-61)), 1),
    ("ends_before_start", but(interviews=(asked("周", -50, -51),)), 1),
    ("signed_before_end", but(signed=(SignedFacts("d", "询问笔录", at(-50), at(-40), at(-41)),)), 1),
    ("too_short", but(started_at=at(-30)), 1),
    ("too_short", but(interviews=(asked("周", -50, -45),)), 1),
    ("finding_without_evidence", but(findings=(dataclasses.replace(SOUND.findings[0], evidence=()),)), 1),
    ("finding_without_total", but(findings=(dataclasses.replace(SOUND.findings[0], has_amount=False),)), 1),
    ("fraud_without_purpose", but(findings=SOUND.findings[:2]), 1),
    ("fraud_without_purpose", but(findings=(*SOUND.findings[:2], dataclasses.replace(SOUND.findings[2], evidence=()))), 1),
    ("evidence_of_one_kind", but(findings=(dataclasses.replace(SOUND.findings[0], evidence=("书证", "书证")),)), 1),
    ("evidence_kind_unknown", but(findings=(dataclasses.replace(SOUND.findings[0], evidence=("书证", "zip")),)), 1),
    ("approval_missing", but(papers=()), 1),
    ("approval_missing", but(papers=(paper("inspection_approval"),)), 1),
    ("approval_late", but(papers=(PaperFacts("p", "inspection_approval", "t", NOW - dt.timedelta(hours=25), is_urgent=True),)), 1),
    ("paper_forbidden", but(forbidden="协议稽核不采取行政强制措施"), 1),
    ("number_missing", but(has_number=False), 1),
    ("overdue", but(papers=(paper("preservation_decision", due=due(dt.date(2026, 3, 9))),)), 1),
    ("due_soon", but(papers=(paper("preservation_decision", due=due(dt.date(2026, 3, 13))),)), 1),
    (
        "calendar_unknown",
        but(papers=(paper("sealing_decision", due=deadline(CALENDAR, dt.date(2026, 12, 30), 7, DayKind.WORKING)),)),
        1,
    ),
    ("decision_without_notice", but(papers=(paper("penalty_prior_notice"),)), 1),
    ("hearing_still_open", but(hearing_until=due(dt.date(2026, 3, 10))), 1),
]


@pytest.mark.parametrize(("code", "facts", "times"), BROKEN, ids=[f"{code}-{n}" for n, (code, _, _) in enumerate(BROKEN)])
def test_what_is_broken_is_said_once_for_each_thing(code: str, facts: CaseFacts, times: int) -> None:
    told = found(facts, code)
    assert len(told) == times
    assert all(isinstance(value, str | int) for _, params in told for value in params.values())


def test_every_guard_is_seen_to_speak() -> None:
    assert {code for code, _, _ in BROKEN} == set(CHECKS)


SILENT: list[tuple[str, CaseFacts]] = [
    ("licence_not_shown", but(visit="", licence_shown=False)),
    ("interview_overlap", but(interviews=(asked("周", -50, -40), asked("吴", -45, -30, ("c", "d"))))),
    (
        "interview_overlap",
        but(interviews=(asked("周", -50, None, is_elsewhere=True), asked("吴", -45, None, is_elsewhere=True))),
    ),
    ("approval_missing", but(papers=(), approval_no="医保检审〔2026〕1号")),
    ("approval_missing", but(papers=(paper("inspection_approval", is_urgent=True),))),
    ("approval_late", but(papers=(PaperFacts("p", "inspection_approval", "t", NOW - dt.timedelta(hours=23), is_urgent=True),))),
    ("approval_late", but(papers=(paper("inspection_approval", is_urgent=True), paper("inspection_approval", by_head=True)))),
    ("finding_without_total", but(findings=(dataclasses.replace(SOUND.findings[0], family="39", has_amount=False),))),
    ("number_missing", but(is_numbered=False, has_number=False)),
    ("overdue", but(papers=(paper("preservation_decision", due=due(dt.date(2026, 3, 9)), is_settled=True),))),
    ("overdue", but(papers=(paper("preservation_decision", due=due(dt.date(2026, 3, 10))),))),
    ("hearing_still_open", but(hearing_until=due(dt.date(2026, 3, 9)))),
    ("too_short", but(started_at=at(-31), interviews=(asked("周", -50, -44),))),
]


@pytest.mark.parametrize(("code", "facts"), SILENT, ids=[f"{code}-{n}" for n, (code, _) in enumerate(SILENT)])
def test_what_only_looks_like_it_is_not_said(code: str, facts: CaseFacts) -> None:
    assert found(facts, code) == []


def test_a_guard_looks_only_where_and_when_it_holds() -> None:
    facts = but(officers=())
    for narrowed in (
        {"since": dt.date(2026, 3, 11)}, {"until": dt.date(2026, 3, 9)}, {"natures": frozenset({Nature.SUPERVISION})},
        {"papers": frozenset({"interview"})}, {"stages": frozenset({Stage.ISSUE})}, {"region": "21"},
    ):  # fmt: skip
        other = dataclasses.replace(guard("officers_too_few"), **narrowed)
        assert check(facts, [other], (Stage.SIGN,), "330106") == ()
    assert check(facts, [guard("officers_too_few", region="33")], (Stage.SIGN,), "330106")


def test_the_closest_division_speaks_and_then_the_newest() -> None:
    facts = but(licence_shown=False)
    country, province = guard("licence_not_shown"), guard("licence_not_shown", GuardLevel.NOTE, region="33")
    newer = dataclasses.replace(country, level=GuardLevel.WARN, since=dt.date(2025, 1, 1))
    for given_, region, level in (
        ((country, province), "3301", "note"), ((province, country), "3301", "note"), ((country, province), "11", "block"),
        ((country, newer), "11", "warn"), ((newer, country), "11", "warn"),
    ):  # fmt: skip
        (one,) = check(facts, given_, (Stage.SIGN,), region)
        assert str(one.level) == level


SPANS = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 30), st.sampled_from("abc")), min_size=0, max_size=7)


@given(SPANS)
def test_overlap_is_told_exactly_where_two_interviews_of_one_officer_share_a_minute(
    spans: list[tuple[int, int, str]],
) -> None:
    interviews = tuple(asked(str(n), start, start + length, (who,)) for n, (start, length, who) in enumerate(spans))
    told = check(but(interviews=interviews), [guard("interview_overlap")], (Stage.SIGN,))
    pairs = [
        (one, other)
        for n, one in enumerate(spans)
        for other in spans[n + 1 :]
        if one[2] == other[2] and set(range(one[0], one[0] + one[1])) & set(range(other[0], other[0] + other[1]))
    ]
    assert len(told) == len(pairs)


def test_a_guard_that_names_the_paper_speaks_before_one_for_all() -> None:
    facts = but(has_number=False)
    every, named = guard("number_missing", GuardLevel.WARN), guard("number_missing", papers=frozenset({"record"}))
    newer = dataclasses.replace(every, since=dt.date(2026, 1, 1))
    for given_ in ((every, named), (named, newer)):
        (one,) = check(facts, given_, Stage)
        assert one.is_block
    (one,) = check(dataclasses.replace(facts, paper="inspection_notice"), (every, named), Stage)
    assert one.level is GuardLevel.WARN


def test_blocks_come_first() -> None:
    facts = but(licence_shown=False, recusal_answered=False)
    guards = [guard("licence_not_shown", GuardLevel.WARN), guard("recusal_unanswered")]
    assert [str(one.level) for one in check(facts, guards, (Stage.SIGN,))] == ["block", "warn"]
