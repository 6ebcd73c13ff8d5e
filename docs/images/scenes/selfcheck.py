"""Self-checks: the office's window, and that of the institution that fills a package in."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from staging import Camera, Clock, Studio

ANOMALIES = (
    ("ZCY-02", "同一张卡一天内三次大量结算非药品", "2026年1月至3月", "1860.50"),
    ("", "处方药结算数量多于购进数量", "2026年2月", "742.00"),
)
PICTURES = (
    "selfcheck-first", "selfcheck-items", "selfcheck-anomalies", "selfcheck-report", "selfcheck", "selfcheck-new",
    "selfcheck-returned", "selfcheck-compare",
)  # fmt: skip


def take(studio: Studio) -> None:
    """Take the pictures."""
    from app.bootstrap import self_check_services
    from app.gui.institution import first_page, screens
    from app.services.demo import cast

    clock, folder = studio.clock, studio.folder
    office, task, check, package = _furnish(studio)
    shop = self_check_services(studio.services("shop"))
    asked = studio.opened(
        shop, find_screens=lambda: screens(package),
        first_page=lambda services, work, needs: first_page(package, services, work, needs),
    )  # fmt: skip
    with asked as camera:
        page = camera.window.page
        page.person.setText("闻一舟")
        camera.take("selfcheck-first")
        page.secret.edit.setText(cast.SECRET)
        page.again.edit.setText(cast.SECRET)
        page.advance()
        camera.settle()
        page.typed.setText(page._key.split("-")[-1])
        page.advance()
        camera.settle()
        _fill(camera, shop, check, folder)
    clock.go_on(days=2)
    office.self_checks.take_back(folder / "结果.zip")
    _inspect(office, task, clock)
    with studio.opened(office) as camera:
        screen = camera.go("selfcheck")
        camera.take("selfcheck")
        screen.new()
        screen.form.institution.take(office.institutions.find("医院")[0])
        screen.form.anomalies.put(_anomalies())
        camera.take("selfcheck-new")
        screen.show_one(check)
        camera.take("selfcheck-returned")
        screen.detail.pills.choose("compare")
        camera.take("selfcheck-compare")


def _anomalies() -> tuple[Any, ...]:
    from app.core.self_checks import Anomaly

    return tuple(Anomaly("", text, item, period, Decimal(amount), "数据筛查") for item, text, period, amount in ANOMALIES)


def _furnish(studio: Studio) -> tuple[Any, Any, Any, Path]:
    """Make an office that has asked several institutions; return it with a pharmacy's task, self-check and package."""
    from app.core.places import Institution, InstitutionId, InstitutionKind

    services, made = studio.office()
    task = services.tasks.get(made.tasks[0])
    folder, desk, today = studio.folder, services.self_checks, studio.clock().date()
    asked = desk.issue(
        task.institution, kind="institution", due_on=today + dt.timedelta(12), title="2026年第四季度医保基金自查自纠",
        basis="自查自纠专项行动实施方案", anomalies=_anomalies(),
    ).value  # fmt: skip
    desk.export(asked.id, folder / "自查包.zip")
    others = (
        ("青禾区医保经办中心（演练）", InstitutionKind.AGENCY, "agency", "", 3),
        ("某某财产保险公司青禾支公司（演练）", InstitutionKind.OTHER, "contractor", "insurer", 12),
        ("青禾第二人民医院（演练）", InstitutionKind.HOSPITAL, "institution", "", 0),
    )
    for name, kind, checked, work, days in others:
        place = services.institutions.save(Institution(InstitutionId(""), name, kind)).value
        desk.issue(
            place.id, kind=checked, contractor=work, due_on=today + dt.timedelta(days), title="2026年第四季度医保基金自查自纠"
        )
    return services, task, asked.id, folder / "自查包.zip"


def _fill(camera: Camera, shop: Any, check: Any, folder: Path) -> None:
    """Fill the package in, taking a picture of each step."""
    from app.core.evidence import Link, TargetKind
    from app.media.sample import make_sample_photo
    from app.services.selfcheck.filling import visit_of

    visit, screen, now = visit_of(check), camera.window.frame.screen_now, shop.clock()
    for item in ("ZCY-01", "ZCY-03"):
        shop.inspections.answer(visit, "ZCY", item, state="pass")
    shop.inspections.answer(visit, "ZCY", "ZCY-02", state="fail")
    cells = {"period": "2026年1月至3月", "fact": "日用品按药品结算", "cases": "6", "amount": "1860.50", "measure": "退回、停岗培训"}
    shop.inspections.put_row(visit, "ZCY", "ZCY-02", cells)
    photo = make_sample_photo("结算小票", ("结算小票",), now, None)
    shop.evidence.take(visit, [("结算小票.jpg", photo)], links=[Link(TargetKind.ITEM, "ZCY/ZCY-02")])
    first, second = shop.filling.view(check).anomalies
    shop.filling.reply(check, first.id, "confirmed", nature="串换药品", declared_cny=Decimal("1860.50"))
    shop.filling.reply(check, second.id, "denied", grounds="系去年库存，进货单和盘点表附后。")
    shop.filling.promise(check, Decimal("1860.50"), now.date() + dt.timedelta(20), "退至医保基金专户")
    shop.filling.say(
        check, post="店长", period="2026年1月至9月", course="店长和执业药师逐项核对进销存和结算记录。",
        measures="退回违规费用，停岗培训两人，改为双人复核结算。",
    )  # fmt: skip
    screen.refresh(())
    camera.settle()
    screen.check.go_to(("ZCY", "ZCY-02"))
    camera.take("selfcheck-items")
    screen.pills.choose("anomalies")
    camera.take("selfcheck-anomalies")
    screen.pills.choose("report")
    camera.take("selfcheck-report")
    shop.filling.export(check, folder / "结果.zip")


def _inspect(services: Any, task: Any, clock: Clock) -> None:
    from app.services.demo.play import check, findings

    findings(services, check(services, task.id, clock()))
    clock.go_on(hours=1)
