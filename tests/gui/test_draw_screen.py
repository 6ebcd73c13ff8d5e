"""The draw over a real office: announced, seeded, drawn, replaced, made again, by keyboard."""

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from app.core.clock import local
from app.core.draws import DrawState
from app.core.ids import RowId
from app.core.plan_objects import Ratio
from app.core.plans import Plan, PlanState
from app.db.repos import plans as stored
from app.gui.screens.draw.view import DrawScreen
from app.gui.screens.plans.view import PlansScreen
from app.gui.texts import tr
from app.gui.widgets.confirm import ConfirmDialog
from app.services.draw_files import check_file
from tests.gui.registers_office import LONG, Desk, nameless

DIGITS = "74093 15208 81647 02359"


def furnished(desk: Desk, places: int = 12) -> Plan:
    """Write institutions, inspectors and an approved plan of one group."""
    for n in range(places):
        desk.institution(LONG if n == 3 else f"江源区演练{n}号药店", chain="演练连锁" if n % 4 == 0 else "")
    for n in range(5):
        desk.person(f"检查员{n}", f"2206010{n}")
    return approved(desk)


def approved(desk: Desk) -> Plan:
    plan: Plan = desk.services.plans.create("BRX", year=2026).value
    group = dataclasses.replace(plan.groups[0], ratio=Ratio("1/3"), objects=type(plan.groups[0].objects)())
    plan = desk.services.plans.edit(dataclasses.replace(plan, groups=(group,))).value
    with desk.services.plans._store.db.write() as unit:
        unit.put("plan", plan.id, {"state": str(PlanState.APPROVED)})
    return plan


def announced(desk: Desk, plan: Plan) -> Any:
    screen = desk.open(DrawScreen, plan=plan.id)
    screen.announcing.freeze()
    desk.settle()
    return screen


def test_a_draw_is_announced_seeded_and_drawn_by_keyboard(desk: Desk) -> None:
    plan = furnished(desk)
    screen: Any = desk.open(DrawScreen, new=True)
    desk.settle()
    assert screen.announcing.strata.model().rowCount() == 1
    QTest.keyClick(screen.announcing.plan, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    told = screen.page.shown.draw
    assert (told.state, told.plan) == (DrawState.FROZEN, plan.id)
    assert screen.page.digest.text().replace(" ", "") == told.digest
    screen.page.digits[0].digits.setText("７4")  # as an input method gives it
    QTest.keyClicks(screen.page.digits[0].digits, DIGITS[2:])
    assert "20" in screen.page.counted.text()
    screen.page.witnesses.setText("张某、李某")  # keyClicks knows ASCII only
    desk.qtbot.wait(5)
    QTest.keyClick(screen.page.witnesses, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    shown = screen.page.shown
    assert (shown.draw.state, shown.draw.seed) == (DrawState.DRAWN, DIGITS.replace(" ", ""))
    assert shown.draw.witnesses == ("张某", "李某")
    assert screen.page.result.picks.model().rowCount() == len(shown.picks) > 3
    assert desk.toasts == [tr("draws.done")]
    assert not nameless(screen)
    QTest.keyClick(screen, Qt.Key.Key_Escape)


def test_a_seed_without_witness_or_too_short_draws_nothing(desk: Desk) -> None:
    screen = announced(desk, furnished(desk))
    screen.page.digits[0].digits.setText("123")
    screen.page.draw()
    assert screen.page._witness_row.error
    screen.page.witnesses.setText("张某")
    desk.qtbot.wait(5)
    screen.page.draw()
    desk.settle()
    assert [error.code for error in desk.errors] == ["draw.seed_short"]
    desk.errors.clear()
    assert screen.page.shown.draw.state is DrawState.FROZEN


def test_a_draw_beside_one_of_a_like_plan_asks_for_its_reason_before_the_freeze(desk: Desk) -> None:
    screen = announced(desk, furnished(desk))
    first = screen.page.shown.draw
    beside = approved(desk).id
    screen.open(new=True)
    desk.settle()
    page = screen.announcing
    page.plan.setCurrentIndex(page.plan.findData(beside))
    desk.settle()
    assert not page.reason_row.isHidden()
    assert first.number in page._before.text()
    page.freeze()
    assert page.reason_row.error == tr("draws.reason_missing")
    page.reason.setText("市局另行部署")
    page.freeze()
    desk.settle()
    assert desk.errors == []
    assert screen.page.shown.draw.plan == beside
    assert screen.page.shown.before.reason == "市局另行部署"
    assert first.number in [one.number for one in screen.page.shown.before.like]


def test_a_reserve_steps_in_and_a_redraw_needs_its_reason(desk: Desk) -> None:
    screen = announced(desk, furnished(desk))
    screen.page.digits[0].digits.setText(DIGITS)
    screen.page.witnesses.setText("张某")
    desk.qtbot.wait(5)
    screen.page.draw()
    desk.settle()
    first = screen.page.shown
    screen._run_write(
        lambda: desk.services.draws.use_reserve(first.draw.id, first.picks[0].id, "已停业"), lambda _: None
    )
    desk.settle()
    assert next(one.is_gone for one in screen.page.shown.picks)
    screen._again()
    desk.settle()
    screen.announcing.freeze()
    assert screen.announcing.reason_row.error == tr("draws.reason_missing")
    screen.announcing.reason.setText("名录有误")
    screen.announcing.freeze()
    desk.settle()
    assert screen.page.shown.draw.supersedes == first.draw.id
    screen.show_list()
    desk.settle()
    assert screen.list.table.model().rowCount() == 2


def test_an_office_without_an_approved_plan_is_told_so(desk: Desk) -> None:
    screen: Any = desk.open(DrawScreen, new=True)
    assert desk.banners == [tr("draws.no_plan")]
    assert not screen.announcing.freeze_button.isEnabled()


def test_a_draw_is_printed_exported_and_made_into_tasks(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = announced(desk, furnished(desk))
    screen.page.digits[0].digits.setText(DIGITS)
    screen.page.witnesses.setText("张某")
    desk.qtbot.wait(5)
    screen.page.draw()
    desk.settle()
    for call, name in ((screen._print, "sheet.pdf"), (screen._export, "sheet.jsonl")):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, name=name: (str(tmp_path / name), ""))
        call()
        desk.settle()
        assert check_file(tmp_path / name, screen.page.shown.draw.digest)[1] == ()
    assert (tmp_path / "verify_draw.py").exists()
    screen.page.tasks_button.click()
    desk.settle()
    drawn = [one for one in screen.page.shown.picks if not one.is_reserve]
    assert sum(one.task.draw == screen.page.shown.draw.id for one in desk.services.tasks.lines()) == len(drawn)


def test_what_was_announced_can_be_withdrawn_with_a_reason_only(desk: Desk) -> None:
    screen = announced(desk, furnished(desk))
    screen.page.withdraw_button.click()
    dialog = screen.findChild(ConfirmDialog)
    assert not dialog.yes.isEnabled()
    dialog._reason.setPlainText("名录有误")
    dialog.yes.click()
    desk.settle()
    assert screen.page.shown.draw.state is DrawState.VOID
    assert screen.page.shown.draw.reason == "名录有误"


def test_a_lottery_is_entered_with_when_it_was_drawn_and_one_from_before_the_freeze_is_refused(desk: Desk) -> None:
    screen: Any = desk.open(DrawScreen, plan=furnished(desk).id)
    desk.settle()
    screen.announcing.rows[0].kind.setCurrentIndex(screen.announcing.rows[0].kind.findData("lottery"))
    screen.announcing.rows[0].words.setText("体彩排列5第26310期、第26311期、第26312期、第26313期")
    screen.announcing.freeze()
    desk.settle()
    row = screen.page.digits[0]
    screen.page.witnesses.setText("张某")
    desk.qtbot.wait(5)
    screen.page.draw()
    assert row.row.error == tr("draws.digits.missing")
    row.digits.setText(DIGITS)
    for time, error in (("", tr("draws.lottery.time.wrong")), ("25:00", tr("draws.lottery.time.wrong"))):
        row.clock.setText(time)
        screen.page.draw()
        assert row.clock_row.error == error
    row.day.set_value(dt.date(2020, 1, 1))
    row.clock.setText("21时25分")
    screen.page.draw()
    desk.settle()
    assert [error.code for error in desk.errors] == ["draw.seed_early"]
    desk.errors.clear()
    assert screen.page.shown.draw.state is DrawState.FROZEN
    now = local(desk.services.clock())
    row.day.set_value(now.date())
    row.clock.setText(f"{now:%H:%M:%S}")
    desk.qtbot.wait(1100)  # the freeze lies in the same second
    later = local(desk.services.clock())
    row.clock.setText(f"{later:%H:%M:%S}")
    screen.page.draw()
    desk.settle()
    assert screen.page.shown.draw.state is DrawState.DRAWN
    assert screen.page.record.text().replace(" ", "") == screen.page.shown.draw.record
    assert not nameless(screen)


def test_what_was_taken_back_is_shown_with_its_reason_wherever_the_plan_is_drawn(desk: Desk) -> None:
    plan = furnished(desk)
    screen = announced(desk, plan)
    desk.services.draws.withdraw(screen.page.shown.draw.id, "名录有误")
    screen._begin(plan.id)
    desk.settle()
    told = tr("draws.earlier", told="公布冻结 1 次，其中撤回 1 次")
    assert (screen.announcing._before.text(), screen.announcing._before.isHidden()) == (told, False)
    screen.announcing.freeze()
    desk.settle()
    assert told in screen.page.told.text()
    page: Any = desk.open(PlansScreen, plan=plan.id, tab="approval")
    desk.settle()
    assert page.page.approval._draws.text() == tr("plans.drawn", told="公布冻结 2 次，其中撤回 1 次")


def test_who_is_in_two_groups_is_listed_before_the_freeze(desk: Desk) -> None:
    plan = furnished(desk)
    other = dataclasses.replace(plan.groups[0], id=RowId("second"), title="进销存专项")
    with desk.services.plans._store.db.write() as unit:
        unit.put("plan_group", other.id, stored.part("groups", plan.id, other, 1))
    screen: Any = desk.open(DrawScreen, plan=plan.id)
    desk.settle()
    assert screen.announcing.twice.model().rowCount() == 12
    assert screen.announcing._twice_said.text() == tr("draws.twice.apart", n=12)
    with desk.services.plans._store.db.write() as unit:
        unit.put("plan", plan.id, {"once": 1})
    screen.announcing.look()
    desk.settle()
    assert screen.announcing._twice_said.text() == tr("draws.twice.joined", n=12)
