"""Conflicts of interest declared on the spot: the reserve list of the draw, or a person named by hand."""

import dataclasses
import datetime as dt

import pytest

from app.core.clock import today
from app.core.documents import SignerRole
from app.core.errors import Refused
from app.core.ids import PersonId, TaskId
from app.core.inspections import Party
from app.core.interviews import Subject
from app.core.places import Person, Role
from app.core.staff import Absence
from app.services.demo.play import handwriting
from tests.e2e.conftest import Clock
from tests.unit.services.desks import Desk
from tests.unit.services.drawn import DRAW, draw


def _person(office: Desk, name: str, number: str) -> PersonId:
    made = Person(PersonId(""), name, Role.INSPECTOR, number, licence_to=dt.date(2030, 1, 1))
    return office.services.people.save(made).value.id


def _drawn(office: Desk, reserve: tuple[PersonId, ...]) -> TaskId:
    draw(office, reserve=reserve)
    return office.services.tasks.from_draw(DRAW).value.made[0]


def test_the_first_of_the_reserve_list_who_can_come_does(office: Desk, clock: Clock) -> None:
    away, free = _person(office, "白砚", "演练执法9"), _person(office, "宋微", "演练执法10")
    task = _drawn(office, (away, free))
    office.services.staff.save_absence(Absence("", away, today(clock()), None, "休假"))
    offered = office.services.tasks.candidates(task, office.inspectors[1])
    assert [(one.person, one.position, one.against) for one in offered[:2]] == [(away, 1, "absent"), (free, 2, "")]
    made = office.services.tasks.recuse(task, office.inspectors[1], "relative").value
    assert (made.replaced_by, made.source, made.position) == (free, "draw", 2)
    after = office.services.tasks.view(task)
    assert after.task.members == (office.inspectors[0], free)
    assert [one.id for one in after.recusals] == [made.id]
    assert (after.recusals[0].name, after.recusals[0].replaced_by_name) == ("陆知遥", "宋微")


def test_whoever_takes_the_leaders_place_leads(office: Desk) -> None:
    free = _person(office, "宋微", "演练执法10")
    task = _drawn(office, (free,))
    office.services.tasks.recuse(task, office.inspectors[0], "interest")
    assert office.services.tasks.get(task).leader == free


def test_out_of_turn_a_person_is_named_with_a_reason(office: Desk) -> None:
    first, second = _person(office, "白砚", "演练执法9"), _person(office, "宋微", "演练执法10")
    task = _drawn(office, (first, second))
    with pytest.raises(Refused, match=r"recusal\.reason_missing"):
        office.services.tasks.recuse(task, office.inspectors[1], "relative", second)
    made = office.services.tasks.recuse(task, office.inspectors[1], "relative", second, "白砚路远赶不到").value
    assert (made.source, made.position, made.reason) == ("hand", 0, "白砚路远赶不到")


def test_without_a_draw_somebody_is_named_by_hand_with_a_reason(office: Desk) -> None:
    task, recuse = office.tasks[0], office.services.tasks.recuse
    with pytest.raises(Refused, match=r"recusal\.replacement_missing"):
        recuse(task, office.inspectors[1], "relative")
    with pytest.raises(Refused, match=r"recusal\.cannot_come"):
        recuse(task, office.inspectors[1], "relative", office.inspectors[3], "只有他在")  # his licence ended
    assert recuse(task, office.inspectors[1], "relative", office.inspectors[2], "同组").value.source == "hand"
    with pytest.raises(Refused, match=r"recusal\.not_in_team"):
        recuse(task, office.inspectors[1], "relative")


def test_whoever_stepped_back_neither_inspects_nor_comes_back(office: Desk) -> None:
    task = office.tasks[0]
    office.services.tasks.recuse(task, office.inspectors[1], "former_post", office.inspectors[2], "同组")
    for inspectors, recorder in (
        (office.inspectors[:2], office.inspectors[0]), ((office.inspectors[0], office.inspectors[2]), office.inspectors[1])
    ):  # fmt: skip
        with pytest.raises(Refused, match=r"task\.recused"):
            office.services.inspections.start(task, inspectors=inspectors, recorder=recorder, place="店内")
    kept = office.services.tasks.get(task)
    with pytest.raises(Refused, match=r"task\.recused"):
        office.services.tasks.edit(dataclasses.replace(kept, members=(*kept.members, office.inspectors[1])))


def test_a_visit_that_has_begun_goes_on_with_the_replacement(office: Desk) -> None:
    task, services = office.tasks[0], office.services
    visit = services.inspections.start(
        task, inspectors=office.inspectors[:2], recorder=office.inspectors[1], place="店内",
        party=Party("周其真", "男", "", "店长"), licence_shown=True, recusal_answer="不申请回避。",
    ).value  # fmt: skip
    services.tasks.recuse(task, office.inspectors[1], "party_asked", office.inspectors[2], "当事人申请回避，经批准")
    now = services.inspections.view(visit).inspection
    assert now.inspectors == (office.inspectors[0], office.inspectors[2])
    assert now.recorder == office.inspectors[2]
    assert "recused_takes_part" not in {one.code for one in services.inspections.blockers(visit)}
    with pytest.raises(Refused, match=r"task\.recused"):
        services.interviews.start(
            visit, subject=Subject("周其真"), place="", asker=office.inspectors[0], recorder=office.inspectors[1]
        )


def test_a_record_with_a_recused_inspector_is_not_signed_and_nobody_leaves_a_signed_one(frozen: Desk) -> None:
    services = frozen.services
    task = services.inspections.view(frozen.inspection).inspection.task
    person = services.inspections.view(frozen.inspection).inspection.inspectors[1]
    assert frozen.record is not None
    with services.tasks._store.db.write() as unit:  # as it comes from another laptop that did not know of the visit
        unit.append("task_recusal", "r1", {"task": task, "person": person, "ground": "relative", "declared_at": 1})
    [found] = [one for one in services.inspections.blockers(frozen.inspection) if one.code == "recused_takes_part"]
    assert found.severity == "block"
    with pytest.raises(Refused, match=r"document\.recused"):
        services.documents.sign(frozen.record, SignerRole.INSPECTOR_2, (), handwriting("陆知遥"))


def test_when_nobody_can_come_the_team_goes_on_without_and_says_why(office: Desk) -> None:
    task = office.tasks[1]
    with pytest.raises(Refused, match=r"recusal\.reason_missing"):
        office.services.tasks.recuse(task, office.inspectors[2], "relative", is_nobody=True)
    made = office.services.tasks.recuse(task, office.inspectors[2], "relative", reason="夜查，无人可派", is_nobody=True).value
    assert made.replaced_by is None
    assert office.services.tasks.get(task).members == office.inspectors[:2]
