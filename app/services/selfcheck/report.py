"""The printed self-check report (《自查自纠报告》), filled from what the institution gave."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from app.core.clock import local
from app.core.ids import PersonId
from app.core.money import format_cny, to_fen
from app.core.papers import Value
from app.core.places import Office
from app.core.self_checks import Filled, GivenItem, Package, Reply
from app.services.papers import kinds
from checklists.schema import Item, Template
from forms.model import FilledPaper, RecordMeta
from forms.render import render

_PAPER = "self_check_report"
_NONE = "自查未发现问题。"


def report_pdf(package: Package, templates: Sequence[Template], filled: Filled, now: dt.datetime) -> bytes:
    """Return the report as a PDF with the place for the institution's seal."""
    on = local(now).date()
    office = Office(package.office, package.office_code, "", package.rehearsal, PersonId(""))
    edition = kinds.edition(kinds.kind(_PAPER), on, office)
    values = _values(package, templates, filled, on)
    printed = FilledPaper(_PAPER, edition, tuple((name, one) for name, one in values.items() if one not in ("", ())))
    return render([printed], RecordMeta(package.place.name, "", "", package.rehearsal)).pdf


def _values(package: Package, templates: Sequence[Template], filled: Filled, on: dt.date) -> dict[str, Value]:
    said = filled.statement
    return {
        "institution": package.place.name,
        "insurance_code": package.place.medins_code,
        "period": said.period,
        "responsible": "　".join(part for part in (said.responsible, said.post) if part),
        "phone": said.phone,
        "plan": package.basis or package.title,
        "course": "\n".join(part for part in (said.course, _told(package, filled)) if part),
        "problems": problems(templates, filled),
        "measures": said.measures or ("" if filled.declared_cny else _NONE),
        "returned": to_fen(refunded(filled)),
        "promise": _promise(filled),
        "reported_on": on.isoformat(),
    }


def refunded(filled: Filled) -> Decimal:
    """Return what the detail rows say was paid back already."""
    return sum((_number(row.get("refunded", "")) for one in filled.answers for row in one.rows), Decimal(0))


def _told(package: Package, filled: Filled) -> str:
    """Return how many items and anomalies were looked at, in one sentence each."""
    states = [one.state for one in filled.answers]
    words = [("符合", "pass"), ("不符合", "fail"), ("不适用", "na"), ("未检查", "open")]
    parts = "、".join(f"{word} {states.count(state)} 项" for word, state in words if states.count(state))
    told = f"对照清单自查 {len(states)} 项：{parts}。" if states else ""
    if package.anomalies:
        replies = [one.reply for one in filled.anomalies]
        told += (
            f"答复异常数据 {len(replies) - replies.count(Reply.OPEN)} 条：属实 {replies.count(Reply.CONFIRMED)} 条，"
            f"不属实 {replies.count(Reply.DENIED)} 条。"
        )
    return told


def problems(templates: Sequence[Template], filled: Filled) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the table of problems; their amounts add up to what is declared.

    An anomaly and the item it belongs to speak of the same money: what the item has already is not told twice.
    """
    known = {(template.id, item.code): item for template in templates for item in template.items}
    rows = [
        _problem(known.get((one.template, one.item)), one, filled.statement.responsible)
        for one in filled.answers
        if one.state == "fail"
    ]
    told = {one.item: one.amount_cny or Decimal(0) for one in filled.answers if one.state == "fail"}
    for anomaly in filled.anomalies:
        if anomaly.reply is Reply.CONFIRMED:
            amount = anomaly.declared_cny or Decimal(0)
            counted = min(told.get(anomaly.item, Decimal(0)), amount)
            told[anomaly.item] = told.get(anomaly.item, Decimal(0)) - counted
            words = f"{anomaly.question}（金额已计入 {anomaly.item}）" if counted else anomaly.question
            rest = _digits(amount - counted) if amount > counted else ""
            rows.append((anomaly.nature or "异常数据", words, "", rest, "", filled.statement.responsible))
    return tuple(rows)


def _problem(item: Item | None, one: GivenItem, who: str) -> tuple[str, ...]:
    facts = [one.detail, *(row.get("fact", "") for row in one.rows)]
    cases = one.count if one.count is not None else sum(int(_number(row.get("cases", ""))) for row in one.rows)
    measures = dict.fromkeys(row.get("measure", "") for row in one.rows)
    return (
        item.violation_title if item is not None else one.item,
        "；".join(fact for fact in facts if fact) or (item.question if item is not None else ""),
        str(cases) if cases else "",
        _digits(one.amount_cny),
        "；".join(measure for measure in measures if measure),
        who,
    )


def _promise(filled: Filled) -> str:
    promised = "；".join(
        f"于{one.by_on.year}年{one.by_on.month}月{one.by_on.day}日前退回 {format_cny(one.amount_cny)}" for one in filled.promises
    )
    words = "本单位对自查情况的真实性、完整性负责。"
    return f"{words}承诺{promised}。" if promised else words


def _digits(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _number(text: str) -> Decimal:
    try:
        return Decimal(text or "0")
    except InvalidOperation:
        return Decimal(0)
