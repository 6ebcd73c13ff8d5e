"""The registers over a real office."""

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.core import clock
from app.core.ids import InstitutionId, PersonId
from app.core.places import Institution, InstitutionKind, Person, Role
from app.gui.screens.registers.licences import Standing, licence
from app.gui.screens.registers.listing import ListPane
from app.gui.screens.registers.rows import Column
from app.gui.screens.registers.table import spreadsheet_cell
from app.gui.screens.registers.view import RegistersScreen
from app.gui.theme import Theme
from app.gui.widgets.empty import EmptyState
from tests.gui.registers_office import LONG, Desk, judge_models, nameless


def names(pane: ListPane) -> list[str]:
    return [str(pane.model.index(row, 0).data()) for row in range(pane.model.rowCount())]


def test_an_institution_is_added_and_then_shown(desk: Desk) -> None:
    screen = desk.open(RegistersScreen)
    pane = screen.institutions
    assert pane.list.empty.isVisible()
    pane.new()
    pane.form.name.setText("仁和大药房")
    pane.form.credit_code.setText("91350100m000100y43")
    pane.form.save()
    desk.settle()
    assert desk.errors == []
    assert names(pane.list) == ["仁和大药房"]
    [saved] = desk.services.institutions.find()
    assert (saved.credit_code, saved.rehearsal) == ("91350100M000100Y43", True)


def test_a_mistyped_credit_code_warns_and_is_saved_all_the_same(desk: Desk) -> None:
    screen = desk.open(RegistersScreen)
    pane = screen.institutions
    pane.new()
    pane.form.name.setText("仁和大药房")
    pane.form.credit_code.setText("91350100M000100Y44")
    assert "校验码" in pane.form.credit_code.accessibleDescription()
    pane.form.save()
    desk.settle()
    assert [one.credit_code for one in desk.services.institutions.find()] == ["91350100M000100Y44"]


def test_a_name_must_be_there(desk: Desk) -> None:
    screen = desk.open(RegistersScreen)
    screen.institutions.new()
    screen.institutions.form.save()
    desk.settle()
    assert desk.services.institutions.find() == ()
    assert desk.errors == []


def test_words_that_are_not_saved_are_never_replaced_behind_ones_back(desk: Desk) -> None:
    desk.institution("仁和大药房")
    other = desk.institution("惠民诊所", InstitutionKind.CLINIC)
    screen = desk.open(RegistersScreen)
    pane = screen.institutions
    pane.form.lines["address"].setText("正在填写的地址")
    shown = pane.form.shown.id
    pane.list.table.choose(other.id)
    assert pane.form.shown.id == shown
    assert pane.form.lines["address"].text() == "正在填写的地址"
    assert screen.escape()
    assert pane.form.lines["address"].text() == ""


def test_the_kind_narrows_and_the_filter_can_be_cleared(desk: Desk) -> None:
    desk.institution("仁和大药房")
    desk.institution("惠民诊所", InstitutionKind.CLINIC)
    screen = desk.open(RegistersScreen)
    pane = screen.institutions
    pane.kind.setCurrentIndex(pane.kind.findData("clinic"))
    desk.settle()
    assert names(pane.list) == ["惠民诊所"]
    pane.kind.setCurrentIndex(pane.kind.findData("agency"))
    desk.settle()
    assert pane.list.not_found.isVisible()
    pane.list.not_found.button.click()
    desk.settle()
    assert sorted(names(pane.list)) == ["仁和大药房", "惠民诊所"]


def test_a_task_begins_from_an_institution(desk: Desk) -> None:
    place = desk.institution("仁和大药房")
    screen = desk.open(RegistersScreen)
    screen.institutions.form.task_button.click()
    assert desk.went == [("tasks", {"new": True, "institution": place.id})]


def test_people_with_a_licence_that_ends_are_named_above_the_list(desk: Desk) -> None:
    day = clock.today(clock.now())
    desk.person("李卓", "22060013", day + dt.timedelta(39))
    desk.person("赵过期", "22060014", day - dt.timedelta(1))
    desk.person("孙长期", "22060015", day + dt.timedelta(900))
    screen = desk.open(RegistersScreen, tab="people")
    warning = screen.people.warning
    assert warning.isVisible()
    assert "李卓" in warning.text()
    assert "赵过期" in warning.text()
    assert "孙长期" not in warning.text()


def test_a_licence_that_ends_before_it_begins_is_not_saved(desk: Desk) -> None:
    screen = desk.open(RegistersScreen, tab="people")
    pane = screen.people
    pane.new()
    pane.form.name.setText("李卓")
    pane.form.licence_from.set_value(dt.date(2026, 5, 1))
    pane.form.licence_to.set_value(dt.date(2026, 4, 1))
    pane.form.save()
    desk.settle()
    assert [one.name for one in desk.services.people.find()] == ["王敏"]
    pane.form.licence_to.set_value(dt.date(2028, 4, 1))
    pane.form.save()
    desk.settle()
    assert sorted(one.name for one in desk.services.people.find()) == ["李卓", "王敏"]
    assert desk.errors == []


@pytest.mark.parametrize(
    ("person", "standing"),
    [
        (Person(PersonId("1"), "甲", Role.EXPERT), Standing.NONE),
        (Person(PersonId("1"), "甲"), Standing.MISSING),
        (Person(PersonId("1"), "甲", licence_no="1"), Standing.OPEN),
        (Person(PersonId("1"), "甲", licence_no="1", licence_from=dt.date(2026, 11, 23)), Standing.NOT_YET),
        (Person(PersonId("1"), "甲", licence_no="1", licence_to=dt.date(2026, 11, 21)), Standing.EXPIRED),
        (Person(PersonId("1"), "甲", licence_no="1", licence_to=dt.date(2026, 11, 22)), Standing.SOON),
        (Person(PersonId("1"), "甲", licence_no="1", licence_to=dt.date(2027, 1, 22)), Standing.VALID),
    ],
)
def test_where_a_licence_stands_agrees_with_the_rule_of_the_domain(
    person: Person, standing: Standing
) -> None:
    day = dt.date(2026, 11, 22)
    held = licence(person, day)
    assert held.standing is standing
    assert held.is_valid is person.may_inspect_on(day)


def test_two_thousand_rows_are_sorted_by_pinyin_and_narrowed(theme: Theme, qtbot: QtBot) -> None:
    columns: tuple[Column[Institution], ...] = (
        Column("名称", lambda one: one.name, share=1, is_strong=True),
        Column("地址", lambda one: one.address, share=1),
    )
    pane = ListPane(columns, lambda one: one.id, EmptyState("institution", "无"), name="机构", search="查找")
    qtbot.addWidget(pane)
    pane.resize(800, 600)
    pane.show()
    judge_models(pane)
    rows = [
        Institution(
            InstitutionId(str(n)), f"{'张王李'[n % 3]}氏诊所{n}", InstitutionKind.CLINIC, address=f"{n} 号"
        )
        for n in range(1999)
    ]
    pane.put([*rows, Institution(InstitutionId("long"), LONG, InstitutionKind.PHARMACY)])
    assert pane.model.rowCount() == 2000
    pane.table.choose("7")
    pane.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert names(pane)[:2] == [LONG, "李氏诊所2"]
    assert pane.table.current().id == "7"
    pane.model.narrow("王氏 1990")
    assert names(pane) == ["王氏诊所1990"]
    pane.model.narrow("张氏 1990")
    assert pane.not_found.isVisible()


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1+1", "'=1+1"), ("", ""), ("-", "'-"), ("-24", "-24"), ("两行\n文字", "两行 文字"), ("@a", "'@a")],
)
def test_no_cell_becomes_a_formula_in_a_spreadsheet(text: str, cell: str) -> None:
    assert spreadsheet_cell(text) == cell


def test_every_control_has_a_name_and_models_hold(desk: Desk) -> None:
    desk.institution(LONG)
    screen = desk.open(RegistersScreen)
    judge_models(screen)
    screen.refresh(())
    desk.settle()
    assert nameless(screen) == []
