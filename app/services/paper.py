"""Map what the store knows to what documents print: the one place where a field of the domain meets a field on paper."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.core import evidence as core_evidence
from app.core.documents import Correction, Document, DocumentKind, SignerRole
from app.core.findings import Finding
from app.core.ids import PersonId
from app.core.inspections import Answer, Inspection, Party
from app.core.interviews import Interview
from app.core.money import to_fen
from app.core.places import Institution, Office, Person
from app.core.readings import (
    OPINION,
    SEEN,
    SUMMARY,
    Change,
    about_answer,
    about_question,
    about_seen,
    changes,
)
from app.core.tasks import Nature, Task, TaskKind
from app.services.checklists import given_of
from checklists import logic
from checklists.schema import AnswerKind, ColumnKind, Item, Template
from forms import model as paper
from forms.signing import Signer

KIND_TITLES = {
    "pharmacy": "定点零售药店",
    "hospital": "定点医疗机构",
    "community": "社区卫生服务机构",
    "clinic": "诊所",
    "ltc": "长期护理服务机构",
    "supplier": "药品耗材供应企业",
    "agency": "医保经办机构",
    "other": "其他机构",
}
_SOURCES = {
    TaskKind.RANDOM: "双随机抽查",
    TaskKind.ROUTINE: "日常检查",
    TaskKind.SPECIAL: "专项检查",
    TaskKind.COMPLAINT: "投诉举报核查",
    TaskKind.TRANSFER: "转办交办核查",
    TaskKind.DATA: "数据监测核查",
    TaskKind.REVIEW: "复查",
}
_NATURES = {
    Nature.ADMINISTRATIVE: "行政检查",
    Nature.AGREEMENT: "协议稽核",
    Nature.SELF_CHECK: "自查自纠",
    Nature.SUPERVISION: "督查",
}
_NOTICES = (
    "我们是{authority}的执法人员{names}，这是我们的执法证件（已出示），请过目确认。今天依法对你单位进行现场检查，"
    "请予配合，如实提供有关资料和情况。",
    "你（单位）依法享有陈述权、申辩权；认为检查人员与本案有直接利害关系或者有其他关系可能影响公正执法的，有权申请回避。"
    "你是否申请回避？",
)
_COLUMN_KINDS = {
    ColumnKind.INTEGER: paper.ColumnKind.NUMBER,
    ColumnKind.DECIMAL: paper.ColumnKind.NUMBER,
    ColumnKind.MONEY: paper.ColumnKind.MONEY,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A pinned template with its answers and the codes of the items that are shown."""

    template: Template
    answers: Mapping[str, Answer]
    shown: frozenset[str]


@dataclass(frozen=True, slots=True)
class Case:
    """Everything of one inspection that is printed, read in one snapshot.

    Attributes:
        read: What was read out of it or read before it was signed, by what it is about (`app.core.readings`).
    """

    office: Office
    task: Task
    place: Institution
    visit: Inspection
    people: Mapping[str, Person]
    sheets: tuple[Sheet, ...]
    findings: tuple[Finding, ...]
    evidence: tuple[core_evidence.Evidence, ...]
    interviews: tuple[Interview, ...]
    frozen_at: dt.datetime
    read: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Picture = Callable[[core_evidence.Evidence], bytes | None]


def meta(case: Case, number: str) -> paper.RecordMeta:
    """Return what stands on every page of a document."""
    return paper.RecordMeta(
        authority=case.office.name,
        document_number=number,
        task_number=case.task.number,
        rehearsal=case.office.rehearsal or case.place.rehearsal,
    )


def record(case: Case, picture: Picture) -> tuple[paper.Section, ...]:
    """Return the sections of the record of an inspection, in the order of the file."""
    sections: list[paper.Section] = [
        paper.Cover("现场检查案卷材料", institution(case.place), _inspectors(case), case.visit.started_at),
        _onsite(case),
        *(_sheet(case, sheet) for sheet in case.sheets),
    ]
    if case.findings:
        sections.append(_findings(case))
    if case.evidence:
        sections.append(_evidence_list(case, picture))
    return tuple(sections)


def interview(case: Case, asked: Interview) -> tuple[paper.Section, ...]:
    """Return the one section of an interview record."""
    who = asked.subject
    return (
        paper.InterviewRecord(
            subject=f"{case.place.name}使用医疗保障基金情况",
            respondent=paper.Person(
                name=who.name, sex=who.gender, born_on=_day(who.birth), id_number=who.id_no, phone=who.phone,
                post=who.post, address=who.address, relation=who.relation, employer=case.place.name,
            ),
            asker=_inspector(case, asked.asker, asked.recorder),
            recorder=_inspector(case, asked.recorder, asked.asker),
            started_at=asked.started_at,
            ended_at=asked.ended_at,
            place=asked.place,
            turns=tuple(
                paper.Exchange(
                    turn.question, turn.answer, _revisions(turn.answer_changes), _revisions(turn.question_changes)
                )
                for turn in asked.turns
            ),
            institution=institution(case.place),
            session=1 + sum(
                1 for other in case.interviews
                if other.subject.name == who.name and (other.started_at, other.id) < (asked.started_at, asked.id)
            ),
        ),
    )  # fmt: skip


def amendment(case: Case, old: Document, corrections: tuple[Correction, ...]) -> tuple[paper.Section, ...]:
    """Return the one section of an amendment."""
    party = _party(case.visit.party)
    if old.kind is DocumentKind.INTERVIEW:
        asked = next(one for one in case.interviews if one.id == old.interview)
        party = paper.Person(name=asked.subject.name, post=asked.subject.post)
    return (
        paper.Amendment(
            record_title=old.title,
            record_number=old.number,
            record_sha256=old.pdf_sha256,
            corrections=tuple(paper.Correction(c.place, c.old, c.new, c.reason) for c in corrections),
            inspectors=_inspectors(case),
            party=party,
            amended_at=case.frozen_at,
            institution=institution(case.place),
        ),
    )


def signers(case: Case, kind: DocumentKind, asked: Interview | None = None) -> dict[SignerRole, str]:
    """Return who has to sign, in signing order."""
    if asked is not None:
        return {
            SignerRole.SUBJECT: asked.subject.name,
            SignerRole.INSPECTOR_1: _inspector(case, asked.asker, asked.recorder).name,
            SignerRole.RECORDER: _inspector(case, asked.recorder, asked.asker).name,
        }
    first, second = _inspectors(case)
    named = {SignerRole.PARTY: case.visit.party.name}
    if case.visit.witness and kind is DocumentKind.RECORD:
        named[SignerRole.WITNESS] = case.visit.witness
    named |= {
        SignerRole.INSPECTOR_1: first.name,
        SignerRole.INSPECTOR_2: second.name,
    }
    if kind is DocumentKind.RECORD:
        named[SignerRole.RECORDER] = _recorder(case).name
    return named


def paper_signer(role: SignerRole, name: str) -> Signer:
    """Return the signer of a box for a role of the domain."""
    kinds = {
        SignerRole.INSPECTOR_1: paper.Role.INSPECTOR,
        SignerRole.INSPECTOR_2: paper.Role.INSPECTOR,
        SignerRole.RECORDER: paper.Role.RECORDER,
        SignerRole.PARTY: paper.Role.PARTY,
        SignerRole.SUBJECT: paper.Role.PARTY,
        SignerRole.WITNESS: paper.Role.WITNESS,
    }
    return Signer(kinds[role], name)


def institution(place: Institution) -> paper.Institution:
    """Return an institution as printed."""
    return paper.Institution(
        name=place.name, credit_code=place.credit_code, insurance_code=place.medins_code,
        kind="".join((place.level, KIND_TITLES.get(str(place.kind), ""))), address=place.address,
        legal_person=place.legal_rep, responsible=place.head, phone=place.phone,
    )  # fmt: skip


def _onsite(case: Case) -> paper.OnsiteRecord:
    visit, task = case.visit, case.task
    inspectors = _inspectors(case)
    names = "、".join(f"{one.name}（执法证号{one.licence_no}）" for one in inspectors)
    told = "当事人已查看执法证件，表示清楚。" if visit.licence_shown else ""
    summary, opinion = _summary(case), visit.party_opinion
    return paper.OnsiteRecord(
        institution=institution(case.place),
        inspectors=inspectors,
        recorder=_recorder(case),
        party=_party(visit.party),
        started_at=visit.started_at,
        ended_at=visit.ended_at,
        place=visit.place,
        subject=task.title,
        basis=tuple(filter(None, (task.basis, f"审批文号：{task.approval_no}" if task.approval_no else ""))),
        method=f"{_NATURES[task.nature]}（{_SOURCES[task.kind]}）",
        witnesses=(paper.Person(name=visit.witness),) if visit.witness else (),
        notices=(
            paper.Exchange(_NOTICES[0].format(authority=case.office.name, names=names), told),
            paper.Exchange(_NOTICES[1], visit.recusal_answer),
        ),
        summary=summary,
        observations=tuple(_observations(case)),
        evidence=tuple(f"证{one.number}" for one in case.evidence if one.voided_reason is None),
        party_opinion=opinion,
        summary_revisions=_revisions(changes((*case.read.get(SUMMARY, ()), summary))),
        opinion_revisions=_revisions(changes((*case.read.get(OPINION, ()), opinion))),
    )


def _summary(case: Case) -> str:
    others = [case.people[one].name for one in case.visit.inspectors[2:]]
    return (case.visit.situation + (f"　其他检查人员：{'、'.join(others)}。" if others else "")).strip("　")


def words_asked(asked: Interview) -> dict[str, str]:
    """Return what an interview says, by what it is about."""
    said = [(about_question(turn.id), turn.question) for turn in asked.turns]
    said += [(about_answer(turn.id), turn.answer) for turn in asked.turns]
    return {about: text for about, text in said if text.strip()}


def words_seen(case: Case) -> dict[str, str]:
    """Return what an on-site record says of what was seen and of what the party thinks, by what it is about."""
    told = {about: text for about, text, _, _ in _seen(case)}
    told |= {SUMMARY: _summary(case), OPINION: case.visit.party_opinion}
    return {about: text for about, text in told.items() if text.strip()}


def _observations(case: Case) -> Iterator[paper.Observation]:
    """Return what was seen; what was read out and holds no more stays, struck, in its place or at the end."""
    printed = []
    for about, text, items, proofs in _seen(case):
        read = case.read.get(about, ())
        printed.append(about)
        if text or read:
            yield paper.Observation(text, items, proofs, _revisions(changes((*read, text))))
    for about, read in case.read.items():
        if about.startswith(SEEN) and about not in printed:
            yield paper.Observation("", revisions=_revisions(changes((*read, ""))))


def _seen(case: Case) -> Iterator[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Return about what, the words (empty where nothing is to be said), items and evidence, in the order of the record."""
    for sheet in case.sheets:
        template = sheet.template
        items = [item for item in template.items if item.code in sheet.shown]
        states = [_answer(sheet, item).state for item in items]
        yield (
            about_seen(template.id),
            f"按《{template.title}》检查 {len(items)} 项：符合 {states.count('pass')} 项，"
            f"不符合 {states.count('fail')} 项，不适用 {states.count('na')} 项，未检查 {states.count('open')} 项。",
            (),
            (),
        )
        for item in items:
            answer = _answer(sheet, item)
            text = _observed(item, answer) if answer.state == "fail" else ""
            yield about_seen(template.id, item.code), text, (item.code,), _proofs(case, f"{template.id}/{item.code}")


def _revisions(made: Sequence[Change]) -> tuple[paper.Revision, ...]:
    return tuple(paper.Revision(one.at, one.struck, one.added) for one in made)


def _observed(item: Item, answer: Answer) -> str:
    amount = logic.amount_of(item, given_of({item.code: answer})[item.code])
    facts = [answer.detail or answer.note]
    if answer.count is not None:
        facts.append(f"涉及 {answer.count} 例")
    if amount is not None:
        facts.append(f"涉及金额 {amount:,.2f} 元")
    told = "，".join(fact.strip("。，") for fact in facts if fact.strip())
    return f"“{item.question}”一项，检查结果为不符合{'：' + told if told else ''}。"


def _sheet(case: Case, sheet: Sheet) -> paper.ChecklistSheet:
    sections = []
    for section in sheet.template.sections:
        items = tuple(
            _item(case, sheet, item, _answer(sheet, item)) for item in section.items if item.code in sheet.shown
        )
        if items:
            sections.append(paper.SheetSection(section.title, items))
    return paper.ChecklistSheet(
        institution=institution(case.place),
        inspectors=_inspectors(case),
        party=_party(case.visit.party),
        template=sheet.template.title,
        template_code=sheet.template.id,
        version=f"第{sheet.template.version}版",
        inspected_at=case.visit.started_at,
        sections=tuple(sections),
    )


def _item(case: Case, sheet: Sheet, item: Item, answer: Answer) -> paper.SheetItem:
    given = given_of({item.code: answer})[item.code]
    amount = logic.amount_of(item, given)
    sums = logic.totals(item, given)
    rows = tuple(
        tuple(row.get(column.name, "") for column in item.columns) for row in logic.computed_rows(item, given)
    )
    value = answer.value or ""
    if value and item.kind is AnswerKind.PERCENT:
        value += "%"
    elif value and item.unit:
        value += item.unit
    return paper.SheetItem(
        code=item.code,
        question=item.question,
        state=paper.ItemState(answer.state),
        answer=value,
        count=answer.count,
        amount_fen=None if amount is None else to_fen(amount),
        detail="\n".join(filter(None, (answer.detail, answer.note))),
        columns=tuple(
            paper.Column(column.title, _COLUMN_KINDS.get(column.kind, paper.ColumnKind.TEXT))
            for column in item.columns
        ) if rows else (),
        rows=rows,
        totals=tuple(_total(sums.get(column.name)) for column in item.columns) if rows and sums else (),
        evidence=_proofs(case, f"{sheet.template.id}/{item.code}"),
        basis=tuple(basis.citation for basis in item.basis),
        violation=item.violation_title if answer.state == "fail" else "",
    )  # fmt: skip


def _total(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _findings(case: Case) -> paper.FindingsStatement:
    periods = [one for one in case.findings if one.period_from or one.period_to]
    return paper.FindingsStatement(
        institution=institution(case.place),
        inspectors=_inspectors(case),
        party=_party(case.visit.party),
        subject=case.task.title,
        findings=tuple(
            paper.Finding(
                number=str(number),
                violation_code=one.violation,
                violation_name=one.title,
                facts=one.facts,
                amount_fen=to_fen(one.amount_cny or Decimal(0)),
                persons=one.persons,
                cases=one.cases,
                period_from=one.period_from,
                period_until=one.period_to,
                calculation=one.calculation,
                basis=tuple(filter(None, one.basis.split("；"))),
                items=tuple(target.partition("/")[2] for target in one.items),
                evidence=tuple(f"证{proof}" for proof in one.evidence),
            )
            for number, one in enumerate(case.findings, start=1)
        ),
        total_fen=sum(to_fen(one.amount_cny or Decimal(0)) for one in case.findings),
        period_from=min((one.period_from for one in periods if one.period_from), default=None),
        period_until=max((one.period_to for one in periods if one.period_to), default=None),
        party_opinion="；".join(filter(None, (_opinion(n, one) for n, one in enumerate(case.findings, 1)))),
    )


def _opinion(number: int, finding: Finding) -> str:
    words = {"agree": "无异议", "object": "有异议"}.get(finding.opinion, "")
    if not words:
        return ""
    return f"第{number}项{words}" + (f"：{finding.opinion_text}" if finding.opinion_text else "")


def _evidence_list(case: Case, picture: Picture) -> paper.EvidenceList:
    return paper.EvidenceList(
        institution=institution(case.place),
        inspectors=_inspectors(case),
        party=_party(case.visit.party),
        evidence=tuple(
            paper.Evidence(
                number=f"证{one.number}",
                caption=one.caption or one.file_name,
                sha256=one.sha256,
                sm3=one.sm3,
                taken_at=one.taken_at,
                place=one.place,
                taken_by=case.people[one.added_by].name if one.added_by in case.people else "",
                file_name=one.file_name,
                items=tuple(
                    link.target.partition("/")[2]
                    for link in one.links
                    if link.target_kind is core_evidence.TargetKind.ITEM
                ),
                thumbnail=picture(one),
                voided=one.voided_reason,
            )
            for one in case.evidence
        ),
        compiled_at=case.frozen_at,
    )


def _answer(sheet: Sheet, item: Item) -> Answer:
    return sheet.answers.get(item.code, Answer(sheet.template.id, item.code))


def _proofs(case: Case, target: str) -> tuple[str, ...]:
    return tuple(
        f"证{one.number}"
        for one in case.evidence
        if one.voided_reason is None and any(link.target == target for link in one.links)
    )


def _inspectors(case: Case) -> tuple[paper.Inspector, ...]:
    first, second = case.visit.inspectors[:2]
    return _inspector(case, first, second), _inspector(case, second, first)


def _recorder(case: Case) -> paper.Inspector:
    return _inspector(case, case.visit.recorder, *case.visit.inspectors[:2])


def _inspector(case: Case, one: PersonId, *others: PersonId) -> paper.Inspector:
    """Return an officer as printed; of two with the same name each carries the licence number, or one would sign for both."""
    person = case.people[one]
    is_shared = any(other != one and case.people[other].name == person.name for other in others)
    name = f"{person.name}（{person.licence_no}）" if is_shared else person.name
    return paper.Inspector(name, person.licence_no, person.licence_from, person.licence_to)


def _party(party: Party) -> paper.Person:
    return paper.Person(
        name=party.name, sex=party.gender, id_number=party.id_no, phone=party.phone, post=party.post
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
