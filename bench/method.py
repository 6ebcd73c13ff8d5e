"""How things are compared: in turn, in one run, as ratios round by round.

Absolute times move with the machine and with what else runs on it; contestants that take turns move together.
"""

import gc
import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Contestant = Callable[[], float]
SEED = 20240501  # of all data that are made


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure has to be; `at_most` and `at_least` include the limit."""

    kind: Literal["at_most", "at_least", "none"]
    limit: float = 0.0
    words: str = ""

    def verdict(self, figure: float) -> str:
        """Return `met`, `missed`, or a dash where nothing is asked."""
        if self.kind == "none":
            return "–"
        is_met = figure <= self.limit if self.kind == "at_most" else figure >= self.limit
        return "met" if is_met else "**missed**"


NO_GOAL = Goal("none", words="for information")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, ready to print."""

    what: str
    ours: str
    peer: str
    ratio: str
    goal: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Section:
    """What one group of measurements found: its lines, and what must be known to read them."""

    title: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def timed(work: Callable[[], object]) -> Contestant:
    """Return a contestant that is timed as a whole."""

    def run() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return run


def in_turn(
    contestants: Mapping[str, Contestant], rounds: int, *, warm_ups: int = 1
) -> dict[str, tuple[float, ...]]:
    """Let each contestant run once a round, in an order that rotates; return the seconds it gave, round by round."""
    names = list(contestants)
    found: dict[str, list[float]] = {name: [] for name in names}
    for number in range(-warm_ups, rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            gc.collect()
            seconds = contestants[name]()
            if number >= 0:
                found[name].append(seconds)
    return {name: tuple(seconds) for name, seconds in found.items()}


def paired_ratio(ours: Sequence[float], peer: Sequence[float]) -> float:
    """Return the median of the ratios round by round."""
    return statistics.median(a / b for a, b in zip(ours, peer, strict=True))


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the smallest sample that at least this share of all do not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def compared(what: str, ours: Sequence[float], peer: tuple[str, Sequence[float]], goal: Goal) -> Row:
    """Return the line of a paired comparison; under an `at_least` goal the ratio says how much faster ours is."""
    name, others = peer
    faster = goal.kind == "at_least"
    ratio = paired_ratio(others, ours) if faster else paired_ratio(ours, others)
    return Row(
        what,
        span(ours),
        f"{name}: {span(others)}",
        f"{ratio:.2f}×" + (" faster" if faster else ""),
        goal.words,
        goal.verdict(ratio),
    )


def span(samples: Sequence[float]) -> str:
    """Return the median, and between brackets the least and the most."""
    return f"{length(statistics.median(samples))} ({length(min(samples))}–{length(max(samples))})"


def length(seconds: float) -> str:
    """Return a duration in the unit that fits it."""
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.3g} s"
