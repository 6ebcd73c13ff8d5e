"""Three clients change one row without knowing of one another: what each does, and the values they do it with."""

from dataclasses import dataclass, replace
from typing import Final

from sync.protocol.fold import conflict_id, row_version
from sync.protocol.lines import CONFLICT, DELETED, GENESIS, VOID, FieldEdit, Kind, Line, Scalar

CLIENTS: Final = "ABC"

# Four different values per kind of field; v0 is what everybody has read. Near ones on purpose: what is equal in some
# language or another (1 and true, nothing and empty text, 120.5 and 120.50) is not equal here.
FIELD_KINDS: Final[dict[str, tuple[Scalar, Scalar, Scalar, Scalar]]] = {
    "judgement": ("open", "pass", "fail", "na"),
    "text": ("未见公示牌", "公示牌破损", "公示牌完好", "公示牌被遮挡"),
    "long text": ("现场核查：\n一、进销存不符。", "现场核查：\n一、进销存相符。", "见附件。" * 200, "一、\n二、\n\n三、"),
    "text like other things": ("", " ", "null", "0"),
    "amount in fen": (0, 1, 1_250_000, -1),
    "amount as text": ("0.00", "120.50", "120.5", "1e3"),
    "count": (0, 1, 2, 3),
    "nothing in all its forms": (None, "", 0, False),
    "tick": (None, True, False, 1),
    "list as JSON text": ("[]", '["甲"]', '["甲","乙"]', '["乙","甲"]'),
    "instant": (1_766_400_000_000, 1_766_400_000_001, 0, -1),
    "place in a list": ("a0", "a0V", "a1", "Zz"),
    "great whole number": (2**53, 2**53 + 1, 2**63 - 1, -(2**63 - 1)),
}


@dataclass(frozen=True, slots=True)
class Put:
    """One field of a step; `value` is v0…v3 for the field under test, else the value itself."""

    field: str
    value: Scalar
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One line: its id begins with its author's letter, in lower case; `o` is what was there before."""

    op: str
    kind: Kind
    puts: tuple[Put, ...]
    clock: int
    row: str = "r"
    saw: tuple[tuple[str, str], ...] = ()  # fields with their lines: the base of a deletion


@dataclass(frozen=True, slots=True)
class Case:
    """What was there, and what each client does; a client's steps arrive together and in their order."""

    name: str
    before: tuple[Step, ...]
    a: tuple[Step, ...]
    b: tuple[Step, ...]
    c: tuple[Step, ...]

    def feed(self, order: str) -> tuple[Step, ...]:
        """Return all steps as they arrive."""
        of = {"A": self.a, "B": self.b, "C": self.c}
        return (*self.before, *(step for client in order for step in of[client]))


def line(step: Step, values: tuple[Scalar, ...]) -> Line:
    """Return the step as a line, with real values for v0…v3."""
    known = {f"v{number}": value for number, value in enumerate(values)}
    edits = tuple(
        FieldEdit(put.field, known[str(put.value)] if put.field == "f" else put.value, put.base) for put in step.puts
    )
    if step.kind is Kind.DELETE:
        edits = (FieldEdit(DELETED, True, row_version(dict(step.saw))),)
    return Line(
        step.op, step.kind, "t", step.row, "s:1", edits, f"user-{step.op[0]}", step.op, f"rep-{step.op[0]}", 1, GENESIS,
        step.clock << 16, step.clock, None, 1,
    )  # fmt: skip


def cases() -> tuple[Case, ...]:
    """Return every kind of meeting."""
    return (*_edits(), *_deletions(), *_signatures(), *_insertions(), *_resolutions(), *_clocks())


_CLOCKS: Final = {"o": 1, "a": 10, "b": 20, "c": 30}
_SEEN: Final = "o1"


def _step(op: str, kind: Kind, *puts: Put) -> Step:
    return Step(op, kind, puts, _CLOCKS[op[0]] + int(op[1]))


def _set(op: str, value: str, base: str | None = _SEEN) -> Step:
    return _step(op, Kind.SET, Put("f", value, base))


def _note(op: str, value: str = "备注", base: str | None = None) -> Step:
    return _step(op, Kind.SET, Put("g", f"{value} {op}", base))


def _delete(op: str, f: str = _SEEN, **more: str) -> Step:
    return replace(_step(op, Kind.DELETE), saw=(("f", f), *more.items()))


def _again(op: str, value: str, deletion: str) -> Step:
    return _step(op, Kind.SET, Put("f", value, _SEEN), Put(DELETED, False, deletion))


def _sign(op: str, value: str = "v0", base: str = _SEEN, *more: Put) -> Step:
    return _step(op, Kind.SIGN, Put("f", value, base), *more)


def _void(op: str) -> Step:
    return _step(op, Kind.VOID, Put(VOID, f"理由 {op}"))


def _append(op: str, value: str) -> Step:
    return _step(op, Kind.APPEND, Put("f", value))


def _resolve(op: str, loser: str, *value: Put) -> Step:
    return _step(op, Kind.RESOLVE, Put(CONFLICT, conflict_id(loser, "r", "f")), *value)


_THERE: Final = (_set("o1", "v0", None),)
_EVIDENCE: Final = (_append("o1", "v0"),)
# o2 was written without knowing o1: v0 of o1 stands in a conflict, v1 of o2 is current.
_DISPUTED: Final = (_set("o1", "v0", None), _set("o2", "v1", None))


def _edits() -> tuple[Case, ...]:
    both = _step("c1", Kind.SET, Put("f", "v2", _SEEN), Put("g", "备注 c1"))
    return (
        Case("set/set", _THERE, (_set("a1", "v1"),), (_set("b1", "v2"),), (_set("c1", "v3"),)),
        Case("set/set in an empty field", (), (_set("a1", "v1", None),), (_set("b1", "v2", None),), (_set("c1", "v3", None),)),
        Case("set/equal", _THERE, (_set("a1", "v1"),), (_set("b1", "v1"),), (_set("c1", "v2"),)),
        Case("equal/equal", _THERE, (_set("a1", "v1"),), (_set("b1", "v1"),), (_set("c1", "v1"),)),
        Case("set/back to what it was", _THERE, (_set("a1", "v1"), _set("a2", "v0", "a1")), (_set("b1", "v2"),), (_set("c1", "v0"),)),
        Case("run/set", _THERE, (_set("a1", "v1"), _set("a2", "v2", "a1")), (_set("b1", "v3"),), (_set("c1", "v1"),)),
        Case(
            "run/run", _THERE, (_set("a1", "v1"), _set("a2", "v2", "a1")), (_set("b1", "v2"), _set("b2", "v3", "b1")),
            (_set("c1", "v3"),),
        ),
        Case("two fields", _THERE, (_set("a1", "v1"),), (_note("b1"),), (both,)),
    )  # fmt: skip


def _deletions() -> tuple[Case, ...]:
    return (
        Case("set/delete", _THERE, (_set("a1", "v1"),), (_delete("b1"),), (_set("c1", "v2"),)),
        Case("delete/delete", _THERE, (_delete("a1"),), (_delete("b1"),), (_set("c1", "v1"),)),
        Case("delete/another field", _THERE, (_note("a1"),), (_delete("b1"),), (_note("c1"),)),
        Case("delete/own edits before it", _THERE, (_set("a1", "v1"), _delete("a2", "a1")), (_set("b1", "v2"),), (_delete("c1"),)),
        Case("delete/sign", _THERE, (_delete("a1"),), (_sign("b1"),), (_set("c1", "v1"),)),
        Case("delete/delete and write again", _THERE, (_delete("a1"),), (_delete("b1"), _set("b2", "v1")), (_set("c1", "v2"),)),
        Case(
            "delete/delete and write again, knowing it", _THERE, (_delete("a1"),), (_delete("b1"), _again("b2", "v1", "b1")),
            (_set("c1", "v2"),),
        ),
        Case(
            "delete and write again/delete of what came back", _THERE, (_delete("a1"), _again("a2", "v1", "a1")), (_delete("b1"),),
            (_sign("c1"),),
        ),
        Case("delete/equal", _THERE, (_delete("a1"),), (_set("b1", "v0"),), (_delete("c1"),)),
    )  # fmt: skip


def _signatures() -> tuple[Case, ...]:
    return (
        Case("set/sign", _THERE, (_set("a1", "v1"),), (_sign("b1"),), (_note("c1"),)),
        Case("set and sign/set", _THERE, (_set("a1", "v1"), _sign("a2", "v1", "a1")), (_set("b1", "v2"),), (_set("c1", "v1"),)),
        Case("sign/sign", _THERE, (_sign("a1"),), (_sign("b1"),), (_set("c1", "v1"),)),
        Case(
            "three sign what each wrote", _THERE, (_set("a1", "v1"), _sign("a2", "v1", "a1")),
            (_set("b1", "v2"), _sign("b2", "v2", "b1")), (_set("c1", "v3"), _sign("c2", "v3", "c1")),
        ),
        Case("sign/equal", _THERE, (_sign("a1"),), (_set("b1", "v0"),), (_set("c1", "v1"),)),
        Case("void/sign", _THERE, (_void("a1"),), (_sign("b1"),), (_set("c1", "v1"),)),
    )  # fmt: skip


def _insertions() -> tuple[Case, ...]:
    rows = tuple(replace(_append(f"{one}1", f"v{number}"), row=f"r{number}") for number, one in enumerate("abc", 1))
    return (
        Case("append/append, rows of their own", (), rows[:1], rows[1:2], rows[2:]),
        Case("append/append, one id", (), (_append("a1", "v1"),), (_append("b1", "v2"),), (_note("c1"),)),
        Case("append/set of what it gave", _EVIDENCE, (_set("a1", "v1"),), (_set("b1", "v0"),), (_note("c1"),)),
        Case("append/caption", _EVIDENCE, (_note("a1"),), (_note("b1"),), (_note("c1"),)),
        Case("void/void", _EVIDENCE, (_void("a1"),), (_void("b1"),), (_note("c1"),)),
        Case("void/sign of evidence", _EVIDENCE, (_void("a1"),), (_sign("b1"),), (_note("c1"),)),
        Case("evidence signed with another value", _EVIDENCE, (_sign("a1", "v1"),), (_note("b1"),), (_void("c1"),)),
    )


def _resolutions() -> tuple[Case, ...]:
    keep, other = _resolve("a1", "o1"), _resolve("b1", "o1", Put("f", "v0", "o2"))
    third, mine = _resolve("c1", "o1", Put("f", "v3", "o2")), _resolve("a1", "o1", Put("f", "v2", "o2"))
    return (
        Case("resolve/resolve", _DISPUTED, (keep,), (other,), (third,)),
        Case("resolve/set", _DISPUTED, (mine,), (_set("b1", "v3", "o2"),), (_set("c1", "v1", "o2"),)),
        Case("resolve/edit of the loser", _DISPUTED, (keep,), (_set("b1", "v2", "o1"),), (_set("c1", "v3", "o2"),)),
        Case("resolve/sign", _DISPUTED, (mine,), (_sign("b1", "v1", "o2"),), (_set("c1", "v3", "o2"),)),
        Case("resolve/delete", _DISPUTED, (mine,), (_delete("b1", "o2"),), (_resolve("c1", "o1"),)),
        Case("resolve of another row's conflict", _DISPUTED, (replace(keep, row="r2"),), (_set("b1", "v2", "o2"),), (_note("c1"),)),
    )  # fmt: skip


def _clocks() -> tuple[Case, ...]:
    three = _set("a1", "v1"), _set("b1", "v2"), _set("c1", "v3")
    wrong, slow, right = replace(three[0], clock=10**9), replace(three[1], clock=0), replace(three[2], clock=50)
    tied = tuple(replace(one, clock=40) for one in three)
    return (
        Case("a clock ahead, one in 1970, one right", _THERE, (wrong,), (slow,), (right,)),
        Case("three equal clocks", _THERE, tied[:1], tied[1:2], tied[2:]),
    )
