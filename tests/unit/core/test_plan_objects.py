"""Which institutions a line of a plan is about, and how many of them are checked."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.ids import InstitutionId, RowId
from app.core.places import Institution, InstitutionKind
from app.core.plan_objects import (
    BELOW_SECOND,
    MEDICAL,
    Clause,
    ObjectFilter,
    Ratio,
    matches,
    population,
    sample_size,
)
from app.core.plans import Frequency, Group, Method, Weights, checked, visits


def place(key: str, **more: object) -> Institution:
    fields: dict[str, object] = {
        "id": InstitutionId(key),
        "name": f"{key}医院",
        "kind": InstitutionKind.HOSPITAL,
    }
    return Institution(**(fields | more))


@pytest.mark.parametrize(
    ("text", "value"),
    [("3%", Fraction(3, 100)), ("1/2", Fraction(1, 2)), ("100%", Fraction(1)), ("12.5%", Fraction(1, 8)), ("1/3", Fraction(1, 3))],
)  # fmt: skip
def test_a_ratio_is_exact(text: str, value: Fraction) -> None:
    assert Ratio(text).value == value


@pytest.mark.parametrize(
    "text", ["", "0%", "0/3", "101%", "3/2", "3", "1/0", "-3%", "３%", "三分之一", "1e2%", "3 %"]
)
def test_what_is_no_share_is_no_ratio(text: str) -> None:
    with pytest.raises(ValueError, match="no ratio"):
        Ratio(text)


@pytest.mark.parametrize(
    ("ratio", "n", "size"),
    [("3%", 100, 3), ("3%", 101, 4), ("3%", 1, 1), ("3%", 0, 0), ("1/3", 59, 20), ("1/2", 7, 4), ("10%", 30, 3), ("100%", 171, 171)],
)  # fmt: skip
def test_not_less_than_a_ratio_is_rounded_up(ratio: str, n: int, size: int) -> None:
    assert sample_size(Ratio(ratio), n) == size


@given(st.integers(1, 9999), st.integers(0, 2_000_000))
def test_a_sample_is_the_smallest_number_that_reaches_the_ratio(above: int, n: int) -> None:
    ratio = Ratio(f"{above}/9999")
    size = sample_size(ratio, n)
    assert Fraction(size) >= ratio.value * n > size - 1


def test_a_minimum_holds_as_far_as_there_are_institutions() -> None:
    assert sample_size(Ratio("5%"), 40, 6) == 6
    assert sample_size(Ratio("5%"), 4, 6) == 4


def test_second_level_public_and_pooled_below_it_are_one_group() -> None:
    wanted = ObjectFilter(
        (
            Clause(kinds=MEDICAL, levels=("二级",), ownerships=("public",)),
            Clause(kinds=MEDICAL, levels=BELOW_SECOND, pooling="open"),
        )
    )
    meant = [
        place("a", level="二级", ownership="public"),
        place("b", level="一级", pooling="open"),
        place("c", pooling="open"),
    ]
    other = [
        place("d", level="二级", ownership="private"), place("e", level="一级", pooling="closed"), place("f", level="三级"),
        place("g", kind=InstitutionKind.PHARMACY, pooling="open"),
    ]  # fmt: skip
    assert population(wanted, [*other, *meant]) == tuple(meant)


@pytest.mark.parametrize(
    ("clause", "is_meant"),
    [
        (Clause(divisions=("220605",)), True), (Clause(divisions=("2206",)), True), (Clause(divisions=("220621",)), False),
        (Clause(chains=("仁和连锁",)), True), (Clause(chains=("别家",)), False), (Clause(joint=True), True),
        (Clause(joint=False), False), (Clause(grades=("C", "D")), True), (Clause(complaints=3), True),
        (Clause(complaints=4), False), (Clause(violations=1), False), (Clause(named=("H22060500001",)), True),
        (Clause(named=("x医院",)), True), (Clause(named=("y医院", "")), False), (Clause(pooling="open"), False),
    ],
)  # fmt: skip
def test_each_condition_narrows_by_what_the_register_says(clause: Clause, is_meant: bool) -> None:
    one = place(
        "x", division="220605001", chain="仁和连锁", joint=True, credit_grade="D", complaints=3, medins_code="H22060500001"
    )  # fmt: skip
    assert matches(ObjectFilter((clause,)), one) is is_meant


def test_what_is_left_out_is_left_out_of_everybody_too() -> None:
    assert population(ObjectFilter(excluded=("a医院",)), [place("a"), place("b")]) == (place("b"),)


def test_the_top_by_payment_of_a_year_are_the_same_whatever_the_order_and_in_each_district_apart() -> None:
    places = [
        place(f"{district}{n}", division=f"11010{district}", paid_fen=n * 100, paid_year=2020)
        for district in (2, 5)
        for n in range(1, 41)
    ]
    late = place("29", division="110102", paid_fen=10**9, paid_year=2021)
    unknown = place("20", division="110102", paid_year=2020)
    together = population(ObjectFilter(top=30, top_year=2020), [*places, late, unknown])
    apart = population(ObjectFilter(top=30, top_year=2020, top_each=True), reversed([*places, late, unknown]))
    assert len(together) == 30
    assert {one.paid_fen for one in together} == {n * 100 for n in range(26, 41)}
    assert len(apart) == 60
    assert late not in apart
    assert unknown not in apart


def test_a_raised_stratum_has_its_own_ratio() -> None:
    group = Group(RowId("g"), "普查", ratio=Ratio("3%"), weights=Weights(raised=Ratio("1/2")))
    places = [
        place(f"{n:03}", complaints=int(n < 5), credit_grade="D" if 5 <= n < 10 else "A") for n in range(110)
    ]
    assert checked(group, places) == (110, 5 + 3)


def test_weights_are_whole_numbers_above_the_base() -> None:
    weights = Weights(complaint=2, violation=5, credit=3)
    assert weights.of(place("a")) == 1
    assert weights.of(place("b", complaints=2, violations=1, credit_grade="D")) == 13


def test_all_and_named_are_not_cut_by_a_ratio() -> None:
    for method in (Method.ALL, Method.NAMED):
        assert Group(RowId("g"), "", method=method, ratio=Ratio("1/2")).size(9) == 9


def test_one_and_a_half_visits_a_year_are_rounded_up_together() -> None:
    assert visits(Group(RowId("g"), "", frequency=Frequency("1.5")), 171) == 257
    assert visits(Group(RowId("g"), "", frequency=Frequency("4")), 59) == 236
    assert visits(Group(RowId("g"), ""), 59) == 59
