"""Rules about rows that the server checks in feed order; sync knows no table, so they come as data from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sync.protocol.lines import Kind, Line, Scalar


@dataclass(frozen=True, slots=True)
class Transitions:
    """How one field may move.

    Attributes:
        allowed: New values by old value; an old value that is not named may become anything.
    """

    table: str
    field: str
    allowed: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Parent:
    """A field that names a row of another table, which must be there first."""

    table: str
    field: str
    parent: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of one product; the empty ones forbid nothing."""

    transitions: tuple[Transitions, ...] = ()
    parents: tuple[Parent, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules by table."""

    rules: Rules
    _transitions: Mapping[str, tuple[Transitions, ...]] = field(init=False)
    _parents: Mapping[str, tuple[Parent, ...]] = field(init=False)

    def __post_init__(self) -> None:
        moves: dict[str, tuple[Transitions, ...]] = {}
        for move in self.rules.transitions:
            moves[move.table] = (*moves.get(move.table, ()), move)
        parents: dict[str, tuple[Parent, ...]] = {}
        for parent in self.rules.parents:
            parents[parent.table] = (*parents.get(parent.table, ()), parent)
        object.__setattr__(self, "_transitions", moves)
        object.__setattr__(self, "_parents", parents)

    def parents(self, line: Line) -> tuple[tuple[str, str], ...]:
        """Return table and row of everything that must be there before this line."""
        rules = self._parents.get(line.table, ())
        if not rules or line.kind not in (Kind.SET, Kind.CREATE, Kind.APPEND):
            return ()
        if line.kind is Kind.CREATE:
            own = set(line.keys)
            told = dict.fromkeys((rule.parent, values.get(rule.field)) for _, values in line.rows for rule in rules)
            return tuple((parent, row) for parent, row in told if isinstance(row, str) and (parent, row) not in own)
        named = ((rule.parent, line.field(rule.field)) for rule in rules)
        return tuple((parent, edit.value) for parent, edit in named if edit is not None and isinstance(edit.value, str))

    def moves(self, line: Line) -> tuple[Transitions, ...]:
        """Return the rules of this line's table, if it may move something."""
        return self._transitions.get(line.table, ()) if line.kind in (Kind.SET, Kind.CREATE, Kind.RESOLVE) else ()


def allows(rule: Transitions, old: Scalar, new: Scalar) -> bool:
    """Return whether the field may move from the old value to the new one."""
    known = rule.allowed.get(old) if isinstance(old, str) else None
    return known is None or old == new or new in known
