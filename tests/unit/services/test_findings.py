import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from app.core.errors import Refused
from app.core.findings import Finding
from app.core.ids import FindingId
from tests.unit.services.desks import Desk


def draft(desk: Desk, **given: object) -> Finding:
    made = Finding(FindingId(""), desk.inspection, "V04", "", facts="现场所见", amount_cny=Decimal("100.00"))
    return dataclasses.replace(made, **given)


def test_a_finding_is_prefilled_from_its_item(visit: Desk) -> None:
    made = visit.services.findings.draft_from_item(visit.inspection, "SGF", "SGF-2.03")
    assert (made.amount_cny, made.cases, made.items) == (Decimal("386.40"), 6, ("SGF/SGF-2.03",))
    assert made.evidence
    assert made.basis
    assert visit.services.findings.of(visit.inspection) == ()


def test_findings_add_up_in_the_view(visit: Desk) -> None:
    for amount in ("0.10", "0.20", "999999999.70"):
        visit.services.findings.save(draft(visit, amount_cny=Decimal(amount)))
    visit.services.findings.save(draft(visit, amount_cny=None))
    assert visit.services.inspections.view(visit.inspection).amount_cny == Decimal("1000000000.00")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"amount_cny": Decimal("-1")}, "money.invalid"),
        ({"amount_cny": Decimal("0.005")}, "money.invalid"),
        ({"persons": -1}, "finding.count"),
        ({"cases": 10**10}, "finding.count"),
        ({"opinion": "maybe"}, "finding.opinion"),
        ({"violation": "V99"}, "violation.unknown"),
        ({"violation": ""}, "violation.unknown"),
        ({"evidence": (99,)}, "evidence.unknown_number"),
        ({"evidence": (0,)}, "evidence.unknown_number"),
        ({"period_from": dt.date(2026, 2, 1), "period_to": dt.date(2026, 1, 1)}, "finding.period"),
        ({"facts": "长" * 10**6}, "value.invalid"),
    ],
)
def test_a_senseless_finding_is_refused_whole(visit: Desk, given: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        visit.services.findings.save(draft(visit, **given))
    assert refused.value.code == code
    assert visit.services.findings.of(visit.inspection) == ()


def test_evidence_crossed_out_of_a_finding_is_no_longer_named(visit: Desk) -> None:
    saved = visit.services.findings.save(draft(visit, evidence=(1, 2))).value
    assert saved.evidence == (1, 2)
    assert visit.services.findings.save(dataclasses.replace(saved, evidence=(2,))).value.evidence == (2,)
    assert len(visit.services.evidence.of(visit.inspection)) == 4


def test_a_finding_read_before_the_list_was_reordered_keeps_its_pieces(visit: Desk) -> None:
    saved = visit.services.findings.save(draft(visit, evidence=(1, 2))).value
    pieces = [one.id for one in visit.services.evidence.of(visit.inspection)]
    for piece in pieces[:2]:
        visit.services.evidence.move(piece, 4)
    again = visit.services.findings.save(dataclasses.replace(saved, facts="改过的事实")).value
    assert {piece for _, piece in again.proofs} == set(pieces[:2])
    assert again.evidence == (3, 4)


def test_evidence_of_the_items_stays_with_the_finding(visit: Desk) -> None:
    made = visit.services.findings.draft_from_item(visit.inspection, "SGF", "SGF-2.03")
    saved = visit.services.findings.save(dataclasses.replace(made, evidence=())).value
    assert saved.evidence == made.evidence


def test_voided_evidence_proves_nothing(visit: Desk) -> None:
    saved = visit.services.findings.save(draft(visit, evidence=(1,))).value
    visit.services.evidence.void(visit.services.evidence.of(visit.inspection)[0].id, "拍错了")
    assert visit.services.findings.of(visit.inspection)[0].evidence == ()
    codes = {(one.code, one.params.get("title")) for one in visit.services.inspections.blockers(visit.inspection)}
    assert ("finding_without_evidence", saved.title) in codes


def test_a_finding_without_facts_blocks(visit: Desk) -> None:
    visit.services.findings.save(draft(visit, facts="  ", evidence=(1,)))
    codes = {one.code for one in visit.services.inspections.blockers(visit.inspection) if one.severity == "block"}
    assert codes == {"finding_without_facts"}


def test_a_removed_finding_is_gone_from_the_sum_and_cannot_be_removed_twice(visit: Desk) -> None:
    saved = visit.services.findings.save(draft(visit)).value
    with pytest.raises(Refused, match="reason_missing"):
        visit.services.findings.remove(saved.id, " ")
    visit.services.findings.remove(saved.id, "不成立")
    assert visit.services.inspections.view(visit.inspection).amount_cny == 0
    with pytest.raises(Refused, match=r"finding\.unknown"):
        visit.services.findings.remove(saved.id, "再来")


def test_a_removed_finding_does_not_come_back_by_saving_a_stale_form(visit: Desk) -> None:
    saved = visit.services.findings.save(draft(visit)).value
    visit.services.findings.remove(saved.id, "不成立")
    with pytest.raises(Refused, match=r"finding\.unknown"):
        visit.services.findings.save(dataclasses.replace(saved, facts="改"))


def test_a_finding_stays_with_its_inspection(visit: Desk) -> None:
    saved = visit.services.findings.save(draft(visit)).value
    other = visit.services.inspections.start(
        visit.tasks[2], inspectors=visit.inspectors[1:3], recorder=visit.inspectors[1], place=""
    ).value
    with pytest.raises(Refused, match=r"finding\.unknown"):
        visit.services.findings.save(dataclasses.replace(saved, inspection=other))
    assert [one.id for one in visit.services.findings.of(visit.inspection)] == [saved.id]
