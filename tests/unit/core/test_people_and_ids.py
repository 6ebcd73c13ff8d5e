import datetime as dt

import pytest

from app.core.errors import Refused
from app.core.ids import PersonId, Uuid7, derived_id
from app.core.places import Person, Role
from app.core.visits import check_inspectors

DAY = dt.date(2026, 3, 2)


def person(name: str, licence: str = "1", **given: object) -> Person:
    return Person(PersonId(name), name, licence_no=licence, **given)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (person("a"), True),
        (person("a", ""), False),
        (person("a", "  "), False),
        (person("a", licence_to=DAY), True),
        (person("a", licence_to=DAY - dt.timedelta(days=1)), False),
        (person("a", licence_from=DAY), True),
        (person("a", licence_from=DAY + dt.timedelta(days=1)), False),
        (person("a", role=Role.EXPERT), False),
        (person("a", role=Role.ASSISTANT), False),
    ],
)
def test_only_an_inspector_with_a_licence_valid_on_the_day_inspects(who: Person, may: bool) -> None:
    assert who.may_inspect_on(DAY) is may


def test_two_different_people_are_needed() -> None:
    people = {"a": person("a"), "b": person("b", licence="")}
    for chosen, code in (("a", "two_inspectors"), ("aa", "two_inspectors"), ("ab", "licence_invalid"), ("ac", "unknown")):
        with pytest.raises(Refused, match=code):
            check_inspectors([PersonId(one) for one in chosen], people, DAY)


def test_ids_rise_within_a_process() -> None:
    make = Uuid7()
    made = [make() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_the_same_answer_is_the_same_row_on_every_laptop_and_parts_do_not_run_together() -> None:
    assert derived_id("visit", "SGF", "SGF-1.01") == derived_id("visit", "SGF", "SGF-1.01")
    assert derived_id("ab", "c") != derived_id("a", "bc")
    assert derived_id("institution", "220600", "H22060200001") == "3577820b-88d7-84bf-89f1-8fdefd4394fe"
