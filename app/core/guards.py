"""Legal guards: what the law holds against signing or issuing, judged over a snapshot of the case.

Which guards there are, how grave each is, since when and by which article, is data (`resources/law/guards.toml`); how a
guard looks is a function here. A guard speaks in a code with parameters; its sentence is `blocker.<code>` in the catalogues.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

from app.core.tasks import Nature
from app.core.workdays import Deadline

Params = Mapping[str, str | int]


class Stage(StrEnum):
    """Before which step a guard looks: issuing a paper, or signing a record or paper."""

    ISSUE = "issue"
    SIGN = "sign"


class GuardLevel(StrEnum):
    """How grave it is. `BLOCK` stops the step; `WARN` asks for a look; `NOTE` is told."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Guard:
    """One rule as the data has it.

    Attributes:
        source: The article it rests on, as shown.
        until: Last day, or None.
        papers: Kinds of paper before whose issuing or signing it looks; empty: any.
        natures: Natures of inspection it holds for; empty: all.
        region: Prefix of a division code; empty for the whole country.
        params: Figures of the rule.
    """

    code: str
    level: GuardLevel
    source: str
    since: dt.date
    stages: frozenset[Stage]
    until: dt.date | None = None
    natures: frozenset[Nature] = frozenset()
    papers: frozenset[str] = frozenset()
    region: str = ""
    params: Params = field(default_factory=dict)

    def holds(self, facts: "CaseFacts", stages: frozenset[Stage], region: str) -> bool:
        """Return whether it looks at one of these steps on this day."""
        return (
            bool(stages & self.stages)
            and self.since <= facts.day
            and (self.until is None or facts.day <= self.until)
            and (not self.natures or facts.nature in self.natures)
            and (not self.papers or facts.paper in self.papers)
            and region.startswith(self.region)
        )


@dataclass(frozen=True, slots=True)
class GuardResult:
    """What a guard found. `about` is the id of the row it concerns, or empty."""

    code: str
    level: GuardLevel
    source: str
    params: Params = field(default_factory=dict)
    about: str = ""

    @property
    def is_block(self) -> bool:
        """Whether it stops the step."""
        return self.level is GuardLevel.BLOCK


@dataclass(frozen=True, slots=True)
class Officer:
    """One who inspects. `is_valid`: a licence of his own, valid on the day, is on record."""

    id: str
    name: str
    licence_no: str
    is_valid: bool


@dataclass(frozen=True, slots=True)
class InterviewFacts:
    """One interview of the case, or of another one in which an officer of this case took part (`is_elsewhere`)."""

    id: str
    subject: str
    officers: tuple[str, ...]
    started_at: dt.datetime
    ended_at: dt.datetime | None
    rights_told: bool
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class SignedFacts:
    """What was signed: from when to when the thing lasted, and when the first and the last hand was put to it."""

    id: str
    title: str
    began_at: dt.datetime | None
    ended_at: dt.datetime | None
    first_at: dt.datetime


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """One finding.

    Attributes:
        family: Article of the fund regulation: `38`, `39`, `40`, … or empty.
        proves_purpose: It establishes the purpose of fraud.
        has_amount: An amount was put down, 0 included.
        evidence: Legal kind of each piece that proves it (书证, 视听资料 …).
    """

    id: str
    title: str
    family: str
    proves_purpose: bool
    has_amount: bool
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """One paper of the case that is issued and not void.

    Attributes:
        served_on: Date of service, or None.
        by_head: Signed by the head of the authority.
        is_urgent: Says that it is made up for an urgent step.
        due: Last day by which something else has to follow it.
        is_settled: That has followed.
    """

    id: str
    kind: str
    title: str
    issued_at: dt.datetime
    served_on: dt.date | None = None
    by_head: bool = False
    is_urgent: bool = False
    due: Deadline | None = None
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case as it stands at one moment.

    Attributes:
        now: The moment; `day` the day in China.
        approval_no: Number of an approval that was given outside the program, or empty.
        paper: Kind of the paper to be issued or signed; `record` for that of the visit, `interview` for an interview's.
        visit: Id of the visit; empty before one has begun, and then nothing of it is held against anybody.
        is_numbered: Whether the paper at hand bears a number; `has_number` whether one of the register is at hand.
        forbidden: Why a paper of this kind must not be made in this nature; empty if it may.
        hearing_until: Last day to ask for a hearing after the notice; None if it does not run.
        recused: Names of those who take part though they declared a conflict of interest.
    """

    nature: Nature
    now: dt.datetime
    day: dt.date
    paper: str
    officers: tuple[Officer, ...]
    approval_no: str = ""
    visit: str = ""
    licence_shown: bool = False
    recusal_answered: bool = False
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    interviews: tuple[InterviewFacts, ...] = ()
    signed: tuple[SignedFacts, ...] = ()
    findings: tuple[FindingFacts, ...] = ()
    papers: tuple[PaperFacts, ...] = ()
    is_numbered: bool = False
    has_number: bool = True
    forbidden: str = ""
    hearing_until: Deadline | None = None
    recused: tuple[str, ...] = ()

    def of_kind(self, kind: str) -> tuple[PaperFacts, ...]:
        """Return the papers of one kind."""
        return tuple(one for one in self.papers if one.kind == kind)


Found = Iterator[tuple[str, Params]]  # id of the row concerned, parameters of the sentence
Check = Callable[[CaseFacts, Params], Found]


def check(facts: CaseFacts, guards: Sequence[Guard], stages: Iterable[Stage], region: str = "") -> tuple[GuardResult, ...]:
    """Return everything the guards in force hold against a step, blocks first.

    Where several guards of one code hold, that of the closest division speaks, then one that names the paper, then the
    newest.

    Args:
        stages: Steps that are taken at once.

    Raises:
        KeyError: If the data names a guard that there is not.
    """
    chosen: dict[str, Guard] = {}
    wanted = frozenset(stages)
    for guard in sorted(guards, key=lambda one: (len(one.region), bool(one.papers), one.since)):
        if guard.holds(facts, wanted, region):
            chosen[guard.code] = guard
    found = [
        GuardResult(guard.code, guard.level, guard.source, params, about)
        for guard in chosen.values()
        for about, params in CHECKS[guard.code](facts, guard.params)
    ]
    order = list(GuardLevel)
    return tuple(sorted(found, key=lambda one: (order.index(one.level), one.code, one.about)))


def _officers_too_few(facts: CaseFacts, params: Params) -> Found:
    """Fewer than two officers, each with a valid licence of his own."""
    valid = {one.licence_no for one in facts.officers if one.is_valid}
    if len(valid) < int(params["least"]):
        without = "、".join(one.name for one in facts.officers if not one.is_valid)
        yield "", {"count": len(valid), "least": int(params["least"]), "names": without or "—"}


def _recused_takes_part(facts: CaseFacts, params: Params) -> Found:
    if facts.recused:
        yield facts.visit, {"names": "、".join(facts.recused)}


def _licence_not_shown(facts: CaseFacts, params: Params) -> Found:
    if facts.visit and not facts.licence_shown:
        yield facts.visit, {}


def _recusal_unanswered(facts: CaseFacts, params: Params) -> Found:
    if facts.visit and not facts.recusal_answered:
        yield facts.visit, {}


def _rights_not_told(facts: CaseFacts, params: Params) -> Found:
    for one in facts.interviews:
        if not one.is_elsewhere and one.ended_at is not None and not one.rights_told:
            yield one.id, {"name": one.subject}


def _interview_overlap(facts: CaseFacts, params: Params) -> Found:
    """One officer in two interviews at once; one that has not ended lasts."""
    names = {one.id: one.name for one in facts.officers}
    for one, other in combinations(sorted(facts.interviews, key=lambda it: (it.started_at, it.id)), 2):
        both = sorted(set(one.officers) & set(other.officers))
        if not both or (one.is_elsewhere and other.is_elsewhere):
            continue
        if one.ended_at is None or other.started_at < one.ended_at:
            yield other.id, {"name": names.get(both[0], "—"), "one": one.subject, "other": other.subject}


def _ends_before_start(facts: CaseFacts, params: Params) -> Found:
    if facts.started_at and facts.ended_at and facts.ended_at < facts.started_at:
        yield facts.visit, {"title": "现场检查"}
    for one in facts.interviews:
        if not one.is_elsewhere and one.ended_at is not None and one.ended_at < one.started_at:
            yield one.id, {"title": f"询问{one.subject}"}


def _interview_outside(facts: CaseFacts, params: Params) -> Found:
    """An interview that began before the visit."""
    for one in facts.interviews:
        if not one.is_elsewhere and facts.started_at is not None and one.started_at < facts.started_at:
            yield one.id, {"name": one.subject}


def _signed_before_end(facts: CaseFacts, params: Params) -> Found:
    for one in facts.signed:
        if one.ended_at is not None and one.first_at < one.ended_at:
            yield one.id, {"title": one.title}


def _too_short(facts: CaseFacts, params: Params) -> Found:
    """A record that lasted fewer minutes than it takes."""
    least = int(params["onsite_minutes"])
    if facts.paper == "record" and facts.started_at and facts.ended_at:
        lasted = _minutes(facts.started_at, facts.ended_at)
        if 0 <= lasted < least:
            yield facts.visit, {"title": "现场检查", "minutes": lasted, "least": least}
    least = int(params["interview_minutes"])
    for one in facts.interviews:
        if one.is_elsewhere or one.ended_at is None:
            continue
        lasted = _minutes(one.started_at, one.ended_at)
        if 0 <= lasted < least:
            yield one.id, {"title": f"询问{one.subject}", "minutes": lasted, "least": least}


def _finding_without_evidence(facts: CaseFacts, params: Params) -> Found:
    for one in facts.findings:
        if not one.evidence:
            yield one.id, {"title": one.title}


def _finding_without_total(facts: CaseFacts, params: Params) -> Found:
    """A finding under an article whose fine counts from an amount, without one."""
    for one in facts.findings:
        if one.family in str(params["families"]).split(",") and not one.has_amount:
            yield one.id, {"title": one.title, "article": one.family}


def _fraud_without_purpose(facts: CaseFacts, params: Params) -> Found:
    """An act under article 40, and nothing that establishes its purpose with evidence of its own."""
    proven = any(one.proves_purpose and one.evidence for one in facts.findings)
    for one in facts.findings:
        if one.family == str(params["family"]) and not one.proves_purpose and not proven:
            yield one.id, {"title": one.title}


def _evidence_of_one_kind(facts: CaseFacts, params: Params) -> Found:
    for one in facts.findings:
        kinds = set(one.evidence)
        if one.evidence and len(kinds) < int(params["least"]):
            yield one.id, {"title": one.title, "kind": min(kinds)}


def _evidence_kind_unknown(facts: CaseFacts, params: Params) -> Found:
    known = set(str(params["kinds"]).split(","))
    for one in facts.findings:
        odd = [kind for kind in one.evidence if kind not in known]
        if odd:
            yield one.id, {"title": one.title, "count": len(odd)}


def _approval_missing(facts: CaseFacts, params: Params) -> Found:
    """Nobody has approved the inspection before the first paper that leaves the house."""
    given = any(one.by_head or one.is_urgent for one in facts.of_kind(str(params["approval"])))
    if not given and not facts.approval_no:
        yield "", {}


def _approval_late(facts: CaseFacts, params: Params) -> Found:
    """An urgent step is under way, and its approval was not completed in time."""
    approvals, hours = facts.of_kind(str(params["approval"])), int(params["hours"])
    if facts.approval_no or any(one.by_head for one in approvals):
        return
    for one in approvals:
        if one.is_urgent and facts.now > one.issued_at + dt.timedelta(hours=hours):
            yield one.id, {"hours": hours}


def _paper_forbidden(facts: CaseFacts, params: Params) -> Found:
    if facts.forbidden:
        yield "", {"reason": facts.forbidden}


def _number_missing(facts: CaseFacts, params: Params) -> Found:
    if facts.is_numbered and not facts.has_number:
        yield "", {}


def _overdue(facts: CaseFacts, params: Params) -> Found:
    """Something had to follow a paper by a day that is over."""
    for one in facts.papers:
        if one.due is not None and not one.is_settled and one.due.due < facts.day:
            yield one.id, {"title": one.title, "due": one.due.due.isoformat()}


def _due_soon(facts: CaseFacts, params: Params) -> Found:
    for one in facts.papers:
        if one.due is not None and not one.is_settled:
            left = (one.due.due - facts.day).days
            if 0 <= left <= int(params["days"]):
                yield one.id, {"title": one.title, "due": one.due.due.isoformat(), "days": left}


def _calendar_unknown(facts: CaseFacts, params: Params) -> Found:
    """A period runs into a year whose holidays nobody has announced."""
    for one in facts.papers:
        if one.due is not None and not one.is_settled and one.due.unknown_years:
            yield one.id, {"title": one.title, "year": one.due.unknown_years[0], "due": one.due.due.isoformat()}


def _decision_without_notice(facts: CaseFacts, params: Params) -> Found:
    if not any(one.served_on for one in facts.of_kind(str(params["notice"]))):
        yield "", {}


def _hearing_still_open(facts: CaseFacts, params: Params) -> Found:
    if facts.hearing_until is not None and facts.day <= facts.hearing_until.due:
        yield "", {"due": facts.hearing_until.due.isoformat()}


def _minutes(start: dt.datetime, end: dt.datetime) -> int:
    return int((end - start).total_seconds() // 60)


CHECKS: Mapping[str, Check] = {
    "officers_too_few": _officers_too_few,
    "recused_takes_part": _recused_takes_part,
    "licence_not_shown": _licence_not_shown,
    "recusal_unanswered": _recusal_unanswered,
    "rights_not_told": _rights_not_told,
    "interview_overlap": _interview_overlap,
    "interview_outside": _interview_outside,
    "ends_before_start": _ends_before_start,
    "signed_before_end": _signed_before_end,
    "too_short": _too_short,
    "finding_without_evidence": _finding_without_evidence,
    "finding_without_total": _finding_without_total,
    "fraud_without_purpose": _fraud_without_purpose,
    "evidence_of_one_kind": _evidence_of_one_kind,
    "evidence_kind_unknown": _evidence_kind_unknown,
    "approval_missing": _approval_missing,
    "approval_late": _approval_late,
    "paper_forbidden": _paper_forbidden,
    "number_missing": _number_missing,
    "overdue": _overdue,
    "due_soon": _due_soon,
    "calendar_unknown": _calendar_unknown,
    "decision_without_notice": _decision_without_notice,
    "hearing_still_open": _hearing_still_open,
}
