"""案卷目录 (一案一卷): cover data and every paper with its pages. Source: domain 4.1.30."""

from forms.model import ColumnKind, Role
from forms.papers import Basis, Blank, Column, Field, FieldKind, Grid, Paper, Path, Signatures, Signing, rows
from forms.shared import required

_HEAD = (
    Field("cause", "案件名称", source="papers.case_filing_approval.cause", wide=True),
    Field("case_number", "立案号", required=False, source="papers.case_filing_approval.number"),
    Field("decision_number", "决定文号", required=False, source="papers.penalty_decision.number"),
    Field("institution", "当事人", source="institution.name", wide=True),
    Field("filed_on", "立案日期", FieldKind.DATE, required=False),
    Field("closed_on", "结案日期", FieldKind.DATE, required=False),
    Field("officers", "承办人员", FieldKind.PEOPLE, source="inspectors", rows_at_least=2),
    Field("kept", "保管期限", FieldKind.CHOICE, options=("永久", "30年", "10年")),
    Field("volume", "卷号", example="第1卷　共1卷"),
)

PAPER = Paper(
    id="file_index",
    entry=30,
    title="行政执法案卷目录",
    source=Basis.PRACTICE,
    basis=("《医疗保障行政处罚程序暂行规定》",),
    file_order=1,
    fields=(
        *_HEAD,
        Field(
            "papers",
            "卷内文书",
            FieldKind.TABLE,
            columns=(
                Column("文书名称", share=6),
                Column("文号", share=4.4),
                Column("日期", share=2.6),
                Column("页次", share=1.8),
                Column("页数", ColumnKind.NUMBER, 1.6, total=True),
                Column("备注", share=2),
            ),
            rows_at_least=1,
        ),
        Field("filer", "立卷人", example="陆以宁"),
        Field("checker", "检查人", example="顾清和"),
    ),
    body=(rows(_HEAD), Grid("papers"), Blank(), Signatures(("filer", "checker"))),
    signings=(
        Signing("filer", Role.HANDLER, "立卷人", names="filer"),
        Signing("checker", Role.REVIEWER, "检查人", names="checker"),
    ),
    needs=required(Path.PENALTY),
)  # fmt: skip
