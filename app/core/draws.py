"""Draws as the office keeps them (双随机抽取): what was announced, the seed, who was drawn and why others were not."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.core.ids import DrawId, InstitutionId, PersonId, PickId, PlanId, RowId

MIN_DIGITS: Final = 20
DROPPED: Final = "dropped"  # of `LeftOut`: number of the former draw and the names of the fields, with a bar between
TEAMS: Final = "teams"  # fewer fixed teams could be made than the plan asks for: `needed` and `pool` of `Missing`


class DrawState(StrEnum):
    """Where a draw stands: announced, drawn, or void: taken back before the seed, or made again."""

    FROZEN = "frozen"
    DRAWN = "drawn"
    VOID = "void"


class SourceKind(StrEnum):
    """Where digits come from; a six-sided die gives 1 to 6 only."""

    DICE = "dice"
    DICE10 = "dice10"
    LOTTERY = "lottery"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Source:
    """Where digits will come from, or came from.

    Attributes:
        label: Which dice, which lottery and issue, which person: said before the draw.
        at: When the digits came to be: of a lottery when it was drawn, else when they were entered before the witnesses.
    """

    kind: SourceKind
    label: str
    digits: str = ""
    at: dt.datetime | None = None


def digits_needed(sources: Sequence[Source]) -> int:
    """Return how many digits make as many seeds possible as twenty decimal ones do: nobody can try so many.

    What is missing may come from six-sided dice where any are thrown.
    """
    sixes = sum(len(one.digits) for one in sources if one.kind is SourceKind.DICE)
    tens = sum(len(one.digits) for one in sources) - sixes
    more = 6 if any(one.kind is SourceKind.DICE for one in sources) else 10
    seeds, needed = 6**sixes * 10**tens, sixes + tens
    while seeds < 10**MIN_DIGITS or needed < MIN_DIGITS:
        seeds, needed = seeds * more, needed + 1
    return needed


@dataclass(frozen=True, slots=True)
class Wish:
    """What is decided for one draw beside the plan, before the seed is known.

    Attributes:
        on_day: Day on which licences, absences, the lock and interests are judged.
        sources: Kind and label of each source of the seed, in the order in which they are joined.
        reserve: Institutions that stand by for each stratum.
        apart: `chain`, `place`: of what is equal in these, one is drawn.
        standby: People of each role who stand by.
        groups: Only these groups of the plan; all where none is named.
    """

    on_day: dt.date
    sources: tuple[tuple[str, str], ...]
    reserve: int = 3
    apart: tuple[str, ...] = ()
    standby: int = 10
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw.

    Attributes:
        digest: SHA-256 of what was frozen, published before the seed is known; `register` and `rules` are its parts.
        record: SHA-256 of all of the draw: what was frozen, sources, times, witnesses, operator, result.
        supersedes: The draw that this one takes the place of, and in `reason` why; of a void draw why it is void.
    """

    id: DrawId
    plan: PlanId
    number: str
    title: str
    state: DrawState
    on_day: dt.date
    digest: str
    register: str
    rules: str
    frozen_at: dt.datetime
    sources: tuple[Source, ...]
    operator: str = ""
    seed: str = ""
    drawn_at: dt.datetime | None = None
    witnesses: tuple[str, ...] = ()
    supersedes: str = ""
    reason: str = ""
    record: str = ""
    voided_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was announced before, as it stood at the freeze; of a void one `reason` and `voided_at`.

    Attributes:
        plan: Title of the plan, where it is another one; then also when the last digits of the seed came to be, and the record.
    """

    number: str
    state: DrawState
    digest: str
    frozen_at: dt.datetime
    drawn_at: dt.datetime | None = None
    voided_at: dt.datetime | None = None
    reason: str = ""
    plan: str = ""
    seeded_at: dt.datetime | None = None
    record: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """An institution that belonged to a group's objects in a former draw and does not now.

    Attributes:
        number: Of the former draw.
        changed: Fields that were changed since; empty where the institution is in the register no more.
    """

    id: InstitutionId
    name: str
    group: str
    number: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Before:
    """What is frozen of former announcements.

    Attributes:
        earlier: Those for the same plan, the oldest first. `like`: those for plans like it (同期同类计划), and in `reason` why one
            more is drawn.
        last: What the office announced last, for whichever plan.
        dropped: Who belonged to the objects then and does not now.
    """

    earlier: tuple[Earlier, ...] = ()
    like: tuple[Earlier, ...] = ()
    reason: str = ""
    last: Earlier | None = None
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True)
class Twice:
    """An institution that may be drawn in several groups; `is_joined`: then it is visited once for these."""

    name: str
    groups: tuple[str, ...]
    is_joined: bool


@dataclass(frozen=True, slots=True)
class StratumLine:
    """How many of a stratum may be drawn and are: of `meant` institutions, `of` are eligible."""

    id: str
    group: RowId
    title: str
    ratio: str
    meant: int
    of: int
    take: int


@dataclass(frozen=True, slots=True)
class PickLine:
    """A drawn institution, or one that stands by.

    Attributes:
        title: Of its stratum.
        team: Number of its team; None of one that stands by, and where there is none.
        replaces: Of one that stepped in, the pick whose place it took; `is_gone`: another one took this one's place.
        joined: Title of the group with whose visit it is checked, where it was drawn there as well and is visited once.
    """

    id: PickId
    stratum: str
    title: str
    group: RowId
    position: int
    institution: InstitutionId
    name: str
    ticket: str
    team: int | None
    is_reserve: bool
    is_used: bool = False
    is_gone: bool = False
    replaces: str = ""
    reason: str = ""
    joined: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """A person of a team, or who stands by."""

    person: PersonId
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team and where it goes."""

    number: int
    seats: tuple[Seat, ...]
    institutions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who was not eligible, and why: code and detail as `app.draws.eligible.Out`; also `apart` for one passed over."""

    name: str
    where: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Missing:
    """An institution without a team, and how many people of the role are kept away by what; see also `TEAMS`."""

    name: str
    role: str
    needed: int
    pool: int
    load: int
    home: int
    interest: int


@dataclass(frozen=True, slots=True)
class DrawSheet:
    """All that is shown of a draw.

    Attributes:
        before: What was announced before it was frozen. `since`: what was announced for like plans after that.
        apart: Of what is equal in these one is drawn; see `Wish`.
        twice: Who may be drawn in several groups.
    """

    draw: Draw
    strata: tuple[StratumLine, ...]
    places: int
    people: int
    picks: tuple[PickLine, ...] = ()
    teams: tuple[TeamLine, ...] = ()
    standby: tuple[Seat, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    missing: tuple[Missing, ...] = ()
    before: Before = Before()
    twice: tuple[Twice, ...] = ()
    since: tuple[Earlier, ...] = ()
    apart: tuple[str, ...] = ()
