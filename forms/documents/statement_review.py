"""陈述申辩复核意见书: facts, reasons and evidence of the party are examined; what holds is accepted."""

from forms.model import Role
from forms.papers import Basis, Blank, Field, FieldKind, Head, Opinion, Paper, Path, Prose, Signing, rows
from forms.shared import HEAD, conditional

_HEAD = (
    Field("cause", "案由", source="papers.case_filing_approval.cause", wide=True),
    Field("institution", "当事人", source="institution.name", wide=True),
    Field("notice_number", "事先告知文号", source="papers.penalty_prior_notice.number"),
    Field("reviewed_on", "复核日期", FieldKind.DATE, source="issue.date"),
    Field("officers", "复核人员", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
)

PAPER = Paper(
    id="statement_review",
    entry=18,
    title="陈述申辩复核意见书",
    source=Basis.PENALTY,
    basis=("《中华人民共和国行政处罚法》第四十五条",),
    file_order=565,
    fields=(
        *_HEAD,
        Field("statement", "陈述申辩的主要内容", FieldKind.LONG_TEXT, source="papers.statement_record.statement"),
        Field("examination", "复核情况", FieldKind.LONG_TEXT, example="经核对退款凭证，当事人主动退回属实。"),
        Field("result", "复核结论", FieldKind.CHOICE, options=("采纳", "部分采纳", "不予采纳")),
        Field("reasons", "理由", FieldKind.LONG_TEXT, example="主动消除违法行为危害后果，符合从轻情形。"),
        Field("head_opinion", "负责人意见", FieldKind.LONG_TEXT),
    ),
    words=(
        ("head_statement", "陈述申辩的主要内容"),
        ("head_examination", "复核情况"),
        ("head_reasons", "复核结论和理由"),
    ),
    body=(
        rows(_HEAD),
        Head("head_statement"), Prose("statement"),
        Head("head_examination"), Prose("examination"),
        Head("head_reasons"), Prose("result"), Prose("reasons"),
        Opinion("head_opinion", "head"),
        Blank(),
    ),
    signings=(Signing("officers", Role.HANDLER, "复核人员", names="officers", every_page=True), HEAD),
    needs=conditional("当事人陈述、申辩的", Path.PENALTY),
)  # fmt: skip
