"""Objects in two groups, and teams that stay together."""

from pathlib import Path

import pytest

from app.core.draws import TEAMS, DrawSheet
from app.core.errors import Refused
from app.core.ids import PersonId, RowId
from app.core.places import Person
from app.core.plan_objects import Ratio
from app.core.plans import Group, Method, StaffRule
from app.db.repos import plans as stored
from app.services.draw_files import check_file
from app.services.draw_words import shortage
from tests.e2e.conftest import Clock
from tests.unit.services.desks import Desk
from tests.unit.services.draw_desk import DIGITS, PHARMACIES, checked_by_a_stranger, drawn_by, plan_of


def _two_groups(
    office: Desk, clock: Clock, *, once: bool, staff: StaffRule | None = None, ratio: str = "100%"
) -> DrawSheet:
    plan = plan_of(office, ratio=ratio, staff=staff)
    other = Group(RowId("g2"), "进销存专项", PHARMACIES, ratio=Ratio(ratio), method=Method.DRAW)
    with office.services.plans._store.db.write() as unit:
        unit.put("plan", plan, {"once": int(once)})
        unit.put("plan_group", other.id, {**stored.part("groups", plan, other, 1), "contents": '["AHY@1"]'})
        unit.put("plan_group", "g1", {"contents": '["SGF@1"]'})
    return drawn_by(office, clock, plan)


def test_who_is_in_two_groups_is_named_and_visited_once_where_the_plan_says_so(
    office: Desk, clock: Clock, tmp_path: Path
) -> None:
    shown = _two_groups(office, clock, once=True)
    places = shown.strata[0].take
    assert len(shown.twice) == places > 0
    assert all(one.is_joined and one.groups == ("零售药店", "进销存专项") for one in shown.twice)
    assert len(shown.teams) == places
    assert [one.joined for one in shown.picks] == [""] * places + ["零售药店"] * places
    made = office.services.tasks.from_draw(shown.draw.id).value
    assert len(made.made) == places
    tasks = [line.task for line in office.services.tasks.lines() if line.task.id in made.made]
    assert {one.templates for one in tasks} == {("SGF@1", "AHY@1")}
    assert office.services.tasks.waiting_draws() == ()
    assert office.services.tasks.from_draw(shown.draw.id).value.made == ()
    file = office.services.draws.export_to(shown.draw.id, tmp_path / "a.jsonl")
    assert checked_by_a_stranger(file).returncode == 0
    assert check_file(file)[1] == ()
    gone = office.services.draws.sheet(shown.draw.id).picks[0]
    with pytest.raises(Refused, match=r"draw\.no_reserve"):  # all were drawn
        office.services.draws.use_reserve(shown.draw.id, gone.id, "已停业")


def test_who_is_in_two_groups_is_visited_twice_where_people_differ_or_the_plan_does_not_say(
    office: Desk, clock: Clock
) -> None:
    apart = _two_groups(office, clock, once=True, staff=StaffRule(3))
    assert not any(one.is_joined for one in apart.twice)
    assert len(apart.teams) + len(apart.missing) == 2 * apart.strata[0].take


def test_who_steps_in_for_a_joint_visit_is_visited_once_as_well(office: Desk, clock: Clock) -> None:
    draws, tasks = office.services.draws, office.services.tasks
    shown = _two_groups(office, clock, once=True, ratio="1%")
    first, second = (one for one in shown.picks if not one.is_reserve)
    assert (first.institution, second.joined) == (second.institution, "零售药店")
    assert len(tasks.from_draw(shown.draw.id).value.made) == 1
    draws.use_reserve(shown.draw.id, first.id, "已停业")
    after = draws.sheet(shown.draw.id)
    stand = [one for one in after.picks if one.is_used]
    assert [one.joined for one in stand] == ["", "零售药店"]
    assert len({one.institution for one in stand} - {first.institution}) == 1
    made = tasks.from_draw(shown.draw.id).value
    assert (len(made.made), made.cancelled) == (1, 1)
    task = next(line.task for line in tasks.lines() if line.task.id == made.made[0])
    assert (task.institution, task.templates) == (stand[0].institution, ("SGF@1", "AHY@1"))
    assert tasks.waiting_draws() == ()


def test_teams_that_change_places_go_on_together_where_the_others_were(office: Desk, clock: Clock, tmp_path: Path) -> None:
    for n in range(4):
        office.services.people.save(Person(PersonId(""), f"轮换{n}", licence_no=f"2206019{n}"))
    plan = plan_of(office, ratio="100%", staff=StaffRule(teams=2, rotate=True))
    first = drawn_by(office, clock, plan)
    second = drawn_by(office, clock, plan, DIGITS[::-1])
    before, after = (
        {frozenset(seat.person for seat in team.seats): set(team.institutions) for team in one.teams} for one in (first, second)
    )
    assert before.keys() == after.keys()
    one, other = before
    assert (after[one], after[other]) == (before[other], before[one])
    file = office.services.draws.export_to(second.draw.id, tmp_path / "a.jsonl")
    assert checked_by_a_stranger(file).returncode == 0
    assert check_file(file)[1] == ()


def test_fewer_fixed_teams_than_the_plan_asks_for_are_told(office: Desk, clock: Clock) -> None:
    shown = drawn_by(office, clock, plan_of(office, staff=StaffRule(teams=9), ratio="100%"))
    told = [one for one in shown.missing if one.role == TEAMS]
    assert [(one.needed, one.pool) for one in told] == [(9, len(shown.teams))]
    assert "计划 9 个检查组" in shortage(told[0])
    assert sum(len(one.institutions) for one in shown.teams) == shown.strata[0].take
