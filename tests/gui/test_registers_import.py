"""Importing a register in the window, deciding between sources, and what is exported."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.registers import BatchState, ImportKind
from app.gui.screens.registers.conflicts import ConflictsScreen
from app.gui.screens.registers.importing import ImportScreen
from app.gui.screens.registers.sides import Sides
from app.gui.screens.registers.view import RegistersScreen
from app.gui.widgets.confirm import ConfirmDialog
from app.sheets.reading import read_book
from tests.gui.registers_office import Desk, judge_models, nameless
from tests.gui.small_window import open_small

ROWS = (
    "江源区定点医药机构名录,,,,",
    "序号,机构名称,统一社会信用代码,地址,联系电话",
    "1,仁和大药房,91350100M000100Y43,解放路 1 号,0439-1",
    "2,康宁堂药店,,长白路 2 号,138****0002",
    "3,,,,",
    "合计,2,,,",
    "备注：截至九月底,,,,",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "名录.csv"
    path.write_bytes("\n".join(ROWS).encode("gb18030"))
    return path


def _at_columns(desk: Desk, file: Path) -> Any:
    screen = desk.open(ImportScreen)
    screen.file.source.setText("市局名录")
    screen.choose(file)
    desk.settle()
    return screen


def _press(widget: QWidget, keys: str) -> None:
    """Press keys that a shortcut of this widget waits for; without a display no window is active enough for them."""
    next(one for one in widget.findChildren(QShortcut) if one.key().toString() == keys).activated.emit()


def _counts(screen: Any) -> list[str]:
    return [screen.result.facts[name]._value.text() for name in ("read", "imported", "merged", "rejected")]


def test_a_file_is_brought_in_step_by_step_and_taken_back(desk: Desk, file: Path) -> None:
    screen = _at_columns(desk, file)
    chosen = {box.currentData() for box in screen.columns.boxes.values()}
    assert {"name", "credit_code", "address", "phone"} <= chosen
    assert screen.columns.header.currentData() == "2"
    assert "gb18030" in screen.columns._file.text().casefold()
    assert [str(screen.columns.sample.model().index(0, at).data()) for at in (0, 2)] == ["3", "仁和大药房"]

    screen.columns.next_button.click()
    desk.settle()
    assert _counts(screen) == ["5", "2", "0", "3"]
    assert desk.services.institutions.find() == ()  # nothing was written yet
    reasons = [screen.result.rejected.model.index(row, 1).data() for row in range(3)]
    assert all(reasons)
    assert "缺少名称" in reasons[0]

    screen.result.import_button.click()
    desk.settle()
    assert _counts(screen) == ["5", "2", "0", "3"]
    assert {one.name for one in desk.services.institutions.find()} == {"仁和大药房", "康宁堂药店"}
    assert screen.result.registers_button.hasFocus()

    screen.result.undo_button.click()
    dialog = next(one for one in screen.findChildren(ConfirmDialog))
    dialog.yes.click()
    desk.settle()
    assert desk.services.institutions.find() == ()
    assert "移除 2 条" in desk.toasts[-1]
    assert [one.state for one in desk.services.registers.batches()] == [BatchState.UNDONE]
    assert not screen.file.undo_button.isEnabled()
    assert desk.errors == []


def test_columns_can_be_changed_and_must_make_sense(desk: Desk, file: Path) -> None:
    screen = _at_columns(desk, file)
    page = screen.columns
    by_field = {box.currentData(): box for box in page.boxes.values()}
    by_field["name"].setCurrentIndex(0)
    assert not page.next_button.isEnabled()
    assert "名称" in page.wrong.text()
    by_field["address"].setCurrentIndex(by_field["address"].findData("name"))
    by_field["phone"].setCurrentIndex(by_field["phone"].findData("name"))
    assert not page.next_button.isEnabled()
    by_field["phone"].setCurrentIndex(0)
    assert page.next_button.isEnabled()
    page.next_button.click()
    desk.settle()
    screen.result.import_button.click()
    desk.settle()
    assert {one.name for one in desk.services.institutions.find()} == {"解放路 1 号", "长白路 2 号"}


def test_another_header_row_is_guessed_anew_and_a_step_back_is_possible(desk: Desk, file: Path) -> None:
    screen = _at_columns(desk, file)
    screen.columns.header.setCurrentIndex(screen.columns.header.findData("1"))
    desk.settle()
    assert screen.columns.columns.header == 1
    assert not screen.columns.next_button.isEnabled()
    screen.columns.header.setCurrentIndex(screen.columns.header.findData("2"))
    desk.settle()
    screen.columns.next_button.click()
    desk.settle()
    screen.steps.chosen.emit("columns")
    assert screen.stack.currentWidget() is screen.columns
    screen.steps.chosen.emit("file")
    assert screen.stack.currentWidget() is screen.file


def test_a_file_that_is_no_table_leaves_one_at_the_first_step(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "半个文件.xlsx"
    path.write_bytes(b"PK\x03\x04 only the beginning of a workbook")
    screen = _at_columns(desk, path)
    assert screen.stack.currentWidget() is screen.file
    assert [error.code.partition(".")[0] for error in desk.errors] == ["sheet"]
    desk.errors.clear()


def test_what_was_wrong_with_a_file_is_no_longer_said_once_another_is_chosen(
    desk: Desk, file: Path, tmp_path: Path
) -> None:
    bad, worse = tmp_path / "半个.xlsx", tmp_path / "半份.xlsx"
    for one in (bad, worse):
        one.write_bytes(b"PK\x03\x04 only the beginning of a workbook")
    screen = _at_columns(desk, bad)
    screen.choose(worse)
    desk.settle()
    assert [error.params["name"] for error in desk.errors] == ["半份.xlsx"]
    screen.choose(file)
    desk.settle()
    assert desk.errors == []
    assert screen.stack.currentWidget() is screen.columns


def test_an_import_that_is_stopped_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "大名录.csv"
    rows = "\n".join(f"惠民诊所第{n}店,解放路 {n} 号" for n in range(3000))
    path.write_text(f"机构名称,地址\n{rows}", "utf-8")
    screen = _at_columns(desk, path)
    screen.columns.next_button.click()
    desk.settle()
    screen.result.import_button.click()
    assert screen.progress.isVisible()
    assert not screen.leave()
    screen.progress.stop.click()
    desk.settle()
    assert desk.services.institutions.find() == ()
    assert desk.services.registers.batches() == ()
    assert desk.toasts[-1] == "已停止，没有写入任何内容"
    assert screen.leave()


def test_rejected_rows_are_exported_to_be_mended(
    desk: Desk, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = _at_columns(desk, file)
    screen.columns.next_button.click()
    desk.settle()
    target = tmp_path / "退回"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    screen.result.export_button.click()
    desk.settle()
    text = "\n".join(" ".join(row) for row in read_book(target.with_suffix(".xlsx")).sheets[0].rows)
    assert "缺少名称" in text
    assert "合计" in text
    assert desk.errors == []


def test_what_is_shown_is_exported_and_all_of_it_where_nothing_is_narrowed(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.institution("仁和大药房")
    desk.institution("康宁堂药店")
    screen = desk.open(RegistersScreen)
    target = tmp_path / "机构.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))

    def exported() -> set[str]:
        screen.export_button.click()
        desk.settle()
        return {row[0] for row in read_book(target).sheets[0].rows[1:]}

    assert exported() == {"仁和大药房", "康宁堂药店"}
    screen.institutions.list.search.setText("rhdyf")
    QTest.qWait(120)
    desk.settle()
    assert exported() == {"仁和大药房"}
    assert desk.toasts[-1] == "已导出 1 行"


def test_conflicts_are_decided_by_one_key_each_and_both_sides_stay_on_record(desk: Desk, file: Path) -> None:
    desk.institution("仁和大药房", credit_code="91350100M000100Y43", address="旧址 9 号", phone="0439-9")
    desk.services.registers.bring_in(file, ImportKind.INSTITUTIONS, source="市局名录")
    screen = desk.open(ConflictsScreen)
    fields = {screen.list.model.at(row).fact.field for row in range(screen.list.model.rowCount())}
    assert fields == {"address", "phone"}
    assert screen.card.isVisible()
    for _ in range(2):
        takes = screen.list.table.current().fact.field == "address"
        _press(screen.list.table, "2" if takes else "1")
        desk.settle()
    assert screen.list.model.rowCount() == 0
    (place,) = desk.services.institutions.find("rhdyf")
    assert (place.address, place.phone) == ("解放路 1 号", "0439-9")
    assert screen.list.empty.isVisible()
    assert not screen.card.isVisible()

    registers = desk.open(RegistersScreen, institution=place.id)
    registers.institutions.detail.pills.choose("history")
    desk.settle()
    told = registers.institutions.history.texts
    assert "地址：旧址 9 号" in told
    assert "电话：0439-1" in told
    assert desk.errors == []


def test_both_sides_of_a_conflict_are_in_sight_in_the_smallest_window(desk: Desk, file: Path) -> None:
    desk.institution("仁和大药房", credit_code="91350100M000100Y43", address="旧址 9 号", phone="0439-9")
    desk.services.registers.bring_in(file, ImportKind.INSTITUTIONS, source="市局名录")
    screen = open_small(desk, ConflictsScreen)
    assert len(screen.sides.buttons) == 2
    for one in screen.sides.buttons:
        assert one.visibleRegion().boundingRect() == one.rect()
    row = screen.list.table.visualRect(screen.list.table.currentIndex())
    assert screen.list.table.viewport().rect().contains(row)


def test_a_conflict_is_decided_beside_the_institution(desk: Desk, file: Path) -> None:
    place = desk.institution("仁和大药房", credit_code="91350100M000100Y43", address="旧址 9 号")
    desk.services.registers.bring_in(file, ImportKind.INSTITUTIONS, source="市局名录")
    screen = desk.open(RegistersScreen, institution=place.id)
    assert "1" in screen.conflicts_button.text()
    pane = screen.institutions
    assert pane.detail.pills._group.button(1).text().endswith("1")
    pane.detail.pills.choose("history")
    sides = pane.history.findChild(Sides)
    sides.buttons[1].click()
    desk.settle()
    assert pane.form.lines["address"].text() == "解放路 1 号"
    assert not screen.conflicts_button.isVisible()
    assert desk.errors == []


def test_every_control_of_an_import_has_a_name_and_models_hold(desk: Desk, file: Path) -> None:
    desk.institution("仁和大药房", credit_code="91350100M000100Y43", address="旧址 9 号")
    desk.services.registers.bring_in(file, ImportKind.INSTITUTIONS, source="市局名录")
    screen = _at_columns(desk, file)
    assert nameless(screen) == []
    screen.columns.next_button.click()
    desk.settle()
    judge_models(screen)
    assert nameless(screen) == []
    conflicts = desk.open(ConflictsScreen)
    judge_models(conflicts)
    assert nameless(conflicts) == []
