"""What is shown of a draw: the frozen text and what follows from the seed, with names."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.core.draws import (
    DROPPED,
    TEAMS,
    Draw,
    DrawSheet,
    DrawState,
    Earlier,
    LeftOut,
    Missing,
    PickLine,
    Seat,
    StratumLine,
    TeamLine,
    Twice,
)
from app.core.ids import DrawId, InstitutionId, PersonId, PickId, RowId, derived_id
from app.draws import frozen
from app.draws.freezing import read_before
from app.draws.frozen import Stratum
from app.draws.places import Drawn, Lot
from app.draws.run import Result, draw
from app.draws.teams import LEADER, Team


def sheet(
    told: Draw, text: str, rows: Mapping[PickId, Any] | None = None, result: Result | None = None, since: tuple[Earlier, ...] = (),
) -> DrawSheet:  # fmt: skip
    """Return all of a draw.

    Args:
        rows: Rows of picks, where reserves may have stepped in since.
        result: What was drawn; worked out anew from the seed where it is not given.
        since: What was announced for like plans after the freeze.
    """
    known = frozen.read(text)
    if result is None and told.seed:
        result = draw(known, told.seed)
    lines = [json.loads(line) for line in text.removesuffix("\n").split("\n")]
    names = {row["id"]: row.get("name", "") for row in lines[1:]}
    places = [row for row in lines[1:] if row["row"] == frozen.PLACE]
    meant = {one.group: 0 for one in known.strata}
    for row in places:
        groups = {known.strata[at].group for at in _positions(known, row)} | set(row.get("out", ()))
        for group in groups:
            meant[group] += 1
    strata = tuple(
        StratumLine(one.id, RowId(one.group), one.title, one.ratio, meant[one.group], one.of, one.take) for one in known.strata
    )
    left_out = tuple(_left_out(lines[1:], {one.group: one.title.removesuffix("（提高比例）") for one in known.strata}))
    before = read_before(known.rules)
    left_out += tuple(LeftOut(one.name, one.group, DROPPED, f"{one.number}|{','.join(one.changed)}") for one in before.dropped)
    twice = tuple(_twice(known, places))
    empty = DrawSheet(
        told, strata, len(places), len(lines) - 1 - len(places), left_out=left_out, before=before, twice=twice, since=since,
        apart=tuple(known.rules["wish"]["apart"]),
    )
    if result is None:
        return empty
    teams = numbered(result)
    return DrawSheet(
        told, strata, empty.places, empty.people, tuple(_picks(told.id, result.lots, teams, names, rows or {})),
        tuple(
            TeamLine(number, seats(team, names), tuple(names[place] for _, place in team.visits))
            for number, team in enumerate(result.teams, 1)
        ),
        tuple(
            Seat(PersonId(person), names[person], role) for role, line in result.standby.items() for person in line
        ),
        (*left_out, *_passed_over(result.lots, names)),
        (
            *(Missing(names[one.place], one.role, one.needed, one.pool, one.load, one.home, one.interest) for one in result.shortages),
            *_fewer_teams(known, result),
        ),
        before, twice, since, empty.apart,
    )  # fmt: skip


def pick_id(draw_id: DrawId, stratum: str, place: str) -> PickId:
    """Return the id of a pick: the same wherever the draw is worked out."""
    return PickId(derived_id("draw_pick", draw_id, stratum, place))


def numbered(result: Result) -> dict[tuple[str, str], int]:
    """Return the number of the team that goes to an institution, by stratum and institution."""
    found = {visit: number for number, team in enumerate(result.teams, 1) for visit in team.visits}
    others = {(stratum, place): found.get((first.id, place)) for (stratum, place), first in joined(result.lots).items()}
    return found | {one: number for one, number in others.items() if number}


def joined(lots: Sequence[Lot]) -> dict[tuple[str, str], Stratum]:
    """Return, by stratum and institution, the stratum with whose visit it is checked, where it was drawn in several."""
    first: dict[tuple[str, str], Stratum] = {}
    found = {}
    for lot in lots:
        for one in lot.picks:
            leads = first.setdefault((lot.stratum.visit, one.place), lot.stratum)
            if leads is not lot.stratum:
                found[lot.stratum.id, one.place] = leads
    return found


def _twice(known: frozen.Frozen, places: Sequence[Mapping[str, Any]]) -> Iterator[Twice]:
    strata = {one.id: one for one in known.strata}
    for row in places:
        within = [strata[name] for name in row["in"]]
        if len({one.group for one in within}) > 1:
            visits = {one.visit for one in within}
            yield Twice(row.get("name", ""), tuple(one.title for one in within), len(visits) == 1)


def seats(team: Team, names: Mapping[str, str]) -> tuple[Seat, ...]:
    """Return the people of a team; the first leads."""
    first, *others = team.members
    return (
        Seat(PersonId(first.person), names[first.person], LEADER),
        *(Seat(PersonId(one.person), names[one.person], one.role) for one in others),
    )


def in_place(lots: Sequence[Lot]) -> Iterator[tuple[Lot, int, Drawn, bool]]:
    """Return what was drawn and what stands by, with its position within the group of the plan."""
    counts: dict[str, int] = {}
    for is_reserve in (False, True):
        for lot in lots:
            for one in lot.reserve if is_reserve else lot.picks:
                counts[lot.stratum.group] = counts.get(lot.stratum.group, 0) + 1
                yield lot, counts[lot.stratum.group], one, is_reserve


def _picks(
    draw_id: DrawId,
    lots: Sequence[Lot],
    teams: Mapping[tuple[str, str], int],
    names: Mapping[str, str],
    rows: Mapping[PickId, Any],
) -> Iterator[PickLine]:
    gone = {row.replaces: row for row in rows.values() if row.used and row.replaces}
    with_other = joined(lots)
    titles = {str(pick_id(draw_id, lot.stratum.id, one.place)): lot.stratum.title for lot, _, one, _ in in_place(lots)}
    for lot, position, one, is_reserve in in_place(lots):
        key = pick_id(draw_id, lot.stratum.id, one.place)
        row = rows.get(key)
        team = teams.get((lot.stratum.id, one.place))
        if row is not None and row.used and row.replaces in rows:
            team = rows[row.replaces].team
        yield PickLine(
            key, lot.stratum.id, lot.stratum.title, RowId(lot.stratum.group), position, InstitutionId(one.place),
            names[one.place], one.ticket, team, is_reserve, bool(row is not None and row.used), key in gone,
            (row.replaces or "") if row else "",
            (row.reason or "") if row else gone[key].reason if key in gone else "",
            titles.get(row.joined or "", "") if row is not None and is_reserve
            else with_other[lot.stratum.id, one.place].title if not is_reserve and (lot.stratum.id, one.place) in with_other
            else "",
        )  # fmt: skip


def _fewer_teams(known: frozen.Frozen, result: Result) -> Iterator[Missing]:
    """Return the rules of fixed teams for which fewer could be made than the plan asks for and there was work for."""
    staff = {one.id: one.staff for one in known.strata}
    made = Counter(staff[team.visits[0][0]] for team in result.teams)
    wanted = Counter(lot.stratum.staff for lot in result.lots for _ in lot.picks)
    for lot in {lot.stratum.staff: lot for lot in result.lots if lot.stratum.staff.teams}.values():
        rule = lot.stratum.staff
        if made[rule] < min(rule.teams, wanted[rule]):
            yield Missing(lot.stratum.title, TEAMS, rule.teams, made[rule], 0, 0, 0)


def _positions(known: frozen.Frozen, row: Mapping[str, Any]) -> list[int]:
    return [at for at, one in enumerate(known.strata) if one.id in row["in"]]


def _left_out(rows: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> Iterator[LeftOut]:
    for row in rows:
        if row["row"] == frozen.PLACE:
            for group, (code, detail) in row.get("out", {}).items():
                yield LeftOut(row.get("name", ""), titles.get(group, ""), code, detail)
        elif "out" in row:
            yield LeftOut(row.get("name", ""), row["role"], *row["out"])


def _passed_over(lots: Sequence[Lot], names: Mapping[str, str]) -> Iterator[LeftOut]:
    return (
        LeftOut(names[one.place], lot.stratum.title, "apart", one.what) for lot in lots for one in lot.skipped
    )


def is_open(told: Draw) -> bool:
    """Whether the seed of a draw is still to come."""
    return told.state is DrawState.FROZEN
