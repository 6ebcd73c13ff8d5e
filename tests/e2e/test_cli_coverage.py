"""Coverage and reports by commands alone."""

import datetime as dt
from pathlib import Path

import pytest

from app.services.demo.furnish import furnish
from app.sheets.reading import read_book
from tests.e2e.shell import Shell
from tests.unit.services.desks import new_office
from tests.unit.services.plan_rows import COVERAGE, store_plan


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    made = Shell(tmp_path / "home", capsys, monkeypatch)
    services = new_office(made.home)
    furnish(services, services.clock())
    year = services.statistics.today().year
    store_plan(services, year=year, period_from=dt.date(year, 1, 1), period_to=dt.date(year, 12, 31))
    services.close()
    return made


def test_checks_of_a_table_stand_in_the_month_s_table_and_each_figure_names_its_rows(
    shell: Shell, tmp_path: Path
) -> None:
    day = dt.date.fromisoformat(str(shell("coverage", "month")["period"]["last"])).replace(day=1)
    names = [
        one["name"] for one in shell("institution", "list")["institutions"] if one["kind"] == "pharmacy"
    ][:2]
    file = tmp_path / "台账.csv"
    file.write_text(
        "机构名称,检查日期,检查单位,检查计划\n"
        + "".join(f"{name},{day},大病保险承办公司,{COVERAGE.title}\n" for name in names)
        + f"没有的药房,{day},市局,\n",
        encoding="utf-8",
    )
    told = shell("coverage", "past", "import", file)
    assert (told["read"], told["imported"], told["known"]) == (3, 2, 0)
    assert [(one["row"], one["code"]) for one in told["rejected"]] == [(4, "past_check.unknown")]

    book, pdf = tmp_path / "月报.xlsx", tmp_path / "月报.pdf"
    month = shell(
        "coverage",
        "month",
        "--plan",
        COVERAGE.title,
        "--until",
        day,
        "--xlsx",
        book,
        "--pdf",
        pdf,
        "--why",
        "visits",
    )
    assert [(one["title"], one["wanted"], one["done"], one["missing"]) for one in month["groups"]] == [
        ("定点零售药店", 10, 2, 8), ("督查抽查", 18, 0, 18),
    ]  # fmt: skip
    assert month["whole"]["checked"] == 2
    assert [one["table"] for one in month["facts"]] == ["past_check", "past_check"]
    assert {one["row"] for one in month["facts"]} == {
        one["id"] for one in shell("coverage", "past", "list")["past_checks"]
    }
    assert pdf.read_bytes().startswith(b"%PDF")
    assert read_book(book).sheets[0].rows[2][0] == "定点零售药店"


def test_half_year_ranks_and_what_is_no_plan_or_no_day_is_refused(shell: Shell) -> None:
    half = shell("coverage", "half-year")
    assert half["districts"][0]["place"] == 1
    shell("coverage", "week", "--plan", "没有这个计划", fails="plan.unknown")
    for day in ("三月", "9999-12-31", "0001-01-01"):
        shell("coverage", "week", "--until", day, fails="cli.date")
    assert shell("coverage", "week", "--until", "２０２６年4月30日") == shell("coverage", "week", "--until", "2026-04-30")
    assert {one["paper"] for one in shell("coverage", "due")["due"]} == {"weekly_report", "coverage_table"}
