"""Frozen documents, their signatures and files."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from app.core.clock import from_ms, to_ms
from app.core.documents import (
    Correction,
    Document,
    DocumentKind,
    DocumentState,
    Page,
    Signature,
    SignerRole,
)  # fmt: skip
from app.core.errors import Refused
from app.core.ids import DocumentId, InspectionId, InterviewId, SignatureId
from app.db.repos.values import packed
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar


def of(unit: ReadUnit, inspection_id: InspectionId) -> tuple[Document, ...]:
    """Return the documents of an inspection in the order they were frozen, without papers and discarded ones."""
    return _read(unit, "d.inspection = ? AND d.kind <> 'paper'", (inspection_id,))


def recent(unit: ReadUnit, limit: int) -> tuple[Document, ...]:
    """Return the newest documents of all inspections, and the papers issued for tasks; void papers stand on their wall only."""
    chosen = (
        "d.id IN (SELECT d.id FROM document d LEFT JOIN paper p ON p.document = d.id WHERE d._deleted = 0 AND (d.kind <> 'paper'"
        " OR p.task IS NOT NULL AND NOT EXISTS (SELECT 1 FROM paper_void v WHERE v.paper = p.id))"
        " ORDER BY d.frozen_at DESC LIMIT ?)"
    )
    return tuple(reversed(_read(unit, chosen, (limit,))))


def get(unit: ReadUnit, document_id: DocumentId) -> Document:
    """Return one document, or raise `Refused("document.unknown")`."""
    found = _read(unit, "d.id = ?", (document_id,))
    if not found:
        raise Refused("document.unknown")
    return found[0]


def extras(unit: ReadUnit, document_id: DocumentId) -> tuple[tuple[Correction, ...], dict[str, str], dict[str, Any]]:
    """Return corrections, names of the signers by role, and the facts frozen with the document."""
    row = unit.sql("SELECT corrections, signers, facts FROM document WHERE id = ?", (document_id,))[0]
    corrections = tuple(Correction(**one) for one in json.loads(row.corrections or "[]"))
    return corrections, dict(json.loads(row.signers)), dict(json.loads(row.facts or "{}"))


def files(unit: ReadUnit, document_id: DocumentId) -> Sequence[Row[Any]]:
    """Return `sha256, kind, made_at` of the files of a document, newest first; kind is `signed` or `paper`."""
    return unit.sql(
        "SELECT sha256, kind, made_at FROM document_file WHERE document = ? ORDER BY made_at DESC, id DESC",
        (document_id,),
    )


def pages_text(pages: Sequence[Page]) -> str:
    """Store frozen pages."""
    return packed(
        [[p.number, p.of, p.section, p.content_hash, [str(r) for r in p.required], p.corrections] for p in pages]
    )


def strokes_text(strokes: tuple[tuple[tuple[float, float, int, float], ...], ...]) -> str:
    """Store strokes: x, y to four places of the pad, pressure to three."""
    rounded = [
        [[round(x * 10_000), round(y * 10_000), t, round(p * 1000)] for x, y, t, p in stroke]
        for stroke in strokes
    ]
    return packed(rounded)


def signature_fields(document: Document, signature: Signature) -> dict[str, Scalar]:
    """Return what is stored of a signature."""
    return {
        "inspection": document.inspection or None, "document": document.id, "role": str(signature.role),
        "name": signature.name, "page": signature.page, "page_hash": signature.page_hash,
        "signed_at": to_ms(signature.signed_at), "method": signature.method,
        "strokes": strokes_text(signature.strokes), "reason": signature.reason, "witness": signature.witness,
        "pad_permille": round(signature.aspect * 1000),
    }  # fmt: skip


def _read(unit: ReadUnit, where: str, params: tuple[object, ...]) -> tuple[Document, ...]:
    rows = unit.sql(
        "SELECT d.*, EXISTS (SELECT 1 FROM document n WHERE n.amends = d.id AND n._deleted = 0"
        "                    AND n._locked IS NOT NULL) AS is_amended"
        f" FROM document d WHERE {where} AND d._deleted = 0 ORDER BY d.frozen_at, d.id",
        params,
    )
    signatures: dict[str, list[Signature]] = defaultdict(list)
    for row in unit.sql(
        f"SELECT s.* FROM signature s JOIN document d ON d.id = s.document WHERE {where} ORDER BY s.signed_at, s.id",
        params,
    ):
        signatures[row.document].append(_signature(row))
    return tuple(_document(row, tuple(signatures[row.id])) for row in rows)


def _signature(row: Row[Any]) -> Signature:
    strokes = tuple(
        tuple((x / 10_000, y / 10_000, t, p / 1000) for x, y, t, p in stroke)
        for stroke in json.loads(row.strokes or "[]")
    )
    return Signature(
        id=SignatureId(row.id), role=SignerRole(row.role), name=row.name or "", page=row.page,
        page_hash=row.page_hash, signed_at=from_ms(row.signed_at), method=row.method, strokes=strokes,
        reason=row.reason or "", witness=row.witness or "", aspect=(row.pad_permille or 1000) / 1000,
    )  # fmt: skip


def _document(row: Row[Any], signatures: tuple[Signature, ...]) -> Document:
    pages = tuple(
        Page(number, of_, section, digest, tuple(SignerRole(role) for role in required), corrections)
        for number, of_, section, digest, required, corrections in json.loads(row.pages)
    )
    document = Document(
        id=DocumentId(row.id), inspection=InspectionId(row.inspection or ""), kind=DocumentKind(row.kind),
        title=row.title or "", number=row.number or "", state=DocumentState.FROZEN,
        frozen_at=from_ms(row.frozen_at), pages=pages, signatures=signatures,
        interview=InterviewId(row.interview) if row.interview else None,
        amends=DocumentId(row.amends) if row.amends else None, pdf_sha256=row.pdf_sha256 or "",
    )  # fmt: skip
    return replace(document, state=_state(document, is_amended=bool(row.is_amended)))


def _state(document: Document, *, is_amended: bool) -> DocumentState:
    if is_amended:
        return DocumentState.AMENDED
    if not document.signatures:
        return DocumentState.FROZEN
    return DocumentState.SIGNED if document.is_complete else DocumentState.SIGNING
