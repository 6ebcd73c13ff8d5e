import datetime as dt
from pathlib import Path

import pytest

from app.core.clock import to_ms, today
from app.core.coverage import PastCheck
from app.core.errors import Refused
from app.core.ids import PastCheckId
from app.core.plan_dates import Every
from app.core.plans import Plan
from app.core.tallies import Figure
from app.core.tasks import Nature
from app.services.statistics.desk import Overview
from app.sheets.reading import read_book
from tests.unit.services.desks import Desk, whole
from tests.unit.services.filled_papers import complete, issued, take
from tests.unit.services.plan_rows import COVERAGE, store_plan


def _planned(desk: Desk) -> Plan:
    """Give the office a plan of this year, to which the finished visit's task belongs; the third task is planned for next month."""
    year = desk.services.statistics.today().year
    plan = store_plan(
        desk.services, year=year, period_from=dt.date(year, 1, 1), period_to=dt.date(year, 12, 31)
    )
    following = (desk.services.statistics.today().replace(day=1) + dt.timedelta(40)).replace(day=6)
    with desk.services.statistics._store.db.write() as unit:
        unit.put("task", desk.tasks[0], {"plan": plan.id, "plan_group": plan.groups[0].id})
        unit.put("task", desk.tasks[2], {
            "plan": plan.id, "plan_group": plan.groups[0].id, "planned_on": following.isoformat(),
        })  # fmt: skip
    return plan


def _month(desk: Desk) -> Overview:
    return desk.services.statistics.overview(Every.MONTH, plan=COVERAGE.id)


def test_a_finished_visit_stands_in_the_coverage_of_its_plan_and_every_figure_names_its_rows(
    signed: Desk,
) -> None:
    _planned(signed)
    found = _month(signed)
    pharmacies = found.report.groups[0]
    findings = signed.services.findings.of(signed.inspection)
    assert (len(pharmacies.objects), pharmacies.wanted, len(pharmacies.done), pharmacies.visits_wanted) == (
        10,
        10,
        1,
        15,
    )
    assert len(pharmacies.chosen) == 2
    assert [one.row for one in found.report.whole.why(Figure.VISITS)] == [signed.inspection]
    assert {one.row for one in found.report.whole.why(Figure.PROBLEMS)} == {one.id for one in findings}
    assert found.report.whole.value(Figure.AMOUNT) == sum(
        int(one.amount_cny * 100) for one in findings if one.amount_cny
    )
    assert [one.task for one in found.report.coming] == [signed.tasks[2]]


def test_a_visit_that_is_under_way_does_not_count(visit: Desk) -> None:
    _planned(visit)
    assert _month(visit).report.whole.value(Figure.VISITS) == 0
    assert _month(visit).report.groups[0].done == ()


def test_a_past_check_of_the_plan_counts_for_coverage(office: Desk) -> None:
    plan = _planned(office)
    pharmacy = office.services.tasks.get(office.tasks[2]).institution
    day = office.services.statistics.today()
    office.services.past_checks.save(
        PastCheck(PastCheckId(""), pharmacy, day, "大病保险承办公司", plan.title, "未发现问题", "月册")
    )
    pharmacies = _month(office).report.groups[0]
    assert pharmacies.done == (pharmacy,)
    assert pharmacies.visits[0].words == "大病保险承办公司：未发现问题"


def test_the_month_s_table_says_what_the_screen_says(signed: Desk) -> None:
    _planned(signed)
    found = _month(signed)
    values = signed.services.statistics.values("coverage_table", found)
    amount = sum(one.value(Figure.RETURNED) for one in found.report.so_far)
    assert amount == 0
    assert values["campaign"] == COVERAGE.title
    assert values["receiver"] == "云岭市医疗保障局"
    assert values["figures"][:2] == (
        ("定点零售药店", "10", "1", "1", "10.0%", "1", "0", "0", "0", "0.00"),
        ("定点医疗机构", "10", "0", "0", "0.0%", "0", "0", "0", "0", "0.00"),
    )
    assert [row[:2] for row in values["planned"]] == [("定点零售药店", "1")]


def test_work_is_told_in_sentences_of_figures(signed: Desk) -> None:
    _planned(signed)
    values = signed.services.statistics.values(
        "weekly_report", signed.services.statistics.overview(Every.WEEK, plan=COVERAGE.id)
    )
    assert values["institutions"] == 1
    assert "本期现场检查1家次，涉及定点医药机构1家。" in str(values["progress"])
    assert "定点零售药店：共10家，应检查10家，已检查1家，尚需检查9家；应检查15次，已检查1次" in str(
        values["progress"]
    )
    assert str(values["problems"]).startswith("1. ")
    assert values["handling"] == "本期没有处理决定。"


@pytest.mark.parametrize(
    "paper", ["weekly_report", "monthly_report", "coverage_table", "statistics_table", "ranking_notice"]
)
def test_each_report_prints_on_its_paper(signed: Desk, paper: str) -> None:
    _planned(signed)
    assert signed.services.statistics.pdf(paper, _month(signed)).startswith(b"%PDF")


def test_a_report_becomes_a_draft_among_the_papers_of_a_task(signed: Desk) -> None:
    _planned(signed)
    services = signed.services
    found = _month(signed)
    made = services.statistics.draft("coverage_table", found, signed.tasks[0]).value
    view = services.papers.view(made.id)
    shown = {one.id: one for one in view.fields}
    assert shown["figures"].value == services.statistics.values("coverage_table", found)["figures"]
    assert [one.id for one in view.fields if one.problem] == ["filler", "checker"]
    whole(services)


def test_no_other_paper_is_a_report(signed: Desk) -> None:
    found = signed.services.statistics.overview(Every.MONTH)
    with pytest.raises(Refused) as refused:
        signed.services.statistics.pdf("penalty_decision", found)
    assert refused.value.code == "report.paper_unknown"


def test_the_workbook_holds_every_figure_and_on_its_last_sheet_the_rows_behind(
    signed: Desk, tmp_path: Path
) -> None:
    _planned(signed)
    found = _month(signed)
    file = tmp_path / "月报.xlsx"
    signed.services.statistics.write_book(file, found)
    sheets = {one.name: one.rows for one in read_book(file).sheets}
    assert list(sheets) == [
        "本期", "累计", "按等级", "排名", "分组进度", "问题", "文书", "自查", "下期计划", "重复检查", "年度频次", "明细",
    ]  # fmt: skip
    titles, pharmacies = sheets["累计"][1], sheets["累计"][2]
    row = dict(zip(titles, pharmacies, strict=False))
    assert (row["机构类别"], row["机构数"], row["已检查机构"], row["覆盖率（%）"]) == (
        "定点零售药店",
        "10",
        "1",
        "10",
    )
    group = dict(zip(sheets["分组进度"][1], sheets["分组进度"][2], strict=False))
    assert (group["应检查"], group["已检查"], group["尚缺"], group["应检查次数"]) == ("10", "1", "9", "15")
    assert len(sheets["明细"]) == 2 + len(found.report.whole_so_far.facts)


def test_without_a_plan_the_whole_register_is_counted(signed: Desk) -> None:
    found = signed.services.statistics.overview(Every.YEAR)
    assert found.report.whole.value(Figure.OBJECTS) == 33  # of 36: suppliers and agencies are not designated
    assert found.report.whole.value(Figure.CHECKED) == 1
    assert found.report.groups == ()
    assert [one.key for one in found.report.lines] == [
        "pharmacy",
        "hospital",
        "community",
        "clinic",
        "ltc",
        "other",
    ]


def test_the_next_reports_of_plans_under_way_are_named(office: Desk) -> None:
    _planned(office)
    due = office.services.statistics.due()
    day = today(office.services.clock())
    weekly = [one for one in due if one.report.paper == "weekly_report"]
    assert weekly[-1].due.on.isoweekday() == 4
    assert 0 <= (weekly[-1].due.on - day).days < 7
    assert weekly[-1].due.at == "17:00"


def test_papers_that_were_issued_count_and_a_voided_one_does_not(signed: Desk) -> None:
    _planned(signed)
    services, task = signed.services, signed.tasks[0]
    take(services, "rectification_order")
    order = issued(services, "rectification_order", task)
    report = services.papers.draft("rectification_report", task).value.id
    complete(services, report)
    services.papers.fill(report, {"returned": 128_400})
    services.papers.issue(report)
    line = _month(signed).report.whole
    assert [one.row for one in line.why(Figure.ORDERS)] == [order.id]
    assert line.value(Figure.RETURNED) == 128_400
    assert {one.row for one in line.why(Figure.RETURNED)} == {report}
    values = services.statistics.values("monthly_report", _month(signed))
    assert values["recovered"] == 128_400
    assert values["handling"] == "责令改正1件；已退回1,284.00元。"
    services.papers.void(order.id, "对象有误")
    assert _month(signed).report.whole.value(Figure.ORDERS) == 0


def test_what_institutions_found_themselves_promised_and_paid_stands_in_the_summary(office: Desk) -> None:
    plan = store_plan(office.services, nature=Nature.SELF_CHECK, groups=COVERAGE.groups[:1], lock_days=0)
    pharmacy = office.services.tasks.get(office.tasks[0]).institution
    now = office.services.clock()
    with office.services.statistics._store.db.write() as unit:
        unit.put("self_check", "check", {
            "institution": pharmacy, "plan": plan.id, "kind": "institution", "title": "自查自纠", "state": "returned",
            "issued_at": to_ms(now), "returned_at": to_ms(now), "amount_fen": 90_000, "measures": "建立处方审核岗",
        })  # fmt: skip
        unit.put("refund_promise", "promise", {
            "self_check": "check", "amount_fen": 90_000, "paid_fen": 50_000, "paid_on": today(now).isoformat(),
        })  # fmt: skip
        unit.put("self_check", "waiting", {
            "institution": office.services.tasks.get(office.tasks[2]).institution, "plan": plan.id, "kind": "institution",
            "state": "issued", "issued_at": to_ms(now),
        })  # fmt: skip
    found = office.services.statistics.overview(Every.ONCE, plan=plan.id)
    [pharmacies] = found.report.groups
    assert (pharmacies.wanted, pharmacies.done, len(pharmacies.chosen)) == (10, (pharmacy,), 2)
    line = found.report.whole_so_far
    assert [line.value(one) for one in (Figure.SELF_CHECKS, Figure.DECLARED, Figure.RETURNED, Figure.VISITS)] == [
        1, 90_000, 50_000, 0,
    ]  # fmt: skip
    values = office.services.statistics.values("summary_report", found)
    assert "收到自查自纠报告1份，自查金额900.00元。" in str(values["progress"])
    assert "建立处方审核岗" in str(values["handling"])
    assert values["recovered"] == 50_000
