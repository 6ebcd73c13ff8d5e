"""Files that belong to documents: what they were composed of, the signed PDF, photographed paper."""

from app.core.ids import DocumentId, InspectionId
from app.db.unit import WriteUnit
from app.services.evidence import PRIORITY_PAPER


def keep_blob(
    unit: WriteUnit, owner: InspectionId, sha256: str, sm3: str, size: int, mime: str, stored: str
) -> None:
    """List a file of the vault for sync, before photos; one of a paper before the visit belongs to no inspection."""
    unit.local(
        "INSERT INTO sync_blob(sha256, sm3, size_bytes, mime, scope, owner, priority, state, stored)"
        " VALUES (?, ?, ?, ?, (SELECT scope FROM sync_self), ?, ?, 'local', ?)"
        " ON CONFLICT(sha256) DO UPDATE SET stored = coalesce(stored, excluded.stored)",
        (sha256, sm3, size, mime, owner or None, PRIORITY_PAPER, stored),
    )


def append_file(
    unit: WriteUnit, row: str, owner: InspectionId, document: DocumentId, kind: str, sha256: str, size: int, made_ms: int
) -> None:
    """Record a file of a document; `kind` is `signed`, `manifest` or `paper`."""
    unit.append(
        "document_file",
        row,
        {"inspection": owner or None, "document": document, "kind": kind, "sha256": sha256, "size_bytes": size,
         "made_at": made_ms},
    )  # fmt: skip
