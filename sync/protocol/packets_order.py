"""In which order lines of several devices are given to the server, so that nobody's edit comes before what it saw."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Placed(NamedTuple):
    """As much of a line as its order depends on.

    Attributes:
        rows: Table and row of everything it touches.
        key: Whatever the caller finds the line by.
    """

    replica: str
    hlc: int
    op: str
    rows: tuple[tuple[str, str], ...]
    key: int


def in_causal_order(lines: Iterable[Placed]) -> Iterator[Placed]:
    """Yield the lines so that each replica's keep their order and those of one row rise by clock.

    A line that names another as its base touches the same row and has a later clock; so has a removal, and a signature.
    Runs of one replica stay together as far as that allows.

    Args:
        lines: Those of one replica in chain order.
    """
    chains: dict[str, deque[Placed]] = defaultdict(deque)
    rows: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for one in lines:
        chains[one.replica].append(one)
        for row in one.rows:
            rows[row].append((one.hlc, one.op))
    waiting = {name: deque(sorted(all_)) for name, all_ in rows.items()}

    def is_next(one: Placed) -> bool:
        return all(waiting[row][0] == (one.hlc, one.op) for row in one.rows)

    while chains:
        is_moving = False
        for replica in list(chains):
            chain = chains[replica]
            while chain and is_next(chain[0]):
                for row in chain[0].rows:
                    waiting[row].popleft()
                is_moving = True
                yield chain.popleft()
            if not chain:
                del chains[replica]
        if not is_moving:  # clocks that run backwards within a chain: the chain has the last word
            replica = min(chains, key=lambda name: (chains[name][0].hlc, chains[name][0].op))
            one = chains[replica].popleft()
            for row in one.rows:
                waiting[row].remove((one.hlc, one.op))
            if not chains[replica]:
                del chains[replica]
            yield one
