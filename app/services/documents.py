"""Documents: frozen, signed page by page, exported; a correction is a new, visible amendment."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from app.core.clock import from_ms, local, to_ms
from app.core.documents import (
    Correction,
    Document,
    DocumentKind,
    DocumentState,
    DocumentView,
    Page,
    PageImage,
    SignerRole,
)
from app.core.errors import Refused
from app.core.evidence import Evidence
from app.core.ids import DocumentId, InspectionId, InterviewId
from app.core.outcome import Outcome
from app.core.progress import CancelToken, Progress, Report, silent
from app.db.repos import documents, inspections, interviews, registers
from app.db.repos.values import packed
from app.db.unit import ReadUnit
from app.services import frozen
from app.services import paper as printed
from app.services.cases import case_of
from app.services.checklists import Checklists
from app.services.document_files import keep_blob
from app.services.document_views import view_of
from app.services.evidence import EvidenceService
from app.services.guards import before_signing
from app.services.inspections import Inspections
from app.services.pages import Pages
from app.services.papers import number_pool
from app.services.signing import Signing
from app.services.store import Store
from app.services.written import exported
from forms.model import Amendment, Section
from forms.render import Rendered, render
from forms.signing import BoxKind

_TITLES = {
    DocumentKind.RECORD: "现场检查笔录",
    DocumentKind.INTERVIEW: "询问笔录",
    DocumentKind.AMENDMENT: "更正记录",
}


class Documents(Signing):
    """Freeze, show, amend and export documents; signing them is inherited."""

    def __init__(
        self, store: Store, checklists: Checklists, inspection_service: Inspections, evidence_service: EvidenceService
    ) -> None:
        super().__init__(store, checklists, Pages(store))
        self._inspections, self._evidence = inspection_service, evidence_service

    def of(self, inspection: InspectionId) -> tuple[Document, ...]:
        """Return the documents of an inspection in the order they were frozen."""
        with self._store.db.read() as unit:
            return documents.of(unit, inspection)

    def recent(self, limit: int = 200) -> tuple[DocumentView, ...]:
        """Return the newest documents of all inspections."""
        with self._store.db.read() as unit:
            return tuple(view_of(unit, one) for one in documents.recent(unit, limit))

    def view(self, document_id: DocumentId) -> DocumentView:
        """Return a document with its signers and what is next.

        Raises:
            Refused: `document.unknown`.
        """
        with self._store.db.read() as unit:
            return view_of(unit, documents.get(unit, document_id))

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
            case = case_of(unit, self._checklists, inspection, self._moment())
        report(Progress("compose", 0, 2))
        done = self._freeze(case, DocumentKind.RECORD, printed.record(case, self._picture), report, cancel)
        return replace(done, changed=done.changed | changed)

    def freeze_interview(self, interview_id: InterviewId) -> Outcome[Document]:
        """Compose and hash the pages of a finished interview.

        Raises:
            Refused: `interview.not_finished`, `interview.blocked` with the codes of the guards, `document.signed_already`.
        """
        with self._store.db.read() as unit:
            asked = interviews.get(unit, interview_id)
            if asked.ended_at is None:
                raise Refused("interview.not_finished")
            held = before_signing(unit, self._checklists, asked.inspection, "interview", self._store.now())
            blocks = [one for one in held if one.is_block and one.about in ("", interview_id)]
            if blocks:
                raise Refused("interview.blocked", name=asked.subject.name, codes="、".join(one.code for one in blocks))
            for old in documents.of(unit, asked.inspection):
                if old.interview == interview_id and old.signatures:
                    raise Refused("document.signed_already", title=old.title)
            case = case_of(unit, self._checklists, asked.inspection, self._moment())
        sections = printed.interview(case, asked)
        return self._freeze(case, DocumentKind.INTERVIEW, sections, silent, None, interview=interview_id)

    def discard(self, document_id: DocumentId) -> Outcome[None]:
        """Throw a frozen document away; possible until somebody signs. An interview can then be gone on with.

        Raises:
            Refused: `record.locked`, `paper.void_instead`.
        """
        with self._store.db.write() as unit:
            document = documents.get(unit, document_id)
            if document.kind is DocumentKind.PAPER:
                raise Refused("paper.void_instead", title=document.title)
            unit.delete("document", document_id)
            if document.interview is not None and document.kind is DocumentKind.INTERVIEW:
                unit.put("interview", document.interview, {"ended_at": None})
            return Outcome(None, unit.changed)

    def page_image(self, document_id: DocumentId, page: int, scale: float) -> PageImage:
        """Return the picture of page `page` (from 1), signed as far as it is; scale 1 is 72 dpi.

        Raises:
            Refused: `document.unknown`.
        """
        from app.media.preview import render_page

        picture = render_page(self._pages.rendered(document_id).pdf, page - 1, scale)
        return PageImage(picture.width, picture.height, picture.rgb)

    def pdf(self, document_id: DocumentId) -> bytes:
        """Return the document as it stands, signed as far as it is, with its manifest and seal."""
        return self._sealing.single(document_id)

    def exported(self, document_id: DocumentId) -> bytes:
        """Return the PDF as `export` writes it: a record together with its signed interviews and amendments."""
        return self._sealing.exported(document_id)

    def export(self, document_id: DocumentId, to: Path) -> Outcome[Path]:
        """Write the PDF, whole or not at all, and note it in the journal. A record comes with its interviews.

        Raises:
            Refused: `document.export_failed` where the folder does not take it.
        """
        self._keep_final_if_missing(document_id)
        rendered = self._sealing.exported(document_id)
        with exported(to) as part:
            part.write_bytes(rendered)
        with self._store.db.write() as unit:
            owner = documents.get(unit, document_id).inspection or None
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
            case = case_of(unit, self._checklists, old.inspection, self._moment())
        sections = printed.amendment(case, old, given)
        return self._freeze(
            case, DocumentKind.AMENDMENT, sections, silent, None, amends=old.id, corrections=given, old=old
        )

    def _freeze(
        self,
        case: printed.Case,
        kind: DocumentKind,
        sections: Sequence[Section],
        report: Report,
        cancel: CancelToken | None,
        interview: InterviewId | None = None,
        amends: DocumentId | None = None,
        corrections: tuple[Correction, ...] = (),
        old: Document | None = None,
    ) -> Outcome[Document]:
        with self._store.db.read() as unit:
            number, picked = self._next_number(unit, kind, case.visit.id, interview, amends)
        meta = printed.meta(case, number)
        report(Progress("render", 1, 2))
        rendered = render(sections, meta)
        if cancel is not None:
            cancel.check()
        asked = next((one for one in case.interviews if one.id == interview), None)
        named = printed.signers(case, kind, asked)
        if old is not None and old.kind is DocumentKind.INTERVIEW and isinstance(sections[0], Amendment):
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
            keep_blob(
                unit, case.visit.id, stored.sha256, stored.sm3, stored.size_bytes, "application/octet-stream",
                stored.name,
            )  # fmt: skip
            unit.append(
                "document",
                document_id,
                {
                    "inspection": case.visit.id,
                    "kind": str(kind),
                    "title": _TITLES[kind],
                    "number": number,
                    "pages": documents.pages_text(_pages(rendered, named)),
                    "signers": json.dumps({str(role): name for role, name in named.items()}, ensure_ascii=False),
                    "corrections": packed([asdict(one) for one in corrections]),
                    "interview": interview,
                    "amends": amends,
                    "pdf_sha256": rendered.sha256,
                    "frozen_at": to_ms(case.frozen_at),
                    "facts": packed({"sha256": stored.sha256, "sm3": stored.sm3, "size_bytes": stored.size_bytes}),
                },
            )
            if picked is not None:
                number_pool.use(unit, picked, to_ms(case.frozen_at), inspection=case.visit.id, document=document_id)
            report(Progress("render", 2, 2))
            return Outcome(documents.get(unit, document_id), unit.changed)

    def _moment(self) -> dt.datetime:
        """Return now as finely as it is stored, so that it is the same when it is read back."""
        return from_ms(to_ms(self._store.now()))

    def _picture(self, piece: Evidence) -> bytes | None:
        return self._evidence.rendition(piece.id) if piece.status == "ok" else None

    def _next_number(
        self,
        unit: ReadUnit,
        kind: DocumentKind,
        owner: InspectionId,
        interview: InterviewId | None,
        amends: DocumentId | None,
    ) -> tuple[str, number_pool.Picked | None]:
        """Return the next number of the year; a document composed anew keeps the number of the one thrown away.

        Numbers are lent (`papers.number_pool`). Without one at hand a laptop that shares its office with others prints a
        provisional number; one that never had a server counts by itself.
        """
        thrown = unit.sql(
            "SELECT number FROM document d WHERE kind = ?1 AND inspection = ?2 AND interview IS ?3"
            " AND amends IS ?4 AND NOT EXISTS"
            " (SELECT 1 FROM document s WHERE s.number = d.number AND s._locked IS NOT NULL) LIMIT 1",
            (str(kind), owner, interview, amends),
        )
        if thrown:
            return str(thrown[0].number), None
        year, series = local(self._store.now()).year, registers.office(unit).short_name + number_pool.WORDS[kind]
        picked = number_pool.pick(unit, series, year)
        if picked is not None:
            return picked.printed, picked
        if unit.sql("SELECT server FROM sync_self")[0].server is not None:
            return number_pool.provisional(unit), None
        prefix = f"{series}〔{year}〕"
        used = unit.sql(
            "SELECT count(DISTINCT number) AS n FROM document WHERE substr(number, 1, ?) = ?", (len(prefix), prefix)
        )
        return f"{prefix}{used[0].n + 1}号", None


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
            sum(box.kind is BoxKind.CORRECTION for box in info.boxes),
        )
        for info in rendered.pages
    )
