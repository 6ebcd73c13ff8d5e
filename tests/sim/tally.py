"""What came of many schedules: figures that add up, also over stretches that were run on different days."""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.sim.schedule import Outcome
from tests.unit.sync.kit import ROOT


@dataclass
class Tally:
    """Figures of one stretch.

    Attributes:
        first, next: Seeds from here on to before there were played, where they follow one another.
        rounds: How many schedules were quiet after so many rounds.
        seen: How often each fault and event happened.
        kinds: In how many schedules each kind of violation was found.
    """

    commit: str = ""
    first: int = 0
    next: int = 0
    schedules: int = 0
    bad: int = 0
    seconds: float = 0.0
    rounds: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Count one schedule."""
        self.schedules += 1
        self.bad += bool(outcome.violations)
        self.rounds[str(outcome.rounds)] += 1
        self.seen.update(outcome.seen)
        self.kinds.update({_kind(one) for one in outcome.violations})

    def join(self, other: "Tally") -> None:
        """Add another stretch."""
        self.schedules += other.schedules
        self.bad += other.bad
        self.seconds += other.seconds
        self.rounds.update(other.rounds)
        self.seen.update(other.seen)
        self.kinds.update(other.kinds)

    def lines(self) -> Iterator[str]:
        """Say it in words."""
        rate = self.schedules / self.seconds if self.seconds else 0.0
        yield f"{self.schedules} schedules in {self.seconds:.0f} s ({rate:.1f}/s), {self.bad} with violations"
        yield f"kinds of violations, by schedules: {dict(self.kinds)}"
        yield f"rounds until quiet: {dict(sorted((int(n), count) for n, count in self.rounds.items()))}"
        for what, count in self.seen.most_common():
            yield f"    {count / max(self.schedules, 1):8.3f} a schedule  {what}"


def tallies(path: Path) -> list[Tally]:
    """Read stretches from a file; none where there is no file."""
    if not path.exists():
        return []
    found = [Tally(**one) for one in json.loads(path.read_text(encoding="utf-8"))]
    for one in found:
        one.rounds, one.seen, one.kinds = Counter(one.rounds), Counter(one.seen), Counter(one.kinds)
    return found


def keep(path: Path, stretches: list[Tally]) -> None:
    """Write stretches into a file, whole or not at all."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps([vars(one) for one in stretches], indent=1), encoding="utf-8")
    os.replace(part, path)


def commit() -> str:
    """Return which state of the program this is; YANFANG_COMMIT says it where there is no repository."""
    said = os.environ.get("YANFANG_COMMIT")
    if said:
        return said
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _kind(violation: str) -> str:
    words = [word for word in violation.split() if not any(sign.isdigit() for sign in word[2:]) and len(word) > 2]
    return " ".join(words[:8])
