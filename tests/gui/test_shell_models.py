"""Models over tuples keep what did not change."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from app.gui.models.tuples import ROW, Column, TupleListModel, TupleTableModel


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    name: str
    amount: int = 0


def table() -> TupleTableModel[Row]:
    columns = (
        Column[Row]("名称", lambda row: row.name),
        Column[Row]("金额", lambda row: f"{row.amount:,}", sort=lambda row: row.amount, is_number=True),
    )
    return TupleTableModel(columns, lambda row: row.id)


rows_of = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from("甲乙丙"), st.integers(0, 9)),
    unique_by=lambda row: row[0],
    max_size=12,
).map(lambda found: [Row(*one) for one in found])


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=rows_of, after=rows_of)
def test_any_update_leaves_exactly_the_new_rows(
    qapp: QApplication, before: list[Row], after: list[Row]
) -> None:
    model = table()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_rows(before)
    kept = {row.id: QPersistentModelIndex(model.index_of(row.id)) for row in before}
    model.set_rows(after)
    assert list(model.rows) == after
    for row in after:
        if row.id in kept:
            assert kept[row.id].data(ROW) == row
    for gone in {row.id for row in before} - {row.id for row in after}:
        assert not kept[gone].isValid()
    del tester


def test_a_selection_stays_on_its_row_when_another_is_added_above(qapp: QApplication) -> None:
    model = table()
    model.set_rows([Row(1, "甲"), Row(2, "乙")])
    chosen = QItemSelectionModel(model)
    chosen.select(model.index_of(2), QItemSelectionModel.SelectionFlag.SelectCurrent)
    model.set_rows([Row(3, "丙"), Row(1, "甲"), Row(2, "乙", 5)])
    assert [index.data(ROW).id for index in chosen.selectedIndexes()] == [2]


def test_an_equal_update_tells_nothing(qapp: QApplication) -> None:
    model = table()
    model.set_rows([Row(1, "甲")])
    told: list[object] = []
    model.dataChanged.connect(lambda *_: told.append(1))
    model.layoutChanged.connect(lambda *_: told.append(1))
    model.set_rows([Row(1, "甲")])
    assert told == []


def test_numbers_sort_as_numbers(qapp: QApplication) -> None:
    model = table()
    model.set_rows([Row(1, "甲", 900), Row(2, "乙", 1000), Row(3, "丙", 20)])
    model.sort(1, Qt.SortOrder.AscendingOrder)
    assert [row.amount for row in model.rows] == [20, 900, 1000]


def test_two_rows_with_one_key_are_refused(qapp: QApplication) -> None:
    with pytest.raises(ValueError):
        table().set_rows([Row(1, "甲"), Row(1, "乙")])


def test_a_list_says_its_text_to_a_screen_reader(qapp: QApplication) -> None:
    model = TupleListModel[Row](lambda row: row.name, lambda row: row.id)
    model.set_rows([Row(1, "甲")])
    assert model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "甲"
