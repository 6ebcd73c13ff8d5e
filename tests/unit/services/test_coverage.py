import datetime as dt
from pathlib import Path

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


def test_a_table_of_checks_is_taken_row_by_row_and_nothing_is_dropped(office: Desk, tmp_path: Path) -> None:
    first, second = office.services.institutions.find()[:2]
    file = tmp_path / "以前的检查.csv"
    lines = (
        "2025年现场检查台账,,,,",
        "序号,医保编码,机构名称,检查日期,检查结果",
        f"1,{first.medins_code},,2025年3月4日,责令改正",
        f"2,,{second.name},2025-03-05,",
        f"3,,{second.name},2025-03-05,未发现问题",  # the same check again, and what came of it
        f"4,,{second.name},三月,",
        "5,,云岭市没有这家药房,2025-03-05,",
        f"6,,{first.name},2099-01-01,",
        "合计,,,,3家",
    )
    file.write_text("\n".join(lines), encoding="gb18030")
    told = _past(office).import_file(file, by_whom="云岭市医疗保障局").value
    assert (told.read, told.imported, told.known) == (7, 2, 1)
    assert [(one.row, one.code) for one in told.rejected] == [
        (6, "past_check.day"), (7, "past_check.unknown"), (8, "past_check.future"), (9, "past_check.unknown"),
    ]  # fmt: skip
    again = _past(office).import_file(file, by_whom="云岭市医疗保障局")
    assert (again.value.read, again.value.imported, again.value.known, again.changed) == (
        7,
        0,
        3,
        frozenset(),
    )
    found = {one.institution: one for one in _past(office).of()}
    assert len(found) == 2
    assert found[first.id].on_day == dt.date(2025, 3, 4)
    assert found[second.id].outcome == "未发现问题"
    assert (found[first.id].outcome, found[first.id].source) == ("责令改正", "以前的检查.csv")


def test_a_table_without_an_institution_or_a_day_is_refused_and_changes_nothing(
    office: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "别的.csv"
    file.write_text("姓名,电话\n张三,1\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        _past(office).import_file(file)
    assert refused.value.code == "past_check.columns"
    assert _past(office).of() == ()
