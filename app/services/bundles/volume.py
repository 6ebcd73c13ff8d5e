"""The documents of a period bound into one volume (装订成册): cover, index, running page numbers."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from app.core.clock import local
from app.core.documents import Document
from app.core.errors import Refused
from app.core.outcome import Outcome
from app.core.progress import CancelToken, Progress, Report, silent
from app.db.repos import documents, inspections, registers
from app.db.unit import ReadUnit
from app.services.bundles.order import place_of
from app.services.bundles.sealing import Sealing
from app.services.pages import Pages
from app.services.store import Store
from app.services.written import exported
from forms.binding import Binder
from forms.listing import Listing
from forms.model import RecordMeta


@dataclass(frozen=True, slots=True)
class Bound:
    """What was bound."""

    file: Path
    documents: int
    pages: int


class Volumes:
    """Bind volumes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sealing = Sealing(store, Pages(store))

    def count(self, first: dt.date, last: dt.date) -> int:
        """Return how many documents were completed from `first` to `last`."""
        with self._store.db.read() as unit:
            return len(_completed(unit, first, last))

    def bind(
        self, first: dt.date, last: dt.date, to: Path, report: Report = silent, cancel: CancelToken | None = None
    ) -> Outcome[Bound]:
        """Bind all documents completed from `first` to `last`, case by case; whole or not at all; any thread.

        Memory holds one document at a time.

        Raises:
            Refused: `case.volume_empty`, `document.not_here`, `document.export_failed`.
            Cancelled: Between two documents; nothing is left.
        """
        cancel = cancel or CancelToken()
        with self._store.db.read() as unit:
            office = registers.office(unit)
            chosen = _completed(unit, first, last)
        if not chosen:
            raise Refused("case.volume_empty")
        title = f"{first:%Y年%m月}案卷汇编" if (first.year, first.month) == (last.year, last.month) else "案卷汇编"
        with exported(to) as part, part.open("w+b") as out:
            binder = Binder(out)
            rows = []
            for number, (document, place) in enumerate(chosen, 1):
                cancel.check()
                report(Progress("bind", number, len(chosen)))
                start, end = binder.add(self._sealing.kept(document.id), f"{document.number} {document.title}")
                rows.append((str(number), document.number, document.title, place, f"{start}—{end}" if end > start else str(start)))
            pages = binder.pages
            listing = Listing(
                title,
                head=(("立卷单位", office.name), ("期间", f"{first:%Y-%m-%d} 至 {last:%Y-%m-%d}"),
                      ("文书", f"{len(rows)} 件　{pages} 页")),
                columns=(("序号", 1), ("文号", 4), ("文书名称", 3), ("当事人", 4), ("页次", 2)),
                rows=rows,
            )  # fmt: skip
            about = {"documents": [{"number": row[1], "title": row[2], "pages": row[4]} for row in rows]}
            meta = RecordMeta(office.name, f"{first:%Y-%m}", rehearsal=office.rehearsal)
            binder.finish(listing, meta, about, self._sealing.sign)
        with self._store.db.write() as unit:
            unit.custody("export", "volume", None, volume=to.name, documents=len(rows))
            return Outcome(Bound(to, len(rows), pages), unit.changed)


def _completed(unit: ReadUnit, first: dt.date, last: dt.date) -> list[tuple[Document, str]]:
    """Return the documents of the period with the name of the institution, in the order of the volume."""
    papers = {row.document: row.kind for row in unit.sql("SELECT document, kind FROM paper WHERE document IS NOT NULL")}
    found: dict[str, list[Document]] = {}
    for row in unit.sql("SELECT DISTINCT inspection FROM document WHERE _deleted = 0 AND inspection IS NOT NULL"):
        done = [one for one in documents.of(unit, row.inspection) if one.signatures and one.is_complete]
        done = [one for one in done if first <= local(max(s.signed_at for s in one.signatures)).date() <= last]
        if done:
            found[row.inspection] = sorted(done, key=lambda one: place_of(one, papers.get(one.id, "")))
    ordered = sorted(found, key=lambda one: (found[one][0].frozen_at, one))
    chosen = []
    for inspection in ordered:
        place = registers.institution(unit, inspections.get(unit, found[inspection][0].inspection).institution).name
        chosen += [(document, place) for document in found[inspection]]
    return chosen
