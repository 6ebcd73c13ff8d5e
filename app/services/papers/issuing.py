"""Issuing: pages are frozen, a number is given, and from then on there is only amending and voiding."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.clock import local, to_ms
from app.core.documents import Correction, Document, DocumentKind, Page, PageImage, SignerRole
from app.core.errors import Refused
from app.core.ids import DocumentId, InspectionId
from app.core.outcome import Outcome
from app.core.papers import INTERIM, Paper, PaperId, PaperState, Value
from app.db.repos import documents, inspections
from app.db.repos import papers as stored
from app.db.repos.values import packed
from app.db.unit import ReadUnit, WriteUnit
from app.services import frozen
from app.services.checklists import Checklists
from app.services.document_files import keep_blob
from app.services.documents import Documents
from app.services.guards import before_issuing
from app.services.papers import kinds, law, number_pool, reading
from app.services.papers.drafting import Drafting
from app.services.store import Store
from forms.filling import Reading
from forms.model import FilledPaper, RecordMeta
from forms.papers import Paper as Kind
from forms.render import Rendered, render
from forms.signing import BoxKind

_UNNUMBERED = "（待编号）"
_MOST_PLACES = sum(1 for one in SignerRole if one.startswith("place_"))


@dataclass(frozen=True, slots=True)
class _Composed:
    """One paper as it will be printed: `number` as printed, `picked` where it takes one of the register."""

    paper: Paper
    values: dict[str, Value]
    data: dict[str, Value | None]
    filled: FilledPaper
    meta: RecordMeta
    number: str
    picked: number_pool.Picked | None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where somebody signs: position in the kind's signings, capacity, label, name."""

    index: int
    role: str
    label: str
    name: str
    required: bool


class Issuing(Drafting):
    """Preview, issue, amend and void papers; they are signed and exported by `Documents`."""

    def __init__(self, store: Store, checklists: Checklists, document_service: Documents) -> None:
        super().__init__(store, checklists)
        self._documents = document_service

    def preview(self, paper_id: PaperId) -> bytes:
        """Return the PDF of a draft as it would be printed now, without a number; of an issued one its own.

        Raises:
            Refused: `paper.unknown`, and what `Documents.pdf` refuses.
        """
        paper, rendered = self._preview(paper_id)
        return rendered.pdf if rendered is not None else self._documents.pdf(_document(paper))

    def preview_pages(self, paper_id: PaperId, scale: float) -> tuple[PageImage, ...]:
        """Return pictures of the pages of a draft, or of an issued paper signed as far as it is; scale 1 is 72 dpi."""
        paper, rendered = self._preview(paper_id)
        if rendered is None:
            count = len(self._documents.view(_document(paper)).document.pages)
            return tuple(self._documents.page_image(_document(paper), n, scale) for n in range(1, count + 1))
        from app.media.preview import render_page

        pictures = [render_page(rendered.pdf, n, scale) for n in range(len(rendered.pages))]
        return tuple(PageImage(one.width, one.height, one.rgb) for one in pictures)

    def issue(self, paper_id: PaperId, *, also: Sequence[str] = ()) -> Outcome[Paper]:
        """Freeze the pages of a draft and its companions under a number of this laptop's range; done for good.

        Without a number at hand a provisional one is printed, and `Numbers.assign` gives the final one later; kinds that
        take their force from the number are refused instead.

        Args:
            also: Signings that are optional on this kind and are to be signed in this case (`receiver`).

        Raises:
            Refused: `paper.issued`, `paper.companion_alone`, `paper.incomplete` with the fields, `paper.blocked` with the
                codes of the guards, `number.none_left`, `paper.signings` where more people sign than there are places.
        """
        # In one transaction: nobody takes the number or changes a word between composing and freezing.
        with self._store.db.write() as unit:
            at_ms = to_ms(self._store.now())
            for one in self._compose_family(unit, paper_id):
                pages = render([one.filled], one.meta)
                source = self._store.files.put(frozen.dump([one.filled], one.meta))
                keep_blob(
                    unit, one.paper.inspection or InspectionId(""), source.sha256, source.sm3, source.size_bytes,
                    "application/octet-stream", source.name,
                )  # fmt: skip
                facts = {"sha256": source.sha256, "sm3": source.sm3, "size_bytes": source.size_bytes}
                self._freeze(unit, one, pages, facts, also, at_ms)
            return Outcome(stored.get(unit, paper_id), unit.changed)

    def number_ahead(self, paper_id: PaperId) -> str:
        """Return the number that a draft would get now: a provisional one where none is at hand, empty where it bears none.

        Raises:
            Refused: `paper.unknown`, `number.none_left`.
        """
        with self._store.db.read() as unit:
            return self._number(unit, stored.get(unit, paper_id))[1]

    def optional_signings(self, paper_id: PaperId) -> tuple[tuple[str, str], ...]:
        """Return id and label of the places of a draft that are signed only where that is asked for (`issue(also=…)`).

        Raises:
            Refused: `paper.unknown`.
        """
        kind = kinds.kind(self.get(paper_id).kind)
        return tuple((one.id, one.label) for one in kind.signings if not one.required and not one.names)

    def amend(self, paper_id: PaperId, corrections: Sequence[Correction]) -> Outcome[Document]:
        """Freeze an amendment (更正) of a signed paper of a visit; the paper itself stays as it is.

        Raises:
            Refused: `paper.amend_needs_visit` for one issued before the visit, which is voided and issued anew;
                `paper.void`, and what `Documents.amend` refuses.
        """
        paper = self.get(paper_id)
        if paper.state is PaperState.VOID:
            raise Refused("paper.void", title=paper.title, number=paper.number)
        if paper.inspection is None:
            raise Refused("paper.amend_needs_visit", title=paper.title)
        return self._documents.amend(_document(paper), corrections)

    def void(self, paper_id: PaperId, reason: str) -> Outcome[Paper]:
        """Void an issued paper with its companions; pages, signatures and number stay, and are used for nothing else.

        Raises:
            Refused: `paper.reason_missing`, `paper.draft` for a draft, which is discarded; `paper.void`.
        """
        if not reason.strip():
            raise Refused("paper.reason_missing")
        with self._store.db.write() as unit:
            paper = stored.get(unit, paper_id)
            if paper.state is PaperState.VOID:
                raise Refused("paper.void", title=paper.title, number=paper.number)
            if paper.document is None:
                raise Refused("paper.draft", title=paper.title)
            if paper.parent is not None:
                raise Refused("paper.companion_alone", title=paper.title, parent=stored.get(unit, paper.parent).title)
            for one in (paper, *stored.companions(unit, paper.id)):
                if one.state is PaperState.VOID:
                    continue
                unit.append("paper_void", stored.void_id(one.id), {
                    "inspection": one.inspection, "paper": one.id, "reason": reason.strip(), "by": self._store.me,
                    "at": to_ms(self._store.now()),
                })  # fmt: skip
                unit.note("paper", one.id, one.inspection)
            return Outcome(stored.get(unit, paper_id), unit.changed)

    def _preview(self, paper_id: PaperId) -> tuple[Paper, Rendered | None]:
        with self._store.db.read() as unit:
            paper = self._bound(unit, stored.get(unit, paper_id))
            if paper.document is not None:
                return paper, None
            number = _UNNUMBERED if kinds.kind(paper.kind).number_word or paper.parent else ""
            composed = self._compose(unit, paper, number, None)
        return paper, render([composed.filled], composed.meta)

    def _compose_family(self, unit: ReadUnit, paper_id: PaperId) -> list[_Composed]:
        """Return a draft and its companions as they will be printed, or refuse what is not fit to be."""
        paper = self._open(unit, paper_id)
        if paper.parent is not None:
            raise Refused("paper.companion_alone", title=paper.title, parent=stored.get(unit, paper.parent).title)
        visit = inspections.get(unit, paper.inspection) if paper.inspection else None
        found = before_issuing(unit, self._checklists, paper, visit, self._store.now())
        family = [paper, *(self._bound(unit, one) for one in stored.companions(unit, paper.id))]
        missing = [f"{one.title}：{label}" for one in family for label in self._missing(unit, one)]
        if missing:
            raise Refused("paper.incomplete", title=paper.title, count=len(missing), fields="、".join(missing[:12]))
        blocks = [one.code for one in found if one.is_block]
        if "number_missing" in blocks:
            raise Refused("number.none_left", title=paper.title)
        if blocks:
            raise Refused("paper.blocked", title=paper.title, count=len(blocks), codes="、".join(blocks))
        picked, number = self._number(unit, paper)
        return [self._compose(unit, one, number, picked if one.id == paper.id else None) for one in family]

    def _number(self, unit: ReadUnit, paper: Paper) -> tuple[number_pool.Picked | None, str]:
        if not kinds.kind(paper.kind).number_word:
            return None, ""
        picked = number_pool.pick(unit, number_pool.series_of(unit, paper.kind), local(self._store.now()).year)
        if picked is not None:
            return picked, picked.printed
        if paper.kind in law.weighty():
            raise Refused("number.none_left", title=paper.title)
        return None, number_pool.provisional(unit)

    def _compose(self, unit: ReadUnit, paper: Paper, number: str, picked: number_pool.Picked | None) -> _Composed:
        kind, data = kinds.kind(paper.kind), self._known(unit, paper)
        fields = reading.fields_of(unit, paper, data)
        values = reading.values_of(fields)
        edition = kinds.edition(kind, local(data.now).date(), data.office)
        is_rehearsal = data.office.rehearsal or data.place.rehearsal
        meta = RecordMeta(data.office.name, number, data.task.number, is_rehearsal)
        filled = FilledPaper(paper.kind, edition, tuple(values.items()))
        return _Composed(paper, values, {one.id: one.data for one in fields}, filled, meta, number, picked)

    def _freeze(
        self, unit: WriteUnit, one: _Composed, pages: Rendered, facts: dict[str, object], also: Sequence[str], at_ms: int
    ) -> None:
        paper, places = one.paper, _places(kinds.kind(one.paper.kind), one.filled, also)
        if len(places) > _MOST_PLACES:
            raise Refused("paper.signings", title=paper.title, most=_MOST_PLACES)
        document = DocumentId(self._store.new_id())
        unit.append("document", document, {
            "inspection": paper.inspection, "kind": str(DocumentKind.PAPER), "title": one.filled.edition.title,
            "number": one.number, "pages": documents.pages_text(_pages(pages, places)),
            "signers": json.dumps({f"place_{n}": place.name for n, place in enumerate(places, 1)}, ensure_ascii=False),
            "corrections": "[]", "pdf_sha256": pages.sha256, "frozen_at": at_ms,
            "facts": packed({**facts, "places": [[one.index, one.role, one.label] for one in places]}),
        })  # fmt: skip
        for name, data in one.data.items():
            if name in one.values:
                self._write(unit, paper, name, one.values[name], data)
        is_provisional = one.number.startswith(INTERIM)
        unit.put("paper", paper.id, {
            "inspection": paper.inspection, "document": document, "issued_at": at_ms, "issued_by": self._store.me,
            "title": one.filled.edition.title, "number": None if is_provisional else one.number or None,
            "interim": one.number if is_provisional else None, "series": one.picked.series if one.picked else None,
            "year": one.picked.year if one.picked else None, "serial": one.picked.serial if one.picked else None,
        })  # fmt: skip
        if one.picked is not None:
            number_pool.use(unit, one.picked, at_ms, inspection=paper.inspection, paper=paper.id)
        # Issued is issued: whatever another laptop writes into the draft unseen stands apart as a conflict.
        for row in unit.sql("SELECT id FROM paper_field WHERE paper = ?", (paper.id,)):
            unit.sign("paper_field", row.id, paper.inspection)
        unit.sign("paper", paper.id, paper.inspection)


def _document(paper: Paper) -> DocumentId:
    if paper.document is None:
        raise Refused("paper.draft", title=paper.title)
    return paper.document


def _places(kind: Kind, filled: FilledPaper, also: Sequence[str]) -> list[_Place]:
    """Return who signs where, in order: those that the kind asks for, those named, and those asked for in this case."""
    unknown = set(also) - {one.id for one in kind.signings}
    if unknown:
        raise Refused("paper.signing_unknown", signing=min(unknown)[:60])
    told, found = Reading(kind, filled, "", ""), []
    for index, one in enumerate(kind.signings):
        for signer in told.signers(one):
            if one.required or signer.name or one.id in also:
                found.append(_Place(index, str(one.role), one.label, signer.name, one.required))
    return found


def _pages(rendered: Rendered, places: Sequence[_Place]) -> tuple[Page, ...]:
    """Return the pages, each with the places that have a box on it."""
    return tuple(
        Page(
            info.number, info.of, info.section, info.content_hash,
            tuple(
                SignerRole(f"place_{n}")
                for n, place in enumerate(places, 1)
                if any(
                    (str(box.signer.role), box.signer.name) == (place.role, place.name)
                    and (box.kind is not BoxKind.PLACE or box.index == place.index)
                    for box in info.boxes
                )
            ),
        )
        for info in rendered.pages
    )  # fmt: skip

