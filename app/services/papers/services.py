"""Service (送达): how and when each paper reached its receiver, as noted."""

import datetime as dt
import json
from typing import Any

from app.core.clock import from_ms, today
from app.core.papers import Paper, PaperId, Service, ServiceId, ServiceMethod
from app.core.places import Office
from app.db.repos import documents, registers
from app.db.unit import ReadUnit
from app.services.papers import law
from forms.model import Role


def of_paper(unit: ReadUnit, paper: PaperId) -> tuple[Service, ...]:
    """Return how a paper was served, in the order noted; voided entries too."""
    rows = unit.sql(
        "SELECT * FROM paper_service WHERE paper = ? AND _deleted = 0 ORDER BY noted_at, id", (paper,)
    )
    office = registers.office(unit) if rows else None
    return tuple(service_of(row, office) for row in rows if office is not None)


def served_on(unit: ReadUnit, paper: Paper) -> dt.date | None:
    """Return the date of service: the first that was noted, else the day on which the receiver signed the paper itself.

    A photographed signature has the day on the paper, which the program does not read: such a service is noted.
    """
    noted = min((one.effective_on for one in of_paper(unit, paper.id) if one.void_reason is None), default=None)
    if noted is not None or paper.document is None:
        return noted
    places = documents.extras(unit, paper.document)[2].get("places", ())
    receivers = {f"place_{n}" for n, (_, role, _) in enumerate(places, 1) if role == Role.RECEIVER}
    if not receivers:
        return None
    given = documents.get(unit, paper.document).signatures
    return min((today(one.signed_at) for one in given if one.role in receivers and one.method == "pen"), default=None)


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
