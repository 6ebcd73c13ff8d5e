"""Coverage over a real office: figures, what is behind them, reports, past checks; by keyboard."""

import datetime as dt
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.core.coverage import PastCheck
from app.core.ids import PastCheckId
from app.core.places import Institution, InstitutionKind
from app.core.plan_dates import Every
from app.gui.screens.coverage.cover import CoverPane
from app.gui.screens.coverage.past import PastPane
from app.gui.screens.coverage.progress import ProgressPane
from app.gui.screens.coverage.ranks import RanksPane
from app.gui.screens.coverage.reports import ReportsPane
from app.gui.screens.coverage.view import TABS, CoverageScreen
from app.gui.texts import tr
from app.gui.theme import Theme, Type
from app.gui.widgets.charts import LineChart
from app.sheets.reading import read_book
from tests.gui.registers_office import LONG, Desk, judge_models, nameless
from tests.unit.services.plan_rows import COVERAGE, store_plan


def checked(desk: Desk, place: Institution, back: int, plan: str = "", outcome: str = "责令改正") -> None:
    day = desk.services.statistics.today() - dt.timedelta(back)
    desk.services.past_checks.save(PastCheck(PastCheckId(""), place.id, day, "市局", plan, outcome))


def furnished(desk: Desk) -> list[Institution]:
    """Four pharmacies of two districts, two of them checked for the plan, one of those twice within ten days."""
    day = desk.services.statistics.today()
    store_plan(
        desk.services, year=day.year, period_from=day - dt.timedelta(60), period_to=day + dt.timedelta(30)
    )
    places = [
        desk.institution(f"第{n}药房", InstitutionKind.PHARMACY, division=code)
        for n, code in enumerate(("530102", "530102", "530103", "530103"), 1)
    ]
    checked(desk, places[0], 20, COVERAGE.title)
    checked(desk, places[0], 10, COVERAGE.title)
    checked(desk, places[2], 5, COVERAGE.title)
    return places


def cells(pane: object, column: int) -> list[str]:
    model = pane.list.model
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def test_the_first_plan_is_shown_by_its_groups_and_enter_shows_the_rows_behind(
    desk: Desk, qtbot: QtBot
) -> None:
    furnished(desk)
    screen = desk.open(CoverageScreen)
    pane = screen.panes["cover"]
    assert isinstance(pane, CoverPane)
    assert [cells(pane, column) for column in (0, 1, 2, 4, 5, 6, 7)] == [
        ["定点零售药店", "督查抽查"], ["4", "4"], ["4", "2"], ["2", "0"], ["50.0%", "0.0%"], ["2", "2"], ["3 / 6", "0 / 2"],
    ]  # fmt: skip
    assert pane.place.chart is not None
    assert "定点零售药店 2 / 4" in pane.place.chart.accessibleName()
    qtbot.keyClick(pane.list.table, Qt.Key.Key_Return)
    assert screen.stack.currentWidget() is screen.detail
    assert [one.text() for one in screen.detail.buttons] == ["已检查 2 家", "未检查 2 家", "已派未检 0 家"]
    assert cells(screen.detail, 1) == ["第3药房", "第1药房", "第1药房"]
    screen.detail.buttons[1].click()
    assert cells(screen.detail, 1) == ["第2药房", "第4药房"]
    qtbot.keyClick(screen.detail.list.table, Qt.Key.Key_Return)
    assert desk.went[-1][0] == "registers"
    assert screen.escape()
    assert screen.stack.currentIndex() == 0
    assert not screen.escape()


def test_without_a_plan_kinds_are_shown_and_groups_are_not_offered(desk: Desk) -> None:
    desk.institution("第1药房")
    screen = desk.open(CoverageScreen)
    pane = screen.panes["cover"]
    assert isinstance(pane, CoverPane)
    assert screen.plan.currentText() == tr("coverage.all_work")
    assert cells(pane, 0) == [tr("registers.kind.pharmacy")]
    assert pane.pills.value == "kinds"


def test_progress_names_the_weeks_and_the_checks_that_came_too_soon(desk: Desk) -> None:
    furnished(desk)
    screen = desk.open(CoverageScreen, tab="progress")
    pane = screen.panes["progress"]
    assert isinstance(pane, ProgressPane)
    assert pane.place.chart.points[-1][1] == 2
    total = [str(pane.weeks.model.index(0, column).data()) for column in (3, 4)]
    assert total == ["2", "50.0%"]
    pane.pills.choose("repeats")
    row = [str(pane.repeats.model.index(0, column).data()) for column in range(5)]
    assert (row[0], row[3], row[4]) == ("第1药房", "10", tr("coverage.ground.none"))


@pytest.mark.parametrize("height", [90, 120, 200])
def test_the_words_above_the_line_across_have_room_however_low_the_chart(qtbot: QtBot, theme: Theme, height: int) -> None:
    chart = LineChart("进度")
    qtbot.addWidget(chart)
    day = dt.date(2026, 3, 1)
    chart.put([(day, 5)], (day, dt.date(2026, 12, 31)), 28, "共 28 家", "")
    chart.resize(600, height)
    chart.show()
    qtbot.wait(50)
    high = chart.plot.height() - chart.plot.getAxis("bottom").height()
    top = chart.plot.viewRange()[1][1]
    assert high * (1 - 28 / top) >= QFontMetrics(theme.font(Type.SECONDARY)).height()


def test_districts_are_ranked(desk: Desk) -> None:
    furnished(desk)
    checked(desk, desk.institution("第5药房", InstitutionKind.PHARMACY, division="530103"), 3, COVERAGE.title)
    screen = desk.open(CoverageScreen, tab="ranks")
    pane = screen.panes["ranks"]
    assert isinstance(pane, RanksPane)
    assert list(zip(cells(pane, 0), cells(pane, 1), cells(pane, 4), strict=True)) == [
        ("1", "盘龙区", "66.6%"), ("2", "五华区", "50.0%"),
    ]  # fmt: skip


def test_a_due_report_turns_to_its_period_and_is_written_as_pdf_and_workbook(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnished(desk)
    screen = desk.open(CoverageScreen, tab="reports")
    pane = screen.panes["reports"]
    assert isinstance(pane, ReportsPane)
    monthly = next(one for one in desk.services.statistics.due() if one.report.paper == "coverage_table")
    screen._turn_to_due(monthly)
    desk.settle()
    assert (screen.every, pane.kind.currentData()) == (Every.MONTH, "coverage_table")
    assert screen.found.report.last >= monthly.due.on
    desk.qtbot.waitUntil(lambda: bool(pane.preview.sheets) and not pane.preview.is_waiting, timeout=10_000)
    for suffix, save in ((".pdf", pane.save_pdf), (".xlsx", pane.save_book)):
        file = tmp_path / f"月报{suffix}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, file=file: (str(file), ""))
        save()
        desk.settle()
        assert desk.toasts[-1] == tr("coverage.saved", name=file.name)
    assert (tmp_path / "月报.pdf").read_bytes().startswith(b"%PDF")
    assert read_book(tmp_path / "月报.xlsx").sheets[0].name == "本期"


def test_a_report_is_drafted_among_the_papers_of_a_task(desk: Desk) -> None:
    furnished(desk)
    task = desk.task("第9药房")
    screen = desk.open(CoverageScreen, tab="reports", every=Every.WEEK)
    pane = screen.panes["reports"]
    assert isinstance(pane, ReportsPane)
    pane._draft(task.id)
    desk.settle()
    [paper] = desk.services.papers.of_task(task.id)
    assert paper.kind == "weekly_report"
    assert desk.went[-1] == ("papers", {"task": task.id, "paper": paper.id})


def test_a_past_check_is_entered_counted_and_taken_back(desk: Desk) -> None:
    places = furnished(desk)
    screen = desk.open(CoverageScreen, tab="past")
    pane = screen.panes["past"]
    assert isinstance(pane, PastPane)
    form = pane.form
    form.save()
    assert form._place_row.error
    assert form._day_row.error
    form.place.take(places[3])
    form.on_day.set_value(desk.services.statistics.today())
    form.by_whom.setText("承办公司")
    form.plan.setText(COVERAGE.number)
    form.save()
    desk.settle()
    assert desk.errors == []
    assert len(cells(pane, 0)) == 4
    screen.pills.choose("cover")
    assert cells(screen.panes["cover"], 4)[0] == "3"
    screen.pills.choose("past")
    desk.settle()
    entered = next(one for one in desk.services.past_checks.of() if one.by_whom == "承办公司")
    assert pane.list.table.choose(entered.id)
    pane.remove()
    desk.settle()
    assert len(cells(pane, 0)) == 3


def test_a_table_of_checks_is_taken_and_says_which_rows_it_left(desk: Desk, tmp_path: Path) -> None:
    furnished(desk)
    file = tmp_path / "台账.csv"
    file.write_text(
        "机构名称,检查日期,检查单位\n第2药房,2025-03-04,市局\n没有的药房,2025-03-04,市局\n", encoding="utf-8"
    )
    screen = desk.open(CoverageScreen, tab="past")
    pane = screen.panes["past"]
    assert isinstance(pane, PastPane)
    pane.take_file(file)
    desk.settle()
    assert len(cells(pane, 0)) == 4
    assert "第 3 行" in desk.banners[-1]


def test_everything_has_a_name_turns_by_keyboard_and_fits_at_150_percent(
    desk: Desk, theme: Theme, qtbot: QtBot
) -> None:
    furnished(desk)
    desk.institution(LONG, InstitutionKind.HOSPITAL)
    theme.apply("dark", 1.5)
    screen = desk.open(CoverageScreen)
    judge_models(screen)
    for tab in TABS:
        assert screen.pills.value == tab
        qtbot.keyClick(screen, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
        desk.settle()
    assert nameless(screen) == []
    assert screen.minimumSizeHint().width() <= 1190 - 84
    assert screen.minimumSizeHint().height() <= 696 - 108
    first = screen.found.report.last
    qtbot.keyClick(screen, Qt.Key.Key_PageUp, Qt.KeyboardModifier.AltModifier)
    desk.settle()
    assert screen.found.report.last < first


def test_an_empty_office_says_what_to_do(desk: Desk) -> None:
    screen = desk.open(CoverageScreen)
    for tab in TABS:
        screen.pills.choose(tab)
        desk.settle()
    assert desk.errors == []
    assert screen.found.report.whole.objects == ()
