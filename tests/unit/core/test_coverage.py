import dataclasses
import datetime as dt
from fractions import Fraction

from app.core.coverage import cover, days_by_institution, over_cap, repeats
from app.core.ids import InstitutionId, PlanId, RowId
from app.core.places import Institution, InstitutionKind
from app.core.plan_objects import ALL, Clause, ObjectFilter, Ratio
from app.core.plans import Exemption, Frequency, Ground, Group, Method, Plan
from app.core.tallies import Fact, Measure
from app.core.tasks import Nature

PHARMACIES = ObjectFilter((Clause(kinds=(InstitutionKind.PHARMACY,)),))
PLACES = tuple(
    Institution(InstitutionId(f"p{n}"), f"药店{n}", InstitutionKind.PHARMACY) for n in range(1, 8)
) + tuple(Institution(InstitutionId(f"h{n}"), f"医院{n}", InstitutionKind.HOSPITAL) for n in range(1, 4))
THIRD = Group(RowId("g1"), "定点零售药店", PHARMACIES, ratio=Ratio("1/3"))
EVERYBODY = Group(RowId("g2"), "全覆盖", method=Method.ALL, ratio=ALL, frequency=Frequency("1.5"))
PLAN = Plan(
    PlanId("plan"), "全覆盖检查", 2026, number="医保〔2026〕1号", groups=(THIRD, EVERYBODY),
    period_from=dt.date(2026, 3, 1), period_to=dt.date(2026, 11, 30),
)  # fmt: skip


def visit(
    who: str,
    month: int,
    day: int,
    *,
    plan: str = "plan",
    group: str = "",
    task: str = "task",
    kind: str = "random",
) -> Fact:
    return Fact(
        Measure.VISIT, InstitutionId(who), dt.date(2026, month, day), "inspection", f"{who}-{month}-{day}", kind, "",
        plan, group, task,
    )  # fmt: skip


def test_a_third_of_seven_pharmacies_is_three_and_one_and_a_half_visits_of_ten_are_fifteen() -> None:
    pharmacies, everybody = cover(PLAN, PLACES, (), {})
    assert (len(pharmacies.objects), pharmacies.wanted, pharmacies.missing) == (7, 3, 3)
    assert (len(everybody.objects), everybody.wanted, everybody.visits_wanted) == (10, 10, 15)
    assert everybody.rate == 0


def test_visits_count_for_their_group_and_twice_visited_is_once_covered() -> None:
    visits = (visit("p1", 4, 1, group="g1"), visit("p1", 8, 1, group="g1"), visit("p2", 4, 2, group="g1"))
    pharmacies, everybody = cover(PLAN, PLACES, visits, {"g1": [InstitutionId("p1"), InstitutionId("p5")]})
    assert pharmacies.done == ("p1", "p2")
    assert (pharmacies.missing, pharmacies.fulfilled, pharmacies.rate) == (1, Fraction(2, 3), Fraction(2, 7))
    assert pharmacies.chosen == ("p1", "p5")
    assert everybody.done == ()


def test_a_task_of_the_plan_that_names_no_group_is_chosen_for_the_first_that_means_it() -> None:
    pharmacies, everybody = cover(
        PLAN, PLACES, (), {"": [InstitutionId("p1"), InstitutionId("h1"), InstitutionId("x")]}
    )
    assert (pharmacies.chosen, everybody.chosen) == (("p1",), ("h1",))


def test_a_past_check_counts_by_the_words_of_the_plan_within_its_time() -> None:
    past = (
        visit("p1", 5, 1, plan="全覆盖检查", task=""),
        visit("h1", 5, 2, plan="医保〔2026〕1号", task=""),
        visit("p3", 1, 5, plan="全覆盖检查", task=""),
    )
    pharmacies, everybody = cover(PLAN, PLACES, past, {})
    assert pharmacies.done == ("p1",)  # the first group that means a pharmacy
    assert everybody.done == ("h1",)


def test_a_check_for_something_else_is_shown_but_does_not_count() -> None:
    pharmacies, _ = cover(
        PLAN, PLACES, (visit("p4", 6, 1, plan="other"), visit("p5", 1, 1, plan="other")), {}
    )
    assert pharmacies.done == ()
    assert [one.institution for one in pharmacies.elsewhere] == ["p4"]


def test_who_left_service_after_the_visit_stays_covered() -> None:
    still = tuple(one for one in PLACES if one.id != "p1")
    pharmacies, _ = cover(PLAN, still, (visit("p1", 4, 1, group="g1"),), {})
    assert (len(pharmacies.objects), pharmacies.wanted, len(pharmacies.done)) == (7, 2, 1)


def test_a_group_that_checks_itself_is_covered_by_what_it_returned_and_by_nothing_else() -> None:
    own = dataclasses.replace(THIRD, nature=Nature.SELF_CHECK, method=Method.ALL, ratio=ALL)
    plan = dataclasses.replace(PLAN, groups=(own, EVERYBODY))
    returned = dataclasses.replace(visit("p1", 4, 1, task=""), measure=Measure.SELF_CHECK, table="self_check")
    itself, everybody = cover(plan, PLACES, (returned, visit("p2", 4, 2)), {})
    assert (itself.done, everybody.done) == (("p1",), ("p2",))
    assert itself.missing == 6


def test_days_to_the_deadline_are_counted_to_the_end_of_the_plan_and_below_zero_after_it() -> None:
    pharmacies, _ = cover(PLAN, PLACES, (), {})
    assert pharmacies.days_left(dt.date(2026, 11, 22)) == 8
    assert pharmacies.days_left(dt.date(2026, 12, 1)) == -1
    undecided = dataclasses.replace(PLAN, period_to=None)
    assert cover(undecided, PLACES, (), {})[0].days_left(dt.date(2026, 11, 22)) is None


def test_the_90th_day_is_free_and_the_89th_is_a_repeat() -> None:
    visits = (visit("p1", 1, 1), visit("p1", 3, 31), visit("p1", 4, 1), visit("p2", 1, 1), visit("p2", 4, 1))
    found = repeats(visits, 90)
    assert [(one.institution, one.days) for one in found] == [("p1", 89), ("p1", 1)]
    assert found[0].grounds == ()


def test_two_visits_of_one_day_are_no_repeat_and_a_complaint_is_a_ground() -> None:
    visits = (
        visit("p1", 1, 1),
        dataclasses.replace(visit("p1", 1, 1), row="z"),
        visit("p1", 2, 1, kind="complaint"),
    )
    assert [(one.days, one.grounds) for one in repeats(visits, 90)] == [(31, ("complaint",))]


def test_over_the_cap_visits_with_a_ground_are_shown_and_not_counted() -> None:
    visits = (
        visit("p1", 1, 1),
        visit("p1", 5, 1),
        visit("p1", 9, 1, kind="transfer"),
        visit("p2", 1, 1),
        visit("p2", 2, 1),
    )
    found = over_cap(visits, 2)
    assert [(one.institution, len(one.visits), one.counted, one.grounds) for one in found] == [
        ("p1", 3, 2, ("transfer",))
    ]
    exempt = Exemption(RowId("e"), Ground.REQUEST, "申请", InstitutionId("p1"))
    assert over_cap(visits, 2, (exempt,))[0].counted == 0
    assert over_cap(visits, 0) == ()


def test_days_of_an_institution_stand_once_and_in_order() -> None:
    days = [("p1", dt.date(2026, 5, 1)), ("p1", dt.date(2026, 1, 1)), ("p1", dt.date(2026, 5, 1))]
    assert days_by_institution(days) == {"p1": (dt.date(2026, 1, 1), dt.date(2026, 5, 1))}
