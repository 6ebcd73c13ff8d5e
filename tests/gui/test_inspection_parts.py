"""The parts of the inspection screen that need no office: ledger, picture, cells, detail rows."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.ids import RowId
from app.core.inspections import Answer, DetailRow, SheetRef, SheetView
from app.gui.checklist.editors import TableEditor, editor_for
from app.gui.checklist.rows_model import RowsModel
from app.gui.checklist.value_editors import ChoiceEditor, NumberEditor
from app.gui.checklist.values import kept_cell, laid_on, pasted, shown_cell
from app.gui.screens.inspection.cards import ItemDelegate
from app.gui.screens.inspection.item_list import ItemList
from app.gui.screens.inspection.ledger import Ledger
from app.gui.screens.inspection.models import ItemsModel
from app.gui.screens.inspection.picture import Line, Only, Picture, next_open
from app.gui.theme import Theme
from checklists.schema import (
    AnswerKind,
    Applies,
    Basis,
    Column,
    ColumnKind,
    Item,
    Problem,
    Section,
    Severity,
    Template,
)

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal
KEY = ("T", "T-1")
COLUMNS = (
    Column("product", "品名", ColumnKind.TEXT, required=True),
    Column("quantity", "数量", ColumnKind.INTEGER, required=True, total=True),
    Column("price", "单价", ColumnKind.MONEY, required=True),
    Column("amount", "金额", ColumnKind.MONEY, formula="quantity * price", total=True),
)


def item(code: str, kind: AnswerKind = AnswerKind.STATE, **more: object) -> Item:
    fields = {
        "question": f"{code} 是否落实?",
        "look_at": "台账",
        "capture": "照片",
        "violation_title": "其他",
        "violations": (),
        "basis": (Basis("条例", "38"),),
        "source": "test",
    }
    return Item(code=code, kind=kind, **{**fields, **more})


def template(*sections: Section) -> Template:
    return Template("T", 1, "模板", "模板", "test", Applies(()), sections, (), "0" * 64)


def picture(ledger: Ledger, hidden: frozenset[str] = frozenset()) -> Picture:
    sections = (
        Section("a", "第一章", (item("T-1"), item("T-2"))),
        Section("b", "第二章", (item("T-3"),)),
    )

    def visible(made: Template, answers: object) -> frozenset[str]:
        return frozenset(one.code for one in made.items) - hidden

    def problems(made: Template, answers: dict[str, Answer]) -> tuple[Problem, ...]:
        return tuple(
            Problem(code, Severity.BLOCK, "evidence_missing", "没有证据")
            for code, answer in answers.items()
            if answer.state == "fail" and not answer.evidence
        )

    return Picture((template(*sections),), ledger, visible, problems)


def sheet(*answers: Answer) -> SheetView:
    return SheetView(SheetRef("T", 1, "0" * 64), {answer.item: answer for answer in answers})


def test_a_rejected_change_leaves_the_later_one_of_the_same_item() -> None:
    ledger = Ledger()
    first = ledger.propose(KEY, {"state": "fail"})
    second = ledger.propose(KEY, {"note": "x"})
    ledger.reject(first)
    assert (ledger.shown(KEY).state, ledger.shown(KEY).note) == ("open", "x")
    ledger.confirm(second, Answer(*KEY, note="x"))
    assert ledger.is_settled


def test_a_reading_older_than_a_confirmed_change_is_not_adopted() -> None:
    ledger = Ledger()
    before = ledger.revision
    ledger.confirm(ledger.propose(KEY, {"state": "pass"}), Answer(*KEY, state="pass"))
    assert not ledger.reload((sheet(),), before)
    assert ledger.shown(KEY).state == "pass"


@given(st.lists(st.tuples(st.sampled_from(["pass", "fail", "na", "open"]), st.booleans()), max_size=12))
def test_after_all_saves_came_back_the_ledger_shows_what_the_store_has(steps: list[tuple[str, bool]]) -> None:
    ledger, stored = Ledger(), Answer(*KEY)
    tickets = [(ledger.propose(KEY, {"state": state}), state, works) for state, works in steps]
    for ticket, state, works in tickets:
        if works:
            stored = Answer(*KEY, state=state)
            ledger.confirm(ticket, stored)
        else:
            ledger.reject(ticket)
    assert ledger.shown(KEY) == stored
    assert ledger.is_settled


def test_the_picture_counts_visible_items_only() -> None:
    made = picture(Ledger((sheet(Answer("T", "T-1", state="fail")),)), hidden=frozenset({"T-3"}))
    assert (made.counts.total, made.counts.open, made.counts.failed, made.counts.unproven) == (2, 1, 1, 1)
    assert [(line.title, line.assessed, line.failed) for line in made.sections] == [("第一章", 1, 1)]


def test_a_filter_keeps_the_item_that_was_answered_under_it() -> None:
    ledger = Ledger()
    made = picture(ledger)
    ledger.propose(("T", "T-2"), {"state": "pass"})
    made.refresh("T")
    assert [line.item.code for line in made.listed(Only.OPEN, "")] == ["T-1", "T-3"]
    kept = made.listed(Only.OPEN, "", {("T", "T-2")})
    assert [line.item.code for line in kept] == ["T-1", "T-2", "T-3"]
    assert [line.section_title for line in kept] == ["第一章", "", "第二章"]


def test_the_search_finds_code_and_question() -> None:
    made = picture(Ledger())
    assert [line.item.code for line in made.listed(Only.ALL, "t-3")] == ["T-3"]


def test_the_next_open_item_is_looked_for_once_around() -> None:
    lines = picture(Ledger((sheet(Answer("T", "T-2", state="pass"), Answer("T", "T-3", state="na")),))).lines
    assert next_open(lines, 0) == 0
    assert next_open(lines, 1) == 0


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (ColumnKind.MONEY, "￥1,284", "1284"),
        (ColumnKind.MONEY, "1.2万元", "12000.00"),
        (ColumnKind.INTEGER, "１２０", "120"),
        (ColumnKind.DATE, "2026年4月2日", "2026-04-02"),
        (ColumnKind.DATE, "20260402", "2026-04-02"),
        (ColumnKind.DATE, "四月", "四月"),
        (ColumnKind.MONEY, "约三百", "约三百"),
    ],
)
def test_a_cell_is_kept_in_one_form_or_as_it_was_typed(kind: ColumnKind, typed: str, kept: str) -> None:
    assert kept_cell(Column("x", "列", kind), typed) == kept


def test_a_date_without_a_year_is_of_this_year() -> None:
    kept = kept_cell(Column("x", "列", ColumnKind.DATE), "4月2日")
    assert dt.date.fromisoformat(kept).month == 4


def test_money_is_shown_with_separators_and_the_minus_of_print() -> None:
    assert shown_cell(COLUMNS[3], "-1284.5") == "−1,284.50"


def test_a_pasted_block_may_hold_quoted_cells_with_line_breaks() -> None:
    assert pasted('a\t"b\nc"\r\n"say ""hi"""\td\r\n') == [["a", "b\nc"], ['say "hi"', "d"]]


@given(st.text(max_size=200))
def test_any_clipboard_text_is_read_as_rows(text: str) -> None:
    block = pasted(text)
    assert block
    assert all(set(cells) <= {"product", "quantity", "price"} for cells in laid_on(COLUMNS, block, 0))


def test_a_pasted_heading_says_where_the_cells_go() -> None:
    block = [["金额", "数量", "品名"], ["9", "2", "甘草片"]]
    assert laid_on(COLUMNS, block, 0) == [{"quantity": "2", "product": "甘草片"}]


def test_without_a_heading_cells_fill_typed_columns_from_the_current_one() -> None:
    assert laid_on(COLUMNS, [["2", "1.5"]], 1) == [{"quantity": "2", "price": "1.5"}]


@pytest.fixture
def rows(theme: Theme) -> RowsModel:
    return RowsModel(item("T-1", AnswerKind.ROWS, columns=COLUMNS))


def stored(number: int, **cells: str) -> DetailRow:
    return DetailRow(RowId(f"r{number}"), cells)


def test_the_detail_rows_keep_the_rules_of_a_model(rows: RowsModel, qapp: QApplication) -> None:
    tester = QAbstractItemModelTester(rows, FATAL)
    rows.setData(rows.index(0, 0), "甘草片")
    rows.adopt((stored(1, product="甘草片"),))
    rows.insert_block(1, [{"product": "阿莫西林", "quantity": "2", "price": "3"}])
    rows.remove(0)
    rows.set_read_only(True)
    rows.adopt(())
    assert tester.model() is rows


def test_computed_cells_and_totals_follow_what_is_typed(rows: RowsModel) -> None:
    rows.insert_block(
        0,
        [
            {"product": "a", "quantity": "3", "price": "1.50"},
            {"product": "b", "quantity": "2", "price": "10"},
        ],
    )
    assert rows.index(0, 3).data() == "4.50"
    assert [rows.index(3, place).data() for place in range(4)] == ["合计", "5", "", "24.50"]


def test_a_changed_row_whose_id_is_still_awaited_is_asked_for_again(rows: RowsModel) -> None:
    asked: list[tuple[object, dict[str, str]]] = []
    rows.save_wanted.connect(lambda row, cells: asked.append((row, cells["quantity"])))
    rows.setData(rows.index(0, 0), "甘草片")
    rows.setData(rows.index(0, 1), "3")
    assert asked == [(None, "")]
    rows.adopt((stored(1, product="甘草片"),))
    assert asked == [(None, ""), ("r1", "3")]
    assert rows.index(0, 1).data() == "3"


def test_a_row_another_laptop_added_comes_in_beside_the_own_ones(rows: RowsModel) -> None:
    rows.adopt((stored(1, product="a", quantity="1", price="1"),))
    rows.adopt(
        (stored(1, product="a", quantity="1", price="1"), stored(2, product="b", quantity="1", price="1"))
    )
    assert [rows.index(place, 0).data() for place in range(2)] == ["a", "b"]


def test_each_kind_has_its_editor(theme: Theme, qtbot: QtBot) -> None:
    assert editor_for(item("T-1")) is None
    for kind, more in (
        (AnswerKind.ROWS, {"columns": COLUMNS}),
        (AnswerKind.STATE_AMOUNT, {}),
        (AnswerKind.NUMBER, {}),
        (AnswerKind.PERCENT, {"columns": COLUMNS}),
        (AnswerKind.DATE, {}),
        (AnswerKind.CHOICE, {"choices": ("甲", "乙")}),
        (AnswerKind.TEXT, {}),
    ):
        made = editor_for(item("T-1", kind, **more))
        assert made is not None
        qtbot.addWidget(made)
        made.show_answer(Answer(*KEY))
        made.flush()


def test_a_percentage_is_told_once_it_can_be_read(theme: Theme, qtbot: QtBot) -> None:
    made = NumberEditor(item("T-1", AnswerKind.PERCENT))
    qtbot.addWidget(made)
    told: list[object] = []
    made.edited.connect(told.append)
    made.field.setText("120")
    made.pause.touch()
    made.flush()
    assert told == []
    made.field.setText("85.5")
    made.pause.touch()
    made.flush()
    assert told == [{"value": "85.5"}]


def test_a_choice_is_told_at_once(theme: Theme, qtbot: QtBot) -> None:
    made = ChoiceEditor(item("T-1", AnswerKind.CHOICE, choices=("甲", "乙")))
    qtbot.addWidget(made)
    told: list[object] = []
    made.edited.connect(told.append)
    made._pills[1].click()
    assert told == [{"value": "乙"}]


def test_the_table_is_as_tall_as_its_rows(theme: Theme, qtbot: QtBot) -> None:
    made = TableEditor(item("T-1", AnswerKind.ROWS, columns=COLUMNS))
    qtbot.addWidget(made)
    made.resize(600, 400)
    before = made.sizeHint().height()
    made.model.insert_block(0, [{"product": "a"}] * 3)
    assert made.sizeHint().height() == before + 3 * 32


def test_words_take_two_lines_before_a_table_scrolls_sideways(theme: Theme, qtbot: QtBot) -> None:
    made = TableEditor(item("T-1", AnswerKind.ROWS, columns=COLUMNS))
    made.model.insert_block(0, [{"product": "阿莫西林克拉维酸钾胶囊", "quantity": "24", "price": "15.50"}])
    qtbot.addWidget(made)
    made.show()
    seen = {}
    for width in (600, 300, 220):
        made.resize(width, 400)
        QApplication.processEvents()
        seen[width] = (made.table.rowHeight(0), made.table.horizontalScrollBar().maximum() > 0)
        assert made.table.verticalScrollBar().maximum() == 0
    assert seen == {600: (32, False), 300: (52, False), 220: (52, True)}
    assert made.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole) == "阿莫西林克拉维酸钾胶囊"


def test_items_come_and_go_by_the_rules_of_a_model(theme: Theme) -> None:
    model = ItemsModel()
    tester = QAbstractItemModelTester(model, FATAL)
    lines = picture(Ledger()).listed(Only.ALL, "")
    model.set_rows(lines)
    model.set_rows(lines[1:])
    model.set_rows(lines)
    model.set_rows(())
    assert tester.model() is model


def test_a_question_of_300_characters_is_shown_whole(theme: Theme, qtbot: QtBot) -> None:
    listed = ItemList(ItemsModel())
    qtbot.addWidget(listed)
    delegate = listed.itemDelegate()
    assert isinstance(delegate, ItemDelegate)
    short = Line("T", "a", item("T-1"), Answer(*KEY))
    long = Line("T", "a", item("T-2", question="是否按规定" * 60), Answer("T", "T-2"))
    assert delegate.card(long, 500).question.height() > 5 * delegate.card(short, 500).question.height()


def test_an_amount_of_rows_is_their_total() -> None:
    answer = Answer(*KEY, rows=(stored(1, product="a", quantity="2", price="3"),))
    made = Picture(
        (template(Section("a", "章", (item("T-1", AnswerKind.ROWS, columns=COLUMNS),))),),
        Ledger((sheet(answer),)),
        lambda made, answers: frozenset({"T-1"}),
        lambda made, answers: (),
    )
    assert made.lines[0].amount_cny == Decimal("6.00")
