"""The office's side of self-checks: ask, take back, remind, compare."""

import datetime as dt
from decimal import Decimal

from app.core.clock import to_ms
from app.core.errors import Refused
from app.core.ids import InspectionId, SelfCheckId
from app.core.outcome import Outcome
from app.core.self_checks import Comparison, SelfCheck, SelfCheckState, Verdict
from app.db.repos import findings, inspections, registers
from app.db.repos import self_checks as stored
from app.services.selfcheck import comparing
from app.services.selfcheck.returns import Returns
from app.services.selfcheck.storing import pinned_all


class SelfChecks(Returns):
    """All that the office does with self-checks."""

    def inspections_of(self, check_id: SelfCheckId) -> tuple[tuple[InspectionId, dt.datetime], ...]:
        """Return the visits to the institution since it was asked, newest first."""
        with self._store.db.read() as unit:
            check = stored.get(unit, check_id)
            rows = unit.sql(
                "SELECT v.id FROM inspection v JOIN task t ON t.id = v.task WHERE v.institution = ? AND v._deleted = 0"
                " AND t.nature <> 'self_check' AND v.started_at >= ? ORDER BY v.started_at DESC, v.id DESC",
                (check.institution, to_ms(check.issued_at)),
            )
            found = [inspections.get(unit, InspectionId(row.id)) for row in rows]
        return tuple((one.id, one.started_at) for one in found)

    def compare(self, check_id: SelfCheckId, inspection_id: InspectionId | None = None) -> Comparison:
        """Lay what was declared beside what inspectors found; the newest visit since it was asked where none is named.

        Raises:
            Refused: `selfcheck.unknown`, `selfcheck.not_returned`, `selfcheck.not_inspected`, `selfcheck.other_place`,
                `inspection.unknown`.
        """
        if inspection_id is None:
            visits = self.inspections_of(check_id)
            if not visits:
                raise Refused("selfcheck.not_inspected")
            inspection_id = visits[0][0]
        with self._store.db.read() as unit:
            check = stored.get(unit, check_id)
            if check.state not in (SelfCheckState.RETURNED, SelfCheckState.COMPARED):
                raise Refused("selfcheck.not_returned")
            visit = inspections.get(unit, inspection_id)
            if visit.institution != check.institution:
                raise Refused("selfcheck.other_place")
            place = registers.institution(unit, check.institution)
            given = stored.filled(unit, check)
            sheets = inspections.sheets(unit, inspection_id)
            found = findings.of(unit, inspection_id)
        pinned = [(sheet, self._checklists.pinned(sheet.ref)) for sheet in sheets]
        asked = list(zip(pinned_all(self._checklists, check.templates), check.templates, strict=True))
        lines, total = comparing.compare(asked, given, comparing.seen(pinned, found))
        promised = sum((one.amount_cny for one in given.promises), Decimal(0))
        paid = sum((one.paid_cny or Decimal(0) for one in given.promises), Decimal(0))
        counts = comparing.counts(lines)
        codes = [
            *(["self_check_lenient"] if given.declared_cny and (promised or paid) else []),
            *(["self_check_severe"] if counts.get(Verdict.FOUND_ONLY) or counts.get(Verdict.FOUND_MORE) else []),
        ]
        return Comparison(
            check_id, inspection_id, place.name, lines, given.declared_cny, total, self._hints(codes), promised, paid, counts
        )

    def mark_compared(self, check_id: SelfCheckId, inspection_id: InspectionId) -> Outcome[SelfCheck]:
        """Note that somebody has looked at the comparison.

        Raises:
            Refused: As `compare`.
        """
        self.compare(check_id, inspection_id)
        with self._store.db.write() as unit:
            unit.put("self_check", check_id, {"state": str(SelfCheckState.COMPARED), "compared_with": inspection_id})
            return Outcome(stored.get(unit, check_id), unit.changed)
