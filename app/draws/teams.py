"""Who goes where: always those with the least to do, among them by ticket, and nobody where he must not go."""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.draws.frozen import Candidate, Place, Staffing, Stratum
from app.draws.places import Lot, picked
from app.draws.tickets import Tickets

LEADER, INSPECTOR, EXPERT, ASSISTANT, TEAM = "leader", "inspector", "expert", "assistant", "team"
ROLES: Final = (INSPECTOR, EXPERT, ASSISTANT)
_Turn = tuple[int, str, str]  # load, the ticket of that round, person


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a team; the role is `leader` for one whom the plan names."""

    person: str
    role: str


@dataclass(frozen=True, slots=True)
class Team:
    """People who go together.

    Attributes:
        members: The first leads.
        visits: Stratum and institution; one, unless the plan says how many teams there are.
    """

    members: tuple[Member, ...]
    visits: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shortage:
    """An institution for which there is no team, and why.

    Attributes:
        role: Of which there are too few; `team` where teams are fixed and none may go there.
        needed: How many are needed, of `pool` people of this role.
        load, home, interest: How many of them have all they may have, come from that district (or it is unknown), have an
            interest there.
    """

    stratum: str
    place: str
    role: str
    needed: int
    pool: int
    load: int
    home: int
    interest: int


@dataclass(slots=True)
class _Party:
    """A team that is being made."""

    people: list[Member]
    visits: list[tuple[str, Place]] = field(default_factory=list)


class _Rules:
    """Who may go where, by what is frozen and by the load so far."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self.people: Mapping[str, Candidate] = {one.id: one for one in candidates}
        self.load = {one.id: one.load for one in candidates}

    def fits(self, person: str, staff: Staffing, place: Place) -> bool:
        """Return whether nothing keeps a person from an institution."""
        return self._bar(self.people[person], staff, place) is None

    def why(self, role: str, stratum: Stratum, place: Place) -> Shortage:
        """Return what keeps how many of a role away."""
        staff = stratum.staff
        if role == LEADER:
            pool = [self.people[one] for one in staff.leaders]
        else:
            pool = [one for one in self.people.values() if one.role == (INSPECTOR if role == TEAM else role)]
        bars = Counter(self._bar(one, staff, place) for one in pool)
        needed = {INSPECTOR: staff.inspectors, EXPERT: staff.experts, ASSISTANT: staff.assistants}.get(role, 1)
        return Shortage(
            stratum.id, place.id, role, needed, len(pool), bars["load"], bars["home"], bars["interest"]
        )

    def _bar(self, one: Candidate, staff: Staffing, place: Place) -> str | None:
        if staff.max_load and self.load[one.id] >= staff.max_load:
            return "load"
        if staff.cross_district and (not one.division or not place.division or one.division == place.division):
            return "home"
        return "interest" if one.avoid and any(tie in one.avoid for tie in place.ties) else None


class _Line:
    """People of one role, the least load first, then by the ticket of that round."""

    def __init__(self, rules: _Rules, tickets: Tickets, role: str) -> None:
        self._rules, self._tickets = rules, tickets
        self._turns = [self._turn(one.id) for one in rules.people.values() if one.role == role]
        heapq.heapify(self._turns)

    def queue(self, person: str) -> None:
        """Put somebody in line again whose load has changed; the former turn does not count any more."""
        heapq.heappush(self._turns, self._turn(person))

    def take(self, count: int, out: set[str], staff: Staffing, place: Place) -> list[str] | None:
        """Return the first so many who fit, or None where there are too few; all stay in line until their load changes."""
        took: list[str] = []
        looked_at: list[_Turn] = []
        while self._turns and len(took) < count:
            turn = heapq.heappop(self._turns)
            if turn[0] != self._rules.load[turn[2]]:
                continue
            looked_at.append(turn)
            if turn[2] not in out and self._rules.fits(turn[2], staff, place):
                took.append(turn[2])
        for turn in looked_at:
            heapq.heappush(self._turns, turn)
        return took if len(took) == count else None

    def begin(self, count: int) -> tuple[str, ...]:
        """Return the first so many in line."""
        current = (turn for turn in self._turns if turn[0] == self._rules.load[turn[2]])
        return tuple(person for *_, person in heapq.nsmallest(count, current))

    def _turn(self, person: str) -> _Turn:
        load = self._rules.load[person]
        return load, self._tickets.of(person, load + 1), person


class _Desk:
    def __init__(self, candidates: Sequence[Candidate], tickets: Tickets) -> None:
        self._rules = _Rules(candidates)
        self._lines = {role: _Line(self._rules, tickets, role) for role in ROLES}
        self._made: dict[Staffing, list[_Party]] = {}
        self.failed: list[Shortage] = []

    def send(self, stratum: Stratum, place: Place) -> None:
        """Find who goes to an institution, or note why nobody can."""
        party = self._team(stratum.staff, place)
        if isinstance(party, str):
            self.failed.append(self._rules.why(party, stratum, place))
            return
        party.visits.append((stratum.id, place))
        for one in party.people:
            self._rules.load[one.person] += 1
            self._lines[self._rules.people[one.person].role].queue(one.person)

    def teams(self) -> tuple[Team, ...]:
        """Return all teams made, by the rule they were made for."""
        return tuple(
            Team(tuple(one.people), tuple((name, place.id) for name, place in one.visits))
            for made in self._made.values()
            for one in made
            if one.visits
        )

    def standby(self, count: int) -> dict[str, tuple[str, ...]]:
        """Return who is next of each role."""
        return {role: line.begin(count) for role, line in self._lines.items()}

    def _team(self, staff: Staffing, place: Place) -> _Party | str:
        """Return a new team; where all fixed teams are made or none can be added, the one with the fewest visits that may go.

        Strata with the same rule share their fixed teams.
        """
        former = (_Party([Member(*one) for one in team]) for team in staff.former)
        made = self._made[staff] if staff in self._made else self._made.setdefault(staff, list(former))
        new: _Party | str = TEAM
        if not staff.teams or len(made) < staff.teams:
            fixed = made if staff.teams else ()
            new = self._make(staff, place, {member.person for one in fixed for member in one.people})
        if not isinstance(new, str):
            made.append(new)
            return new
        free = [
            one
            for one in made
            if staff.teams and all(self._rules.fits(member.person, staff, place) for member in one.people)
        ]
        return min(free, key=lambda one: len(one.visits)) if free else new

    def _make(self, staff: Staffing, place: Place, busy: set[str]) -> _Party | str:
        """Return a new team without those who are busy, or the role of which there are too few."""
        people: list[Member] = []
        leaders = [one for one in staff.leaders if one not in busy]
        if leaders:
            able = [one for one in leaders if self._rules.fits(one, staff, place)]
            if not able:
                return LEADER
            people.append(Member(min(able, key=lambda one: self._rules.load[one]), LEADER))
        out = {*staff.leaders, *busy}
        seats = (staff.inspectors - len(people), staff.experts, staff.assistants)
        for role, count in zip(ROLES, seats, strict=True):
            took = self._lines[role].take(count, out, staff, place)
            if took is None:
                return role
            people += [Member(one, role) for one in took]
        return _Party(people)


def send_teams(
    lots: Sequence[Lot], places: Sequence[Place], people: Sequence[Candidate], tickets: Tickets, standby: int
) -> tuple[tuple[Team, ...], tuple[Shortage, ...], dict[str, tuple[str, ...]]]:
    """Find a team for every institution drawn, in the order of strata and tickets; return also who is next of each role."""
    wanted = {one.place for _, one in picked(lots)}
    known = {one.id: one for one in places if one.id in wanted}
    desk = _Desk(people, tickets)
    for lot, one in picked(lots):
        desk.send(lot.stratum, known[one.place])
    return desk.teams(), tuple(desk.failed), desk.standby(standby)
