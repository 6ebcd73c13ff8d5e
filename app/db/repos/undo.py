"""Steps back over answers: what this laptop wrote last, read from the journal itself. What was answered at once is one step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.ids import InspectionId
from app.db.tables import OPEN, SETTLED
from app.db.unit import ReadUnit, WriteUnit
from sync.protocol import lines
from sync.protocol.lines import FieldEdit, Kind, Line

_STEPS = "owner = ?1 AND tbl IN ('answer', 'answer_row') AND kind IN ('set', 'create', 'delete') AND undone = 0"
_LAST = (
    f"SELECT max(seq) FROM (SELECT max(seq) AS seq FROM sync_op WHERE {OPEN} AND {_STEPS}"
    f" UNION ALL SELECT max(seq) FROM sync_op WHERE {SETTLED} AND {_STEPS})"
)
_UNTOUCHED = {"state": "open"}
_GIVEN = ("state", "value", "count", "amount_fen", "detail", "note", "cells", "position")


@dataclass(frozen=True, slots=True)
class Step:
    """One line that may be taken back; `values` are what stands in its (first) row now, removed or not."""

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
    (values,) = unit.sql(f'SELECT * FROM "{line.table}" WHERE id = ?', (line.keys[0][1],))
    return Step(seq, line, values._mapping)


def take_back(unit: WriteUnit, step: Step) -> None:
    """Write what stood before the step as a new change; what somebody else changed since then stays as it is."""
    ((before,),) = unit.tuples("SELECT max(seq) FROM sync_op")
    for line in lines.singly(step.line):
        _take_back(unit, line)
    unit.local("UPDATE sync_op SET undone = 1 WHERE seq = ? OR seq > ?", (step.seq, before))


def _take_back(unit: WriteUnit, line: Line) -> None:
    table, row = line.table, line.row
    now = unit.current(table, row)
    if line.kind is Kind.DELETE:
        if now is None:
            unit.put(table, row, {})  # as it was, knowing that it had been removed
    elif now is not None and table == "answer_row" and _is_first(line):
        unit.delete(table, row)
    elif now is not None:
        old = {edit.name: _before(unit, row, edit) for edit in line.fields if edit.name in _GIVEN}
        mine = {edit.name: edit.value for edit in line.fields}
        unit.put(table, row, {name: value for name, value in old.items() if now[name] == mine[name]})


def _is_first(line: Line) -> bool:
    return all(edit.base is None for edit in line.fields)


def _before(unit: ReadUnit, row: str, edit: FieldEdit) -> Any:
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
    then = next((one.field(edit.name) for one in lines.singly(lines.parse(bytes(found[0][0]))) if one.row == row), None)
    return edit.value if then is None else then.value
