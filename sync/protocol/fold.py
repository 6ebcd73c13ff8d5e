"""The fold: the only place where replicated state changes; the same function on both ends.

No I/O, no clock, no randomness: the state is a function of the feed's entries in feed order, so every device that
has read the same prefix holds the same cells, rows and conflicts. A value is never lost silently: it is current, or
superseded by a line that named it as its base, or it stands in a conflict.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, Protocol, assert_never

from sync.protocol.lines import (
    CONFLICT,
    DELETED,
    VOID,
    FieldEdit,
    Kind,
    Line,
    Scalar,
    normal,
    scalar_text,
    singly,
)

SIGN_FIELD: Final = "_sign"
STALE_TRANSITION: Final = "stale_transition"


class Status(StrEnum):
    """Say what became of a line; also the status that receipts carry."""

    APPLIED = "applied"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    QUARANTINED = "quarantined"


class Reason(StrEnum):
    """Say why a value stands in a conflict."""

    CONCURRENT = "concurrent"
    EXCLUDED_BY_SIGNATURE = "excluded_by_signature"
    LATE_AFTER_SIGNATURE = "late_after_signature"
    EDIT_VS_DELETE = "edit_vs_delete"
    DOUBLE_SIGN = "double_sign"


@dataclass(frozen=True, slots=True)
class Cell:
    """The confirmed value of one field.

    Attributes:
        value: A scalar, texts in NFC.
        hlc: Effective clock of the line that set it.
        op: Id of that line: the base that the next edit names.
    """

    value: Scalar
    hlc: int
    op: str

    @property
    def val(self) -> str:
        """Return the canonical JSON text of the value, which tells 1 from true."""
        return scalar_text(self.value)


class RowState(NamedTuple):  # not a dataclass: a frozen one takes three times as long to make, and rows are many
    """What is known of one row apart from its cells.

    Attributes:
        feed_seq: Last entry that touched it.
        appended_by: Line that inserted it whole; no later line changes a field that line gave.
    """

    table: str
    row: str
    scope: str
    feed_seq: int = 0
    locked_by: str | None = None
    voided_by: str | None = None
    void_reason: str | None = None
    appended_by: str | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that is not current and was not knowingly replaced.

    Attributes:
        id: `conflict_id(loser_op, row, field)`: the same on every device, so it needs no line of its own.
        winner_op: Line whose value is current (or that locked the row); None if there is none.
    """

    id: str
    table: str
    row: str
    field: str
    scope: str
    winner_op: str | None
    loser_op: str
    loser_val: str
    loser_author: str | None
    loser_hlc: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Entry:
    """A line at its place in a feed, with the effective clock that the server gave it."""

    seq: int
    line: Line
    eff: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the fold did with one entry; `reason` is a word or None."""

    status: Status
    reason: str | None = None

    @property
    def is_folded(self) -> bool:
        """Return whether the entry went through the fold; one that a rule refused changes nothing anywhere."""
        return not (self.status is Status.REJECTED and self.reason == STALE_TRANSITION)


class FoldStore(Protocol):
    """Keep the confirmed layer; every call happens inside the caller's transaction."""

    def row(self, table: str, row: str) -> RowState | None:
        """Return the row's state, or None if no line has touched it."""

    def put_new(self, state: RowState, op: str, hlc: int, values: Mapping[str, Scalar]) -> None:
        """Insert a row that no line has touched, with cells that are all of one line and clock."""

    def put_row(self, state: RowState) -> None:
        """Insert or replace the row's state."""

    def cells(self, table: str, row: str) -> Mapping[str, Cell]:
        """Return all confirmed cells of the row by field name."""

    def put_cell(self, table: str, row: str, field: str, cell: Cell) -> None:
        """Insert or replace one cell."""

    def delete_cell(self, table: str, row: str, field: str) -> None:
        """Remove one cell; a missing one is no error."""

    def add_conflict(self, conflict: Conflict) -> None:
        """Insert an open conflict; an id that exists, open or resolved, is left as it is."""

    def resolve_conflict(self, table: str, row: str, conflict_id: str, by_op: str) -> None:
        """Mark a conflict of this row resolved; an unknown or resolved one, or another row's, is left as it is."""


def conflict_id(loser_op: str, row: str, field: str) -> str:
    """Return the id under which every device files this loser: 32 hexadecimal digits. One line may lose in several rows."""
    return hashlib.sha256(f"yanfang.conflict.v1\0{loser_op}\0{row}\0{field}".encode()).hexdigest()[:32]


def row_version(versions: Mapping[str, str]) -> str:
    """Return what names a row as somebody saw it, the base of a deletion: 32 hexadecimal digits.

    Args:
        versions: Line by field; a line that brought a deleted row back counts where it is not known by another field.
    """
    others = {op for name, op in versions.items() if name != DELETED}
    told = "".join(f"{name}\0{op}\0" for name, op in sorted(versions.items()) if name != DELETED or op not in others)
    return hashlib.sha256(f"yanfang.row.v1\0{told}".encode()).hexdigest()[:32]


def fold(store: FoldStore, entry: Entry) -> Verdict:
    """Apply one entry to the confirmed layer; an entry that was seen before changes nothing.

    Entries of one feed must come in feed order; gaps are the caller's business. A custody line describes an event and
    touches no row: several feeds may tell of one subject.
    """
    line = entry.line
    if line.kind is Kind.CUSTODY:
        return Verdict(Status.APPLIED)
    if line.kind is Kind.CREATE:
        return _create(store, entry)
    known = store.row(line.table, line.row)
    if known is not None and entry.seq <= known.feed_seq:
        return Verdict(Status.APPLIED, "seen")
    if known is None:
        if _says_all(line):
            appended_by = line.op if line.kind is Kind.APPEND else None
            state = RowState(line.table, line.row, line.scope, entry.seq, None, None, None, appended_by)
            store.put_new(state, line.op, entry.eff, {edit.name: normal(edit.value) for edit in line.fields})
            return Verdict(Status.APPLIED)
        state = RowState(line.table, line.row, line.scope, entry.seq)
    else:
        state = RowState(
            line.table, line.row, known.scope, entry.seq, known.locked_by, known.voided_by, known.void_reason, known.appended_by
        )
    state, verdict = _apply(store, entry, state, is_new=known is None)
    store.put_row(state)
    return verdict


def fold_all(store: FoldStore, seq: int, said: Iterable[Line], eff: int) -> Verdict:
    """Apply what one entry says in the words of this release (`Schema.said`), as `fold`."""
    verdict = Verdict(Status.APPLIED)
    for line in said:
        verdict = _gravest(verdict, fold(store, Entry(seq, line, eff)))
    return verdict


def _create(store: FoldStore, entry: Entry) -> Verdict:
    """Make rows; where one is there already, the line says of it what a `set` by somebody who did not see it would say."""
    line, verdict = entry.line, Verdict(Status.APPLIED)
    rows = dict(line.rows)
    there = {row for row in rows if store.row(line.table, row) is not None}
    for row, values in rows.items():
        if row not in there:
            store.put_new(RowState(line.table, row, line.scope, entry.seq), line.op, entry.eff, values)
    if there:
        for one in singly(line):
            if one.row in there:
                verdict = _gravest(verdict, fold(store, Entry(entry.seq, one, entry.eff)))
    return verdict


def _gravest(so_far: Verdict, more: Verdict) -> Verdict:
    """Return what the author must hear of several rows."""
    return _graver(so_far, None if more.status is Status.APPLIED and so_far.status is not Status.APPLIED else more)


def _says_all(line: Line) -> bool:
    """Return whether the first line of a row has nothing that it could be compared with and nothing to resolve."""
    return line.kind is Kind.APPEND or (line.kind is Kind.SET and {edit.base for edit in line.fields} == {None})


def _apply(store: FoldStore, entry: Entry, state: RowState, *, is_new: bool) -> tuple[RowState, Verdict]:
    match entry.line.kind:
        case Kind.CUSTODY | Kind.CREATE:
            return state, Verdict(Status.APPLIED)  # did not come here
        case Kind.APPEND:
            return _append(store, entry, state, is_new=is_new)
        case Kind.VOID:
            return _void(entry, state)
        case Kind.RESOLVE:
            return state, _resolve(store, entry, state)
        case Kind.SIGN:
            return _sign(store, entry, state)
        case Kind.SET | Kind.DELETE:
            return state, _edit(store, entry, state)
        case _ as never:
            assert_never(never)


def _append(store: FoldStore, entry: Entry, state: RowState, *, is_new: bool) -> tuple[RowState, Verdict]:
    line = entry.line
    if not is_new:
        return state, Verdict(Status.REJECTED, "exists")
    for edit in line.fields:
        store.put_cell(line.table, line.row, edit.name, _cell(entry, edit))
    return state._replace(appended_by=line.op), Verdict(Status.APPLIED)


def _void(entry: Entry, state: RowState) -> tuple[RowState, Verdict]:
    edit = entry.line.field(VOID)
    if state.voided_by is not None or edit is None:
        return state, Verdict(Status.APPLIED, "already_void")
    return state._replace(voided_by=entry.line.op, void_reason=str(edit.value)), Verdict(Status.APPLIED)


def _resolve(store: FoldStore, entry: Entry, state: RowState) -> Verdict:
    line, verdict = entry.line, Verdict(Status.APPLIED)
    cells = store.cells(line.table, line.row)
    gone = cells.get(DELETED)
    which = line.field(CONFLICT)
    if which is not None:
        store.resolve_conflict(line.table, line.row, str(which.value), line.op)
    for edit in line.fields:
        if edit.name == CONFLICT:
            continue
        if state.locked_by is not None:
            verdict = _late(store, entry, edit, state.locked_by, cells.get(edit.name)) or verdict
        else:
            verdict = _graver(verdict, _set(store, entry, state, edit, cells.get(edit.name)))
            if gone is not None and gone.value is True:
                verdict = _graver(verdict, _revive(store, entry, gone))
    return verdict


def _sign(store: FoldStore, entry: Entry, state: RowState) -> tuple[RowState, Verdict]:
    line = entry.line
    if state.locked_by is not None:
        late = Cell(line.op, entry.eff, line.op)
        _file(store, entry, SIGN_FIELD, state.locked_by, late, Reason.DOUBLE_SIGN)
        return state, Verdict(Status.CONFLICT, "double_sign")
    cover = {edit.name: edit for edit in line.fields}
    cells = dict(store.cells(line.table, line.row))
    for name, cell in cells.items():
        seen = cover.get(name)
        if cell.op == state.appended_by:  # fixed since it was inserted: a signer can neither change nor leave it out
            continue
        is_as_seen = scalar_text(seen.value) == cell.val if seen else name == DELETED and cell.value is False
        if not is_as_seen:
            _file(store, entry, name, line.op, cell, Reason.EXCLUDED_BY_SIGNATURE)
        if seen is None:
            store.delete_cell(line.table, line.row, name)
        elif seen.base != cell.op or scalar_text(seen.value) != cell.val:
            store.put_cell(line.table, line.row, name, _signed_cell(entry, seen, cell.hlc))
    for name, seen in cover.items():
        if seen.base is not None:  # where it had lost, it stands again
            store.resolve_conflict(line.table, line.row, conflict_id(seen.base, line.row, name), line.op)
        if name not in cells:
            store.put_cell(line.table, line.row, name, _signed_cell(entry, seen, entry.eff))
    return state._replace(locked_by=line.op), Verdict(Status.APPLIED)


def _edit(store: FoldStore, entry: Entry, state: RowState) -> Verdict:
    line, verdict = entry.line, Verdict(Status.APPLIED)
    cells = store.cells(line.table, line.row)
    if state.locked_by is not None:
        for edit in line.fields:
            if edit.name != DELETED or edit.value or DELETED in cells:  # a row signed as there need not be brought back
                verdict = _late(store, entry, edit, state.locked_by, cells.get(edit.name)) or verdict
        return verdict
    if line.kind is Kind.DELETE:
        return _delete(store, entry, line.fields[0], cells)
    gone = cells.get(DELETED)  # as it stood before this line
    for edit in line.fields:
        if edit.name != DELETED:
            verdict = _graver(verdict, _set(store, entry, state, edit, cells.get(edit.name)))
    back = line.field(DELETED)
    if back is not None and (gone is None or gone.value is not True or back.base == gone.op):
        _set(store, entry, state, back, gone)  # its author knew that the row was taken out
    elif gone is not None and gone.value is True:
        verdict = _graver(verdict, _revive(store, entry, gone))
    return verdict


def _late(store: FoldStore, entry: Entry, edit: FieldEdit, locked_by: str, current: Cell | None) -> Verdict | None:
    """Put what came after the signature aside, unless it says what was signed."""
    new = _cell(entry, edit)
    if current is not None and current.val == new.val:
        return None
    _file(store, entry, edit.name, locked_by, new, Reason.LATE_AFTER_SIGNATURE)
    return Verdict(Status.REJECTED, "locked")


def _delete(store: FoldStore, entry: Entry, edit: FieldEdit, cells: Mapping[str, Cell]) -> Verdict:
    """Take a row out as its author saw it; an edit that he did not know wins, whichever of the two came first."""
    line, new, current = entry.line, _cell(entry, edit), cells.get(DELETED)
    is_gone = current is not None and current.value is True
    others = [(cell.hlc, cell.op) for name, cell in cells.items() if name != DELETED]
    if others and not is_gone and edit.base != row_version({name: cell.op for name, cell in cells.items()}):
        _file(store, entry, DELETED, max(others)[1], new, Reason.EDIT_VS_DELETE)
        return Verdict(Status.CONFLICT, "edit_vs_delete")
    if current is None or not is_gone or (new.hlc, new.op) > (current.hlc, current.op):
        store.put_cell(line.table, line.row, DELETED, new)
    return Verdict(Status.APPLIED)


def _revive(store: FoldStore, entry: Entry, gone: Cell) -> Verdict:
    """Let an edit win over a deletion: the row comes back, and the deletion stands in a conflict."""
    line = entry.line
    _file(store, entry, DELETED, line.op, gone, Reason.EDIT_VS_DELETE)
    store.put_cell(line.table, line.row, DELETED, Cell(False, entry.eff, line.op))
    return Verdict(Status.CONFLICT, "edit_vs_delete")


def _set(store: FoldStore, entry: Entry, state: RowState, edit: FieldEdit, current: Cell | None) -> Verdict | None:
    line, new = entry.line, _cell(entry, edit)
    if current is not None and current.op == state.appended_by:
        return None if current.val == new.val else Verdict(Status.REJECTED, "fixed")
    if edit.base is not None:
        # The author replaced that value knowingly, also where it had lost: a run of offline edits is one conflict.
        store.resolve_conflict(line.table, line.row, conflict_id(edit.base, line.row, edit.name), line.op)
    if current is None or edit.base == current.op:
        store.put_cell(line.table, line.row, edit.name, new)
        return None
    newer = (new.hlc, new.op) > (current.hlc, current.op)
    if newer:
        store.put_cell(line.table, line.row, edit.name, new)
    if current.val == new.val:
        return None
    winner, loser = (new, current) if newer else (current, new)
    _file(store, entry, edit.name, winner.op, loser, Reason.CONCURRENT)
    return Verdict(Status.CONFLICT, "concurrent")


def _graver(so_far: Verdict, more: Verdict | None) -> Verdict:
    """Return what the author must hear: that a value was refused stands above a conflict of another field."""
    return so_far if more is None or so_far.status is Status.REJECTED else more


def _cell(entry: Entry, edit: FieldEdit) -> Cell:
    return Cell(normal(edit.value), entry.eff, entry.line.op)


def _signed_cell(entry: Entry, seen: FieldEdit, hlc: int) -> Cell:
    return Cell(normal(seen.value), hlc, seen.base or entry.line.op)


def _file(store: FoldStore, entry: Entry, field: str, winner: str, loser: Cell, reason: Reason) -> None:
    line = entry.line
    author = line.author if loser.op == line.op else None  # an earlier author is looked up in the journal
    store.add_conflict(
        Conflict(
            conflict_id(loser.op, line.row, field),
            line.table,
            line.row,
            field,
            line.scope,
            winner,
            loser.op,
            loser.val,
            author,
            loser.hlc,
            reason,
        )
    )
