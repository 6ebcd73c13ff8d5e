"""What fills the fields of a paper: every source name of `forms.sources`, read from the case in one snapshot."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.core.clock import local
from app.core.evidence import Evidence
from app.core.findings import Finding
from app.core.inspections import Inspection
from app.core.money import to_fen
from app.core.papers import Value
from app.core.places import Institution, Office, Person, Role
from app.core.plans import Plan
from app.core.tasks import Nature, Task, TaskKind
from app.services import plan_words
from app.services.paper import KIND_TITLES
from forms.papers import Field, FieldKind

# As the options of the papers name them.
TASK_SOURCES = {
    TaskKind.RANDOM: "双随机抽查",
    TaskKind.ROUTINE: "日常检查",
    TaskKind.SPECIAL: "专项检查",
    TaskKind.COMPLAINT: "投诉举报",
    TaskKind.TRANSFER: "转办交办",
    TaskKind.DATA: "数据监测",
    TaskKind.REVIEW: "复查",
}
NATURES = {
    Nature.ADMINISTRATIVE: "行政检查",
    Nature.AGREEMENT: "协议稽核",
    Nature.SELF_CHECK: "自查自纠",
    Nature.SUPERVISION: "督查",
}


@dataclass(frozen=True, slots=True)
class Known:
    """All that a paper can be filled from.

    Attributes:
        contents: Titles of the checklists of the task.
        times_this_year: Visits of the office to the institution this year, this one not counted.
        issued: Values of the papers issued before, `papers.<kind>.<field>`.
        own: By field of the paper at hand: what only this one paper is filled with.
        plan: The plan that the task belongs to, where it belongs to one.
    """

    office: Office
    facts: Mapping[str, str]
    task: Task
    place: Institution
    people: Mapping[str, Person]
    now: dt.datetime
    contents: tuple[str, ...]
    times_this_year: int
    visit: Inspection | None = None
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    issued: Mapping[str, Value] | None = None
    own: Mapping[str, Value] | None = None
    parent_number: str = ""
    plan: Plan | None = None


def value_of(known: Known, field: Field) -> Value | None:
    """Return what the data says for a field, in the form of its kind; None where it says nothing or does not fit."""
    found: Value | None = (known.own or {}).get(field.id)
    if found is None and field.source.startswith("papers."):
        found = (known.issued or {}).get(field.source)
    elif found is None and field.source.startswith("office.") and field.source not in _SOURCES:
        found = known.facts.get(field.source.removeprefix("office."))
    elif found is None and field.source in _SOURCES:
        found = _SOURCES[field.source](known)
    return None if found is None or found in ("", ()) else _fitted(found, field)


def _fitted(value: Value, field: Field) -> Value | None:
    """Give a value the form of its field, or None where it has none in it."""
    kind = field.kind
    if kind is FieldKind.CHOICE:
        return value if isinstance(value, str) and value in field.options else None
    if kind is FieldKind.CHECKS:
        marks = (value,) if isinstance(value, str) else value
        return marks if isinstance(marks, tuple) else None
    if kind in (FieldKind.NUMBER, FieldKind.MONEY):
        return value if isinstance(value, int) else None
    if kind is FieldKind.DATE and isinstance(value, str):
        return _day_of(value)
    if kind in (FieldKind.TEXT, FieldKind.LONG_TEXT):
        return _told(value, "\n" if kind is FieldKind.LONG_TEXT else "、")
    if kind is FieldKind.TABLE:
        width = len(field.columns)
        is_rows = isinstance(value, tuple) and all(
            isinstance(row, tuple) and len(row) == width for row in value
        )
        return value if is_rows else None
    if kind is FieldKind.PEOPLE:
        return value if isinstance(value, tuple) and all(isinstance(row, tuple) for row in value) else None
    return value if isinstance(value, str) else None


def _day_of(text: str) -> str | None:
    """Return the day of an ISO day or instant, in China."""
    if len(text) <= len("2026-01-01"):
        return text
    return local(dt.datetime.fromisoformat(text)).date().isoformat()


def _told(value: Value, between: str) -> str:
    if not isinstance(value, tuple):
        return str(value)
    return between.join(row if isinstance(row, str) else (row[0] if row else "") for row in value)


def _inspectors(known: Known) -> tuple[tuple[str, str], ...]:
    chosen: Sequence[str] = known.visit.inspectors if known.visit else known.task.members
    named = [known.people[one] for one in chosen if one in known.people]
    return tuple((one.name, one.licence_no) for one in named if one.role is Role.INSPECTOR)


def _assistants(known: Known) -> tuple[tuple[str, str], ...]:
    named = [known.people[one] for one in known.task.members if one in known.people]
    return tuple((one.name, one.licence_no) for one in named if one.role is not Role.INSPECTOR)


def _recorder(known: Known) -> tuple[tuple[str, str], ...]:
    one = known.people.get(known.visit.recorder) if known.visit else None
    return ((one.name, one.licence_no),) if one else ()


def _instant(at: dt.datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="minutes")


def _findings(known: Known) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            one.title,
            one.basis,
            "" if one.cases is None else str(one.cases),
            "" if one.amount_cny is None else f"{one.amount_cny:.2f}",
        )
        for one in known.findings
    )


def _facts(known: Known) -> str:
    told = [f"{one.title}：{one.facts}" if one.facts else one.title for one in known.findings]
    return told[0] if len(told) == 1 else "\n".join(f"{n}．{text}" for n, text in enumerate(told, 1))


def _period(known: Known) -> str:
    firsts = [one.period_from for one in known.findings if one.period_from]
    lasts = [one.period_to for one in known.findings if one.period_to]
    return f"{min(firsts).isoformat()}至{max(lasts).isoformat()}" if firsts and lasts else ""


def _valid(known: Known) -> list[Evidence]:
    return [one for one in known.evidence if one.voided_reason is None]


def _proofs(known: Known) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            f"证{one.number}",
            one.caption or one.file_name,
            "" if one.taken_at is None else f"{local(one.taken_at):%Y-%m-%d %H:%M}",
            one.sha256[:16],
        )
        for one in _valid(known)
    )


def _of_visit(read: Callable[[Inspection], Value | None]) -> Callable[[Known], Value | None]:
    return lambda known: None if known.visit is None else read(known.visit)


def _of_plan(read: Callable[[Plan], Value | None]) -> Callable[[Known], Value | None]:
    return lambda known: None if known.plan is None else read(known.plan)


def _plan_data(known: Known) -> str:
    plan = known.plan
    if plan is None or plan.data_from is None:
        return _period(known)
    return f"{plan.data_from.isoformat()}至{plan.data_to.isoformat() if plan.data_to else '今'}"


_SOURCES: Mapping[str, Callable[[Known], Value | None]] = {
    "office.name": lambda k: k.office.name,
    "office.short_name": lambda k: k.office.short_name,
    "issue.date": lambda k: local(k.now).date().isoformat(),
    "issue.parent_number": lambda k: k.parent_number,
    "institution.name": lambda k: k.place.name,
    "institution.credit_code": lambda k: k.place.credit_code,
    "institution.insurance_code": lambda k: k.place.medins_code,
    "institution.kind": lambda k: k.place.level + k.place.grade + KIND_TITLES.get(str(k.place.kind), ""),
    "institution.address": lambda k: k.place.address,
    "institution.legal_person": lambda k: k.place.legal_rep,
    "institution.responsible": lambda k: k.place.head,
    "institution.phone": lambda k: k.place.phone,
    "task.number": lambda k: k.task.number,
    "task.title": lambda k: k.task.title,
    "task.basis": lambda k: k.task.basis,
    "task.source": lambda k: TASK_SOURCES[k.task.kind],
    "task.nature": lambda k: NATURES[k.task.nature],
    "task.approval_number": lambda k: k.task.approval_no,
    "task.content": lambda k: "、".join(f"《{one}》" for one in k.contents),
    "task.due": lambda k: k.task.due_on.isoformat() if k.task.due_on else None,
    "task.times_this_year": lambda k: k.times_this_year,
    "plan.goal": _of_plan(lambda p: p.goal),
    "plan.course": _of_plan(lambda p: tuple(f"{one.title}（{plan_words.span(one)}）：{one.words}" for one in p.stages)),
    "plan.data_period": _plan_data,
    "plan.discipline": _of_plan(lambda p: p.discipline),
    "inspection.method": lambda _: "现场检查",
    "inspection.place": _of_visit(lambda v: v.place),
    "inspection.started_at": _of_visit(lambda v: _instant(v.started_at)),
    "inspection.ended_at": _of_visit(lambda v: _instant(v.ended_at)),
    "inspection.date": _of_visit(lambda v: local(v.started_at).date().isoformat()),
    "inspection.situation": _of_visit(lambda v: v.situation),
    "inspection.party_opinion": _of_visit(lambda v: v.party_opinion),
    "inspectors": _inspectors,
    "recorder": _recorder,
    "assistants": _assistants,
    "assistants.count": lambda k: len(_assistants(k)),
    "party.name": _of_visit(lambda v: v.party.name),
    "party.sex": _of_visit(lambda v: v.party.gender),
    "party.id_number": _of_visit(lambda v: v.party.id_no),
    "party.post": _of_visit(lambda v: v.party.post),
    "party.phone": _of_visit(lambda v: v.party.phone),
    "witness.name": _of_visit(lambda v: v.witness),
    "findings.table": _findings,
    "findings.facts": _facts,
    "findings.basis": lambda k: "；".join(dict.fromkeys(one.basis for one in k.findings if one.basis)),
    "findings.total_fen": lambda k: sum(to_fen(one.amount_cny) for one in k.findings if one.amount_cny is not None)
    if k.findings else None,
    "findings.count": lambda k: len(k.findings),
    "findings.period": _period,
    "evidence.table": _proofs,
    "evidence.count": lambda k: len(_valid(k)),
}  # fmt: skip
KNOWN_SOURCES = frozenset(_SOURCES)
