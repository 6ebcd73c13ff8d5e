"""Service (送达): how and when each paper reached its receiver, as noted."""

import datetime as dt
import json
from typing import Any

from app.core.clock import from_ms, today
from app.core.papers import PaperId, Service, ServiceId, ServiceMethod
from app.core.places import Office
from app.db.repos import registers
from app.db.unit import ReadUnit
from app.services.papers import law


def of_paper(unit: ReadUnit, paper: PaperId) -> tuple[Service, ...]:
    """Return how a paper was served, in the order noted; voided entries too."""
    rows = unit.sql(
        "SELECT * FROM paper_service WHERE paper = ? AND _deleted = 0 ORDER BY noted_at, id", (paper,)
    )
    office = registers.office(unit) if rows else None
    return tuple(service_of(row, office) for row in rows if office is not None)


def served_on(services: tuple[Service, ...]) -> dt.date | None:
    """Return the date of the first service that counts, None where there is none."""
    return min((one.effective_on for one in services if one.void_reason is None), default=None)


def service_of(row: Any, office: Office) -> Service:
    """Return one entry as the screens show it."""
    method, served_at = ServiceMethod(row.method), from_ms(row.served_at)
    effective, is_certain = today(served_at), True
    if method is ServiceMethod.ANNOUNCED:
        end = law.period("announcement", effective, office)
        effective, is_certain = end.due, end.is_certain
    return Service(
        id=ServiceId(row.id), paper=PaperId(row.paper), method=method, served_at=served_at, effective_on=effective,
        receiver=row.receiver or "", relation=row.relation or "", place=row.place or "",
        servers=tuple((name, card) for name, card in json.loads(row.servers or "[]")),
        refused_reason=row.refused_reason or "", witness=row.witness or "", is_recorded=bool(row.recorded),
        consent=bool(row.consent), tracking=row.tracking or "", note=row.note or "",
        receipt=PaperId(row.receipt) if row.receipt else None, is_certain=is_certain, void_reason=row._voided,
    )  # fmt: skip
