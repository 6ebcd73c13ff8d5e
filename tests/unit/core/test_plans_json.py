"""Plans as JSON: nothing is lost, and what does not fit is refused with its place."""

import datetime as dt
import json
from typing import Any

import pytest

from app.core.errors import Refused
from app.core.ids import InstitutionId, PersonId, PlanId, RowId
from app.core.places import InstitutionKind
from app.core.plan_dates import Every, ReportRule
from app.core.plan_objects import MEDICAL, Clause, ObjectFilter, Ratio
from app.core.plans import (
    Content,
    Exemption,
    Frequency,
    Ground,
    Group,
    Method,
    Plan,
    PlanState,
    Report,
    StaffRule,
    Stage,
    Weights,
)
from app.core.plans_json import FORMAT, plan_text, read_plan
from app.core.tasks import Nature

FULL = Plan(
    id=PlanId("p"), title="全覆盖检查", year=2026, nature=Nature.AGREEMENT, state=PlanState.APPROVED, number="验医保〔2026〕3号",
    basis="条例", period_from=dt.date(2026, 1, 1), approved_by="赵一", approved_at=dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC),
    approval_no="批〔2026〕1号", lock_days=90, yearly_cap=1, discipline=("不得接受宴请。",),
    stages=(Stage(RowId("s"), "准备", to_on=dt.date(2026, 6, 15)),),
    groups=(
        Group(
            RowId("g"), "药店组",
            ObjectFilter((Clause(kinds=MEDICAL, joint=False, named=("某院",)),), ("别院",), 30, 2025, True),
            words="串换药品", contents=(Content("SGF", 1), Content("QZY")), ratio=Ratio("1/3"), minimum=6,
            frequency=Frequency("1.5"), weights=Weights(2, 3, 4, ("D",), Ratio("10%"), 2), owner="信息科",
            nature=Nature.SUPERVISION, staff=StaffRule(3, 2, 1, 2, (PersonId("x"),), True, True, 5),
        ),
        Group(RowId("h"), "点名组", method=Method.NAMED),
    ),
    reports=(Report(RowId("r"), "周报", ReportRule(Every.WEEK, weekday=4, at="17:00"), "市局", "weekly_report"),),
    exemptions=(Exemption(RowId("e"), Ground.COMPLAINT, "群众举报", InstitutionId("i")),),
)  # fmt: skip


def small(**more: Any) -> str:
    return json.dumps({"format": FORMAT, "id": "p", "title": "检查", "year": 2026} | more)


def refusal(text: str) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refused) as caught:
        read_plan(text)
    return caught.value.code, caught.value.params


def test_a_plan_comes_back_as_it_was_written() -> None:
    assert read_plan(plan_text(FULL)) == FULL
    assert read_plan("\ufeff" + plan_text(FULL)) == FULL


def test_what_stands_at_its_usual_value_is_left_out() -> None:
    tree = json.loads(plan_text(Plan(PlanId("p"), "检查", 2026)))
    assert tree == {"format": FORMAT, "id": "p", "title": "检查", "year": 2026}


def test_ratios_contents_and_frequencies_are_written_as_people_write_them() -> None:
    group = json.loads(plan_text(FULL))["groups"][0]
    assert (group["ratio"], group["frequency"], group["contents"]) == ("1/3", "1.5", ["SGF@1", "QZY"])


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '"x"', '{"format": "yanfang-plan/1", "year": NaN}', "[" * 100_000]
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    assert refusal(text)[0] in ("plan_file.syntax", "plan_file.format")


def test_a_field_given_twice_is_refused() -> None:
    assert refusal('{"format": "yanfang-plan/1", "year": 1, "year": 2}')[0] == "plan_file.syntax"


def test_another_format_is_refused() -> None:
    assert refusal(small(format="yanfang-plan/9")) == ("plan_file.format", {"wanted": FORMAT})


def test_an_unknown_field_is_refused_with_its_place() -> None:
    text = small(groups=[{"id": "g", "title": "组", "ration": "3%"}])
    assert refusal(text) == ("plan_file.unknown", {"at": "groups[0]", "field": "ration"})


def test_a_missing_field_is_refused_with_its_place() -> None:
    assert refusal(small(groups=[{"id": "g"}])) == (
        "plan_file.missing",
        {"at": "groups[0]", "field": "title"},
    )


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"year": "zwei"}, "year"), ({"year": True}, "year"), ({"year": -1}, "year"), ({"year": 2026.0}, "year"), ({"title": 3}, "title"),
        ({"period_from": "2026-02-30"}, "period_from"), ({"state": "begun"}, "state"), ({"nature": ["x"]}, "nature"),
        ({"approved_at": "2026-01-01T00:00:00"}, "approved_at"), ({"groups": {}}, "groups"), ({"groups": ["x"]}, "groups[0]"),
        ({"groups": [{"id": "g", "title": "", "ratio": "0%"}]}, "groups[0].ratio"),
        ({"groups": [{"id": "g", "title": "", "frequency": "oft"}]}, "groups[0].frequency"),
        ({"groups": [{"id": "g", "title": "", "contents": ["sgf"]}]}, "groups[0].contents[0]"),
        ({"groups": [{"id": "g", "title": "", "objects": {"clauses": [{"kinds": ["bank"]}]}}]}, "groups[0].objects.clauses[0].kinds[0]"),
        ({"groups": [{"id": "g", "title": "", "objects": {"clauses": [{"joint": "maybe"}]}}]}, "groups[0].objects.clauses[0].joint"),
        ({"reports": [{"id": "r", "title": "", "rule": {"every": "week"}}]}, "reports[0].rule"),
        ({"year": 10**18}, "year"), ({"discipline": "one"}, "discipline"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_refused_with_its_place(more: dict[str, Any], place: str) -> None:
    code, params = refusal(small(**more))
    assert (code, params["at"]) == ("plan_file.value", place)


def test_numbers_and_truths_may_be_texts_as_yaml_gives_them() -> None:
    groups = [
        {
            "id": "g",
            "title": "",
            "minimum": "6",
            "objects": {"clauses": [{"kinds": ["pharmacy"], "joint": "true"}]},
        }
    ]
    read = read_plan(small(year="2026", groups=groups))
    assert (read.year, read.groups[0].minimum) == (2026, 6)
    assert read.groups[0].objects.clauses == (Clause(kinds=(InstitutionKind.PHARMACY,), joint=True),)
