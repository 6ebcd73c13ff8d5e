"""What two people changed differently: both values in words, who and when, and how one is settled."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from app.core.clock import from_ms
from app.core.errors import Refused
from app.core.syncing import ConflictLine, Hand
from app.db import versions
from app.db.repos import conflicts
from app.db.tables import SYNCED, fields_of
from app.db.unit import ReadUnit, WriteUnit
from sync.protocol import cells, lines
from sync.protocol.lines import CONFLICT, DELETED, FieldEdit, Scalar, scalar_value

Question = Callable[[str, int | None, str], str]
STATES = ("open", "pass", "fail", "na")
_LEFT_OUT = "签字后到达，未并入已签字的记录"
_SELF = "self"
# What a person can type: the others are lists, ids and instants.
_TYPED = {
    "answer": ("state", "value", "count", "amount_fen", "detail", "note"),
    "finding": ("title", "facts", "basis", "calculation", "opinion_text", "persons", "cases", "amount_fen"),
    "evidence": ("caption",),
    "turn": ("question", "answer"),
    "inspection": ("place", "witness", "recusal_answer", "party_opinion", "situation"),
    "task": ("title", "basis", "approval_no"),
    "institution": ("name", "address", "legal_rep", "head", "phone", "licence_no"),
    "person": ("name", "phone"),
    "interview": ("place",),
}  # fmt: skip
_MOST_INTEGER = 2**53 - 1
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def no_question(_template: str, _version: int | None, _item: str) -> str:
    """Know no question."""
    return ""


def undecided(unit: ReadUnit, question: Question, me: str) -> tuple[ConflictLine, ...]:
    """Return open conflicts, oldest first."""
    return _shown(unit, conflicts.open_lines(unit), question, me)


def decided(unit: ReadUnit, question: Question, me: str) -> tuple[ConflictLine, ...]:
    """Return settled conflicts that asked for a person, newest first."""
    rows = unit.sql(
        "SELECT c.*, s.cells, p.name AS author FROM sync_conflict c"
        " LEFT JOIN sync_row s ON s.tbl = c.tbl AND s.row = c.row"
        " LEFT JOIN person p ON p.id = c.loser_author WHERE c.resolved_by IS NOT NULL ORDER BY c.loser_hlc DESC, c.id"
    )
    return _shown(unit, [row for row in rows if not conflicts.is_clerical(row)], question, me)


def resolve(unit: WriteUnit, conflict_id: str, keep: str, value: str | None, at_ms: int) -> None:
    """Close a conflict with what stands, what was put aside, or a third value.

    Raises:
        Refused: `conflict.unknown`, `conflict.value`, `record.locked`.
    """
    if conflict_id.startswith("late:") and keep in ("current", "other"):
        _leave_out(unit, conflict_id, keep)
        return
    rows = conflicts.with_company(unit, conflict_id)
    if not rows or keep not in ("current", "other", "new"):
        raise Refused("conflict.unknown")
    if keep != "current" and _is_left_out(unit, rows[0]):
        raise Refused("record.locked", table=rows[0].tbl)
    if keep == "other":
        _take_other(unit, rows[0])
    elif keep == "new":
        unit.put(rows[0].tbl, rows[0].row, {rows[0].field: typed(rows[0].tbl, rows[0].field, value or "")})
    for row in rows:
        unit.resolve(row.tbl, row.row, (FieldEdit(CONFLICT, row.id),))
        unit.local(
            "UPDATE sync_conflict SET resolved_by = ?, resolved_at = ? WHERE id = ?", (_SELF, at_ms, row.id)
        )


def typed(table: str, field: str, text: str) -> Scalar:
    """Return what somebody typed as the field keeps it; amounts are typed in yuan.

    Raises:
        Refused: `conflict.value` where the field takes no such value.
    """
    if field not in _TYPED.get(table, ()):
        raise Refused("conflict.value", value=text[:40])
    text = text.strip()
    if field == "state":
        if text not in STATES:
            raise Refused("conflict.value", value=text[:40])
        return text
    if SYNCED[table].c[field].type.python_type is not int:
        return text
    return _whole(text, 100 if field.endswith("_fen") else 1) if text else None


def title_of(unit: ReadUnit, table: str, row: str) -> str:
    """Return what a row is, in words a person knows."""
    named = {
        "institution": "SELECT name FROM institution WHERE id = ?",
        "person": "SELECT name FROM person WHERE id = ?",
        "task": "SELECT number || ' ' || title FROM task WHERE id = ?",
        "inspection": "SELECT i.name FROM inspection v JOIN institution i ON i.id = v.institution WHERE v.id = ?",
        "paper": "SELECT trim(title || ' ' || coalesce(number, interim, '')) FROM paper WHERE id = ?",
        "paper_field": "SELECT p.title || '　' || f.name FROM paper_field f JOIN paper p ON p.id = f.paper WHERE f.id = ?",
        "paper_service": "SELECT p.title FROM paper_service s JOIN paper p ON p.id = s.paper WHERE s.id = ?",
        "lead": "SELECT number || ' ' || named FROM lead WHERE id = ?",
        "task_recusal": "SELECT t.number || ' ' || p.name FROM task_recusal r JOIN task t ON t.id = r.task"
        " JOIN person p ON p.id = r.person WHERE r.id = ?",
        "paper_number": "SELECT series || '〔' || year || '〕' || serial || '号' FROM paper_number WHERE id = ?",
    }
    within = {
        "answer": "t.item",
        "answer_row": "t.item",
        "evidence": "coalesce(nullif(t.caption, ''), t.file_name)",
        "preview": "(SELECT coalesce(nullif(e.caption, ''), e.file_name) FROM evidence e WHERE e.id = t.evidence)",
        "finding": "t.title",
        "turn": "t.question",
        "document": "t.title || ' ' || t.number",
    }
    query = named.get(table)
    if query is None and table in within:
        query = (
            f"SELECT {within[table]} || '　' || i.name FROM \"{table}\" t JOIN inspection v ON v.id = t.inspection"
            " JOIN institution i ON i.id = v.institution WHERE t.id = ?"
        )
    found = unit.sql(query, (row,)) if query else ()
    return str(found[0][0] or "") if found else ""


def _whole(text: str, times: int) -> int:
    try:
        number = Decimal(text.replace(",", "").replace("，", "").lstrip("￥¥")) * times
    except InvalidOperation as error:
        raise Refused("conflict.value", value=text[:40]) from error
    if not number.is_finite() or number != int(number) or abs(number) > _MOST_INTEGER:
        raise Refused("conflict.value", value=text[:40])
    return int(number)


def _shown(unit: ReadUnit, rows: Iterable[Any], question: Question, me: str) -> tuple[ConflictLine, ...]:
    return tuple(_line(unit, row, question, me) for row in rows)


def _line(unit: ReadUnit, row: Any, question: Question, me: str) -> ConflictLine:
    inspection, is_locked, asked = _place(unit, row, question)
    op = _current_op(unit, row)
    said = _said(unit, op, row.row, row.field)  # an own edit the server has not judged counts already
    by, other_by = _writer(unit, op), _writer(unit, getattr(row, "loser_op", None))
    other_author = row.author or other_by.name or row.loser_author or ""
    is_field = not row.field.startswith("_")
    decider = _decider(unit, row, me)
    winner = getattr(row, "winner_op", None) if decider is not None else None
    return ConflictLine(
        id=row.id, table=row.tbl, row=row.row, field=row.field,
        current=_words(unit, _current(row)) if said is None else said,
        other=_words(unit, row.loser_val),
        other_author=other_author, reason=row.reason, title=title_of(unit, row.tbl, row.row), question=asked,
        inspection=inspection, by=by, other_by=other_by,
        takes_other=not is_locked and (is_field or row.field == DELETED),
        takes_new=not is_locked and row.field in _TYPED.get(row.tbl, ()),
        decided_by=decider,
        stood=_said(unit, winner, row.row, row.field), stood_by=_writer(unit, winner),
    )  # fmt: skip


def _current(row: Any) -> str | None:
    """Return the JSON text of what the confirmed layer holds in a conflict's field, if anything."""
    cell = None if row.cells is None else cells.from_text(row.cells).get(row.field)
    return None if cell is None else cell.val


def _place(unit: ReadUnit, row: Any, question: Question) -> tuple[str, bool, str]:
    """Return the inspection of a row, whether it is signed, and the question it answers."""
    table = SYNCED.get(row.tbl)
    if table is None:
        return "", False, ""
    names = [name for name in ("inspection", "template", "item") if name in fields_of(table)]
    found = unit.sql(f'SELECT {", ".join((*names, "_locked", "_voided"))} FROM "{row.tbl}" WHERE id = ?', (row.row,))
    values = dict(found[0]._mapping) if found else _left_out(unit, row)
    inspection = row.row if row.tbl == "inspection" else str(values.get("inspection") or "")
    asked = ""
    if values.get("template") and values.get("item"):
        pinned = unit.sql(
            "SELECT version FROM sheet WHERE inspection = ? AND template = ?", (inspection, values["template"])
        )
        asked = question(values["template"], pinned[0].version if pinned else None, values["item"])
    is_locked = values.get("_locked") is not None or values.get("_voided") is not None or row.id.startswith("late:")
    return inspection, is_locked, asked


def _left_out(unit: ReadUnit, row: Any) -> dict[str, Any]:
    """Return what is known of a row that is shown nowhere, for a record was signed without it."""
    said = unit.sql("SELECT field, loser_val FROM sync_conflict WHERE tbl = ? AND row = ?", (row.tbl, row.row))
    state = unit.sql("SELECT locked_by FROM sync_row WHERE tbl = ? AND row = ?", (row.tbl, row.row))
    return {one.field: scalar_value(one.loser_val) for one in said} | {"_locked": state[0].locked_by if state else None}


def _current_op(unit: ReadUnit, row: Any) -> str | None:
    """Return the line that set what is shown now: an own edit the server has not judged counts already."""
    if row.tbl not in SYNCED:
        return None
    found = unit.sql(f'SELECT * FROM "{row.tbl}" WHERE id = ?', (row.row,))
    if found:
        shown = {name: found[0]._mapping[name] for name in fields_of(SYNCED[row.tbl])}
        if op := versions.from_text(found[0]._ver, shown).get(row.field):
            return op
    return getattr(row, "winner_op", None)


def _writer(unit: ReadUnit, op: str | None) -> Hand:
    if op is None:
        return Hand()
    found = _found(unit, op)
    if found is None:  # a snapshot says who, and not when
        told = unit.sql("SELECT p.name FROM sync_author a JOIN person p ON p.id = a.author WHERE a.op = ?", (op,))
        return Hand(name=told[0].name) if told else Hand()
    line, device = found
    people = unit.sql("SELECT name FROM person WHERE id = ?", (line.author,))
    return Hand(people[0].name if people else "", device, from_ms(line.wall_ms), is_here=not device)


def _found(unit: ReadUnit, op: str) -> tuple[lines.Line, str] | None:
    """Return a line and the first digits of the laptop that wrote it, none for this one; None where it never came here."""
    own = unit.sql("SELECT line FROM sync_op WHERE op = ?", (op,))
    peer: Sequence[Any] = () if own else unit.sql("SELECT line, device FROM sync_peer_op WHERE op = ?", (op,))
    if not own and not peer:
        return None
    return lines.parse(bytes((own or peer)[0].line)), "" if own else str(peer[0].device)[:8].upper()


def _said(unit: ReadUnit, op: str | None, row: str, field: str) -> str | None:
    """Return what a line said of a field, in words; None where that is not known here."""
    found = _found(unit, op) if op is not None else None
    line = next((one for one in lines.singly(found[0]) if one.row == row), None) if found is not None else None
    edit = line.field(field) if line is not None else None
    return None if edit is None else _value_words(unit, edit.value)


def _decider(unit: ReadUnit, row: Any, me: str) -> Hand | None:
    by = getattr(row, "resolved_by", None)
    if by is None:
        return None
    if by != _SELF:
        return _writer(unit, by)
    people = unit.sql("SELECT name FROM person WHERE id = ?", (me,))
    at = from_ms(row.resolved_at) if row.resolved_at else None
    return Hand(people[0].name if people else "", "", at, is_here=True)


def _leave_out(unit: WriteUnit, late_id: str, keep: str) -> None:
    """Settle that a row stays out of a record that was signed without it; it cannot be taken in any more."""
    found = next((one for one in conflicts.late(unit) if one.id == late_id), None)
    if found is None:
        raise Refused("conflict.unknown")
    if keep == "other":
        raise Refused("record.locked", table=found.tbl)
    if found.tbl == "evidence":
        unit.void("evidence", found.row, _LEFT_OUT)
    else:
        unit.delete(found.tbl, found.row)


def _is_left_out(unit: ReadUnit, row: Any) -> bool:
    is_shown = row.tbl not in SYNCED or unit.sql(f'SELECT 1 FROM "{row.tbl}" WHERE id = ?', (row.row,))
    return not is_shown and _left_out(unit, row)["_locked"] is not None


def _take_other(unit: WriteUnit, conflict: Any) -> None:
    """Make what was put aside the current value: a field, or the removal of the row."""
    other = scalar_value(conflict.loser_val)
    if conflict.field == DELETED and other:
        unit.delete(conflict.tbl, conflict.row)
    elif not conflict.field.startswith("_"):
        unit.put(conflict.tbl, conflict.row, {conflict.field: other})


def _words(unit: ReadUnit, cell: str | None) -> str:
    """Return a value as text: people and institutions by name, lists and small tables opened."""
    return _value_words(unit, None if cell is None else scalar_value(cell))


def _value_words(unit: ReadUnit, value: Scalar) -> str:
    text = "" if value is None else str(value)
    if text[:1] in ("[", "{"):
        try:
            return _opened(unit, json.loads(text))
        except ValueError:
            return text
    return _named(unit, text)


def _opened(unit: ReadUnit, value: object) -> str:
    match value:
        case list():
            return "、".join(_opened(unit, one) for one in value)
        case dict():
            return "；".join(f"{name}：{_opened(unit, one)}" for name, one in value.items() if one not in (None, ""))
        case _:
            return "" if value is None else _named(unit, str(value))


def _named(unit: ReadUnit, text: str) -> str:
    if not _ID.fullmatch(text):
        return text
    found = unit.sql(
        "SELECT name FROM person WHERE id = ?1 UNION ALL SELECT name FROM institution WHERE id = ?1"
        " UNION ALL SELECT number FROM task WHERE id = ?1",
        (text,),
    )
    return str(found[0].name or "") if found else text[:8]
