"""What every published template owes: the codes of the paper forms, a ground for each item, and never a silent change."""

import re
import time
from importlib import resources
from pathlib import Path

import pytest

from checklists import logic
from checklists.check import check
from checklists.registry import Registry
from checklists.schema import AnswerKind, AnswerState, ColumnKind, Given, Severity, Template, Track

#: How many items each template has, and their numbers as ranges.
CODES = {
    "AHC": (9, "01-09"),
    "AHM": (19, "1.1-4 2.1-6 3.1-2 4.1-3 5.1-1 6.1-1 7.1-1 8.1-1"),
    "AHY": (8, "01-08"),
    "BCX": (15, "01-15"),
    "BRJ": (35, "1.1-7 2.1-5 3.1-6 4.1-7 5.1-8 6.1-2"),
    "CGH": (13, "1.1-2 2.1-1 3.1-2 4.1-1 5.1-1 6.1-1 7.1-2 8.1-3"),
    "CGX": (4, "1.1-2 2.1-2"),
    "CGY": (9, "1.1-2 2.1-2 3.1-1 4.1-1 5.1-1 6.1-2"),
    "CHX": (13, "01-13"),
    "HTK": (24, "1.1-7 2.1-4 3.1-4 4.1-7 5.1-2"),
    "QZY": (10, "1.1-2 2.1-1 3.1-1 4.1-2 5.1-4"),
    "SGF": (34, "1.01-11 2.01-04 3.01-06 4.01-13"),
    "WHL": (36, "1.01-11 2.01-05 3.01-03 4.01-05 5.01-12"),
    "XCQ": (32, "0.1-10 1.1-6 2.1-4 3.1-5 4.1-6 5.1-1"),
    "YLF": (16, "01-16"),
    "YXQ": (12, "1.1-3 2.1-2 3.1-3 4.1-3 5.1-1"),
    "ZCJ": (12, "01-12"),
    "ZCM": (14, "01-14"),
    "ZCS": (21, "1.1-5 2.1-5 3.1-6 4.1-5"),
    "ZCY": (4, "01-04"),
}
FLAGSHIPS = ("SGF", "WHL", "CGH", "CGY", "CGX")


def expand(template_id: str, ranges: str) -> list[str]:
    codes = []
    for part in ranges.split():
        prefix, first, last = re.fullmatch(r"(\d+\.)?(\d+)-(\d+)", part).groups(default="")
        codes += [f"{template_id}-{prefix}{n:0{len(first)}}" for n in range(int(first), int(last) + 1)]
    return codes


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


@pytest.fixture(scope="module", params=sorted(CODES))
def template(request: pytest.FixtureRequest, registry: Registry) -> Template:
    return registry.get(request.param)


def test_all_twenty_templates_with_340_items_are_installed(registry: Registry) -> None:
    assert registry.ids() == tuple(sorted(CODES))
    assert len(CODES) == 20
    assert sum(len(template.items) for template in registry.all()) == 340 == sum(count for count, _ in CODES.values())


def test_a_template_has_the_codes_of_the_paper_form(template: Template) -> None:
    count, ranges = CODES[template.id]
    assert [item.code for item in template.items] == expand(template.id, ranges)
    assert len(template.items) == count


def test_the_checker_finds_no_fault(template: Template) -> None:
    path = Path(str(resources.files("checklists"))) / "data" / template.id / f"v{template.version:02}.yaml"
    assert [str(fault) for fault in check(path)] == []


def test_published_files_have_not_changed(registry: Registry) -> None:
    assert registry.changed_since_release() == (), "a published version is never edited: add a new version instead"


def test_every_item_has_a_ground_a_source_and_something_to_look_at(template: Template) -> None:
    for item in template.items:
        assert item.basis, item.code
        assert item.source, item.code
        assert item.look_at, item.code
        assert item.violations or item.track is not Track.PENALTY, item.code


def test_nothing_printed_has_notes_of_the_author(template: Template) -> None:
    for item in template.items:
        printed = " ".join([item.question, item.look_at, item.capture, item.violation_title])
        printed += " ".join(basis.citation + basis.note for basis in item.basis)
        assert not re.search(r"verify|seed| vs |同上|\?|（见|待补", printed), (item.code, printed)


def test_rows_have_a_total_and_money_in_yuan(template: Template) -> None:
    for item in template.items:
        if item.kind is AnswerKind.ROWS:
            assert any(column.total for column in item.columns), item.code
            assert any(column.kind is ColumnKind.MONEY and column.total for column in item.columns), item.code


def test_every_template_has_interview_questions(template: Template) -> None:
    assert len(template.questions) >= 2
    assert all(question.text.endswith(("？", "。")) for question in template.questions)


@pytest.mark.parametrize("template_id", FLAGSHIPS)
def test_a_flagship_has_its_own_rules_and_questions_about_every_section(registry: Registry, template_id: str) -> None:
    template = registry.get(template_id)
    assert sum(len(item.rules) for item in template.items) >= len(template.items) // 3
    asked = {code for question in template.questions for code in question.items}
    for section in template.sections:
        assert asked & {item.code for item in section.items}, section.id


def test_the_dictionary_has_35_entries_in_order(registry: Registry) -> None:
    assert [violation.code for violation in registry.violations()] == [f"V{n:02}" for n in range(1, 36)]
    assert {violation.family for violation in registry.violations()} == {"38", "39", "40", "41", "other"}
    assert all(violation.basis and violation.penalty and violation.evidence for violation in registry.violations())


@pytest.mark.parametrize(
    ("code", "violation", "citation"),
    [
        ("SGF-4.11", "V14", "《医疗保障基金使用监督管理条例》第三十八条第（四）项"),
        ("WHL-1.08", "V11", "《医疗保障基金使用监督管理条例》第三十八条第（一）项"),
        ("WHL-5.07", "V13", "《医疗保障基金使用监督管理条例》第三十八条第（三）项"),
        ("YLF-09", "V09", "《医疗保障基金使用监督管理条例》第三十九条第（七）项"),
        ("QZY-4.1", "V22", "《医疗保障基金使用监督管理条例》第四十条第（一）项"),
        ("CHX-10", "V08", "《省级长期护理保险定点管理细则》第二十一条"),
        ("WHL-4.02", "", "国办发〔2021〕2号"),
    ],
)
def test_items_name_violation_and_ground(registry: Registry, code: str, violation: str, citation: str) -> None:
    item = registry.get(code.split("-")[0]).item(code)
    assert item.violations[:1] == ((violation,) if violation else ())
    assert citation in [basis.citation for basis in item.basis]


def test_grounds_nobody_has_read_are_marked(registry: Registry) -> None:
    item = registry.get("SGF").item("SGF-2.01")
    assert [basis.verified for basis in item.basis] == [False, True]


def test_an_untouched_sheet_never_counts_as_passed_and_blocks_nothing(template: Template) -> None:
    count = logic.progress(template, {})
    assert (count.passed, count.assessed) == (0, 0)
    assert count.open == count.total > 0
    assert logic.problems(template, {}, None) == ()


def test_every_item_failed_without_evidence_blocks(template: Template) -> None:
    given = {item.code: Given(AnswerState.FAIL) for item in template.items}
    shown = {item.code for item in logic.visible_items(template, given, None)}
    blocked = {p.item for p in logic.problems(template, given, None) if p.severity is Severity.BLOCK}
    assert blocked == shown


def test_a_hospital_of_the_third_level_sees_no_items_for_small_clinics(registry: Registry) -> None:
    template = registry.get("WHL")
    facts = {"kind": "hospital", "level": "三级", "ownership": "public"}
    codes = {item.code for item in logic.visible_items(template, {}, None, facts)}
    assert not codes & {"WHL-1.08", "WHL-1.09", "WHL-1.10", "WHL-1.11"}
    assert len(codes) == 32


def test_loading_everything_takes_less_than_half_a_second() -> None:
    begin = time.thread_time()
    registry = Registry.load()
    registry.all()
    registry.violations()
    assert time.thread_time() - begin < 0.5
