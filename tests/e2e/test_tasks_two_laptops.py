"""Tasks of a draw, leads and their keepers on two laptops with a real server between them."""

import datetime as dt
from typing import Any

import pytest

from app.bootstrap import Services
from app.core.clock import today
from app.core.draws import Source, SourceKind, Wish
from app.core.errors import Refused
from app.core.ids import InstitutionId, PersonId, RowId, derived_id
from app.core.leads import Reporter
from app.core.places import Institution, InstitutionKind, Person, Role
from app.core.plan_objects import Clause, ObjectFilter, Ratio
from app.core.plans import Content, Group
from app.core.tasks import Task
from app.db.repos import plans
from app.services.task_draws import task_id
from tests.e2e.two_laptops import Pair
from tests.unit.services.drawn import rows_of
from tests.unit.sync.kit import ServerProcess

KEEPER_A, KEEPER_B = "keeper-of-a", "keeper-of-b"
WHO = Reporter("范小棠", "13900001234")


def _of_draw(laptop: Services) -> list[Task]:
    return sorted((line.task for line in laptop.tasks.lines() if line.task.draw), key=lambda one: one.id)


def _whole(pair: Pair) -> None:
    for laptop in (pair.a, pair.b):
        assert laptop.sync.status().refused == 0
        checks = laptop.doctor.run()
        assert all(one.ok for one in checks), checks


def test_tasks_made_of_a_draw_on_one_laptop_are_on_the_other_with_all_that_is_known(pair: Pair) -> None:
    third = pair.a.people.save(
        Person(PersonId(""), "宋微", Role.INSPECTOR, "演练执法10", licence_to=dt.date(2030, 1, 1))
    ).value.id
    places = [pair.a.institutions.find()[0].id]
    draw = rows_of(pair.a, places, team=pair.inspectors, reserve=(third,), key=pair.visit)
    made = pair.a.tasks.from_draw(draw).value.made
    day = today(pair.a.clock()) + dt.timedelta(3)
    pair.a.tasks.plan_date(made[0], day)
    pair.meet()
    assert _of_draw(pair.a) == _of_draw(pair.b)
    assert len(_of_draw(pair.b)) == 1
    assert pair.b.tasks.view(made[0]) == pair.a.tasks.view(made[0])
    assert pair.b.tasks.sheet_pdf(made[0]) == pair.a.tasks.sheet_pdf(made[0])
    assert pair.b.tasks.from_draw(draw).value.made == ()  # the other laptop makes no second one
    pair.b.tasks.recuse(made[0], pair.inspectors[1], "relative")  # on the spot, from the reserve list that came along
    pair.meet()
    assert pair.a.tasks.get(made[0]).members == (pair.inspectors[0], third)
    assert pair.a.tasks.view(made[0]).recusals == pair.b.tasks.view(made[0]).recusals
    assert pair.a.tasks.agenda(day, day) == pair.b.tasks.agenda(day, day)
    _whole(pair)


def test_from_a_plan_drawn_with_witnesses_to_tasks_on_the_other_laptop(pair: Pair) -> None:
    services = pair.a
    for n in range(8):
        services.institutions.save(Institution(InstitutionId(""), f"青禾区演练药房{n}", InstitutionKind.PHARMACY))
        services.people.save(Person(PersonId(""), f"演练{n}", Role.INSPECTOR, f"演练执法9{n}", licence_to=dt.date(2030, 1, 1)))
    plan = services.plans.create(title="演练抽查").value
    pharmacies = ObjectFilter((Clause(kinds=(InstitutionKind.PHARMACY,)),))
    group = Group(RowId(derived_id("group", plan.id)), "零售药店", pharmacies, contents=(Content("SGF"),), ratio=Ratio("1/3"))
    with services.plans._store.db.write() as unit:
        unit.put("plan", plan.id, {"state": "approved"})
        unit.put("plan_group", group.id, plans.part("groups", plan.id, group, 0))
    said = "十面骰子二十次"
    told = services.draws.freeze(plan.id, Wish(today(services.clock()), (("dice10", said),))).value
    source = Source(SourceKind.DICE10, said, "74093152088164702359", told.frozen_at + dt.timedelta(milliseconds=1))
    drawn = services.draws.run(told.id, (source,), ("见证人甲",)).value
    chosen = {one.institution for one in drawn.picks if not one.is_reserve}
    made = services.tasks.from_draw(told.id).value
    assert (len(made.made), made.without_team) == (len(chosen), ())
    pair.meet()
    there = _of_draw(pair.b)
    assert {one.institution for one in there} == chosen
    for one in there:
        assert one == services.tasks.get(one.id)
        assert len(one.members) == 2
        assert one.templates == ("SGF",)
    # On the spot, at the other laptop: the first who stands by and can come does.
    first = next(
        one for one in pair.b.tasks.candidates(there[0].id, there[0].members[0]) if one.position and not one.against
    )
    stepped = pair.b.tasks.recuse(there[0].id, there[0].members[0], "interest").value
    assert (stepped.source, stepped.position, stepped.replaced_by) == ("draw", first.position, first.person)
    # An institution that closed meanwhile gives way to the next one; its task is taken back, the other gets one.
    gone = next(one for one in drawn.picks if not one.is_reserve and task_id(told.id, one.id) != there[0].id)
    services.draws.use_reserve(told.id, gone.id, "已停业")
    again = services.tasks.from_draw(told.id).value
    assert (len(again.made), again.cancelled) == (1, 1)
    pair.meet()
    assert _of_draw(pair.a) == _of_draw(pair.b)
    assert len(_of_draw(pair.b)) == len(chosen) + 1
    _whole(pair)


def test_made_on_both_laptops_at_once_the_tasks_of_a_draw_are_the_same_rows(pair: Pair) -> None:
    draw = rows_of(pair.a, [pair.a.institutions.find()[0].id], team=pair.inspectors, key=pair.visit)
    pair.meet()
    both = [laptop.tasks.from_draw(draw).value.made for laptop in (pair.a, pair.b)]
    assert both[0] == both[1]
    pair.meet()
    assert len(_of_draw(pair.a)) == 1
    assert _of_draw(pair.a) == _of_draw(pair.b)


def _received(laptop: Services) -> str:
    """Return everything a laptop holds as text, lines of other laptops among it."""
    found: list[Any] = []
    with laptop.leads._store.db.read() as unit:
        for row in unit.sql("SELECT name FROM sqlite_master WHERE type = 'table'"):
            for line in unit.tuples(f'SELECT * FROM "{row.name}"'):
                found += [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in line]
    return "\n".join(found)


def test_the_sealed_reporter_travels_and_the_key_does_not(pair: Pair, server: ServerProcess) -> None:
    place = pair.a.institutions.find()[0]
    pair.a.leads.wall.become_keeper(KEEPER_A)
    lead = pair.a.leads.add(channel="phone", content="反映串换药品。", institution=place.id, reporter=WHO).value
    pair.meet()
    assert pair.b.leads.line(lead).lead == pair.a.leads.line(lead).lead
    with pytest.raises(Refused, match=r"lead\.not_keeper"):
        pair.b.leads.wall.look(lead, "核实", KEEPER_A)
    for text in (_received(pair.a), _received(pair.b)):
        assert "反映串换药品" in text
        assert WHO.name not in text
        assert WHO.phone not in text
    raw = b"".join(file.read_bytes() for file in sorted(server.folder.rglob("*")) if file.is_file())
    assert "反映串换药品".encode() in raw  # the search finds what is there
    assert WHO.name.encode() not in raw
    assert WHO.phone.encode() not in raw
    with pair.a.leads._store.db.read() as unit:
        secret = unit.sql("SELECT sealed FROM lead_secret")[0].sealed
    assert secret not in _received(pair.b)
    assert secret.encode() not in raw
    # A second keeper is admitted by the first, who compared the fingerprint, and then opens it on his own laptop.
    asked = pair.b.leads.wall.become_keeper(KEEPER_B).value
    assert not asked.is_active
    with pytest.raises(Refused, match=r"lead\.not_keeper"):
        pair.b.leads.wall.look(lead, "核实", KEEPER_B)
    pair.meet()
    [seen] = [one for one in pair.a.leads.wall.keepers() if one.id == asked.id]
    assert (seen.fingerprint, seen.is_here) == (asked.fingerprint, False)
    assert pair.a.leads.wall.admit(asked.id, KEEPER_A).value == 1
    pair.meet()
    assert pair.b.leads.wall.look(lead, "接手核查", KEEPER_B).value == WHO
    pair.meet()
    reasons = [(one.name, one.reason) for one in pair.a.leads.wall.looks(lead)]
    assert reasons == [(one.name, one.reason) for one in pair.b.leads.wall.looks(lead)]
    assert reasons[0][1] == "接手核查"
    assert len(reasons) == 2  # opening it for the new keeper is on record as well
    _whole(pair)


def test_tasks_made_offline_on_both_laptops_have_numbers_of_their_own(pair: Pair) -> None:
    def make(laptop: Services) -> Task:
        place = laptop.institutions.find()[0].id
        return laptop.tasks.create(
            title="日常检查", nature="administrative", kind="routine", institution=place, templates=["WHL"], members=pair.inspectors[:2]
        ).value

    early = [make(laptop) for laptop in (pair.a, pair.b)]  # before any range was lent
    pair.meet()
    pair.meet()
    late = [make(laptop) for laptop in (pair.a, pair.b, pair.a, pair.b)]
    final = pair.a.tasks.assign_number(early[0].id).value if early[0].interim else early[0]
    numbers = [one.number for one in (final, early[1], *late)]
    assert len(set(numbers)) == len(numbers)
    assert not any(one.interim for one in late)
    pair.meet()
    by_id = {line.task.id: line.task.number for line in pair.a.tasks.lines()}
    assert by_id == {line.task.id: line.task.number for line in pair.b.tasks.lines()}
    assert set(numbers) <= set(by_id.values())
    _whole(pair)


def test_leads_registered_offline_on_both_laptops_have_numbers_of_their_own(pair: Pair) -> None:
    place = pair.a.institutions.find()[0]
    common = {"channel": "web", "content": "反映刷卡。", "institution": place.id}
    first = pair.a.leads.line(pair.a.leads.add(**common).value).lead  # nothing was lent yet
    assert first.number.startswith("临-举")
    pair.meet()
    assert pair.a.leads.assign_number(first.id).value.number.endswith("号")
    numbers = [
        laptop.leads.line(laptop.leads.add(**common).value).lead.number for laptop in (pair.a, pair.b, pair.a, pair.b)
    ]
    assert len(set(numbers)) == 4
    assert not any(one.startswith("临-") for one in numbers)
    pair.meet()
    assert {one.lead.number for one in pair.a.leads.lines()} == {one.lead.number for one in pair.b.leads.lines()}
    _whole(pair)
