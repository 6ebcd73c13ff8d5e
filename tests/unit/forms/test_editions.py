"""Law and wording are dated data: what holds is decided by the day and the province, and bad files are refused."""

import datetime as dt
from pathlib import Path

import pytest

from forms.editions import load_wording
from forms.errors import DataFault, NoSuchLaw
from forms.law import ARTICLE, Mark
from forms.papers import block_names
from forms.registry import paper, papers, wording
from forms.render import render
from tests.unit.forms import samples
from tests.unit.forms.filled import filled, typical
from tests.unit.forms.reading import text_of

DAY = dt.date(2026, 4, 10)

PROVINCE = """
region = "53"
title = "云岭省（示例）"

[[paper]]
id = "inspection_notice"
from = 2026-01-01
until = 2026-06-30
source = "云岭省行政检查文书格式（示例）"
title = "行政执法检查通知书"
order = ["method", "planned"]
[paper.words]
contact = "检查联系人：{contact}，电话{office_phone}。请先扫描检查码。"
[paper.labels]
planned = "入企时间"
[paper.hints]
planned = "与入企码一致"

[[figure]]
id = "preservation"
value = 5
unit = "day"
clause = "《云岭省规定（示例）》"
from = 2026-01-01
source = "示例"
mark = "secondary"
"""


def province(folder: Path, text: str) -> Path:
    (folder / "53.toml").write_text(text, "utf-8")
    return folder


def test_the_figures_of_the_law_stand_in_the_words() -> None:
    words = dict(wording().edition(paper("preservation_decision"), DAY).words)
    assert "《中华人民共和国行政处罚法》第五十六条、第八十五条" in words["opening"]
    assert "7个工作日内作出处理决定" in words["opening"]
    assert "自收到本决定书之日起60日内" in dict(wording().edition(paper("penalty_decision"), DAY).words)["rights"]
    assert "3%" in dict(wording().edition(paper("penalty_decision"), DAY).words)["payment"]


@pytest.mark.parametrize(
    ("rule", "value", "unit"),
    [
        ("preservation", 7, "working_day"),
        ("sealing", 30, "day"),
        ("sealing_extension", 30, "day"),
        ("reconsideration", 60, "day"),
        ("litigation", 6, "month"),
        ("payment", 15, "day"),
        ("late_fine", 3, "percent_per_day"),
        ("hearing_request", 5, "working_day"),
        ("hearing_notice", 7, "working_day"),
        ("points_appeal", 10, "working_day"),
        ("case_period", 90, "day"),
    ],
)
def test_the_figures_are_those_of_the_law(rule: str, value: int, unit: str) -> None:
    found = wording().rule(rule, DAY)
    assert (found.value, found.unit) == (value, unit)
    assert found.source


def test_what_was_not_read_cites_no_article() -> None:
    unread = [rule for rule in wording().rules if rule.mark in (Mark.SECONDARY, Mark.UNREAD)]
    assert unread
    assert [rule.id for rule in unread if ARTICLE.search(rule.clause)] == []


def test_a_paper_of_before_the_law_is_refused_rather_than_printed_with_later_figures() -> None:
    with pytest.raises(NoSuchLaw) as caught:
        wording().edition(paper("penalty_decision"), dt.date(2020, 1, 1))
    assert caught.value.params["on"] == "2020-01-01"
    assert caught.value.params["rule"].startswith("《")


def test_a_province_as_shipped_counts_its_own_days() -> None:
    assert wording().rule("preservation", DAY, "2101").text == "7日"
    assert wording().rule("preservation", DAY, "3301").text == "7个工作日"
    assert "不得电子送达" in wording().hints(paper("service_receipt"), DAY, "2101")["method"]
    assert "不得电子送达" in dict(wording().edition(paper("spot_penalty_decision"), DAY, "21").words)["rights"]
    words = dict(wording().edition(paper("preservation_decision"), DAY, "210100").words)
    assert "将在7日内作出处理决定" in words["opening"]


def test_a_province_changes_title_words_labels_order_and_hints_between_two_days(tmp_path: Path) -> None:
    own = load_wording(papers(), [province(tmp_path, PROVINCE)])
    notice = paper("inspection_notice")
    within = own.edition(notice, dt.date(2026, 6, 30), "530100")
    assert within.title == "行政执法检查通知书"
    assert dict(within.labels)["planned"] == "入企时间"
    assert within.order.index("method") < within.order.index("planned")
    assert own.hints(notice, DAY, "530100")["planned"] == "与入企码一致"
    for day, region in ((dt.date(2026, 7, 1), "530100"), (dt.date(2025, 12, 31), "530100"), (DAY, "330100")):
        assert own.edition(notice, day, region).title == "行政检查通知书"
        assert own.hints(notice, day, region)["planned"] == ""


def test_what_a_province_changes_is_printed(tmp_path: Path) -> None:
    own = load_wording(papers(), [province(tmp_path, PROVINCE)])
    notice = paper("inspection_notice")
    section = filled(notice, typical(notice))
    changed = type(section)(section.paper, own.edition(notice, DAY, "53"), section.values)
    text = text_of(render([changed], samples.META).pdf)
    assert "行政执法检查通知书" in text
    assert "请先扫描检查码。" in text
    assert text.index("检查方式") < text.index("入企时间")


@pytest.mark.parametrize(
    ("was", "becomes", "place", "reason"),
    [
        ('id = "inspection_notice"', 'id = "inspection_notise"', "paper[1].id", "unknown"),
        ('source = "云岭省行政检查文书格式（示例）"', "", "paper[1].source", "text_missing"),
        ("from = 2026-01-01\nuntil", 'from = "2026"\nuntil', "paper[1].from", "day_missing"),
        ("contact = ", "kontact = ", "paper[1].words.kontact", "unknown"),
        ("{office_phone}", "{office_fax}", "paper[1].words.contact", "unknown_place"),
        ("{office_phone}", "", "paper[1].words.contact", "place_left_out"),
        ("{office_phone}", "{office_phone}{law.nothing}", "paper[1].words.contact", "unknown_place"),
        ("{office_phone}", "{office_phone", "paper[1].words.contact", "unknown_place"),
        ('planned = "入企时间"', 'plan = "入企时间"', "paper[1]", "unknown_field"),
        ('order = ["method", "planned"]', 'order = ["method", "method"]', "paper[1].order", "twice"),
        ('order = ["method", "planned"]', 'order = "method"', "paper[1].order", "not_a_list"),
        ('title = "行政执法检查通知书"', 'titel = "行政执法检查通知书"', "paper[1].titel", "unknown"),
        ('region = "53"', 'region = "云岭"', "region", "no_division_code"),
        ('id = "preservation"', 'id = "preservations"', "figure[1]", "unknown"),
        ("value = 5", "value = -5", "figure[1].value", "number_missing"),
        ('unit = "day"', 'unit = "days"', "figure[1].unit", "not_allowed"),
        ('clause = "《云岭省规定（示例）》"', 'clause = "《规定》第五条"', "figure[1].clause", "article_of_unread_law"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, was: str, becomes: str, place: str, reason: str) -> None:
    assert was in PROVINCE
    with pytest.raises(DataFault) as caught:
        load_wording(papers(), [province(tmp_path, PROVINCE.replace(was, becomes, 1))])
    params = caught.value.params
    assert (params["file"], params["place"], params["reason"]) == ("53.toml", place, reason)


LAYOUT = (
    "words:address", "words:opening", "words:contact", "words:head_items", "rows:subject", "words:head_measures", "words:measures",
    "words:head_materials", "field:materials", "words:head_rights", "words:rights", "words:duties", "words:head_discipline",
    "words:discipline", "seal:seal", "blank", "signed:receiver",
)  # fmt: skip


def with_layout(names: tuple[str, ...]) -> str:
    listed = ", ".join(f'"{one}"' for one in names)
    return PROVINCE.replace("order =", f'wide = ["planned"]\nlayout = [{listed}]\norder =')


def test_a_province_moves_blocks_and_gives_a_field_a_line_of_its_own(tmp_path: Path) -> None:
    kind = paper("inspection_notice")
    usual = load_wording(papers(), [province(tmp_path, PROVINCE)])
    other = load_wording(papers(), [province(tmp_path, with_layout(LAYOUT))])
    section = filled(kind, typical(kind))
    pages = [
        text_of(render([type(section)(section.paper, found.edition(kind, DAY, "530100"), section.values)], samples.META).pdf)
        for found in (usual, other)
    ]
    assert [page.index("检查联系人") < page.index("一、") for page in pages] == [False, True]
    assert other.edition(kind, dt.date(2026, 7, 1), "530100").layout == ()


@pytest.mark.parametrize(
    ("names", "reason"),
    [(LAYOUT[:-1], "left_out"), ((*LAYOUT, "blank"), "twice"), ((*LAYOUT[:-1], "signed:somebody"), "unknown")],
)
def test_a_layout_names_every_block_of_the_paper_once(tmp_path: Path, names: tuple[str, ...], reason: str) -> None:
    with pytest.raises(DataFault) as refused:
        load_wording(papers(), [province(tmp_path, with_layout(names))])
    assert refused.value.params["reason"] == reason
    assert str(refused.value.params["place"]).endswith("layout")


def test_the_blocks_of_every_paper_have_names_of_their_own() -> None:
    for one in papers().values():
        names = block_names(one.body)
        assert len(set(names)) == len(names), one.id


def test_two_changes_of_one_paper_do_not_hold_on_the_same_day(tmp_path: Path) -> None:
    twice = PROVINCE + PROVINCE[PROVINCE.index("[[paper]]") : PROVINCE.index("[[figure]]")]
    with pytest.raises(DataFault) as caught:
        load_wording(papers(), [province(tmp_path, twice)])
    assert caught.value.params["reason"] == "overlap"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"region = ", b"region = 5", b"paper = 3"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "99.toml").write_bytes(content)
    with pytest.raises(DataFault):
        load_wording(papers(), [tmp_path])
