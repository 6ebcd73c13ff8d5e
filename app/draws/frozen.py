"""What is frozen before the seed is known, as canonical text: one JSON object a line, rules first, then rows by id."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.core.errors import Refused
from app.core.garbage import uncollected

FORMAT: Final = "yanfang.draw/1"
RULES, PLACE, PERSON = "rules", "institution", "person"
NEVER_CHECKED_BY: Final = frozenset((  # no draw depends on these, so they are not frozen
    "legal_rep", "head", "phone", "licence_no", "latitude", "longitude", "source", "stated_on", "batch", "agreement_no",
    "agreement_to", "no_code_reason",
))  # fmt: skip
DISTRICT_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who goes to an institution of a stratum; see `app.core.plans.StaffRule`.

    Attributes:
        former: Where teams change places: those of the round before, as person and role; they go on together.
    """

    inspectors: int = 2
    experts: int = 0
    assistants: int = 0
    teams: int = 0
    leaders: tuple[str, ...] = ()
    cross_district: bool = False
    max_load: int = 0
    former: tuple[tuple[tuple[str, str], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Stratum:
    """A group of the plan, or its raised or remaining part.

    Attributes:
        ratio: As `n/d`.
        of: How many may be drawn.
        take: How many are drawn: `of` × `ratio` rounded up, or more where the plan asks for a minimum.
        apart: `chain`, `place`: of what is equal in these, one is drawn.
        visit: An institution that is drawn in several strata of one `visit` is visited once.
    """

    id: str
    group: str
    title: str
    visit: str
    ratio: str
    of: int
    take: int
    reserve: int = 0
    apart: tuple[str, ...] = ()
    staff: Staffing = Staffing()


@dataclass(frozen=True, slots=True)
class Place:
    """An institution as the draw sees it.

    Attributes:
        strata: Position and weight in each stratum in which it may be drawn.
        place: The address without blanks and in one notation, to be compared.
    """

    id: str
    strata: tuple[tuple[int, int], ...]
    division: str = ""
    chain: str = ""
    place: str = ""
    parent: str = ""

    @property
    def ties(self) -> tuple[str, ...]:
        """What an interest may be in: the institution, its head office, its chain."""
        return (self.id, *([self.parent] if self.parent else ()), *([f"chain:{self.chain}"] if self.chain else ()))

    def shared(self, apart: Iterable[str]) -> list[tuple[str, str]]:
        """Return what must not be shared with another that is drawn."""
        given = {"chain": self.chain, "place": self.place}
        return [(name, given[name]) for name in apart if given[name]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be sent out on the day.

    Attributes:
        load: Institutions that are waiting for this person already.
        avoid: Institutions and `chain:<name>` with which there is an interest.
    """

    id: str
    role: str
    division: str = ""
    load: int = 0
    avoid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a draw is made from.

    Attributes:
        rules: The first line as it stands.
        frozen_at: When that was; no digits of the seed may be older.
        sources: Kind and label of what the seed will be joined from, in this order.
        standby: How many people of each role stand by.
    """

    rules: Mapping[str, Any]
    frozen_at: dt.datetime
    sources: tuple[tuple[str, str], ...]
    standby: int
    strata: tuple[Stratum, ...]
    places: tuple[Place, ...]
    people: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Digests:
    """SHA-256 (hex) of all lines, of the rows, and of the rules."""

    frozen: str
    register: str
    rules: str


def instant(at: dt.datetime) -> str:
    """Return an instant as it is written in what is frozen and in a sheet."""
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds")


def canonical(value: Mapping[str, Any]) -> str:
    """Return an object as one line."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digests(text: str) -> Digests:
    """Return what is published of a frozen text."""
    data = text.encode()
    head = data.index(b"\n") + 1
    return Digests(*(hashlib.sha256(part).hexdigest() for part in (data, data[head:], data[:head])))


@uncollected()
def read(text: str) -> Frozen:
    """Return what a frozen text says.

    Raises:
        Refused: `draw.file` where it is no frozen text of this program.
    """
    try:
        head, *lines = text.removesuffix("\n").split("\n")
        rules = json.loads(head)
        if rules["draw"] != FORMAT:
            raise ValueError(rules["draw"])
        strata = tuple(_stratum(one) for one in rules["strata"])
        index = {one.id: position for position, one in enumerate(strata)}
        if len(index) < len(strata):
            raise ValueError("strata")
        places, people = [], []
        known: dict[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]] = {}
        for line in lines:
            row = json.loads(line)
            if row["row"] == PLACE:
                within = tuple((index[name], weight) for name, weight in row["in"].items())
                if within not in known and not all(type(weight) is int and weight > 0 for _, weight in within):
                    raise ValueError(row["id"])
                places.append(_place(row, known.setdefault(within, within)))
            elif "out" not in row:
                people.append(_candidate(row))
        sources = tuple((one["kind"], one["label"]) for one in rules["sources"])
        frozen_at = dt.datetime.fromisoformat(rules["frozen_at"])
        if frozen_at.utcoffset() is None:
            raise ValueError(rules["frozen_at"])
        return Frozen(rules, frozen_at, sources, rules["standby"], strata, tuple(places), tuple(people))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused("draw.file", detail=str(error)[:120]) from error


def _stratum(row: Mapping[str, Any]) -> Stratum:
    staff = row["staff"]
    former = tuple(tuple((person, role) for person, role in team) for team in staff["former"])
    return Stratum(
        row["id"], row["group"], row["title"], row["visit"], row["ratio"], row["of"], row["take"], row["reserve"],
        tuple(row["apart"]), Staffing(**{**staff, "leaders": tuple(staff["leaders"]), "former": former}),
    )  # fmt: skip


def _place(row: Mapping[str, Any], within: tuple[tuple[int, int], ...]) -> Place:
    return Place(
        row["id"], within, row.get("division", "")[:DISTRICT_DIGITS], row.get("chain", ""), row.get("place", ""),
        row.get("parent", ""),
    )  # fmt: skip


def _candidate(row: Mapping[str, Any]) -> Candidate:
    return Candidate(
        row["id"], row["role"], row.get("division", "")[:DISTRICT_DIGITS], row.get("load", 0),
        frozenset(row.get("avoid", ())),
    )  # fmt: skip
