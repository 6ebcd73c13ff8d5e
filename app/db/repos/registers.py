"""Institutions, people and the office."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Row, select

from app.core.errors import Refused
from app.core.ids import InstitutionId, PersonId
from app.core.places import Institution, InstitutionKind, Office, Person, Role
from app.db import tables
from app.db.repos.values import day, read_day, read_texts, shared, texts
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar

_P = tables.person.c
_FIELDS = ("id", *tables.fields_of(tables.institution), "_deleted")  # without the ids of lines: they are the most of a row
_INSTITUTION = ", ".join(f'"{name}"' for name in _FIELDS)
_MANY, _SOME = 500, 5000


def all_institutions(unit: ReadUnit) -> Iterator[Institution]:
    """Yield every institution; some thousand at a time are in memory as rows as well."""
    after = ""
    while rows := unit.sql(f"SELECT {_INSTITUTION} FROM institution WHERE id > ? ORDER BY id LIMIT ?", (after, _SOME)):
        after = rows[-1].id
        yield from (_institution(row) for row in rows if not row._deleted)


def institutions_of(unit: ReadUnit, ids: Sequence[str]) -> list[Institution]:
    """Return those of these institutions that are there."""
    found: list[Institution] = []
    for start in range(0, len(ids), _MANY):
        some = tuple(ids[start : start + _MANY])
        marks = ", ".join("?" * len(some))
        rows = unit.sql(
            f"SELECT {_INSTITUTION} FROM institution WHERE _deleted = 0 AND id IN ({marks})", some
        )
        found += map(_institution, rows)
    return found


def institution(unit: ReadUnit, institution_id: InstitutionId) -> Institution:
    """Return one institution, or raise `Refused("institution.unknown")`."""
    rows = unit.sql("SELECT * FROM institution WHERE id = ?", (institution_id,))
    if not rows:
        raise Refused("institution.unknown")
    return _institution(rows[0])


def institution_fields(value: Institution) -> dict[str, Scalar]:
    """Return what is stored of an institution; what is empty is not stored."""
    fields: dict[str, Scalar] = {
        "name": value.name, "kind": str(value.kind), "level": value.level, "ownership": value.ownership,
        "credit_code": value.credit_code, "medins_code": value.medins_code, "address": value.address,
        "legal_rep": value.legal_rep, "head": value.head, "phone": value.phone, "licence_no": value.licence_no,
        "rehearsal": value.rehearsal, "division": value.division, "latitude": value.latitude,
        "longitude": value.longitude, "pooling": value.pooling, "agreement": value.agreement,
        "agreement_no": value.agreement_no, "agreement_to": day(value.agreement_to),
        "credit_grade": value.credit_grade, "chain": value.chain, "parent": value.parent, "status": value.status,
        "no_code_reason": value.no_code_reason, "complaints": value.complaints, "violations": value.violations,
        "joint": value.joint, "paid_fen": value.paid_fen, "paid_year": value.paid_year, "source": value.source,
        "stated_on": day(value.stated_on), "batch": value.batch, "grade": value.grade,
    }  # fmt: skip
    return {name: stored if stored not in ("", 0) else None for name, stored in fields.items()}


def _institution(row: Row[tuple[object, ...]]) -> Institution:
    return Institution(
        id=InstitutionId(row.id), name=row.name or "", kind=InstitutionKind(row.kind), level=shared(row.level),
        ownership=shared(row.ownership), credit_code=row.credit_code or "", medins_code=row.medins_code or "",
        address=row.address or "", legal_rep=row.legal_rep or "", head=row.head or "", phone=row.phone or "",
        licence_no=row.licence_no or "", rehearsal=bool(row.rehearsal), division=shared(row.division),
        latitude=row.latitude or "", longitude=row.longitude or "", pooling=shared(row.pooling),
        agreement=shared(row.agreement), agreement_no=row.agreement_no or "", agreement_to=read_day(row.agreement_to),
        credit_grade=shared(row.credit_grade), chain=shared(row.chain), parent=row.parent or "", status=shared(row.status),
        no_code_reason=row.no_code_reason or "", complaints=row.complaints or 0, violations=row.violations or 0,
        joint=bool(row.joint), paid_fen=row.paid_fen, paid_year=row.paid_year, source=shared(row.source),
        stated_on=read_day(row.stated_on), batch=shared(row.batch), grade=shared(row.grade),
    )  # fmt: skip


def person(unit: ReadUnit, person_id: PersonId) -> Person:
    """Return one person, or raise `Refused("person.unknown")`."""
    row = unit.first(select(tables.person).where(_P.id == person_id))
    if row is None:
        raise Refused("person.unknown")
    return _person(row)


def people(unit: ReadUnit) -> dict[str, Person]:
    """Return everybody by id; a bureau has tens of people, not thousands."""
    return {row.id: _person(row) for row in unit.sql("SELECT * FROM person")}


def people_names(unit: ReadUnit) -> dict[str, str]:
    """Return everybody's name by id."""
    return {row: name or "" for row, name in unit.tuples("SELECT id, name FROM person")}


def people_on_record(unit: ReadUnit) -> list[Person]:
    """Return everybody who was not removed, by name."""
    return list(map(_person, unit.sql("SELECT * FROM person WHERE _deleted = 0 ORDER BY name, id")))


def person_fields(value: Person) -> dict[str, Scalar]:
    """Return what is stored of a person."""
    return {
        "name": value.name, "role": str(value.role), "licence_no": value.licence_no,
        "licence_from": day(value.licence_from), "licence_to": day(value.licence_to), "phone": value.phone,
        "is_active": value.is_active, "unit": value.unit, "specialities": texts(value.specialities),
        "division": value.division, "organisation": value.organisation, "issuer": value.issuer, "batch": value.batch,
    }  # fmt: skip


def person_said(value: Person) -> dict[str, Scalar]:
    """Return what is said of a person who is entered: a blank says nothing, and takes nothing from what others know."""
    return {name: one for name, one in person_fields(value).items() if one not in ("", "[]", None)}


def _person(row: Row[tuple[object, ...]]) -> Person:
    return Person(
        id=PersonId(row.id), name=row.name or "", role=Role(row.role or "inspector"),
        licence_no=row.licence_no or "", licence_from=read_day(row.licence_from),
        licence_to=read_day(row.licence_to), phone=row.phone or "", is_active=bool(row.is_active),
        unit=row.unit or "", specialities=read_texts(row.specialities), division=row.division or "",
        organisation=row.organisation or "", issuer=row.issuer or "", batch=row.batch or "",
    )  # fmt: skip


def office(unit: ReadUnit) -> Office:
    """Return the office this installation works for."""
    row = unit.sql("SELECT name, code, short_name, rehearsal, me FROM office")[0]
    return Office(row.name, row.code, row.short_name, bool(row.rehearsal), PersonId(row.me))
