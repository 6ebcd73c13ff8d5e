"""A plan on paper (工作方案): goal, stages, reports, discipline, and the division of labour as its table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from app.core.clock import local
from app.core.places import Office
from app.core.plan_counts import GroupCount
from app.core.plans import Group, Plan
from app.services import plan_words
from forms.listing import Listing, print_listing
from forms.manifest import Sealer
from forms.model import RecordMeta

_COLUMNS: Final = (
    ("序号", 1),
    ("工作组", 2.6),
    ("检查对象", 3.4),
    ("检查内容", 4.4),
    ("检查面", 2.4),
    ("责任科室", 2),
)


def print_plan(
    plan: Plan, counts: Sequence[GroupCount], titles: Mapping[str, str], office: Office, sealer: Sealer
) -> bytes:
    """Return the pages of a plan as a sealed PDF.

    Args:
        counts: What each group means in the register of now.
        titles: Of the checklists, by id.
    """
    listing = Listing(
        plan.title,
        head=tuple((name, text) for name, text in _head(plan) if text),
        sections=tuple((title, tuple(lines)) for title, lines in _sections(plan) if lines),
        columns=_COLUMNS,
        rows=[
            (str(n), group.title, plan_words.objects(group.objects), _contents(group, titles), _coverage(group, count), group.owner)
            for n, (group, count) in enumerate(zip(plan.groups, counts, strict=True), 1)
        ],
    )  # fmt: skip
    meta = RecordMeta(office.name, plan.number, rehearsal=office.rehearsal)
    return print_listing(listing, meta, {"plan": {"id": plan.id, "title": plan.title}}, sealer)


def _head(plan: Plan) -> Iterator[tuple[str, str]]:
    yield "状态", plan_words.STATES[plan.state]
    yield "检查性质", plan_words.NATURES[plan.nature]
    yield "检查依据", plan.basis
    yield "时间", _span(plan.period_from, plan.period_to)
    yield "核查数据期间", _span(plan.data_from, plan.data_to)
    yield "不重复抽查", f"{plan.lock_days}天内" if plan.lock_days else ""
    yield "列入几个分组的机构", "只查一次，内容合并（检查性质和人员要求相同的分组）" if plan.once else ""
    yield "年度频次上限", f"{plan.yearly_cap}次" if plan.yearly_cap else ""
    if plan.approved_at is not None:
        yield "审批", f"{plan.approved_by}，{local(plan.approved_at):%Y年%m月%d日}，{plan.approval_no}"


def _sections(plan: Plan) -> Iterator[tuple[str, list[str]]]:
    for name, lines in (
        ("工作目标", [plan.goal] if plan.goal else []),
        (
            "工作安排",
            [f"{one.title}（{plan_words.span(one)}）：{one.words}".rstrip("：") for one in plan.stages],
        ),
        ("人员安排", [f"{one.title}：{_staff(one)}" for one in plan.groups]),
        (
            "报送",
            [f"{one.title}：{plan_words.when(one.rule)}报{one.recipient or '本局'}" for one in plan.reports],
        ),
        ("工作纪律", list(plan.discipline)),
        ("频次例外", [f"{plan_words.GROUNDS[one.ground]}：{one.note}" for one in plan.exemptions]),
        ("分工", ["见下表。"] if plan.groups else []),
    ):
        if lines:
            yield name, lines


def _staff(group: Group) -> str:
    said = [plan_words.staff(group.staff), group.staff.words, plan_words.weights(group.weights)]
    return "；".join(one for one in said if one) + "。"


def _contents(group: Group, titles: Mapping[str, str]) -> str:
    lists = "、".join(f"《{titles.get(one.template, one.template)}》" for one in group.contents)
    return "。".join(one for one in (group.words.rstrip("。"), lists) if one)


def _coverage(group: Group, count: GroupCount) -> str:
    return f"{plan_words.coverage(group)}（名录{count.objects}家，应查{count.size}家）"


def _span(first: object, last: object) -> str:
    if first is None and last is None:
        return ""
    return f"{first or ''} 至 {last or plan_words.UNDECIDED}" if first else f"{last} 前"
