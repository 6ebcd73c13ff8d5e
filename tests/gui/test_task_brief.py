"""A task's brief in the window: what is known, the planned day, recusals; and the calendar by keyboard."""

import datetime as dt
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel

from app.core.clock import now, today
from app.core.ids import TaskId
from app.core.places import Role
from app.gui.screens.calendar.view import CalendarScreen
from app.gui.screens.tasks.view import TasksScreen
from app.gui.theme import Theme
from app.gui.widgets.delegates import broken
from tests.gui.registers_office import LONG, Desk, judge_models, nameless
from tests.unit.services.drawn import rows_of


def task(desk: Desk, name: str = "仁和大药房", day: dt.date | None = None, text: str = "反映留存凭证连续刷卡。") -> TaskId:
    me, other = desk.services.office.get().me, desk.person("李卓", "22060013", dt.date(2099, 1, 1))
    return desk.services.tasks.create(
        title="日常检查", nature="administrative", kind="transfer", institution=desk.institution(name).id, templates=("SGF",),
        members=(me, other.id), leader=me, planned_on=day, due_on=day, known=[(text, "转办函第3号")], origin="云栖市医疗保障局",
    ).value.id  # fmt: skip


def words(screen: TasksScreen) -> str:
    return "\n".join(one.text() for one in screen.brief.findChildren(QLabel) if one.isVisible())


def test_the_brief_shows_team_source_and_what_is_known(desk: Desk) -> None:
    found = task(desk)
    screen = desk.open(TasksScreen)
    screen.list.table.choose(found)
    desk.qtbot.keyClick(screen.list.table, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    shown = words(screen)
    for text in ("王敏（组长）、李卓", "云栖市医疗保障局", "反映留存凭证连续刷卡", "转办函第3号", "不得透露检查信息"):
        assert text in shown
    assert screen.escape()
    assert screen.stack.currentIndex() == 0


def test_a_provisional_number_is_made_final_in_the_brief_and_the_former_stays_beside_it(desk: Desk) -> None:
    db = desk.services.tasks._store.db
    with db.write() as unit:
        unit.local("UPDATE sync_self SET server = 'https://yanfang.invalid'")
    found = task(desk)
    interim = desk.services.tasks.get(found).number
    screen = desk.open(TasksScreen, task=found, brief=True)
    assert interim in words(screen)
    assert not screen.brief.number_button.isHidden()
    screen.brief.number_button.click()
    desk.settle()
    assert [one.code for one in desk.errors] == ["number.none_left"]
    desk.errors.clear()
    with db.write() as unit:
        unit.local("UPDATE sync_self SET server = NULL")  # it counts by itself again
    screen.brief.number_button.click()
    desk.settle()
    assert desk.errors == []
    final = desk.services.tasks.get(found).number
    assert final.endswith("号")
    assert f"{final}（原 {interim}）" in words(screen)
    assert screen.brief.number_button.isHidden()


def test_the_planned_day_is_set_in_the_brief(desk: Desk) -> None:
    found, day = task(desk), today(now()) + dt.timedelta(2)
    screen = desk.open(TasksScreen, task=found, brief=True)
    screen.brief.planned.setText(day.isoformat())
    screen.brief.plan_button.click()
    desk.settle()
    assert desk.services.tasks.get(found).planned_on == day


def test_somebody_steps_back_and_another_comes_with_a_reason(desk: Desk) -> None:
    found = task(desk)
    third = desk.person("赵同", "22060014", dt.date(2099, 1, 1))
    desk.person("陈协助", "", None, Role.ASSISTANT)
    screen = desk.open(TasksScreen, task=found, brief=True)
    desk.qtbot.keyClick(screen.brief, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    dialog = screen.brief.dialog
    assert dialog is not None
    dialog.person.setCurrentIndex(1)
    desk.settle()
    offered = [dialog.by.itemText(place) for place in range(dialog.by.count())]
    assert offered[0] == "赵同"
    assert "陈协助（执法证件无效）" in offered
    dialog.by.setCurrentIndex(0)
    assert not dialog.done_button.isEnabled()
    dialog.reason.setText("近亲属在该店任职")
    dialog.by.setCurrentIndex(offered.index("陈协助（执法证件无效）"))
    assert not dialog.done_button.isEnabled()
    dialog.by.setCurrentIndex(0)
    dialog.done_button.click()
    desk.settle()
    assert desk.errors == []
    assert desk.services.tasks.get(found).members[1] == third.id
    assert "赵同" in words(screen)
    assert "回避" in words(screen)


def test_the_sheet_is_saved_as_pdf(desk: Desk, tmp_path: Path) -> None:
    screen = desk.open(TasksScreen, task=task(desk), brief=True)
    screen.brief.export_to(str(tmp_path / "任务单"))
    desk.settle()
    assert desk.errors == []
    assert (tmp_path / "任务单.pdf").read_bytes().startswith(b"%PDF")


def test_a_task_looked_back_at_offers_no_look_back_before_its_visit(desk: Desk) -> None:
    screen = desk.open(TasksScreen, task=task(desk), brief=True)
    assert not screen.brief.back_button.isEnabled()


def test_experts_go_as_assistants_and_what_is_known_is_typed_line_by_line(desk: Desk) -> None:
    found = task(desk)
    expert = desk.person("陈专家", "", None, Role.EXPERT)
    screen = desk.open(TasksScreen)
    screen.list.table.choose(found)
    screen.edit()
    desk.settle()
    form = screen.form
    assert form.known.toPlainText() == "反映留存凭证连续刷卡。 | 转办函第3号"
    form.known.setPlainText("重复收取护理费 | 转办函第4号\n\n夜间刷卡集中")
    form.members.model.tick([*form.members.value, expert.id])
    form.save()
    desk.settle()
    assert desk.errors == []
    saved = desk.services.tasks.get(found)
    assert saved.experts == (expert.id,)
    assert len(saved.members) == 2
    assert saved.leader == desk.services.office.get().me
    assert [(one.text, one.source) for one in saved.brief.known] == [("重复收取护理费", "转办函第4号"), ("夜间刷卡集中", "")]


def test_the_tasks_of_a_draw_are_made_in_the_window_and_the_offer_goes(desk: Desk) -> None:
    team = (desk.services.office.get().me, desk.person("李卓", "22060013", dt.date(2099, 1, 1)).id)
    places = [desk.institution(name).id for name in ("仁和大药房", "惠民药房", "同春药房")]
    draw = rows_of(desk.services, places, team=team, picks=2)
    screen = desk.open(TasksScreen)
    assert screen.drawn.isVisible()
    assert "2 家机构还没有任务" in screen.drawn.what.text()
    screen.list.table.setFocus()
    desk.qtbot.keyClick(screen.list.table, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert desk.errors == []
    assert [line.task.draw for line in desk.services.tasks.lines()] == [draw, draw]
    assert not screen.drawn.isVisible()
    assert desk.services.tasks.waiting_draws() == ()


def test_the_calendar_moves_by_keyboard_and_opens_what_stands_on_a_day(desk: Desk) -> None:
    day = today(now())
    found = task(desk, day=day)
    screen = desk.open(CalendarScreen)
    judge_models(screen)
    assert [one.task for one in screen.days.items_on(day)] == [found, found]  # the visit, and what is due
    desk.qtbot.keyClick(screen.grid, Qt.Key.Key_Return)
    assert screen.list.hasFocus() or screen.entries.rowCount() == 2
    screen.list.opened.emit(screen.entries.at(0))
    assert desk.went == [("tasks", {"task": found, "brief": True})]
    desk.qtbot.keyClick(screen, Qt.Key.Key_PageDown)
    desk.settle()
    assert screen._day.month == day.month % 12 + 1
    desk.qtbot.keyClick(screen, Qt.Key.Key_W)
    desk.settle()
    assert screen.days.rowCount() == 1
    desk.qtbot.keyClick(screen, Qt.Key.Key_Home)
    desk.settle()
    assert screen._day == day
    assert screen.loads.rowCount() == 2


def test_an_entry_of_the_calendar_goes_on_in_the_lines_there_are_and_loses_no_word(theme: Theme) -> None:
    font = theme.font()
    metrics = QFontMetrics(font)
    name = "Due 青禾区康宁堂大药房第3分店 of Qinghe"
    lines = broken(name, font, 80, most=20)
    assert len(lines) > 3
    assert "".join(lines).replace(" ", "") == name.replace(" ", "")
    assert all(metrics.horizontalAdvance(one) <= 80 for one in lines)
    assert broken(name, font, 80, most=2) == [lines[0], name.removeprefix(lines[0]).strip()]
    assert broken(name, font, 9_000, most=5) == [name]


def test_names_as_long_as_they_come_fit_the_window(desk: Desk) -> None:
    found = task(desk, LONG, today(now()), LONG * 10)
    for screen in (desk.open(TasksScreen, task=found, brief=True), desk.open(CalendarScreen)):
        desk.settle()
        assert screen.minimumSizeHint().width() <= 1190
        assert nameless(screen) == []
