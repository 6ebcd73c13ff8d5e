"""The register as somebody types, over a real store that is written by all the ways there are."""

import dataclasses

import pytest

from app.core.errors import Refused
from app.core.ids import InstitutionId
from app.core.places import Institution, InstitutionKind
from app.services.demo import cast
from app.services.institution_search import InstitutionQuery, InstitutionSearch
from tests.unit.services.desks import Desk

Q = InstitutionQuery


def _add(
    office: Desk, name: str, kind: InstitutionKind = InstitutionKind.CLINIC, **given: object
) -> Institution:
    place = Institution(InstitutionId(""), name, kind, **given)
    return office.services.institutions.save(place).value


@pytest.fixture
def search(office: Desk) -> InstitutionSearch:
    return office.services.institutions.search


def _names(search: InstitutionSearch, query: InstitutionQuery) -> list[str]:
    return [one.name for one in search.find(query).rows]


def test_what_is_written_after_the_first_search_is_found_by_the_next(
    office: Desk, search: InstitutionSearch
) -> None:
    whole = search.find(Q()).whole
    made = _add(office, "仁和大药房", InstitutionKind.PHARMACY, address="解放路 9 号")
    assert _names(search, Q("rhdyf jfl")) == []
    assert _names(search, Q("rhdyf 解放路")) == ["仁和大药房"]
    assert search.find(Q()).whole == whole + 1
    office.services.institutions.save(dataclasses.replace(made, name="康宁堂"))
    assert _names(search, Q("rhdyf")) == []
    assert _names(search, Q("knt")) == ["康宁堂"]


def test_what_a_pull_brings_changes_or_takes_is_seen(office: Desk, search: InstitutionSearch) -> None:
    made = _add(office, "仁和大药房")
    assert search.find(Q("rhdyf")).total == 1
    db = office.services.institutions._store.db
    with db.marked("pull") as connection:
        connection.exec_driver_sql("UPDATE institution SET name = '长乐药店' WHERE id = ?", (made.id,))
        connection.exec_driver_sql(
            "INSERT INTO institution(id, name, kind, _ver) VALUES ('pulled', '单氏诊所', 'clinic', '{}')"
        )
    assert [_names(search, Q(typed)) for typed in ("rhdyf", "zlyd", "sszs")] == [
        [],
        ["长乐药店"],
        ["单氏诊所"],
    ]
    with db.marked("pull") as connection:
        connection.exec_driver_sql("UPDATE institution SET _deleted = 1 WHERE id = 'pulled'")
        connection.exec_driver_sql("DELETE FROM institution WHERE id = ?", (made.id,))
    assert [_names(search, Q(typed)) for typed in ("clyd", "dszs")] == [[], []]


def test_what_was_written_in_a_transaction_that_failed_is_not_found(
    office: Desk, search: InstitutionSearch
) -> None:
    search.find(Q())
    with pytest.raises(ZeroDivisionError), office.services.institutions._store.db.write() as unit:
        unit.put("institution", "never", {"name": "从未有过", "kind": "clinic"})
        _ = 1 / 0
    assert _names(search, Q("从未")) == []


def test_filters_and_words_narrow_together(office: Desk, search: InstitutionSearch) -> None:
    _add(office, "甲诊所", level="一级", division="420102001", status="closed")
    _add(office, "乙诊所", level="二级", division="420102")
    _add(office, "丙药店", InstitutionKind.PHARMACY, division="420103")
    assert _names(search, Q(kind="clinic", level="二级")) == ["乙诊所"]
    assert _names(search, Q(division="420102")) == ["甲诊所", "乙诊所"]
    assert _names(search, Q("诊所", status="closed")) == ["甲诊所"]
    assert "甲诊所" not in _names(search, Q(status="active"))  # a status nobody wrote down is taken as active
    assert "乙诊所" in _names(search, Q(status="active"))
    assert search.values("division") == ("420102", "420103")
    assert not Q().is_narrowed
    assert Q(level="一级").is_narrowed


def test_rows_come_in_the_order_asked_for_what_is_missing_last(
    office: Desk, search: InstitutionSearch
) -> None:
    for name, grade, complaints in (("丙院", "B", 2), ("阿院", "", 0), ("卓院", "A", 7), ("北院", "A", 7)):
        _add(office, name, InstitutionKind.OTHER, credit_grade=grade, complaints=complaints)
    others = Q("院", kind="other")
    assert _names(search, others) == ["阿院", "北院", "丙院", "卓院"]
    assert _names(search, dataclasses.replace(others, descending=True)) == ["卓院", "丙院", "北院", "阿院"]
    assert _names(search, dataclasses.replace(others, order="credit_grade")) == ["北院", "卓院", "丙院", "阿院"]
    by_grade = dataclasses.replace(others, order="credit_grade", descending=True)
    assert _names(search, by_grade)[-1] == "阿院"
    assert _names(search, dataclasses.replace(others, order="complaints"))[0] == "阿院"
    found = search.find(dataclasses.replace(others, limit=2))
    assert ([one.name for one in found.rows], found.total) == (["阿院", "北院"], 4)


def test_numbers_in_names_are_sorted_as_numbers(office: Desk, search: InstitutionSearch) -> None:
    for number in (10, 2, 1, 12):
        _add(office, f"惠民诊所第{number}分店")
    found = _names(search, Q("惠民诊所"))
    assert found == [f"惠民诊所第{number}分店" for number in (1, 2, 10, 12)]


def test_nothing_is_left_to_be_found_when_the_program_is_locked(
    office: Desk, search: InstitutionSearch
) -> None:
    _add(office, "仁和大药房")
    assert search.find(Q("rhdyf")).total == 1
    office.services.vault.lock()
    assert search._index is None
    with pytest.raises(Refused, match=r"vault\.locked"):
        search.find(Q("rhdyf"))
    office.services.vault.unlock(cast.SECRET)
    assert search.find(Q("rhdyf")).total == 1


def test_a_long_list_of_what_was_written_is_cut_when_the_index_is_made(
    office: Desk, search: InstitutionSearch
) -> None:
    _add(office, "仁和大药房")
    with office.services.institutions._store.db.write() as unit:
        unit.local("INSERT INTO institution_touched(n, row) VALUES (100001, 'nobody')")
    assert search.find(Q("rhdyf")).total == 1
    with office.services.institutions._store.db.read() as unit:
        assert unit.tuples("SELECT count(*) FROM institution_touched") == [(0,)]
    _add(office, "长乐药店")
    assert search.find(Q("zlyd")).total == 1


def test_a_national_code_stands_for_one_institution_however_it_is_typed(office: Desk) -> None:
    institutions = office.services.institutions
    known = institutions.find()[0]
    wide = known.medins_code.lower().translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    with pytest.raises(Refused, match=r"institution\.code_taken"):
        institutions.save(dataclasses.replace(known, id=InstitutionId(""), name="又一家", medins_code=wide))
    assert institutions.save(dataclasses.replace(known, medins_code=wide)).value.medins_code == known.medins_code
    other = institutions.save(dataclasses.replace(known, id=InstitutionId(""), name="又一家", medins_code="待补")).value
    assert institutions.save(dataclasses.replace(other, id=InstitutionId(""), name="再一家")).value.id != other.id
