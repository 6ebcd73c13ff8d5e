"""The Chinese words of a draw as they are printed and shown."""

from collections.abc import Mapping, Sequence
from typing import Final

from app.core.clock import local
from app.core.draws import (
    TEAMS,
    Draw,
    DrawSheet,
    DrawState,
    Earlier,
    LeftOut,
    Missing,
    Source,
    SourceKind,
    Twice,
)
from app.core.registers import ImportKind
from app.services.registers.fields import title

STATES: Final[Mapping[DrawState, str]] = {
    DrawState.FROZEN: "已冻结，待录种子",
    DrawState.DRAWN: "已抽取",
    DrawState.VOID: "已作废",
}
SOURCES: Final[Mapping[SourceKind, str]] = {
    SourceKind.DICE: "六面骰子",
    SourceKind.DICE10: "十面骰子",
    SourceKind.LOTTERY: "彩票开奖号码",
    SourceKind.PERSON: "现场人员报数",
}
ROLES: Final[Mapping[str, str]] = {
    "leader": "组长", "inspector": "检查人员", "expert": "专家", "assistant": "协助人员", "team": "检查组",
}  # fmt: skip
_STATUS: Final = {"closed": "已停业", "suspended": "暂停营业", "deregistered": "已注销", "ended": "协议已终止"}
APART: Final = {"chain": "同一连锁只抽一家", "place": "同一地址只抽一家"}
_FIELDS: Final = {"parent": "上级机构", "grade": "等次", "rehearsal": "演练"}  # no columns of their own in registers
_WHY: Final[Mapping[str, str]] = {
    "inactive": "不在岗",
    "third_party": "第三方人员，不得实施检查",
    "contract": "所属第三方合同已到期（{0}）",
    "absent": "请假（{0} 起）",
    "lock": "{0} 已检查，在不重复抽查期内",
    "cap": "本年度检查已达上限 {0} 次",
}


def why(one: LeftOut) -> str:
    """Return why somebody was left out."""
    match one.code:
        case "status":
            return _STATUS.get(one.detail, one.detail)
        case "agreement":
            return "协议已中止" if one.detail == "suspended" else "协议已终止"
        case "licence":
            return f"执法证无效或已过期（{one.detail}）" if one.detail else "无有效执法证"
        case "dropped":
            number, _, names = one.detail.partition("|")
            fields = "、".join(_FIELDS.get(name) or title(name, ImportKind.INSTITUTIONS) for name in names.split(","))
            return f"{number} 抽取时在对象范围内，其后{f'更改了{fields}' if names else '从名录中移除'}"
        case "apart":
            return "与已抽中的同属一家连锁" if one.detail == "chain" else "与已抽中的地址相同"
    return _WHY.get(one.code, one.code).format(one.detail)


def shortage(one: Missing) -> str:
    """Return why no team could be made for an institution."""
    if one.role == TEAMS:
        return f"计划 {one.needed} 个检查组，人员只够组成 {one.pool} 个，由这些组承担全部检查"
    if one.role == "team":
        return "各检查组均有人须回避、上一轮已去过、来自本辖区或已达任务上限"
    bars = (("已达任务上限", one.load), ("来自本辖区或辖区不明", one.home), ("有利害关系或上一轮已去过", one.interest))
    told = "、".join(f"{words} {count} 人" for words, count in bars if count)
    return f"需{ROLES[one.role]} {one.needed} 人，名录中可派 {one.pool} 人" + (f"，其中{told}" if told else "")


def source(one: Source) -> str:
    """Return where digits come from."""
    return f"{SOURCES[one.kind]}：{one.label}"


def came_at(one: Source) -> str:
    """Return when digits came to be, and by whose word that is."""
    if one.at is None:
        return ""
    return f"{local(one.at):%Y-%m-%d %H:%M:%S}（{'开奖' if one.kind is SourceKind.LOTTERY else '当场录入'}）"


def counted(earlier: Sequence[Earlier | Draw]) -> str:
    """Return how often something was announced, taken back and drawn again for the plan."""
    void = [one for one in earlier if one.state is DrawState.VOID]
    taken_back = sum(one.drawn_at is None for one in void)
    parts = [f"{words} {n} 次" for words, n in (("撤回", taken_back), ("重抽", len(void) - taken_back)) if n]
    return "，其中".join([f"公布冻结 {len(earlier)} 次", *(["、".join(parts)] if parts else [])]) if earlier else ""


def liked(shown: DrawSheet) -> str:
    """Return how often something was announced for plans like this one, before and after it was frozen."""
    counts = (("此前", shown.before.like), ("此后", shown.since))
    return "；".join(f"{words}{counted(found)}" for words, found in counts if found)


def visited(one: Twice) -> str:
    """Return how often somebody in several groups is visited where he is drawn in each."""
    return "抽中几组也只查一次，内容合并" if one.is_joined else "每组各查一次"


def code(told: Draw) -> str:
    """Return what the code of a draw says."""
    return ":".join(("yanfang-draw:1", told.digest, *((told.seed, told.record) if told.seed else ())))


def grouped(digits: str, size: int = 5) -> str:
    """Return digits in groups, to be read aloud."""
    return " ".join(digits[at : at + size] for at in range(0, len(digits), size))
