"""Institutions, people and the office."""

from sqlalchemy import Row, or_, select

from app.core.errors import Refused
from app.core.ids import InstitutionId, PersonId
from app.core.places import Institution, InstitutionKind, Office, Person, Role
from app.db import tables
from app.db.repos.values import day, read_day, read_texts, texts
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar

_I = tables.institution.c
_P = tables.person.c


def find_institutions(unit: ReadUnit, text: str, kind: str | None, limit: int) -> tuple[Institution, ...]:
    """Return institutions whose name, codes or address contain the text, by name."""
    query = select(tables.institution).where(_I._deleted == 0).order_by(_I.name, _I.id).limit(limit)
    if text:
        columns = (_I.name, _I.credit_code, _I.medins_code, _I.address)
        query = query.where(or_(*(column.contains(text, autoescape=True) for column in columns)))
    if kind:
        query = query.where(_I.kind == kind)
    return tuple(map(_institution, unit.all(query)))


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
        "stated_on": day(value.stated_on), "batch": value.batch,
    }  # fmt: skip
    return {name: stored if stored not in ("", 0) else None for name, stored in fields.items()}


def _institution(row: Row[tuple[object, ...]]) -> Institution:
    return Institution(
        id=InstitutionId(row.id), name=row.name or "", kind=InstitutionKind(row.kind), level=row.level or "",
        ownership=row.ownership or "", credit_code=row.credit_code or "", medins_code=row.medins_code or "",
        address=row.address or "", legal_rep=row.legal_rep or "", head=row.head or "", phone=row.phone or "",
        licence_no=row.licence_no or "", rehearsal=bool(row.rehearsal), division=row.division or "",
        latitude=row.latitude or "", longitude=row.longitude or "", pooling=row.pooling or "",
        agreement=row.agreement or "", agreement_no=row.agreement_no or "", agreement_to=read_day(row.agreement_to),
        credit_grade=row.credit_grade or "", chain=row.chain or "", parent=row.parent or "", status=row.status or "",
        no_code_reason=row.no_code_reason or "", complaints=row.complaints or 0, violations=row.violations or 0,
        joint=bool(row.joint), paid_fen=row.paid_fen, paid_year=row.paid_year, source=row.source or "",
        stated_on=read_day(row.stated_on), batch=row.batch or "",
    )  # fmt: skip


def find_people(unit: ReadUnit, text: str) -> tuple[Person, ...]:
    """Return people whose name or licence number contains the text, by name."""
    query = select(tables.person).where(_P._deleted == 0).order_by(_P.name, _P.id)
    if text:
        query = query.where(
            or_(_P.name.contains(text, autoescape=True), _P.licence_no.contains(text, autoescape=True))
        )
    return tuple(map(_person, unit.all(query)))


def person(unit: ReadUnit, person_id: PersonId) -> Person:
    """Return one person, or raise `Refused("person.unknown")`."""
    row = unit.first(select(tables.person).where(_P.id == person_id))
    if row is None:
        raise Refused("person.unknown")
    return _person(row)


def people(unit: ReadUnit) -> dict[str, Person]:
    """Return everybody by id; a bureau has tens of people, not thousands."""
    return {row.id: _person(row) for row in unit.sql("SELECT * FROM person")}


def person_fields(value: Person) -> dict[str, Scalar]:
    """Return what is stored of a person."""
    return {
        "name": value.name, "role": str(value.role), "licence_no": value.licence_no,
        "licence_from": day(value.licence_from), "licence_to": day(value.licence_to), "phone": value.phone,
        "is_active": value.is_active, "unit": value.unit, "specialities": texts(value.specialities),
        "division": value.division, "organisation": value.organisation, "issuer": value.issuer, "batch": value.batch,
    }  # fmt: skip


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
