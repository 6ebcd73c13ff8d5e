"""案件调查终结报告: its six parts. Source: 医疗保障行政处罚程序暂行规定, as mapped (article not read)."""

from forms.model import Role
from forms.papers import Basis, Blank, Field, FieldKind, Head, Paper, Path, Prose, Signatures, Signing, rows
from forms.shared import required

_HEAD = (
    Field("cause", "案由", source="papers.case_filing_approval.cause", wide=True),
    Field("case_number", "立案号", source="papers.case_filing_approval.number"),
    Field("filed_on", "立案日期", FieldKind.DATE, source="papers.case_filing_approval.issued_on"),
    Field("reported_on", "报告日期", FieldKind.DATE, source="issue.date"),
    Field("officers", "承办人员", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
)

PAPER = Paper(
    id="investigation_report",
    entry=16,
    title="案件调查终结报告",
    source=Basis.PENALTY,
    basis=("《医疗保障行政处罚程序暂行规定》",),
    file_order=540,
    fields=(
        *_HEAD,
        Field("party", "当事人的基本情况", FieldKind.LONG_TEXT, source="institution.name"),
        Field("course", "案件来源和调查经过", FieldKind.LONG_TEXT, example="2026年4月10日监督检查发现，当日立案，先后询问三人。"),
        Field("facts", "调查认定的事实及证据", FieldKind.LONG_TEXT, source="findings.facts"),
        Field("nature", "案件性质", FieldKind.LONG_TEXT, source="findings.basis"),
        Field("proposal", "处理意见及依据", FieldKind.LONG_TEXT, example="建议责令退回，并处造成损失金额一倍罚款。"),
        Field("discretion", "自由裁量的理由及其他需要说明的事项", FieldKind.LONG_TEXT, example="初次违法，积极退回，建议从轻。"),
    ),
    words=(
        ("head_party", "当事人的基本情况"),
        ("head_course", "案件来源和调查经过"),
        ("head_facts", "调查认定的事实及证据"),
        ("head_nature", "案件性质"),
        ("head_proposal", "处理意见及依据"),
        ("head_discretion", "自由裁量的理由及其他需要说明的事项"),
    ),
    body=(
        rows(_HEAD),
        Head("head_party"), Prose("party"),
        Head("head_course"), Prose("course"),
        Head("head_facts"), Prose("facts"),
        Head("head_nature"), Prose("nature"),
        Head("head_proposal"), Prose("proposal"),
        Head("head_discretion"), Prose("discretion"),
        Blank(),
        Signatures(("officers",)),
    ),
    signings=(Signing("officers", Role.HANDLER, "承办人", names="officers"),),
    needs=required(Path.PENALTY),
)  # fmt: skip
