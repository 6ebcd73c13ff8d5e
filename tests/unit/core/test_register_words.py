"""How registers spell levels, kinds, places and codes."""

from pathlib import Path

import pytest

import resources
from app.core import naming
from app.core.codes import CodeDoubt, medins_doubt
from app.core.divisions import DivisionDoubt, Divisions, within
from app.core.places import InstitutionKind

# Every spelling of a level in a public register of 6,753 institutions.
LEVELS = {
    "三级": "三级 三甲 三乙 三级甲等 三级乙等 三级乙 三级甲等专科医院 三级综合医院 三级专科医院 三级甲等妇产专科医院 三级医院 三级精神专科"
    " 综合三甲 三级甲等妇幼保健院 三级专科 三级未定等",
    "二级": "二级 二甲 二级甲等 二级乙等 二乙 二级甲 二级乙 二级综合 二級 二级乙等专科 二级综合乙等 二级综合医院 二级医院 二级康复专科 二极"
    " 二级乙等医院 二/乙 二级未定等 二级专科 二级综合医 二级未定级 二级甲等医院 二级. 二级\xa0",
    "一级": "一级 一级甲等 一级乙等 一甲\xa0",
    "未定级": "未定级 未定级（按二级医院管理） 无",
}


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return Divisions.parse(Path(resources.path("divisions/divisions.csv")).read_text("utf-8"))


@pytest.mark.parametrize(
    ("spelling", "level"), [(one, level) for level, words in LEVELS.items() for one in words.split(" ")]
)
def test_a_level_is_known_in_every_spelling(spelling: str, level: str) -> None:
    assert naming.level(spelling) == level


# Roman, full-width and formal numerals, and letters for the grade, as forms of offices have them.
NUMERALS = {
    ("三级", "甲等"): "Ⅲ级甲等 叁级甲等 ３级甲等 ⅲ级甲等 III级甲等 Ⅲ甲 叁甲 3甲 三級甲等 三级Ａ等 Ⅲ级A 參级甲等",
    ("三级", ""): "Ⅲ级 叁级 ３级 三级无等 Ⅲ\u3000级",
    ("二级", "乙等"): "Ⅱ级乙等 贰级乙等 ２级乙等 II级B等 Ⅱ/乙 貳级乙等",
    ("一级", "丙等"): "Ⅰ级丙等 壹级丙等 １级丙等 I级C等 Ⅰ丙",
}


@pytest.mark.parametrize(("spelling", "meant"), [(one, meant) for meant, words in NUMERALS.items() for one in words.split(" ")])
def test_a_level_and_its_grade_are_known_in_every_numeral(spelling: str, meant: tuple[str, str]) -> None:
    assert (naming.level(spelling), naming.grade(spelling)) == meant


@pytest.mark.parametrize("spelling", ["市级", "省级", "市级机构", "社区卫生服务中心", "A级", "13甲", "3丙类", "03", "3"])
def test_what_is_no_level_is_not_taken_for_one(spelling: str) -> None:
    assert naming.level(spelling) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("白山市安康大药房有限公司正岔店", InstitutionKind.PHARMACY),
        ("江源区人民医院", InstitutionKind.HOSPITAL),
        ("正岔街道社区卫生服务中心", InstitutionKind.COMMUNITY),
        ("砟子镇卫生院", InstitutionKind.COMMUNITY),
        ("李氏中医诊所", InstitutionKind.CLINIC),
        ("松树村卫生室", InstitutionKind.CLINIC),
        ("颐和护理院", InstitutionKind.LONG_TERM_CARE),
        ("江源区医保中心", InstitutionKind.AGENCY),
        ("某某贸易公司", None),
    ],
)
def test_a_name_points_to_its_kind(name: str, kind: InstitutionKind | None) -> None:
    assert naming.kind(name) is kind


def test_names_and_addresses_meet_whatever_their_signs() -> None:
    assert naming.name_key("安康大药房（正岔店） ") == naming.name_key("安康大药房(正岔店)")
    assert naming.near_key("白山市安康医药连锁有限公司正岔店") == naming.near_key("安康医药正岔店")
    assert naming.address_key("吉林省白山市江源区正岔街道1号") == naming.address_key("江源区正岔街道1号")
    assert naming.address_key("正岔街道1号") != naming.address_key("正岔街道11号")


def test_a_masked_number_may_be_the_whole_one() -> None:
    assert naming.is_masked("138****0001")
    assert naming.unmasks("138****0001", "13812340001")
    assert not naming.unmasks("138****0001", "13912340001")


@pytest.mark.parametrize(
    ("code", "doubt"),
    [("H35030200090", None), ("p22060500001", None), ("", None), ("H3503020009", CodeDoubt.LENGTH),
     ("X35030200090", CodeDoubt.CHARACTER)],
)  # fmt: skip
def test_a_national_code_is_looked_at(code: str, doubt: CodeDoubt | None) -> None:
    assert medins_doubt(code) is doubt


@pytest.mark.parametrize(
    ("given", "code", "doubt"),
    [
        ("220605", "220605", None),
        ("220605001001", "220605001001", None),
        ("22", "220000", None),
        ("110228", "110118", DivisionDoubt.WITHDRAWN),
        ("130521", "130521", DivisionDoubt.WITHDRAWN),
        ("229999", "229999", DivisionDoubt.UNKNOWN),
        ("江源", "江源", DivisionDoubt.SHAPE),
    ],
)
def test_a_withdrawn_division_is_replaced_where_one_took_its_place(
    divisions: Divisions, given: str, code: str, doubt: DivisionDoubt | None
) -> None:
    checked = divisions.check(given)
    assert (checked.code, checked.doubt) == (code, doubt)


def test_every_successor_is_in_force(divisions: Divisions) -> None:
    withdrawn = [one for one in divisions._known.values() if one.successors]
    assert len(withdrawn) > 400
    for one in withdrawn:
        for code in one.successors:
            later = divisions.get(code)
            assert later is not None, one
            assert not later.successors, one


@pytest.mark.parametrize(
    ("names", "near", "code"),
    [
        (("吉林省", "白山市", "江源区"), "", "220605"),
        (("北京市", "北京市", "东城"), "", "110101"),
        (("", "", "朝阳区"), "", ""),
        (("", "", "朝阳区"), "110108", "110105"),
        (("吉林省", "延边州", "龙井市"), "", "222405"),
        (("西藏自治区", "拉萨市", "拉萨市城关区"), "", "540102"),
        (("湖北省", "武汉市", "市本级"), "", "420100"),
        (("", "", ""), "", ""),
    ],
)
def test_a_division_is_found_by_its_names(
    divisions: Divisions, names: tuple[str, str, str], near: str, code: str
) -> None:
    assert divisions.find(*names, near) == code


def test_an_address_begins_with_its_division(divisions: Divisions) -> None:
    assert divisions.of_address("吉林省白山市江源区正岔街道1号") == "220605"
    assert divisions.of_address("江源区正岔街道1号") == "220605"
    assert divisions.of_address("正岔街道1号") == ""
    assert divisions.full_name("220605") == "吉林省白山市江源区"
    assert within("220605001", "220600")
    assert not within("220600", "220605")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("三级甲等", "甲等"), ("三甲", "甲等"), ("三级（乙等）", "乙等"), ("二甲医院", "甲等"), ("三级特等", "特等"), ("三级甲", "甲等"),
        ("二级", ""), ("未定级", ""), ("甲类", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_grade_of_a_level_is_read_as_it_is_written(text: str, said: str) -> None:
    assert naming.grade(text) == said


@pytest.mark.parametrize(
    ("text", "is_code", "said"),
    [
        ("01", False, "三级特等"), ("02", True, "三级甲等"), ("2", True, "三级甲等"), ("０５", False, "二级甲等"), ("11", True, "无等级"),
        ("14", False, "一级无等"), ("2", False, ""), ("15", True, ""), ("00", True, ""), ("0", True, ""), ("102", True, ""),
        ("三级", True, ""),
    ],
)  # fmt: skip
def test_a_code_of_the_platform_says_level_and_grade(text: str, is_code: bool, said: str) -> None:
    assert naming.coded_level(text, is_code=is_code) == said


def test_the_counties_of_a_city_are_those_in_force() -> None:
    divisions = Divisions.parse(resources.path("divisions/divisions.csv").read_text("utf-8"))
    found = divisions.counties("610600")
    assert {"610602", "610681"} <= set(found)
    assert not {"610601", "610623", "610600"} & set(found)
    assert divisions.counties("610602") == divisions.counties("610000") == divisions.counties("青禾") == ()
