"""The eleven source plans, entered from their templates, are drawn as they are written."""

import dataclasses
import datetime as dt
from collections import Counter

import pytest

from app.core.ids import InstitutionId, PersonId
from app.core.places import Institution, InstitutionKind, Person, Role
from app.core.plan_objects import Clause, ObjectFilter
from app.core.plans import Method, Plan, checked
from app.core.plans_json import read_tree
from app.draws import sheets
from checklists.plan_templates import filled, plan_template, plan_templates
from resources.verify import verify_draw
from tests.unit.draws.registers import drawn, frozen_text, sheet

SEED = "31415926535897932384"
K = InstitutionKind


def places() -> list[Institution]:
    """A district as seed 001 has it: 171 medical institutions and 59 pharmacies, with others beside them."""
    rows = [
        (5, K.HOSPITAL, "三级", "public", "open"), (9, K.HOSPITAL, "二级", "public", "open"), (7, K.HOSPITAL, "二级", "private", "open"),
        (40, K.COMMUNITY, "一级", "public", "open"), (61, K.CLINIC, "未定级", "private", "closed"), (49, K.CLINIC, "", "private", "open"),
        (59, K.PHARMACY, "", "private", ""), (4, K.LONG_TERM_CARE, "", "", ""), (2, K.AGENCY, "", "", ""), (3, K.OTHER, "", "", ""),
    ]  # fmt: skip
    found = []
    for count, kind, level, ownership, pooling in rows:
        for _ in range(count):
            n = len(found)
            found.append(
                Institution(
                    InstitutionId(f"place-{n:04}"), f"机构{n:04}", kind, level, ownership, pooling=pooling,
                    division=("110102", "110105")[n % 2], paid_fen=n * 100, paid_year=2024, complaints=n % 7 // 5,
                )
            )  # fmt: skip
    return found


def people() -> list[Person]:
    """Inspectors of three districts, experts of the register, people of third parties."""
    roles = [*[Role.INSPECTOR] * 24, *[Role.EXPERT] * 8, *[Role.ASSISTANT] * 6]
    return [
        Person(
            PersonId(f"person-{n:03}"), f"人员{n:03}", role, f"执法{n:03}" if role is Role.INSPECTOR else "",
            licence_to=dt.date(2027, 1, 1), division=("110102", "110105", "110106")[n % 3],
        )
        for n, role in enumerate(roles)
    ]  # fmt: skip


def entered(template: str) -> Plan:
    return read_tree(Plan, {"id": "plan", "year": 2026, **filled(plan_template(template), 2026, "本局")})


def lots(plan: Plan) -> dict[str, list[str]]:
    """Draw a plan, let the stand-alone program draw it again, and return who was drawn in each group."""
    text = frozen_text(plan, places(), people())
    whole = sheet(text, SEED)
    verify_draw.check(whole.encode())
    assert sheets.verify(sheets.read_sheet(whole.encode())) == ()
    return {lot.stratum.group: [one.place for one in lot.picks] for lot in drawn(text, SEED).lots}


@pytest.mark.parametrize("template", [one.id for one in plan_templates()])
def test_a_seed_plan_is_drawn_as_many_as_it_says(template: str) -> None:
    plan = entered(template)
    found = lots(plan)
    assert {group.id: len(found[group.id]) for group in plan.groups} == {
        group.id: checked(group, places())[1] for group in plan.groups
    }


def test_three_in_a_hundred_of_every_kind_are_drawn_for_the_double_random_plan() -> None:
    assert [len(one) for one in lots(entered("SSJ")).values()] == [2, 4, 2, 1]


def test_ten_in_a_hundred_of_the_thirty_largest_of_each_district_are_drawn_for_the_upper_check() -> None:
    upper = entered("XCJ").groups[3]
    assert checked(upper, places()) == (60, 6)
    assert len(lots(entered("XCJ"))["g4"]) == 6


def test_half_a_third_and_all_are_drawn_for_the_hundred_days() -> None:
    assert [len(one) for one in lots(entered("BRX")).values()] == [31, 20, 5, 4, 49, 2]


def test_a_hospital_named_besides_its_kind_is_drawn_with_it() -> None:
    plan = entered("BRX")
    third = plan.groups[2]
    both = ObjectFilter((*third.objects.clauses, Clause(named=("机构0006",))))
    plan = dataclasses.replace(plan, groups=(dataclasses.replace(third, objects=both),))
    assert set(lots(plan)["g3"]) == {f"place-{n:04}" for n in (0, 1, 2, 3, 4, 6)}


def test_a_named_group_is_those_that_are_named() -> None:
    plan = entered("YDZ")
    named = dataclasses.replace(
        plan.groups[0], method=Method.NAMED, objects=ObjectFilter((Clause(named=("机构0200", "place-0201")),))
    )
    assert sorted(lots(dataclasses.replace(plan, groups=(named,)))["g1"]) == ["place-0200", "place-0201"]


def test_each_team_of_the_full_coverage_has_three_inspectors_and_two_experts() -> None:
    plan = entered("QFG")
    text = frozen_text(plan, places(), people())
    teams = drawn(text, SEED).teams
    assert teams
    for team in teams:
        roles = Counter("inspector" if one.role == "leader" else one.role for one in team.members)
        assert (roles["inspector"], roles["expert"]) == (3, 2)
