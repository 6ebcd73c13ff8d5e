"""Papers, what was written into them, their numbers and their service."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from app.core.clock import from_ms
from app.core.errors import Refused
from app.core.ids import DocumentId, InspectionId, PersonId, TaskId, derived_id
from app.core.papers import Paper, PaperId, PaperState, Value, printed_number
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar

# The number assigned last is the one that counts: a provisional one is printed, and the final one comes later.
_PAPERS = """
SELECT p.*, v.reason AS void_reason, d.pages, d._deleted AS gone,
  (SELECT n.series || char(10) || n.year || char(10) || n.serial FROM paper_number n
   WHERE n.paper IN (p.id, p.parent) AND n._deleted = 0 AND p.number IS NULL ORDER BY n.at DESC, n.id LIMIT 1) AS assigned,
  (SELECT group_concat(s.role || ':' || s.page) FROM signature s WHERE s.document = p.document) AS signed
FROM paper p
LEFT JOIN paper_void v ON v.id = (SELECT id FROM paper_void x WHERE x.paper = p.id AND x._deleted = 0
                                  ORDER BY x.at, x.id LIMIT 1)
LEFT JOIN document d ON d.id = p.document
WHERE p._deleted = 0 AND {where}
ORDER BY p.drafted_at, p.id
"""


def field_id(paper: PaperId, name: str) -> str:
    """Return the row of one field: the same on every laptop."""
    return derived_id(paper, "field", name)


def number_id(unit: ReadUnit, series: str, year: int, serial: int) -> str:
    """Return the row of one number of this office: two papers that had the same number would have the same row."""
    return derived_id("number", _office(unit), series, str(year), str(serial))


def office_fact_id(unit: ReadUnit, name: str) -> str:
    """Return the row of one fact of this office: the same on all its laptops, and no other office's."""
    return derived_id("office_fact", _office(unit), name)


def _office(unit: ReadUnit) -> str:
    return str(unit.sql("SELECT scope FROM sync_self")[0].scope)


def void_id(paper: PaperId) -> str:
    """Return the row that voids a paper: it is voided once."""
    return derived_id(paper, "void")


def get(unit: ReadUnit, paper_id: PaperId) -> Paper:
    """Return one paper, or raise `Refused("paper.unknown")`."""
    found = _read(unit, "p.id = ?", (paper_id,))
    if not found:
        raise Refused("paper.unknown")
    return found[0]


def of_task(unit: ReadUnit, task: TaskId) -> tuple[Paper, ...]:
    """Return the papers of a task in the order they were drafted, voided ones too."""
    return _read(unit, "p.task = ?", (task,))


def of_document(unit: ReadUnit, document: DocumentId) -> Paper | None:
    """Return the paper whose pages these are."""
    return next(iter(_read(unit, "p.document = ?", (document,))), None)


def open_drafts(unit: ReadUnit) -> tuple[Paper, ...]:
    """Return every draft."""
    return _read(unit, "p.document IS NULL", ())


def companions(unit: ReadUnit, parent: PaperId) -> tuple[Paper, ...]:
    """Return the papers that are issued with this one."""
    return _read(unit, "p.parent = ?", (parent,))


def interim_count(unit: ReadUnit) -> int:
    """Return how many papers and records were printed with a provisional number, thrown away ones too."""
    papers = unit.sql("SELECT count(*) AS n FROM paper WHERE interim IS NOT NULL AND interim <> ''")[0].n
    return int(papers + unit.sql("SELECT count(*) AS n FROM document WHERE kind <> 'paper' AND number LIKE '临-%'")[0].n)


def written(unit: ReadUnit, paper: PaperId) -> dict[str, tuple[Value | None, Value | None]]:
    """Return by field what a person wrote, and what the data said then."""
    rows = unit.sql("SELECT name, value, data FROM paper_field WHERE paper = ? AND _deleted = 0", (paper,))
    return {row.name: (load(row.value), load(row.data)) for row in rows}


def office_facts(unit: ReadUnit) -> Mapping[str, str]:
    """Return what papers print of the office, by name."""
    return {row.name: row.value or "" for row in unit.sql("SELECT name, value FROM office_fact WHERE _deleted = 0")}


def dump(value: Value | None) -> str:
    """Store a value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def load(text: str | None) -> Value | None:
    """Read a value: lists become tuples."""
    return None if text is None else _frozen(json.loads(text))


def fields(paper: Paper) -> dict[str, Scalar]:
    """Return what is stored of a draft."""
    return {
        "inspection": paper.inspection, "task": paper.task, "kind": paper.kind, "title": paper.title,
        "parent": paper.parent, "about": paper.about or None, "drafted_by": paper.drafted_by,
    }  # fmt: skip


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value


def _read(unit: ReadUnit, where: str, params: tuple[object, ...]) -> tuple[Paper, ...]:
    return tuple(_paper(row) for row in unit.sql(_PAPERS.format(where=where), params))


def _paper(row: Row[Any]) -> Paper:
    number = row.number or ""
    if not number and row.assigned:
        series, year, serial = row.assigned.split("\n")
        number = printed_number(series, int(year), int(serial))
    return Paper(
        id=PaperId(row.id),
        kind=row.kind or "",
        title=row.title or "",
        task=TaskId(row.task or ""),
        state=_state(row),
        drafted_at=from_ms(row.drafted_at or 0),
        drafted_by=PersonId(row.drafted_by or ""),
        inspection=InspectionId(row.inspection) if row.inspection else None,
        parent=PaperId(row.parent) if row.parent else None,
        about=row.about or "",
        number=number or row.interim or "",
        interim=row.interim or "",
        document=DocumentId(row.document) if row.document else None,
        issued_at=from_ms(row.issued_at) if row.issued_at else None,
        issued_by=PersonId(row.issued_by) if row.issued_by else None,
        void_reason=row.void_reason,
    )


def _state(row: Row[Any]) -> PaperState:
    if row.void_reason is not None:
        return PaperState.VOID
    if row.document is None:
        return PaperState.DRAFT
    given = set((row.signed or "").split(",")) - {""}
    asked = {f"{role}:{page}" for page, _, _, _, roles, *_ in json.loads(row.pages or "[]") for role in roles}
    if not given:
        return PaperState.ISSUED
    return PaperState.SIGNED if asked <= given else PaperState.SIGNING
