"""Take an import back: what it made goes, what it filled is empty again, what people have done since stays."""

from typing import Final

from app.core.progress import CancelToken, Progress, Report
from app.core.registers import Batch, Fact, FactState, Undone
from app.db.repos import register_facts as rows
from app.db.unit import WriteUnit

_PORTION: Final = 200
UNDO: Final = "import_undo"


def undo(unit: WriteUnit, batch: Batch, undone_at: int, report: Report, cancel: CancelToken) -> Undone:
    """Undo an import in one transaction; each removal is a line of its own, the rows stay in the journal."""
    table = batch.kind.table
    made = rows.made_by(unit, table, batch.id)
    used = rows.used(unit, table)
    kept = []
    for at, (row, lines) in enumerate(made):
        if not at % _PORTION:
            cancel.check()
            report(Progress(UNDO, at, len(made)))
        if row in used or len(lines) > 1:
            kept.append(row)
        else:
            unit.delete(table, row)
    restored = 0
    facts = rows.facts_of_batch(unit, batch.id)
    former = {(fact.row, fact.field): fact for fact in facts if fact.state is FactState.FORMER}
    for at, fact in enumerate(facts):
        if not at % _PORTION:
            cancel.check()
        if fact.state is FactState.FILLED:
            restored += _restore(unit, fact, former.get((fact.row, fact.field)))
        elif fact.state is FactState.OPEN:
            unit.delete("register_fact", fact.id)
    unit.put("import_batch", batch.id, {"state": "undone", "undone_at": undone_at})
    return Undone(len(made) - len(kept), restored, tuple(kept))


def _restore(unit: WriteUnit, fact: Fact, former: Fact | None) -> int:
    """Empty a field that the import filled, unless somebody has changed it since; return how many fields that were."""
    values = unit.current(fact.about, fact.row)
    unit.delete("register_fact", fact.id)
    if former:
        unit.delete("register_fact", former.id)
    if values is None or str(values.get(fact.field)) != fact.value:
        return 0
    before = rows.stored_value(fact.about, fact.field, former.value) if former else None
    unit.put(fact.about, fact.row, {fact.field: before})
    return 1
