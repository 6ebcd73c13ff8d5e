import datetime as dt
from fractions import Fraction

import pytest

from app.core.ids import InstitutionId
from app.core.plan_dates import Every
from app.core.tallies import (
    Fact,
    Figure,
    Line,
    Measure,
    broken_down,
    by_period,
    period,
    ranking,
    running_total,
)

A, B, C = (InstitutionId(one) for one in "abc")


def fact(
    measure: Measure, who: InstitutionId, day: int, subject: str = "", fen: int = 0, row: str = ""
) -> Fact:
    return Fact(
        measure, who, dt.date(2026, 3, day), "t", row or f"{who}{day}{measure}", subject, amount_fen=fen
    )


FACTS = (
    fact(Measure.VISIT, A, 2, "random"),
    fact(Measure.VISIT, A, 20, "complaint"),
    fact(Measure.VISIT, B, 5, "random"),
    fact(Measure.PROBLEM, A, 2, fen=128_400),
    fact(Measure.PROBLEM, A, 20, fen=5),
    fact(Measure.PAPER, A, 21, "rectification_order"),
    fact(Measure.PAPER, B, 21, "referral_letter"),
    fact(Measure.PAPER, B, 22, "inspection_notice"),
    fact(Measure.FINED, B, 23, "penalty_decision", 50_000),
)


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        (Figure.OBJECTS, 3),
        (Figure.CHECKED, 2),
        (Figure.VISITS, 3),
        (Figure.PROBLEMS, 2),
        (Figure.TROUBLED, 1),
        (Figure.AMOUNT, 128_405),
        (Figure.ORDERS, 1),
        (Figure.CASES, 0),
        (Figure.REFERRALS, 1),
        (Figure.FINED, 50_000),
        (Figure.RETURNED, 0),
    ],
)
def test_a_figure_is_what_its_facts_say(figure: Figure, value: int) -> None:
    line = Line("all", (A, B, C), FACTS)
    assert line.value(figure) == value
    assert line.rate == Fraction(2, 3)


def test_a_figure_is_traced_to_its_rows_by_day() -> None:
    line = Line("all", (A, B, C), FACTS)
    assert [one.row for one in line.why(Figure.VISITS)] == ["a2visit", "b5visit", "a20visit"]
    assert [one.subject for one in line.why(Figure.REFERRALS)] == ["referral_letter"]
    assert line.why(Figure.OBJECTS) == ()


def test_lines_stand_in_the_order_asked_for_also_without_an_object_and_facts_of_others_are_left_out() -> None:
    lines = broken_down(
        {A: "hospital", B: "pharmacy"}, (*FACTS, fact(Measure.VISIT, C, 9)), ("pharmacy", "clinic")
    )
    assert [(one.key, one.value(Figure.OBJECTS), one.value(Figure.VISITS)) for one in lines] == [
        ("pharmacy", 1, 1), ("clinic", 0, 0), ("hospital", 1, 2),
    ]  # fmt: skip
    assert lines[1].rate is None


def test_equal_shares_share_a_place_and_the_next_place_is_left_out() -> None:
    lines = [
        Line("东区", (A, B), (FACTS[0],)),
        Line("西区", (C,), ()),
        Line("南区", (B,), (FACTS[2],)),
        Line("北区", (A,), (FACTS[0],)),
        Line("空区", (), ()),
    ]
    assert [(one.place, one.line.key) for one in ranking(lines)] == [
        (1, "北区"), (1, "南区"), (3, "东区"), (4, "西区"), (0, "空区"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("every", "weekday", "first", "last"),
    [
        (Every.WEEK, 4, (2026, 3, 27), (2026, 4, 2)),  # a report of Thursdays: from Friday on
        (Every.WEEK, 7, (2026, 3, 30), (2026, 4, 5)),
        (Every.MONTH, 7, (2026, 4, 1), (2026, 4, 30)),
        (Every.QUARTER, 7, (2026, 4, 1), (2026, 6, 30)),
        (Every.HALF_YEAR, 7, (2026, 1, 1), (2026, 6, 30)),
        (Every.YEAR, 7, (2026, 1, 1), (2026, 12, 31)),
    ],
)
def test_a_day_lies_in_its_period(
    every: Every, weekday: int, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    assert period(every, dt.date(2026, 4, 1), weekday) == (dt.date(*first), dt.date(*last))


def test_a_december_ends_with_its_year_and_a_thursday_is_the_last_day_of_its_own_week() -> None:
    assert period(Every.QUARTER, dt.date(2026, 12, 31)) == (dt.date(2026, 10, 1), dt.date(2026, 12, 31))
    assert period(Every.WEEK, dt.date(2026, 11, 26), 4)[1] == dt.date(2026, 11, 26)


def test_weeks_without_an_event_are_there_too() -> None:
    weeks = by_period(FACTS[:3], Every.WEEK, dt.date(2026, 3, 1), dt.date(2026, 3, 22))
    assert [(end.day, len(found)) for end, found in weeks] == [(1, 0), (8, 2), (15, 0), (22, 1)]


def test_an_institution_counts_once_in_the_running_total() -> None:
    assert running_total(FACTS) == ((dt.date(2026, 3, 2), 1), (dt.date(2026, 3, 5), 2))
