"""The first page over a real office."""

import datetime as dt

from PySide6.QtCore import Qt

from app.core import clock
from app.gui.screens.home.parts import SignLine, VisitCard
from app.gui.screens.home.view import HomeScreen
from app.gui.widgets.buttons import Button
from app.gui.widgets.labels import ElidedLabel
from tests.gui.registers_office import LONG, Desk, nameless
from tests.unit.services.filled_papers import issued


def today() -> dt.date:
    return clock.today(clock.now())


def primaries(screen: HomeScreen) -> list[Button]:
    return [
        one for one in screen.findChildren(Button) if one.property("kind") == "primary" and one.isVisible()
    ]


def test_an_empty_office_is_told_how_to_begin(desk: Desk) -> None:
    screen = desk.open(HomeScreen)
    assert [one.text() for one in primaries(screen)] == ["新建任务"]
    screen.go_on()
    assert desk.went == [("tasks", {"new": True})]
    assert desk.errors == []


def test_the_most_urgent_visit_is_the_one_primary_action(desk: Desk) -> None:
    desk.task("惠民诊所", due_on=today() + dt.timedelta(9))
    late = desk.task("仁和大药房", due_on=today() - dt.timedelta(2))
    screen = desk.open(HomeScreen)
    assert [one.accessibleName() for one in primaries(screen)] == ["开始检查：仁和大药房"]
    desk.qtbot.keyClick(
        screen.findChildren(VisitCard)[0].button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
    )
    assert desk.went == [("inspection", {"task": late.id})]


def test_a_new_task_appears_without_asking_and_focus_stays(desk: Desk) -> None:
    desk.task("仁和大药房", due_on=today())
    screen = desk.open(HomeScreen)
    screen.activateWindow()
    screen.findChildren(VisitCard)[0].button.setFocus()
    desk.task("惠民诊所")
    screen.refresh(())
    desk.settle()
    cards = [one for one in screen.findChildren(VisitCard) if one.isVisible()]
    assert [one.accessibleName() for one in cards] == ["仁和大药房", "惠民诊所"]
    assert screen.focusWidget().accessibleName() == "开始检查：仁和大药房"


def test_a_name_of_sixty_characters_stays_in_its_card_and_is_read_whole(desk: Desk) -> None:
    desk.task(LONG, due_on=today())
    screen = desk.open(HomeScreen)
    card = screen.findChildren(VisitCard)[0]
    assert card.accessibleName() == LONG
    assert card.button.mapTo(screen, card.button.rect().topRight()).x() < screen.width()


def test_a_paper_that_waits_says_who_is_to_sign_it(desk: Desk) -> None:
    issued(desk.services, "inspection_plan", desk.task("仁和大药房", due_on=today()).id)
    screen = desk.open(HomeScreen)
    [line] = screen.findChildren(SignLine)
    assert line.findChildren(ElidedLabel)[1].text() == "检查方案 · 请在第 1 页加盖机关印章"


def test_every_control_has_a_name(desk: Desk) -> None:
    desk.task("仁和大药房", due_on=today())
    assert nameless(desk.open(HomeScreen)) == []
