"""A self-check by commands alone: asked by the office, filled in by the institution, taken back and compared."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.core.places import Institution, InstitutionId, InstitutionKind
from app.services.demo import cast
from app.services.demo.play import check
from app.services.selfcheck import packing
from app.services.selfcheck.filling import visit_of
from tests.e2e.shell import Shell
from tests.unit.services.desks import Templates, open_home, photo
from tests.unit.services.selfchecks import typed_form

PHARMACY = "演练社区药房"


@pytest.fixture(scope="module")
def office_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office")
    desk = Templates(folder / "made").copy("office", folder / "home")
    place = Institution(InstitutionId(""), PHARMACY, InstitutionKind.PHARMACY)
    desk.services.institutions.save(place)
    desk.services.close()
    return folder / "home"


def test_from_the_office_to_the_institution_and_back(
    office_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Shell(office_home, capsys, monkeypatch)
    shop = Shell(tmp_path / "shop", capsys, monkeypatch)
    monkeypatch.setenv("YANFANG_PIN", cast.SECRET)
    table, package, back = tmp_path / "异常.csv", tmp_path / "自查包.zip", tmp_path / "结果.zip"
    table.write_text("关联项目,期间,涉及金额,异常情况\nZCM-02,2026年一季度,320.5,大量购买日用品\n", "utf-8")
    wanted = ("selfcheck", "issue", PHARMACY, "--out", package, "--title", "自查", "--anomalies", table)
    refused = office(*wanted, fails="selfcheck.list_items")
    assert refused["params"] == {"count": 1, "rows": "第 1 条“ZCM-02”（大量购买日用品）"}
    assert PHARMACY not in [one["institution_name"] for one in office("selfcheck", "list")["self_checks"]]
    assert not package.exists()
    table.write_text("关联项目,期间,涉及金额,异常情况\nZCY-02,2026年一季度,320.5,同一天同一卡大量购买日用品\n", "utf-8")
    issued = office(
        "selfcheck", "issue", PHARMACY, "--out", package, "--title", "2026年二季度自查自纠", "--due-style", "second_month_end",
        "--anomalies", table,
    )  # fmt: skip
    check_id = issued["self_check"]["id"]
    assert [one["template"] for one in issued["self_check"]["templates"]] == ["ZCY"]
    institution = open_home(shop.home)  # with a cheap key
    assert len(institution.filling.setup(package, "闻一舟", cast.SECRET).value) > 40
    institution.close()
    opened = shop("selfcheck", "open", package, "--person", "闻一舟")
    assert (opened["fingerprint"], opened["recovery_key"]) == (issued["fingerprint"], "")
    visit = visit_of(check_id)
    shop("inspection", "answer", visit, "ZCY-01", "符合")
    row = "period=一季度,fact=串换日用品,cases=4,amount=320.5,measure=退回"
    shop("inspection", "answer", visit, "ZCY-02", "不符合", "--row", row)
    (tmp_path / "小票.jpg").write_bytes(photo("小票"))
    shop("inspection", "photo", visit, tmp_path / "小票.jpg", "--item", "ZCY-02")
    written = shop("selfcheck", "export", "--out", back, "--report", tmp_path / "报告.pdf")
    assert (written["declared_cny"], written["missing"]) == ("320.50", ["items", "anomalies", "course", "seal"])
    assert (tmp_path / "报告.pdf").read_bytes()[:5] == b"%PDF-"
    office("selfcheck", "import", package, fails="selfcheck.is_a_package")
    taken = office("selfcheck", "import", back)
    assert (taken["open_items"], taken["unreplied"], taken["was_known"]) == (2, 1, False)
    assert office("selfcheck", "import", back)["was_known"] is True
    assert office("selfcheck", "remind", check_id, "--method", "电话")["reminders"] == 1
    shown = office("selfcheck", "show", check_id)
    assert [one["file_name"] for one in shown["filled"]["files"]] == ["小票.jpg"]
    listed = {one["check"]["id"]: one["check"]["state"] for one in office("selfcheck", "list")["self_checks"]}
    assert listed[check_id] == "returned"
    office("selfcheck", "compare", check_id, fails="selfcheck.not_inspected")


def test_an_excel_form_is_taken_back_and_compared_with_what_inspectors_found(
    office_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    services = open_home(office_home)
    services.vault.unlock(cast.SECRET)
    line = next(one for one in services.tasks.lines() if one.inspection is None and one.institution_kind == "pharmacy")
    template = services.checklists.template("ZCY")
    services.close()
    office = Shell(office_home, capsys, monkeypatch)
    monkeypatch.setenv("YANFANG_PIN", cast.SECRET)
    package, form = tmp_path / "自查包.zip", tmp_path / "自查表.xlsx"
    made = office(
        "selfcheck", "issue", line.institution_name, "--out", package, "--title", "自查", "--due", "2099-05-31", "--template", "ZCY"
    )["self_check"]  # fmt: skip
    office("selfcheck", "form", made["id"], "--out", form)
    asked = packing.open_package(package).package
    cells: dict[tuple[str, int, int], Any] = {("自查表", 3, 3): "符合", ("自查表", 4, 3): "没有", ("基本情况", 6, 1): "甘露"}
    form.write_bytes(typed_form(asked, made["package"], (template,), cells))
    assert "自查表!D5" in office("selfcheck", "import", form, fails="selfcheck.cells")["message"]
    cells["自查表", 4, 3] = "符合"
    form.write_bytes(typed_form(asked, made["package"], (template,), cells))
    assert office("selfcheck", "import", form)["open_items"] == 2
    services = open_home(office_home)
    services.vault.unlock(cast.SECRET)
    visit = check(services, line.task.id, services.clock())
    services.close()
    told = office("selfcheck", "compare", made["id"], "--inspection", visit)
    assert {one["verdict"] for one in told["lines"]} <= {
        "both_clean", "both_found", "found_more", "found_only", "declared_only", "found_clean", "not_looked_at",
    }  # fmt: skip
    assert Decimal(told["found_cny"]) > 0
    assert [one["code"] for one in told["hints"]] == ["self_check_severe"]
