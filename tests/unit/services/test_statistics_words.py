"""What a small month says on each paper and sheet, word for word; computed by hand from the facts of `test_reports`."""

import datetime as dt

import pytest

from app.core.plan_dates import Every
from app.core.reports import Entry, Report, report
from app.services.statistics import books, papers, words
from tests.unit.core.test_reports import survey

TITLES = {"V01": "重复收费", "V02": "超标准收费"}
PLACES = {"530102": "五华区", "530103": "盘龙区"}
NAMES = {"a": "甲药店", "b": "乙药店", "c": "丙医院"}


@pytest.fixture
def april() -> Report:
    return report(survey(), Every.MONTH, dt.date(2026, 4, 30))


def title(entry: Entry) -> str:
    return TITLES[entry.subject]


def values(paper: str, found: Report) -> dict[str, object]:
    return dict(papers.values(paper, found, title, PLACES.__getitem__))


def test_a_month_in_words(april: Report) -> None:
    assert values("monthly_report", april) == {
        "period": "2026年4月",
        "campaign": "全覆盖",
        "institutions": 2,
        "found": 2,
        "recovered": 0,
        "fined": 0,
        "progress": "本期现场检查2家次，涉及定点医药机构2家。\n"
        "2026年3月1日以来累计检查2家，占应检查范围内3家的66.6%。\n"
        "全部：共3家，应检查3家，已检查2家，尚需检查1家；距截止日还有214天。",
        "problems": "1. 重复收费：1件，涉及1家，金额2.00元；\n2. 超标准收费：1件，涉及1家，金额0.30元。",
        "handling": "责令改正1件。",
        "next": "下期已安排检查1家。另有1家已派发任务，尚未确定检查日期。尚需检查：全部1家。",
    }


def test_the_coverage_table_counts_the_month_and_since_the_begin(april: Report) -> None:
    found = values("coverage_table", april)
    assert found["figures"] == (
        ("定点零售药店", "2", "2", "2", "100.0%", "2", "1", "0", "0", "0.00"),
        ("定点医疗机构", "1", "0", "0", "0.0%", "0", "0", "0", "0", "0.00"),
    )
    assert found["planned"] == (("全部", "1", "5月6日", ""),)
    assert str(found["remarks"]).startswith("“本期检查”为本期数，其余各栏为2026年3月1日以来的累计数。")


def test_the_statistics_table_counts_the_month_alone(april: Report) -> None:
    assert values("statistics_table", april)["figures"] == (
        ("定点零售药店", "2", "2", "2", "1", "0", "0", "0.00", "0.00"),
        ("定点医疗机构", "1", "0", "0", "0", "0", "0", "0.00", "0.00"),
    )


def test_the_ranking_names_place_share_and_what_it_goes_by(april: Report) -> None:
    found = values("ranking_notice", april)
    assert found["ranks"] == (
        ("1", "五华区", "2", "2", "100.0%", "3", "3", "0.00"),
        ("2", "盘龙区", "1", "0", "0.0%", "0", "0", "0.00"),
    )
    assert found["rule"] == "按已检查机构占应检查机构的比例由高到低排列，比例相同的名次相同。"


def test_the_workbook_says_the_same(april: Report) -> None:
    found = books.sheets(april, lambda one: NAMES[one], title, str, PLACES.__getitem__)
    told = {one.name: [tuple(row) for row in one.rows] for one in found}
    assert told["累计"][-1] == ("合计", 3, 2, 3, 3, 2, 1, 0, 0, 12.3, 0.0, 0.0, 0.0, 0, 0.0, 66.6)
    assert told["分组进度"] == [("全部", "", 3, 3, 0, 2, 66.6, 1, 3, 3, "2026-11-30", 214)]
    assert told["问题"] == [("重复收费", 1, 1, 2.0), ("超标准收费", 1, 1, 0.3)]
    assert told["重复检查"] == [("甲药店", "2026-03-20", "2026-04-30", 41, "")]
    assert told["年度频次"] == [("甲药店", 2026, 2, 2, "")]
    assert [row[:3] for row in told["明细"]] == [
        ("2026-03-20", "甲药店", "发现问题"),
        ("2026-03-20", "甲药店", "现场检查"),
        ("2026-04-02", "乙药店", "发现问题"),
        ("2026-04-02", "乙药店", "发现问题"),
        ("2026-04-02", "乙药店", "现场检查"),
        ("2026-04-15", "乙药店", "制发文书"),
        ("2026-04-30", "甲药店", "现场检查"),
    ]


@pytest.mark.parametrize(
    ("every", "day", "said"),
    [
        (Every.WEEK, dt.date(2026, 4, 9), "2026年4月3日至2026年4月9日"),
        (Every.QUARTER, dt.date(2026, 4, 9), "2026年第二季度"),
        (Every.HALF_YEAR, dt.date(2026, 7, 1), "2026年下半年"),
        (Every.YEAR, dt.date(2026, 7, 1), "2026年"),
        (Every.ONCE, dt.date(2026, 7, 1), "2026年3月1日至2026年7月1日"),
    ],
)
def test_a_period_is_named_as_reports_name_it(every: Every, day: dt.date, said: str) -> None:
    found = report(survey(), every, day)
    assert words.span(every, found.first, found.last) == said


def test_after_the_deadline_the_days_over_are_told() -> None:
    late = report(survey(), Every.MONTH, dt.date(2026, 12, 31))
    assert "尚需检查1家；已超过截止日31天" in words.group(late.groups[0], late.last)
