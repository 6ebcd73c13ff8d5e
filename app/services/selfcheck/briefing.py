"""What a team is told before a visit of what the institution said of itself."""

import datetime as dt

from app.core.errors import Refused
from app.core.ids import InstitutionId
from app.core.money import format_cny
from app.core.self_checks import Reply, SelfCheck, SelfCheckState
from app.core.tasks import Known
from app.db.repos import self_checks as stored
from app.db.unit import ReadUnit
from app.services.checklists import Checklists

_MOST = 12


def known_of(unit: ReadUnit, checklists: Checklists, institution: InstitutionId, day: dt.date) -> tuple[Known, ...]:
    """Return what the newest self-check says: what was declared, confirmed, denied and promised, or that nothing came."""
    newest = next(iter(stored.of_institution(unit, institution)), None)
    if newest is None:
        return ()
    check = stored.get(unit, newest)
    source = f"自查 {check.title}"
    if check.state is SelfCheckState.ISSUED:
        late = f"自查逾期未交回（期限 {check.due_on}）" if day > check.due_on else f"自查待交回（期限 {check.due_on}）"
        return (Known(late, source),)
    return tuple(Known(text, source) for text in _told(unit, checklists, check))[:_MOST]


def _told(unit: ReadUnit, checklists: Checklists, check: SelfCheck) -> list[str]:
    filled = stored.filled(unit, check)
    told = [
        f"自查不符合：{_title(checklists, check, one.template, one.item)}"
        + (f"，{format_cny(one.amount_cny)}" if one.amount_cny is not None else "")
        for one in filled.answers
        if one.state == "fail"
    ]
    for one in filled.anomalies:
        match one.reply:
            case Reply.CONFIRMED:
                amount = f"，{format_cny(one.declared_cny)}" if one.declared_cny is not None else ""
                told.append(f"异常数据属实：{one.question}{amount}")
            case Reply.DENIED:
                told.append(f"异常数据称不属实：{one.question}（{one.grounds}）")
            case Reply.OPEN:
                told.append(f"异常数据未答复：{one.question}")
    unchecked = sum(one.state == "open" for one in filled.answers)
    told += [f"自查有 {unchecked} 项未检查"] if unchecked else []
    return told or ["自查未报问题"]


def _title(checklists: Checklists, check: SelfCheck, template: str, item: str) -> str:
    version = next((one.version for one in check.templates if one.template == template), None)
    try:
        found = checklists.template(template, version)
    except Refused:  # another program made the list: its code still says which item
        return item
    return next((f"{one.violation_title or one.question}（{item}）" for one in found.items if one.code == item), item)
