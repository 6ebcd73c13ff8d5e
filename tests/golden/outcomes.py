"""Fold a case in one order of arrival, and say in one line what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from sync.protocol import hlc
from sync.protocol.fold import Cell, Conflict, Entry, RowState, Verdict, fold
from sync.protocol.lines import CONFLICT, DELETED, Kind, Scalar, scalar_text
from tests.golden.cases import CLIENTS, Case, Step, cases, line
from tests.unit.sync.kit import MemoryFold

_ARRIVAL_MS = 100
_WRITING = (Kind.SET, Kind.APPEND, Kind.RESOLVE, Kind.DELETE)
_TOLD = ("exists", "fixed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything the fold left behind."""

    feed: tuple[Entry, ...]
    verdicts: tuple[Verdict, ...]
    store: MemoryFold


def orders() -> tuple[str, ...]:
    """Return all orders in which three clients may arrive."""
    return tuple("".join(order) for order in permutations(CLIENTS))


def entries(case: Case, order: str, values: tuple[Scalar, ...]) -> tuple[Entry, ...]:
    """Return the feed as a server would number it; each client arrives 100 ms after the one before."""
    effs: dict[str, int] = {}
    feed: list[Entry] = []
    for seq, step in enumerate(case.feed(order), 1):
        one = line(step, values)
        arrived_ms = _ARRIVAL_MS * (order.find(step.op[0].upper()) + 2)  # what was there came first
        effs[one.op] = hlc.effective(one.hlc, arrived_ms, (effs[edit.base] for edit in one.fields if edit.base in effs))
        feed.append(Entry(seq, one, effs[one.op]))
    return tuple(feed)


def outcome(feed: tuple[Entry, ...]) -> Outcome:
    """Fold a feed from nothing."""
    store = MemoryFold()
    return Outcome(feed, tuple(fold(store, entry) for entry in feed), store)


def told(case: Case, found: Outcome, values: tuple[Scalar, ...]) -> str:
    """Return cells, marks, conflicts and verdicts in one line, with v0…v3 for the field under test."""
    names = {scalar_text(value): f"v{number}" for number, value in enumerate(values)}
    store = found.store
    rows = [_row(store.rows[key], store.cells(*key), names) for key in sorted(store.rows)]
    aside = sorted(_aside(one, store.resolved.get(one.id), names) for one in store.conflicts.values())
    judged = (
        f"{entry.line.op} {verdict.status}" + (f" {verdict.reason}" if verdict.reason else "")
        for entry, verdict in zip(found.feed, found.verdicts, strict=True)
        if entry.line.op[0] != "o"
    )
    return " | ".join((" & ".join(rows), "; ".join(aside) or "no conflict", ", ".join(judged)))


def page(values: tuple[Scalar, ...]) -> str:
    """Return the whole table, made with the values of one kind of field."""
    parts = [_HEAD]
    for case in cases():
        parts.append(f"\n[{case.name}]")
        parts += [f"    {_said(step)}" for step in case.feed(CLIENTS)]
        parts += [f"{order} | {told(case, outcome(entries(case, order, values)), values)}" for order in orders()]
    return "\n".join(parts) + "\n"


def lost(feed: Sequence[Entry], verdicts: Sequence[Verdict], store: MemoryFold) -> list[tuple[str, str]]:
    """Return line and field of every value that is nowhere to be found (I5).

    A value is there if it is current, stands in a conflict, was replaced by somebody who named it (or the same value of
    another line), or was refused with a reason that its author reads in the receipt.
    """
    wrote = {(entry.line.op, edit.name): scalar_text(edit.value) for entry in feed for edit in entry.line.fields}
    known = {
        (entry.line.row, edit.name, wrote.get((edit.base, edit.name)))
        for entry in feed
        for edit in entry.line.fields
        if edit.base is not None
    }
    known |= {(conflict.row, conflict.field, conflict.loser_val) for conflict in store.conflicts.values()}
    missing = []
    for entry, verdict in zip(feed, verdicts, strict=True):
        line = entry.line
        if line.kind not in _WRITING or verdict.reason in _TOLD:
            continue
        for edit in line.fields:
            text, cell = scalar_text(edit.value), store.cells(line.table, line.row).get(edit.name)
            is_current = cell.val == text if cell is not None else edit.name == DELETED and edit.value is False
            if edit.name != CONFLICT and not is_current and (line.row, edit.name, text) not in known:
                missing.append((line.op, edit.name))
    return missing


_HEAD = """\
# What three clients' changes become. One block per kind of meeting: what was there (o), what A, B and C did, then one
# line per order of arrival: cells as value:line, marks of the row | values put aside as value:line<winner reason | verdicts.
# The same lines hold for every kind of field. Made by `python -m tests.golden`; read every changed line before keeping it."""


def _said(step: Step) -> str:
    puts = ", ".join(f"{put.field}={put.value}" + (f" (saw {put.base})" if put.base else "") for put in step.puts)
    if step.kind is Kind.DELETE:
        return f"{step.op} delete (saw {', '.join(f'{field} of {op}' for field, op in step.saw)})"
    return f"{step.op} {step.kind} {puts if step.kind is not Kind.RESOLVE else _decision(step)}".rstrip()


def _decision(step: Step) -> str:
    puts = [f"{put.field}={put.value} (saw {put.base})" for put in step.puts if put.field != CONFLICT]
    return "the conflict of o1" + (" with " + ", ".join(puts) if puts else "")


def _row(state: RowState, cells: Mapping[str, Cell], names: dict[str, str]) -> str:
    parts = [f"{name}={_value(name, cell.val, names)}:{cell.op}" for name, cell in sorted(cells.items())]
    marks = {"signed": state.locked_by, "void": state.voided_by, "given": state.appended_by}
    parts += [f"{mark}:{op}" for mark, op in marks.items() if op]
    return f"{state.row}: " + " ".join(parts)


def _aside(conflict: Conflict, by: str | None, names: dict[str, str]) -> str:
    value = _value(conflict.field, conflict.loser_val, names)
    closed = f" closed by {by}" if by else ""
    return f"{conflict.field}={value}:{conflict.loser_op}<{conflict.winner_op} {conflict.reason}{closed}"


def _value(field: str, text: str, names: dict[str, str]) -> str:
    return names[text] if field == "f" else text
