"""Signing, page by page: what was shown is what is signed, and the first signature locks it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.core.clock import to_ms
from app.core.documents import Document, DocumentKind, DocumentView, Page, Signature, SignerRole
from app.core.errors import Refused
from app.core.ids import DocumentId, SignatureId, TaskId, derived_id
from app.core.outcome import Change, Outcome
from app.core.readings import Heard, Reading
from app.core.tasks import TaskState
from app.db.repos import documents, inspections
from app.db.repos import readings as told
from app.db.repos.task_views import recusals
from app.db.unit import ReadUnit, WriteUnit
from app.media.intake import Taken
from app.services import paper as printed
from app.services import readings
from app.services.bundles.sealing import MANIFEST_KIND, Sealing
from app.services.cases import case_of
from app.services.checklists import Checklists
from app.services.document_files import append_file, keep_blob
from app.services.document_views import view_of
from app.services.pages import Pages
from app.services.store import Store
from forms.model import EvidenceList, Role
from forms.page_codes import read_page_code

Strokes = Sequence[Sequence[tuple[float, float, int, float]]]
_OFFICERS = (SignerRole.WITNESS, SignerRole.INSPECTOR_1, SignerRole.INSPECTOR_2, SignerRole.RECORDER)
_OUTSIDE = (Role.PARTY, Role.RECEIVER, Role.PROVIDER, Role.GUARDIAN, Role.INSTITUTION_SEAL)
_OUTSIDE_ROLES = (SignerRole.PARTY, SignerRole.SUBJECT, SignerRole.WITNESS)
_SEALS = (Role.SEAL, Role.INSTITUTION_SEAL)
_COVERED = ("sheet", "answer", "answer_row", "evidence", "evidence_link", "finding", "interview", "turn", "reading")


class Signing:
    """Take signatures, refusals and signed paper."""

    def __init__(self, store: Store, checklists: Checklists, pages: Pages) -> None:
        self._store, self._checklists, self._pages = store, checklists, pages
        self._sealing = Sealing(store, pages)

    def sign(
        self,
        document_id: DocumentId,
        role: SignerRole,
        pages: Sequence[int],
        strokes: Strokes,
        name: str = "",
        *,
        aspect: float | None = None,
    ) -> Outcome[Document]:
        """Put one person's strokes on pages; the first signature locks the content.

        An inspector who is also the recorder signs for both at once.

        Args:
            strokes: Points `(x, y, t_ms, pressure)`; x from 0 to 1 over the pad, y downwards in the same unit.
            name: Of a signer whose name was not known before (a witness).
            aspect: Height of the pad over its width; without it, as high as the strokes reach.

        Raises:
            Refused: `document.no_strokes`, `document.seal_drawn`, `document.not_a_signer`, `document.page_unknown`, `document.signed_page`,
                `document.changed` where the record is no longer what the pages say: it must be composed anew.
        """
        drawn = tuple(tuple(tuple(point) for point in stroke) for stroke in strokes if len(stroke) > 1)
        numbers = [number for stroke in drawn for point in stroke for number in point]
        if self._place(document_id, role) in _SEALS:
            raise Refused("document.seal_drawn")
        if not drawn or not all(map(math.isfinite, numbers)) or not 0.05 <= (aspect or 1) <= 20:
            raise Refused("document.no_strokes")
        reach = min(max(y for stroke in drawn for _, y, _, _ in stroke), 20)
        return self._signed(document_id, role, pages, "pen", name, strokes=drawn, aspect=aspect or max(reach, 0.2))

    def refuse(
        self, document_id: DocumentId, role: SignerRole, reason: str, witness: str, *, is_recorded: bool = False
    ) -> Outcome[Document]:
        """Record that somebody refuses to sign: the reason and who was there; stands for all pages left.

        The witness then has to sign, unless the refusal is on audio or video (`is_recorded`).

        Raises:
            Refused: `document.reason_missing`, `document.inspector_refuses`, `document.witness_signs` where the witness
                is one of the signers, or what `sign` refuses.

        Source: 行政处罚法 52, 64(8).
        """
        if not reason.strip() or not (witness.strip() or is_recorded):
            raise Refused("document.reason_missing")
        if role in _OFFICERS or not self._may_refuse(document_id, role):
            raise Refused("document.inspector_refuses")
        if not is_recorded and self._is_signer(document_id, witness.strip()):
            raise Refused("document.witness_signs", name=witness.strip())
        left = self._left(document_id, role)
        told = reason.strip() + ("（已全程录音录像）" if is_recorded else "")
        return self._signed(document_id, role, left, "refused", reason=told, witness="" if is_recorded else witness.strip())

    def read_out(self, document_id: DocumentId, role: SignerRole, heard: Heard) -> Outcome[Reading]:
        """Note that the pages were read out to a signer, or read by them; it is printed with the closing words they sign.

        Nobody has signed yet: whatever is changed from now on stays visible in the record.

        Raises:
            Refused: `document.not_a_signer`, `document.changed`.
        """
        shown = self._pages.composed(document_id)
        with self._store.db.write() as unit:
            document = documents.get(unit, document_id)
            line = next((one for one in view_of(unit, document).signers if one.role is role), None)
            if line is None:
                raise Refused("document.not_a_signer", role=str(role))
            words: dict[str, str] = {}
            if not document.signatures:
                self._check_current(unit, document, shown)
                words = self._words(unit, document)
            noted = readings.note(
                unit, self._store, document.inspection, (role, line.name), heard, words,
                interview=document.interview, document=document_id,
            )  # fmt: skip
            return Outcome(noted, unit.changed)

    def _words(self, unit: ReadUnit, document: Document) -> dict[str, str]:
        """Return what of the document may still be corrected before it is signed; once for all to whom it is read."""
        if document.kind not in (DocumentKind.RECORD, DocumentKind.INTERVIEW) or told.of_document(unit, document.id):
            return {}
        case = case_of(unit, self._checklists, document.inspection, document.frozen_at)
        if document.kind is DocumentKind.RECORD:
            return printed.words_seen(case)
        return printed.words_asked(next(one for one in case.interviews if one.id == document.interview))

    def paper(self, document_id: DocumentId, role: SignerRole, file: Path) -> Outcome[Document]:
        """Take in the photographed paper on which somebody signed by hand.

        It stands for the pages whose codes are seen on it, or where none is to be read, for all pages left.

        Raises:
            Refused: What `sign` refuses, `media.source_unreadable` for anything but a picture or PDF that can be shown,
                `document.paper_elsewhere` for paper that shows other pages than those left.
            MediaError: If the file cannot be read.
        """
        left = self._left(document_id, role)
        taken = self._store.intake.take(file, self._store.now())
        if taken.status != "ok":
            raise Refused("media.source_unreadable", name=file.name)
        left = self._seen(document_id, taken, left)
        with self._store.db.write() as unit:
            owner = documents.get(unit, document_id).inspection
            keep_blob(unit, owner, taken.sha256, taken.sm3, taken.size_bytes, taken.mime, taken.original)
            append_file(
                unit, self._store.new_id(), owner, document_id, "paper", taken.sha256, taken.size_bytes,
                to_ms(self._store.now()),
            )  # fmt: skip
        return self._signed(document_id, role, left, "paper")

    def _seen(self, document_id: DocumentId, taken: Taken, left: tuple[int, ...]) -> tuple[int, ...]:
        """Return which of the pages left are on the paper; all of them where no page's code is to be read."""
        codes = [code for text in self._store.intake.codes(taken) if (code := read_page_code(text))]
        if not codes or not left:
            return left
        document = self._view(document_id).document
        seen = {page.number for page in document.pages if any(code.fits(page.content_hash) for code in codes)}
        if seen.isdisjoint(left):
            raise Refused("document.paper_elsewhere", title=document.title)
        return tuple(page for page in left if page in seen)

    def _signed(
        self,
        document_id: DocumentId,
        role: SignerRole,
        pages: Sequence[int],
        method: str,
        name: str = "",
        *,
        strokes: Any = (),
        reason: str = "",
        witness: str = "",
        aspect: float = 1.0,
    ) -> Outcome[Document]:
        self._check_unchanged(self._view(document_id).document)
        shown = self._pages.composed(document_id)
        now = self._store.now()
        with self._store.db.write() as unit:
            document = documents.get(unit, document_id)
            if not document.signatures:
                self._check_current(unit, document, shown)
            named = documents.extras(unit, document_id)[1]
            if document.refusal_witness:
                named.setdefault(str(SignerRole.WITNESS), document.refusal_witness)
            if str(role) not in named:
                raise Refused("document.not_a_signer", role=str(role))
            self._check_not_recused(unit, document, role, named[str(role)])
            roles = [role, *(SignerRole(other) for other in named if other != role and _signs_too(role, other, named))]
            for one, page in _places(document, role, roles, pages):
                signature = Signature(
                    SignatureId(self._store.new_id()), one, named[str(one)] or name, page.number, page.content_hash,
                    now, method, strokes, reason, witness, aspect,
                )  # fmt: skip
                unit.append("signature", signature.id, documents.signature_fields(document, signature))
            if not document.signatures:
                self._cover(unit, document)
            document = documents.get(unit, document_id)
            if document.is_complete and document.kind is DocumentKind.RECORD:
                visit = inspections.get(unit, document.inspection)
                unit.put("task", visit.task, {"state": str(TaskState.SIGNED)})
            changed = unit.changed
        if document.is_complete:
            changed |= self._keep_final(document)
        return Outcome(document, changed)

    def _cover(self, unit: WriteUnit, document: Document) -> None:
        """Lock everything the document says: each row gets a line that names what the signer saw."""
        unit.sign("document", document.id)
        if document.kind is DocumentKind.INTERVIEW:
            rows = [("interview", str(document.interview))]
            for table in ("turn", "reading"):
                found = unit.sql(f'SELECT id FROM "{table}" WHERE interview = ?', (document.interview,))
                rows += [(table, row.id) for row in found]
        elif document.kind is DocumentKind.RECORD:
            rows = [("inspection", str(document.inspection))]
            for table in _COVERED:
                found = unit.sql(f'SELECT id FROM "{table}" WHERE inspection = ?', (document.inspection,))
                rows += [(table, row.id) for row in found]
            for sheet in inspections.sheets(unit, document.inspection):
                items = self._checklists.pinned(sheet.ref).items
                rows += [("answer", derived_id(document.inspection, sheet.ref.template, item.code)) for item in items]
        elif document.kind is DocumentKind.PAPER:
            rows = [("paper", row.id) for row in unit.sql("SELECT id FROM paper WHERE document = ?", (document.id,))]
            query = "SELECT f.id FROM paper_field f JOIN paper p ON p.id = f.paper WHERE p.document = ?"
            rows += [("paper_field", row.id) for row in unit.sql(query, (document.id,))]
        else:
            rows = []
        for table, row in dict.fromkeys(rows):
            unit.sign(table, row, document.inspection or None)

    def _keep_final(self, document: Document) -> frozenset[Change]:
        """Keep the signed PDF and its manifest: what was signed must not depend on a later version of the program."""
        final = self._sealing.final(document)
        at = to_ms(self._store.now())
        kept = [("signed", "application/pdf", self._store.files.put(final.pdf)),
                (MANIFEST_KIND, "application/json", self._store.files.put(final.proof))]  # fmt: skip
        with self._store.db.write() as unit:
            for kind, mime, stored in kept:
                keep_blob(unit, document.inspection, stored.sha256, stored.sm3, stored.size_bytes, mime, stored.name)
                append_file(
                    unit, self._store.new_id(), document.inspection, document.id, kind, stored.sha256,
                    stored.size_bytes, at,
                )  # fmt: skip
            return unit.changed

    def _keep_final_if_missing(self, document_id: DocumentId) -> None:
        """Keep the signed PDF where the program was cut off between the last signature and keeping it."""
        with self._store.db.read() as unit:
            document = documents.get(unit, document_id)
            kept = any(file.kind == "signed" for file in documents.files(unit, document_id))
        if document.is_complete and not kept:
            self._keep_final(document)

    def _check_current(self, unit: ReadUnit, document: Document, shown: tuple[tuple[Any, ...], Any]) -> None:
        """Require that the record still says what the frozen pages say.

        The first signature locks the rows: what was changed since the pages were composed would be locked unseen. A paper
        says what it said when it was issued, whatever the record says since.
        """
        if document.kind is DocumentKind.PAPER:
            return
        case = case_of(unit, self._checklists, document.inspection, document.frozen_at)
        sections: tuple[Any, ...]
        match document.kind:
            case DocumentKind.RECORD:
                sections = printed.record(case, lambda _: None)
            case DocumentKind.INTERVIEW:
                sections = printed.interview(case, next(one for one in case.interviews if one.id == document.interview))
            case DocumentKind.AMENDMENT:
                assert document.amends is not None
                old = documents.get(unit, document.amends)
                sections = printed.amendment(case, old, documents.extras(unit, document.id)[0])
        if (_without_pictures(shown[0]), shown[1]) != (sections, printed.meta(case, document.number)):
            raise Refused("document.changed", title=document.title)

    def _check_unchanged(self, document: Document) -> None:
        """Require that the pages about to be signed are those that were frozen and shown."""
        fresh = {info.number: info.content_hash for info in self._pages.rendered(document.id).pages}
        if fresh != {page.number: page.content_hash for page in document.pages}:
            raise Refused("document.changed", title=document.title)

    def _check_not_recused(self, unit: ReadUnit, document: Document, role: SignerRole, name: str) -> None:
        """Require that whoever signs for the office has not stepped back from this task.

        Source: 行政处罚法 43.
        """
        places = documents.extras(unit, document.id)[2].get("places", ())
        place = next((kind for n, (_, kind, _) in enumerate(places, 1) if role == f"place_{n}"), "")
        if role in _OUTSIDE_ROLES or place in _OUTSIDE:
            return
        task = unit.sql(
            "SELECT task FROM paper WHERE document = ? UNION SELECT task FROM inspection WHERE id = ?",
            (document.id, document.inspection),
        )
        gone = {one.name for row in task if row.task for one in recusals(unit, TaskId(row.task))}
        if name.partition("（")[0].strip() in gone:
            raise Refused("document.recused", name=name)

    def _is_signer(self, document_id: DocumentId, name: str) -> bool:
        """Return whether somebody of this name signs the document in another role than that of a witness."""
        lines = self._view(document_id).signers
        return any(
            line.role is not SignerRole.WITNESS and line.name.partition("（")[0] == name.partition("（")[0]
            for line in lines
        )

    def _place(self, document_id: DocumentId, role: SignerRole) -> str:
        """Return in what capacity somebody signs a paper there, as `forms` calls it; empty for other documents."""
        with self._store.db.read() as unit:
            places = documents.extras(unit, documents.get(unit, document_id).id)[2].get("places", ())
        return next((kind for n, (_, kind, _) in enumerate(places, 1) if role == f"place_{n}"), "")

    def _may_refuse(self, document_id: DocumentId, role: SignerRole) -> bool:
        """Return whether somebody outside the office signs there: whoever works for it signs what he wrote."""
        return self._place(document_id, role) in ("", *_OUTSIDE)

    def _left(self, document_id: DocumentId, role: SignerRole) -> tuple[int, ...]:
        line = next((one for one in self._view(document_id).signers if one.role is role), None)
        if line is None:
            raise Refused("document.not_a_signer", role=str(role))
        return tuple(page for page in line.pages if page not in line.signed)

    def _view(self, document_id: DocumentId) -> DocumentView:
        with self._store.db.read() as unit:
            return view_of(unit, documents.get(unit, document_id))


def _places(
    document: Document, role: SignerRole, roles: Sequence[SignerRole], pages: Sequence[int]
) -> list[tuple[SignerRole, Page]]:
    """Return what is to be signed now; at least one place of `role` itself."""
    known = {page.number: page for page in document.pages}
    given = {(one.role, one.page) for one in document.signatures}
    found = []
    for number in dict.fromkeys(pages):
        page = known.get(number)
        if page is None:
            raise Refused("document.page_unknown", page=number)
        if role in document.required_on(page) and (role, number) in given:
            raise Refused("document.signed_page", page=number)
        found += [(one, page) for one in roles if one in document.required_on(page) and (one, number) not in given]
    if not any(one is role for one, _ in found):
        if (signed := max((number for one, number in given if one is role), default=0)) and not pages:
            raise Refused("document.signed_page", page=signed)
        raise Refused("document.not_a_signer", role=str(role))
    return found


def _without_pictures(sections: tuple[Any, ...]) -> tuple[Any, ...]:
    """Leave pictures out: they are made from the bytes whose digest stands beside them, maybe not on this laptop yet."""
    return tuple(
        replace(one, evidence=tuple(replace(piece, thumbnail=None) for piece in one.evidence))
        if isinstance(one, EvidenceList) else one
        for one in sections
    )  # fmt: skip


def _signs_too(role: SignerRole, other: str, named: dict[str, str]) -> bool:
    inspecting = (SignerRole.INSPECTOR_1, SignerRole.INSPECTOR_2)
    return role in inspecting and other == SignerRole.RECORDER and named[str(role)] == named[other]
