"""What was declared beside what was found: each thing counted once, at the item it fits."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from app.bootstrap import Services
from app.core.errors import Refused
from app.core.findings import Finding
from app.core.ids import FindingId, InspectionId, SelfCheckId
from app.core.inspections import Answer, SheetRef, SheetView
from app.core.self_checks import (
    Anomaly,
    DueStyle,
    Filled,
    GivenItem,
    Promise,
    PromiseState,
    Reply,
    TemplateRef,
    Verdict,
    declared,
    due_day,
    promise_state,
)
from app.services.selfcheck.comparing import compare, counts, seen
from app.services.selfcheck.filling import visit_of
from app.services.selfcheck.report import problems
from checklists.registry import Registry
from tests.unit.services import selfchecks as world
from tests.unit.services.desks import Desk

REGISTRY = Registry.load()
ZCM, WHL = REGISTRY.get("ZCM"), REGISTRY.get("WHL")
REF = TemplateRef("ZCM", ZCM.version, ZCM.digest)


def sheet(answers: dict[str, Answer], template: str = "ZCM") -> tuple[SheetView, object]:
    found = REGISTRY.get(template)
    return SheetView(SheetRef(template, found.version, found.digest), answers), found


def finding(violation: str, title: str, amount: str | None, *items: str) -> Finding:
    money = None if amount is None else Decimal(amount)
    return Finding(FindingId(title), InspectionId("v"), violation, title, amount_cny=money, items=items)


def given(**states: str) -> Filled:
    items = {item.code: "pass" for item in ZCM.items} | {code.replace("_", "-"): state for code, state in states.items()}
    amounts = {"fail": Decimal("100")}
    return Filled(tuple(GivenItem("ZCM", code, state, amount_cny=amounts.get(state)) for code, state in items.items()))


def verdicts(filled: Filled, sheets: list[object], findings: list[Finding]) -> dict[str, Verdict]:
    lines, _ = compare([(ZCM, REF)], filled, seen(sheets, findings))
    return {one.item or one.title: one.verdict for one in lines if one.verdict is not Verdict.NOT_LOOKED_AT}


def test_the_same_list_is_compared_item_by_item() -> None:
    answers = {
        "ZCM-01": Answer("ZCM", "ZCM-01", "pass"), "ZCM-02": Answer("ZCM", "ZCM-02", "fail", amount_cny=Decimal("7")),
        "ZCM-03": Answer("ZCM", "ZCM-03", "fail", amount_cny=Decimal("100")),
        "ZCM-04": Answer("ZCM", "ZCM-04", "fail", amount_cny=Decimal("100.01")), "ZCM-05": Answer("ZCM", "ZCM-05", "pass"),
    }  # fmt: skip
    answers["ZCM-06"] = Answer("ZCM", "ZCM-06", "pass")
    filled = given(ZCM_03="fail", ZCM_04="fail", ZCM_05="fail", ZCM_06="open")
    told = verdicts(filled, [sheet(answers)], [])
    assert {code: told[code] for code in ("ZCM-01", "ZCM-02", "ZCM-03", "ZCM-04", "ZCM-05", "ZCM-06")} == {
        "ZCM-01": Verdict.BOTH_CLEAN, "ZCM-02": Verdict.FOUND_ONLY, "ZCM-03": Verdict.BOTH_FOUND,
        "ZCM-04": Verdict.FOUND_MORE, "ZCM-05": Verdict.DECLARED_ONLY, "ZCM-06": Verdict.FOUND_CLEAN,
    }  # fmt: skip


def test_one_finding_is_counted_at_one_item_though_several_bear_its_code() -> None:
    """V13 stands at four items of the list: 重复收费 goes to its own name, and whatever else to what was declared."""
    lines, total = compare([(ZCM, REF)], given(ZCM_07="fail"), seen([], [
        finding("V13", "重复收费", "50"), finding("V13", "超标准收费", "30"), finding("V13", "多收材料费", "200"),
    ]))  # fmt: skip
    found = {one.item: (one.found_cny, one.verdict) for one in lines if one.found_state == "fail"}
    assert found == {
        "ZCM-03": (Decimal("50"), Verdict.FOUND_ONLY), "ZCM-05": (Decimal("30"), Verdict.FOUND_ONLY),
        "ZCM-07": (Decimal("200"), Verdict.FOUND_MORE),
    }  # fmt: skip
    assert total == Decimal("280")
    assert counts(lines)[Verdict.FOUND_ONLY] == 2


def test_what_no_item_asks_about_stands_beside_all_of_them() -> None:
    lines, total = compare([(ZCM, REF)], given(), seen([], [finding("V35", "其他问题", None)]))
    assert (lines[-1].item, lines[-1].title, lines[-1].verdict, total) == ("", "其他问题", Verdict.FOUND_ONLY, Decimal(0))


def test_a_failed_item_that_a_finding_speaks_of_is_not_counted_again() -> None:
    answers = {"ZCM-03": Answer("ZCM", "ZCM-03", "fail", amount_cny=Decimal("80"))}
    _, total = compare(
        [(ZCM, REF)], given(), seen([sheet(answers)], [finding("V13", "重复收费", "80", "ZCM/ZCM-03")])
    )  # fmt: skip
    assert total == Decimal("80")


def test_what_was_confirmed_of_an_anomaly_counts_as_declared() -> None:
    filled = Filled(given().answers, (Anomaly("a", "q", "ZCM-03", reply=Reply.CONFIRMED, declared_cny=Decimal("40")),))
    assert verdicts(filled, [], [finding("V13", "重复收费", "40")])["ZCM-03"] is Verdict.BOTH_FOUND


def test_an_item_and_its_anomaly_speak_of_the_same_money() -> None:
    answers = [GivenItem("ZCM", "ZCM-03", "fail", amount_cny=Decimal("100")), GivenItem("ZCM", "ZCM-04", "pass", amount_cny=Decimal("9"))]
    replies = [
        Anomaly("a", "q", "ZCM-03", reply=Reply.CONFIRMED, declared_cny=Decimal("60")),
        Anomaly("b", "q", "ZCM-03", reply=Reply.CONFIRMED, declared_cny=Decimal("70")),
        Anomaly("c", "q", "", reply=Reply.CONFIRMED, declared_cny=Decimal("5")),
        Anomaly("d", "q", "ZCM-09", reply=Reply.DENIED, declared_cny=Decimal("1000")),
    ]
    assert declared(answers, replies) == Decimal("135")


MONEY = st.integers(0, 10**6).map(lambda fen: Decimal(fen) / 100)


@given_any(
    st.dictionaries(st.sampled_from([item.code for item in ZCM.items]), st.tuples(st.sampled_from(["pass", "fail"]), MONEY)),
    st.lists(st.tuples(st.sampled_from(["ZCM-01", "ZCM-03", "ZCM-05", "其他", ""]), st.sampled_from(list(Reply)), MONEY), max_size=6),
)  # fmt: skip
def test_the_printed_problems_add_up_to_what_is_declared(
    items: dict[str, tuple[str, Decimal]], replies: list[tuple[str, Reply, Decimal]]
) -> None:
    answers = tuple(GivenItem("ZCM", code, state, amount_cny=amount) for code, (state, amount) in items.items())
    anomalies = tuple(Anomaly(str(n), "q", code, reply=reply, declared_cny=amount) for n, (code, reply, amount) in enumerate(replies))
    filled = Filled(answers, anomalies)
    printed = [Decimal(row[3].replace(",", "") or "0") for row in problems([ZCM], filled)]
    assert sum(printed, Decimal(0)) == filled.declared_cny


@pytest.mark.parametrize(
    ("style", "on", "due"),
    [
        (DueStyle.SECOND_MONTH_END, "2026-01-05", "2026-02-28"), (DueStyle.SECOND_MONTH_END, "2028-02-29", "2028-02-29"),
        (DueStyle.SECOND_MONTH_END, "2026-03-01", "2026-05-31"), (DueStyle.SECOND_MONTH_END, "2026-12-31", "2027-02-28"),
        (DueStyle.LAST_MONTH_20TH, "2026-06-20", "2026-06-20"), (DueStyle.LAST_MONTH_20TH, "2026-06-21", "2026-09-20"),
        (DueStyle.QUARTER_END, "2026-11-22", "2026-12-31"), (DueStyle.QUARTER_END, "2026-04-01", "2026-06-30"),
    ],
)  # fmt: skip
def test_the_days_of_the_quarter_are_those_of_the_plan(style: DueStyle, on: str, due: str) -> None:
    """每季度第二个月末、每季度末月20日前、每季度末 (延安 2020, 篇四)."""
    assert due_day(style, dt.date.fromisoformat(on)).isoformat() == due


def test_a_promise_is_kept_when_all_of_it_is_paid() -> None:
    promise = Promise(Decimal("10"), dt.date(2026, 1, 1))
    assert promise_state(promise) is PromiseState.PROMISED
    assert promise_state(Promise(Decimal("10"), promise.by_on, paid_cny=Decimal("9.99"))) is PromiseState.PART
    assert promise_state(Promise(Decimal("10"), promise.by_on, paid_cny=Decimal("10"))) is PromiseState.PAID


def test_a_return_is_compared_with_the_visit_that_followed(desk_of: Callable[[str], Desk], tmp_path: Path) -> None:
    desk = desk_of("ready")
    services = desk.services
    visit = services.inspections.view(desk.inspection).inspection
    made = world.ask(services, tmp_path, institution=visit.institution, anomalies=())
    with pytest.raises(Refused, match="not_inspected"):  # that visit was before
        services.self_checks.compare(made.check.id)
    with pytest.raises(Refused, match="not_returned"):
        services.self_checks.compare(made.check.id, desk.inspection)
    shop = world.answer(made, tmp_path / "shop")
    for item in services.checklists.template("ZCY").items:
        shop.inspections.answer(visit_of(made.check.id), "ZCY", item.code, state="pass")
    shop.filling.export(made.check.id, tmp_path / "back.zip")
    shop.close()
    services.self_checks.take_back(tmp_path / "back.zip")
    told = services.self_checks.compare(made.check.id, desk.inspection)
    findings = services.findings.of(desk.inspection)
    assert told.found_cny >= sum((one.amount_cny or Decimal(0) for one in findings), Decimal(0)) > 0
    assert told.counts[Verdict.FOUND_ONLY] >= 1
    assert [one.code for one in told.hints] == ["self_check_severe"]
    assert "从重" in told.hints[0].text
    assert services.self_checks.mark_compared(made.check.id, desk.inspection).value.compared_with == desk.inspection
    with pytest.raises(Refused, match="other_place"):
        services.self_checks.compare(
            _returned_elsewhere(services, tmp_path / "other"), desk.inspection
        )


def _returned_elsewhere(services: Services, folder: Path) -> SelfCheckId:
    folder.mkdir()
    made = world.ask(services, folder, anomalies=())
    other = world.answer(made, folder / "h")
    other.filling.export(made.check.id, folder / "back.zip")
    other.close()
    services.self_checks.take_back(folder / "back.zip")
    return made.check.id
