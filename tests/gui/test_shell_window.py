"""The open window: its screens, its keys, its banners, at every size."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget

from app.core.errors import Refused
from app.core.outcome import Change, Outcome
from app.gui.shell import LEAST
from app.gui.theme import Theme
from app.gui.widgets.help import HelpOverlay
from app.gui.widgets.layout import scrolled, vbox
from tests.gui.shell_office import Backups, Seat, opened


def test_a_page_in_the_smallest_window_scrolls_to_what_takes_the_focus(seat: Seat) -> None:
    seat.window.resize(LEAST)
    opened(seat)
    page = seat.frame.screen_now
    field = QLineEdit(page)
    field.setGeometry(page.width() - 60, page.height() - 40, 60, 40)
    field.show()
    assert seat.window.size() == LEAST
    assert page.height() >= 360
    assert field.visibleRegion().isEmpty()
    page.setFocus()
    for _ in range(40):
        if field.hasFocus():
            break
        QTest.keyClick(seat.window.focusWidget(), Qt.Key.Key_Tab)
    assert field.hasFocus()
    assert field.visibleRegion().boundingRect() == field.rect()


def test_a_page_that_scrolls_by_itself_has_no_second_bar_in_the_smallest_window(seat: Seat) -> None:
    seat.window.resize(LEAST)
    opened(seat)
    page = seat.frame.screen_now
    inner = QWidget()
    inner.setMinimumHeight(900)
    QWidget().setLayout(page.layout())
    vbox(page).addWidget(scrolled(inner))
    outer = next(one for one in seat.frame.findChildren(QScrollArea) if one.isAncestorOf(page))
    seat.qtbot.waitUntil(lambda: outer.verticalScrollBar().maximum() == 0)
    assert page.height() == outer.viewport().height()


def test_what_the_tab_key_comes_to_is_brought_into_sight_within_a_part_that_scrolls(seat: Seat) -> None:
    opened(seat)
    page = seat.frame.screen_now
    inner, last = QWidget(), QLineEdit()
    column = vbox(inner)
    column.addSpacing(3000)
    column.addWidget(last)
    first = QLineEdit()
    QWidget().setLayout(page.layout())
    outer = vbox(page)
    outer.addWidget(first)
    outer.addWidget(scrolled(inner), 1)
    QWidget.setTabOrder(first, last)
    seat.qtbot.waitUntil(last.isVisible)
    first.setFocus()
    assert last.visibleRegion().isEmpty()
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert last.hasFocus()
    assert last.visibleRegion().boundingRect() == last.rect()


def test_a_page_is_never_lower_than_what_stands_in_it(seat: Seat) -> None:
    seat.window.resize(LEAST)
    opened(seat)
    page = seat.frame.screen_now
    tall = QWidget(page)
    tall.setMinimumHeight(700)
    page.layout().addWidget(tall)
    seat.qtbot.waitUntil(lambda: page.height() >= 700)


def test_the_keys_scroll_in_the_smallest_window(seat: Seat) -> None:
    seat.window.resize(LEAST)
    opened(seat)
    seat.frame.show_help()
    overlay = seat.frame.findChild(HelpOverlay)
    bar = overlay._area.verticalScrollBar()
    assert seat.frame.rect().contains(overlay._area.parentWidget().geometry())
    assert bar.maximum() > 0
    QTest.keyClick(overlay, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()
    overlay.dismiss()


def test_screens_are_made_when_first_needed_and_kept(seat: Seat) -> None:
    opened(seat)
    frame = seat.frame
    home = frame.screen_now
    assert list(frame._screens) == ["home"]
    frame.go("tasks")
    frame.go("home")
    assert frame.screen_now is home


def test_ctrl_and_a_number_open_the_places_in_the_order_of_the_rail(seat: Seat) -> None:
    opened(seat)
    seat.window.activateWindow()
    seat.qtbot.waitUntil(seat.window.isActiveWindow)
    seat.qtbot.keyClick(seat.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert seat.frame.header.title.text() == "任务"


def test_escape_goes_back_and_the_crumb_names_the_parent(seat: Seat) -> None:
    opened(seat)
    frame = seat.frame
    frame.go("inspection", inspection_id="i1")
    assert frame.screen_now.opened == [{"inspection_id": "i1"}]
    assert frame.header._crumb.text() == "任务"
    seat.qtbot.keyClick(frame.screen_now.field, Qt.Key.Key_Escape)
    assert frame.header.title.text() == "今日"


def test_a_screen_that_may_not_be_left_stays(seat: Seat) -> None:
    opened(seat)
    frame = seat.frame
    home = frame.screen_now
    home.may_leave = False
    frame.go("tasks")
    assert frame.screen_now is home


def test_a_hidden_screen_hears_what_it_missed_by_opening_again(seat: Seat) -> None:
    opened(seat)
    frame = seat.frame
    home = frame.screen_now
    seat.runner.run_write(lambda: Outcome(1, frozenset({Change("task", "t1")})))
    seat.settle()
    assert home.refreshed == [(Change("task", "t1"),)]
    frame.go("tasks")
    seat.runner.run_write(lambda: Outcome(1, frozenset({Change("task", "t2")})))
    seat.settle()
    assert len(home.refreshed) == 1
    frame.go("home")
    assert len(home.opened) == 2


def test_a_failed_write_is_a_banner_with_its_sentence(seat: Seat) -> None:
    opened(seat)

    def refuse() -> None:
        raise Refused("record.locked")

    seat.runner.run_write(refuse)
    seat.settle()
    assert "签字" in seat.frame.banners.banners()[0].text


def test_a_rehearsal_is_marked_in_header_status_and_ribbon(seat: Seat) -> None:
    opened(seat)
    seat.settle()
    frame = seat.frame
    assert frame.ribbon.isVisible()
    assert frame.header.rehearsal.isVisible()
    assert frame.status.rehearsal.isVisible()


def test_the_help_shows_this_pages_keys_and_closes_with_escape(seat: Seat) -> None:
    opened(seat)
    seat.frame.show_help()
    overlay = seat.frame.findChild(HelpOverlay)
    assert overlay is not None
    seat.qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    seat.qtbot.waitUntil(lambda: not seat.frame.findChildren(HelpOverlay))


def test_every_control_that_takes_focus_has_a_name(seat: Seat) -> None:
    opened(seat)
    nameless = [
        widget
        for widget in seat.frame.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.accessibleName()
        and not (hasattr(widget, "text") and widget.text())
    ]
    assert nameless == []


def test_the_scale_and_the_mode_switch_live(seat: Seat, theme: Theme) -> None:
    opened(seat)
    before = seat.frame.rail.width()
    theme.apply("dark", 2.0)
    assert seat.frame.rail.minimumWidth() == 2 * before
    assert theme.colors.surface0 == "#14171C"


def test_an_error_is_withdrawn_and_what_else_was_said_stays(seat: Seat) -> None:
    opened(seat)
    error = Refused("sheet.unreadable", name="名录.xlsx")
    seat.frame.banner("磁盘已满")
    seat.frame.error(error)
    seat.frame.withdraw(error)
    assert [one.text for one in seat.frame.banners.banners()] == ["磁盘已满"]


def test_a_backup_that_fails_is_a_banner_with_a_retry(seat: Seat) -> None:
    services = opened(seat)
    services.backups = Backups()
    seat.window._back_up()
    seat.settle()
    shown = seat.frame.banners.banners()
    assert "磁盘已满" in shown[0].text
    seat.qtbot.mouseClick(shown[0].action, Qt.MouseButton.LeftButton)
    seat.settle()
    assert services.backups.tries == 2
    assert seat.frame.banners.banners() == []
