"""Tasks over a real office: list, form, cancelling."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.core import clock
from app.core.ids import TaskId
from app.core.places import InstitutionKind
from app.core.tasks import TaskState
from app.gui.bus import Bus
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screens.tasks.view import TasksScreen
from app.gui.texts import tr
from app.gui.theme import Theme
from tests.gui.registers_office import LONG, Desk, judge_models, nameless, sit


@pytest.fixture
def desk(
    tmp_path: Path, runner: Runner, bus: Bus, prefs: Prefs, theme: Theme, qtbot: QtBot
) -> Iterator[Desk]:
    yield from sit(tmp_path, runner, bus, prefs, qtbot)


def shown(screen: TasksScreen) -> list[str]:
    model = screen.list.model
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_a_task_is_created_with_the_main_checklist_of_the_institution_ticked_beforehand(desk: Desk) -> None:
    place = desk.institution("仁和大药房", InstitutionKind.PHARMACY)
    second = desk.person("李卓", "22060013")
    screen = desk.open(TasksScreen, new=True, institution=place.id)
    form = screen.form
    assert form.templates.value == ("SGF",)
    assert form.templates.model.rowCount() == len(desk.services.checklists.all())
    form.title.setText("双随机检查")
    form.due_on.set_value(dt.date(2099, 12, 31))
    form.members.model.tick([desk.services.office.get().me, second.id])
    form.save()
    desk.settle()
    assert desk.errors == []
    [line] = desk.services.tasks.lines()
    assert (line.task.title, line.task.templates, line.task.due_on) == (
        "双随机检查",
        ("SGF",),
        dt.date(2099, 12, 31),
    )
    assert shown(screen) == ["仁和大药房"]
    assert screen.list.table.current().task.id == line.task.id


def test_a_tertiary_public_hospital_gets_the_five_rational_uses_and_procurement(desk: Desk) -> None:
    place = desk.institution("区人民医院", InstitutionKind.HOSPITAL, level="三级", ownership="public")
    screen = desk.open(TasksScreen, new=True, institution=place.id)
    assert screen.form.templates.value == ("WHL", "CGH", "CGY", "CGX")


def test_a_form_that_lacks_something_says_what_and_saves_nothing(desk: Desk) -> None:
    screen = desk.open(TasksScreen, new=True)
    screen.form.save()
    desk.settle()
    assert screen.form.draft().lacks() == ("institution", "title", "templates", "members")
    assert screen.form._institution_row.error == "请选择被检查机构"
    assert screen.form._title_row.error == "请填写任务名称"
    assert desk.services.tasks.lines() == ()


def test_an_institution_is_found_and_chosen_by_keyboard_alone(desk: Desk) -> None:
    desk.institution("仁和大药房")
    desk.institution("惠民诊所", InstitutionKind.CLINIC)
    screen = desk.open(TasksScreen, new=True)
    picker = screen.form.institution
    picker.search.setText("惠民")
    desk.qtbot.waitUntil(lambda: picker.table.model().rowCount() == 1)
    desk.qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    desk.qtbot.keyClick(picker.table, Qt.Key.Key_Return)
    desk.settle()
    assert picker.value is not None
    assert picker.value.name == "惠民诊所"


def test_an_expired_licence_is_said_in_words_beside_the_name(desk: Desk) -> None:
    desk.person("赵过期", "22060099", clock.today(clock.now()) - dt.timedelta(1))
    screen = desk.open(TasksScreen, new=True)
    model = screen.form.members.model
    words = {model.index(row, 0).data(): model.index(row, 1).data() for row in range(model.rowCount())}
    assert "过期" in words["赵过期"]
    assert "有效" in words["王敏"]


def test_space_ticks_a_member(desk: Desk) -> None:
    screen = desk.open(TasksScreen, new=True)
    view = screen.form.members.view
    view.setCurrentIndex(view.model().index(0, 0))
    desk.qtbot.keyClick(view, Qt.Key.Key_Space)
    assert screen.form.members.value == (desk.services.office.get().me,)
    assert view.model().index(0, 0).data(Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Checked
    desk.qtbot.keyClick(view, Qt.Key.Key_Space)
    assert screen.form.members.value == ()


def test_a_task_is_cancelled_only_with_a_reason(desk: Desk) -> None:
    task = desk.task("仁和大药房")
    screen = desk.open(TasksScreen)
    screen.list.table.setFocus()
    screen.cancel()
    assert not screen.cancelling.confirmed.isEnabled()
    screen.cancelling.reason.setText("机构已停业")
    screen.cancelling.confirmed.click()
    desk.settle()
    assert desk.services.tasks.get(TaskId(task.id)).state is TaskState.CANCELLED
    assert shown(screen) == []
    screen.pills.choose("cancelled")
    assert shown(screen) == ["仁和大药房"]


def test_a_task_is_edited_and_keeps_its_checklists(desk: Desk) -> None:
    task = desk.task("仁和大药房")
    screen = desk.open(TasksScreen, task=task.id)
    screen.edit()
    desk.settle()
    assert screen.form.templates.value == task.templates
    screen.form.basis.setText("年度检查计划")
    screen.form.save()
    desk.settle()
    assert desk.errors == []
    assert desk.services.tasks.get(task.id).basis == "年度检查计划"


def test_enter_goes_to_the_inspection(desk: Desk) -> None:
    task = desk.task("仁和大药房")
    screen = desk.open(TasksScreen)
    desk.qtbot.keyClick(screen.list.table, Qt.Key.Key_Return)
    assert desk.went == [("inspection", {"task": task.id})]


def test_the_search_narrows_and_can_be_cleared(desk: Desk) -> None:
    desk.task("仁和大药房")
    desk.task("惠民诊所", title="专项检查")
    screen = desk.open(TasksScreen)
    screen.list.search.setText("专项 惠民")
    desk.qtbot.waitUntil(lambda: shown(screen) == ["惠民诊所"])
    assert screen.list.count.text() == "1 / 2 项"
    screen.list.search.setText("没有这个")
    desk.qtbot.waitUntil(lambda: shown(screen) == [])
    assert screen.list.not_found.isVisible()
    screen.list.not_found.button.click()
    assert sorted(shown(screen)) == ["仁和大药房", "惠民诊所"]


def test_copied_rows_are_what_a_spreadsheet_takes(desk: Desk) -> None:
    desk.task("仁和大药房", due_on=dt.date(2099, 12, 31))
    screen = desk.open(TasksScreen)
    desk.qtbot.keyClick(screen.list.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    title, row = QGuiApplication.clipboard().text().splitlines()
    assert title.split("\t")[:3] == ["机构", "任务", "期限"]
    assert row.split("\t")[:5] == ["仁和大药房", "日常检查", "2099-12-31", "未开始", ""]


def test_no_task_says_what_would_be_here_and_begins_one(desk: Desk) -> None:
    screen = desk.open(TasksScreen)
    assert screen.list.empty.isVisible()
    screen.list.empty.button.click()
    assert screen.stack.currentWidget() is screen.form
    assert screen.escape()
    assert screen.stack.currentWidget() is not screen.form
    assert not screen.escape()


def test_models_and_names_hold_through_sorting_and_long_names(desk: Desk) -> None:
    desk.task(LONG)
    desk.task("惠民诊所")
    screen = desk.open(TasksScreen)
    judge_models(screen)
    screen.list.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    screen.list.model.narrow("惠民")
    screen.list.model.narrow("")
    screen.new()
    desk.settle()
    assert len(shown(screen)) == 2
    assert nameless(screen) == []


def test_a_narrow_list_leaves_out_what_can_be_spared_and_never_scrolls_sideways(desk: Desk, theme: Theme) -> None:
    desk.task(LONG, due_on=clock.today(clock.now()) - dt.timedelta(days=2))
    screen = desk.open(TasksScreen)
    table = screen.list.table
    members, number = len(table.columns) - 2, len(table.columns) - 1
    theme.apply("light", 1.5)
    for width, is_left_out in ((1282, True), (2400, False), (1282, True)):
        screen.resize(width, 690)
        desk.settle()
        assert table.isColumnHidden(number) == is_left_out
        assert is_left_out or not table.isColumnHidden(members)
        assert table.horizontalHeader().length() <= table.viewport().width()
        assert table.columnWidth(0) >= theme.px(160)
    table.copy()
    assert tr("tasks.column.number") in QGuiApplication.clipboard().text()
    table.horizontalHeader().setSectionHidden(number, False)
    table.fit()
    assert not table.isColumnHidden(number)


def test_a_list_of_names_that_is_shown_is_shown_whole(desk: Desk, theme: Theme) -> None:
    theme.apply("light", 1.0)
    desk.task("青禾区百草堂大药房（演练）", title="定点零售药店“四规范”专项检查（演练）", due_on=clock.today(clock.now()) + dt.timedelta(2))
    screen = desk.open(TasksScreen)
    screen.resize(1190, 690)
    desk.settle()
    table = screen.list.table
    institution, members = 0, len(table.columns) - 2
    assert not table.isColumnHidden(members)
    for place in (institution, members):
        assert table.columnWidth(place) >= table._needed(place)
    assert table.horizontalHeader().length() <= table.viewport().width()


def test_the_list_can_be_opened_for_the_tasks_of_one_plan(desk: Desk) -> None:
    desk.task("仁和大药房", title="百日稽核：仁和大药房")
    desk.task("康宁大药房", title="日常检查")
    screen = desk.open(TasksScreen, text="百日稽核")
    desk.qtbot.waitUntil(lambda: shown(screen) == ["仁和大药房"])
