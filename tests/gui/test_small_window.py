"""What a person has to read and press is whole in a small window, at 150 % and above."""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.core import clock
from app.core.ids import PersonId
from app.core.leads import Keeper, KeeperId
from app.gui.bus import Bus
from app.gui.catalogue import find_screens
from app.gui.prefs import Prefs
from app.gui.runner import Runner
from app.gui.screens.calendar.view import CalendarScreen
from app.gui.screens.coverage.view import CoverageScreen
from app.gui.screens.home.parts import VisitCard
from app.gui.screens.home.view import HomeScreen
from app.gui.screens.leads.dialogs import KeepersDialog
from app.gui.screens.papers.kinds import Kind, KindDialog
from app.gui.screens.plans.steps import ApprovalQuestion
from app.gui.screens.registers.importing import ImportScreen
from app.gui.screens.registers.listing import Pills
from app.gui.screens.registers.view import RegistersScreen
from app.gui.screens.settings.view import SettingsScreen
from app.gui.shell import LEAST as SMALLEST
from app.gui.theme import Theme, current
from app.gui.widgets.asked import Asked
from app.gui.widgets.buttons import Button, button
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.flow import Flow
from app.gui.widgets.forms import FormRow
from app.gui.widgets.labels import ElidedLabel
from app.gui.widgets.layout import hbox, sized
from app.gui.widgets.rail import Brand, Rail, RailButton
from tests.gui.registers_office import LONG, Desk, sit
from tests.gui.small_window import open_small
from tests.gui.test_coverage_screen import furnished

SCALE = 1.5
LEAST = (1190, 696)
PLACES = [(f"place-{number}", "文书", "document", "") for number in range(10)]


@pytest.fixture(autouse=True)
def large(theme: Theme) -> None:
    theme.apply(scale=SCALE)


@pytest.fixture
def desk(
    tmp_path: Path, runner: Runner, bus: Bus, prefs: Prefs, theme: Theme, qtbot: QtBot
) -> Iterator[Desk]:
    yield from sit(tmp_path, runner, bus, prefs, qtbot)


def shown(qtbot: QtBot, widget: QWidget, width: int, height: int) -> None:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    QApplication.processEvents()


def squeezed(root: QWidget) -> list[str]:
    """Return what has less height than it needs."""
    words = [one for one in root.findChildren(QLabel) if one.isVisible() and one.wordWrap() and one.text()]
    cut = [one.text() for one in words if one.height() < one.heightForWidth(one.width())]
    return cut + [
        one.accessibleName()
        for one in (*root.findChildren(QLineEdit), *root.findChildren(Button))
        if one.isVisible() and one.parentWidget().height() < one.geometry().bottom()
    ]


def too_narrow(root: QWidget) -> list[str]:
    """Return the buttons that are narrower than their words."""
    return [
        one.text() or one.accessibleName()
        for one in root.findChildren(Button)
        if one.isVisible() and one.width() < min(one.sizeHint().width(), one.maximumWidth())
    ]


def on_one_another(root: QWidget) -> list[str]:
    """Return the fields that lie on something beside them."""
    found = []
    for field in (*root.findChildren(QComboBox), *root.findChildren(QLineEdit)):
        beside = field.parentWidget()
        if not field.isVisible() or isinstance(beside, QComboBox | QAbstractSpinBox | QAbstractItemView):
            continue
        others = [
            one
            for one in beside.children()
            if isinstance(one, QWidget) and one is not field and one.isVisible()
        ]
        if any(one.geometry().intersects(field.geometry()) for one in others) or not beside.rect().contains(
            field.geometry()
        ):
            found.append(field.accessibleName())
    return found


def scrolling(root: QWidget) -> list[str]:
    """Return what scrolls sideways."""
    return [
        one.accessibleName() or type(root).__name__
        for one in root.findChildren(QAbstractScrollArea)
        if one.isVisible() and one.horizontalScrollBar().maximum()
    ]


@pytest.mark.parametrize("scale", [1.5, 1.75, 2.0])
def test_nothing_of_a_screen_is_cut_or_lies_on_another_and_no_page_scrolls_sideways(
    desk: Desk, scale: float
) -> None:
    desk.person(LONG[:20], "22060099")
    desk.task(LONG)
    desk.services.plans.create("XQF", year=2026)
    narrow, covered, sideways = {}, {}, []
    for spec in find_screens():
        screen = open_small(desk, spec.factory, scale)
        if cut := too_narrow(screen):
            narrow[spec.name] = cut
        if lying := on_one_another(screen):
            covered[spec.name] = lying
        sideways += scrolling(screen)
    assert narrow == {}
    assert covered == {}
    assert sideways == []


def test_the_mark_above_ten_places_is_whole(qtbot: QtBot) -> None:
    rail = Rail(PLACES)
    rail.set_narrow(True)
    shown(qtbot, rail, rail.width(), LEAST[1] - 4)
    [brand] = rail.findChildren(Brand)
    assert brand.height() == brand.sizeHint().height()


def test_all_ten_places_are_in_sight_in_the_smallest_window(qtbot: QtBot, theme: Theme) -> None:
    theme.apply(scale=1.0)
    rail = Rail(PLACES)
    rail.set_narrow(True)
    window = QWidget()
    window.setMinimumSize(1, 1)
    rail.setParent(window)
    shown(qtbot, window, 640, SMALLEST.height())
    rail.resize(rail.width(), SMALLEST.height() - 3)
    QApplication.processEvents()
    places = rail.findChildren(RailButton)
    assert len(places) == 10
    for before, after in pairwise(places):
        assert before.geometry().bottom() < after.geometry().top()
    assert rail._fold.geometry().bottom() < rail.height()
    assert places[-1].geometry().bottom() < rail._fold.geometry().top()


def confirming(window: QWidget) -> Asked:
    return ConfirmDialog(
        window, "撤销吗？", "撤销后这项任务不再出现在任何人的待办中。" * 12, "撤销", ask_reason="理由"
    )


def choosing(window: QWidget) -> Asked:
    return KindDialog(
        window,
        [Kind(str(one), "证据先行登记保存决定书", "conditional", "证据可能灭失的") for one in range(30)],
    )


def keeping(window: QWidget) -> Asked:
    fingerprint = "5149 6506 0398 5564 0778 8209"
    return KeepersDialog(
        window,
        tuple(Keeper(KeeperId(str(one)), PersonId("p"), "程砚秋", fingerprint) for one in range(12)),
        "p",
    )


def approving(window: QWidget) -> Asked:
    return ApprovalQuestion(window, "青禾医保批〔2026〕3号")


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("ask", [confirming, choosing, keeping, approving])
def test_the_buttons_of_a_question_are_in_sight_in_the_smallest_window(
    qtbot: QtBot, theme: Theme, scale: float, ask: Callable[[QWidget], Asked]
) -> None:
    theme.apply(scale=scale)
    window = QWidget()
    theme.dress(window)
    shown(qtbot, window, round(SMALLEST.width() * scale), round(SMALLEST.height() * scale))
    asked = ask(window)
    asked.open()
    QApplication.processEvents()
    assert asked.width() <= window.width()
    assert asked.height() <= window.height()
    foot = [
        one for one in asked.findChildren(Button) if one.isVisible() and not asked._area.isAncestorOf(one)
    ]
    assert foot
    for one in foot:
        assert one.visibleRegion().boundingRect() == one.rect()
    asked.close()


def test_the_button_that_the_empty_page_of_a_self_test_names_is_in_sight(desk: Desk) -> None:
    screen = open_small(desk, SettingsScreen, part="doctor")
    made = screen.part("doctor").run_button
    assert made.visibleRegion().boundingRect() == made.rect()


def test_an_empty_page_leaves_its_picture_out_before_its_words(qtbot: QtBot) -> None:
    empty = EmptyState(
        "home", "还没有", "这里登记定点医药机构：名称、类型、信用代码和地址。" * 3, action="登记"
    )
    shown(qtbot, empty, 900, 290)
    assert squeezed(empty) == []
    assert not empty._picture.isVisible()
    empty.resize(900, 700)
    QApplication.processEvents()
    assert empty._picture.isVisible()


def test_a_question_higher_than_the_window_scrolls_and_its_buttons_stay(qtbot: QtBot) -> None:
    window = QWidget()
    shown(qtbot, window, *LEAST)
    asked = Asked(window, "问题", 440)
    for number in range(12):
        asked.column.addWidget(FormRow(f"第 {number} 栏", QLineEdit()))
    yes = button("好", asked.accept)
    asked.foot.addWidget(yes)
    asked.open()
    QApplication.processEvents()
    assert asked.height() <= LEAST[1]
    assert squeezed(asked) == []
    assert yes.mapTo(asked, yes.rect().bottomLeft()).y() < asked.height()
    last = asked.findChildren(QLineEdit)[-1]
    assert last.visibleRegion().isEmpty()
    asked.findChildren(QLineEdit)[-2].setFocus()
    asked._area.focusNextPrevChild(True)
    assert not last.visibleRegion().isEmpty()
    asked.close()


def test_a_question_grows_with_what_is_added_to_it(qtbot: QtBot) -> None:
    window = QWidget()
    shown(qtbot, window, *LEAST)
    asked = Asked(window, "问题", 440)
    asked.foot.addWidget(button("好", asked.accept))
    asked.open()
    QApplication.processEvents()
    before = asked.height()
    line = QLineEdit()
    asked.column.addWidget(FormRow("后来才有的一栏", line))
    qtbot.waitUntil(lambda: asked.height() > before and line.visibleRegion().boundingRect() == line.rect())
    asked.close()


def test_every_day_of_a_month_has_room_for_its_number(desk: Desk, theme: Theme) -> None:
    screen = desk.open(CalendarScreen)
    rows = range(screen.days.rowCount())
    assert min(screen.grid.rowHeight(row) for row in rows) >= theme.px(24)


@pytest.mark.parametrize("scale", [1.5, 1.75, 2.0])
def test_lists_share_the_width_there_is_and_cut_a_state_last_of_all(desk: Desk, scale: float) -> None:
    desk.person("顾明岚", "22060099", dt.date(2029, 3, 31))
    people = open_small(desk, RegistersScreen, scale, tab="people").people.list.table
    furnished(desk)
    weeks = open_small(desk, CoverageScreen, scale, tab="progress").panes["progress"].weeks.table
    for table in (people, weeks):
        assert table.isVisible()
        assert table.model().rowCount()
        assert scrolling(table) == []
    for place, column in enumerate(weeks.columns):
        assert column.is_spare or weeks.columnWidth(place) >= weeks._needed(place)
    states = [place for place, column in enumerate(people.columns) if column.mark is not None]
    assert people.columnWidth(states[0]) >= current().px(112)


@pytest.mark.parametrize("scale", [1.5, 2.0])
@pytest.mark.parametrize(("width", "bars"), [(6, []), (20, ["文件的前几行"])])
def test_of_an_import_nothing_scrolls_sideways_but_the_first_rows_of_a_wide_table(
    desk: Desk, tmp_path: Path, scale: float, width: int, bars: list[str]
) -> None:
    file, names = tmp_path / "名录.csv", ["机构名称", "统一社会信用代码", "地址", *(f"附注{n}" for n in range(3, width))]
    cells = [LONG, "91350100M000100Y43", "青禾区康宁路一百二十八号", *("见原件" for _ in range(3, width))]
    file.write_text("\n".join(",".join(line) for line in (names, cells, cells)), "utf-8")
    screen = open_small(desk, ImportScreen, scale)
    screen.choose(file)
    desk.settle()
    assert screen.columns.sample.isVisible()
    assert scrolling(screen) == bars


def test_the_fields_of_an_import_do_not_lie_on_one_another(desk: Desk) -> None:
    assert squeezed(desk.open(ImportScreen)) == []


def test_pills_that_got_longer_words_while_unseen_show_them_whole(qtbot: QtBot, theme: Theme) -> None:
    pills, page, pages = Pills("筛选", [("all", "全部"), ("missing", "缺")]), QWidget(), QStackedWidget()
    bar = hbox(page)
    bar.addWidget(pills)
    bar.addStretch(1)
    pages.addWidget(page)
    pages.addWidget(QWidget())
    theme.dress(pages)
    shown(qtbot, pages, 800, 200)
    pages.setCurrentIndex(1)
    pills.rename("missing", "缺 127 份文书")
    pages.setCurrentWidget(page)
    QApplication.processEvents()
    assert too_narrow(page) == []


def test_what_grows_in_a_line_takes_what_is_left_of_it_and_goes_below_where_there_is_no_room(
    qtbot: QtBot, theme: Theme
) -> None:
    theme.apply(scale=1.0)
    flow, parts = Flow(gap=8), [sized(QLineEdit(), min_width=100, max_width=220) for _ in range(4)]
    for one in parts:
        one.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        flow.add(one, grows=True)
    wanted = parts[0].sizeHint().width()
    shown(qtbot, flow, 4 * wanted + 24 + 40, 100)
    assert [one.width() for one in parts] == [wanted + 10] * 4
    assert len({one.y() for one in parts}) == 1
    flow.resize(2 * wanted + 8, 200)
    QApplication.processEvents()
    assert [one.width() for one in parts] == [wanted] * 4
    assert parts[0].y() == parts[1].y() < parts[2].y() == parts[3].y()
    assert flow.minimumSizeHint().height() == flow.heightForWidth(flow.width()) > parts[0].height()
    flow.resize(2000, 100)
    QApplication.processEvents()
    assert [one.width() for one in parts] == [220] * 4


def test_the_name_on_a_card_of_today_is_whole_where_its_deadline_goes_below_it(
    desk: Desk, theme: Theme
) -> None:
    desk.task("青禾区同泽大药房春晓路分店", due_on=clock.today(clock.now()) + dt.timedelta(days=2))
    [card] = open_small(desk, HomeScreen, 2.0).findChildren(VisitCard)
    [name] = [one for one in card.findChildren(ElidedLabel) if one.text() == "青禾区同泽大药房春晓路分店"]
    assert name.width() >= name.sizeHint().width()
