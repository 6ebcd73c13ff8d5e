"""The widgets do what keys, pen and pointer ask."""

import datetime as dt
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from app.gui import icons
from app.gui.models.tuples import Column, TupleTableModel
from app.gui.prefs import Prefs
from app.gui.theme import DARK, LIGHT, Palette, Theme
from app.gui.widgets.confirm import ConfirmDialog
from app.gui.widgets.edits import DateEdit, MoneyEdit, NumberEdit
from app.gui.widgets.empty import EmptyState
from app.gui.widgets.forms import FormRow
from app.gui.widgets.layout import vbox
from app.gui.widgets.notices import BannerStack
from app.gui.widgets.search import SearchBox
from app.gui.widgets.signature import SignaturePad
from app.gui.widgets.steps import Steps
from app.gui.widgets.views import TableView

TODAY = dt.date(2026, 11, 22)


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["text1", "text2"])
@pytest.mark.parametrize("ground", ["surface0", "surface1", "surface2"])
def test_text_reads_well_on_every_surface(colors: Palette, ink: str, ground: str) -> None:
    assert contrast(colors.tone(ink), colors.tone(ground)) >= 4.5


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("tone", ["ok", "bad", "accent", "rehearsal"])
def test_a_tone_reads_well_on_a_card_and_on_its_own_soft_ground(colors: Palette, tone: str) -> None:
    assert contrast(colors.tone(tone), colors.surface1) >= 4.5
    assert contrast(colors.tone(tone), colors.soft(tone)) >= 4.5


def test_every_icon_is_in_the_family(qtbot: QtBot, theme: Theme) -> None:
    assert all(not icons.pixmap(name).isNull() for name in icons.NAMES)


def test_an_amount_in_wan_is_tidied_when_left(qtbot: QtBot, theme: Theme) -> None:
    edit = MoneyEdit("金额")
    qtbot.addWidget(edit)
    edit.setText("１．２万元")
    with qtbot.waitSignal(edit.committed):
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == "￥12,000.00"
    assert edit.value() == Decimal("12000.00")


def test_a_wrong_amount_says_so_below_and_turns_right_while_mended(qtbot: QtBot, theme: Theme) -> None:
    edit = MoneyEdit("金额")
    row = FormRow("金额", edit)
    qtbot.addWidget(row)
    edit.setText("abc")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert row.error
    assert edit.value() is None
    edit.clear()
    qtbot.keyClicks(edit, "5")
    assert not row.error


def test_a_number_out_of_bounds_names_the_bounds(qtbot: QtBot, theme: Theme) -> None:
    edit = NumberEdit("占比", high=Decimal(100), places=2)
    qtbot.addWidget(edit)
    edit.setText("120")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert "100" in edit.problem


def test_the_arrows_move_a_date_by_a_day(qtbot: QtBot, theme: Theme) -> None:
    edit = DateEdit("日期", lambda: TODAY)
    qtbot.addWidget(edit)
    edit.set_value(dt.date(2026, 3, 1))
    qtbot.keyClick(edit, Qt.Key.Key_Down)
    assert edit.value() == dt.date(2026, 2, 28)


def test_a_signature_is_kept_as_shares_of_the_width_with_time(qtbot: QtBot, theme: Theme) -> None:
    clock = iter([10.0, 10.0, 10.05, 10.1, 10.2])
    pad = SignaturePad(seconds=lambda: next(clock))
    qtbot.addWidget(pad)
    pad.resize(400, 200)
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    qtbot.mouseMove(pad, QPoint(200, 100))
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    first = pad.strokes[0]
    assert (first[0].x, first[0].y, first[0].t_ms) == (0.1, 0.1, 0)
    assert (first[-1].x, first[-1].y) == (0.5, 0.25)
    assert first[-1].t_ms == 50


def test_a_resize_keeps_the_strokes(qtbot: QtBot, theme: Theme) -> None:
    pad = SignaturePad()
    qtbot.addWidget(pad)
    pad.resize(400, 200)
    qtbot.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    before = pad.strokes
    pad.resize(800, 400)
    pad.grab()
    assert pad.strokes == before


def test_backspace_undoes_a_stroke_and_delete_clears(qtbot: QtBot, theme: Theme) -> None:
    pad = SignaturePad()
    qtbot.addWidget(pad)
    pad.resize(400, 200)
    for x in (50, 100, 150):
        qtbot.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(x, 100))
    qtbot.keyClick(pad, Qt.Key.Key_Backspace)
    assert len(pad.strokes) == 2
    qtbot.keyClick(pad, Qt.Key.Key_Delete)
    assert pad.is_empty


def test_a_reason_must_be_written_before_the_verb_can_be_pressed(qtbot: QtBot, theme: Theme) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    ask = ConfirmDialog(over, "作废照片？", "照片仍保留。", "作废", danger=True, ask_reason="理由")
    assert not ask.yes.isEnabled()
    ask._reason.setPlainText(" 拍错了 ")
    assert ask.yes.isEnabled()
    assert ask.reason == "拍错了"


def test_the_same_banner_is_shown_once(qtbot: QtBot, theme: Theme) -> None:
    stack = BannerStack()
    qtbot.addWidget(stack)
    stack.add("磁盘已满")
    stack.add("磁盘已满")
    assert len(stack.banners()) == 1


def test_search_asks_once_after_a_pause(qtbot: QtBot, theme: Theme) -> None:
    box = SearchBox()
    qtbot.addWidget(box)
    asked: list[str] = []
    box.wanted.connect(asked.append)
    qtbot.keyClicks(box, "renhe")
    qtbot.waitUntil(lambda: asked == ["renhe"])


def test_copying_a_table_gives_titles_and_rows_for_a_spreadsheet(
    qtbot: QtBot, theme: Theme, prefs: Prefs
) -> None:
    columns = (Column("名称", lambda row: row[1]), Column("金额", lambda row: row[2], is_number=True))
    model: TupleTableModel[tuple[int, str, str]] = TupleTableModel(columns, lambda row: row[0])
    model.set_rows([(1, "甲", "1.00"), (2, "=乙()", "-2.00")])
    table = TableView("表", prefs, "test")
    qtbot.addWidget(table)
    table.setModel(model)
    table.selectAll()
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "名称\t金额\n甲\t1.00\n'=乙()\t-2.00"


def test_margins_follow_the_scale_live(qtbot: QtBot, theme: Theme) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column = vbox(page, margin=16)
    column.addWidget(QLabel("x"))
    page.show()
    theme.apply(scale=1.5)
    assert column.contentsMargins().left() == 24


def test_the_steps_say_their_state_to_a_screen_reader(qtbot: QtBot, theme: Theme) -> None:
    steps = Steps([("a", "准备"), ("b", "检查")])
    qtbot.addWidget(steps)
    steps.show_state("b", ["a"])
    assert [made.accessibleName() for made in steps._buttons.values()] == ["准备，已完成", "检查，当前"]


def test_where_there_is_little_room_only_the_current_step_keeps_its_words(qtbot: QtBot, theme: Theme) -> None:
    steps = Steps([("a", "准备"), ("b", "检查"), ("c", "核对")])
    page = QWidget()
    qtbot.addWidget(page)
    steps.setParent(page)
    steps.show_state("b", ["a"])
    steps.resize(steps.sizeHint())
    page.show()
    assert [made.text() for made in steps._buttons.values()] == ["✓ 准备", "② 检查", "③ 核对"]
    steps.resize(steps.minimumSizeHint())
    assert [made.text() for made in steps._buttons.values()] == ["✓", "② 检查", "③"]
    assert steps._buttons["c"].toolTip() == "核对"


def test_an_empty_page_is_filled_when_it_is_first_seen(qtbot: QtBot, theme: Theme) -> None:
    wished: list[str] = []
    pages, full = QStackedWidget(), QLabel("一行")
    empty = EmptyState("task", "没有任务", "从这里开始", action="新建", on_action=lambda: wished.append("new"))
    for page in (full, empty):
        pages.addWidget(page)
    qtbot.addWidget(pages)
    pages.show()
    empty.say("还没有任务", "点新建")
    assert empty.findChildren(QLabel) == []
    pages.setCurrentWidget(empty)
    assert [one.text() for one in empty.findChildren(QLabel) if one.text() and one.isVisible()] == ["还没有任务", "点新建"]
    assert empty.button is not None
    assert empty.button.isVisible()
    empty.button.click()
    assert wished == ["new"]


def test_the_lines_below_a_field_stand_in_one_order_whichever_came_first(qtbot: QtBot, theme: Theme) -> None:
    row = FormRow("日期", QLineEdit(), hint="如 2026-11-22")
    qtbot.addWidget(row)
    row.show()

    def lines() -> list[str]:
        words = [one for one in row.findChildren(QLabel) if one.isVisible() and one is not row.name]
        return [one.text() for one in sorted(words, key=lambda one: one.y())]

    row.set_error("不是日期")
    row.set_doubt("早于今天")
    qtbot.waitUntil(lambda: lines() == ["早于今天", "不是日期"])
    assert row.error == "不是日期"
    row.set_error("")
    qtbot.waitUntil(lambda: lines() == ["如 2026-11-22", "早于今天"])
    row.set_doubt("")
    assert lines() == ["如 2026-11-22"]
