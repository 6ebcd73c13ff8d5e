"""Evidence and its links."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Row

from app.core.clock import from_ms
from app.core.errors import Refused
from app.core.evidence import Evidence, Link, TargetKind
from app.core.ids import EvidenceId, InspectionId
from app.db.repos.values import in_record, read_instant, read_texts
from app.db.unit import ReadUnit

_LIST = f"""
SELECT e.*, b.stored IS NOT NULL AS is_stored, coalesce(b.state, '') = 'remote' AS is_on_server
FROM evidence e LEFT JOIN sync_blob b ON b.sha256 = e.sha256
WHERE e.inspection = ? AND e._deleted = 0 AND {in_record("e")}
ORDER BY coalesce(e.position, 0), e.added_at, e.id
"""


def of(unit: ReadUnit, inspection_id: InspectionId) -> tuple[Evidence, ...]:
    """Return all evidence of an inspection in list order, numbered from 1, voided pieces included."""
    links: dict[str, list[Link]] = defaultdict(list)
    for row in unit.sql(
        "SELECT evidence, target_kind, target FROM evidence_link l WHERE inspection = ? AND _deleted = 0"
        f" AND {in_record('l')} ORDER BY id",
        (inspection_id,),
    ):
        link = Link(TargetKind(row.target_kind), row.target)
        if link not in links[row.evidence]:
            links[row.evidence].append(link)
    rows = unit.sql(_LIST, (inspection_id,))
    return tuple(_evidence(row, number, tuple(links[row.id])) for number, row in enumerate(rows, start=1))


def targets(
    unit: ReadUnit, inspection_id: InspectionId
) -> tuple[tuple[int, EvidenceId, frozenset[tuple[str, str]]], ...]:
    """Return number and id of each valid piece with the (kind, target) of its links: all that findings need of it."""
    links: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for evidence, kind, target in unit.tuples(
        "SELECT evidence, target_kind, target FROM evidence_link WHERE inspection = ? AND _deleted = 0", (inspection_id,)
    ):
        links[evidence].add((kind, target))
    rows = unit.sql(
        "SELECT id, _voided FROM evidence WHERE inspection = ? AND _deleted = 0"
        " ORDER BY coalesce(position, 0), added_at, id",
        (inspection_id,),
    )
    return tuple(
        (number, EvidenceId(row.id), frozenset(links.get(row.id, ())))
        for number, row in enumerate(rows, start=1)
        if row._voided is None
    )


def get(unit: ReadUnit, evidence_id: EvidenceId) -> Evidence:
    """Return one piece of evidence, or raise `Refused("evidence.unknown")`."""
    owner = unit.sql("SELECT inspection FROM evidence WHERE id = ?", (evidence_id,))
    for one in of(unit, InspectionId(owner[0].inspection)) if owner else ():
        if one.id == evidence_id:
            return one
    raise Refused("evidence.unknown")


def link_rows(unit: ReadUnit, evidence_id: EvidenceId, link: Link) -> tuple[str, ...]:
    """Return the ids of the rows that make this link."""
    rows = unit.sql(
        "SELECT id FROM evidence_link WHERE evidence = ? AND target_kind = ? AND target = ? AND _deleted = 0",
        (evidence_id, str(link.target_kind), link.target),
    )
    return tuple(row.id for row in rows)


def same_bytes(unit: ReadUnit, inspection_id: InspectionId, sha256: str) -> EvidenceId | None:
    """Return the valid evidence of this inspection that has these bytes already."""
    rows = unit.sql(
        "SELECT id FROM evidence WHERE inspection = ? AND sha256 = ? AND _voided IS NULL AND _deleted = 0",
        (inspection_id, sha256),
    )
    return EvidenceId(rows[0].id) if rows else None


def _evidence(row: Row[Any], number: int, links: tuple[Link, ...]) -> Evidence:
    return Evidence(
        id=EvidenceId(row.id), inspection=InspectionId(row.inspection), number=number, kind=row.kind,
        status=row.status, file_name=row.file_name or "", mime=row.mime or "", size_bytes=row.size_bytes or 0,
        sha256=row.sha256, sm3=row.sm3 or "", added_at=from_ms(row.added_at), added_by=row.added_by or "",
        caption=row.caption or "", place=row.place or "", width=row.width, height=row.height,
        taken_at=read_instant(row.taken_at), latitude=float(row.latitude) if row.latitude else None,
        longitude=float(row.longitude) if row.longitude else None, flags=read_texts(row.flags), links=links,
        voided_reason=row._voided, is_stored=bool(row.is_stored), is_on_server=bool(row.is_on_server),
    )  # fmt: skip
