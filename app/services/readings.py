"""Noting that a record was read out or read before it was signed (宣读、阅看)."""

from collections.abc import Iterator, Mapping

from app.core.clock import from_ms, to_ms
from app.core.documents import SignerRole
from app.core.ids import DocumentId, InspectionId, InterviewId
from app.core.readings import Heard, Reading
from app.db.repos import readings, registers
from app.db.unit import WriteUnit
from app.services.store import Store

_MOST = 100 * 1024  # bytes of one row's words: a line of the journal has its limit


def note(
    unit: WriteUnit,
    store: Store,
    inspection: InspectionId,
    listener: tuple[SignerRole, str],
    heard: Heard,
    words: Mapping[str, str],
    *,
    interview: InterviewId | None = None,
    document: DocumentId | None = None,
) -> Reading:
    """Store who was read what, by whoever is at the keyboard, now; return the first row of it."""
    role, name = listener
    at = from_ms(to_ms(store.now()))  # as finely as it is stored
    rows = [
        Reading(
            store.new_id(), inspection, str(role), name, heard, store.me, registers.people(unit)[store.me].name,
            at, interview, document, part,
        )
        for part in _parts(words)
    ]  # fmt: skip
    for row in rows:
        unit.append("reading", row.id, readings.fields(row))
    return rows[0]


def _parts(words: Mapping[str, str]) -> Iterator[dict[str, str]]:
    part: dict[str, str] = {}
    size = 0
    for about, text in words.items():
        size += len(about) + len(text.encode())
        if part and size > _MOST:
            yield part
            part, size = {}, len(about) + len(text.encode())
        part[about] = text
    yield part
