"""Inspections, their sheets and answers. Opening one with 300 answers is measured: plain SQL, one query a table."""

import dataclasses
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from app.core.clock import from_ms
from app.core.errors import Refused
from app.core.ids import InspectionId, InstitutionId, PersonId, RowId, TaskId, derived_id
from app.core.inspections import Answer, DetailRow, Inspection, Party, SheetRef, SheetView
from app.db.repos.values import in_record, instant, packed, read_fen, read_instant, read_texts, texts
from app.db.unit import ReadUnit, WriteUnit
from sync.protocol.lines import Scalar

_PROVES = f"l._deleted = 0 AND l.target_kind = 'item' AND e._voided IS NULL AND {in_record('l', '?1')} AND {in_record('e', '?1')}"
_PROOFS_AND_DETAILS = (
    "SELECT (SELECT count(DISTINCT l.evidence) FROM evidence_link l JOIN evidence e ON e.id = l.evidence"
    f" WHERE l.inspection = ?1 AND l.target = ?4 AND {_PROVES}),"
    " (SELECT json_group_array(json_array(id, cells) ORDER BY position, id) FROM answer_row r"
    f" WHERE inspection = ?1 AND template = ?2 AND item = ?3 AND _deleted = 0 AND {in_record('r', '?1')})"
)


def get(unit: ReadUnit, inspection_id: InspectionId) -> Inspection:
    """Return one inspection, or raise `Refused("inspection.unknown")`."""
    found = unit.sql(
        "SELECT v.*, t.closed_at FROM inspection v LEFT JOIN task t ON t.id = v.task WHERE v.id = ?",
        (inspection_id,),
    )
    if not found:
        raise Refused("inspection.unknown")
    row = found[0]
    return Inspection(
        id=inspection_id, task=TaskId(row.task), institution=InstitutionId(row.institution),
        inspectors=tuple(PersonId(one) for one in read_texts(row.inspectors)), recorder=PersonId(row.recorder),
        started_at=from_ms(row.started_at), place=row.place or "", ended_at=read_instant(row.ended_at),
        party=Party(**json.loads(row.party)) if row.party else Party(), witness=row.witness or "",
        licence_shown=bool(row.licence_shown), recusal_answer=row.recusal_answer or "",
        party_opinion=row.party_opinion or "", situation=row.situation or "", closed_at=read_instant(row.closed_at),
    )  # fmt: skip


def fields(value: Inspection) -> dict[str, Scalar]:
    """Return what is stored of an inspection."""
    return {
        "task": value.task, "institution": value.institution, "inspectors": texts(value.inspectors),
        "recorder": value.recorder, "started_at": instant(value.started_at), "place": value.place,
        "ended_at": instant(value.ended_at), "party": packed(dataclasses.asdict(value.party)),
        "witness": value.witness, "licence_shown": value.licence_shown, "recusal_answer": value.recusal_answer,
        "party_opinion": value.party_opinion, "situation": value.situation,
    }  # fmt: skip


def must_be_unsigned(unit: ReadUnit, inspection_id: InspectionId, table: str) -> None:
    """Require that nobody has signed: a row made later would belong to the record without being covered by a signature.

    Raises:
        Refused: `record.locked`.
    """
    if unit.sql("SELECT 1 FROM inspection WHERE id = ? AND _locked IS NOT NULL", (inspection_id,)):
        raise Refused("record.locked", table=table)


def of_task(unit: ReadUnit, task_id: TaskId) -> tuple[InspectionId, ...]:
    """Return the visits of a task, newest first."""
    rows = unit.sql(
        "SELECT id FROM inspection WHERE task = ? AND _deleted = 0 ORDER BY started_at DESC, id DESC", (task_id,)
    )
    return tuple(InspectionId(row.id) for row in rows)


def sheets(unit: ReadUnit, inspection_id: InspectionId) -> tuple[SheetView, ...]:
    """Return the sheets in order, with all answers, detail rows and counts of valid evidence."""
    rows = unit.sql(
        "SELECT template, version, digest FROM sheet WHERE inspection = ? AND _deleted = 0 ORDER BY position",
        (inspection_id,),
    )
    given = _answers(unit, inspection_id)
    return tuple(SheetView(SheetRef(r.template, r.version, r.digest), given.get(r.template, {})) for r in rows)


def answer(unit: WriteUnit, inspection_id: InspectionId, template: str, item: str) -> Answer:
    """Return one answer as it stands in this transaction, the untouched one where nothing was given."""
    place = (inspection_id, template, item)
    (proofs, details), = unit.tuples(_PROOFS_AND_DETAILS, (*place, f"{template}/{item}"))
    rows = tuple(DetailRow(RowId(row), json.loads(cells)) for row, cells in json.loads(details))
    given = unit.current("answer", derived_id(*place)) or {}
    return Answer(
        template, item, given.get("state") or "open", given.get("value"), given.get("count"),
        read_fen(given.get("amount_fen")), given.get("detail") or "", given.get("note") or "", rows, proofs,
        read_instant(given.get("answered_at")), given.get("answered_by") or "",
    )  # fmt: skip


def counts(unit: ReadUnit, inspection_id: InspectionId) -> Any:
    """Return `evidence`, `findings`, `interviews` and `fen` (sum of the findings' amounts)."""
    return unit.sql(
        "SELECT (SELECT count(*) FROM evidence e WHERE inspection = ?1 AND _voided IS NULL"
        f" AND {in_record('e', '?1')}) AS evidence,"
        f" (SELECT count(*) FROM finding f WHERE inspection = ?1 AND _deleted = 0 AND {in_record('f', '?1')}) AS findings,"
        " (SELECT count(*) FROM interview WHERE inspection = ?1 AND _deleted = 0) AS interviews,"
        " (SELECT coalesce(sum(amount_fen), 0) FROM finding f WHERE inspection = ?1 AND _deleted = 0"
        f" AND {in_record('f', '?1')}) AS fen",
        (inspection_id,),
    )[0]


def _answers(unit: ReadUnit, inspection_id: InspectionId) -> dict[str, dict[str, Answer]]:
    rows: dict[tuple[str, str], list[DetailRow]] = defaultdict(list)
    for row_id, template, item, cells in unit.tuples(
        "SELECT id, template, item, cells FROM answer_row r WHERE inspection = ?1"
        f" AND _deleted = 0 AND {in_record('r', '?1')} ORDER BY position, id",
        (inspection_id,),
    ):
        rows[template, item].append(DetailRow(RowId(row_id), json.loads(cells)))
    proofs = _evidence_counts(unit, inspection_id)
    given: dict[str, dict[str, Answer]] = defaultdict(dict)
    for template, item, state, value, count, amount, detail, note, at, by in unit.tuples(
        "SELECT template, item, state, value, count, amount_fen, detail, note, answered_at, answered_by"
        " FROM answer WHERE inspection = ? AND _deleted = 0",
        (inspection_id,),
    ):
        given[template][item] = Answer(
            template, item, state or "open", value, count, read_fen(amount), detail or "", note or "",
            tuple(rows.pop((template, item), ())) if rows else (), proofs.get(f"{template}/{item}", 0) if proofs else 0,
            read_instant(at), by or "",
        )  # fmt: skip
    for (template, item), left in rows.items():
        given[template][item] = Answer(template, item, rows=tuple(left), evidence=proofs.get(f"{template}/{item}", 0))
    for target, number in proofs.items():
        template, _, item = target.partition("/")
        if item not in given[template]:
            given[template][item] = Answer(template, item, evidence=number)
    return given


def _evidence_counts(unit: ReadUnit, inspection_id: InspectionId) -> Mapping[str, int]:
    rows = unit.tuples(
        "SELECT l.target, l.evidence FROM evidence_link l JOIN evidence e ON e.id = l.evidence"
        f" WHERE l.inspection = ?1 AND {_PROVES}",
        (inspection_id,),
    )
    return Counter(target for target, _ in set(rows))
