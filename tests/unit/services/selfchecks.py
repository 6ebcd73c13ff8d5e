"""An office that asks a hospital, and the hospital that answers: what the tests of self-checks begin with."""

import datetime as dt
import io
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from app.bootstrap import Services
from app.core.clock import now, today
from app.core.evidence import Link, TargetKind
from app.core.ids import InstitutionId, SelfCheckId
from app.core.places import Institution, InstitutionKind
from app.core.self_checks import Anomaly, CheckedKind, Package, SelfCheck
from app.services.selfcheck import form_layout as lay
from app.services.selfcheck.filling import visit_of
from checklists.schema import Template
from tests.unit.services.desks import Templates, open_home, photo

SECRET = "correct horse battery"
HOSPITAL = "青禾第二人民医院（演练）"
ANOMALIES = (
    Anomaly("", "同一患者出院当日再入院 12 人次", "ZCM-01", "2026年1月至3月", Decimal("8600.00"), "智能监控"),
    Anomaly("", "血液透析与住院同日收费", "ZCM-03", "2026年2月", Decimal("1200.50"), "数据筛查"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A package that was issued and written."""

    check: SelfCheck
    file: Path


@dataclass(frozen=True, slots=True)
class Made:
    """Folders as they were left when the hospital had written its return: to be copied for each test."""

    office: Path
    hospital: Path
    asked: Asked
    returned: Path


def make(templates: Templates, folder: Path) -> Made:
    desk = templates.copy("office", folder / "office")
    asked = ask(desk.services, folder)
    desk.services.close()
    services = answer(asked, folder / "hospital")
    fill(services, asked.check.id)
    services.filling.export(asked.check.id, folder / "自查结果.zip")
    services.close()
    return Made(folder / "office", folder / "hospital", asked, folder / "自查结果.zip")


def reopened(home: Path, to: Path, clock: Callable[[], dt.datetime], secret: str) -> Services:
    shutil.copytree(home, to)
    services = open_home(to, clock)
    services.vault.unlock(secret)
    return services


def hospital(services: Services, name: str = HOSPITAL, kind: InstitutionKind = InstitutionKind.HOSPITAL) -> InstitutionId:
    code = f"H9901998{len(services.institutions.find()):04d}"
    made = Institution(InstitutionId(""), name, kind, "二级", "public", "", code, "青禾区演练路 2 号", credit_grade="B")
    return services.institutions.save(made).value.id


def ask(services: Services, folder: Path, *, days: int = 20, anomalies: tuple[Anomaly, ...] = ANOMALIES, **more: Any) -> Asked:
    place = more.pop("institution", None) or hospital(services)
    made = services.self_checks.issue(
        place, kind=more.pop("kind", CheckedKind.INSTITUTION), due_on=today(services.clock()) + dt.timedelta(days),
        title="2026年医保基金使用问题自查自纠", basis="自查自纠专项行动实施方案", anomalies=anomalies, **more,
    ).value  # fmt: skip
    file = folder / "自查包.zip"
    services.self_checks.export(made.id, file)
    return Asked(made, file)


def answer(asked: Asked, home: Path, clock: Callable[[], dt.datetime] = now) -> Services:
    """Open the institution's own store over the package."""
    services = open_home(home, clock)
    services.filling.setup(asked.file, "闻一舟", SECRET)
    return services


def fill(services: Services, check: SelfCheckId) -> None:
    """Answer everything: one item fails with rows and a photo, one anomaly is confirmed, the other denied with proof."""
    filling, visit = services.filling, visit_of(check)
    for item in services.checklists.template("ZCM").items:
        services.inspections.answer(visit, "ZCM", item.code, state="pass")
    services.inspections.answer(visit, "ZCM", "ZCM-03", state="fail", detail="透析与住院重复收取护理费")
    cells = {"period": "2026年2月", "fact": "重复收取护理费", "cases": "3", "amount": "1300.50", "measure": "退回并培训", "refunded": "300"}
    services.inspections.put_row(visit, "ZCM", "ZCM-03", cells)
    services.evidence.take(visit, [("清单.jpg", photo("清单"))], links=[link("ZCM", "ZCM-03")])
    first, second = filling.view(check).anomalies
    filling.reply(check, first.id, "denied", grounds="均为不同病种，病历附后")
    services.evidence.take(visit, [("病历.jpg", photo("病历"))], links=[link("anomaly", "异常1")])
    filling.reply(check, second.id, "confirmed", nature="重复收费", declared_cny=Decimal("1200.50"))
    filling.promise(check, Decimal("1000.50"), today(services.clock()) + dt.timedelta(30), "退至基金专户")
    filling.say(
        check, responsible="闻一舟", post="院长", phone="0571-00000000", period="2026年1月至3月",
        course="成立自查小组，对照清单逐项检查。", measures="退回违规费用，修订收费复核制度。",
    )  # fmt: skip
    services.evidence.take(visit, [("盖章页.jpg", photo("盖章页"))], links=[link("seal", "盖章页")])


def link(template: str, item: str) -> Link:
    return Link(TargetKind.ITEM, f"{template}/{item}")


def typed_form(
    package: Package, digest: str, templates: tuple[Template, ...], cells: dict[tuple[str, int, int], object]
) -> bytes:
    """Return the form as a spreadsheet would save it with these cells typed in: (sheet, row, column), counted from 0."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    grid: dict[str, dict[tuple[int, int], object]] = {lay.HIDDEN: {(0, 0): lay.FORM, (1, 0): package.id, (2, 0): digest}}
    grid[lay.ABOUT] = {(0, 0): package.title}
    sheets = lay.item_sheets(package, templates)
    for sheet in sheets:
        grid[sheet.name] = {}
        for row, item in enumerate(sheet.items, lay.FIRST_ROW):
            grid[sheet.name][row, lay.CODE] = item.code
            grid[sheet.name][row, lay.QUESTION] = item.question
    for detail in lay.detail_sheets(sheets):
        grid[detail.name] = {(0, 0): "明细"}
    if package.anomalies:
        grid[lay.ANOMALIES] = {(row, lay.A_QUESTION): one.question for row, one in enumerate(package.anomalies, lay.FIRST_ROW)}
    grid[lay.PROMISES] = {(0, 0): "退款承诺"}
    for (name, row, column), value in cells.items():
        grid[name][row, column] = value
    for name, found in grid.items():
        page = book.add_worksheet(name)
        for (row, column), value in found.items():
            if isinstance(value, dt.date):
                page.write_datetime(row, column, value, book.add_format({"num_format": "yyyy-mm-dd"}))
            else:
                page.write(row, column, value)
    book.close()
    return out.getvalue()


def flipped(content: bytes, at: int, chance: random.Random) -> bytes:
    return content[:at] + bytes([content[at] ^ chance.randrange(1, 256)]) + content[at + 1 :]

