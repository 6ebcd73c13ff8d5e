"""整改报告: problem by problem, by the institution, under its seal."""

from forms.model import Role
from forms.papers import (
    Basis,
    Blank,
    Column,
    Field,
    FieldKind,
    Grid,
    Head,
    Paper,
    Path,
    Prose,
    Rows,
    SealPlace,
    Signing,
    rows,
)
from forms.shared import conditional, required

_HEAD = (
    Field("institution", "单位名称", source="institution.name", wide=True),
    Field("responsible", "负责人", source="institution.responsible"),
    Field("phone", "联系电话", required=False, source="institution.phone"),
    Field("order_number", "整改文书文号", required=False, source="papers.rectification_order.number"),
    Field("due_on", "整改期限", FieldKind.DATE, required=False, source="papers.rectification_order.due_on"),
)

PAPER = Paper(
    id="rectification_report",
    entry=26,
    title="整改报告",
    source=Basis.PRACTICE,
    basis=("《中华人民共和国行政处罚法》第二十八条",),
    file_order=430,
    fields=(
        *_HEAD,
        Field(
            "problems",
            "整改情况",
            FieldKind.TABLE,
            columns=(
                Column("问题", share=5),
                Column("整改措施", share=5),
                Column("责任人", share=2),
                Column("完成情况", share=3),
                Column("佐证材料", share=3),
            ),
            rows_at_least=1,
        ),
        Field("returned", "退回金额", FieldKind.MONEY, required=False),
        Field("returned_on", "退回日期", FieldKind.DATE, required=False),
        Field("lasting", "长效机制", FieldKind.LONG_TEXT, example="每季度自查一次，结果报医保部门。"),
        Field("reported_on", "报告日期", FieldKind.DATE, source="issue.date"),
    ),
    words=(("head_problems", "逐项整改情况"), ("head_lasting", "长效机制")),
    body=(
        rows(_HEAD),
        Head("head_problems"), Grid("problems"),
        Rows(("returned", "returned_on")),
        Head("head_lasting"), Prose("lasting"),
        SealPlace("institution_seal", "reported_on", "institution"),
        Blank(),
    ),
    signings=(Signing("institution_seal", Role.INSTITUTION_SEAL, "单位公章"),),
    needs=(
        *required(Path.AGREEMENT_AUDIT, Path.SELF_CHECK),
        *conditional("责令改正的", Path.RANDOM_DAILY, Path.SPECIAL, Path.COMPLAINT, Path.PENALTY),
    ),
)  # fmt: skip
