"""A plan's rules in words, as plans say them on paper and in lists."""

from collections.abc import Iterable, Mapping
from typing import Final

from app.core.places import InstitutionKind
from app.core.plan_dates import Due, Every, ReportRule
from app.core.plan_objects import MEDICAL, Clause, ObjectFilter
from app.core.plans import Ground, Group, Method, PlanState, StaffRule, Stage, Weights
from app.core.tasks import Nature

UNDECIDED: Final = "待定"
STATES: Final[Mapping[PlanState, str]] = {
    PlanState.DRAFT: "草稿",
    PlanState.SUBMITTED: "已送审",
    PlanState.APPROVED: "已批准",
    PlanState.RUNNING: "进行中",
    PlanState.CLOSED: "已结束",
    PlanState.CANCELLED: "已取消",
}
NATURES: Final[Mapping[Nature, str]] = {
    Nature.ADMINISTRATIVE: "行政检查",
    Nature.AGREEMENT: "协议稽核",
    Nature.SELF_CHECK: "自查自纠",
    Nature.SUPERVISION: "督查抽查",
}
KINDS: Final[Mapping[InstitutionKind, str]] = {
    InstitutionKind.HOSPITAL: "医院",
    InstitutionKind.COMMUNITY: "社区卫生服务机构、卫生院",
    InstitutionKind.CLINIC: "诊所、卫生室",
    InstitutionKind.PHARMACY: "定点零售药店",
    InstitutionKind.LONG_TERM_CARE: "长期护理保险机构",
    InstitutionKind.SUPPLIER: "药品耗材企业",
    InstitutionKind.AGENCY: "医保经办机构",
    InstitutionKind.OTHER: "第三方承办机构等",
}
OWNERSHIPS: Final[Mapping[str, str]] = {"public": "公立", "private": "民营", "": "性质未注明"}
POOLINGS: Final[Mapping[str, str]] = {"open": "已开通统筹结算", "closed": "未开通统筹结算"}
METHODS: Final[Mapping[Method, str]] = {
    Method.DRAW: "随机抽取",
    Method.ALL: "全部检查",
    Method.TOP: "按基金支付额从高到低",
    Method.NAMED: "点名",
}
GROUNDS: Final[Mapping[Ground, str]] = {
    Ground.COMPLAINT: "投诉举报",
    Ground.TRANSFER: "转办交办",
    Ground.DATA: "数据监测",
    Ground.REQUEST: "机构申请",
}
_WEEKDAYS: Final = "一二三四五六日"
_SPANS: Final[Mapping[Every, str]] = {
    Every.MONTH: "每月", Every.QUARTER: "每季度", Every.HALF_YEAR: "每半年", Every.YEAR: "每年",
}  # fmt: skip
_LAST_MONTH: Final[Mapping[Every, int]] = {Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}


def objects(wanted: ObjectFilter) -> str:
    """Return whom a line is about."""
    parts = ["；或 ".join(map(_clause, wanted.clauses)) or "全部机构"]
    if wanted.top:
        each = "各区县分别取" if wanted.top_each else ""
        parts.append(f"{wanted.top_year or '某'}年基金支付额前{wanted.top}位{each}")
    if wanted.excluded:
        parts.append(f"除{_named(wanted.excluded)}")
    return "，".join(parts)


def _clause(clause: Clause) -> str:
    rank = [
        "、".join(clause.levels),
        "、".join(OWNERSHIPS.get(one, one) for one in clause.ownerships),
        POOLINGS.get(clause.pooling, ""),
        {True: "市区共同定点", False: "", None: ""}[clause.joint],
    ]
    more = [
        f"信用等级{'、'.join(clause.grades)}" if clause.grades else "",
        f"投诉举报{clause.complaints}件以上" if clause.complaints else "",
        f"严重违规{clause.violations}次以上" if clause.violations else "",
        f"区划{'、'.join(clause.divisions)}" if clause.divisions else "",
        f"连锁{'、'.join(clause.chains)}" if clause.chains else "",
        "市区共同定点除外" if clause.joint is False else "",
        f"点名{_named(clause.named)}" if clause.named else "",
    ]
    head = "".join(
        one for one in (" ".join(filter(None, rank)), " " if any(rank) else "", kinds(clause.kinds))
    )
    said = [one for one in more if one]
    return f"{head}（{'，'.join(said)}）" if said else head


def kinds(those: Iterable[InstitutionKind]) -> str:
    """Return kinds of institutions; all medical ones together are 医疗机构."""
    given = tuple(those)
    if not given:
        return "机构"
    if set(MEDICAL) <= set(given):
        return "、".join(["定点医疗机构", *(KINDS[one] for one in given if one not in MEDICAL)])
    return "、".join(KINDS[one] for one in given)


def _named(names: tuple[str, ...]) -> str:
    return f"{len(names)}家"


def coverage(group: Group) -> str:
    """Return how many of its objects a line checks and how often."""
    parts = [
        "全部"
        if group.method is Method.ALL
        else "点名"
        if group.method is Method.NAMED
        else f"不低于{group.ratio.text}"
    ]
    if group.minimum:
        parts.append(f"至少{group.minimum}家")
    if group.frequency.text:
        parts.append(f"每年{group.frequency.text}次")
    return "，".join(parts)


def coverage_mark(group: Group) -> str:
    """Return the same in a few signs, for a table: `1/2`, `5% 至少6家`, `全部 ×1.5`."""
    share = {Method.ALL: "全部", Method.NAMED: "点名"}.get(group.method, group.ratio.text)
    least = f"至少{group.minimum}家" if group.minimum else ""
    often = f"×{group.frequency.text}" if group.frequency.text not in ("", "1") else ""
    return " ".join(filter(None, (share, least, often)))


def weights(given: Weights) -> str:
    """Return how the watched are drawn more often, empty where everybody is drawn alike."""
    if given.raised is not None:
        return f"投诉{given.complaints}件以上、有严重记录或信用低的单列，抽查不低于{given.raised.text}"
    parts = [
        f"每件投诉加{given.complaint}" if given.complaint else "",
        f"每次严重违规加{given.violation}" if given.violation else "",
        f"信用{'、'.join(given.low_grades)}级加{given.credit}" if given.credit else "",
    ]
    said = "，".join(filter(None, parts))
    return f"加权抽取：{said}" if said else ""


def staff(rule: StaffRule) -> str:
    """Return who goes."""
    parts = [
        f"{rule.teams}个组" if rule.teams else "",
        f"每组检查人员{rule.inspectors}人" if rule.inspectors else "",
        f"专家{rule.experts}人" if rule.experts else "",
        f"第三方协助{rule.assistants}人" if rule.assistants else "",
        "固定组长" if rule.leaders else "",
        "交叉检查" if rule.cross_district else "",
        "轮换执行" if rule.rotate else "",
        f"每人最多{rule.max_load}家" if rule.max_load else "",
    ]
    return "，".join(filter(None, parts)) or "不派检查组"


def when(rule: ReportRule) -> str:
    """Return when a report is due, as plans say it."""
    if rule.every is Every.ONCE:
        return UNDECIDED if rule.on is None else f"{rule.on.year}年{rule.on.month}月{rule.on.day}日前"
    if rule.every is Every.WEEK:
        return f"每周{_WEEKDAYS[rule.weekday - 1]}{f' {rule.at} ' if rule.at else ''}前"
    return f"{_SPANS[rule.every]}{_month_words(rule)}{_day_words(rule)}{f' {rule.at} ' if rule.at else ''}前"


def _month_words(rule: ReportRule) -> str:
    last = _LAST_MONTH.get(rule.every)
    if last is None or (rule.month in (0, last) and not rule.day and not rule.working):
        return ""
    return "末月" if rule.month in (0, last) else f"第{rule.month}个月"


def _day_words(rule: ReportRule) -> str:
    if rule.working:
        return f"{rule.day}日（遇休息日提前）" if rule.day else "最后1个工作日"
    return f"{rule.day}日" if rule.day else "末"


def due(given: Due | None) -> str:
    """Return the next day of a report."""
    if given is None:
        return ""
    ahead = "" if given.hand_in == given.on else f"（休息日，{given.hand_in:%m-%d} 前办妥）"
    return f"{given.on.isoformat()}{f' {given.at}' if given.at else ''}{ahead}"


def span(stage: Stage) -> str:
    """Return the days of a stage."""
    if stage.from_on is None and stage.to_on is None:
        return UNDECIDED
    if stage.from_on is None:
        return f"{stage.to_on}前"
    return f"{stage.from_on} 至 {stage.to_on or UNDECIDED}"
