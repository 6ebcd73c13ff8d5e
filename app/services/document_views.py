"""A document with its signers, and whose turn it is."""

from app.core.documents import Document, DocumentKind, DocumentView, SignerLine, SignerRole
from app.core.ids import InstitutionId
from app.db.repos import documents, inspections, readings, registers
from app.db.unit import ReadUnit


def view_of(unit: ReadUnit, document: Document) -> DocumentView:
    """Return a document with its signers in signing order and what is next."""
    corrections, named, facts = documents.extras(unit, document.id)
    place = registers.institution(unit, _institution(unit, document))
    labels = {f"place_{n}": label for n, (_, _, label) in enumerate(facts.get("places", ()), 1)}
    if document.refusal_witness:
        named.setdefault(str(SignerRole.WITNESS), document.refusal_witness)
    lines = tuple(_line(document, SignerRole(role), name, labels.get(role, "")) for role, name in named.items())
    waiting = next((line for line in lines if set(line.pages) - set(line.signed)), None)
    return DocumentView(
        document=document,
        institution_name=place.name,
        signers=lines,
        next_role=waiting.role if waiting else None,
        next_page=min(set(waiting.pages) - set(waiting.signed)) if waiting else None,
        corrections=corrections,
        readings=readings.of_document(unit, document.id),
    )


def _institution(unit: ReadUnit, document: Document) -> InstitutionId:
    if document.kind is not DocumentKind.PAPER:
        return inspections.get(unit, document.inspection).institution
    query = "SELECT t.institution FROM paper p JOIN task t ON t.id = p.task WHERE p.document = ?"
    return InstitutionId(unit.sql(query, (document.id,))[0].institution)


def _line(document: Document, role: SignerRole, name: str, label: str) -> SignerLine:
    mine = [one for one in document.signatures if one.role is role]
    return SignerLine(
        role=role,
        name=name,
        pages=tuple(page.number for page in document.pages if role in document.required_on(page)),
        signed=tuple(one.page for one in mine),
        refused_reason=next((one.reason for one in mine if one.method == "refused"), ""),
        label=label,
    )
