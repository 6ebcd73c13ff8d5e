"""Legal guards: what the law holds against signing or issuing, judged over a snapshot of the case.

Which guards there are, how grave each is, since when and by which article, is data (`resources/law/guards.toml`); how a
guard looks is a function of `guard_checks`. A guard speaks in a code with parameters; its sentence is `blocker.<code>` in
the catalogues.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.core.case_facts import CaseFacts
from app.core.guard_checks import CHECKS, Params
from app.core.tasks import Nature


class Stage(StrEnum):
    """Before which step a guard looks: issuing a paper, or signing a record or paper."""

    ISSUE = "issue"
    SIGN = "sign"


class GuardLevel(StrEnum):
    """How grave it is. `BLOCK` stops the step; `WARN` asks for a look; `NOTE` is told."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Guard:
    """One rule as the data has it.

    Attributes:
        source: The article it rests on, as shown.
        until: Last day, or None.
        papers: Kinds of paper before whose issuing or signing it looks; empty: any.
        natures: Natures of inspection it holds for; empty: all.
        region: Prefix of a division code; empty for the whole country.
        params: Figures of the rule.
    """

    code: str
    level: GuardLevel
    source: str
    since: dt.date
    stages: frozenset[Stage]
    until: dt.date | None = None
    natures: frozenset[Nature] = frozenset()
    papers: frozenset[str] = frozenset()
    region: str = ""
    params: Params = field(default_factory=dict)

    def holds(self, facts: CaseFacts, stages: frozenset[Stage], region: str) -> bool:
        """Return whether it looks at one of these steps on this day."""
        return (
            bool(stages & self.stages)
            and self.since <= facts.day
            and (self.until is None or facts.day <= self.until)
            and (not self.natures or facts.nature in self.natures)
            and (not self.papers or facts.paper in self.papers)
            and region.startswith(self.region)
        )


@dataclass(frozen=True, slots=True)
class GuardResult:
    """What a guard found. `about` is the id of the row it concerns, or empty."""

    code: str
    level: GuardLevel
    source: str
    params: Params = field(default_factory=dict)
    about: str = ""

    @property
    def is_block(self) -> bool:
        """Whether it stops the step."""
        return self.level is GuardLevel.BLOCK


def check(facts: CaseFacts, guards: Sequence[Guard], stages: Iterable[Stage], region: str = "") -> tuple[GuardResult, ...]:
    """Return everything the guards in force hold against a step, blocks first.

    Where several guards of one code hold, that of the closest division speaks, then one that names the paper, then the
    newest.

    Args:
        stages: Steps that are taken at once.

    Raises:
        KeyError: If the data names a guard that there is not.
    """
    chosen: dict[str, Guard] = {}
    wanted = frozenset(stages)
    for guard in sorted(guards, key=lambda one: (len(one.region), bool(one.papers), one.since)):
        if guard.holds(facts, wanted, region):
            chosen[guard.code] = guard
    found = [
        GuardResult(guard.code, guard.level, guard.source, params, about)
        for guard in chosen.values()
        for about, params in CHECKS[guard.code](facts, guard.params)
    ]
    order = list(GuardLevel)
    return tuple(sorted(found, key=lambda one: (order.index(one.level), one.code, one.about)))
