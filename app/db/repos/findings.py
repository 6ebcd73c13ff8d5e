"""Findings of an inspection."""

from collections.abc import Mapping
from typing import Any

from app.core.errors import Refused
from app.core.evidence import TargetKind
from app.core.findings import Finding
from app.core.ids import EvidenceId, FindingId, InspectionId
from app.db.repos import evidence
from app.db.repos.values import day, fen, in_record, read_day, read_fen, read_texts, texts
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar

_Proofs = Mapping[tuple[str, str], set[tuple[int, EvidenceId]]]


def of(unit: ReadUnit, inspection_id: InspectionId) -> tuple[Finding, ...]:
    """Return the findings in order, with the numbers of their valid evidence."""
    rows = unit.sql(
        f"SELECT * FROM finding f WHERE inspection = ?1 AND _deleted = 0 AND {in_record('f', '?1')} ORDER BY position, id",
        (inspection_id,),
    )
    proofs = evidence.proofs(unit, inspection_id) if rows else {}
    return tuple(_finding(row, inspection_id, proofs) for row in rows)


def get(unit: ReadUnit, finding_id: FindingId) -> Finding:
    """Return one finding, or raise `Refused("finding.unknown")`."""
    owner = unit.sql("SELECT inspection FROM finding WHERE id = ? AND _deleted = 0", (finding_id,))
    for one in of(unit, InspectionId(owner[0].inspection)) if owner else ():
        if one.id == finding_id:
            return one
    raise Refused("finding.unknown")


def fields(value: Finding) -> dict[str, Scalar]:
    """Return what is stored of a finding; its evidence is stored as links."""
    return {
        "inspection": value.inspection, "violation": value.violation, "title": value.title, "facts": value.facts,
        "persons": value.persons, "cases": value.cases, "amount_fen": fen(value.amount_cny),
        "period_from": day(value.period_from), "period_to": day(value.period_to), "basis": value.basis,
        "calculation": value.calculation, "items": texts(value.items), "opinion": value.opinion,
        "opinion_text": value.opinion_text,
    }  # fmt: skip


def _finding(row: Any, inspection_id: InspectionId, proofs: _Proofs) -> Finding:
    items = read_texts(row.items)
    own = ((TargetKind.FINDING.value, row.id), *((TargetKind.ITEM.value, item) for item in items))
    linked = tuple(sorted(set().union(*(proofs.get(target, ()) for target in own))))
    return Finding(
        id=FindingId(row.id), inspection=inspection_id, violation=row.violation or "", title=row.title or "",
        facts=row.facts or "", persons=row.persons, cases=row.cases, amount_cny=read_fen(row.amount_fen),
        period_from=read_day(row.period_from), period_to=read_day(row.period_to), basis=row.basis or "",
        calculation=row.calculation or "", items=items,
        evidence=tuple(number for number, _ in linked), opinion=row.opinion or "", opinion_text=row.opinion_text or "",
        proofs=linked,
    )  # fmt: skip
