"""自查自纠报告: the institution's own work; no officer signs it."""

from forms.model import ColumnKind, Role
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
from forms.shared import required

_HEAD = (
    Field("institution", "单位名称", source="institution.name", wide=True),
    Field("insurance_code", "医保编码", required=False, source="institution.insurance_code"),
    Field("period", "自查期间", example="2025年1月至12月"),
    Field("responsible", "负责人", source="institution.responsible"),
    Field("phone", "联系电话", required=False, source="institution.phone"),
    Field("plan", "自查依据", wide=True, source="task.title"),
)

PAPER = Paper(
    id="self_check_report",
    entry=25,
    title="医疗保障基金使用自查自纠报告",
    source=Basis.PRACTICE,
    basis=("《医疗保障基金使用监督管理条例》第十四条",),
    file_order=800,
    fields=(
        *_HEAD,
        Field("course", "自查开展情况", FieldKind.LONG_TEXT, example="成立自查小组，对照问题清单逐项检查。"),
        Field(
            "problems",
            "发现的问题",
            FieldKind.TABLE,
            columns=(
                Column("问题类别", share=4),
                Column("问题表现", share=5),
                Column("例数", ColumnKind.NUMBER, 1.6, total=True),
                Column("金额（元）", ColumnKind.MONEY, 2.6, total=True),
                Column("整改方式", share=2.4),
                Column("责任人", share=2),
            ),
            hint="没有问题的留空；整改方式为立即整改或限时整改",
            required=False,
        ),
        Field("measures", "整改措施", FieldKind.LONG_TEXT, example="立即退回违规费用，修订内部管理制度，组织培训。"),
        Field("returned", "退回金额", FieldKind.MONEY),
        Field("returned_on", "退回日期", FieldKind.DATE, required=False),
        Field("promise", "承诺", FieldKind.LONG_TEXT, example="本单位对自查情况的真实性、完整性负责。"),
        Field("reported_on", "报告日期", FieldKind.DATE, source="issue.date"),
    ),
    words=(
        ("head_course", "自查开展情况"),
        ("head_problems", "发现的问题"),
        ("head_measures", "整改措施和退回情况"),
        ("head_promise", "承诺"),
    ),
    body=(
        rows(_HEAD),
        Head("head_course"), Prose("course"),
        Head("head_problems"), Grid("problems"),
        Head("head_measures"), Prose("measures"),
        Rows(("returned", "returned_on")),
        Head("head_promise"), Prose("promise"),
        SealPlace("institution_seal", "reported_on", "institution"),
        Blank(),
    ),
    signings=(Signing("institution_seal", Role.INSTITUTION_SEAL, "单位公章"),),
    needs=required(Path.SELF_CHECK),
)  # fmt: skip
