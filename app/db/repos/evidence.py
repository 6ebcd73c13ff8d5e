"""Evidence and its links."""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.core.clock import from_ms
from app.core.errors import Refused
from app.core.evidence import Evidence, Link, TargetKind
from app.core.ids import EvidenceId, InspectionId
from app.db.repos.values import in_record, read_instant, read_texts
from app.db.unit import ReadUnit

_LIST = f"""
SELECT e.id, e.kind, e.status, e.file_name, e.mime, e.size_bytes, e.sha256, e.sm3, e.added_at, e.added_by, e.caption,
  e.place, e.width, e.height, e.taken_at, e.latitude, e.longitude, e.flags, e._voided, b.stored IS NOT NULL,
  coalesce(b.state, '') = 'remote'
FROM evidence e LEFT JOIN sync_blob b ON b.sha256 = e.sha256
WHERE e.inspection = ?1 AND e._deleted = 0 AND {in_record("e", "?1")}
ORDER BY coalesce(e.position, 0), e.added_at, e.id
"""


def of(unit: ReadUnit, inspection_id: InspectionId) -> tuple[Evidence, ...]:
    """Return all evidence of an inspection in list order, numbered from 1, voided pieces included."""
    links: dict[str, list[Link]] = defaultdict(list)
    for evidence, kind, target in unit.tuples(
        "SELECT evidence, target_kind, target FROM evidence_link l WHERE inspection = ?1 AND _deleted = 0"
        f" AND {in_record('l', '?1')} ORDER BY id",
        (inspection_id,),
    ):
        link = _link(kind, target)
        if link not in links[evidence]:
            links[evidence].append(link)
    rows = unit.tuples(_LIST, (inspection_id,))
    return tuple(
        _evidence(row, inspection_id, number, tuple(links.get(row[0], ()))) for number, row in enumerate(rows, start=1)
    )


def proofs(unit: ReadUnit, inspection_id: InspectionId) -> Mapping[tuple[str, str], set[tuple[int, EvidenceId]]]:
    """Return number and id of the valid pieces linked to each (kind, target): all that findings need of them."""
    rows = unit.tuples(
        "SELECT id, _voided FROM evidence WHERE inspection = ? AND _deleted = 0"
        " ORDER BY coalesce(position, 0), added_at, id",
        (inspection_id,),
    )
    valid = {one: (number, EvidenceId(one)) for number, (one, voided) in enumerate(rows, start=1) if voided is None}
    found: dict[tuple[str, str], set[tuple[int, EvidenceId]]] = defaultdict(set)
    for one, kind, target in unit.tuples(
        "SELECT evidence, target_kind, target FROM evidence_link WHERE inspection = ? AND _deleted = 0", (inspection_id,)
    ):
        if one in valid:
            found[kind, target].add(valid[one])
    return found


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


@lru_cache(maxsize=1024)
def _link(kind: str, target: str) -> Link:
    return Link(TargetKind(kind), target)


def _evidence(row: tuple[Any, ...], inspection: InspectionId, number: int, links: tuple[Link, ...]) -> Evidence:
    (
        evidence, kind, status, file_name, mime, size_bytes, sha256, sm3, added_at, added_by, caption, place, width, height,
        taken_at, latitude, longitude, flags, voided, is_stored, is_on_server,
    ) = row  # fmt: skip
    return Evidence(
        id=EvidenceId(evidence), inspection=inspection, number=number, kind=kind, status=status, file_name=file_name or "",
        mime=mime or "", size_bytes=size_bytes or 0, sha256=sha256, sm3=sm3 or "", added_at=from_ms(added_at),
        added_by=added_by or "", caption=caption or "", place=place or "", width=width, height=height,
        taken_at=read_instant(taken_at), latitude=float(latitude) if latitude else None,
        longitude=float(longitude) if longitude else None, flags=read_texts(flags), links=links, voided_reason=voided,
        is_stored=bool(is_stored), is_on_server=bool(is_on_server),
    )  # fmt: skip
