"""Draw from a frozen text and a seed, and the result as text."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.garbage import uncollected
from app.draws.frozen import Frozen, canonical
from app.draws.places import Lot, draw_places
from app.draws.teams import Shortage, Team, send_teams
from app.draws.tickets import Tickets


@dataclass(frozen=True, slots=True)
class Result:
    """What follows from a frozen text and a seed."""

    lots: tuple[Lot, ...]
    teams: tuple[Team, ...]
    shortages: tuple[Shortage, ...]
    standby: Mapping[str, tuple[str, ...]]


@uncollected()
def draw(frozen: Frozen, seed: str) -> Result:
    """Draw institutions and teams."""
    tickets = Tickets(seed)
    lots = draw_places(frozen.strata, frozen.places, tickets)
    return Result(lots, *send_teams(lots, frozen.places, frozen.people, tickets, frozen.standby))


def result_line(result: Result) -> str:
    """Return the result as one line of canonical JSON; why a team could not be made follows from what is frozen."""
    return canonical({
        "row": "result",
        "lots": [
            {
                "stratum": lot.stratum.id,
                "picks": [[one.place, one.ticket] for one in lot.picks],
                "reserve": [[one.place, one.ticket] for one in lot.reserve],
                "skipped": [[one.place, one.ticket, one.what] for one in lot.skipped],
            }
            for lot in result.lots
        ],
        "teams": [
            {
                "members": [[member.person, member.role] for member in one.members],
                "visits": [list(visit) for visit in one.visits],
            }
            for one in result.teams
        ],
        "shortages": [[one.stratum, one.place, one.role] for one in result.shortages],
        "standby": {role: list(line) for role, line in result.standby.items()},
    })  # fmt: skip
