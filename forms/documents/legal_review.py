"""法制审核意见书: by somebody who did not handle the case. Source: 行政处罚法 art. 58."""

from forms.model import Role
from forms.papers import Basis, Blank, Field, FieldKind, Head, Opinion, Paper, Path, Prose, Signing, rows
from forms.shared import SECTION_HEAD, conditional

_HEAD = (
    Field("cause", "案件名称", source="papers.case_filing_approval.cause", wide=True),
    Field("case_number", "立案号", source="papers.case_filing_approval.number"),
    Field("unit", "送审机构", example="基金监督科"),
    Field("submitted_on", "送审日期", FieldKind.DATE),
    Field("due_on", "审核期限", FieldKind.DATE, hint="依照法制审核期限计算"),
    Field("proposal", "拟处理意见", FieldKind.LONG_TEXT, source="papers.investigation_report.proposal"),
)
_POINTS = (
    "主体和权限合法",
    "执法人员具备资格",
    "事实清楚、证据充分",
    "适用法律准确",
    "裁量基准运用适当",
    "程序合法",
    "文书完备规范",
    "未涉嫌犯罪需要移送",
)

PAPER = Paper(
    id="legal_review",
    entry=18,
    title="法制审核意见书",
    source=Basis.PENALTY,
    basis=("《中华人民共和国行政处罚法》第五十八条", "{law.legal_review.clause}"),
    file_order=580,
    number_word="法审",
    fields=(
        *_HEAD,
        Field("points", "审核内容", FieldKind.CHECKS, options=_POINTS),
        Field("findings", "审核发现的问题", FieldKind.LONG_TEXT, required=False),
        Field("result", "审核意见", FieldKind.CHOICE, options=("同意", "继续调查", "变更", "纠正", "其他")),
        Field("reasons", "意见说明", FieldKind.LONG_TEXT, example="事实清楚、证据充分，程序合法，同意拟处理意见。"),
        Field("reviewer", "审核人", hint="非本案承办人员，初次从事的应取得法律职业资格", example="顾清和"),
        Field("section_opinion", "法制机构意见", FieldKind.LONG_TEXT),
    ),
    words=(("head_points", "审核内容"), ("head_findings", "审核发现的问题"), ("head_result", "审核意见")),
    body=(
        rows(_HEAD),
        Head("head_points"), Prose("points"),
        Head("head_findings"), Prose("findings"),
        Head("head_result"), Prose("result"),
        Opinion("reasons", "reviewer"),
        Opinion("section_opinion", "section_head"),
        Blank(),
    ),
    signings=(
        Signing("reviewer", Role.LEGAL, "审核人", names="reviewer"),
        Signing("section_head", SECTION_HEAD.role, "法制机构负责人"),
    ),
    needs=conditional("依法应当进行法制审核的", Path.PENALTY),
)  # fmt: skip
