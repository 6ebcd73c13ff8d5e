"""Steps back over answers: what this laptop wrote last, read from the journal itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.ids import InspectionId
from app.db.tables import OPEN, SETTLED
from app.db.unit import ReadUnit, WriteUnit
from sync.protocol import lines
from sync.protocol.lines import FieldEdit, Kind, Line

_STEPS = "owner = ?1 AND tbl IN ('answer', 'answer_row') AND kind IN ('set', 'delete') AND undone = 0"
_LAST = (
    f"SELECT max(seq) FROM (SELECT max(seq) AS seq FROM sync_op WHERE {OPEN} AND {_STEPS}"
    f" UNION ALL SELECT max(seq) FROM sync_op WHERE {SETTLED} AND {_STEPS})"
)
_UNTOUCHED = {"state": "open"}
_GIVEN = ("state", "value", "count", "amount_fen", "detail", "note", "cells", "position")


@dataclass(frozen=True, slots=True)
class Step:
    """One line that may be taken back; `values` are what stands in its row now, removed or not."""

    seq: int
    line: Line
    values: Mapping[str, Any]

    @property
    def template(self) -> str:
        """Return the sheet it belongs to."""
        return str(self.values["template"])

    @property
    def item(self) -> str:
        """Return the item it belongs to."""
        return str(self.values["item"])


def last_step(unit: ReadUnit, inspection_id: InspectionId) -> Step | None:
    """Return the newest line that this laptop wrote about an answer and that still stands, or None."""
    ((seq,),) = unit.tuples(_LAST, (inspection_id,))
    if seq is None:
        return None
    ((data,),) = unit.tuples("SELECT line FROM sync_op WHERE seq = ?", (seq,))
    line = lines.parse(bytes(data))
    (values,) = unit.sql(f'SELECT * FROM "{line.table}" WHERE id = ?', (line.row,))
    return Step(seq, line, values._mapping)


def take_back(unit: WriteUnit, step: Step) -> None:
    """Write what stood before the step as a new change; what somebody else changed since then stays as it is."""
    ((before,),) = unit.tuples("SELECT max(seq) FROM sync_op")
    table, row = step.line.table, step.line.row
    now = unit.current(table, row)
    if step.line.kind is Kind.DELETE:
        if now is None:
            unit.put(table, row, {})  # as it was, knowing that it had been removed
    elif now is not None and table == "answer_row" and _is_first(step.line):
        unit.delete(table, row)
    elif now is not None:
        old = {edit.name: _before(unit, edit) for edit in step.line.fields if edit.name in _GIVEN}
        mine = {edit.name: edit.value for edit in step.line.fields}
        unit.put(table, row, {name: value for name, value in old.items() if now[name] == mine[name]})
    unit.local("UPDATE sync_op SET undone = 1 WHERE seq = ? OR seq > ?", (step.seq, before))


def _is_first(line: Line) -> bool:
    return all(edit.base is None for edit in line.fields)


def _before(unit: ReadUnit, edit: FieldEdit) -> Any:
    """Return the value that an edit replaced."""
    if edit.base is None:
        return _UNTOUCHED.get(edit.name)
    found = unit.tuples(
        "SELECT line FROM sync_op WHERE op = ?1 UNION ALL SELECT line FROM sync_peer_op WHERE op = ?1"
        " UNION ALL SELECT line FROM sync_mate_op WHERE op = ?1 LIMIT 1",
        (edit.base,),
    )
    if not found:
        return edit.value
    then = lines.parse(bytes(found[0][0])).field(edit.name)
    return edit.value if then is None else then.value
