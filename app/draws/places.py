"""Which institutions are drawn: the first of each stratum by ticket, kept apart where asked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.draws.frozen import Place, Stratum
from app.draws.tickets import Tickets

APART = ("chain", "place")
_SPARE = 16


@dataclass(frozen=True, slots=True)
class Drawn:
    """An institution with the ticket that drew it."""

    place: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """An institution whose turn it was, and that with whom it shares `what` was drawn before."""

    place: str
    ticket: str
    what: str


@dataclass(frozen=True, slots=True)
class Lot:
    """What was drawn in a stratum.

    Attributes:
        short: How many are missing, because too few can be kept apart.
    """

    stratum: Stratum
    picks: tuple[Drawn, ...]
    reserve: tuple[Drawn, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def short(self) -> int:
        """How many are missing of what the plan asks for."""
        return self.stratum.take - len(self.picks)


def draw_places(strata: Sequence[Stratum], places: Sequence[Place], tickets: Tickets) -> tuple[Lot, ...]:
    """Draw every stratum, in their order."""
    names: list[list[str]] = [[] for _ in strata]
    weights: list[list[int]] = [[] for _ in strata]
    for place in places:
        for position, weight in place.strata:
            names[position].append(place.id)
            weights[position].append(weight)
    asked = any(one.apart for one in strata)
    known = {one.id: one for one in places if one.chain or one.place} if asked else {}
    seen: set[tuple[str, str]] = set()
    lots = []
    for position, stratum in enumerate(strata):
        rows = list(zip(names[position], weights[position], strict=True))
        lot = _draw(stratum, rows, tickets, known, seen)
        lots.append(lot)
        for one in lot.picks:
            if one.place in known:
                seen.update(known[one.place].shared(APART))
    return tuple(lots)


def _draw(
    stratum: Stratum,
    rows: Sequence[tuple[str, int]],
    tickets: Tickets,
    known: dict[str, Place],
    seen: set[tuple[str, str]],
) -> Lot:
    wanted = stratum.take + stratum.reserve
    if not stratum.apart:
        line = [Drawn(row, ticket) for ticket, row in tickets.first(rows, wanted)]
        return Lot(stratum, tuple(line[: stratum.take]), tuple(line[stratum.take :]))
    for count in (2 * wanted + _SPARE, len(rows)):
        found, skipped = _keep_apart(tickets.first(rows, count), stratum, known, seen)
        if len(found) >= wanted or count >= len(rows):
            break
    return Lot(stratum, tuple(found[: stratum.take]), tuple(found[stratum.take :]), tuple(skipped))


def _keep_apart(
    line: Iterable[tuple[str, str]], stratum: Stratum, known: dict[str, Place], seen: set[tuple[str, str]]
) -> tuple[list[Drawn], list[Skipped]]:
    held, found, skipped = set(seen), list[Drawn](), list[Skipped]()
    for ticket, row in line:
        if len(found) == stratum.take + stratum.reserve:
            break
        shared = known[row].shared(stratum.apart) if row in known else []
        clash = next((name for name, value in shared if (name, value) in held), "")
        if clash:
            skipped.append(Skipped(row, ticket, clash))
        else:
            held.update(shared)
            found.append(Drawn(row, ticket))
    return found, skipped


def picked(lots: Sequence[Lot]) -> Iterator[tuple[Lot, Drawn]]:
    """Return what is visited by a team, stratum by stratum, in the order of tickets; an institution once for each `visit`."""
    seen: set[tuple[str, str]] = set()
    for lot in lots:
        for one in lot.picks if lot.stratum.staff.inspectors else ():
            if (lot.stratum.visit, one.place) not in seen:
                seen.add((lot.stratum.visit, one.place))
                yield lot, one
