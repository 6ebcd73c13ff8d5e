"""Readings of records before they were signed."""

import json
from typing import Any

from sqlalchemy import Row

from app.core.clock import from_ms, to_ms
from app.core.ids import DocumentId, InspectionId, InterviewId, PersonId
from app.core.readings import Heard, Reading
from app.db.repos.values import packed
from app.db.unit import ReadUnit
from sync.protocol.lines import Scalar


def of(unit: ReadUnit, inspection: InspectionId) -> tuple[Reading, ...]:
    """Return the readings of everything in an inspection, oldest first, those of discarded pages included."""
    return tuple(map(_reading, unit.sql("SELECT * FROM reading WHERE inspection = ? ORDER BY at, id", (inspection,))))


def of_document(unit: ReadUnit, document: DocumentId) -> tuple[Reading, ...]:
    """Return the readings of one document's pages, oldest first."""
    return tuple(map(_reading, unit.sql("SELECT * FROM reading WHERE document = ? ORDER BY at, id", (document,))))


def fields(value: Reading) -> dict[str, Scalar]:
    """Return what is stored of a reading."""
    return {
        "inspection": value.inspection or None, "interview": value.interview, "document": value.document, "role": value.role,
        "name": value.name, "heard": str(value.heard), "by": value.by, "by_name": value.by_name, "at": to_ms(value.at),
        "words": packed(dict(value.words)),
    }  # fmt: skip


def _reading(row: Row[Any]) -> Reading:
    return Reading(
        id=row.id, inspection=InspectionId(row.inspection or ""), role=row.role or "", name=row.name or "",
        heard=Heard.ALOUD if row.heard == Heard.ALOUD else Heard.SELF, by=PersonId(row.by or ""), by_name=row.by_name or "",
        at=from_ms(row.at),
        interview=InterviewId(row.interview) if row.interview else None,
        document=DocumentId(row.document) if row.document else None, words=json.loads(row.words or "{}"),
    )  # fmt: skip
