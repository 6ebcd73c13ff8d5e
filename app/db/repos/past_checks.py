"""Checks made before this program was used, or by others."""

import datetime as dt

from app.core.coverage import PastCheck
from app.core.ids import InstitutionId, PastCheckId
from app.db.repos.values import day
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar

_STANDS = "_deleted = 0 AND _voided IS NULL"


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
