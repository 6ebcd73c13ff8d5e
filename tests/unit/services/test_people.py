import dataclasses
from pathlib import Path

import pytest

from app.core.errors import Refused
from app.core.ids import PersonId, derived_id
from app.core.places import Person
from app.services.demo import cast
from sync.protocol.lines import parse
from tests.unit.services.desks import Desk, new_office


def test_one_human_is_not_registered_twice(office: Desk) -> None:
    twin = Person(PersonId(""), "假冒", licence_no=f" {cast.PEOPLE[1].licence_no} ")
    with pytest.raises(Refused, match="licence_taken"):
        office.services.people.save(twin)


def test_the_same_licence_is_the_same_row_on_every_laptop(office: Desk) -> None:
    saved = office.services.people.save(Person(PersonId(""), "李四", licence_no="L002")).value
    assert saved.id == derived_id("person", cast.CODE, "L002")


def test_a_person_keeps_their_own_licence_when_edited(office: Desk) -> None:
    known = office.services.people.find(cast.PEOPLE[1].name)[0]
    assert office.services.people.save(known).value == known


def test_the_same_human_entered_again_is_the_same_row(office: Desk) -> None:
    known = office.services.people.find(cast.PEOPLE[0].name)[0]
    again = office.services.people.save(Person(PersonId(""), known.name, licence_no=known.licence_no)).value
    assert again.id == known.id


def test_what_is_left_blank_takes_nothing_from_what_is_known(office: Desk) -> None:
    people = office.services.people
    known = people.save(dataclasses.replace(people.find(cast.PEOPLE[0].name)[0], phone="13900001234", unit="基金监管股")).value
    assert people.save(Person(PersonId(""), known.name, licence_no=known.licence_no)).value == known
    assert people.find(known.name)[0] == known


def test_whoever_sets_up_a_laptop_says_nothing_of_the_fields_left_blank(tmp_path: Path) -> None:
    services = new_office(tmp_path / "home")
    with services.people._store.db.read() as unit:
        (row,) = unit.sql("SELECT line FROM sync_op WHERE tbl = 'person'")
    services.close()
    said = {edit.name for edit in parse(bytes(row.line)).fields}
    assert {"name", "role", "licence_no"} <= said <= {"name", "role", "licence_no", "is_active"}
