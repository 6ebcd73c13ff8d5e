"""Which packets to the server carried what: journal lines as runs of their places, files by digest."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.db.statements import Statements
from app.db.unit import ReadUnit

_MANY = 500
_TO_SERVER = "peer = (SELECT device FROM packet_peer WHERE is_server = 1)"


@dataclass(frozen=True, slots=True)
class CarriedLines:
    """Numbers of the packets that hold a line, by its place in the journal.

    Attributes:
        starts: Where each stretch begins in which all lines lie in the same packets; sorted.
        numbers: Their packets, oldest first; none for a stretch between two.
    """

    starts: tuple[int, ...] = ()
    numbers: tuple[tuple[int, ...], ...] = ()

    def of(self, seq: int) -> tuple[int, ...]:
        """Return the packets that hold this line."""
        place = bisect_right(self.starts, seq) - 1
        return self.numbers[place] if place >= 0 else ()


def note(statements: Statements, peer: str, number: int, ops: Sequence[str], files: Iterable[str]) -> None:
    """Keep what the packet with this number holds."""
    seqs: list[int] = []
    for start in range(0, len(ops), _MANY):
        some = ops[start : start + _MANY]
        marks = ", ".join("?" * len(some))
        seqs += [seq for (seq,) in statements.tuples(f"SELECT seq FROM sync_op WHERE op IN ({marks})", some)]
    statements.many(
        "INSERT OR REPLACE INTO packet_line(peer, n, first, last) VALUES (?, ?, ?, ?)",
        [(peer, number, first, last) for first, last in runs(seqs)],
    )
    statements.many(
        "INSERT OR IGNORE INTO packet_file(peer, n, sha256) VALUES (?, ?, ?)", [(peer, number, one) for one in files]
    )


def runs(seqs: Iterable[int]) -> list[tuple[int, int]]:
    """Return numbers as runs without a hole, each by its first and last."""
    found: list[tuple[int, int]] = []
    for seq in sorted(set(seqs)):
        if found and found[-1][1] == seq - 1:
            found[-1] = (found[-1][0], seq)
        else:
            found.append((seq, seq))
    return found


def stretches(held: Iterable[tuple[int, int, int]]) -> CarriedLines:
    """Lay runs of several packets, each `(packet, first, last)`, over one another."""
    edges: dict[int, list[tuple[bool, int]]] = {}
    for number, first, last in held:
        edges.setdefault(first, []).append((True, number))
        edges.setdefault(last + 1, []).append((False, number))
    starts, numbers, within = [], [], set[int]()
    for start in sorted(edges):
        for begins, number in sorted(edges[start]):  # what ends here ends before another run of the same packet begins
            (within.add if begins else within.discard)(number)
        starts.append(start)
        numbers.append(tuple(sorted(within)))
    return CarriedLines(tuple(starts), tuple(numbers))


def lines(unit: ReadUnit) -> CarriedLines:
    """Return which packets hold which lines."""
    return stretches(unit.tuples(f"SELECT n, first, last FROM packet_line WHERE {_TO_SERVER}"))


def files(unit: ReadUnit, inspection: str | None = None) -> Mapping[str, tuple[int, ...]]:
    """Return the packets that hold each file, oldest first, by digest; of one inspection if it is named."""
    only, given = ("", ()) if inspection is None else (
        " AND sha256 IN (SELECT sha256 FROM sync_blob WHERE owner = ?)", (inspection,)
    )  # fmt: skip
    found: dict[str, list[int]] = {}
    for sha256, number in unit.tuples(f"SELECT sha256, n FROM packet_file WHERE {_TO_SERVER}{only} ORDER BY n", given):
        found.setdefault(sha256, []).append(number)
    return {sha256: tuple(numbers) for sha256, numbers in found.items()}


def records(unit: ReadUnit) -> Mapping[str, tuple[int, ...]]:
    """Return the packets that hold some line or file of each inspection, oldest first."""
    held = lines(unit)
    found: dict[str, set[int]] = {}
    if held.starts:
        rows = unit.tuples(
            "SELECT owner, seq FROM sync_op WHERE owner IS NOT NULL AND tbl <> 'custody' AND seq BETWEEN ? AND ?",
            (held.starts[0], held.starts[-1]),
        )
        for owner, seq in rows:
            if numbers := held.of(seq):
                found.setdefault(owner, set()).update(numbers)
    for owner, number in unit.tuples(
        f"SELECT DISTINCT b.owner, f.n FROM packet_file f JOIN sync_blob b ON b.sha256 = f.sha256"
        f" WHERE b.owner IS NOT NULL AND f.{_TO_SERVER}"
    ):
        found.setdefault(owner, set()).add(number)
    return {owner: tuple(sorted(numbers)) for owner, numbers in found.items()}
