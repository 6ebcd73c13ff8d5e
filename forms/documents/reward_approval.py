"""举报奖励审批表: between the least and the most that the rule allows."""

from forms.papers import Basis, Blank, Field, FieldKind, Opinion, Paper, Path, Words, rows
from forms.shared import HANDLER, HEAD, SECTION_HEAD, conditional

_HEAD = (
    Field("complaint_number", "举报编号", source="papers.complaint_registration.complaint_number"),
    Field("reporter_code", "举报人代号", hint="不写姓名", example="A-2026-07"),
    Field("institution", "被举报对象", source="institution.name", wide=True),
    Field("decision_number", "处理决定文号", source="papers.penalty_decision.number"),
    Field("amount", "查实金额", FieldKind.MONEY, source="findings.total_fen"),
    Field("facts", "查实情况", FieldKind.LONG_TEXT, source="findings.facts"),
    Field("standard", "奖励标准", FieldKind.LONG_TEXT, example="按本地奖励办法规定的比例"),
    Field("reward", "拟奖励金额", FieldKind.MONEY),
    Field("pay_way", "发放方式", FieldKind.CHOICE, options=("转账", "现金", "其他")),
)

PAPER = Paper(
    id="reward_approval",
    entry=29,
    title="举报奖励审批表",
    source=Basis.PRACTICE,
    basis=("{law.reward_most.clause}",),
    file_order=710,
    number_word="奖审",
    fields=(
        *_HEAD,
        Field("handler_opinion", "承办人意见", FieldKind.LONG_TEXT),
        Field("section_opinion", "承办机构意见", FieldKind.LONG_TEXT),
        Field("head_opinion", "负责人意见", FieldKind.LONG_TEXT),
    ),
    words=(("limits", "依照{law.reward_most.clause}，奖励金额不低于{law.reward_least}，最高不超过{law.reward_most}。"),),
    body=(
        Words("limits", small=True),
        rows(_HEAD),
        Opinion("handler_opinion", "handler"),
        Opinion("section_opinion", "section_head"),
        Opinion("head_opinion", "head"),
        Blank(),
    ),
    signings=(HANDLER, SECTION_HEAD, HEAD),
    needs=conditional("举报查实并符合奖励条件的", Path.COMPLAINT),
)  # fmt: skip
