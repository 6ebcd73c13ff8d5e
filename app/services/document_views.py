"""A document with its signers, and whose turn it is."""

from app.core.documents import Document, DocumentView, SignerLine, SignerRole
from app.db.repos import documents, inspections, registers
from app.db.unit import ReadUnit


def view_of(unit: ReadUnit, document: Document) -> DocumentView:
    """Return a document with its signers in signing order and what is next."""
    corrections, named, _ = documents.extras(unit, document.id)
    place = registers.institution(unit, inspections.get(unit, document.inspection).institution)
    if document.refusal_witness:
        named.setdefault(str(SignerRole.WITNESS), document.refusal_witness)
    lines = tuple(_line(document, SignerRole(role), name) for role, name in named.items())
    waiting = next((line for line in lines if set(line.pages) - set(line.signed)), None)
    return DocumentView(
        document=document,
        institution_name=place.name,
        signers=lines,
        next_role=waiting.role if waiting else None,
        next_page=min(set(waiting.pages) - set(waiting.signed)) if waiting else None,
        corrections=corrections,
    )


def _line(document: Document, role: SignerRole, name: str) -> SignerLine:
    mine = [one for one in document.signatures if one.role is role]
    return SignerLine(
        role=role,
        name=name,
        pages=tuple(page.number for page in document.pages if role in document.required_on(page)),
        signed=tuple(one.page for one in mine),
        refused_reason=next((one.reason for one in mine if one.method == "refused"), ""),
    )
