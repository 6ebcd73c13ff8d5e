"""Where tasks come from: a draw, an upper office, data, a former task; and what is known before the visit."""

import dataclasses
import datetime as dt

import pytest

from app.core.clock import today
from app.core.errors import Refused
from app.core.ids import PersonId
from app.core.progress import Cancelled, CancelToken, Progress
from app.core.staff import Absence, Interest
from app.core.tasks import Task, TaskKind, TaskState
from app.services.task_draws import task_id
from tests.e2e.conftest import Clock
from tests.unit.forms.reading import text_of
from tests.unit.services.desks import YEAR, Desk
from tests.unit.services.drawn import DRAW, GROUP, PICKS, PLAN, draw, step_in


def _of_draw(office: Desk) -> list[Task]:
    return [line.task for line in office.services.tasks.lines() if line.task.draw == DRAW]


def test_each_institution_of_a_draw_gets_one_task_with_team_checklists_and_the_end_of_the_stage(
    office: Desk, clock: Clock
) -> None:
    expert = next(one.id for one in office.services.people.find() if one.name == "许清和")
    names = draw(office, experts=(expert,))
    made = office.services.tasks.from_draw(DRAW).value
    assert (len(made.made), made.known, made.cancelled) == (3, 0, 0)
    tasks = _of_draw(office)
    assert sorted(office.services.institutions.get(one.institution).name for one in tasks) == sorted(names[:3])
    for one in tasks:
        assert (one.kind, one.plan, one.group) == (TaskKind.RANDOM, PLAN, GROUP)
        assert one.templates == ("SGF@1",)
        assert one.members == office.inspectors[:2]
        assert one.leader == office.inspectors[0]
        assert one.experts == (expert,)
        assert one.due_on == today(clock()) + dt.timedelta(40)  # 巡查整治, not 自查 and not 总结
        assert one.brief.discipline == ("不得跑风漏气。", "不接受宴请。")
        assert "青禾双〔2026〕1号" in one.basis
    assert len({one.number for one in tasks}) == 3


def test_of_the_checklists_of_a_line_a_task_gets_those_that_are_made_for_its_institution(office: Desk) -> None:
    draw(office, contents=("AHM", "AHC@1", "AHY@1"))
    made = office.services.tasks.from_draw(DRAW).value.made
    assert {office.services.tasks.get(one).templates for one in made} == {("AHY@1",)}


def test_tasks_of_a_draw_are_made_once_however_often_they_are_asked_for(office: Desk) -> None:
    draw(office)
    first = office.services.tasks.from_draw(DRAW).value
    again = office.services.tasks.from_draw(DRAW)
    assert (again.value.made, again.value.known) == ((), 3)
    assert again.changed == frozenset()
    assert {one.id for one in _of_draw(office)} == set(first.made)


def test_an_institution_without_a_team_gets_its_task_and_waits_for_people(office: Desk) -> None:
    draw(office)
    with office.services.tasks._store.db.write() as unit:
        unit.put("draw_pick", PICKS[0], {"team": None})
    made = office.services.tasks.from_draw(DRAW).value
    assert len(made.made) == 3
    [alone] = made.without_team
    assert office.services.tasks.get(alone).members == ()
    assert [one.code for one in office.services.tasks.view(alone).warnings] == ["too_few"]


def test_what_was_cancelled_by_hand_is_not_made_anew(office: Desk) -> None:
    draw(office)
    made = office.services.tasks.from_draw(DRAW).value.made
    office.services.tasks.cancel(made[0], "机构已停业")
    assert office.services.tasks.from_draw(DRAW).value.made == ()


def test_an_institution_that_stepped_in_gets_the_task_and_the_others_is_taken_back(office: Desk) -> None:
    names = draw(office)
    office.services.tasks.from_draw(DRAW)
    assert office.services.tasks.waiting_draws() == ()
    step_in(office, PICKS[1], PICKS[3])
    assert [(one.missing, one.replaced) for one in office.services.tasks.waiting_draws()] == [(1, 1)]
    result = office.services.tasks.from_draw(DRAW).value
    assert office.services.tasks.waiting_draws() == ()
    assert (len(result.made), result.cancelled) == (1, 1)
    new = office.services.tasks.get(result.made[0])
    assert office.services.institutions.get(new.institution).name == names[3]
    assert new.members == office.inspectors[:2]  # the team of the one it replaced
    states = [one.state for one in _of_draw(office)]
    assert sorted(states) == ["assigned", "assigned", "assigned", "cancelled"]


def test_where_the_replaced_ones_visit_has_begun_the_one_that_stepped_in_still_waits_for_its_task(office: Desk) -> None:
    draw(office)
    tasks, made = office.services.tasks, office.services.tasks.from_draw(DRAW).value.made
    begun = next(one for one in made if one == task_id(DRAW, PICKS[1]))
    office.services.inspections.start(begun, inspectors=office.inspectors[:2], recorder=office.inspectors[0], place="店内")
    step_in(office, PICKS[1], PICKS[3])
    assert [(one.missing, one.replaced) for one in tasks.waiting_draws()] == [(1, 0)]
    assert len(tasks.from_draw(DRAW).value.made) == 1
    assert tasks.waiting_draws() == ()
    tasks.cancel(task_id(DRAW, PICKS[3]), "机构已停业")  # by hand: it stays away
    assert tasks.waiting_draws() == ()


def test_a_task_of_a_draw_has_the_draws_number_and_its_place_in_it_whoever_makes_it(office: Desk) -> None:
    draw(office)
    office.services.tasks.from_draw(DRAW)
    step_in(office, PICKS[0], PICKS[3])
    office.services.tasks.from_draw(DRAW)
    assert sorted(one.number for one in _of_draw(office)) == [f"青禾双〔2026〕1-{n}号" for n in (1, 2, 3, 4)]


def test_what_was_drawn_is_not_edited_but_a_team_that_was_lacking_is_named(office: Desk) -> None:
    draw(office, picks=4)
    with office.services.tasks._store.db.write() as unit:
        unit.put("draw_pick", PICKS[0], {"team": None})
    tasks = office.services.tasks
    tasks.from_draw(DRAW)
    drawn, alone = tasks.get(task_id(DRAW, PICKS[1])), tasks.get(task_id(DRAW, PICKS[0]))
    spared = office.services.institutions.find("和美")[0].id
    third = office.inspectors[2]
    for change in ({"institution": spared}, {"members": (drawn.members[0], third)}, {"plan": ""}, {"kind": TaskKind.ROUTINE}):
        with pytest.raises(Refused, match=r"task\.of_draw"):
            tasks.edit(dataclasses.replace(drawn, **change))
    assert tasks.get(drawn.id) == drawn
    led = tasks.edit(dataclasses.replace(drawn, leader=drawn.members[1], title="改了名称")).value
    assert (led.leader, led.title) == (drawn.members[1], "改了名称")
    assert tasks.edit(dataclasses.replace(alone, members=office.inspectors[:2])).value.members == office.inspectors[:2]


def _by_hand(office: Desk) -> Task:
    place = office.services.institutions.find("和美")[0]
    return office.services.tasks.create(
        title="日常检查", nature="administrative", kind="routine", institution=place.id, templates=["WHL"],
        members=office.inspectors[:2],
    ).value  # fmt: skip


def test_without_a_lent_number_a_task_has_a_provisional_one_until_it_is_given_its_own(office: Desk) -> None:
    with office.services.tasks._store.db.write() as unit:
        unit.local("UPDATE sync_self SET server = 'https://yanfang.invalid'")
    first, second = _by_hand(office), _by_hand(office)
    assert first.number.startswith("临-检任")
    assert first.number != second.number
    with pytest.raises(Refused, match=r"number\.none_left"):
        office.services.tasks.assign_number(first.id)
    with office.services.tasks._store.db.write() as unit:
        me = unit.sql("SELECT device, replica FROM sync_self")[0]
        unit.append("number_range", "lent", {
            "series": "青禾医保检任", "year": YEAR, "first": 41, "last": 60, "device": me.device, "replica": me.replica,
            "source": "server",
        })  # fmt: skip
    numbered = office.services.tasks.assign_number(first.id).value
    assert (numbered.number, numbered.interim) == (f"青禾医保检任〔{YEAR}〕41号", first.number)
    assert _by_hand(office).number == f"青禾医保检任〔{YEAR}〕42号"
    office.services.inspections.start(second.id, inspectors=office.inspectors[:2], recorder=office.inspectors[0], place="院内")
    with pytest.raises(Refused, match=r"task\.begun"):  # what is written on site bears the provisional one
        office.services.tasks.assign_number(second.id)


def test_the_register_of_numbers_says_what_a_task_has(office: Desk) -> None:
    made = _by_hand(office)
    lines = office.services.numbers.register(YEAR, "青禾医保检任")
    assert [(line.number, line.title) for line in lines if line.number == made.number] == [(made.number, "检查任务")]


def test_two_tasks_of_one_number_are_pointed_out_on_both(office: Desk) -> None:
    one, other = (office.services.tasks.get(task) for task in office.tasks[:2])
    assert "number_twice" not in [found.code for found in office.services.tasks.view(one.id).warnings]
    with office.services.tasks._store.db.write() as unit:
        unit.put("task", other.id, {"number": one.number})  # as two laptops that never had a server count
    for task, there in ((one, other), (other, one)):
        said = [found.name for found in office.services.tasks.view(task.id).warnings if found.code == "number_twice"]
        assert said == [office.services.institutions.get(there.institution).name]


def test_drawn_anew_the_tasks_of_the_former_draw_are_taken_back_unless_they_have_begun(office: Desk) -> None:
    draw(office)
    first = office.services.tasks.from_draw(DRAW).value.made
    office.services.inspections.start(
        first[0], inspectors=office.inspectors[:2], recorder=office.inspectors[0], place="店内"
    )
    with office.services.tasks._store.db.write() as unit:
        unit.put("draw", DRAW, {"state": "void"})
        unit.put("draw", "again", {"plan": PLAN, "state": "drawn", "number": "2号", "supersedes": DRAW})
    assert office.services.tasks.from_draw("again").value.cancelled == 2
    assert sorted(one.state for one in _of_draw(office)) == ["cancelled", "cancelled", "in_progress"]


def test_making_tasks_can_be_stopped_and_goes_on_later(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.tasks._PORTION", 2)
    draw(office, picks=5)
    token, told = CancelToken(), list[Progress]()

    def listen(one: Progress) -> None:
        told.append(one)
        token.cancel()

    with pytest.raises(Cancelled):
        office.services.tasks.from_draw(DRAW, progress=listen, cancel=token)
    assert [(one.done, one.total) for one in told] == [(2, 5)]
    assert len(_of_draw(office)) == 2
    assert len(office.services.tasks.from_draw(DRAW).value.made) == 3


@pytest.mark.parametrize(
    ("given", "code"),
    [({"state": "frozen"}, "draw.not_drawn"), ({"contents": ()}, "draw.group_empty"), ({"contents": ("XXX",)}, "template.unknown")],
)  # fmt: skip
def test_a_draw_that_lacks_something_makes_no_task(office: Desk, given: dict[str, object], code: str) -> None:
    draw(office, **given)
    with pytest.raises(Refused) as refused:
        office.services.tasks.from_draw(DRAW)
    assert refused.value.code == code
    assert _of_draw(office) == []


def test_a_look_back_knows_what_did_not_comply(visit: Desk) -> None:
    former = visit.services.tasks.get(visit.tasks[0])
    failed = [
        key for key, one in visit.services.inspections.view(visit.inspection).sheets[0].answers.items() if one.state == "fail"
    ]
    task = visit.services.tasks.look_back(former.id).value
    assert (task.kind, task.review_of) == (TaskKind.REVIEW, former.id)
    assert [one.source for one in task.brief.known] == [f"{former.number} {item}" for item in sorted(failed)]
    seen = visit.services.tasks.view(task.id)
    assert seen.review_number == former.number
    assert [one.number for one in seen.history] == [former.number]
    with pytest.raises(Refused, match=r"task\.not_visited"):
        visit.services.tasks.look_back(task.id)


def test_tasks_from_an_upper_office_and_of_data_say_where_they_come_from(office: Desk) -> None:
    place = office.services.institutions.find("和美")[0]
    common = {"nature": "administrative", "institution": place.id, "templates": ["WHL"], "members": office.inspectors[:2]}
    upper = office.services.tasks.create(
        title="市局转办", kind="transfer", origin="云栖市医疗保障局", known=[("重复收取护理费", "转办函第3号")], **common
    ).value
    hit = office.services.tasks.create(
        title="数据筛查", kind="data", origin="规则7", known=[("住院频次较高 12 人", "规则7")], **common
    ).value
    for task, words in ((upper, "重复收取护理费"), (hit, "住院频次较高")):
        assert office.services.tasks.get(task.id) == task
        printed = text_of(office.services.tasks.sheet_pdf(task.id))
        assert words in printed
        assert task.brief.origin in printed
        assert "不得透露检查信息" in printed  # the usual discipline, where no plan says another


def test_the_planned_day_is_set_and_taken_back_while_nothing_has_begun(office: Desk, clock: Clock) -> None:
    task, day = office.tasks[1], today(clock())
    assert office.services.tasks.plan_date(task, day + dt.timedelta(3)).value.planned_on == day + dt.timedelta(3)
    assert office.services.tasks.plan_date(task, None).value.planned_on is None
    with pytest.raises(Refused, match=r"task\.planned_past"):
        office.services.tasks.plan_date(task, day - dt.timedelta(1))
    assert office.services.tasks.get(task).state is TaskState.ASSIGNED


def test_warnings_name_who_is_away_tied_or_without_a_licence_on_the_planned_day(office: Desk, clock: Clock) -> None:
    first, second, _, expired = office.inspectors[:4]
    day = today(clock()) + dt.timedelta(5)
    place = office.services.institutions.find("和顺")[0]
    task = office.services.tasks.create(
        title="日常检查", nature="administrative", kind="routine", institution=place.id, templates=["SGF"],
        members=[first, second, expired], planned_on=day,
    ).value  # fmt: skip
    assert [one.code for one in office.services.tasks.view(task.id).warnings] == ["licence"]
    office.services.staff.save_absence(Absence("", first, day, day, "培训"))
    office.services.staff.save_interest(Interest("", second, place.id, ground="近亲属任职"))
    assert sorted(one.code for one in office.services.tasks.view(task.id).warnings) == ["absent", "interest", "licence"]


def test_nobody_is_assigned_where_an_interest_is_declared(office: Desk) -> None:
    place = office.services.institutions.find("和顺")[0]
    office.services.staff.save_interest(Interest("", office.inspectors[1], place.id, ground="近亲属任职"))
    with pytest.raises(Refused, match=r"task\.interest"):
        office.services.tasks.create(
            title="日常检查", nature="administrative", kind="routine", institution=place.id, templates=["SGF"],
            members=office.inspectors[:2],
        )  # fmt: skip


def test_the_leader_is_one_of_the_members(office: Desk) -> None:
    task = office.services.tasks.get(office.tasks[1])
    led = office.services.tasks.edit(dataclasses.replace(task, leader=task.members[1])).value
    assert led.leader == task.members[1]
    others = dataclasses.replace(led, members=led.members[:1])
    assert office.services.tasks.edit(others).value.leader is None
    with pytest.raises(Refused, match=r"task\.members"):
        office.services.tasks.edit(dataclasses.replace(task, experts=(PersonId("nobody"),)))


def test_the_calendar_shows_visits_what_is_due_and_who_has_how_much(office: Desk, clock: Clock) -> None:
    day = today(clock())
    for task in office.tasks[:2]:
        office.services.tasks.plan_date(task, day + dt.timedelta(1))
    agenda = office.services.tasks.agenda(day - dt.timedelta(7), day + dt.timedelta(30))
    visits = [one for one in agenda.items if one.entry == "visit"]
    assert [one.task for one in visits] == sorted(office.tasks[:2], key=lambda one: office.services.tasks.get(one).number)
    assert {one.day for one in visits} == {day + dt.timedelta(1)}
    late = [one for one in agenda.items if one.entry == "due" and one.is_late]
    assert [one.task for one in late] == [office.tasks[2]]
    loads = {one.name: one for one in agenda.loads}
    assert loads["程砚秋"].visits == 2
    assert loads["程砚秋"].crowded == (day + dt.timedelta(1),)
    assert agenda.unplanned == 1
    weekend = next(day + dt.timedelta(n) for n in range(7) if (day + dt.timedelta(n)).weekday() == 6)
    assert weekend in agenda.off
