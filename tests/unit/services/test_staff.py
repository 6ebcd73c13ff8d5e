"""Absences, declared interests and third parties over a real store."""

import dataclasses
import datetime as dt

import pytest

from app.core.errors import Refused
from app.core.ids import InstitutionId, PersonId
from app.core.places import Person, Role
from app.core.staff import Absence, Interest, ThirdParty, ThirdPartyKind
from tests.unit.services.desks import Desk

DAY = dt.date(2026, 11, 22)
NO_PLACE = InstitutionId("")


def _insurer(office: Desk) -> ThirdParty:
    party = ThirdParty(
        "", "江源众安保险服务公司", ThirdPartyKind.INSURER, "委托合同 2026-03", dt.date(2026, 12, 31)
    )
    return office.services.staff.save_third_party(party).value


def _sent(office: Desk) -> Person:
    person = Person(PersonId(""), "来协助", Role.ASSISTANT, organisation=_insurer(office).id)
    return office.services.people.save(person).value


def test_what_is_known_of_a_person_comes_back(office: Desk) -> None:
    written = Person(
        PersonId(""), "陈可", Role.EXPERT, unit="江源区人民医院", specialities=("骨科", "病案"), division="420102",
        issuer="江源区司法局", phone="138****0001",
    )  # fmt: skip
    saved = office.services.people.save(written).value
    assert office.services.people.get(saved.id) == dataclasses.replace(written, id=saved.id)


def test_somebody_from_a_third_party_is_no_inspector_and_no_expert(office: Desk) -> None:
    party = _insurer(office)
    for role in (Role.INSPECTOR, Role.EXPERT):
        with pytest.raises(Refused, match="third_party_role"):
            office.services.people.save(Person(PersonId(""), "来协助", role, "Z9", organisation=party.id))
    with pytest.raises(Refused, match=r"third_party\.unknown"):
        office.services.people.save(Person(PersonId(""), "来协助", Role.ASSISTANT, organisation="nobody"))


def test_somebody_from_a_third_party_takes_no_inspectors_place_in_a_task(office: Desk) -> None:
    sent, task = _sent(office), office.services.tasks.lines()[0].task
    with pytest.raises(Refused, match=r"person\.third_party") as told:
        office.services.tasks.edit(dataclasses.replace(task, members=(*task.members, sent.id)))
    assert told.value.params == {"name": "来协助"}
    assert office.services.tasks.get(task.id).members == task.members


def test_somebody_from_a_third_party_neither_inspects_nor_records(office: Desk) -> None:
    sent, task = _sent(office), office.services.tasks.lines()[0].task
    officers = [one.id for one in office.services.people.find() if one.may_inspect_on(DAY)][:2]
    for inspectors, recorder in (((officers[0], sent.id), officers[0]), (tuple(officers), sent.id)):
        with pytest.raises(Refused, match=r"person\.third_party"):
            office.services.inspections.start(task.id, inspectors=inspectors, recorder=recorder, place="")
    assert office.services.inspections.start(
        task.id, inspectors=officers, recorder=officers[1], place=""
    ).value


def test_a_licence_gives_somebody_from_a_third_party_no_right_to_inspect() -> None:
    licensed = Person(PersonId("a"), "持证", licence_no="Z9")
    assert licensed.may_inspect_on(DAY)
    assert not dataclasses.replace(licensed, organisation="insurer").may_inspect_on(DAY)


def test_an_absence_counts_from_its_first_to_its_last_day(office: Desk) -> None:
    person = office.services.people.find()[0].id
    kept = office.services.staff.save_absence(
        Absence("", person, dt.date(2026, 11, 20), dt.date(2026, 11, 24), " 公休 ")
    ).value
    staff = office.services.staff.all()
    assert staff.absences == (kept,)
    assert kept.reason == "公休"
    days = [dt.date(2026, 11, n) for n in (19, 20, 24, 25)]
    assert [staff.away(person, one) is not None for one in days] == [False, True, True, False]
    office.services.staff.remove_absence(kept.id)
    assert office.services.staff.all().absences == ()
    with pytest.raises(Refused, match=r"absence\.period"):
        office.services.staff.save_absence(Absence("", person, DAY, DAY - dt.timedelta(days=1)))


def test_an_absence_without_an_end_lasts(office: Desk) -> None:
    person = office.services.people.find()[0].id
    office.services.staff.save_absence(Absence("", person, DAY))
    (kept,) = office.services.staff.all().absences
    assert kept.covers(dt.date(2030, 1, 1))
    assert kept.covers(DAY)
    assert not kept.covers(dt.date(2026, 11, 21))


def test_an_interest_in_one_institution_reaches_its_branches_and_ends(office: Desk) -> None:
    person = office.services.people.find()[0].id
    shop = office.services.institutions.find()[0]
    branch = dataclasses.replace(shop, id=InstitutionId("branch"), parent=str(shop.id))
    other = dataclasses.replace(shop, id=InstitutionId("other"), parent="")
    kept = office.services.staff.save_interest(Interest("", person, shop.id, ground="配偶任职")).value
    assert kept.declared_on is not None
    staff = office.services.staff.all()
    assert [staff.interest(person, one, DAY) is not None for one in (shop, branch, other)] == [True, True, False]
    ended = dataclasses.replace(kept, until_on=kept.declared_on)
    office.services.staff.save_interest(ended)
    later = kept.declared_on + dt.timedelta(days=1)
    assert office.services.staff.all().interest(person, shop, later) is None


def test_an_interest_in_a_chain_reaches_every_shop_of_it(office: Desk) -> None:
    person = office.services.people.find()[0].id
    shop = dataclasses.replace(office.services.institutions.find()[0], chain="康宁堂")
    office.services.staff.save_interest(Interest("", person, NO_PLACE, "康宁堂", "曾任职"))
    staff = office.services.staff.all()
    assert staff.interest(person, shop, DAY) is not None
    assert staff.interest(person, dataclasses.replace(shop, chain="别家"), DAY) is None
    assert staff.interest(person, dataclasses.replace(shop, chain=""), DAY) is None


def test_an_interest_says_in_what_and_why(office: Desk) -> None:
    person, shop = office.services.people.find()[0].id, office.services.institutions.find()[0].id
    save = office.services.staff.save_interest
    for one, code in (
        (Interest("", person, NO_PLACE, "", "持股"), "interest.subject"),
        (Interest("", person, shop, "康宁堂", "持股"), "interest.subject"),
        (Interest("", person, shop, "", " "), "interest.ground_missing"),
        (Interest("", person, shop, "", "持股", DAY, DAY - dt.timedelta(days=1)), "interest.period"),
        (Interest("", PersonId("nobody"), shop, "", "持股"), "person.unknown"),
        (Interest("", person, InstitutionId("nowhere"), "", "持股"), "institution.unknown"),
    ):
        with pytest.raises(Refused) as told:
            save(one)
        assert told.value.code == code
    assert office.services.staff.all().interests == ()


def test_a_third_party_stays_while_it_has_people_and_is_named_once(office: Desk) -> None:
    sent = _sent(office)
    (party,) = office.services.staff.third_parties()
    with pytest.raises(Refused, match="name_taken"):
        _insurer(office)
    with pytest.raises(Refused, match="has_people"):
        office.services.staff.remove_third_party(party.id)
    office.services.people.save(dataclasses.replace(sent, organisation=""))
    office.services.staff.remove_third_party(party.id)
    assert office.services.staff.third_parties() == ()
    assert party.is_under_contract(dt.date(2026, 12, 31))
    assert not party.is_under_contract(dt.date(2027, 1, 1))
