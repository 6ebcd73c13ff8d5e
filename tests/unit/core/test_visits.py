import datetime as dt

import pytest

from app.core.errors import Refused
from app.core.ids import PersonId
from app.core.places import Person
from app.core.visits import check_inspectors

DAY = dt.date(2026, 11, 22)


def test_two_rows_with_one_licence_are_one_officer() -> None:
    people = {key: Person(PersonId(key), "李四", licence_no="L002") for key in ("a", "b")}
    with pytest.raises(Refused, match="two_inspectors"):
        check_inspectors((PersonId("a"), PersonId("b")), people, DAY)
