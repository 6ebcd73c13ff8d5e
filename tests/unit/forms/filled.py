"""Official papers filled in: with nothing, as on a normal day, and far beyond their places."""

import datetime as dt
from dataclasses import replace

from forms import model as m
from forms.papers import ColumnKind, Field, FieldKind, Paper
from forms.registry import paper as registered
from forms.registry import wording
from forms.sources import PAPERS_PREFIX
from tests.unit.forms import samples

ON = dt.date(2026, 4, 10)
RARE = "䶮㛃玥堃喆氿垚犇骉"
SOURCED: dict[str, str] = {
    "institution.name": samples.SHOP.name,
    "institution.credit_code": samples.SHOP.credit_code,
    "institution.insurance_code": samples.SHOP.insurance_code,
    "institution.kind": samples.SHOP.kind,
    "institution.address": samples.SHOP.address,
    "institution.legal_person": samples.SHOP.legal_person,
    "institution.responsible": samples.SHOP.responsible,
    "institution.phone": samples.SHOP.phone,
    "party.name": "杨采薇",
    "party.sex": "女",
    "party.id_number": "530102198811020024",
    "party.post": "店长",
    "party.phone": "13800000118",
    "witness.name": "周牧之",
    "office.name": "云岭市医疗保障局",
    "office.short_name": "云医保",
    "office.address": "云岭市东湖区行政中心3号楼",
    "office.contact": "陈知行",
    "office.phone": "0871-65551234",
    "office.reconsideration": "云岭市人民政府",
    "office.court": "云岭市东湖区人民法院",
    "office.treasury_account": "云岭市财政局　国库罚没收入专户　6222000000000001",
    "office.fund_account": "云岭市财政局　医疗保障基金财政专户　6222000000000002",
    "task.title": "定点零售药店医疗保障基金使用情况检查",
    "task.basis": "《医疗保障基金使用监督管理条例》第二十二条、第二十七条",
    "task.content": "2025年1月1日至2025年12月31日处方药销售、进销存管理及医保结算情况",
    "task.number": "RW-2026-0017",
    "inspection.method": "现场检查",
    "inspection.place": "云岭市东湖区青石路118号一层",
    "inspection.situation": "检查人员核对了处方、销售小票、进销存记录和医保结算明细。",
    "inspection.party_opinion": "无异议。",
    "findings.facts": (
        "2025年1月1日至2025年12月31日，你单位将不属于医疗保障基金支付范围的日用品费用纳入结算126例次，"
        "涉及医疗保障基金3,678.00元。"
    ),
    "findings.basis": "《医疗保障基金使用监督管理条例》第三十八条第六项",
    "findings.period": "2025年1月1日至2025年12月31日",
}
_TABLE_CELLS = ("医保结算明细", "云岭市康乐大药房", "保存完好", "一层处方药区", "无", "陈知行", "证1")


def typical(paper: Paper, **changes: m.Value) -> dict[str, m.Value]:
    """Return values as on a normal day."""
    found = {one.id: _typical(_origin(one)) for one in paper.fields}
    return found | changes


def longest(paper: Paper) -> dict[str, m.Value]:
    """Return values whose every text is far longer than its place, rare characters included."""
    return {one.id: _longest(one) for one in paper.fields}


def filled(paper: Paper, values: dict[str, m.Value], region: str = "53") -> m.FilledPaper:
    """Return the paper filled in with these values."""
    return m.FilledPaper(paper.id, wording().edition(paper, ON, region), tuple(values.items()))


def _origin(one: Field) -> Field:
    """Return the field of the earlier paper that a field is filled from, in the kind it has here."""
    _, _, name = one.source.partition(PAPERS_PREFIX)
    other, _, field = name.partition(".")
    if not field:
        return one
    if field == "number":
        return replace(one, example=f"云医保{registered(other).number_word}〔2026〕6号", source="")
    if field == "issued_on":
        return one
    return replace(_origin(registered(other).field_of(field)), kind=one.kind, id=one.id)


def _typical(one: Field) -> m.Value:
    match one.kind:
        case FieldKind.DATE:
            return "2026-04-10"
        case FieldKind.MINUTE:
            return "2026-04-10T07:40:00+00:00" if one.id == "ended_at" else "2026-04-10T01:30:00+00:00"
        case FieldKind.NUMBER:
            return 2
        case FieldKind.MONEY:
            return 367_800
        case FieldKind.PEOPLE:
            people = ((samples.CHEN.name, samples.CHEN.licence_no), (samples.LU.name, samples.LU.licence_no))
            if one.rows_at_least > 2:
                return (*people, ("沈砚秋", ""))
            return (("周牧之", ""),) if "assist" in one.id else people
        case FieldKind.CHOICE:
            return one.options[0]
        case FieldKind.CHECKS:
            return one.options[:1]
        case FieldKind.TABLE:
            return tuple(_row(one, i) for i in range(3))
        case FieldKind.LONG_TEXT | FieldKind.TEXT:
            return SOURCED.get(one.source) or one.example or f"{one.label}（示例）"


def _row(one: Field, number: int) -> tuple[str, ...]:
    kinds = {ColumnKind.NUMBER: str(number + 1), ColumnKind.MONEY: f"{1226 * (number + 1)}.50"}
    return tuple(
        kinds.get(column.kind) or _TABLE_CELLS[(i + number) % len(_TABLE_CELLS)] for i, column in enumerate(one.columns)
    )


def _longest(one: Field) -> m.Value:
    text = RARE + samples.LONG[:180] + samples.WORD[:60]
    match one.kind:
        case FieldKind.LONG_TEXT:
            return "\n".join((text + samples.LONG[:900],) * 3)
        case FieldKind.NUMBER:
            return 999_999
        case FieldKind.MONEY:
            return 99_999_999_999_99
        case FieldKind.PEOPLE:
            return tuple((f"{RARE}{i}", f"云A-{i:07d}") for i in range(6))
        case FieldKind.CHECKS:
            return (*one.options, text)
        case FieldKind.TABLE:
            kinds = {ColumnKind.NUMBER: "123456", ColumnKind.MONEY: "99999999.99"}
            return tuple(tuple(kinds.get(c.kind) or text for c in one.columns) for _ in range(12))
        case FieldKind.TEXT:
            return text
        case _:
            return _typical(one)
