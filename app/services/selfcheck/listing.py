"""The register of self-checks as a workbook: what an office reports upwards (问题、退回金额、整改措施)."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from app.core.clock import local
from app.core.self_checks import CheckedKind, SelfCheckState, SelfCheckView
from app.sheets.writing import Cell, SheetOut, write_book
from checklists.schema import Template

KINDS = {
    CheckedKind.INSTITUTION: "定点医药机构", CheckedKind.AGENCY: "医保经办机构", CheckedKind.CONTRACTOR: "第三方承办机构",
}  # fmt: skip
STATES = {
    SelfCheckState.ISSUED: "待交回", SelfCheckState.RETURNED: "已交回", SelfCheckState.COMPARED: "已对照",
    SelfCheckState.CANCELLED: "已撤回",
}  # fmt: skip
_HEADING = (
    "机构", "类别", "自查名称", "期限", "状态", "交回时间", "逾期说明", "自查金额（元）", "不符合项", "属实异常", "发现的问题",
    "整改措施", "承诺退回（元）", "已退回（元）", "催报次数", "负责人",
)  # fmt: skip
_WIDTHS = (32, 16, 30, 12, 12, 18, 20, 16, 10, 10, 60, 40, 16, 16, 10, 12)


def write_register(to: Path, views: Iterable[SelfCheckView], templates: Mapping[str, Template], title: str) -> None:
    """Write one row per self-check.

    Raises:
        Unavailable: `sheet.not_written`.
    """
    rows = [_row(one, templates) for one in views]
    write_book(to, (SheetOut("自查登记", _HEADING, rows, _WIDTHS, title),))


def _row(view: SelfCheckView, templates: Mapping[str, Template]) -> tuple[Cell, ...]:
    line, check, filled = view.line, view.line.check, view.filled
    failed = [one for one in filled.answers if one.state == "fail"]
    confirmed = [one for one in filled.anomalies if one.reply == "confirmed"]
    named = [_title(templates, one.template, one.item) for one in failed] + [one.nature or one.question for one in confirmed]
    is_back = check.returned_at is not None
    state = f"逾期 {-line.days_left} 天" if line.is_overdue and line.days_left is not None else STATES[check.state]
    return (
        line.institution_name, KINDS[check.kind], check.title, check.due_on.isoformat(), state,
        f"{local(check.returned_at):%Y-%m-%d %H:%M}" if check.returned_at else "", check.late_note,
        float(check.declared_cny) if check.declared_cny is not None else None, len(failed) if is_back else None,
        len(confirmed) if is_back else None, "；".join(dict.fromkeys(named)), check.statement.measures,
        float(line.promised_cny) if is_back else None, float(line.paid_cny) if is_back else None, line.reminders,
        check.statement.responsible,
    )  # fmt: skip


def _title(templates: Mapping[str, Template], template: str, item: str) -> str:
    known = templates.get(template)
    found = next((one for one in known.items if one.code == item), None) if known is not None else None
    return found.violation_title or found.question if found is not None else item
