"""Documents as they leave the office: with manifest and seal, the same bytes on every laptop that has their files.

When a document is complete, its manifest and the seals of what can be exported then are kept as a file beside the signed
PDF, and travel with it. Whoever prints the same bytes later puts the same seal on them; other bytes get a new one.
"""

import contextlib
import json
from dataclasses import dataclass, replace
from typing import Any

from app.core.documents import Document, DocumentKind
from app.core.errors import AppError
from app.core.ids import DocumentId
from app.db.repos import documents
from app.media.errors import MediaError
from app.services.bundles.manifests import document_manifest
from app.services.checkpoints import Kept, last_known
from app.services.pages import Pages
from app.services.store import Store
from forms.manifest import Covered, canonical, manifest_of
from forms.render import Rendered, Volume, drawn, render_bundle

MANIFEST_KIND = "manifest"


@dataclass(frozen=True, slots=True)
class Final:
    """What is kept of a complete document: the sealed PDF, and its manifest with the seals."""

    pdf: bytes
    proof: bytes


@dataclass(frozen=True, slots=True)
class _Part:
    volume: Volume
    manifest: dict[str, Any]
    seals: dict[str, tuple[str, str]]


class Sealing:
    """Print documents with manifest and seal; any thread."""

    def __init__(self, store: Store, pages: Pages) -> None:
        self._store, self._pages = store, pages

    def final(self, document: Document) -> Final:
        """Return what is to be kept of a document that has just become complete."""
        own = self._part(document, is_fresh=True)
        made: dict[str, tuple[str, str]] = {}
        rendered = self._sealed([own], made)
        record = self._record_of(document)
        if record is not None and len(parts := self._pages.parts(record)) > 1:
            with contextlib.suppress(AppError, MediaError):  # a part lies on another laptop: whoever exports all of them seals them
                self._sealed([own if one.id == document.id else self._part(one) for one in parts], made)
        proof = canonical({"manifest": own.manifest, "remark": own.volume.remark, "seals": made})
        return Final(rendered.pdf, proof)

    def exported(self, document_id: DocumentId) -> bytes:
        """Return a document as exported: a record together with its complete interviews and amendments."""
        return self._sealed([self._part(one) for one in self._pages.parts(document_id)], {}).pdf

    def single(self, document_id: DocumentId) -> bytes:
        """Return one document by itself."""
        with self._store.db.read() as unit:
            document = documents.get(unit, document_id)
        return self._sealed([self._part(document)], {}).pdf

    def certified(self, document_id: DocumentId) -> bytes | None:
        """Return the document with the signatures by certificate that were put on it, None where there are none."""
        return self._file(document_id, "certified", newest=True)

    def kept(self, document_id: DocumentId) -> bytes:
        """Return the sealed PDF as it was kept when everybody had signed; printed anew where it is not here."""
        return self._file(document_id, "signed") or self.single(document_id)

    def sign(self, covered: Covered) -> tuple[str, str]:
        """Put this device's seal on something."""
        key = self._store.db.writer.key
        return key.public_hex, key.sign(covered.message())

    def _sealed(self, parts: list[_Part], made: dict[str, tuple[str, str]]) -> Rendered:
        known = {message: seal for part in parts for message, seal in part.seals.items()}

        def seal(covered: Covered) -> tuple[str, str]:
            name = covered.message().decode()
            key, signature = known.get(name) or self.sign(covered)
            made[name] = (key, signature)
            return key, signature

        manifest = manifest_of([part.manifest for part in parts])
        return render_bundle([part.volume for part in parts], manifest, seal)

    def _record_of(self, document: Document) -> DocumentId | None:
        """Return the complete record of the same inspection: what it is exported with has changed."""
        with self._store.db.read() as unit:
            found = documents.of(unit, document.inspection)
        return next((one.id for one in found if one.kind is DocumentKind.RECORD and one.is_complete), None)

    def _part(self, document: Document, *, is_fresh: bool = False) -> _Part:
        volume = self._pages.volume(document)
        kept = None if is_fresh else self._kept(document.id)
        if kept is not None:
            seals = {name: (key, signature) for name, (key, signature) in kept["seals"].items()}
            return _Part(replace(volume, remark=kept["remark"]), kept["manifest"], seals)
        with self._store.db.read() as unit:
            head: Kept | None = last_known(unit)
            volume = replace(volume, remark=head.remark() if head and volume.signatures else "")
            key = self._store.db.writer.key.public_hex
            return _Part(volume, dict(document_manifest(unit, document, volume.meta, drawn(volume), key, head)), {})

    def _kept(self, document_id: DocumentId) -> dict[str, Any] | None:
        proof = self._file(document_id, MANIFEST_KIND)
        if proof is None:
            return None
        kept: dict[str, Any] = json.loads(proof)
        return kept

    def _file(self, document_id: DocumentId, kind: str, *, newest: bool = False) -> bytes | None:
        order = "DESC" if newest else "ASC"
        with self._store.db.read() as unit:
            rows = unit.sql(
                "SELECT b.stored FROM document_file f JOIN sync_blob b ON b.sha256 = f.sha256"
                f" WHERE f.document = ? AND f.kind = ? AND b.stored IS NOT NULL ORDER BY f.made_at {order}, f.id {order} LIMIT 1",
                (document_id, kind),
            )
        return self._store.files.read(rows[0].stored) if rows and self._store.files.has(rows[0].stored) else None
