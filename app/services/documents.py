"""Documents: frozen, signed page by page, exported; a correction is a new, visible amendment."""

import hashlib
import json
import math
import os
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from app.core.clock import from_ms, local, to_ms
from app.core.documents import (
    Correction,
    Document,
    DocumentKind,
    DocumentState,
    DocumentView,
    Page,
    PageImage,
    Signature,
    SignerLine,
    SignerRole,
)
from app.core.errors import Refused
from app.core.evidence import Evidence
from app.core.ids import DocumentId, InspectionId, InterviewId, SignatureId, derived_id
from app.core.outcome import Outcome
from app.core.progress import CancelToken, Progress, Report, silent
from app.db.repos import documents, evidence, findings, inspections, interviews, registers, tasks
from app.db.repos.values import packed
from app.db.unit import ReadUnit, WriteUnit
from app.media.preview import render_page
from app.services import frozen
from app.services import paper as printed
from app.services.checklists import Checklists
from app.services.evidence import PRIORITY_PAPER, EvidenceService
from app.services.inspections import Inspections
from app.services.store import Store
from forms import signing as ink
from forms.model import EvidenceList
from forms.render import Rendered, Volume, render, render_bundle
from forms.signing import Signer

Strokes = Sequence[Sequence[tuple[float, float, int, float]]]
_COVERED = ("sheet", "answer", "answer_row", "evidence", "evidence_link", "finding", "interview", "turn")
_TITLES = {
    DocumentKind.RECORD: ("现场检查笔录", "检录"),
    DocumentKind.INTERVIEW: ("询问笔录", "询录"),
    DocumentKind.AMENDMENT: ("更正记录", "更正"),
}


class Documents:
    """Freeze, show, sign, amend and export documents."""

    def __init__(
        self, store: Store, checklists: Checklists, inspection_service: Inspections, evidence_service: EvidenceService
    ) -> None:
        self._store, self._checklists = store, checklists
        self._inspections, self._evidence = inspection_service, evidence_service
        self._plain: tuple[DocumentId, Rendered] | None = None
        self._last: tuple[tuple[DocumentId, int], Rendered] | None = None
        self._lock = threading.Lock()

    def of(self, inspection: InspectionId) -> tuple[Document, ...]:
        """Return the documents of an inspection in the order they were frozen."""
        with self._store.db.read() as unit:
            return documents.of(unit, inspection)

    def recent(self, limit: int = 200) -> tuple[DocumentView, ...]:
        """Return the newest documents of all inspections."""
        with self._store.db.read() as unit:
            return tuple(self._view(unit, one) for one in documents.recent(unit, limit))

    def view(self, document_id: DocumentId) -> DocumentView:
        """Return a document with its signers and what is next.

        Raises:
            Refused: `document.unknown`.
        """
        with self._store.db.read() as unit:
            return self._view(unit, documents.get(unit, document_id))

    def freeze_record(
        self, inspection: InspectionId, report: Report = silent, cancel: CancelToken | None = None
    ) -> Outcome[Document]:
        """Compose and hash the pages of an inspection's record; an earlier unsigned one is thrown away.

        Raises:
            Refused: `document.blocked` with the number of blockers, `document.signed_already`.
        """
        blocking = [one for one in self._inspections.blockers(inspection) if one.severity == "block"]
        if blocking:
            raise Refused("document.blocked", count=len(blocking))
        with self._store.db.write() as unit:
            for old in documents.of(unit, inspection):
                if old.kind is DocumentKind.RECORD and old.signatures:
                    raise Refused("document.signed_already", title=old.title)
            ended_at = max(self._store.minute(), inspections.get(unit, inspection).started_at)
            unit.put("inspection", inspection, {"ended_at": to_ms(ended_at)})
            changed = unit.changed
            case = self._case(unit, inspection)
        report(Progress("compose", 0, 2))
        done = self._freeze(case, DocumentKind.RECORD, printed.record(case, self._picture), report, cancel)
        return replace(done, changed=done.changed | changed)

    def freeze_interview(self, interview_id: InterviewId) -> Outcome[Document]:
        """Compose and hash the pages of a finished interview.

        Raises:
            Refused: `interview.not_finished`, `document.signed_already`.
        """
        with self._store.db.read() as unit:
            asked = interviews.get(unit, interview_id)
            if asked.ended_at is None:
                raise Refused("interview.not_finished")
            for old in documents.of(unit, asked.inspection):
                if old.interview == interview_id and old.signatures:
                    raise Refused("document.signed_already", title=old.title)
            case = self._case(unit, asked.inspection)
        sections = printed.interview(case, asked)
        return self._freeze(case, DocumentKind.INTERVIEW, sections, silent, None, interview=interview_id)

    def discard(self, document_id: DocumentId) -> Outcome[None]:
        """Throw a frozen document away; possible until somebody signs. An interview can then be gone on with.

        Raises:
            Refused: `record.locked`.
        """
        with self._store.db.write() as unit:
            document = documents.get(unit, document_id)
            unit.delete("document", document_id)
            if document.interview is not None and document.kind is DocumentKind.INTERVIEW:
                unit.put("interview", document.interview, {"ended_at": None})
            return Outcome(None, unit.changed)

    def page_image(self, document_id: DocumentId, page: int, scale: float) -> PageImage:
        """Return the picture of page `page` (from 1), signed as far as it is; scale 1 is 72 dpi.

        Raises:
            Refused: `document.unknown`.
        """
        picture = render_page(self._rendered(document_id).pdf, page - 1, scale)
        return PageImage(picture.width, picture.height, picture.rgb)

    def pdf(self, document_id: DocumentId) -> bytes:
        """Return the document as it stands, signed as far as it is."""
        return self._rendered(document_id).pdf

    def exported(self, document_id: DocumentId) -> bytes:
        """Return the PDF as `export` writes it: a record together with its signed interviews and amendments."""
        return self._bundle(document_id)

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
            Refused: `document.no_strokes`, `document.not_a_signer`, `document.page_unknown`, `document.signed_page`,
                `document.changed` where the record is no longer what the pages say: it must be composed anew.
        """
        drawn = tuple(tuple(tuple(point) for point in stroke) for stroke in strokes if len(stroke) > 1)
        numbers = [number for stroke in drawn for point in stroke for number in point]
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
        if role in (SignerRole.WITNESS, SignerRole.INSPECTOR_1, SignerRole.INSPECTOR_2, SignerRole.RECORDER):
            raise Refused("document.inspector_refuses")
        if not is_recorded and self._is_signer(document_id, witness.strip()):
            raise Refused("document.witness_signs", name=witness.strip())
        left = self._left(document_id, role)
        told = reason.strip() + ("（已全程录音录像）" if is_recorded else "")
        return self._signed(document_id, role, left, "refused", reason=told, witness="" if is_recorded else witness.strip())

    def paper(self, document_id: DocumentId, role: SignerRole, file: Path) -> Outcome[Document]:
        """Take in the photographed paper on which somebody signed by hand; stands for all pages left.

        Raises:
            Refused: What `sign` refuses, `media.source_unreadable` for anything but a picture or PDF that can be shown.
            MediaError: If the file cannot be read.
        """
        left = self._left(document_id, role)
        taken = self._store.intake.take(file, self._store.now())
        if taken.status != "ok":
            raise Refused("media.source_unreadable", name=file.name)
        with self._store.db.write() as unit:
            owner = documents.get(unit, document_id).inspection
            self._keep_blob(unit, owner, taken.sha256, taken.sm3, taken.size_bytes, taken.mime, taken.original)
            self._append_file(unit, owner, document_id, "paper", taken.sha256, taken.size_bytes)
        return self._signed(document_id, role, left, "paper")

    def export(self, document_id: DocumentId, to: Path) -> Outcome[Path]:
        """Write the PDF, whole or not at all, and note it in the journal. A record comes with its interviews.

        Raises:
            Refused: `document.export_failed` where the folder does not take it.
        """
        rendered = self._bundle(document_id)
        part = to.with_name(to.name + ".part")
        try:
            part.write_bytes(rendered)
            os.replace(part, to)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise Refused("document.export_failed", file=to.name, reason=error.strerror or "") from error
        with self._store.db.write() as unit:
            owner = documents.get(unit, document_id).inspection
            unit.custody("export", document_id, owner, sha256=hashlib.sha256(rendered).hexdigest())
            return Outcome(to, unit.changed)

    def amend(self, document_id: DocumentId, corrections: Sequence[Correction]) -> Outcome[Document]:
        """Freeze an amendment of a signed document; the document itself stays as it is.

        Raises:
            Refused: `document.unsigned`, `document.correction_missing`.
        """
        given = tuple(one for one in corrections if one.new.strip() or one.old.strip())
        if not given or any(not one.place.strip() or not one.reason.strip() for one in given):
            raise Refused("document.correction_missing")
        with self._store.db.read() as unit:
            old = documents.get(unit, document_id)
            if old.state not in (DocumentState.SIGNED, DocumentState.AMENDED):
                raise Refused("document.unsigned")
            case = self._case(unit, old.inspection)
        sections = printed.amendment(case, old, given)
        return self._freeze(
            case, DocumentKind.AMENDMENT, sections, silent, None, amends=old.id, corrections=given, old=old
        )

    def _freeze(
        self,
        case: printed.Case,
        kind: DocumentKind,
        sections: Sequence[Any],
        report: Report,
        cancel: CancelToken | None,
        interview: InterviewId | None = None,
        amends: DocumentId | None = None,
        corrections: tuple[Correction, ...] = (),
        old: Document | None = None,
    ) -> Outcome[Document]:
        with self._store.db.read() as unit:
            number = self._next_number(unit, kind, case.visit.id, interview, amends)
        meta = printed.meta(case, number)
        report(Progress("render", 1, 2))
        rendered = render(sections, meta)
        if cancel is not None:
            cancel.check()
        asked = next((one for one in case.interviews if one.id == interview), None)
        named = printed.signers(case, kind, asked)
        if old is not None and old.kind is DocumentKind.INTERVIEW:
            named[SignerRole.PARTY] = sections[0].party.name
        source = frozen.dump(sections, meta)
        stored = self._store.files.put(source)
        document_id = DocumentId(self._store.new_id())
        with self._store.db.write() as unit:
            for one in documents.of(unit, case.visit.id):
                if one.kind is not kind or one.interview != interview or one.amends != amends:
                    continue
                if not one.signatures:
                    unit.delete("document", one.id)
                elif kind is not DocumentKind.AMENDMENT:
                    raise Refused("document.signed_already", title=one.title)
            self._keep_blob(
                unit, case.visit.id, stored.sha256, stored.sm3, stored.size_bytes, "application/octet-stream",
                stored.name,
            )  # fmt: skip
            unit.append(
                "document",
                document_id,
                {
                    "inspection": case.visit.id,
                    "kind": str(kind),
                    "title": _TITLES[kind][0],
                    "number": number,
                    "pages": documents.pages_text(_pages(rendered, named)),
                    "signers": json.dumps({str(role): name for role, name in named.items()}, ensure_ascii=False),
                    "corrections": packed([asdict(one) for one in corrections]),
                    "interview": interview,
                    "amends": amends,
                    "pdf_sha256": rendered.sha256,
                    "frozen_at": int(case.frozen_at.timestamp() * 1000),
                    "facts": packed({"sha256": stored.sha256, "sm3": stored.sm3, "size_bytes": stored.size_bytes}),
                },
            )
            report(Progress("render", 2, 2))
            return Outcome(documents.get(unit, document_id), unit.changed)

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
        self._check_unchanged(self.view(document_id).document)
        shown = self._frozen(document_id)
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
            changed = unit.changed
        if document.is_complete:
            changed |= self._keep_final(document)
        return Outcome(document, changed)

    def _cover(self, unit: WriteUnit, document: Document) -> None:
        """Lock everything the document says: each row gets a line that names what the signer saw."""
        unit.sign("document", document.id)
        if document.kind is DocumentKind.INTERVIEW:
            rows = [("interview", str(document.interview))]
            rows += [
                ("turn", row.id) for row in unit.sql("SELECT id FROM turn WHERE interview = ?", (document.interview,))
            ]
        elif document.kind is DocumentKind.RECORD:
            rows = [("inspection", str(document.inspection))]
            for table in _COVERED:
                found = unit.sql(f'SELECT id FROM "{table}" WHERE inspection = ?', (document.inspection,))
                rows += [(table, row.id) for row in found]
            for sheet in inspections.sheets(unit, document.inspection):
                items = self._checklists.pinned(sheet.ref).items
                rows += [("answer", derived_id(document.inspection, sheet.ref.template, item.code)) for item in items]
        else:
            rows = []
        for table, row in dict.fromkeys(rows):
            unit.sign(table, row, document.inspection)

    def _keep_final(self, document: Document) -> frozenset[Any]:
        """Keep the signed PDF: what was signed must not depend on a later version of the program."""
        rendered = self._rendered(document.id)
        stored = self._store.files.put(rendered.pdf)
        with self._store.db.write() as unit:
            self._keep_blob(
                unit, document.inspection, stored.sha256, stored.sm3, stored.size_bytes, "application/pdf", stored.name
            )
            self._append_file(unit, document.inspection, document.id, "signed", stored.sha256, stored.size_bytes)
            if document.kind is DocumentKind.RECORD:
                visit = inspections.get(unit, document.inspection)
                unit.put("task", visit.task, {"state": "signed"})
            return unit.changed

    def _append_file(
        self, unit: WriteUnit, owner: InspectionId, document_id: DocumentId, kind: str, sha256: str, size: int
    ) -> None:
        unit.append(
            "document_file",
            self._store.new_id(),
            {
                "inspection": owner,
                "document": document_id,
                "kind": kind,
                "sha256": sha256,
                "size_bytes": size,
                "made_at": int(self._store.now().timestamp() * 1000),
            },
        )

    def _keep_blob(
        self, unit: WriteUnit, owner: InspectionId, sha256: str, sm3: str, size: int, mime: str, stored: str
    ) -> None:
        unit.local(
            "INSERT INTO sync_blob(sha256, sm3, size_bytes, mime, scope, owner, priority, state, stored)"
            " VALUES (?, ?, ?, ?, (SELECT scope FROM sync_self), ?, ?, 'local', ?)"
            " ON CONFLICT(sha256) DO UPDATE SET stored = coalesce(stored, excluded.stored)",
            (sha256, sm3, size, mime, owner, PRIORITY_PAPER, stored),
        )

    def _rendered(self, document_id: DocumentId) -> Rendered:
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
            signed = render(sections, meta, self._ink(document, plain)) if document.signatures else plain
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

    def _frozen(self, document_id: DocumentId) -> tuple[tuple[Any, ...], Any]:
        with self._store.db.read() as unit:
            source = self._source(unit, document_id)
        return frozen.load(self._store.files.read(source))

    def _check_current(self, unit: ReadUnit, document: Document, shown: tuple[tuple[Any, ...], Any]) -> None:
        """Require that the record still says what the frozen pages say.

        The first signature locks the rows: what was changed since the pages were composed would be locked unseen.
        """
        case = replace(self._case(unit, document.inspection), frozen_at=document.frozen_at)
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
        fresh = {info.number: info.content_hash for info in self._rendered(document.id).pages}
        if fresh != {page.number: page.content_hash for page in document.pages}:
            raise Refused("document.changed", title=document.title)

    def _ink(self, document: Document, plain: Rendered) -> list[ink.Signature]:
        """Return the signatures for every box of their signer on their page."""
        boxes = {info.content_hash: info.boxes for info in plain.pages}
        if any(one.page_hash not in boxes for one in document.signatures):
            raise Refused("document.changed", title=document.title)  # never a page without the signatures it carries
        found = []
        for one in document.signatures:
            signer = printed.paper_signer(one.role, one.name)
            # The witness of a refusal was not known when the page was laid out: the open box is theirs.
            places = (signer, Signer(signer.role, ""))
            refusal = ink.Refusal(one.reason, one.witness) if one.method == "refused" else None
            strokes = tuple(
                tuple(ink.Point(x, y / one.aspect, t, pressure) for x, y, t, pressure in stroke)
                for stroke in one.strokes
            )
            found += [
                ink.Signature(
                    box.signer, one.page_hash, one.signed_at, strokes, box.kind, box.index, refusal,
                    pad_aspect=1 / one.aspect,
                )
                for box in boxes.get(one.page_hash, ())
                if box.signer in places
            ]  # fmt: skip
        return found

    def _bundle(self, document_id: DocumentId) -> bytes:
        """Return a document as exported: a record together with its signed interviews and amendments."""
        with self._store.db.read() as unit:
            document = documents.get(unit, document_id)
            others = documents.of(unit, document.inspection) if document.kind is DocumentKind.RECORD else ()
        parts = [document, *(one for one in others if one.id != document_id and one.is_complete)]
        if len(parts) == 1:
            return self._rendered(document_id).pdf
        return render_bundle([self._volume(one) for one in parts]).pdf

    def _volume(self, document: Document) -> Volume:
        with self._store.db.read() as unit:
            source = self._source(unit, document.id)
        sections, meta = frozen.load(self._store.files.read(source))
        ink_of = self._ink(document, render(sections, meta)) if document.signatures else []
        return Volume(sections, meta, tuple(ink_of))

    def _is_signer(self, document_id: DocumentId, name: str) -> bool:
        """Return whether somebody of this name signs the document in another role than that of a witness."""
        lines = self.view(document_id).signers
        return any(
            line.role is not SignerRole.WITNESS and line.name.partition("（")[0] == name.partition("（")[0]
            for line in lines
        )

    def _left(self, document_id: DocumentId, role: SignerRole) -> tuple[int, ...]:
        line = next((one for one in self.view(document_id).signers if one.role is role), None)
        if line is None:
            raise Refused("document.not_a_signer", role=str(role))
        return tuple(page for page in line.pages if page not in line.signed)

    def _view(self, unit: ReadUnit, document: Document) -> DocumentView:
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

    def _case(self, unit: ReadUnit, inspection: InspectionId) -> printed.Case:
        visit = inspections.get(unit, inspection)
        place = registers.institution(unit, visit.institution)
        sheets = []
        for sheet in inspections.sheets(unit, inspection):
            template = self._checklists.pinned(sheet.ref)
            shown = self._checklists.visible_at(template, sheet.answers, place)
            sheets.append(printed.Sheet(template, sheet.answers, shown))
        return printed.Case(
            office=registers.office(unit),
            task=tasks.get(unit, visit.task),
            place=place,
            visit=visit,
            people=registers.people(unit),
            sheets=tuple(sheets),
            findings=findings.of(unit, inspection),
            evidence=evidence.of(unit, inspection),
            interviews=interviews.of(unit, inspection),
            frozen_at=from_ms(to_ms(self._store.now())),
        )

    def _picture(self, piece: Evidence) -> bytes | None:
        return self._evidence.rendition(piece.id) if piece.status == "ok" else None

    def _next_number(
        self,
        unit: ReadUnit,
        kind: DocumentKind,
        owner: InspectionId,
        interview: InterviewId | None,
        amends: DocumentId | None,
    ) -> str:
        """Return the next number of the year; a document composed anew keeps the number of the one thrown away."""
        thrown = unit.sql(
            "SELECT number FROM document d WHERE kind = ?1 AND inspection = ?2 AND interview IS ?3"
            " AND amends IS ?4 AND NOT EXISTS"
            " (SELECT 1 FROM document s WHERE s.number = d.number AND s._locked IS NOT NULL) LIMIT 1",
            (str(kind), owner, interview, amends),
        )
        if thrown:
            return str(thrown[0].number)
        year = local(self._store.now()).year
        prefix = f"{registers.office(unit).short_name}{_TITLES[kind][1]}〔{year}〕"
        used = unit.sql(
            "SELECT count(DISTINCT number) AS n FROM document WHERE substr(number, 1, ?) = ?", (len(prefix), prefix)
        )
        return f"{prefix}{used[0].n + 1}号"


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


def _pages(rendered: Rendered, named: dict[SignerRole, str]) -> tuple[Page, ...]:
    """Return the pages with the roles of the domain that must sign them."""
    roles = {printed.paper_signer(role, name): role for role, name in named.items()}
    return tuple(
        Page(
            info.number,
            info.of,
            info.section,
            info.content_hash,
            tuple(dict.fromkeys(roles[box.signer] for box in info.boxes if box.required and box.signer in roles)),
        )
        for info in rendered.pages
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


def _signs_too(role: SignerRole, other: str, named: dict[str, str]) -> bool:
    inspecting = (SignerRole.INSPECTOR_1, SignerRole.INSPECTOR_2)
    return role in inspecting and other == SignerRole.RECORDER and named[str(role)] == named[other]
