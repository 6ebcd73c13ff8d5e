"""Pages of frozen documents, printed from what they were composed of and signed as far as they are."""

import threading
from collections.abc import Callable, Sequence

from app.core.documents import Document, DocumentKind, Signature
from app.core.errors import Refused
from app.core.ids import DocumentId
from app.core.readings import Heard
from app.db.repos import documents, readings
from app.db.unit import ReadUnit
from app.services import frozen
from app.services.paper import paper_signer
from app.services.store import Store
from forms import model
from forms import signing as ink
from forms.kit.painter import Inventory
from forms.kit.wording import short_minute
from forms.render import PageInfo, Rendered, Volume, lay_out, render
from forms.signing import Signer


class Pages:
    """Print frozen documents; safe for several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._plain: tuple[DocumentId, Rendered] | None = None
        self._last: tuple[tuple[DocumentId, int], Rendered] | None = None
        self._lock = threading.Lock()

    def rendered(self, document_id: DocumentId) -> Rendered:
        """Return a document as it stands, signed as far as it is; the last one is remembered.

        Raises:
            Refused: `document.unknown`, `document.not_here`, `document.changed`.
        """
        with self._store.db.read() as unit:
            document = documents.get(unit, document_id)
            source = self._source(unit, document_id)
        key = (document_id, len(document.signatures))
        with self._lock:
            if self._last is not None and self._last[0] == key:
                return self._last[1]
            plain = self._plain[1] if self._plain is not None and self._plain[0] == document_id else None
        if plain is None or document.signatures:
            sections, meta = frozen.load(self._store.files.read(source))
            plain = plain or render(sections, meta)
            signed = render(sections, meta, self._ink(document, plain.pages)) if document.signatures else plain
        else:
            signed = plain
        with self._lock:
            self._plain, self._last = (document_id, plain), (key, signed)
        return signed

    def _source(self, unit: ReadUnit, document_id: DocumentId) -> str:
        digest = documents.extras(unit, document_id)[2]["sha256"]
        rows = unit.sql("SELECT stored FROM sync_blob WHERE sha256 = ?", (digest,))
        if not rows or rows[0].stored is None:
            raise Refused("document.not_here")
        return str(rows[0].stored)

    def composed(self, document_id: DocumentId) -> tuple[tuple[model.Section, ...], model.RecordMeta]:
        """Return what a document was composed of.

        Raises:
            Refused: `document.not_here`, `document.source_damaged`.
        """
        with self._store.db.read() as unit:
            source = self._source(unit, document_id)
        return frozen.load(self._store.files.read(source))

    def _ink(self, document: Document, infos: Sequence[PageInfo]) -> list[ink.Signature]:
        """Return the signatures for every box of their signer on their page."""
        boxes = {info.content_hash: info.boxes for info in infos}
        places, heard = self._places(document), self._heard(document)
        if any(one.page_hash not in boxes for one in document.signatures):
            raise Refused("document.changed", title=document.title)  # never a page without the signatures it carries
        found = []
        for one in document.signatures:
            index, signer = places.get(one.role) or (-1, paper_signer(one.role, one.name))
            signer = Signer(signer.role, one.name)
            # The witness of a refusal was not known when the page was laid out: the open box is theirs.
            fitting = (signer, Signer(signer.role, ""))
            refusal = ink.Refusal(one.reason, one.witness) if one.method == "refused" else None
            strokes = tuple(
                tuple(ink.Point(x, y / one.aspect, t, pressure) for x, y, t, pressure in stroke)
                for stroke in one.strokes
            )
            found += [
                ink.Signature(
                    signer, one.page_hash, one.signed_at, strokes, box.kind, box.index, refusal,
                    heard=heard(one) if box.kind is ink.BoxKind.STATEMENT else "", pad_aspect=1 / one.aspect,
                )
                for box in boxes.get(one.page_hash, ())
                if box.signer in fitting and (index < 0 or box.kind is not ink.BoxKind.PLACE or box.index == index)
            ]  # fmt: skip
        return found

    def _heard(self, document: Document) -> Callable[[Signature], str]:
        """Return how it is told that a signer knew what the document says when they signed; empty where nobody noted it."""
        with self._store.db.read() as unit:
            noted = readings.of_document(unit, document.id)

        def told(signature: Signature) -> str:
            for one in reversed(noted):
                if one.role == signature.role and one.at <= signature.signed_at:
                    if one.heard is Heard.SELF:
                        return f"我已看过（{short_minute(one.at)}）"
                    return f"已向我宣读（宣读人：{one.by_name}，{short_minute(one.at)}）"
            return ""

        return told

    def _places(self, document: Document) -> dict[str, tuple[int, Signer]]:
        """Return which signing of the paper each place is, by role."""
        if document.kind is not DocumentKind.PAPER:
            return {}
        with self._store.db.read() as unit:
            told = documents.extras(unit, document.id)[2]["places"]
        return {f"place_{n}": (index, Signer(model.Role(role), "")) for n, (index, role, _) in enumerate(told, 1)}

    def parts(self, document_id: DocumentId) -> tuple[Document, ...]:
        """Return what is exported as one: a record comes with its complete interviews and amendments."""
        with self._store.db.read() as unit:
            document = documents.get(unit, document_id)
            others = documents.of(unit, document.inspection) if document.kind is DocumentKind.RECORD else ()
        return (document, *(one for one in others if one.id != document_id and one.is_complete))

    def volume(self, document: Document) -> Volume:
        """Return a document ready to be printed, signed as far as it is.

        Raises:
            Refused: `document.not_here`, `document.changed`.
        """
        with self._store.db.read() as unit:
            source = self._source(unit, document.id)
        sections, meta = frozen.load(self._store.files.read(source))
        ink_of = self._ink(document, lay_out(Volume(sections, meta), Inventory()).infos) if document.signatures else []
        return Volume(sections, meta, tuple(ink_of))
