"""Leads, who may read reporters, and who did."""

from collections.abc import Mapping
from typing import Any

from app.core.clock import from_ms
from app.core.errors import Refused
from app.core.ids import InstitutionId, PersonId, TaskId
from app.core.leads import Channel, Decision, Keeper, KeeperId, Lead, LeadId, LeadState, Look
from app.db.repos.values import day, fen, read_day, read_fen, read_instant
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar


def get(unit: ReadUnit, lead_id: LeadId) -> Lead:
    """Return one lead, or raise `Refused("lead.unknown")`."""
    rows = unit.sql("SELECT * FROM lead WHERE id = ? AND _deleted = 0", (lead_id,))
    if not rows:
        raise Refused("lead.unknown")
    return _lead(rows[0])


def every(unit: ReadUnit) -> tuple[Lead, ...]:
    """Return all leads, the newest first."""
    rows = unit.sql("SELECT * FROM lead WHERE _deleted = 0 ORDER BY received_on DESC, number DESC, id DESC")
    return tuple(map(_lead, rows))


def fields(lead: Lead) -> dict[str, Scalar]:
    """Return what is stored of a lead; its number is stored where it is given."""
    return {
        "received_on": day(lead.received_on), "received_by": lead.received_by, "channel": str(lead.channel),
        "institution": lead.institution, "named": lead.named, "content": lead.content, "amount_fen": fen(lead.amount_cny),
        "real_name": lead.is_real_name, "state": str(lead.state), "handler": lead.handler, "due_on": day(lead.due_on),
        "extended": lead.extended, "decided_on": day(lead.decided_on),
        "decision": str(lead.decision) if lead.decision else None, "outcome": lead.outcome, "reply": lead.reply,
        "replied_on": day(lead.replied_on), "transfer": lead.transfer, "reason": lead.reason,
        "closed_on": day(lead.closed_on),
    }  # fmt: skip


def tasks_of(unit: ReadUnit) -> Mapping[str, tuple[tuple[TaskId, str], ...]]:
    """Return by lead its tasks with their numbers."""
    found: dict[str, tuple[tuple[TaskId, str], ...]] = {}
    for row in unit.sql("SELECT id, number, lead FROM task WHERE lead <> '' AND _deleted = 0 ORDER BY number, id"):
        found[row.lead] = (*found.get(row.lead, ()), (TaskId(row.id), row.number or ""))
    return found


def counts(unit: ReadUnit) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return by lead how many sealed texts there are, and how many looks."""
    return tuple(
        {row.lead: row.n for row in unit.sql(f"SELECT lead, count(*) AS n FROM {table} WHERE _deleted = 0 GROUP BY lead")}
        for table in ("lead_reporter", "lead_look")
    )  # type: ignore[return-value]


def sealed(unit: ReadUnit, lead_id: LeadId) -> tuple[str, ...]:
    """Return the sealed texts of a lead, the newest first."""
    rows = unit.sql(
        "SELECT sealed FROM lead_reporter WHERE lead = ? AND _deleted = 0 ORDER BY sealed_at DESC, id DESC", (lead_id,)
    )
    return tuple(row.sealed for row in rows)


def looks(unit: ReadUnit, lead_id: LeadId) -> tuple[Look, ...]:
    """Return who looked at a lead's reporter, the newest first."""
    rows = unit.sql(
        "SELECT l.*, p.name FROM lead_look l LEFT JOIN person p ON p.id = l.person WHERE l.lead = ? ORDER BY l.at DESC, l.id DESC",
        (lead_id,),
    )
    return tuple(Look(PersonId(row.person), row.name or "", from_ms(row.at), row.reason or "") for row in rows)


def keepers(unit: ReadUnit) -> tuple[tuple[Keeper, str], ...]:
    """Return all keepers with their public keys, those who came first at the top; fingerprints are not filled in."""
    rows = unit.sql(
        "SELECT k.*, p.name, s.keeper AS secret FROM lead_keeper k LEFT JOIN person p ON p.id = k.person"
        " LEFT JOIN lead_secret s ON s.keeper = k.id WHERE k._deleted = 0 ORDER BY k.added_at IS NULL, k.added_at, k.id"
    )
    return tuple((_keeper(row), row.public or "") for row in rows)


def _keeper(row: Any) -> Keeper:
    return Keeper(
        KeeperId(row.id), PersonId(row.person or ""), row.name or "", "", PersonId(row.added_by) if row.added_by else None,
        read_instant(row.added_at), read_instant(row.ended_at), row.secret is not None,
    )  # fmt: skip


def _lead(row: Any) -> Lead:
    return Lead(
        id=LeadId(row.id), number=row.number or "", interim=row.interim or "",
        received_on=read_day(row.received_on) or from_ms(0).date(), channel=Channel(row.channel),
        institution=InstitutionId(row.institution) if row.institution else None, named=row.named or "",
        content=row.content or "", amount_cny=read_fen(row.amount_fen), is_real_name=bool(row.real_name),
        state=LeadState(row.state), received_by=PersonId(row.received_by) if row.received_by else None,
        handler=PersonId(row.handler) if row.handler else None, due_on=read_day(row.due_on), extended=row.extended or "",
        decided_on=read_day(row.decided_on), decision=Decision(row.decision) if row.decision else None,
        outcome=row.outcome or "", reply=row.reply or "", replied_on=read_day(row.replied_on), transfer=row.transfer or "",
        reason=row.reason or "", closed_on=read_day(row.closed_on),
    )  # fmt: skip
