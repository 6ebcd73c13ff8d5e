"""行政执法事项审批表: one form for all other matters that need approval, such as sealing or an extension."""

from forms.model import Role
from forms.papers import Basis, Blank, Field, FieldKind, Opinion, Paper, Path, Signing, rows
from forms.shared import HEAD, SECTION_HEAD, conditional

_HEAD = (
    Field("matter", "审批事项", FieldKind.CHECKS,
          options=("先行登记保存", "封存", "延长封存期限", "解除封存", "延长办案期限", "回避", "中止调查", "终止调查", "结案")),
    Field("case_name", "案件名称", wide=True, example="涉嫌将不属于支付范围的医药费用纳入结算案"),
    Field("case_number", "立案号", required=False, source="papers.case_filing_approval.number"),
    Field("applied_at", "申请时间", FieldKind.MINUTE),
    Field("institution", "当事人", source="institution.name", wide=True),
    Field("officers", "承办人员", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
    Field("facts", "主要事实", FieldKind.LONG_TEXT, source="findings.facts"),
    Field("reason", "理由和依据", FieldKind.LONG_TEXT, example="有关单据可能灭失，依照《中华人民共和国行政处罚法》第五十六条"),
    Field("urgency", "补办情形", FieldKind.LONG_TEXT, required=False, hint="紧急情况先行采取的，写明采取和报告的时间"),
)

PAPER = Paper(
    id="matter_approval",
    entry=15,
    title="行政执法事项审批表",
    source=Basis.PENALTY,
    basis=("《中华人民共和国行政处罚法》第五十六条", "《中华人民共和国行政强制法》第十八条、第十九条"),
    file_order=300,
    number_word="事审",
    fields=(
        *_HEAD,
        Field("handler_opinion", "承办人意见", FieldKind.LONG_TEXT),
        Field("section_opinion", "承办机构意见", FieldKind.LONG_TEXT),
        Field("head_opinion", "负责人意见", FieldKind.LONG_TEXT),
    ),
    body=(
        rows(_HEAD),
        Opinion("handler_opinion", "officers"),
        Opinion("section_opinion", "section_head"),
        Opinion("head_opinion", "head"),
        Blank(),
    ),
    signings=(Signing("officers", Role.HANDLER, "承办人", names="officers"), SECTION_HEAD, HEAD),
    needs=conditional("采取登记保存、封存或者延长期限等须经负责人批准的", Path.SPECIAL, Path.COMPLAINT, Path.PENALTY),
)  # fmt: skip
