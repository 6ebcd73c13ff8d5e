"""Visibility, problems, totals and progress of a sheet."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from checklists import logic
from checklists.schema import AnswerState, Given, Severity, Template

TODAY = dt.date(2026, 6, 1)
FAIL, PASS, NA, OPEN = AnswerState.FAIL, AnswerState.PASS, AnswerState.NOT_APPLICABLE, AnswerState.OPEN
ROW = {"patient": "张三", "quantity": "3", "price": "12.5"}


def seen(sheet: Template, given: dict[str, Given], **facts: str) -> list[str]:
    return [item.code for item in logic.visible_items(sheet, given, TODAY, facts)]


def held(sheet: Template, given: dict[str, Given], **facts: str) -> list[tuple[str, str, str]]:
    return [(one.item, one.severity.value, one.code) for one in logic.problems(sheet, given, TODAY, facts)]


def test_an_item_appears_when_its_condition_holds(sheet: Template) -> None:
    assert "TST-2" not in seen(sheet, {})
    assert "TST-2" in seen(sheet, {"TST-1": Given(FAIL)})
    assert "TST-2" not in seen(sheet, {"TST-1": Given(PASS)})


def test_an_unknown_fact_hides_nothing(sheet: Template) -> None:
    assert "TST-7" in seen(sheet, {})
    assert "TST-7" in seen(sheet, {}, level="三级")
    assert "TST-7" not in seen(sheet, {}, level="一级")


def test_a_section_without_visible_items_is_left_out(sheet: Template) -> None:
    sections = logic.visible_sections(sheet, {}, TODAY, {"level": "一级"})
    assert [section.id for section, _ in sections] == ["TST-1"]


def test_a_fail_without_evidence_blocks(sheet: Template) -> None:
    assert ("TST-1", "block", "evidence_missing") in held(sheet, {"TST-1": Given(FAIL)})
    assert ("TST-1", "block", "evidence_missing") not in held(sheet, {"TST-1": Given(FAIL, evidence=1)})


def test_failed_rows_without_a_total_block(sheet: Template) -> None:
    assert ("TST-3", "block", "rows_without_total") in held(sheet, {"TST-3": Given(FAIL, evidence=1)})
    blank = Given(FAIL, evidence=1, rows=({"patient": " "}, {}))
    assert ("TST-3", "block", "rows_without_total") in held(sheet, {"TST-3": blank})
    assert held(sheet, {"TST-3": Given(FAIL, evidence=1, rows=(ROW,))}) == []


def test_an_unreadable_cell_blocks_a_failed_item_and_warns_otherwise(sheet: Template) -> None:
    rows = ({**ROW, "price": "十二"},)
    found = held(sheet, {"TST-3": Given(FAIL, evidence=1, rows=rows)})
    assert found == [("TST-3", "block", "row_cell_invalid"), ("TST-3", "block", "rows_without_total")]
    assert held(sheet, {"TST-3": Given(PASS, rows=rows)}) == [("TST-3", "warn", "row_cell_invalid")]


def test_a_row_problem_names_row_and_column(sheet: Template) -> None:
    problem = logic.problems(sheet, {"TST-3": Given(PASS, rows=({}, {"patient": "张三", "price": "1"}))}, TODAY)[0]
    assert problem.message == "明细第2行未填写“数量”"


def test_required_when_blocks_only_an_open_item(sheet: Template) -> None:
    failed = Given(FAIL, evidence=1)
    assert ("TST-3", "block", "required") in held(sheet, {"TST-1": failed})
    assert ("TST-3", "block", "required") not in held(sheet, {"TST-1": failed, "TST-3": Given(PASS)})
    assert held(sheet, {}) == []


def test_a_rule_of_the_template_fires_with_its_own_severity(sheet: Template) -> None:
    assert held(sheet, {"TST-3": Given(PASS, rows=({**ROW, "price": "101"},))}) == [("TST-3", "block", "contradicts")]
    assert held(sheet, {"TST-3": Given(PASS, rows=(ROW,))}) == []


def test_values_are_judged_by_kind_and_range(sheet: Template) -> None:
    assert held(sheet, {"TST-4": Given(PASS, value="100.5")}) == [("TST-4", "block", "value_invalid")]
    assert held(sheet, {"TST-4": Given(PASS, value="85.5")}) == []
    assert held(sheet, {"TST-4": Given(OPEN, value="x")}) == [("TST-4", "warn", "value_invalid")]
    assert held(sheet, {"TST-5": Given(PASS, value="2026-02-30")}) == [("TST-5", "block", "value_invalid")]
    assert held(sheet, {"TST-6": Given(PASS, value="中")}) == [("TST-6", "block", "value_invalid")]
    assert held(sheet, {"TST-6": Given(PASS)}) == [("TST-6", "warn", "required")]


def test_not_applicable_without_a_reason_is_noted(sheet: Template) -> None:
    assert held(sheet, {"TST-1": Given(NA)}) == [("TST-1", "note", "reason_missing")]
    assert held(sheet, {"TST-1": Given(NA, note="无此业务")}) == []


def test_a_failed_item_asks_for_count_and_amount(sheet: Template) -> None:
    given = {"TST-1": Given(FAIL, evidence=1), "TST-3": Given(PASS), "TST-2": Given(FAIL, evidence=1)}
    assert held(sheet, given) == [("TST-2", "warn", "amount_missing")]
    given["TST-2"] = Given(FAIL, evidence=1, count=2, amount_cny=Decimal("-1"))
    assert held(sheet, given) == [("TST-2", "block", "value_invalid")]


def test_an_answer_to_a_hidden_item_does_not_count(sheet: Template) -> None:
    given = {"TST-2": Given(FAIL)}
    assert held(sheet, given) == [("TST-2", "note", "hidden_answer")]
    assert logic.progress(sheet, given).failed == 0


def test_rows_are_computed_in_place_and_blank_ones_stay(sheet: Template) -> None:
    rows = logic.computed_rows(sheet.item("TST-3"), Given(rows=(ROW, {}, {**ROW, "quantity": "x"})))
    assert [row["amount"] for row in rows] == ["37.50", "", ""]
    assert rows[2]["quantity"] == "x"


def test_totals_add_the_printed_cells(sheet: Template) -> None:
    rows = tuple({"patient": "张三", "quantity": "1", "price": "0.005"} for _ in range(3))
    given = Given(FAIL, rows=rows)
    assert logic.totals(sheet.item("TST-3"), given) == {"amount": Decimal("0.03")}
    assert logic.amount_of(sheet.item("TST-3"), given) == Decimal("0.03")


def test_a_total_with_a_missing_required_cell_is_none(sheet: Template) -> None:
    given = Given(FAIL, rows=(ROW, {"patient": "李四"}))
    assert logic.totals(sheet.item("TST-3"), given) == {"amount": None}
    assert logic.amount_of(sheet.item("TST-3"), given) is None


def test_the_amount_of_other_items_is_what_was_typed(sheet: Template) -> None:
    assert logic.amount_of(sheet.item("TST-2"), Given(FAIL, amount_cny=Decimal("8.80"))) == Decimal("8.80")


def test_not_assessed_never_counts_as_passed(sheet: Template) -> None:
    facts = {"level": "一级"}
    nothing = logic.progress(sheet, {}, TODAY, facts)
    assert (nothing.total, nothing.passed, nothing.assessed, nothing.open) == (5, 0, 0, 5)
    some = logic.progress(sheet, {"TST-1": Given(PASS), "TST-4": Given(NA), "TST-5": Given(FAIL)}, TODAY, facts)
    assert (some.passed, some.failed, some.not_applicable, some.open) == (1, 1, 1, 2)


def test_progress_can_be_asked_for_one_section(sheet: Template) -> None:
    assert logic.progress(sheet, {}, TODAY, section="TST-2nd").total == 1


def test_every_blocking_severity_comes_with_a_sentence(sheet: Template) -> None:
    given = {code: Given(FAIL) for code in ("TST-1", "TST-2", "TST-3", "TST-4")}
    found = logic.problems(sheet, given, TODAY)
    assert {one.item for one in found if one.severity is Severity.BLOCK} == set(given)
    assert all(one.message for one in found)


cell = st.one_of(st.text(max_size=6), st.sampled_from(["1", "2.5", "", "12.50", "-3", "2026-01-01", "NaN", "1e9"]))
rows = st.lists(st.dictionaries(st.sampled_from(["patient", "quantity", "price", "amount", "x"]), cell), max_size=4)
answers = st.builds(
    Given,
    state=st.sampled_from(list(AnswerState)),
    value=st.one_of(st.none(), cell),
    count=st.one_of(st.none(), st.integers(-2, 9)),
    rows=rows.map(tuple),
    evidence=st.integers(0, 2),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@drawn(st.dictionaries(st.sampled_from([f"TST-{n}" for n in range(1, 9)]), answers))
def test_any_answers_are_judged_without_error(sheet: Template, given: dict[str, Given]) -> None:
    found = logic.problems(sheet, given, TODAY, {"level": "三级"})
    assert found == logic.problems(sheet, given, TODAY, {"level": "三级"})
    shown = {item.code for item in logic.visible_items(sheet, given, TODAY, {"level": "三级"})}
    unproven = {code for code, one in given.items() if code in shown and one.state is FAIL and one.evidence == 0}
    assert {one.item for one in found if one.code == "evidence_missing"} == unproven
    count = logic.progress(sheet, given, TODAY, {"level": "三级"})
    assert count.total == len(shown) == count.passed + count.failed + count.not_applicable + count.open
    for item in sheet.items:
        answer = given.get(item.code, Given())
        assert len(logic.computed_rows(item, answer)) == len(answer.rows)
        total = logic.totals(item, answer).get("amount")
        assert total is None or total == total.quantize(Decimal("0.01"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@drawn(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**7)), min_size=1, max_size=8))
def test_totals_equal_the_sum_of_the_rounded_products(sheet: Template, lines: list[tuple[int, int]]) -> None:
    given = Given(
        FAIL,
        rows=tuple({"patient": "甲", "quantity": f"{q}", "price": f"{Decimal(p) / 100:.2f}"} for q, p in lines),
    )
    expected = sum((Decimal(q * p) / 100 for q, p in lines), Decimal(0))
    assert logic.amount_of(sheet.item("TST-3"), given) == expected


@pytest.mark.parametrize("state", list(AnswerState))
def test_only_a_fail_needs_evidence(sheet: Template, state: AnswerState) -> None:
    codes = [one.code for one in logic.problems(sheet, {"TST-1": Given(state)}, TODAY)]
    assert ("evidence_missing" in codes) is (state is FAIL)
