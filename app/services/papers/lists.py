"""Papers that list others: the index of a case (案卷目录) and the ledger of services (送达台账)."""

import datetime as dt
from itertools import accumulate

from app.core.clock import local
from app.core.documents import Document, DocumentKind
from app.core.papers import Paper, PaperState, Service, Value
from app.db.repos import documents, inspections, registers
from app.db.repos import papers as stored
from app.db.unit import ReadUnit
from app.services.papers import kinds
from app.services.papers.services import service_of

INDEX, LEDGER = "file_index", "service_ledger"
# Records of a visit have no kind of their own among the papers but that of their first part.
_RECORDS = {DocumentKind.RECORD: "onsite_record", DocumentKind.INTERVIEW: "interview_record", DocumentKind.AMENDMENT: "amendment"}


def index(unit: ReadUnit, paper: Paper) -> dict[str, Value]:
    """Return what an index says: every issued document of the task in the order of the file, with page numbers."""
    order = {kind.id: place for place, kind in enumerate(kinds.every().values())}
    found = [(order.get(kind, len(order)), one) for kind, one in _documents(unit, paper)]
    found.sort(key=lambda pair: (pair[0], pair[1].frozen_at, pair[1].id))
    ends = accumulate(len(one.pages) for _, one in found)
    rows = tuple(
        (one.title, one.number, local(one.frozen_at).date().isoformat(), _span(end - len(one.pages) + 1, end), str(len(one.pages)), "")
        for (_, one), end in zip(found, ends, strict=True)
    )
    return {"papers": rows} if rows else {}


def ledger(unit: ReadUnit, now: dt.datetime) -> dict[str, Value]:
    """Return what the ledger of this month says: every service by its date, voided ones marked."""
    month = local(now).date().replace(day=1)
    office = registers.office(unit)
    services = [service_of(row, office) for row in unit.sql("SELECT * FROM paper_service WHERE _deleted = 0 ORDER BY served_at, id")]
    rows = tuple(
        _served(stored.get(unit, one.paper), _addressee(unit, one), one)
        for one in services
        if one.effective_on.replace(day=1) == month
    )
    return {"period": f"{month.year}年{month.month}月", **({"services": rows} if rows else {})}


def _documents(unit: ReadUnit, paper: Paper) -> list[tuple[str, Document]]:
    found = [
        (one.kind, documents.get(unit, one.document))
        for one in stored.of_task(unit, paper.task)
        if one.document is not None and one.state is not PaperState.VOID and one.id != paper.id
    ]
    for visit in inspections.of_task(unit, paper.task):
        found += [(_RECORDS[one.kind], one) for one in documents.of(unit, visit) if one.signatures]
    return found


def _span(first: int, last: int) -> str:
    return str(first) if first >= last else f"{first}—{last}"


def _addressee(unit: ReadUnit, service: Service) -> str:
    rows = unit.sql(
        "SELECT i.name FROM paper p JOIN task t ON t.id = p.task JOIN institution i ON i.id = t.institution WHERE p.id = ?",
        (service.paper,),
    )
    return str(rows[0].name) if rows else ""


def _served(paper: Paper, addressee: str, one: Service) -> tuple[str, ...]:
    remark = f"作废：{one.void_reason}" if one.void_reason else "；".join(filter(None, (one.refused_reason, one.note)))
    servers = "、".join(name for name, _ in one.servers)
    what = f"{paper.title} {paper.number}".strip()
    return what, addressee, kinds.METHODS[one.method], one.effective_on.isoformat(), one.receiver, servers, remark
