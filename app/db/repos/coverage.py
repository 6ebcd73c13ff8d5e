"""Questions about who was checked when."""

import datetime as dt
from collections.abc import Iterator

from app.core.clock import from_ms, today
from app.core.coverage import PastCheck
from app.core.ids import InstitutionId, PastCheckId
from app.db.repos.values import day
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar

# A self-check is nobody's visit; a visit that was voided, or has not ended, is none either.
_VISITS = (
    "SELECT v.institution, v.ended_at FROM inspection v LEFT JOIN task t ON t.id = v.task"
    " WHERE v.ended_at IS NOT NULL AND v._deleted = 0 AND v._voided IS NULL"
    " AND coalesce(t.nature, '') <> 'self_check'"
)
_STANDS = "_deleted = 0 AND _voided IS NULL"


def on_site_days(unit: ReadUnit) -> Iterator[tuple[str, dt.date]]:
    """Yield institution and day of every on-site check: visits that ended here and those entered as past."""
    for institution, ended_at in unit.tuples(_VISITS):
        yield institution, today(from_ms(ended_at))
    for institution, on_day in unit.tuples(f"SELECT institution, on_day FROM past_check WHERE {_STANDS}"):
        yield institution, dt.date.fromisoformat(on_day)


def past_checks(unit: ReadUnit, institution: InstitutionId | None = None) -> tuple[PastCheck, ...]:
    """Return the checks entered as past, of one institution or of all, newest first."""
    where = "" if institution is None else " AND institution = ?"
    rows = unit.sql(
        f"SELECT * FROM past_check WHERE {_STANDS}{where} ORDER BY on_day DESC, id",
        () if institution is None else (institution,),
    )
    return tuple(
        PastCheck(
            PastCheckId(row.id), InstitutionId(row.institution), dt.date.fromisoformat(row.on_day), row.by_whom or "",
            row.plan or "", row.outcome or "", row.source or "",
        )
        for row in rows
    )  # fmt: skip


def past_check_fields(value: PastCheck) -> dict[str, Scalar]:
    """Return what is stored of a past check."""
    return {
        "institution": value.institution, "on_day": day(value.on_day), "by_whom": value.by_whom, "plan": value.plan,
        "outcome": value.outcome, "source": value.source,
    }  # fmt: skip
