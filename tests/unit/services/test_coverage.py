import datetime as dt

import pytest

from app.core.coverage import PastCheck
from app.core.errors import Refused
from app.core.ids import InstitutionId, PastCheckId
from app.services.coverage import PastChecks, last_checks
from tests.unit.services.desks import Desk


def _check(institution: InstitutionId, day: dt.date, by_whom: str = "云岭市医疗保障局") -> PastCheck:
    return PastCheck(PastCheckId(""), institution, day, by_whom, "2025年专项检查", "责令改正", "市局来函")


def _past(desk: Desk) -> PastChecks:
    return PastChecks(desk.services.institutions._store)


def test_visits_that_ended_here_and_past_checks_count_each_day_once(signed: Desk) -> None:
    visited = signed.services.inspections.view(signed.inspection).inspection
    past = _past(signed)
    past.save(_check(visited.institution, dt.date(2025, 3, 4)))
    past.save(_check(visited.institution, dt.date(2025, 3, 4), "云岭市卫生健康委员会"))
    with signed.services.institutions._store.db.read() as unit:
        days = last_checks(unit)[visited.institution]
    assert days[0] == dt.date(2025, 3, 4)
    assert len(days) == 2
    assert visited.ended_at is not None


def test_a_visit_that_has_not_ended_is_no_check(visit: Desk) -> None:
    with visit.services.institutions._store.db.read() as unit:
        assert last_checks(unit) == {}


def test_the_same_check_entered_again_is_one_row_and_one_taken_back_does_not_count(office: Desk) -> None:
    place = office.services.institutions.find()[0].id
    past = _past(office)
    first = past.save(_check(place, dt.date(2025, 3, 4))).value
    assert past.save(_check(place, dt.date(2025, 3, 4))).value.id == first.id
    assert len(past.of(place)) == 1
    past.remove(first.id)
    assert past.of() == ()


@pytest.mark.parametrize(
    ("day", "by_whom", "code"),
    [
        (dt.date(2999, 1, 1), "某局", "past_check.future"),
        (dt.date(2025, 1, 1), " ", "past_check.by_whom_missing"),
    ],
)
def test_a_check_of_the_future_or_of_nobody_is_refused(
    office: Desk, day: dt.date, by_whom: str, code: str
) -> None:
    place = office.services.institutions.find()[0].id
    with pytest.raises(Refused) as refused:
        _past(office).save(_check(place, day, by_whom))
    assert refused.value.code == code
