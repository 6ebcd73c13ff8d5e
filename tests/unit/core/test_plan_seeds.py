"""Each source plan entered from its template in its own year: dates, sizes over a register and staff are as it is written.

`proves` names the sentences (a part of each) that a test stands for; the template quotes them in full.
"""

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

import pytest

from app.core.ids import InstitutionId
from app.core.places import Institution, InstitutionKind
from app.core.plan_dates import Every, due_days
from app.core.plan_objects import population
from app.core.plans import Group, Method, Plan, checked, visits
from app.core.plans_json import read_tree
from app.core.tasks import Nature
from app.core.workdays import Calendar, CalendarYear
from checklists.plan_templates import filled, plan_template

K = InstitutionKind
PLAIN = Calendar({})
DAY = dt.date.fromisoformat


def entered(template: str, year: int) -> Plan:
    return read_tree(Plan, {"id": "p", "year": year, **filled(plan_template(template), year, "本局")})


def proves(template: str, *sentences: str) -> None:
    quoted = [one.says for one in plan_template(template).quotes]
    assert [one for one in sentences if not any(one in said for said in quoted)] == []


def some(count: int, kind: K, **more: object) -> list[Institution]:
    word = f"{kind}{sorted(more.items())}"
    return [
        Institution(InstitutionId(f"{word}-{n:04}"), f"{word}{n}", kind, **more)
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def register() -> list[Institution]:
    """A district as seed 001 has it: 171 medical institutions and 59 pharmacies, with agencies and homes beside them."""
    return [
        *some(5, K.HOSPITAL, level="三级", ownership="public", pooling="open"),
        *some(9, K.HOSPITAL, level="二级", ownership="public", pooling="open"),
        *some(7, K.HOSPITAL, level="二级", ownership="private", pooling="open"),
        *some(40, K.COMMUNITY, level="一级", ownership="public", pooling="open"),
        *some(61, K.CLINIC, level="未定级", ownership="private", pooling="closed"),
        *some(49, K.CLINIC, ownership="private", pooling="open"),
        *some(59, K.PHARMACY, ownership="private"),
        *some(4, K.LONG_TERM_CARE), *some(2, K.AGENCY), *some(3, K.OTHER), *some(1, K.SUPPLIER),
    ]  # fmt: skip


def sizes(plan: Plan, register: Iterable[Institution]) -> list[tuple[int, int]]:
    places = tuple(register)
    return [checked(group, places) for group in plan.groups]


def stages(plan: Plan) -> list[tuple[str | None, str | None]]:
    return [
        (one.from_on and one.from_on.isoformat(), one.to_on and one.to_on.isoformat()) for one in plan.stages
    ]


def only(group: Group, register: Iterable[Institution]) -> set[tuple[str, str, str]]:
    return {(str(one.kind), one.level, one.pooling) for one in population(group.objects, register)}


def test_seed_000_double_random(register: list[Institution]) -> None:
    proves(
        "SSJ", "抽查比例不低于3%", "投诉举报多、有严重违法违规记录以及信用等级较低", "每年至少开展1次", "90天内不可重复抽查",
        "6月15日前", "6月30日前", "7月30日前", "长期护理保险机构",
    )  # fmt: skip
    plan = entered("SSJ", 2025)
    found = sizes(plan, register)
    assert found == [(54, 2), (117, 4), (59, 2), (4, 1)]
    assert Fraction(sum(size for _, size in found[:3]), 171 + 59) >= Fraction(3, 100)
    assert plan.lock_days == 90
    assert stages(plan) == [(None, "2025-06-15"), (None, "2025-06-30"), (None, "2025-07-30")]
    weights = plan.groups[2].weights
    usual, watched = (
        some(1, K.PHARMACY)[0],
        some(1, K.PHARMACY, complaints=2, violations=1, credit_grade="D")[0],
    )
    assert (weights.of(usual), weights.of(watched)) == (1, 5)
    assert {str(one) for group in plan.groups for one in group.contents} == {
        "CGH",
        "CGY",
        "CGX",
        "YLF",
        "CHX",
    }


def test_seed_001_xicheng(register: list[Institution]) -> None:
    proves(
        "XCJ", "2021年1月1日至2021年12月31日", "对二三级", "对一级及以下", "对社会办", "对定点零售药店", "排名前30位", "10%的比例",
        "（2022年2月）", "（2022年2月-3月）", "（2022年2月至8月）", "（2022年8月）", "8月底前完成", "两人以上", "会计师事务所",
    )  # fmt: skip
    plan = entered("XCJ", 2022)
    assert [n for n, _ in sizes(plan, register)][:3] == [21, 150, 59]
    assert [size for _, size in sizes(plan, register)][:3] == [21, 150, 59]
    assert (plan.data_from, plan.data_to) == (DAY("2021-01-01"), DAY("2021-12-31"))
    assert stages(plan) == [
        ("2022-02-01", "2022-02-28"), ("2022-02-01", "2022-03-31"), ("2022-02-01", "2022-08-31"), ("2022-02-01", "2022-08-31"),
        ("2022-08-01", "2022-08-31"),
    ]  # fmt: skip
    upper = plan.groups[3]
    paid = [
        Institution(InstitutionId(f"{district}-{n:03}"), "", K.HOSPITAL, division=district, paid_fen=n * 100, paid_year=2020)
        for district in ("110102", "110105") for n in range(1, 51)
    ]  # fmt: skip
    assert checked(upper, paid) == (60, 6)
    assert checked(upper, paid[:50]) == (30, 3)
    assert min(one.paid_fen or 0 for one in population(upper.objects, paid[:50])) == 2100
    assert plan.nature_of(upper) is Nature.SUPERVISION
    assert (plan.groups[0].staff.inspectors, plan.groups[0].staff.assistants) == (2, 1)


def test_seed_002_1_look_back(register: list[Institution]) -> None:
    proves(
        "HTS", "覆盖全市所有医保定点医疗机构", "交叉互查", "2020年度", "每周四下午5时前", "2021年1月29日前"
    )
    plan = entered("HTS", 2020)
    assert sizes(plan, register) == [(171, 171)]
    assert plan.groups[0].staff.cross_district
    assert (plan.data_from, plan.data_to, plan.period_to) == (
        DAY("2020-01-01"),
        DAY("2020-12-31"),
        DAY("2021-01-29"),
    )
    weekly = due_days(plan.reports[0].rule, PLAIN, DAY("2020-12-28"), DAY("2021-01-29"))
    assert [(one.on.isoformat(), one.at) for one in weekly] == [
        (day, "17:00") for day in ("2020-12-31", "2021-01-07", "2021-01-14", "2021-01-21", "2021-01-28")
    ]
    assert plan.reports[1].rule.on == DAY("2021-01-29")


def test_seed_002_2_clean_wind(register: list[Institution]) -> None:
    proves(
        "YBQ", "范围为全市所有医保定点医疗机构", "至2021年1月31日结束", "全覆盖无死角", "交叉检查的方式", "抽调3名人员", "抽调9名人员",
        "各抽调2名业务骨干", "下设6个检查小组", "双随机一公开", "不得跑风漏气",
    )  # fmt: skip
    plan = entered("YBQ", 2020)
    assert sizes(plan, register) == [(171, 171), (171, 6)]
    drawn = plan.groups[1]
    assert (drawn.method, drawn.staff.teams, drawn.staff.cross_district) == (Method.DRAW, 6, True)
    assert "抽调3人" in drawn.staff.words
    assert "抽调9人" in drawn.staff.words
    assert plan.period_to == DAY("2021-01-31")


def test_seed_002_3_full_coverage(register: list[Institution]) -> None:
    proves(
        "QFG",
        "100%全覆盖",
        "不低于1.5次/家",
        "两个工作小组，每组5名成员（其中含随机抽取医保专家库成员2名）",
        "交叉执行",
        "市、区两级医保共同定点",
    )
    plan = entered("QFG", 2020)
    shared = some(10, K.PHARMACY, joint=True)
    found = sizes(plan, [*register, *shared])
    assert found == [(61, 61), (110, 110), (59, 59), (10, 10)]
    assert [visits(group, size) for group, (_, size) in zip(plan.groups, found, strict=True)] == [
        92,
        165,
        89,
        15,
    ]
    for group in plan.groups:
        assert (group.staff.teams, group.staff.inspectors + group.staff.experts, group.staff.experts) == (
            2,
            5,
            2,
        )
        assert group.staff.rotate
    assert plan.period_to == DAY("2020-12-31")


def test_seed_002_4_five_reasonable_four_regular(register: list[Institution]) -> None:
    proves(
        "WHS", "每年四次集中检查", "合理诊断、合理检查、合理治疗、合理用药、合理收费",
        "规范信息系统、规范经营项目、规范价格政策、规范服务行为",
        "实现全覆盖", "每季度第二个月末", "每季度末月20日前", "每季度末将检查情况", "每半年进行一次排名", "每季度对县",
    )  # fmt: skip
    plan = entered("WHS", 2020)
    assert sizes(plan, register) == [(171, 171), (59, 59)]
    assert [
        visits(group, size) for group, (_, size) in zip(plan.groups, sizes(plan, register), strict=True)
    ] == [684, 236]
    first, last = DAY("2020-01-01"), DAY("2020-12-31")
    due = [
        [one.on.isoformat()[5:] for one in due_days(each.rule, PLAIN, first, last)] for each in plan.reports
    ]
    assert due == [
        ["02-29", "05-31", "08-31", "11-30"], ["03-20", "06-20", "09-20", "12-20"], ["03-31", "06-30", "09-30", "12-31"],
        ["06-30", "12-31"],
    ]  # fmt: skip


def test_seed_002_5_special_review(register: list[Institution]) -> None:
    proves(
        "ZXP",
        "2020年1月1日以来",
        "公立医院（含镇街卫生院）、民营医院以及部分村级卫生室",
        "举报线索集中",
        "12月21日开始",
        "不得收受",
    )
    plan = entered("ZXP", 2020)
    assert sizes(plan, register) == [(61, 61), (110, 11)]
    assert plan.data_from == DAY("2020-01-01")
    assert stages(plan) == [(None, None), ("2020-12-21", None), (None, None)]
    assert plan.groups[1].weights.of(some(1, K.CLINIC, complaints=4)[0]) == 5


def test_seed_002_6_on_site_coverage(register: list[Institution]) -> None:
    proves(
        "XQF", "实现定点医药机构现场检查全覆盖", "不低于总数的5%", "定点医疗机构6家、定点零售药店20家", "督查一组由待遇科牵头",
        "11月底前", "下半年起",
        "12月底前", "每月最后1个工作日前", "每月一册",
    )  # fmt: skip
    plan = entered("XQF", 2021)
    assert sizes(plan, register) == [(171, 171), (59, 59), (171, 9), (59, 20)]
    few = [*some(90, K.CLINIC), *some(300, K.PHARMACY)]
    assert sizes(plan, few) == [(90, 90), (300, 300), (90, 6), (300, 20)]
    assert [plan.nature_of(group) for group in plan.groups] == [Nature.AGREEMENT] * 2 + [
        Nature.SUPERVISION
    ] * 2
    assert plan.groups[2].staff.teams == 2
    assert "督查一组由待遇科牵头、督查二组由价采科牵头" in plan.groups[2].staff.words
    assert stages(plan) == [
        (None, None),
        (None, "2021-11-30"),
        ("2021-07-01", "2021-11-30"),
        (None, "2021-12-31"),
    ]
    year = Calendar(
        {2021: CalendarYear(frozenset({DAY("2021-04-30")}), frozenset({DAY("2021-02-28")}), "示例")}
    )
    due = [
        one.on.isoformat()[5:]
        for one in due_days(plan.reports[0].rule, year, DAY("2021-01-01"), DAY("2021-05-31"))
    ]
    assert due == ["01-29", "02-28", "03-31", "04-29", "05-31"]
    assert plan.reports[1].rule.every is Every.MONTH


def test_seed_002_7_pharmacies(register: list[Institution]) -> None:
    proves(
        "YDZ",
        "2020年12月28日至2021年1月10日",
        "全县医保定点零售药店",
        "全覆盖",
        "每个局领导带领一个检查组",
        "2021年1月10日前",
    )
    plan = entered("YDZ", 2020)
    assert sizes(plan, register) == [(59, 59)]
    assert only(plan.groups[0], register) == {("pharmacy", "", "")}
    assert (plan.period_from, plan.period_to) == (DAY("2020-12-28"), DAY("2021-01-10"))
    assert plan.reports[0].rule.on == DAY("2021-01-10")
    assert "固定组长" in plan.groups[0].staff.words


def test_seed_003_self_check(register: list[Institution]) -> None:
    proves(
        "ZCZ",
        "组织定点医药机构",
        "聚敛盗刷医保卡",
        "组织医保经办机构",
        "组织第三方承办机构",
        "5月15日前",
        "医疗稽查科",
        "重点检查对象",
        "从轻、减轻或免予处罚",
    )
    plan = entered("ZCZ", 2024)
    assert plan.nature is Nature.SELF_CHECK
    assert sizes(plan, register) == [(171, 171), (59, 59), (2, 2), (3, 3)]
    assert [str(group.contents[0]) for group in plan.groups] == ["ZCM", "ZCY", "ZCJ", "ZCS"]
    assert stages(plan) == [("2024-04-17", None), (None, None), (None, None)]
    assert [one.rule.on for one in plan.reports] == [DAY("2024-05-15"), None, DAY("2024-06-26")]
    assert [one.owner for one in plan.groups] == ["医疗稽查科", "医疗稽查科", "办公室", "办公室"]


def test_seed_004_hundred_days(register: list[Institution]) -> None:
    proves(
        "BRX", "从今年7月20日至10月31日", "2017年1月1日", "基层定点医疗机构的二分之一、定点零售药店数量的三分之一", "未开通统筹基金结算",
        "三级定点医疗机构（含", "实地稽核面100%", "二级民营", "二级公立定点医疗机构及所有开通统筹基金结算的二级以下", "转外、居外",
        "（7月）", "（8月上旬）", "（8月中旬至10月中旬）", "（10下旬）",
    )  # fmt: skip
    plan = entered("BRX", 2017)
    assert sizes(plan, register) == [(61, 31), (59, 20), (5, 5), (7, 4), (98, 49), (2, 2)]
    medical = [
        one
        for group in plan.groups
        if "药店" not in group.title
        for one in population(group.objects, register)
    ]
    assert len({one.id for one in medical}) == len(medical) == 171 + 2
    assert only(plan.groups[4], register) == {
        ("hospital", "二级", "open"),
        ("community", "一级", "open"),
        ("clinic", "", "open"),
    }
    assert (plan.period_from, plan.period_to, plan.data_from) == (
        DAY("2017-07-20"),
        DAY("2017-10-31"),
        DAY("2017-01-01"),
    )
    assert stages(plan) == [
        ("2017-07-01", "2017-07-31"), ("2017-08-01", "2017-08-10"), ("2017-08-11", "2017-10-20"), ("2017-10-21", "2017-10-31"),
    ]  # fmt: skip
    assert [group.owner for group in plan.groups] == [
        "医疗管理二科", "信息科、医疗救助办", "医疗管理一科、离休干部科", "医疗管理一科", "居民医保科", "稽核审计科",
    ]  # fmt: skip
    assert "2016年窗口报销" in plan.groups[5].words
