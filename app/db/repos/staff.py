"""Absences, declared interests and third parties."""

from typing import Any

from app.core.errors import Refused
from app.core.ids import InstitutionId, PersonId
from app.core.staff import Absence, Interest, Staff, ThirdParty, ThirdPartyKind
from app.db.repos.values import day, read_day
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar


def staff(unit: ReadUnit) -> Staff:
    """Return what is on record of everybody."""
    return Staff(absences(unit), interests(unit))


def absences(unit: ReadUnit) -> tuple[Absence, ...]:
    """Return all absences, the newest first; one whose first day is missing says nothing and is left out."""
    rows = unit.sql(
        "SELECT id, person, from_on, to_on, reason FROM absence WHERE _deleted = 0 AND from_on <> ''"
        " ORDER BY from_on DESC, id"
    )
    return tuple(
        Absence(row.id, PersonId(row.person or ""), first, read_day(row.to_on), row.reason or "")
        for row in rows
        if (first := read_day(row.from_on)) is not None
    )


def interests(unit: ReadUnit) -> tuple[Interest, ...]:
    """Return all declared interests, the newest first."""
    rows = unit.sql(
        "SELECT id, person, institution, chain, ground, declared_on, until_on FROM interest WHERE _deleted = 0"
        " ORDER BY declared_on DESC, id"
    )
    return tuple(
        Interest(
            row.id, PersonId(row.person or ""), InstitutionId(row.institution or ""), row.chain or "",
            row.ground or "", read_day(row.declared_on), read_day(row.until_on),
        )
        for row in rows
    )  # fmt: skip


def third_parties(unit: ReadUnit) -> tuple[ThirdParty, ...]:
    """Return all third parties by name."""
    return tuple(
        map(_third_party, unit.sql("SELECT * FROM third_party WHERE _deleted = 0 ORDER BY name, id"))
    )


def third_party(unit: ReadUnit, third_party_id: str) -> ThirdParty:
    """Return one third party, or raise `Refused("third_party.unknown")`."""
    rows = unit.sql("SELECT * FROM third_party WHERE id = ? AND _deleted = 0", (third_party_id,))
    if not rows:
        raise Refused("third_party.unknown")
    return _third_party(rows[0])


def absence_fields(value: Absence) -> dict[str, Scalar]:
    """Return what is stored of an absence."""
    return {
        "person": value.person, "from_on": day(value.from_on), "to_on": day(value.to_on), "reason": value.reason,
    }  # fmt: skip


def interest_fields(value: Interest) -> dict[str, Scalar]:
    """Return what is stored of a declared interest."""
    return {
        "person": value.person, "institution": value.institution, "chain": value.chain, "ground": value.ground,
        "declared_on": day(value.declared_on), "until_on": day(value.until_on),
    }  # fmt: skip


def third_party_fields(value: ThirdParty) -> dict[str, Scalar]:
    """Return what is stored of a third party."""
    return {
        "name": value.name, "kind": str(value.kind), "contract": value.contract, "valid_to": day(value.valid_to),
    }  # fmt: skip


def _third_party(row: Any) -> ThirdParty:
    return ThirdParty(
        row.id,
        row.name or "",
        ThirdPartyKind(row.kind or "other"),
        row.contract or "",
        read_day(row.valid_to),
    )
