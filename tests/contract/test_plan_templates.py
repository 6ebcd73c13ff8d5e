"""The plan templates: each makes a plan of today that can be submitted, and quotes the plan it was taken from word by word."""

from pathlib import Path

import pytest

from app.core.plan_checks import Weight, remarks
from app.core.plans import Plan
from app.core.plans_json import plan_text, read_plan, read_tree
from app.core.tasks import Nature
from checklists.errors import TemplateBroken
from checklists.plan_templates import PlanTemplate, filled, plan_templates, read_plan_template, terms
from checklists.registry import Registry
from forms import registry as papers

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
FORMER = {one.old: one.now for one in terms()}
CHECKLISTS = Registry.load()
TEMPLATES = pytest.mark.parametrize("template", plan_templates(), ids=lambda one: one.id)


def plan_of(template: PlanTemplate, year: int = 2026) -> Plan:
    tree = filled(template, year, "云岭区医疗保障局")
    return read_tree(Plan, {"id": template.id, "year": year, **tree})


def test_the_plans_of_all_five_sources_are_there() -> None:
    assert [one.source[:8].strip() for one in plan_templates()] == [
        "000_ 区医疗", "001_ 区医疗", "002_ 篇一", "002_ 篇二", "002_ 篇三", "002_ 篇四", "002_ 篇五", "002_ 篇六", "002_ 篇七",
        "003_ 区医保", "004_ 基本医",
    ]  # fmt: skip


@TEMPLATES
@pytest.mark.parametrize("year", [2020, 2024, 2026])
def test_a_template_makes_a_plan_of_any_year_without_gaps(template: PlanTemplate, year: int) -> None:
    plan = plan_of(template, year)
    text = plan_text(plan)
    assert "{" not in "".join(plan.title + plan.basis + plan.goal + plan.note)
    assert "云岭区医疗保障局" in plan.title
    assert read_plan(text) == plan


@TEMPLATES
def test_a_plan_from_a_template_lacks_nothing_but_a_ground_where_it_goes_beyond_the_cap(
    template: PlanTemplate,
) -> None:
    found = remarks(plan_of(template), CHECKLISTS.ids(), FORMER)
    assert {one.code for one in found if one.weight is not Weight.HINT} <= {"plan.over_cap"}


@TEMPLATES
def test_each_checklist_of_a_group_is_for_some_kind_that_the_group_is_about(template: PlanTemplate) -> None:
    for group in plan_of(template).groups:
        kinds = {str(kind) for clause in group.objects.clauses for kind in clause.kinds}
        for content in group.contents:
            assert kinds & set(CHECKLISTS.head(content.template).applies.kinds), (group.title, content)
        covered = {kind for one in group.contents for kind in CHECKLISTS.head(one.template).applies.kinds}
        assert kinds <= covered, group.title


@TEMPLATES
def test_a_paper_of_a_report_is_one_that_there_is(template: PlanTemplate) -> None:
    for report in plan_of(template).reports:
        assert not report.paper or report.paper in papers.papers(), report.title


@TEMPLATES
def test_a_quoted_sentence_belongs_to_a_part_that_the_plan_has(template: PlanTemplate) -> None:
    plan = plan_of(template)
    for quote in template.quotes:
        found: object = plan
        for step in quote.part.replace("[", ".[").split("."):
            found = found[int(step[1:-1])] if step.startswith("[") else getattr(found, step)
        assert quote.says


def test_visits_under_administrative_law_take_two_officers_and_third_parties_only_assist() -> None:
    for template in plan_templates():
        plan = plan_of(template)
        for group in plan.groups:
            if plan.nature_of(group) is not Nature.SELF_CHECK:
                assert group.staff.inspectors >= 2, group.title


@pytest.mark.shared
@pytest.mark.skipif(not SEEDS.exists(), reason="no shared input beside the checkout")
@TEMPLATES
def test_every_quoted_sentence_stands_in_the_source(template: PlanTemplate) -> None:
    source = next(SEEDS.glob(f"{template.source[:3]}_*.txt")).read_text("utf-8")
    assert [quote.says for quote in template.quotes if quote.says not in source] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("id: AAA\n", "checklist.missing"), ("id: [", "checklist.syntax"), ("- x\n", "checklist.not_a_mapping"),
        ("id: ab\nversion: x\nrank: 1\ntitle: t\nsummary: s\nsource: q\nquotes: []\nplan: {}\n", "checklist.not_a_number"),
        ("id: AAA\nversion: 1\nrank: 1\ntitle: t\nsummary: s\nsource: q\nquotes: []\nplan: {}\nmore: 1\n", "checklist.unknown_field"),
    ],
)  # fmt: skip
def test_a_broken_template_is_told_with_what_is_wrong(text: str, code: str) -> None:
    with pytest.raises(TemplateBroken) as caught:
        read_plan_template(text.encode(), "x.yaml")
    assert code in {fault.code for fault in caught.value.faults}


def test_longer_terms_of_the_past_are_found_before_those_inside_them() -> None:
    names = [one.old for one in terms()]
    assert names.index("取消定点资格") < names.index("取消定点")
    assert all(one.now and one.note for one in terms())
