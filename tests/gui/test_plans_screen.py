"""Plans over a real office: the list, a plan from its template, the division of labour, the steps to approval."""

import dataclasses
import datetime as dt
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.core.places import InstitutionKind
from app.core.plan_objects import Clause
from app.core.plans import Method, Plan, PlanState
from app.gui.screens.plans.view import PlansScreen
from app.gui.texts import tr
from tests.gui.registers_office import LONG, Desk, judge_models, nameless


def made(desk: Desk, template: str = "BRX", **changes: Any) -> Plan:
    plan: Plan = desk.services.plans.create(template, year=2026).value
    return desk.services.plans.edit(dataclasses.replace(plan, **changes)).value if changes else plan


def editor(desk: Desk, plan: Plan) -> PlansScreen:
    screen: PlansScreen = desk.open(PlansScreen, plan=plan.id)
    desk.settle()
    screen.activateWindow()
    return screen


def stored(desk: Desk, plan: Plan) -> Plan:
    desk.qtbot.wait(200)
    desk.settle()
    found: Plan = desk.services.plans.get(plan.id)
    return found


def write(field: Any, text: str) -> None:
    """Write into a field and leave it, as a person does."""
    field.setFocus()
    field.setText(text)
    QTest.keyClick(field, Qt.Key.Key_Tab)


def key(widget: Any, name: Qt.Key, mods: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or widget, name, mods)


def test_a_plan_is_made_from_its_template_by_keyboard_alone(desk: Desk) -> None:
    screen = desk.open(PlansScreen)
    screen.activateWindow()
    screen.setFocus()
    key(screen, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert screen.stack.currentWidget() is screen.making
    assert screen.making.model.rowCount() == 12
    for _ in range(10):
        key(screen, Qt.Key.Key_Down)
    key(screen, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is screen.making.title
    assert "百日稽核" in screen.making.title.text()
    key(screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert screen.stack.currentWidget() is screen.page
    [line] = desk.services.plans.lines()
    assert line.plan.origin == "BRX@1"
    assert screen.page.groups.model.rowCount() == 6
    assert screen.heading[0] == line.plan.title
    assert screen.escape()
    assert screen.stack.currentWidget() is screen.list


def test_a_plan_without_a_title_is_not_made(desk: Desk) -> None:
    screen = desk.open(PlansScreen, new=True)
    screen.making.table.selectRow(11)
    assert screen.making.title.text() == ""
    screen.making.make()
    desk.settle()
    assert desk.services.plans.lines() == ()


def test_the_list_says_how_far_plans_are_and_what_is_due(desk: Desk) -> None:
    plan = made(desk, "HTS", year=dt.date.today().year)
    desk.services.plans.submit(plan.id)
    screen = desk.open(PlansScreen)
    judge_models(screen)
    row = [
        str(screen.list.model.index(0, column).data()) for column in range(screen.list.model.columnCount())
    ]
    assert row[1] == tr("plans.state.submitted")
    assert screen.list.model.rowCount() == 1
    assert desk.errors == []


def test_the_division_of_labour_counts_the_register_live(desk: Desk) -> None:
    for n in range(7):
        desk.institution(f"第{n}药房", InstitutionKind.PHARMACY)
    screen = editor(desk, made(desk))
    groups = screen.page.groups
    assert [str(groups.model.index(row, 4).data()) for row in range(6)] == [
        "0/0",
        "3/7",
        "0/0",
        "0/0",
        "0/0",
        "0/0",
    ]
    groups.choose(1)
    assert groups.form.count.text() == tr("plans.count", objects=7, size=3, visits=3)
    write(groups.form.ratio, "1/2")
    desk.qtbot.wait(300)
    desk.settle()
    assert str(groups.model.index(1, 4).data()) == "4/7"


def test_a_field_is_stored_when_it_is_left_and_no_button_is_needed(desk: Desk) -> None:
    plan = made(desk)
    screen = editor(desk, plan)
    form = screen.page.groups.form
    screen.page.groups.choose(2)
    write(form.title, "三级医院组")
    write(form.ratio, "２/３")
    write(form.frequency, "1.5")
    form.contents.box("XCQ").click()
    form.cross.click()
    group = stored(desk, plan).groups[2]
    assert (group.title, group.ratio.text, group.frequency.text, group.staff.cross_district) == (
        "三级医院组",
        "2/3",
        "1.5",
        True,
    )
    assert {str(one) for one in group.contents} == {"BRJ", "XCQ"}
    assert str(screen.page.groups.model.index(2, 0).data()) == "3　三级医院组"
    assert desk.errors == []


def test_a_ratio_that_is_none_is_said_so_and_not_stored(desk: Desk) -> None:
    plan = made(desk)
    screen = editor(desk, plan)
    form = screen.page.groups.form
    write(form.ratio, "三成")
    assert form.ratio.problem == tr("plans.group.ratio.wrong")
    assert stored(desk, plan).groups[0].ratio.text == "1/2"


def test_objects_are_described_with_ticks_and_another_kind_is_added(desk: Desk) -> None:
    plan = made(desk)
    screen = editor(desk, plan)
    groups = screen.page.groups
    groups.choose(4)
    assert len(groups.form.objects.clauses) == 2
    assert all(one.more.isHidden() and not one.more_button.isHidden() for one in groups.form.objects.clauses)
    groups.form.objects.add_button.click()
    third = groups.form.objects.clauses[2]
    third.kinds.box("ltc").click()
    third.more_button.click()
    third.named.setPlainText("H22060500001\n\n正岔卫生院")
    groups.form.objects.excluded.setPlainText("某院")
    third.named.setFocus()
    groups.form.title.setFocus()
    groups.form.objects.top.setFocus()
    write(groups.form.objects.top, "30")
    write(groups.form.objects.top_year, "2025")
    objects = stored(desk, plan).groups[4].objects
    assert objects.clauses[2] == Clause(
        kinds=(InstitutionKind.LONG_TERM_CARE,), named=("H22060500001", "正岔卫生院")
    )
    assert (objects.top, objects.top_year, objects.excluded) == (30, 2025, ("某院",))
    groups.form.objects.clauses[0].drop_button.click()
    assert len(stored(desk, plan).groups[4].objects.clauses) == 2


def test_lines_are_added_moved_and_taken_out_by_keys(desk: Desk) -> None:
    plan = made(desk, "SSJ")
    screen = editor(desk, plan)
    table = screen.page.groups.table
    table.setFocus()
    screen.page.groups.choose(0)
    key(table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [one.title for one in stored(desk, plan).groups][:2] == ["社会办医疗机构组", "公立医疗机构组"]
    table.setFocus()
    key(table, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert len(stored(desk, plan).groups) == 3
    table.setFocus()
    key(table, Qt.Key.Key_Insert, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.wait(50)
    assert QApplication.focusWidget() is screen.page.groups.form.title
    assert len(stored(desk, plan).groups) == 4


def test_the_way_of_choosing_decides_which_fields_there_are(desk: Desk) -> None:
    plan = made(desk, "SSJ")
    screen = editor(desk, plan)
    form = screen.page.groups.form
    assert form.weighted.currentData() == "weighted"
    assert not form.complaint.isHidden()
    form.weighted.setCurrentIndex(form.weighted.findData("raised"))
    form.weighted.activated.emit(0)
    assert form._by_weight[0].isHidden()
    write(form.raised, "6%")
    weights = stored(desk, plan).groups[0].weights
    assert (weights.raised and weights.raised.text, weights.complaint) == ("6%", 0)
    form.method.setCurrentIndex(form.method.findData(str(Method.ALL)))
    form.method.activated.emit(0)
    assert not form.ratio.isEnabled()
    assert stored(desk, plan).groups[0].method is Method.ALL


def test_fixed_leaders_are_people_of_the_register(desk: Desk) -> None:
    leader = desk.person("李卓", "22060013")
    desk.person("王敏", "22060099")
    plan = made(desk, "YDZ")
    screen = editor(desk, plan)
    form = screen.page.groups.form
    write(form.leaders, "李卓、没有此人")
    assert "没有此人" in form._leaders_row.error
    assert stored(desk, plan).groups[0].staff.leaders == ()
    write(form.leaders, "22060013")
    assert stored(desk, plan).groups[0].staff.leaders == (leader.id,)
    assert form._leaders_row.error == ""


def test_stages_take_days_or_stay_undecided_and_reports_say_when_they_are_due(desk: Desk) -> None:
    plan = made(desk, "ZCZ")
    screen = editor(desk, plan)
    screen.page.turn("stages")
    lines = screen.page.stages.stages.lines
    assert [one.last.text() for one in lines] == ["", "", ""]
    assert lines[1].last.placeholderText() == "待定"
    write(lines[1].last, "2026-06-10")
    assert stored(desk, plan).stages[1].to_on == dt.date(2026, 6, 10)
    reports = screen.page.stages.reports
    reports.add_button.click()
    added = reports.lines[-1]
    write(added.title, "周报")
    added.every.setCurrentIndex(added.every.findData("week"))
    added.every.activated.emit(0)
    write(added.at, "17：00")
    report = stored(desk, plan).reports[-1]
    assert (report.title, str(report.rule.every), report.rule.weekday, report.rule.at) == (
        "周报",
        "week",
        4,
        "17:00",
    )
    assert "每周四 17:00 前" in added.due.text()
    added.drop_button.click()
    assert len(stored(desk, plan).reports) == 3


def test_what_the_plan_says_of_itself_is_stored_too(desk: Desk) -> None:
    plan = made(desk)
    screen = editor(desk, plan)
    screen.page.turn("basics")
    basics = screen.page.basics
    write(basics.lock_days, "90")
    basics.goal.setFocus()
    basics.goal.setPlainText("新目标")
    write(basics.days["data_to"], "2026-06-30")
    screen.page.turn("approval")
    screen.page.approval.discipline.setFocus()
    screen.page.approval.discipline.setPlainText("不得跑风漏气。\n\n不得接受宴请。")
    screen.page.step_button.setFocus()
    now = stored(desk, plan)
    assert (now.lock_days, now.goal, now.data_to) == (90, "新目标", dt.date(2026, 6, 30))
    assert now.discipline == ("不得跑风漏气。", "不得接受宴请。")


def test_a_plan_goes_to_its_approval_and_on(desk: Desk) -> None:
    plan = made(desk, "SSJ")
    screen = editor(desk, plan)
    page = screen.page
    page.step_button.click()
    assert stored(desk, plan).state is PlanState.SUBMITTED
    page.step_button.click()
    asked = page._approval_question
    assert not asked.yes.isEnabled()
    asked.by.setText("赵局长")
    asked.approval_no.setText("批〔2026〕3号")
    assert asked.yes.isEnabled()
    asked.accept()
    approved = stored(desk, plan)
    assert (approved.state, approved.approved_by, approved.approval_no) == (
        PlanState.APPROVED,
        "赵局长",
        "批〔2026〕3号",
    )
    assert not page.groups.form.form.isEnabled()
    assert not page.draw_button.isHidden()
    page.draw_button.click()
    assert desk.went[-1] == ("draw", {"plan": plan.id})
    page.tasks()
    assert desk.went[-1] == ("tasks", {"text": plan.title})
    page.papers()
    desk.settle()
    assert [getattr(one, "code", "") for one in desk.errors] == ["plan.no_tasks"]
    desk.errors.clear()
    page.step_button.click()
    assert stored(desk, plan).state is PlanState.RUNNING
    page.step_button.click()
    page._reason.accept()
    assert stored(desk, plan).state is PlanState.CLOSED
    assert desk.errors == []


def test_four_checks_a_year_ask_for_a_ground_before_they_are_submitted(desk: Desk) -> None:
    plan = made(desk, "WHS")
    screen = editor(desk, plan)
    assert "2" in screen.page.told.text()
    screen.page.step_button.click()
    desk.settle()
    assert stored(desk, plan).state is PlanState.DRAFT
    assert screen.page.pills.value == "approval"
    assert desk.errors
    desk.errors.clear()
    screen.page.approval.exempt_button.click()
    asked = screen.page._question
    asked.note.setPlainText("市局交办〔2026〕12号")
    asked.accept()
    assert stored(desk, plan).exemptions[0].note == "市局交办〔2026〕12号"
    screen.page.step_button.click()
    assert stored(desk, plan).state is PlanState.SUBMITTED


def test_one_institution_is_exempted_from_the_cap_and_a_name_of_none_is_not_the_whole_plan(desk: Desk) -> None:
    place = desk.institution("江源区仁和大药房")
    plan = made(desk, "SSJ")
    screen = editor(desk, plan)
    screen.page.turn("approval")
    screen.page.approval.exempt_button.click()
    asked = screen.page._question
    asked.note.setPlainText("举报编号〔2026〕5号")
    QTest.keyClicks(asked.place, "xyz")
    assert not asked.yes.isEnabled()
    asked.place.take(place)
    assert asked.yes.isEnabled()
    assert not nameless(asked)
    asked.accept()
    assert [(one.institution, one.note) for one in stored(desk, plan).exemptions] == [(place.id, "举报编号〔2026〕5号")]
    desk.settle()
    shown = [one.text() for one in screen.page.approval.limits.findChildren(QLabel)]
    assert any("江源区仁和大药房" in one for one in shown)


def test_the_plan_says_that_an_institution_of_several_groups_is_visited_once(desk: Desk) -> None:
    plan = made(desk, "SSJ")
    screen = editor(desk, plan)
    screen.page.turn("basics")
    screen.page.basics.once.click()
    desk.settle()
    assert stored(desk, plan).once


def test_sending_back_and_cancelling_ask_why(desk: Desk) -> None:
    plan = made(desk, "SSJ")
    desk.services.plans.submit(plan.id)
    screen = editor(desk, plan)
    page = screen.page
    page.send_back()
    assert not page._reason.yes.isEnabled()
    page._reason._reason.setPlainText("比例再研究")
    page._reason.accept()
    assert (stored(desk, plan).state, stored(desk, plan).reason) == (PlanState.DRAFT, "比例再研究")
    page.cancel()
    page._reason._reason.setPlainText("上级另有安排")
    page._reason.accept()
    assert stored(desk, plan).state is PlanState.CANCELLED
    assert page.step_button.isHidden()


def test_what_others_changed_is_shown(desk: Desk) -> None:
    plan = made(desk, "SSJ")
    screen = editor(desk, plan)
    outcome = desk.services.plans.edit(dataclasses.replace(plan, title="别处改的名称"))
    desk.bus.publish(outcome)
    desk.settle()
    assert screen.heading[0] == "别处改的名称"


def test_a_refused_change_goes_back_to_what_is_stored(desk: Desk) -> None:
    plan = made(desk, "SSJ")
    screen = editor(desk, plan)
    desk.services.plans.submit(plan.id)
    write(screen.page.groups.form.title, "偷改")
    assert stored(desk, plan).groups[0].title == "公立医疗机构组"
    assert [getattr(one, "code", "") for one in desk.errors] == ["plan.submitted"]
    assert screen.page.groups.form.title.text() == "公立医疗机构组"


def test_overlong_words_and_an_empty_plan_are_shown_and_everything_has_a_name(desk: Desk) -> None:
    plan = made(desk)
    groups = tuple(dataclasses.replace(one, title=LONG, owner=LONG, words=LONG * 3) for one in plan.groups)
    desk.services.plans.edit(dataclasses.replace(plan, title=LONG, goal=LONG * 9, groups=groups))
    screen = editor(desk, plan)
    judge_models(screen)
    assert nameless(screen) == []
    for tab in ("basics", "stages", "approval", "groups"):
        screen.page.turn(tab)
        screen.grab()
    empty = desk.services.plans.create(title="空白").value
    screen.open(plan=empty.id)
    desk.settle()
    assert not screen.page.groups.empty.isHidden()
    assert desk.errors == []
    screen.page.groups.empty.button.click()
    assert len(stored(desk, empty).groups) == 1


def test_where_there_is_no_room_for_both_the_form_takes_the_place_of_the_table(desk: Desk) -> None:
    screen = editor(desk, made(desk))
    screen.resize(760, 600)
    QApplication.processEvents()
    groups = screen.page.groups
    assert groups.side.isHidden()
    groups.table.setFocus()
    groups.table.opened.emit(None)
    assert groups.left.isHidden()
    assert screen.escape()
    assert groups.side.isHidden()
    assert screen.stack.currentWidget() is screen.page


def test_what_is_being_written_is_stored_when_the_page_is_left(desk: Desk) -> None:
    plan = made(desk, "SSJ")
    screen = editor(desk, plan)
    screen.page.turn("basics")
    screen.page.basics.goal.setFocus()
    screen.page.basics.goal.setPlainText("写了一半")
    assert screen.leave()
    assert stored(desk, plan).goal == "写了一半"
    screen.page.basics.note.setFocus()
    screen.page.basics.note.setPlainText("备注一半")
    assert screen.escape()
    assert stored(desk, plan).note == "备注一半"
