"""文书送达台账: every paper served, how and when."""

from forms.model import Role
from forms.papers import Basis, Blank, Column, Field, FieldKind, Grid, Paper, Signatures, Signing, rows

_HEAD = (
    Field("office", "登记单位", source="office.name", wide=True),
    Field("period", "登记期间", example="2026年4月"),
    Field("printed_on", "制表日期", FieldKind.DATE, source="issue.date"),
)

PAPER = Paper(
    id="service_ledger",
    entry=30,
    title="文书送达台账",
    source=Basis.PRACTICE,
    basis=("{law.decision_service.clause}",),
    file_order=910,
    fields=(
        *_HEAD,
        Field(
            "services",
            "送达情况",
            FieldKind.TABLE,
            columns=(
                Column("文书名称、文号", share=6),
                Column("受送达人", share=5),
                Column("送达方式", share=2.4),
                Column("送达日期", share=2.8),
                Column("签收人", share=2.2),
                Column("送达人", share=3),
                Column("备注", share=2),
            ),
            rows_at_least=1,
        ),
        Field("keeper", "登记人", example="程亦安"),
    ),
    body=(rows(_HEAD), Grid("services"), Blank(), Signatures(("keeper",))),
    signings=(Signing("keeper", Role.HANDLER, "登记人", names="keeper"),),
)
