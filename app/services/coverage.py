"""Coverage: which institution was checked on-site when, here or by others."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from app.core.clock import today
from app.core.coverage import PastCheck, days_by_institution
from app.core.errors import Refused
from app.core.ids import InstitutionId, PastCheckId, derived_id
from app.core.outcome import Outcome
from app.db.repos import past_checks, registers, tallies
from app.db.unit import ReadUnit
from app.services.past_check_files import ImportedChecks, RejectedCheck, checks_of, rows_of
from app.services.store import Store
from sync.protocol.lines import Scalar


def last_checks(unit: ReadUnit) -> Mapping[InstitutionId, tuple[dt.date, ...]]:
    """Return the days of all on-site checks by institution, ascending; self-checks are none.

    What the lock of 90 days and the yearly cap count: visits that ended in this office and checks entered as past.
    """
    return days_by_institution((one.institution, one.on_day) for one in tallies.visits(unit))


class PastChecks:
    """Checks made before this program was used, or by others."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, institution: InstitutionId | None = None) -> tuple[PastCheck, ...]:
        """Return past checks of one institution or of all, newest first."""
        with self._store.db.read() as unit:
            return past_checks.past_checks(unit, institution)

    def save(self, check: PastCheck) -> Outcome[PastCheck]:
        """Enter (empty id) or change one; the same check entered on two laptops is one row.

        Raises:
            Refused: `institution.unknown`, `past_check.future`, `past_check.by_whom_missing`.
        """
        if check.on_day > today(self._store.now()):
            raise Refused("past_check.future", day=check.on_day.isoformat())
        if not check.by_whom.strip():
            raise Refused("past_check.by_whom_missing")
        by_whom = check.by_whom.strip()
        saved = dataclasses.replace(
            check,
            id=check.id or past_check_id(check.institution, check.on_day, by_whom),
            by_whom=by_whom, plan=check.plan.strip(), outcome=check.outcome.strip(), source=check.source.strip(),
        )  # fmt: skip
        with self._store.db.write() as unit:
            registers.institution(unit, saved.institution)
            unit.put("past_check", saved.id, past_checks.past_check_fields(saved))
            return Outcome(saved, unit.changed)

    def import_file(self, path: Path, *, by_whom: str = "", source: str = "") -> Outcome[ImportedChecks]:
        """Take the checks of a table (Excel, CSV): all rows that can be understood, the others with their reason.

        Args:
            by_whom: Who checked where a row does not say.
            source: Where it is known from where a row does not say; the name of the file where empty.

        Raises:
            Refused: `past_check.columns`, and what reading the file refuses.
            Unavailable: `sheet.missing`.
        """
        sheet, header, columns = rows_of(path)
        usual, day = source.strip() or path.name, today(self._store.now())
        rejected: list[RejectedCheck] = []
        wanted: dict[PastCheckId, dict[str, Scalar]] = {}
        taken = 0
        with self._store.db.write() as unit:
            register = tuple(registers.all_institutions(unit))
            for one in checks_of(
                sheet, header, columns, register, by_whom=by_whom.strip(), source=usual, today=day
            ):
                if isinstance(one, RejectedCheck):
                    rejected.append(one)
                    continue
                taken += 1
                filled = {name: value for name, value in past_checks.past_check_fields(one).items() if value}
                wanted.setdefault(past_check_id(one.institution, one.on_day, one.by_whom), {}).update(filled)
            # What a file leaves empty takes nothing away from what stands.
            imported = sum(unit.current("past_check", row) is None for row in wanted)
            for row, said in wanted.items():
                unit.put("past_check", row, said)
            told = ImportedChecks(taken + len(rejected), imported, taken - imported, tuple(rejected))
            return Outcome(told, unit.changed)

    def remove(self, check: PastCheckId) -> Outcome[None]:
        """Take one back that was entered by mistake; the journal keeps what it said."""
        with self._store.db.write() as unit:
            unit.delete("past_check", check)
            return Outcome(None, unit.changed)


def past_check_id(institution: InstitutionId, on_day: dt.date, by_whom: str) -> PastCheckId:
    """Return the id of a check: the same on every laptop for the same institution, day and authority."""
    return PastCheckId(derived_id("past_check", institution, on_day.isoformat(), by_whom))
