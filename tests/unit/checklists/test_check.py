"""The checker names every fault of a sheet at once, each with its place and line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checklists.check import check
from checklists.errors import TemplateBroken
from checklists.schema import Template

VIOLATIONS = {"V13"}


def found(text: str) -> list[str]:
    return [fault.code for fault in check(text, VIOLATIONS)]


def test_a_sound_sheet_has_no_fault(sheet_text: str) -> None:
    assert check(sheet_text, VIOLATIONS) == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("version: 1", "version: one", "checklist.not_a_number"),
        ("id: TST\n", "id: tst\n", "checklist.bad_id"),
        ("title: 试验清单\n", "", "checklist.missing"),
        ("title: 试验清单", "titel: 试验清单\ntitle: 试验清单", "checklist.unknown_field"),
        ("title: 试验清单", "title: [试验清单]", "checklist.not_text"),
        ("title: 试验清单", "title: ''", "checklist.empty"),
        ("kinds: [pharmacy]", "kinds: [pharmcy]", "checklist.unknown_institution"),
        ("code: TST-4", "code: TST-1", "checklist.duplicate_code"),
        ("code: TST-4", "code: ABC-4", "checklist.bad_code"),
        ("id: TST-2nd", "id: TST-1", "checklist.duplicate_section"),
        ("kind: date", "kind: day", "checklist.unknown_kind"),
        ("kind: date", "kind: choice", "checklist.choices"),
        ("choices: [好, 差]", "choices: [好, 好]", "checklist.duplicate_choice"),
        ("minimum: 0, maximum: 100", "minimum: 100, maximum: 0", "checklist.empty_range"),
        ("minimum: 0", "minimum: NaN", "checklist.not_a_number"),
        ("kind: date", "kind: date, minimum: 1", "checklist.range_without_number"),
        ('failed("TST-1")', 'failed("TST-9")', "checklist.unknown_item"),
        ("show_when: 'failed(\"TST-1\")'", "show_when: 'failed(\"TST-3\")'", "checklist.looks_forward"),
        ("show_when: 'failed(\"TST-1\")'", "show_when: failed()", "checklist.looks_forward"),
        ('failed("TST-1")', "failed(1)", "checklist.argument_not_a_text"),
        ("row.price > 100", "row.prize > 100", "checklist.unknown_column"),
        ("passed() and any_row(row.price > 100)", "row.price > 100", "checklist.unknown_column"),
        ("passed() and any_row(row.price > 100)", 'total("price") > 1', "checklist.unknown_column"),
        ("passed() and any_row(row.price > 100)", "passed() adn true", "checklist.expression"),
        ("passed() and any_row(row.price > 100)", 'today > date("2026-13-01")', "checklist.not_a_date"),
        ("passed() and any_row(row.price > 100)", "city == 1", "checklist.unknown_name"),
        ('level == "三级"', 'level == "三甲"', "checklist.unknown_institution"),
        ('level == "三级"', "any_row(row.price > 1)", "checklist.rows_of_nothing"),
        ("code: contradicts", "code: evidence_missing", "checklist.bad_rule_code"),
        ("severity: block", "severity: fatal", "checklist.unknown_kind"),
        ("columns: fees", "columns: fee", "checklist.unknown_table"),
        ("kind: rows", "kind: state", "checklist.columns_without_rows"),
        ("total: true", "total: 'yes'", "checklist.not_true_or_false"),
        ("total: true, ", "", "checklist.rows_need_a_total"),
        ("formula: quantity * price", "formula: quantity * cost", "checklist.unknown_column"),
        ("formula: quantity * price", "formula: quantity * amount", "checklist.unknown_column"),
        ("formula: quantity * price", "formula: patient * 2", "checklist.formula_of_text"),
        ("formula: quantity * price", "formula: amount(", "checklist.expression"),
        ("formula: quantity * price", "formula: amount()", "checklist.not_in_a_formula"),
        ("name: quantity,", "name: price,", "checklist.duplicate_column"),
        ("name: quantity,", "name: in,", "checklist.bad_column_name"),
        ("violations: [V13]\n", "violations: [V99]\n", "checklist.unknown_violation"),
        ("violations: [V13]\n", "violations: []\n", "checklist.no_violation"),
        ("source: 试验\n        rules", "rules", "checklist.missing"),
        ("basis: [{law: 医疗保障基金使用监督管理条例, article: 38, item: 3}]\n", "basis: []\n", "checklist.missing"),
        ("{law: 医疗保障基金使用监督管理条例, article: 38, item: 3}]\n", "{law: 法, item: 3}]\n",
         "checklist.item_without_article"),
    ],
)  # fmt: skip
def test_a_fault_is_found(sheet_text: str, old: str, new: str, code: str) -> None:
    assert old in sheet_text
    assert code in found(sheet_text.replace(old, new, 1))


def test_all_faults_come_at_once_each_with_its_line(sheet_text: str) -> None:
    broken = sheet_text.replace("kind: date", "kind: day").replace("level ==", "levle ==").replace("[好, 差]", "[好, 好]")
    faults = check(broken, VIOLATIONS)
    assert {fault.code for fault in faults} == {
        "checklist.unknown_kind", "checklist.unknown_name", "checklist.duplicate_choice",
    }  # fmt: skip
    lines = broken.splitlines()
    for fault in faults:
        wanted = {"checklist.unknown_kind": "kind: day", "checklist.unknown_name": "levle"}.get(fault.code, "[好, 好]")
        assert wanted in lines[fault.line - 1]


def test_a_question_may_only_name_items_of_the_sheet(sheet_text: str) -> None:
    assert found(sheet_text + "questions:\n  - {text: 问, items: [TST-9]}\n") == ["checklist.unknown_item"]


def test_a_file_must_be_named_after_what_is_in_it(tmp_path: Path, sheet_text: str) -> None:
    path = tmp_path / "ABC" / "v02.yaml"
    path.parent.mkdir()
    path.write_text(sheet_text, encoding="utf-8")
    assert [fault.code for fault in check(path, VIOLATIONS)] == [
        "checklist.wrong_folder", "checklist.wrong_file_name",
    ]  # fmt: skip


def test_reading_a_broken_sheet_raises_with_code_file_line_and_place(
    read: Callable[[str], Template], sheet_text: str
) -> None:
    with pytest.raises(TemplateBroken) as caught:
        read(sheet_text.replace("kind: date", "kind: day"))
    assert caught.value.code == "checklist.unknown_kind"
    assert caught.value.params["file"] == "TST/v01.yaml"
    assert caught.value.params["place"] == "sections[0].items[4].kind"
    assert caught.value.params["detail"] == "day"


def test_shared_columns_are_those_of_the_table(sheet: Template) -> None:
    assert [column.name for column in sheet.item("TST-3").columns] == ["patient", "quantity", "price", "amount"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_sheet_with_lines_lost_or_doubled_is_judged_without_error(sheet_text: str, data: st.DataObject) -> None:
    lines = sheet_text.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        if data.draw(st.booleans()):
            lines[at:at] = [lines[at]]
        else:
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
    check("\n".join(lines), VIOLATIONS)
