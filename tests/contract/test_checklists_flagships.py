"""The flagship sheets on small real cases: what an inspector would type, and what the sheet says to it."""

import datetime as dt
from decimal import Decimal

import pytest

from checklists import logic
from checklists.registry import Registry
from checklists.schema import AnswerState, Given

TODAY = dt.date(2026, 6, 1)
FAIL, PASS, OPEN = AnswerState.FAIL, AnswerState.PASS, AnswerState.OPEN


def held(code: str, given: Given, more: dict[str, Given] | None = None, **facts: str) -> set[str]:
    template = Registry.load().get(code.split("-")[0])
    found = logic.problems(template, {**(more or {}), code: given}, TODAY, facts)
    return {f"{one.severity.value} {one.code}" for one in found if one.item == code}


def amount(code: str, *rows: dict[str, str]) -> Decimal | None:
    return logic.amount_of(Registry.load().get(code.split("-")[0]).item(code), Given(FAIL, rows=rows))


COUNTED = {"product": "阿莫西林胶囊", "book": "120", "counted": "96", "price": "35.83"}
PAID = {"supplier": "某公司", "invoice_no": "1", "accepted_on": "2026-01-10", "amount": "9,000.00"}


@pytest.mark.parametrize(
    ("code", "row", "expected"),
    [
        ("SGF-1.04", COUNTED, "859.92"),
        ("SGF-1.02",
         {"product": "甲", "spec": "盒", "own_quantity": "10", "settled_quantity": "12", "own_price": "5", "settled_price": "5.5"},
         "16.00"),
        ("SGF-3.06",
         {"product": "甲", "sold_on": "2026-03-01", "card_price": "21.50", "cash_price": "19.80", "quantity": "3"}, "5.10"),
        ("WHL-5.04",
         {"patient": "甲", "record_no": "1", "fee_item": "护理", "quantity": "7", "charged_price": "40", "allowed_price": "28"},
         "84.00"),
        ("WHL-5.06",
         {"patient": "甲", "record_no": "1", "fee_item": "理疗", "ordered": "10", "performed": "6", "billed": "10", "price": "30"},
         "120.00"),
        ("WHL-4.04",
         {"patient": "甲", "record_no": "1", "discharged_on": "2026-03-01", "drug": "乙", "days": "30", "limit": "14", "daily_cost": "8.5"},
         "136.00"),
        ("CGH-6.1",
         {"product": "支架", "supplier": "某", "order_no": "1", "paid_price": "820", "listed_price": "799.5", "quantity": "40"}, "820.00"),
        ("CGX-2.2",
         {"product": "甲", "opening": "100", "purchased": "500", "returned": "20", "closing": "80", "settled": "560", "price": "12.5"},
         "750.00"),
    ],
)  # fmt: skip
def test_the_amount_follows_from_the_rows(code: str, row: dict[str, str], expected: str) -> None:
    assert amount(code, row, {}) == Decimal(expected)
    assert held(code, Given(FAIL, rows=(row,), evidence=1)) <= {"warn sample_small", "note fraud_purpose"}


def test_a_stocktake_that_differs_cannot_pass_unnoticed() -> None:
    assert "warn rows_contradict" in held("SGF-1.04", Given(PASS, rows=(COUNTED,)))


def test_data_reaching_back_less_than_two_years_is_no_pass() -> None:
    assert held("SGF-1.05", Given(PASS, value="2024-09-01")) == {"warn too_short"}
    assert held("SGF-1.05", Given(PASS, value="2024-06-01")) == set()
    assert held("SGF-1.05", Given(PASS, value="2026-06-02")) == {"block date_in_future", "warn too_short"}


def test_a_suspicious_trace_code_is_pointed_out() -> None:
    row = {"product": "甲", "trace_code": "1", "result": "此前已有销售记录", "boxes": "1", "price": "20"}
    assert held("SGF-1.11", Given(FAIL, rows=(row,) * 5, evidence=1)) == {"warn recirculated"}
    early = held("SGF-1.11", Given(FAIL, rows=(row,) * 5, evidence=1), period_to="2026-03-31")
    assert early == {"warn recirculated", "note not_in_force"}


def test_goods_out_of_range_on_the_shelf_make_the_settlement_check_compulsory() -> None:
    shelf = {"SGF-2.03": Given(FAIL, evidence=1, count=3, amount_cny=Decimal(0))}
    assert held("SGF-2.04", Given(OPEN), shelf) == {"block required"}
    assert held("SGF-2.04", Given(PASS), shelf) == set()


def test_cards_on_the_list_contradict_a_pass() -> None:
    row = {"holder": "张某", "card_kind": "社会保障卡", "card_tail": "1234", "found_at": "收银台抽屉", "pieces": "1"}
    assert held("SGF-4.09", Given(PASS, rows=(row,))) == {"block cards_found"}
    assert held("SGF-4.09", Given(FAIL, rows=(row,), evidence=1)) == {"note fraud_purpose"}


def test_a_reversed_stay_blocks() -> None:
    row = {"patient": "甲", "record_no": "1", "admitted_on": "2026-03-09", "discharged_on": "2026-03-01",
           "diagnosis": "乙", "indication": "丙", "verdict": "不符合", "amount": "1"}  # fmt: skip
    assert "block dates_reversed" in held("WHL-1.01", Given(FAIL, rows=(row,), evidence=1))
    assert "block rows_contradict" in held("WHL-1.01", Given(PASS, rows=(row,)))


def test_a_percentage_must_agree_with_its_worksheet() -> None:
    rows = ({"device": "CT", "exams": "200", "positive": "150"},)
    facts = {"kind": "hospital", "level": "三级"}
    assert held("WHL-2.04", Given(PASS, value="75", rows=rows), **facts) == set()
    assert held("WHL-2.04", Given(PASS, value="85", rows=rows), **facts) == {"warn value_differs"}


def test_goods_paid_late_or_not_at_all_are_no_pass() -> None:
    assert held("CGH-5.1", Given(PASS, rows=({**PAID, "paid_on": "2026-02-09"},))) == set()
    assert held("CGH-5.1", Given(PASS, rows=({**PAID, "paid_on": "2026-02-10"},))) == {"warn paid_late"}
    assert held("CGH-5.1", Given(PASS, rows=(PAID,))) == {"warn unpaid"}


def test_progress_behind_schedule_is_computed_from_the_agreement() -> None:
    row = {"product": "支架", "agreed": "365", "bought": "100", "starts_on": "2026-01-01", "ends_on": "2027-01-01",
           "as_of": "2026-06-01"}  # fmt: skip
    item = Registry.load().get("CGH").item("CGH-2.1")
    assert logic.computed_rows(item, Given(rows=(row,)))[0]["due"] == "151"
    assert held("CGH-2.1", Given(PASS, value="27.4", rows=(row,))) == {"warn behind"}


def test_the_reason_is_asked_for_only_when_the_agreed_quantity_was_missed() -> None:
    template = Registry.load().get("CGH")

    def asked(given: Given) -> bool:
        return "CGH-3.2" in {item.code for item in logic.visible_items(template, {"CGH-3.1": given}, TODAY)}

    assert asked(Given(FAIL))
    assert asked(Given(PASS, value="98.5"))
    assert not asked(Given(PASS, value="100"))


def test_purchases_without_an_order_on_the_platform_are_no_pass() -> None:
    row = {"product": "甲", "supplier": "乙", "stocked_on": "2026-03-01", "quantity": "10", "price": "3.5"}
    assert held("CGY-5.1", Given(PASS, rows=(row,))) == {"block no_order"}
    assert held("CGY-5.1", Given(PASS, rows=({**row, "order_no": "8"},))) == set()
