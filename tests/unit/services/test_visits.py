import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

import pytest

from app.core.errors import Refused
from app.core.ids import InspectionId
from app.core.inspections import Answer, InspectionState, Party
from app.core.tasks import TaskState
from app.services.demo import cast
from tests.e2e.conftest import Clock
from tests.unit.services.desks import Desk, photo, sign_one

STOCK = {"product": "阿莫西林", "book": "120", "counted": "96", "price": "15.50"}


def start(desk: Desk, *inspectors: int, task: int = 0) -> InspectionId:
    chosen = [desk.inspectors[one] for one in inspectors]
    return desk.services.inspections.start(
        desk.tasks[task], inspectors=chosen, recorder=desk.inspectors[1], place=""
    ).value


def answers(desk: Desk, inspection: InspectionId, sheet: int = 0) -> Mapping[str, Answer]:
    return desk.services.inspections.view(inspection).sheets[sheet].answers


def rows_of(desk: Desk, inspection: InspectionId, item: str = "SGF-1.04") -> list[dict[str, str]]:
    return [dict(row.cells) for row in answers(desk, inspection)[item].rows]


def blocks(desk: Desk, inspection: InspectionId) -> set[tuple[str, str]]:
    return {(one.code, one.item) for one in desk.services.inspections.blockers(inspection) if one.severity == "block"}


@pytest.mark.parametrize("chosen", [(), (0,), (0, 0)])
def test_a_visit_needs_two_different_inspectors(office: Desk, chosen: tuple[int, ...]) -> None:
    with pytest.raises(Refused, match="two_inspectors"):
        start(office, *chosen)


@pytest.mark.parametrize(("who", "why"), [(3, "expired licence"), (4, "expert"), (5, "assistant")])
def test_an_inspector_without_a_valid_licence_cannot_start(office: Desk, who: int, why: str) -> None:
    with pytest.raises(Refused, match="licence_invalid") as refused:
        start(office, 0, who)
    assert refused.value.params["name"] == cast.PEOPLE[who].name
    assert office.services.tasks.get(office.tasks[0]).state is TaskState.ASSIGNED


def test_a_licence_is_valid_on_its_last_day_in_china_and_not_a_minute_longer(office: Desk, clock: Clock) -> None:
    last = dt.datetime(2028, 6, 30, 15, 59, 30, tzinfo=dt.UTC)  # 23:59 in China
    clock.ahead = last - office.services.clock()
    start(office, 0, 1)
    clock.ahead += dt.timedelta(minutes=1)
    with pytest.raises(Refused, match="licence_invalid"):
        start(office, 0, 1, task=1)


def test_a_task_is_visited_once(office: Desk) -> None:
    start(office, 0, 1)
    with pytest.raises(Refused, match=r"inspection\.running"):
        start(office, 0, 1)


def test_a_cancelled_task_cannot_be_visited(office: Desk) -> None:
    office.services.tasks.cancel(office.tasks[0], "机构已停业")
    with pytest.raises(Refused, match=r"task\.closed"):
        start(office, 0, 1)


def test_an_answer_is_there_as_it_was_given(office: Desk) -> None:
    inspection = start(office, 0, 1)
    office.services.inspections.answer(
        inspection, "SGF", "SGF-2.03", state="fail", count=6, amount_cny=Decimal("386.40"), detail="生活用品", note="店长在场"
    )
    given = answers(office, inspection)["SGF-2.03"]
    assert (given.state, given.count, given.amount_cny) == ("fail", 6, Decimal("386.40"))
    assert (given.detail, given.note, given.answered_by) == ("生活用品", "店长在场", office.inspectors[0])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"state": "passed"}, "answer.state"),
        ({"count": -1}, "answer.count"),
        ({"count": 10**12}, "answer.count"),
        ({"amount_cny": Decimal("-0.01")}, "money.invalid"),
        ({"amount_cny": Decimal("0.001")}, "money.invalid"),
        ({"amount_cny": Decimal("NaN")}, "money.invalid"),
        ({"amount_cny": Decimal("1E+999999")}, "money.invalid"),
        ({"detail": "长" * 10**6}, "value.invalid"),
        ({"note": "a\ud800b"}, "value.invalid"),
    ],
)
def test_a_senseless_answer_is_refused_and_changes_nothing(office: Desk, given: dict[str, object], code: str) -> None:
    inspection = start(office, 0, 1)
    with pytest.raises(Refused) as refused:
        office.services.inspections.answer(inspection, "SGF", "SGF-2.03", **given)
    assert refused.value.code == code
    assert answers(office, inspection) == {}


@pytest.mark.parametrize(("template", "item"), [("SGF", "SGF-9.99"), ("WHL", "SGF-1.01"), ("", ""), ("SGF", "WHL-1.01")])
def test_only_items_of_the_sheets_take_answers(office: Desk, template: str, item: str) -> None:
    inspection = start(office, 0, 1)
    with pytest.raises(Refused, match=r"item\.unknown"):
        office.services.inspections.answer(inspection, template, item, state="pass")
    with pytest.raises(Refused, match=r"item\.unknown"):
        office.services.inspections.put_row(inspection, template, item, {"product": "x"})


def test_rows_are_computed_and_summed_in_the_finding(office: Desk) -> None:
    inspection = start(office, 0, 1)
    service = office.services.inspections
    service.put_row(inspection, "SGF", "SGF-1.04", STOCK)
    service.put_row(inspection, "SGF", "SGF-1.04", {**STOCK, "product": "二甲双胍", "book": "80", "counted": "62", "price": "23.00"})
    service.answer(inspection, "SGF", "SGF-1.04", state="fail")
    draft = office.services.findings.draft_from_item(inspection, "SGF", "SGF-1.04")
    assert draft.amount_cny == Decimal("786.00")  # 24 × 15.50 + 18 × 23.00
    assert draft.cases == 2


def test_a_row_takes_only_the_columns_of_its_item(office: Desk) -> None:
    inspection = start(office, 0, 1)
    with pytest.raises(Refused, match="unknown_column"):
        office.services.inspections.put_row(inspection, "SGF", "SGF-1.04", {"colour": "red"})


def test_a_row_of_another_inspection_is_not_touched(office: Desk) -> None:
    first, second = start(office, 0, 1), start(office, 1, 2, task=2)
    service = office.services.inspections
    row = service.put_row(first, "SGF", "SGF-1.04", STOCK).value.rows[0].id
    attempts: list[Callable[[], object]] = [
        lambda: service.remove_row(second, row),
        lambda: service.put_row(second, "SGF", "SGF-1.04", {"product": "别的"}, row),
        lambda: service.put_row(first, "SGF", "SGF-1.02", {"product": "别的"}, row),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match=r"row\.unknown"):
            attempt()
    assert rows_of(office, first) == [STOCK]


def test_a_removed_row_is_gone_and_cannot_be_removed_again(office: Desk) -> None:
    inspection = start(office, 0, 1)
    row = office.services.inspections.put_row(inspection, "SGF", "SGF-1.04", STOCK).value.rows[0].id
    assert office.services.inspections.remove_row(inspection, row).value.rows == ()
    with pytest.raises(Refused, match=r"row\.unknown"):
        office.services.inspections.remove_row(inspection, row)


def test_undo_goes_back_step_by_step_to_the_empty_sheet(office: Desk) -> None:
    inspection = start(office, 0, 1)
    service = office.services.inspections
    service.answer(inspection, "SGF", "SGF-1.01", state="pass")
    service.answer(inspection, "SGF", "SGF-1.01", state="fail", detail="没有记录")
    service.answer(inspection, "SGF", "SGF-1.03", state="na", note="无")
    assert service.undo(inspection).value.state == "open"
    back = service.undo(inspection).value
    assert back is not None
    assert (back.item, back.state, back.detail) == ("SGF-1.01", "pass", "")
    assert service.undo(inspection).value.state == "open"
    assert service.undo(inspection).value is None


def test_undo_brings_rows_back_and_many_steps_end_where_they_began(office: Desk) -> None:
    inspection = start(office, 0, 1)
    service = office.services.inspections
    row = service.put_row(inspection, "SGF", "SGF-1.04", STOCK).value.rows[0].id
    service.put_row(inspection, "SGF", "SGF-1.04", {**STOCK, "counted": "90"}, row)
    service.remove_row(inspection, row)
    assert service.undo(inspection).value is not None
    assert rows_of(office, inspection) == [{**STOCK, "counted": "90"}]
    service.undo(inspection)
    assert rows_of(office, inspection) == [STOCK]
    service.undo(inspection)
    assert answers(office, inspection) == {}
    assert service.undo(inspection).value is None


def test_undo_goes_back_to_the_very_first_answer(office: Desk) -> None:
    inspection = start(office, 0, 1)
    for number in range(1, 206):
        office.services.inspections.answer(inspection, "SGF", "SGF-1.01", count=number)
    steps = 0
    while office.services.inspections.undo(inspection).value is not None:
        steps += 1
    assert steps == 205
    assert answers(office, inspection)["SGF-1.01"].count is None


def test_undo_survives_closing_the_program(office: Desk) -> None:
    inspection = start(office, 0, 1)
    office.services.inspections.answer(inspection, "SGF", "SGF-1.01", state="fail")
    office.services.vault.lock()
    office.services.vault.unlock(cast.SECRET)
    assert office.services.inspections.undo(inspection).value.state == "open"


def test_undo_takes_back_only_what_the_step_changed(office: Desk) -> None:
    """What somebody else wrote into another field of the same answer meanwhile stays."""
    inspection = start(office, 0, 1)
    service = office.services.inspections
    service.answer(inspection, "SGF", "SGF-1.01", note="先写的备注")
    service.answer(inspection, "SGF", "SGF-1.01", state="fail")
    with office.services.inspections._store.db.marked("pull") as connection:  # as a pull from the second laptop does
        connection.exec_driver_sql("UPDATE answer SET note = '同事补写的备注' WHERE item = 'SGF-1.01'")
    back = service.undo(inspection).value
    assert back is not None
    assert (back.state, back.note) == ("open", "同事补写的备注")


def test_an_item_that_no_longer_applies_is_not_printed_or_counted(visit: Desk) -> None:
    def shown() -> frozenset[str]:
        return visit.services.checklists.visible(
            visit.services.checklists.template("SGF"),
            answers(visit, visit.inspection),
            visit.services.inspections.view(visit.inspection).inspection.institution,
        )

    assert "SGF-1.07" in shown()
    visit.services.inspections.answer(visit.inspection, "SGF", "SGF-1.06", state="fail")
    assert "SGF-1.07" not in shown()


def test_a_failed_item_without_evidence_blocks_signing_and_never_working(office: Desk) -> None:
    inspection = start(office, 0, 1)
    office.services.inspections.answer(inspection, "SGF", "SGF-1.01", state="fail")
    assert ("evidence_missing", "SGF-1.01") in blocks(office, inspection)
    with pytest.raises(Refused, match=r"document\.blocked"):
        office.services.documents.freeze_record(inspection)
    office.services.inspections.answer(inspection, "SGF", "SGF-1.03", state="pass")
    assert office.services.inspections.view(inspection).state is InspectionState.OPEN


def test_rows_without_a_total_block_signing(visit: Desk) -> None:
    assert ("rows_without_total", "SGF-1.02") not in blocks(visit, visit.inspection)
    visit.services.inspections.answer(visit.inspection, "SGF", "SGF-1.02", state="fail")
    assert {("rows_without_total", "SGF-1.02"), ("evidence_missing", "SGF-1.02")} <= blocks(visit, visit.inspection)


def test_what_a_sheet_requires_after_another_answer_blocks(visit: Desk) -> None:
    service = visit.services.inspections
    service.answer(visit.inspection, "SGF", "SGF-1.05", state="open", value=None)
    assert ("required", "SGF-1.05") not in blocks(visit, visit.inspection)
    service.answer(visit.inspection, "SGF", "SGF-1.03", state="fail")
    assert ("required", "SGF-1.05") in blocks(visit, visit.inspection)


@pytest.mark.parametrize(("value", "code"), [("2199-01-01", "date_in_future"), ("三月", "value_invalid"), ("2026-02-30", "value_invalid")])
def test_a_wrong_date_blocks_signing(visit: Desk, value: str, code: str) -> None:
    visit.services.inspections.answer(visit.inspection, "SGF", "SGF-1.05", state="pass", value=value)
    assert (code, "SGF-1.05") in blocks(visit, visit.inspection)


def test_the_form_says_what_is_missing(office: Desk) -> None:
    inspection = start(office, 0, 1)
    assert {("licence_not_shown", ""), ("party_missing", "")} <= blocks(office, inspection)
    office.services.inspections.set_details(inspection, party=Party("周其真"), licence_shown=True)
    assert not {("licence_not_shown", ""), ("party_missing", "")} & blocks(office, inspection)


def test_a_shop_with_more_on_the_shelf_than_in_the_books_can_still_be_signed(ready: Desk) -> None:
    """A surplus makes the total of the rows negative, which is no amount at issue."""
    service = ready.services.inspections
    for row in answers(ready, ready.inspection)["SGF-1.04"].rows:
        service.remove_row(ready.inspection, row.id)
    for finding in ready.services.findings.of(ready.inspection):
        if "SGF/SGF-1.04" in finding.items:
            ready.services.findings.remove(finding.id, "改判")
    service.put_row(ready.inspection, "SGF", "SGF-1.04", {**STOCK, "book": "96", "counted": "120"})
    service.answer(ready.inspection, "SGF", "SGF-1.04", state="pass")
    assert not blocks(ready, ready.inspection)
    assert ready.services.documents.freeze_record(ready.inspection).value.pages


def test_nothing_of_a_signed_visit_can_be_changed(signed: Desk) -> None:
    visit, service = signed.inspection, signed.services.inspections
    row = answers(signed, visit)["SGF-1.04"].rows[0].id
    untouched = [one.code for one in signed.services.checklists.template("SGF").items if one.code not in answers(signed, visit)]
    before = service.view(visit)
    attempts: list[Callable[[], object]] = [
        lambda: service.set_details(visit, party_opinion="有异议"),
        lambda: service.answer(visit, "SGF", "SGF-1.01", state="fail"),
        lambda: service.answer(visit, "SGF", "SGF-2.03", count=0),
        *(partial(service.answer, visit, "SGF", item, state="pass") for item in untouched),
        lambda: service.put_row(visit, "SGF", "SGF-1.04", STOCK),
        lambda: service.put_row(visit, "SGF", "SGF-1.04", STOCK, row),
        lambda: service.put_row(visit, "SGF", "SGF-1.02", {"product": "新行"}),
        lambda: service.remove_row(visit, row),
        lambda: service.undo(visit),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match=r"record\.locked"):
            attempt()
    assert service.view(visit) == before


def test_an_item_nobody_looked_at_takes_no_answer_after_signing(office: Desk) -> None:
    inspection = start(office, 0, 1)
    office.services.inspections.set_details(inspection, party=Party("周其真"), licence_shown=True)
    document = office.services.documents.freeze_record(inspection).value
    sign_one(office.services, document.id, office.services.documents.view(document.id).signers[0].role)
    with pytest.raises(Refused, match=r"record\.locked"):
        office.services.inspections.answer(inspection, "SGF", "SGF-1.01", state="fail")
    with pytest.raises(Refused, match=r"record\.locked"):
        office.services.inspections.put_row(inspection, "SGF", "SGF-1.04", STOCK)
    assert answers(office, inspection) == {}


def test_a_removed_row_does_not_come_back_after_signing(ready: Desk) -> None:
    service = ready.services.inspections
    row = service.put_row(ready.inspection, "SGF", "SGF-1.04", STOCK).value.rows[-1].id
    service.remove_row(ready.inspection, row)
    document = ready.services.documents.freeze_record(ready.inspection).value
    sign_one(ready.services, document.id, ready.services.documents.view(document.id).signers[0].role)
    before = rows_of(ready, ready.inspection)
    with pytest.raises(Refused, match=r"record\.locked"):
        service.undo(ready.inspection)
    assert rows_of(ready, ready.inspection) == before


def test_a_visit_closes_only_when_everybody_has_signed(frozen: Desk) -> None:
    document = frozen.record
    assert document is not None
    with pytest.raises(Refused, match=r"inspection\.unsigned"):
        frozen.services.inspections.close(frozen.inspection)
    while (turn := frozen.services.documents.view(document).next_role) is not None:
        with pytest.raises(Refused, match=r"inspection\.unsigned"):
            frozen.services.inspections.close(frozen.inspection)
        sign_one(frozen.services, document, turn)
    closed = frozen.services.inspections.close(frozen.inspection).value
    with pytest.raises(Refused, match=r"task\.closed"):
        frozen.services.inspections.close(frozen.inspection)
    assert closed.closed_at is not None
    assert frozen.services.tasks.get(frozen.tasks[0]).state is TaskState.CLOSED


def test_a_closed_visit_takes_no_evidence(signed: Desk) -> None:
    signed.services.inspections.close(signed.inspection)
    with pytest.raises(Refused, match=r"record\.locked"):
        signed.services.evidence.take(signed.inspection, [("late.jpg", photo())])
