"""What holds for every draw, whatever the registers, the plan and the seed."""

import json
import math
import random
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.draws import frozen, sheets
from app.draws.places import picked
from resources.verify import verify_draw
from tests.unit.draws.registers import DAY, Office, drawn, frozen_text, offices, seeds, sheet

QUICK = (Phase.explicit, Phase.generate)
MANY = settings(max_examples=120, phases=QUICK)


@MANY
@given(offices, seeds)
def test_the_standalone_program_comes_to_the_same_institutions_and_teams(office: Office, seed: str) -> None:
    text = sheet(frozen_text(*office), seed)
    verify_draw.check(text.encode())
    assert sheets.verify(sheets.read_sheet(text.encode())) == ()


@MANY
@given(offices, seeds)
def test_each_stratum_gives_exactly_its_share_rounded_up(office: Office, seed: str) -> None:
    text = frozen_text(*office)
    for lot in drawn(text, seed).lots:
        stratum = lot.stratum
        assert stratum.take >= math.ceil(Fraction(stratum.ratio) * stratum.of)
        assert len(lot.picks) + lot.short == stratum.take
        assert lot.short == 0 or stratum.apart
        assert len({one.place for one in (*lot.picks, *lot.reserve)}) == len(lot.picks) + len(lot.reserve)


@MANY
@given(offices, seeds)
def test_nobody_closed_locked_or_over_the_cap_is_drawn(office: Office, seed: str) -> None:
    plan, places, _, facts, _ = office
    by_id = {str(one.id): one for one in places}
    methods = {one.id: one.method for one in plan.groups}
    for lot in drawn(frozen_text(*office), seed).lots:
        for one in (*lot.picks, *lot.reserve):
            place = by_id[one.place]
            assert place.status in ("", "active")
            assert place.agreement in ("", "active")
            checks = facts.checks[place.id]
            if plan.lock_days and methods[lot.stratum.group] in ("draw", "top"):
                assert all((DAY - day).days >= plan.lock_days for day in checks)
            if plan.yearly_cap:
                assert sum(day.year == plan.year for day in checks) < plan.yearly_cap


@MANY
@given(offices, seeds)
def test_nobody_goes_where_he_must_not_and_every_team_is_whole(office: Office, seed: str) -> None:
    _, places, people, facts, _ = office
    result = drawn(frozen_text(*office), seed)
    by_id, known = {str(one.id): one for one in places}, {str(one.id): one for one in people}
    rules = {lot.stratum.id: lot.stratum.staff for lot in result.lots}
    load = Counter(facts.loads)
    for team in result.teams:
        staff = rules[team.visits[0][0]]
        roles = Counter("inspector" if one.role == "leader" else one.role for one in team.members)
        assert (roles["inspector"], roles["expert"], roles["assistant"]) == (
            staff.inspectors, staff.experts, staff.assistants,
        )  # fmt: skip
        assert len({one.person for one in team.members}) == len(team.members)
        for one in team.members:
            person = known[one.person]
            assert person.is_active
            assert one.role not in ("leader", "inspector") or person.may_inspect_on(DAY)
            assert facts.staff.away(person.id, DAY) is None
            load[one.person] += len(team.visits)
            assert not staff.max_load or load[one.person] <= staff.max_load or rules_differ(rules)
            for _, name in team.visits:
                assert facts.staff.interest(person.id, by_id[name], DAY) is None
                if staff.cross_district:
                    assert person.division[:6] != by_id[name].division[:6]
    visited = Counter(visit for team in result.teams for visit in team.visits)
    missing = Counter((one.stratum, one.place) for one in result.shortages)
    assert visited + missing == Counter((lot.stratum.id, one.place) for lot, one in picked(result.lots))


@MANY
@given(offices, seeds)
def test_an_institution_in_several_groups_is_visited_once_where_the_plan_says_so(office: Office, seed: str) -> None:
    plan = office[0]
    lots = drawn(frozen_text(*office), seed).lots
    groups = {one.id: one for one in plan.groups}
    asked, visits = Counter[tuple[object, str]](), Counter[tuple[object, str]]()
    for lot in lots:
        group = groups[lot.stratum.group]
        key = (plan.nature_of(group), group.staff) if plan.once else lot.stratum.id
        asked.update((key, one.place) for one in lot.picks if group.staff.inspectors)
    for lot, one in picked(lots):
        group = groups[lot.stratum.group]
        visits[(plan.nature_of(group), group.staff) if plan.once else lot.stratum.id, one.place] += 1
    assert set(visits) == set(asked)
    assert set(visits.values()) <= {1}


@MANY
@given(offices, seeds)
def test_who_changes_places_goes_nowhere_again(office: Office, seed: str) -> None:
    plan, _, _, facts, _ = office
    rotates = any(one.staff.rotate for one in plan.groups)
    for team in drawn(frozen_text(*office), seed).teams if rotates else ():
        for one in team.members:
            assert not facts.been.get(one.person, frozenset()) & {place for _, place in team.visits}


def rules_differ(rules: dict[str, frozen.Staffing]) -> bool:
    """Another stratum may allow a person more."""
    return len({one.max_load for one in rules.values()}) > 1


@MANY
@given(offices, seeds, st.randoms(use_true_random=False))
def test_the_order_of_the_registers_changes_nothing(office: Office, seed: str, chance: random.Random) -> None:
    plan, places, people, facts, wish = office
    text = frozen_text(*office)
    chance.shuffle(places)
    chance.shuffle(people)
    assert frozen_text(plan, places, people, facts, wish) == text


@MANY
@given(offices)
def test_chains_and_addresses_are_kept_apart_where_asked(office: Office) -> None:
    text = frozen_text(*office)
    rows = {row["id"]: row for row in map(json.loads, text.splitlines()[1:]) if row["row"] == "institution"}
    taken: set[tuple[str, str]] = set()
    for lot in drawn(text).lots:
        for one in lot.picks:
            for what in lot.stratum.apart:
                value = rows[one.place].get(what, "")
                assert not value or (what, value) not in taken
                taken.add((what, value))
        taken |= {(what, rows[one.place].get(what, "")) for one in lot.picks for what in ("chain", "place")}


@settings(max_examples=60, phases=QUICK)
@given(offices, st.data())
def test_one_changed_digit_is_found(office: Office, data: st.DataObject) -> None:
    text = sheet(frozen_text(*office))
    record = text.rindex("\n", 0, -1)
    result = text.rindex("\n", 0, record)
    drawn_line = text.rindex("\n", 0, result)
    parts = [(0, drawn_line), (drawn_line, result), (result, record), (record, len(text))]
    first, last = data.draw(st.sampled_from(parts))
    digits = [at for at, sign in enumerate(text) if first <= at < last and sign.isascii() and sign.isdigit()]
    at = data.draw(st.sampled_from(digits))
    other = str((int(text[at]) + data.draw(st.integers(1, 9))) % 10)
    changed = text[:at] + other + text[at + 1 :]
    # A number that begins with 0 is no JSON any more, and sha256 is a name; the program says in its main part that it cannot be read.
    with pytest.raises((SystemExit, ValueError, KeyError), match=r"不通过|delimiter|sha256"):
        verify_draw.check(changed.encode())
