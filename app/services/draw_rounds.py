"""The last round of a plan: its teams and where each of their people was, for teams that change places (交叉执行)."""

from collections.abc import Mapping

from app.core.ids import DrawId
from app.db.repos import task_views as views
from app.db.unit import ReadUnit

_Team = tuple[tuple[str, str], ...]


def last_round(unit: ReadUnit, draw_id: DrawId) -> tuple[tuple[_Team, ...], Mapping[str, frozenset[str]]]:
    """Return the teams of a draw as person and role, and the institutions to which each person was sent.

    The first of each leads, whether the plan names leaders or not, so that leaders are inspectors here.
    """
    picks, _ = views.picks(unit, str(draw_id))
    teams: dict[int, dict[str, str]] = {}
    for seat in views.seats(unit, str(draw_id)):
        if seat.team is not None and not seat.is_reserve:
            teams.setdefault(seat.team, {})[seat.person] = "inspector" if seat.role == "leader" else seat.role
    been: dict[str, set[str]] = {}
    for pick in picks:
        for person in teams.get(pick.team, ()) if pick.team is not None else ():
            been.setdefault(person, set()).add(pick.institution)
    made = tuple(tuple(teams[number].items()) for number in sorted(teams))
    return made, {person: frozenset(places) for person, places in been.items()}
