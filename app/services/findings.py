"""Findings: what was seen, how many, how much, on which ground. The program never decides guilt."""

import dataclasses

from app.core.errors import Refused
from app.core.evidence import Link, TargetKind
from app.core.findings import Finding
from app.core.ids import FindingId, InspectionId
from app.core.outcome import Outcome
from app.db.repos import evidence, findings, inspections
from app.db.unit import ReadUnit, WriteUnit
from app.services.checklists import Checklists, given_of
from app.services.store import Store
from checklists import logic
from checklists.schema import Item

_OPINIONS = frozenset({"", "agree", "object"})


class Findings:
    """Note, change and remove findings."""

    def __init__(self, store: Store, checklists: Checklists) -> None:
        self._store, self._checklists = store, checklists

    def of(self, inspection: InspectionId) -> tuple[Finding, ...]:
        """Return the findings of an inspection in order."""
        with self._store.db.read() as unit:
            return findings.of(unit, inspection)

    def save(self, finding: Finding) -> Outcome[Finding]:
        """Create (empty id) or change a finding; `evidence` numbers become links, those left out are taken away.

        What is linked to the finding's items stays evidence of the finding.

        Raises:
            Refused: `finding.unknown`, `violation.unknown`, `finding.period`, `finding.opinion`, `finding.count`, `money.invalid`,
                `evidence.unknown_number`, `record.locked`.
        """
        self._check(finding)
        title = finding.title.strip() or self._checklists.violation(finding.violation).title
        saved = dataclasses.replace(finding, id=finding.id or FindingId(self._store.new_id()), title=title)
        with self._store.db.write() as unit:
            inspections.get(unit, finding.inspection)
            inspections.must_be_unsigned(unit, finding.inspection, "finding")
            if finding.id and findings.get(unit, finding.id).inspection != finding.inspection:
                raise Refused("finding.unknown")
            fields = findings.fields(saved)
            if not finding.id:
                last = unit.sql(
                    "SELECT coalesce(max(position), 0) AS n FROM finding WHERE inspection = ?", (finding.inspection,)
                )
                fields["position"] = last[0].n + 1
            unit.put("finding", saved.id, fields)
            self._link(unit, saved)
            return Outcome(findings.get(unit, saved.id), unit.changed)

    def remove(self, finding_id: FindingId, reason: str) -> Outcome[None]:
        """Take a finding out with a reason; both stay in the journal.

        Raises:
            Refused: `finding.reason_missing`, `finding.unknown`, `record.locked`.
        """
        if not reason.strip():
            raise Refused("finding.reason_missing")
        with self._store.db.write() as unit:
            findings.get(unit, finding_id)
            unit.put("finding", finding_id, {"removed_reason": reason.strip()})
            unit.delete("finding", finding_id)
            return Outcome(None, unit.changed)

    def draft_from_item(self, inspection: InspectionId, template: str, item: str) -> Finding:
        """Return a finding prefilled from an item and its answer; nothing is saved.

        Raises:
            Refused: `item.unknown`.
        """
        with self._store.db.read() as unit:
            sheet = next((s for s in inspections.sheets(unit, inspection) if s.ref.template == template), None)
            if sheet is None:
                raise Refused("item.unknown", item=item)
            try:
                asked = self._checklists.pinned(sheet.ref).item(item)
            except KeyError as error:
                raise Refused("item.unknown", item=item) from error
            numbers = self._numbers(unit, inspection, f"{template}/{item}")
        answer = sheet.answers.get(item)
        given = given_of({item: answer})[item] if answer else None
        violation = asked.violations[0] if asked.violations else ""
        return Finding(
            id=FindingId(""),
            inspection=inspection,
            violation=violation,
            title=self._checklists.violation(violation).title if violation else asked.violation_title,
            facts=(answer.detail or answer.note) if answer else "",
            cases=(answer.count if answer.count is not None else len(answer.rows) or None) if answer else None,
            amount_cny=logic.amount_of(asked, given) if given else None,
            basis=basis_text(asked),
            items=(f"{template}/{item}",),
            evidence=numbers,
        )

    def _check(self, finding: Finding) -> None:
        if finding.violation or not finding.title.strip():
            self._checklists.violation(finding.violation)
        if finding.period_from and finding.period_to and finding.period_to < finding.period_from:
            raise Refused("finding.period")
        if finding.opinion not in _OPINIONS:
            raise Refused("finding.opinion", opinion=finding.opinion)
        for number in (finding.persons, finding.cases):
            if number is not None and not 0 <= number <= 10**9:
                raise Refused("finding.count", count=number)

    def _link(self, unit: WriteUnit, finding: Finding) -> None:
        listed = {one.id: one for one in evidence.of(unit, finding.inspection)}
        meant = {one.number: one.id for one in listed.values()} | dict(finding.proofs)
        for number in finding.evidence:
            if meant.get(number) not in listed:
                raise Refused("evidence.unknown_number", number=number)
        wanted = [listed[meant[number]] for number in finding.evidence]
        own = Link(TargetKind.FINDING, finding.id)
        for proof in listed.values():
            if proof not in wanted and own in proof.links:
                for row in evidence.link_rows(unit, proof.id, own):
                    unit.delete("evidence_link", row)
        for named in wanted:
            if any(
                link == own or (link.target_kind is TargetKind.ITEM and link.target in finding.items)
                for link in named.links
            ):
                continue
            unit.put(
                "evidence_link",
                self._store.new_id(),
                {
                    "inspection": finding.inspection,
                    "evidence": named.id,
                    "target_kind": str(own.target_kind),
                    "target": own.target,
                },
            )

    def _numbers(self, unit: ReadUnit, inspection: InspectionId, target: str) -> tuple[int, ...]:
        return tuple(
            one.number
            for one in evidence.of(unit, inspection)
            if one.voided_reason is None and any(link.target == target for link in one.links)
        )


def basis_text(item: Item) -> str:
    """Return an item's legal grounds as printed, unverified ones marked."""
    return "；".join(basis.citation + ("" if basis.verified else "（待核）") for basis in item.basis)
