"""Legal guards over a case as it stands: what speaks against issuing a paper or signing a record."""

import datetime as dt
from collections.abc import Mapping, Sequence

from app.core import guards
from app.core.case_facts import CaseFacts, FindingFacts, InterviewFacts, Officer, PaperFacts, SignedFacts
from app.core.clock import local, today
from app.core.documents import Document, DocumentKind
from app.core.findings import Finding
from app.core.guards import GuardResult, Stage
from app.core.ids import InspectionId, InterviewId
from app.core.inspections import Blocker, Inspection
from app.core.interviews import Interview
from app.core.papers import Paper, PaperState
from app.core.places import Person
from app.core.tasks import Task
from app.core.workdays import Deadline
from app.db.repos import documents, evidence, findings, inspections, interviews, registers, tasks
from app.db.repos import papers as stored
from app.db.repos.task_views import recusals
from app.db.unit import ReadUnit
from app.services.checklists import Checklists
from app.services.document_views import view_of
from app.services.papers import kinds, law, number_pool
from app.services.papers.law import Follow
from app.services.papers.services import served_on
from forms.model import Role

_HEAD = str(Role.HEAD)
_NOTICE = "penalty_prior_notice"
_URGENCY = "urgency"  # the field of the approval that says why it is made up afterwards


def as_blockers(found: Sequence[GuardResult]) -> tuple[Blocker, ...]:
    """Return what guards found in the form of an inspection's other blockers."""
    return tuple(Blocker(str(one.level), one.code, "law", params=dict(one.params)) for one in found)


def before_signing(
    unit: ReadUnit, checklists: Checklists, inspection: InspectionId, what: str, now: dt.datetime
) -> tuple[GuardResult, ...]:
    """Return what speaks against signing a record of a visit; `what` is `record` or `interview`."""
    visit = inspections.get(unit, inspection)
    facts = facts_of(unit, checklists, tasks.get(unit, visit.task), visit, what, now)
    return guards.check(facts, law.guards(), (Stage.SIGN,), kinds.region(registers.office(unit)))


def before_issuing(
    unit: ReadUnit, checklists: Checklists, paper: Paper, visit: Inspection | None, now: dt.datetime
) -> tuple[GuardResult, ...]:
    """Return what speaks against issuing a paper; it is signed as it is issued, so what stops signing it stops this too."""
    facts = facts_of(unit, checklists, tasks.get(unit, paper.task), visit, paper.kind, now, paper)
    return guards.check(facts, law.guards(), Stage, kinds.region(registers.office(unit)))


def facts_of(
    unit: ReadUnit,
    checklists: Checklists,
    task: Task,
    visit: Inspection | None,
    what: str,
    now: dt.datetime,
    paper: Paper | None = None,
) -> CaseFacts:
    """Return a case as the guards look at it."""
    people = registers.people(unit)
    chosen: Sequence[str] = visit.inspectors if visit else task.members
    officers = tuple(_officer(people[one], today(now)) for one in chosen if one in people)
    asked = interviews.of(unit, visit.id) if visit else ()
    issued = tuple(
        one for one in stored.of_task(unit, task.id)
        if one.document and one.state is not PaperState.VOID and one.kind in kinds.every()  # a newer program knows more
    )  # fmt: skip
    papers = tuple(_paper(unit, one, issued) for one in issued)
    kind = kinds.kind(paper.kind) if paper else None
    is_numbered = bool(kind and kind.number_word and not (paper and paper.parent))
    return CaseFacts(
        nature=task.nature,
        now=now,
        day=today(now),
        paper=what,
        officers=officers,
        approval_no=task.approval_no,
        visit=visit.id if visit else "",
        licence_shown=bool(visit and visit.licence_shown),
        recusal_answered=bool(visit and visit.recusal_answer.strip()),
        started_at=visit.started_at if visit else None,
        ended_at=visit.ended_at if visit else None,
        interviews=(*(_interview(one, people) for one in asked), *_elsewhere(unit, visit, asked, people)),
        signed=_signed(unit, visit, asked) if visit else (),
        findings=_findings(unit, checklists, visit) if visit else (),
        papers=papers,
        is_numbered=is_numbered,
        has_number=not is_numbered or (paper is not None and _has_number(unit, paper, local(now).year)),
        forbidden=kinds.forbidden(kind, kinds.path_of(task)) if kind else "",
        hearing_until=_hearing(unit, papers),
        recused=_recused(unit, task, visit, asked),
    )


def _recused(
    unit: ReadUnit, task: Task, visit: Inspection | None, asked: Sequence[Interview]
) -> tuple[str, ...]:
    """Return who takes part though he stepped back: as an officer now, or in an interview begun afterwards."""
    found = []
    for one in recusals(unit, task.id):
        acting = {*visit.inspectors, visit.recorder} if visit else {*task.members}
        later = {who for talk in asked if talk.started_at > one.declared_at for who in (talk.asker, talk.recorder)}
        if one.person in acting | later:
            found.append(one.name)
    return tuple(dict.fromkeys(found))


def _has_number(unit: ReadUnit, paper: Paper, year: int) -> bool:
    return number_pool.pick(unit, number_pool.series_of(unit, paper.kind), year) is not None


def _officer(person: Person, day: dt.date) -> Officer:
    licence = person.licence_no.strip()
    return Officer(licence or person.id, person.name, licence, person.may_inspect_on(day))


def _interview(one: Interview, people: Mapping[str, Person], *, is_elsewhere: bool = False) -> InterviewFacts:
    both = tuple(dict.fromkeys(people[key].licence_no.strip() or key for key in (one.asker, one.recorder) if key in people))
    return InterviewFacts(
        one.id, one.subject.name, both, one.started_at, one.ended_at, one.rights_acknowledged, is_elsewhere
    )


def _elsewhere(
    unit: ReadUnit, visit: Inspection | None, asked: Sequence[Interview], people: Mapping[str, Person]
) -> list[InterviewFacts]:
    """Return interviews of other visits in which the same licences took part."""
    mine = {key for one in asked for key in (one.asker, one.recorder) if key in people}
    licences = {people[key].licence_no.strip() for key in mine} - {""}
    same = sorted(key for key, one in people.items() if key in mine or one.licence_no.strip() in licences)
    if visit is None or not same:
        return []
    marks = ", ".join("?" * len(same))
    rows = unit.sql(
        f"SELECT id FROM interview WHERE inspection <> ? AND _deleted = 0 AND (asker IN ({marks}) OR recorder IN ({marks}))",
        (visit.id, *same, *same),
    )
    return [_interview(interviews.get(unit, InterviewId(row.id)), people, is_elsewhere=True) for row in rows]


def _signed(unit: ReadUnit, visit: Inspection, asked: Sequence[Interview]) -> tuple[SignedFacts, ...]:
    lasted: dict[str, tuple[dt.datetime, dt.datetime | None]] = {one.id: (one.started_at, one.ended_at) for one in asked}
    found = []
    for one in documents.of(unit, visit.id):
        if not one.signatures or one.kind is DocumentKind.AMENDMENT:
            continue
        began, ended = _span(one, visit, lasted)
        found.append(SignedFacts(one.id, one.title, began, ended, min(s.signed_at for s in one.signatures)))
    return tuple(found)


def _span(
    one: Document, visit: Inspection, lasted: Mapping[str, tuple[dt.datetime, dt.datetime | None]]
) -> tuple[dt.datetime | None, dt.datetime | None]:
    if one.kind is DocumentKind.RECORD:
        return visit.started_at, visit.ended_at
    return lasted.get(str(one.interview), (None, None))


def _findings(unit: ReadUnit, checklists: Checklists, visit: Inspection) -> tuple[FindingFacts, ...]:
    legal = law.evidence_kinds()
    kind_of = {one.number: legal.get(one.kind, one.kind) for one in evidence.of(unit, visit.id) if not one.voided_reason}
    return tuple(
        FindingFacts(
            one.id, one.title, _family(checklists, one), _proves_purpose(one), one.amount_cny is not None,
            tuple(kind_of[number] for number in one.evidence if number in kind_of),
        )
        for one in findings.of(unit, visit.id)
    )  # fmt: skip


def _family(checklists: Checklists, one: Finding) -> str:
    return next((v.family for v in checklists.violations() if v.code == one.violation), "")


def _proves_purpose(one: Finding) -> bool:
    codes, words = law.purpose()
    return one.violation in codes or any(word in one.facts for word in words)


def _paper(unit: ReadUnit, one: Paper, issued: Sequence[Paper]) -> PaperFacts:
    assert one.issued_at is not None
    kind = kinds.kind(one.kind)
    served = served_on(unit, one) if kind.served else None
    due, is_settled = _due(unit, one, issued, served)
    has_urgency = any(field.id == _URGENCY for field in kind.fields)
    return PaperFacts(
        id=one.id,
        kind=one.kind,
        title=f"{one.title} {one.number}".strip(),
        issued_at=one.issued_at,
        served_on=served,
        by_head=_by_head(unit, one),
        is_urgent=has_urgency and stored.written(unit, one.id).get(_URGENCY, (None, None))[0] not in (None, ""),
        due=due,
        is_settled=is_settled,
    )


def _by_head(unit: ReadUnit, one: Paper) -> bool:
    """Return whether the head of the authority has signed every place that is the head's."""
    if one.document is None or not any(signing.role is Role.HEAD for signing in kinds.kind(one.kind).signings):
        return False
    view = view_of(unit, documents.get(unit, one.document))
    places = documents.extras(unit, one.document)[2].get("places", ())
    heads = {f"place_{n}" for n, (_, role, _) in enumerate(places, 1) if role == _HEAD}
    done = {
        line.role for line in view.signers if line.pages and set(line.pages) <= set(line.signed) and not line.refused_reason
    }
    return bool(heads) and heads <= done


def _due(
    unit: ReadUnit, one: Paper, issued: Sequence[Paper], served: dt.date | None
) -> tuple[Deadline | None, bool]:
    rule = next((each for each in law.follows() if each.paper == one.kind), None)
    begins = _begins(rule, one, served)
    if rule is None or begins is None:
        return None, False
    office, later = registers.office(unit), [other.kind for other in issued if _is_later(other, one)]
    due = law.period(rule.rule, begins, office)
    if rule.longer and rule.longer in later:
        due = law.period(rule.longer_rule, due.due, office)
    return due, any(kind in later for kind in rule.settled_by) if rule.settled_by else served is not None


def _begins(rule: Follow | None, one: Paper, served: dt.date | None) -> dt.date | None:
    if rule is None or one.issued_at is None:
        return None
    return today(one.issued_at) if rule.begins == "issued" else served


def _is_later(other: Paper, one: Paper) -> bool:
    return other.id != one.id and (other.issued_at or other.drafted_at) >= (one.issued_at or one.drafted_at)


def _hearing(unit: ReadUnit, papers: Sequence[PaperFacts]) -> Deadline | None:
    days = [one.served_on for one in papers if one.kind == _NOTICE and one.served_on]
    return law.period("hearing_request", max(days), registers.office(unit)) if days else None
