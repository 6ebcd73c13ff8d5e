"""How each legal guard looks at a case: the one function a code of `resources/law/guards.toml` stands for."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations

from app.core.case_facts import CaseFacts

Params = Mapping[str, str | int]
Found = Iterator[tuple[str, Params]]  # id of the row concerned, parameters of the sentence
Check = Callable[[CaseFacts, Params], Found]


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
