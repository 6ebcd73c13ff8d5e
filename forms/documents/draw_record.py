"""双随机抽取记录: objects and inspectors as drawn, with what makes the draw repeatable."""

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
    Signatures,
    Signing,
    rows,
)
from forms.shared import required

_HEAD = (
    Field("subject", "抽查事项", source="task.title", wide=True),
    Field("drawn_at", "抽取时间", FieldKind.MINUTE),
    Field("place", "抽取地点", source="office.address"),
    Field("base", "对象名录库总数", FieldKind.NUMBER),
    Field("ratio", "抽取比例", example="10%"),
    Field("people_base", "人员名录库总数", FieldKind.NUMBER),
    Field("method", "抽取方式", example="程序随机抽取"),
    Field("seed", "随机种子及名录校验值", FieldKind.LONG_TEXT, example="种子 20260410；名录 SHA-256 3F2A91BC", hint="凭此可重算"),
)

PAPER = Paper(
    id="draw_record",
    entry=30,
    title="“双随机、一公开”抽取记录",
    source=Basis.PRACTICE,
    basis=("{law.five_prohibitions.clause}",),
    file_order=105,
    fields=(
        *_HEAD,
        Field(
            "drawn",
            "抽取结果",
            FieldKind.TABLE,
            columns=(
                Column("检查对象", share=6),
                Column("医保编码", share=3.4),
                Column("检查人员", share=4),
                Column("备注（回避、更换）", share=3.4),
            ),
            rows_at_least=1,
        ),
        Field("remarks", "说明", FieldKind.LONG_TEXT, required=False, hint="更换人员或者对象的，写明理由"),
        Field("operator", "抽取人", example="程亦安"),
        Field("supervisor", "监督人", example="顾清和"),
    ),
    words=(("head_drawn", "抽取结果"), ("head_remarks", "说明")),
    body=(
        rows(_HEAD),
        Head("head_drawn"), Grid("drawn"),
        Head("head_remarks"), Prose("remarks"),
        Blank(),
        Signatures(("operator", "supervisor")),
    ),
    signings=(
        Signing("operator", Role.HANDLER, "抽取人", names="operator"),
        Signing("supervisor", Role.WITNESS, "监督人", names="supervisor"),
    ),
    needs=required(Path.RANDOM_DAILY),
)  # fmt: skip
